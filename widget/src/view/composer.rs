//! Where the visitor writes. The field itself is the visitor's: it is read, and emptied once a message was taken.

use tachys::html::element::{button, div, form, p, textarea};
use tachys::html::event as ev;
use tachys::prelude::*;
use tachys::svg::{path, svg};
use web_sys::{KeyboardEvent, SubmitEvent};

use crate::store::Shown;
use crate::text::Words;
use crate::visit::{Here, Visit};

/// What a key reports that belongs to an input method (on Safari also the Enter that ends a composition).
const IN_COMPOSITION: u32 = 229;

/// The composer.
pub fn composer(here: &Here, words: &Words, shown: &Shown) -> impl RenderHtml + use<> {
    let (submitting, pressing) = (here.clone(), here.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        submitting.with(Visit::send);
    };
    let press = move |event: KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == IN_COMPOSITION;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            pressing.with(Visit::send);
        }
    };
    let field = textarea()
        .class("input")
        .rows("1")
        .placeholder(words.input)
        .aria_label(words.input)
        .on(ev::input, here.act(Visit::write))
        .on(ev::keydown, press);
    let arrow = svg().attr("viewBox", "0 0 24 24").child(path().attr("d", "M12 19V5m-6 6 6-6 6 6"));
    form().class("composer").hidden(shown.notice.is_some()).on(ev::submit, submit).child((
        div().class("grow").attr("data-value", shown.draft.clone()).child(field),
        button().class("send").aria_label(words.send).disabled(!shown.can_send).child(arrow),
        p().class(if shown.is_over { "counter over" } else { "counter" })
            .hidden(shown.counter.is_empty())
            .child(shown.counter.clone()),
    ))
}
