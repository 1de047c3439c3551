//! Files that the operator saves: made here, since a link cannot carry the token.

use std::time::Duration;

use js_sys::Array;
use leptos::prelude::{document, set_timeout};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// A spreadsheet takes a table without this mark for one in the system's old encoding.
const MARK: &str = "\u{feff}";

/// A file of ours is a few megabytes at most.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// Saves a table.
pub fn table(name: &str, text: &str) {
    file(name, "text/csv;charset=utf-8", &[MARK, text]);
}

/// Saves JSON.
pub fn json(name: &str, text: &str) {
    file(name, "application/json", &[text]);
}

fn file(name: &str, kind: &str, parts: &[&str]) {
    let parts: Array = parts.iter().map(|part| JsValue::from_str(part)).collect();
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        link.click();
    }
    // Nobody says when the browser has read it.
    let forget = move || {
        let _ = Url::revoke_object_url(&url);
    };
    set_timeout(forget, READ_WITHIN);
}
