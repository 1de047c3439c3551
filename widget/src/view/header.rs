//! The shop's name, who is there, and the way out.

use tachys::html::element::{button, h2, header as top, p};
use tachys::html::event as ev;
use tachys::prelude::*;

use crate::store::Shown;
use crate::text::Words;
use crate::visit::{Here, Visit};

/// The header.
pub fn header(here: &Here, words: &Words, shown: &Shown) -> impl RenderHtml + use<> {
    top().class("top").child((
        h2().class("title").child(shown.title.clone()),
        p().class("presence").child(shown.presence.clone()),
        button().r#type("button").class("close").aria_label(words.close).on(ev::click, here.act(Visit::close)),
    ))
}
