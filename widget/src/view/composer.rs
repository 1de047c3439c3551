//! Where the visitor writes. The field itself is the visitor's: it is read, and emptied once a message was taken.

use shared::words::Word;
use tachys::html::element::{button, div, form, input, label, p, textarea};
use tachys::prelude::*;
use tachys::svg::{path, svg};

use crate::store::{Counter, Shown};
use crate::text::Words;

/// What can be sent, as the picker names it.
const TYPES: &str = ".jpg,.jpeg,.png,.webp,.pdf,.csv";

/// The composer.
pub fn composer(words: &'static Words, shown: &Shown) -> impl RenderHtml + use<> {
    let field =
        textarea().class("input").rows("1").placeholder(words.say(Word::Input)).aria_label(words.say(Word::Input));
    let pick = input().r#type("file").class("pick sr").multiple(true).accept(TYPES).aria_label(words.say(Word::Attach));
    let clip = icon("m20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 4l-8 8a1 1 0 0 1-2-2l7-7");
    let counter = match shown.counter {
        Counter::Silent => String::new(),
        Counter::Left(chars) => words.count(Word::CharsLeft, chars),
        Counter::Over(chars) => words.count(Word::CharsOver, chars),
        Counter::Refused(why) => words.say(why).to_owned(),
    };
    form().class("composer").hidden(shown.notice.is_some()).child((
        label().class("clip").child((pick, clip)),
        div().class("grow").attr("data-value", shown.draft.clone()).child(field),
        button()
            .class("send")
            .aria_label(words.say(Word::Send))
            .disabled(!shown.can_send)
            .child(icon("M12 19V5m-6 6 6-6 6 6")),
        p().class(if matches!(shown.counter, Counter::Over(_)) { "counter over" } else { "counter" })
            .hidden(counter.is_empty())
            .child(counter),
    ))
}

fn icon(shape: &'static str) -> impl RenderHtml {
    svg().attr("viewBox", "0 0 24 24").child(path().attr("d", shape))
}
