//! The shop's name, who is there, and the way out.

use shared::words::Word;
use tachys::html::element::{button, div, h2, p};
use tachys::prelude::*;

use crate::store::Shown;
use crate::text::Words;

/// The header. No `header`: a page has one of its own, and a second landmark of that kind would be in its way.
pub fn header(words: &'static Words, shown: &Shown) -> impl RenderHtml + use<> {
    div().class("top").child((
        h2().class("title").child(shown.title.clone()),
        p().class("presence").child(shown.presence.clone()),
        button().r#type("button").class("close").aria_label(words.say(Word::Close)),
    ))
}
