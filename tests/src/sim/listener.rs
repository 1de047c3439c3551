//! A program that knows nothing but spec/websocket-events.txt: it listens to the organization's events from the start,
//! narrows and widens them, and holds what it gets against the spec. It does not resume; between its connections it
//! misses things, within one it must not.

use std::collections::{BTreeMap, BTreeSet};

use relay_core::hub::ConnId;
use serde_json::Value as Json;
use shared::id::{Offset, UserId};
use shared::token::Role;

use super::neighbour::Shop;
use super::network::End;
use super::schedule::Happening;
use super::shell::claims;
use super::world::World;

#[derive(Default)]
pub(super) struct Listener {
    conn: Option<ConnId>,
    filter: BTreeSet<UserId>,
    /// What was asked for and not answered yet, by the id of the question.
    asked: BTreeMap<String, Asked>,
    next_id: u64,
    /// The next offset, while nothing is filtered out.
    expected: Option<Offset>,
    pub(super) last: Offset,
    read_marks: BTreeMap<UserId, i64>,
}

#[derive(Clone, Copy)]
enum Asked {
    Narrow(UserId),
    Widen(UserId),
    All,
}

impl World {
    pub(super) fn listener_dials(&mut self) {
        let claims = claims(Shop::Ours, Role::Integration, 0, "crm", 24 * 3_600_000);
        let conn = self.dial(End::Listener, claims, None, 0);
        let marks = std::mem::take(&mut self.listener.read_marks);
        self.listener = Listener {
            conn: Some(conn),
            next_id: self.listener.next_id,
            last: self.listener.last,
            read_marks: marks,
            ..Listener::default()
        };
    }

    pub(super) fn listener_lost(&mut self, conn: ConnId) {
        if self.listener.conn == Some(conn) {
            self.listener.conn = None;
            self.schedule.after(500, Happening::ListenerDials);
        }
    }

    pub(super) fn listener_acts(&mut self) {
        if !self.active {
            return;
        }
        let pause = self.chance.between(3_000, 12_000);
        self.schedule.after(pause, Happening::ListenerActs);
        let Some(conn) = self.listener.conn else { return };
        if self.listener.expected.is_none() && self.listener.filter.is_empty() {
            return;
        }
        let user_id = super::people::VISITORS[self.chance.index(3)];
        let (asked, action) = match self.chance.weighted(&[30, 30, 40]) {
            0 => (Asked::Narrow(user_id), format!("\"subscribe\",\"filter\":{{\"user_id\":{user_id}}}")),
            1 => (Asked::Widen(user_id), format!("\"unsubscribe\",\"filter\":{{\"user_id\":{user_id}}}")),
            _ => (Asked::All, "\"unsubscribe\"".to_owned()),
        };
        self.listener.next_id += 1;
        let id = self.listener.next_id.to_string();
        self.send_up(conn, format!("{{\"action\":{action},\"id\":\"{id}\"}}"));
        self.listener.asked.insert(id, asked);
    }

    pub(super) fn listener_hears(&mut self, conn: ConnId, text: &str, copy: bool) {
        // The network's own copies are not the relay's doing.
        if copy || self.listener.conn != Some(conn) {
            return;
        }
        self.note(|| format!("listener hears {text}"));
        let json: Json = serde_json::from_str(text).unwrap_or_default();
        let data = &json["data"];
        match json["event"].as_str() {
            Some("welcome") => self.listener.expected = data["offset"].as_i64().map(|offset| offset + 1),
            Some("ack") => self.listener_answered(data["id"].as_str().unwrap_or_default()),
            Some("error") => {
                let id = data["id"].as_str().unwrap_or_default();
                self.listener.asked.remove(id);
            }
            Some("resync" | "pong") => {}
            Some(event) => self.listener_gets(event, &json, text),
            None => self.blame(|| format!("a frame without its event's name: {text}")),
        }
    }

    fn listener_answered(&mut self, id: &str) {
        let listener = &mut self.listener;
        let was_filtered = !listener.filter.is_empty();
        match listener.asked.remove(id) {
            Some(Asked::Narrow(user_id)) => {
                listener.filter.insert(user_id);
            }
            Some(Asked::Widen(user_id)) => {
                listener.filter.remove(&user_id);
            }
            Some(Asked::All) => listener.filter.clear(),
            None => {}
        }
        if was_filtered == listener.filter.is_empty() {
            // What was filtered out leaves a gap in the offsets.
            listener.expected = None;
            self.saw(if was_filtered { "listener widens" } else { "listener narrows" });
        }
    }

    fn listener_gets(&mut self, event: &str, json: &Json, text: &str) {
        let data = &json["data"];
        if let Err(why) = is_to_the_letter(event, json) {
            self.blame(|| format!("the spec's reader cannot read {text}: {why}"));
        }
        let user_id = data["user_id"].as_i64().unwrap_or_default();
        let filter = &self.listener.filter;
        // `user_online` is also told at the start, before anything can be narrowed.
        if !filter.is_empty() && !filter.contains(&user_id) {
            self.blame(|| format!("the listener asked not to hear of {user_id}: {text}"));
        }
        if let Some(offset) = json["offset"].as_i64() {
            let expected = self.listener.expected.replace(offset + 1);
            if self.listener.filter.is_empty() && expected.is_some_and(|expected| expected != offset) {
                self.blame(|| format!("the listener expected the event {expected:?}, and got {text}"));
            }
            if expected.is_some_and(|expected| offset < expected) {
                self.blame(|| format!("an offset went back: {text}"));
            }
            self.listener.last = offset;
        }
        if event == "message_read" {
            let mark = data["last_read_message_id"].as_i64().unwrap_or_default();
            let known = self.listener.read_marks.insert(user_id, mark);
            if known.is_some_and(|known| known >= mark) {
                self.blame(|| format!("a read mark did not move forward: {text}"));
            }
        }
        if matches!(event, "new_message" | "operator_message") {
            self.check_seen(data);
        }
    }
}

/// The six events of spec/websocket-events.txt: every member it shows is there, with the type it shows.
fn is_to_the_letter(event: &str, json: &Json) -> Result<(), String> {
    let number = |value: &Json| value.is_i64();
    let text = |value: &Json| value.is_string();
    let text_or_null = |value: &Json| value.is_string() || value.is_null();
    type Check<'a> = (&'a str, &'a dyn Fn(&Json) -> bool);
    let members: &[Check<'_>] = match event {
        "new_chat" => &[
            ("user_id", &number),
            ("user_name", &text),
            ("username", &text_or_null),
            ("source", &text),
            ("first_message", &text),
        ],
        "new_message" => &[
            ("message_id", &number),
            ("user_id", &number),
            ("user_name", &text),
            ("text", &text),
            ("file_path", &text_or_null),
            ("source", &text),
        ],
        "user_typing" => &[("user_id", &number), ("user_name", &text)],
        "message_read" => &[("user_id", &number), ("last_read_message_id", &number)],
        "user_online" | "user_offline" => &[("user_id", &number)],
        _ => &[],
    };
    for (name, check) in members {
        let value = json["data"].get(name).ok_or_else(|| format!("{name} is missing"))?;
        if !check(value) {
            return Err(format!("{name} is {value}"));
        }
    }
    let timestamp = json["timestamp"].as_str().unwrap_or_default();
    if timestamp.len() == 20 && timestamp.ends_with('Z') { Ok(()) } else { Err(format!("timestamp is {timestamp:?}")) }
}
