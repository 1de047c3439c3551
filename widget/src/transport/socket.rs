//! A line over a WebSocket.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Array;
use shared::id::Position;
use shared::route;
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::line::{BROKEN, Hear, Heard, LEAVING, Line, Open, Order};

/// Where to connect, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The socket's address: `wss://host/path`, without a query.
    pub url: String,
    /// The token to offer.
    pub token: String,
}

/// What finding an address comes to: the address, or the close code that says whether to try again.
pub type Dialled = Pin<Box<dyn Future<Output = Result<Address, u16>>>>;

/// Finds the address. The argument: whether the token in use was refused, so that a new one is needed.
pub type Dial = Rc<dyn Fn(bool) -> Dialled>;

/// Makes a socket for an address and its subprotocols. The last argument: where its client stands.
pub type Make = Rc<dyn Fn(&str, &Array, Option<&Position>) -> Result<WebSocket, JsValue>>;

/// Lines over sockets, to wherever `dial` says.
#[must_use]
pub fn sockets(dial: Dial) -> Open {
    sockets_by(Rc::new(|url, protocols, _| WebSocket::new_with_str_sequence(url, protocols)), dial)
}

/// As [`sockets`], over sockets that somebody else makes.
#[must_use]
pub fn sockets_by(make: Make, dial: Dial) -> Open {
    Rc::new(move |Order { position, renew, hear }| {
        let (dialled, make) = (dial(renew), make.clone());
        Box::pin(async move {
            let socket = Socket::open(&make, &dialled.await?, position.as_ref(), hear)?;
            Ok(Box::new(socket) as Box<dyn Line>)
        })
    })
}

/// A socket, left when it is dropped.
struct Socket {
    socket: WebSocket,
    on_event: Closure<dyn Fn(Event)>,
}

impl Socket {
    fn open(make: &Make, address: &Address, position: Option<&Position>, hear: Hear) -> Result<Self, u16> {
        let mut url = address.url.clone();
        if let Some(position) = position {
            url.push_str("?epoch=");
            url.push_str(&position.epoch);
            url.push_str("&offset=");
            url.push_str(&position.offset.to_string());
        }
        let token = [route::TOKEN_SUBPROTOCOL_PREFIX, &address.token].concat();
        let protocols = Array::of2(&route::SUBPROTOCOL.into(), &token.into());
        let socket = make(&url, &protocols, position).map_err(|_| BROKEN)?;
        let on_event = Closure::new(move |event: Event| match event.type_().as_str() {
            "open" => hear(Heard::Open),
            "close" => hear(Heard::Closed(event.unchecked_ref::<CloseEvent>().code())),
            // No frame of the relay's is binary.
            _ => hear(Heard::Frame(event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default())),
        });
        let this = Self { socket, on_event };
        this.listen(Some(this.on_event.as_ref().unchecked_ref()));
        Ok(this)
    }

    fn listen(&self, function: Option<&js_sys::Function>) {
        self.socket.set_onopen(function);
        self.socket.set_onmessage(function);
        self.socket.set_onclose(function);
    }
}

impl Line for Socket {
    fn transmit(&self, text: &str) {
        // Fails on a socket that is not open.
        let _ = self.socket.send_with_str(text);
    }

    fn close(&self, code: u16) {
        self.listen(None);
        let _ = self.socket.close_with_code(code);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.close(LEAVING);
    }
}
