//! The shop's name, who is there, and the way out.

use tachys::html::element::{button, h2, header as top, p};
use tachys::prelude::*;

use crate::store::Shown;
use crate::text::Words;

/// The header.
pub fn header(words: &Words, shown: &Shown) -> impl RenderHtml + use<> {
    top().class("top").child((
        h2().class("title").child(shown.title.clone()),
        p().class("presence").child(shown.presence.clone()),
        button().r#type("button").class("close").aria_label(words.close),
    ))
}
