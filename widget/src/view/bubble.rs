//! One line of the log. Texts become text nodes and nothing else.

use shared::words::Word;
use tachys::html::element::{button, div, h3, i, p, span, time as time_};
use tachys::prelude::*;

use crate::store::{DayName, Kind, Line, Tick, Time};
use crate::text::{Words, why};

/// The line, drawn.
pub fn line(words: &'static Words, line: &Line) -> AnyView {
    match &line.kind {
        Kind::Loading => dots("loading", Some("status"), words.say(Word::Loading).to_owned()),
        Kind::Typing(name) => dots("msg theirs typing", None, typing(words, name)),
        Kind::Empty(greeting) => {
            let (heading, text) =
                greeting.split_once('\n').unwrap_or((words.say(Word::Greeting), words.say(Word::Invitation)));
            div().class("empty").child((h3().child(heading.to_owned()), p().child(text.to_owned()))).into_any()
        }
        Kind::Day(name) => {
            let name = match *name {
                DayName::Today => words.say(Word::Today).to_owned(),
                DayName::Yesterday => words.say(Word::Yesterday).to_owned(),
                DayName::Date { at, is_other_year } => words.date(at.0, is_other_year),
            };
            divider("day", name)
        }
        Kind::New => divider("day new", words.say(Word::New).to_owned()),
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
                Tick::Sending => ("tick sending", Word::Sending),
                Tick::Sent => ("tick sent", Word::Sent),
                Tick::Delivered => ("tick delivered", Word::Delivered),
                Tick::Read => ("tick read", Word::Read),
                Tick::Failed(_) => ("tick failed", Word::Failed),
            };
            let failed = if let Tick::Failed(code) = tick { Some(*code) } else { None };
            div()
                .class(if failed.is_some() { "msg mine failed" } else { "msg mine" })
                .child((
                    span().class("body").child(text.clone()),
                    span()
                        .class("meta")
                        .child((at(time), span().class(class).role("img").aria_label(words.say(label)))),
                    failed.map(|code| {
                        (
                            p().class("why").role("alert").child(words.say(why(code))),
                            button().r#type("button").class("retry").child(words.say(Word::Retry)),
                        )
                    }),
                ))
                .into_any()
        }
    }
}

/// Who is writing.
pub fn typing(words: &'static Words, name: &str) -> String {
    if name.is_empty() { words.say(Word::TypingSomebody).to_owned() } else { words.with(Word::Typing, name) }
}

fn divider(class: &'static str, label: String) -> AnyView {
    div().class(class).child(span().child(label)).into_any()
}

/// Three dots or bars that move, and what they mean for those who do not see them.
fn dots(class: &'static str, role: Option<&'static str>, label: String) -> AnyView {
    div().class(class).role(role).child((i(), i(), i(), span().class("sr").child(label))).into_any()
}

fn at(time: &Time) -> impl RenderHtml + use<> {
    time_().class("time").datetime(time.exact.clone()).child(time.clock.clone())
}
