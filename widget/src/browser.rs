//! The few things of the browser that both pages need: its clock, its chance, its events and timers.
//!
//! What is subscribed to or started here ends when its value is dropped.

use std::cell::Cell;

use js_sys::{Date, Function, Math, Promise, Reflect};
use shared::time::Timestamp;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, EventTarget, Window};

/// The time, by the visitor's clock, but never going back: a clock that is set back goes on from where it was, so that
/// what waits for a time waits no longer than meant. (The browser's monotonic clock would stand still while the machine
/// sleeps.)
#[must_use]
pub fn now() -> Timestamp {
    thread_local! {
        static CLOCK: Cell<(i64, i64)> = const { Cell::new((0, 0)) };
    }
    let (last, ahead) = CLOCK.get();
    let read = Date::now() as i64;
    let now = last.max(read + ahead);
    CLOCK.set((now, now - read));
    Timestamp(now)
}

/// The window. `None` outside of a page, which nothing here runs in.
#[must_use]
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// Whether the page can be seen.
#[must_use]
pub fn is_visible() -> bool {
    window().and_then(|window| window.document()).is_none_or(|document| !document.hidden())
}

/// Whether the browser knows that there is no network. The opposite it cannot know.
#[must_use]
pub fn is_offline() -> bool {
    window().is_some_and(|window| !window.navigator().on_line())
}

/// Who the page says that the visitor is: the JWT in `prilavokIdentity`, or what it gives or promises if it is a function.
pub async fn identity() -> Option<String> {
    let hook = Reflect::get(&window()?.into(), &JsValue::from_str("prilavokIdentity")).ok()?;
    let value = match hook.dyn_ref::<Function>() {
        Some(function) => function.call0(&JsValue::UNDEFINED).ok()?,
        None => hook,
    };
    JsFuture::from(Promise::resolve(&value)).await.ok()?.as_string()
}

/// Random bytes. Good for ids; a browser without a generator of its own gives weaker ones.
#[must_use]
pub fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let crypto = window().and_then(|window| window.crypto().ok());
    if crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok()).is_none() {
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    bytes
}

/// A seed for what only has to differ from page to page.
#[must_use]
pub fn seed() -> u64 {
    random_bytes().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// A fresh id for a message: 128 random bits. `crypto.randomUUID` says no more, and is missing on plain http pages.
#[must_use]
pub fn client_id() -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    random_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A listener that is removed with its value.
#[derive(Debug)]
pub struct Subscription {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut(Event)>,
}

impl Subscription {
    /// Calls back at every event of that name.
    #[must_use]
    pub fn new(target: &EventTarget, name: &'static str, callback: impl FnMut(Event) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(callback);
        let _ = target.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
        Self { target: target.clone(), name, callback }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.callback.as_ref().unchecked_ref());
    }
}

/// Calls back once after a while, unless dropped before.
#[derive(Debug)]
pub struct Timer {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts the wait.
    #[must_use]
    pub fn after(ms: i32, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let id = window().and_then(|window| {
            let function = callback.as_ref().unchecked_ref();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(function, ms).ok()
        });
        Self { id: id.unwrap_or_default(), _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}
