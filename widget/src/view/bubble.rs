//! One line of the log. Texts become text nodes and nothing else.

use tachys::html::element::{button, div, h3, i, p, span, time as time_};
use tachys::prelude::*;

use crate::store::{Kind, Line, Tick, Time};
use crate::text::Words;

/// The line, drawn.
pub fn line(words: &Words, line: &Line) -> AnyView {
    match &line.kind {
        Kind::Loading => dots("loading", Some("status"), words.loading.to_owned()),
        Kind::Typing(label) => dots("msg theirs typing", None, label.clone()),
        Kind::Empty => div().class("empty").child((h3().child(words.greeting), p().child(words.invitation))).into_any(),
        Kind::Day(label) => div().class("day").child(span().child(label.clone())).into_any(),
        Kind::Theirs { author, text, time, .. } => div()
            .class("msg theirs")
            .child((
                author.clone().map(|author| div().class("author").child(author)),
                span().class("body").child(text.clone()),
                span().class("meta").child(at(time)),
            ))
            .into_any(),
        Kind::Mine { text, time, tick, .. } => {
            let (class, label) = match tick {
                Tick::Sending => ("tick sending", words.sending),
                Tick::Sent => ("tick sent", words.sent),
                Tick::Delivered => ("tick delivered", words.delivered),
                Tick::Read => ("tick read", words.read),
                Tick::Failed(_) => ("tick failed", words.failed),
            };
            let failed = if let Tick::Failed(code) = tick { Some(*code) } else { None };
            div()
                .class(if failed.is_some() { "msg mine failed" } else { "msg mine" })
                .child((
                    span().class("body").child(text.clone()),
                    span().class("meta").child((at(time), span().class(class).role("img").aria_label(label))),
                    failed.map(|code| {
                        (
                            p().class("why").child((words.why)(code)),
                            button().r#type("button").class("retry").child(words.retry),
                        )
                    }),
                ))
                .into_any()
        }
    }
}

/// Three dots or bars that move, and what they mean for those who do not see them.
fn dots(class: &'static str, role: Option<&'static str>, label: String) -> AnyView {
    div().class(class).role(role).child((i(), i(), i(), span().class("sr").child(label))).into_any()
}

fn at(time: &Time) -> impl RenderHtml + use<> {
    time_().class("time").datetime(time.exact.clone()).child(time.clock.clone())
}
