//! The open chat: its parts in order, and the room that a phone's keyboard leaves.

use shared::words::Word;
use tachys::html::element::{div, p};
use tachys::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::composer::composer;
use super::header::header;
use super::notice::notice;
use crate::browser::{self, Subscription};
use crate::store::Shown;
use crate::text::Words;

/// The panel. The lines of the log are drawn by [`super::log`].
pub fn panel(words: &'static Words, shown: &Shown) -> impl RenderHtml + use<> {
    let log =
        div().class("log").role("log").tabindex("0").aria_label(words.say(Word::Log)).hidden(shown.notice.is_some());
    div()
        .class("panel")
        .role("dialog")
        .aria_label(words.say(Word::Title))
        .lang(words.say(Word::Lang))
        .dir(words.say(Word::Dir))
        .hidden(!shown.is_open)
        .child((
            header(words, shown),
            p().class("banner")
                .role("status")
                .hidden(shown.banner.is_none())
                .child(shown.banner.map_or("", |word| words.say(word))),
            log,
            notice(words, shown),
            composer(words, shown),
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
