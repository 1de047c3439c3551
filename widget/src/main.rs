//! The module that the loader imports (www/loader/prilavok.js): `mount`, `open`, `close`, `toggle`, `unmount`.
//!
//! A program and not a part of the library, because a library's exports would be in every module that links it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use widget::options::Options;
use widget::visit::Visit;

thread_local! {
    static VISIT: RefCell<Option<Rc<Visit>>> = const { RefCell::new(None) };
}

/// Mounts the chat, closed, in place of one that is mounted already.
///
/// # Errors
/// An `Error` that names the option that is missing or wrong.
#[wasm_bindgen]
pub fn mount(options: JsValue) -> Result<(), JsValue> {
    unmount();
    let visit = Visit::begin(Options::read(options)?)?;
    VISIT.set(Some(visit));
    Ok(())
}

/// Takes the chat out of the page: panel, connection, listeners, timers.
#[wasm_bindgen]
pub fn unmount() {
    drop(VISIT.take());
}

/// Opens the panel.
#[wasm_bindgen]
pub fn open() {
    with(Visit::open);
}

/// Closes the panel.
#[wasm_bindgen]
pub fn close() {
    with(Visit::close);
}

/// Opens or closes the panel.
#[wasm_bindgen]
pub fn toggle() {
    with(Visit::toggle);
}

fn with(work: impl FnOnce(&Visit)) {
    // Cloned, so that what it does may come back here.
    let visit = VISIT.with_borrow(Option::clone);
    if let Some(visit) = visit {
        work(&visit);
    }
}

fn main() {}
