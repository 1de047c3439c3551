//! What stands in the place of a chat that cannot be: why, and a button to try again.

use tachys::html::element::{button, div, h3, p};
use tachys::prelude::*;

use crate::store::Shown;

/// The notice. It is there all the time and hidden while all is well: a change within an alert is read aloud.
pub fn notice(shown: &Shown) -> impl RenderHtml + use<> {
    let (heading, text, label) = match &shown.notice {
        Some(notice) => (notice.heading, notice.text.clone(), notice.button),
        None => ("", String::new(), ""),
    };
    div().class("fatal").role("alert").hidden(shown.notice.is_none()).child((
        h3().child(heading),
        p().child(text),
        button().r#type("button").child(label),
    ))
}
