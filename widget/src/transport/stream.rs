//! A line over server-sent events and POST, for where no WebSocket opens. The browser's part is in js/stream.js: a few
//! lines there, where bindings for streams and readers would be many here.

use shared::id::Position;
use shared::route;
use wasm_bindgen::prelude::*;

use super::line::{BROKEN, Hear, Heard, Line};
use super::socket::Address;

#[wasm_bindgen(module = "/js/stream.js")]
extern "C" {
    type Handle;

    #[wasm_bindgen(js_name = open)]
    fn open_stream(url: &str, token: &str, hear: &Closure<dyn Fn(u8, String)>) -> Handle;

    #[wasm_bindgen(method)]
    fn transmit(this: &Handle, text: &str);

    #[wasm_bindgen(method)]
    fn close(this: &Handle);
}

/// A stream, left when it is dropped.
pub(super) struct Stream {
    handle: Handle,
    _hear: Closure<dyn Fn(u8, String)>,
}

impl Stream {
    pub(super) fn open(address: &Address, position: Option<&Position>, hear: Hear) -> Self {
        // ws becomes http, wss becomes https.
        let host = address.url.strip_prefix("ws").unwrap_or(&address.url);
        let url = ["http", host, &route::line_query(position), "&protocol=1"].concat();
        let hear = Closure::new(move |kind: u8, text: String| {
            hear(match kind {
                0 => Heard::Open,
                1 => Heard::Frame(text),
                _ => Heard::Closed(text.parse().unwrap_or(BROKEN)),
            });
        });
        Self { handle: open_stream(&url, &address.token, &hear), _hear: hear }
    }
}

impl Line for Stream {
    fn transmit(&self, text: &str) {
        self.handle.transmit(text);
    }

    fn close(&self, _code: u16) {
        self.handle.close();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.handle.close();
    }
}
