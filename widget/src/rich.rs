//! Links and a part of Markdown in messages, as elements (js/rich.js). The inbox's way to it; the widget's panel fetches that
//! module with the first message that needs it.

use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/js/rich.js")]
extern "C" {
    /// Puts elements in the place of an element's text. Without `styles` only links are found.
    pub fn enrich(element: &Element, styles: bool);
}
