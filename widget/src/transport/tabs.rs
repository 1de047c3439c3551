//! Sockets shared by the tabs of one browser (js/tabs.js). What a tab gets looks like a socket, and may be a place on the
//! socket of the tab that leads.

use std::rc::Rc;

use js_sys::Array;
use shared::id::Position;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::socket::Make;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    #[wasm_bindgen(js_name = Tabs)]
    type JsTabs;
    #[wasm_bindgen(constructor, js_class = "Tabs")]
    fn new() -> JsTabs;
    #[wasm_bindgen(method)]
    fn share(this: &JsTabs, name: &str);
    #[wasm_bindgen(method)]
    fn socket(this: &JsTabs, url: &str, protocols: &Array, at: Option<Array>) -> WebSocket;
    #[wasm_bindgen(method)]
    fn close(this: &JsTabs);
}

/// The tabs of this browser, as one of them sees them. Until they share, this tab is alone.
pub struct Tabs(JsTabs);

impl Tabs {
    /// A tab that is alone.
    #[must_use]
    pub fn alone() -> Rc<Self> {
        Rc::new(Self(JsTabs::new()))
    }

    /// Shares one socket with the tabs that give the same name.
    pub fn share(&self, name: &str) {
        self.0.share(name);
    }

    /// Makes this tab's sockets.
    #[must_use]
    pub fn sockets(self: &Rc<Self>) -> Make {
        let this = self.clone();
        Rc::new(move |url, protocols, position: Option<&Position>| {
            let at = position.map(|at| Array::of2(&at.epoch.as_str().into(), &(at.offset as f64).into()));
            Ok(this.0.socket(url, protocols, at))
        })
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.0.close();
    }
}
