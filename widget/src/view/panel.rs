//! The open chat: its parts in order, the key that closes it, and the room that a phone's keyboard leaves.

use tachys::html::element::{div, p};
use tachys::html::event as ev;
use tachys::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::composer::composer;
use super::header::header;
use super::notice::notice;
use crate::browser::{self, Subscription};
use crate::store::Shown;
use crate::text::Words;
use crate::visit::{Here, Visit};

/// The panel. The lines of the log are drawn by [`super::log`].
pub fn panel(here: &Here, words: &Words, shown: &Shown) -> impl RenderHtml + use<> {
    let pressing = here.clone();
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            pressing.with(Visit::close);
        }
    };
    let log = div()
        .class("log")
        .role("log")
        .tabindex("0")
        .aria_label(words.log)
        .hidden(shown.notice.is_some())
        .on(ev::scroll, here.act(Visit::scrolled));
    div()
        .class("panel")
        .role("dialog")
        .aria_label(words.title)
        .lang(words.lang)
        .dir("ltr")
        .hidden(!shown.is_open)
        .on(ev::keydown, press)
        .child((
            header(here, words, shown),
            p().class("banner").role("status").hidden(shown.banner.is_empty()).child(shown.banner),
            log,
            notice(here, shown),
            composer(here, words, shown),
        ))
}

/// Tells the styles how much of the screen a phone's keyboard leaves.
pub fn keep_above_keyboard(panel: Option<Element>) -> Option<Subscription> {
    let panel: HtmlElement = panel?.unchecked_into();
    let viewport = browser::window()?.visual_viewport()?;
    let measured = viewport.clone();
    Some(Subscription::new(&viewport, "resize", move |_| {
        let height = [&(measured.height() as i32).to_string(), "px"].concat();
        let _ = HtmlElement::style(&panel).set_property("--prilavok-height", &height);
    }))
}
