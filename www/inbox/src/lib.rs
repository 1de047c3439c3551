//! The operator's page: the chats of every source in one list, one conversation beside it.
//!
//! All logic is the client machine's (`shared::client`), all wiring the widget's (`widget::transport`): here are the views,
//! and what an operator's place needs besides: a token, a chosen chat, drafts.

mod about;
mod address;
mod app;
mod ask;
mod avatar;
mod bubble;
mod chat;
mod composer;
mod content;
mod desk;
mod enclosure;
mod enclosure_form;
mod entry;
mod file;
mod head;
#[cfg(test)]
mod json;
mod list;
mod log;
mod ozon_file;
mod ozon_text;
mod preview;
mod profile;
mod row;
mod rows;
mod signin;
mod status;
mod text;
mod token;
mod tools;
mod uploads;
mod when;
mod window;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Draws the page into `#app`. boot.js takes its own words away when this returns.
#[wasm_bindgen(start)]
pub fn start() {
    let app = document().get_element_by_id("app").and_then(|app| app.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(app) = app {
        mount_to(app, app::App).forget();
    }
}
