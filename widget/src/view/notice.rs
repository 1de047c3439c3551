//! What stands in the place of a chat that cannot be: why, and a button to try again.

use tachys::html::element::{button, div, h3, p};
use tachys::prelude::*;

use crate::browser;
use crate::store::Shown;
use crate::text::Words;

/// The notice. It is there all the time and hidden while all is well: a change within an alert is read aloud.
pub fn notice(words: &'static Words, shown: &Shown) -> impl RenderHtml + use<> {
    let (heading, text, label) = match shown.notice {
        Some(obstacle) => {
            let (heading, text, button) = obstacle.words();
            let origin = browser::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
            (words.say(heading), words.with(text, &origin), words.say(button))
        }
        None => ("", String::new(), ""),
    };
    div().class("fatal").role("alert").hidden(shown.notice.is_none()).child((
        h3().child(heading),
        p().child(text),
        button().r#type("button").child(label),
    ))
}
