//! What the screen shows, as a value: made from the client machine, compared, and only then drawn. No DOM in here.

use shared::client::{Chat, Client, OutgoingState};
use shared::content::Raw;
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::limits::TEXT_CHARS_MAX;
use shared::message::Side;
use shared::page::Status;
use shared::problem::Code;
use shared::time::Timestamp;
use shared::words::Word;

use crate::local_time::{Day, LocalTime};
use crate::text::Obstacle;

/// The whole chat as shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Whether the panel is open.
    pub is_open: bool,
    /// The shop's name.
    pub title: String,
    /// The line under it.
    pub presence: String,
    /// What is wrong with the connection, once it has been wrong for a while.
    pub banner: Option<Word>,
    /// Why there is no chat; shown in its place.
    pub notice: Option<Obstacle>,
    /// The messages and what stands between them.
    pub lines: Vec<Line>,
    /// Messages that wait to be read.
    pub unread: i64,
    /// How the connection is, as the page is told.
    pub status: Status,
    /// What the visitor is writing.
    pub draft: String,
    /// What there is to say about it.
    pub counter: Counter,
    /// Whether it can be sent.
    pub can_send: bool,
}

/// What the visitor is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Why it was not taken.
    pub refused: Option<Word>,
    /// What of it was sent and may still be lost: until it is safe, the text stays.
    pub sent: Option<Sent>,
}

/// A text that was sent, and the id that makes it one message however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message's own id.
    pub client_id: String,
    /// Its text.
    pub text: String,
}

/// What there is to say about what the visitor is writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counter {
    /// Nothing.
    #[default]
    Silent,
    /// So many characters are left.
    Left(usize),
    /// So many are too many.
    Over(usize),
    /// It was not taken.
    Refused(Word),
}

/// So many characters before the limit the counter appears: two or three sentences.
const COUNTER_FROM_CHARS: usize = 200;

impl Draft {
    /// The id to send it under: the one it was sent under before, if it is the same text.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.sent.as_ref().filter(|sent| sent.text == self.text).map(|sent| sent.client_id.as_str())
    }

    /// Whether this message is, in whole or in part, what is written here.
    #[must_use]
    pub fn is_sent_as(&self, client_id: &str) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.client_id == client_id)
    }

    /// Whether it is a message.
    #[must_use]
    pub fn can_send(&self) -> bool {
        shared::text::check(&self.text).is_ok()
    }

    /// How many characters are left or too many, once that is of interest, or why the text was not taken.
    #[must_use]
    pub fn counter(&self) -> Counter {
        let count = shared::text::length(&self.text);
        if count > TEXT_CHARS_MAX {
            Counter::Over(count - TEXT_CHARS_MAX)
        } else if count + COUNTER_FROM_CHARS > TEXT_CHARS_MAX {
            Counter::Left(TEXT_CHARS_MAX - count)
        } else {
            self.refused.map_or(Counter::Silent, Counter::Refused)
        }
    }
}

/// One line of the log. The same `key` is the same thing: a message keeps it from the first echo on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is the line of.
    pub key: String,
    /// What it shows.
    pub kind: Kind,
}

/// The kinds of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// History is on its way.
    Loading,
    /// There is nothing yet but a greeting: a heading and, on the next line, a text. Our own words if it is empty.
    Empty(String),
    /// Another day begins.
    Day(DayName),
    /// What follows has not been seen.
    New,
    /// A message of the shop.
    Theirs {
        /// Its place, for marking it read.
        message_id: MessageId,
        /// Who wrote, above the first of a row.
        author: Option<String>,
        /// What they wrote; may be empty beside a file.
        text: String,
        /// The file that it carries.
        file: Option<Attachment>,
        /// What it carries besides: cards, suggested answers, a request to rate.
        content: Option<Raw>,
        /// When.
        time: Time,
    },
    /// The visitor's message.
    Mine {
        /// What they wrote; may be empty beside a file.
        text: String,
        /// The file that it carries.
        file: Option<Attachment>,
        /// When.
        time: Time,
        /// How far it has come.
        tick: Tick,
    },
    /// Somebody is writing; the name is empty if it is not known.
    Typing(String),
}

/// How a day is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayName {
    /// This day.
    Today,
    /// The day before.
    Yesterday,
    /// By its date.
    Date {
        /// A time on it.
        at: Timestamp,
        /// Whether it is of another year than this.
        is_other_year: bool,
    },
}

/// A time, for people and for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// `14:05`
    pub clock: String,
    /// RFC 3339.
    pub exact: String,
}

/// How far the visitor's message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// The relay does not have it yet.
    Sending,
    /// The relay has it.
    Sent,
    /// It has reached somebody of the shop.
    Delivered,
    /// Somebody of the shop has seen it.
    Read,
    /// The relay refuses it.
    Failed(Code),
}

/// The lines of a chat. Those of the shop after `seen` are new to the visitor, if there is such a mark.
pub fn lines(
    client: &Client,
    user_id: UserId,
    seen: Option<MessageId>,
    now: Timestamp,
    local: impl Fn(Timestamp) -> LocalTime,
) -> Vec<Line> {
    let mut log = Log { lines: Vec::new(), day: None, author: None };
    let days = Days { today: local(now).day, yesterday: local(now.plus_ms(-DAY_MS)).day };
    let mut seen = seen;
    let chat = client.state().chat(user_id);
    for message in chat.into_iter().flat_map(|chat| chat.messages()) {
        let at = local(message.timestamp);
        log.day(message.timestamp, at.day, days);
        let time = Time { clock: at.clock(), exact: message.timestamp.to_rfc3339() };
        let key = message.client_id.clone().unwrap_or_else(|| message.message_id.to_string());
        let (text, file) = (message.text.clone(), message.attachment.clone());
        match message.side {
            Side::Operator => {
                if seen.is_some_and(|seen| message.message_id > seen) {
                    seen = None;
                    log.author = None;
                    log.push("new".into(), Kind::New);
                }
                let author = log.named(&message.author);
                let content = message.content.clone();
                log.push(key, Kind::Theirs { message_id: message.message_id, author, text, file, content, time });
            }
            Side::User => {
                let reached = |mark: fn(&Chat) -> MessageId| chat.is_some_and(|chat| message.message_id <= mark(chat));
                let tick = if reached(|chat| chat.operator_read) {
                    Tick::Read
                } else if reached(|chat| chat.operator_delivered) {
                    Tick::Delivered
                } else {
                    Tick::Sent
                };
                log.mine(key, text, file, time, tick);
            }
        }
    }
    for outgoing in client.outgoing(user_id) {
        let at = local(outgoing.at);
        log.day(outgoing.at, at.day, days);
        let time = Time { clock: at.clock(), exact: outgoing.at.to_rfc3339() };
        let tick = match outgoing.state {
            OutgoingState::Waiting | OutgoingState::Sending => Tick::Sending,
            OutgoingState::Failed(code) => Tick::Failed(code),
        };
        let (text, file) = (outgoing.text.clone(), outgoing.attachment.clone());
        log.mine(outgoing.client_id.clone(), text, file, time, tick);
    }
    if let Some((_, name)) = chat.and_then(|chat| chat.typing.as_ref()) {
        log.push("typing".into(), Kind::Typing(name.clone().unwrap_or_default()));
    }
    log.lines
}

const DAY_MS: i64 = 24 * 3_600_000;

/// The days that have names of their own.
#[derive(Clone, Copy)]
struct Days {
    today: Day,
    yesterday: Day,
}

/// The lines so far, and what the next one continues.
struct Log {
    lines: Vec<Line>,
    day: Option<Day>,
    /// Who wrote the line before, if it is one of theirs.
    author: Option<Option<String>>,
}

impl Log {
    fn push(&mut self, key: String, kind: Kind) {
        self.lines.push(Line { key, kind });
    }

    fn day(&mut self, at: Timestamp, day: Day, days: Days) {
        if self.day.replace(day) == Some(day) {
            return;
        }
        let name = if day == days.today {
            DayName::Today
        } else if day == days.yesterday {
            DayName::Yesterday
        } else {
            DayName::Date { at, is_other_year: day.year != days.today.year }
        };
        self.author = None;
        self.push(
            [&day.year.to_string(), "/", &day.month.to_string(), "/", &day.day.to_string()].concat(),
            Kind::Day(name),
        );
    }

    /// Whether an author is named: above the first of a row.
    fn named(&mut self, author: &Option<String>) -> Option<String> {
        let shown = if self.author.as_ref() == Some(author) { None } else { author.clone() };
        self.author = Some(author.clone());
        shown
    }

    fn mine(&mut self, key: String, text: String, file: Option<Attachment>, time: Time, tick: Tick) {
        self.author = None;
        self.push(key, Kind::Mine { text, file, time, tick });
    }
}

#[cfg(test)]
mod tests;
