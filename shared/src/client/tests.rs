//! The client machine alone: frames and time go in, effects come out, as a shell would see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod connection;
mod deleting;
mod delivering;
mod files;
mod restoring;
mod rotation;
mod sending;
mod showing;

use serde_json::{Value, json};

use super::*;
use crate::close;

const VISITOR: UserId = -7;
const START: Timestamp = Timestamp(1_768_059_000_000);
/// More timeouts than this without the clock moving are a loop.
const TIMEOUTS_AT_ONCE_MAX: u32 = 16;

/// A client with a shell that only takes notes.
struct Page {
    client: Client,
    now: Timestamp,
    /// What was sent, pings aside, and who is here.
    sent: Vec<Value>,
    pings: u32,
    /// The questions who is here, apart.
    who_is_here: Vec<Value>,
    opened: Vec<(Option<Position>, bool)>,
    /// The lines that were opened, as named.
    lines: Vec<(LineId, Via)>,
    closed: Vec<u16>,
    left: Vec<LineId>,
    arrived: Vec<MessageId>,
    /// What outlives the page.
    kept: Vec<Outgoing>,
}

impl Page {
    fn new(identity: Identity) -> Self {
        Self {
            client: Client::new(identity, 7),
            now: START,
            sent: Vec::new(),
            pings: 0,
            who_is_here: Vec::new(),
            opened: Vec::new(),
            lines: Vec::new(),
            closed: Vec::new(),
            left: Vec::new(),
            arrived: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// A visitor whose connection is up and whose empty history is here.
    fn visitor() -> Self {
        let mut page = Self::new(Identity::Visitor(VISITOR));
        page.connect(0, false);
        page.answer("history", history(&[], false));
        page
    }

    /// An operator whose connection is up and whose list of chats has one, not opened yet.
    fn operator() -> Self {
        let mut page = Self::new(Identity::Staff);
        page.connect(0, false);
        page.answer("chats", json!({"chats": [summary(VISITOR, 1, 1)], "next": null}));
        page
    }

    fn connect(&mut self, offset: i64, resumed: bool) {
        self.client.connect(self.now);
        self.perform();
        self.open();
        self.welcome(offset, resumed);
    }

    /// The latest line.
    fn line(&self) -> LineId {
        self.lines.last().map_or(0, |(line, _)| *line)
    }

    fn open(&mut self) {
        self.perform();
        self.client.handle_open(self.now, self.line());
    }

    fn pong(&mut self) {
        self.client.handle_frame(self.now, self.line(), 0, Some(Frame::Pong));
    }

    fn welcome(&mut self, offset: i64, resumed: bool) {
        let own = matches!(self.client.identity, Identity::Visitor(_)).then_some(VISITOR);
        self.welcome_as(own, offset, resumed);
    }

    fn welcome_as(&mut self, user_id: Option<UserId>, offset: i64, resumed: bool) {
        let limits = json!({"text_chars_max": 4000, "frame_bytes_max": 32768, "liveness_timeout_ms": 10000});
        self.event(
            "welcome",
            json!({"role": "visitor", "user_id": user_id, "epoch": "e", "offset": offset,
            "resumed": resumed, "protocol": 1, "limits": limits}),
            None,
        );
    }

    fn perform(&mut self) {
        while let Some(effect) = self.client.take_effect() {
            match effect {
                Effect::Open { line, via, position, renew } => {
                    self.opened.push((position, renew));
                    self.lines.push((line, via));
                }
                Effect::Transmit { text, .. } if text == PING => self.pings += 1,
                Effect::Transmit { text, .. } => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    let sent = if frame["action"] == "presence" { &mut self.who_is_here } else { &mut self.sent };
                    sent.push(frame);
                }
                Effect::Close { line, code } => {
                    self.closed.push(code);
                    self.left.push(line);
                }
                Effect::Arrived { message_id, .. } => self.arrived.push(message_id),
                Effect::Keep(outgoing) => self.kept.push(outgoing),
                Effect::Forget { client_id } => self.kept.retain(|kept| kept.client_id != client_id),
            }
        }
    }

    fn event(&mut self, name: &str, data: Value, offset: Option<i64>) {
        self.event_over(self.line(), 0, name, data, offset);
    }

    /// A frame of that many bytes, over that line.
    fn event_over(&mut self, line: LineId, bytes: usize, name: &str, data: Value, offset: Option<i64>) {
        let mut frame = json!({"event": name, "data": data, "timestamp": "2026-01-10T15:30:00Z"});
        if let Some(offset) = offset {
            frame["offset"] = json!(offset);
        }
        self.client.handle_frame(self.now, line, bytes, Some(Frame::from_node(&frame).unwrap()));
        self.perform();
    }

    fn close(&mut self, code: u16) {
        self.client.handle_close(self.now, self.line(), code);
        self.perform();
    }

    /// Moves the clock, with every timeout at its time.
    fn advance(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        let mut at_once = 0;
        while let Some(at) = self.client.next_timeout().filter(|at| *at <= until) {
            at_once = if at > self.now { 0 } else { at_once + 1 };
            assert!(at_once < TIMEOUTS_AT_ONCE_MAX, "an endless timeout at {at:?}");
            self.now = self.now.max(at);
            self.client.handle_timeout(self.now);
            self.perform();
        }
        self.now = until;
    }

    /// Takes the oldest frame that was sent, which has to be this action.
    fn take(&mut self, action: &str) -> Value {
        assert!(!self.sent.is_empty(), "no {action} was sent");
        let frame = self.sent.remove(0);
        assert_eq!(frame["action"], action, "{frame}");
        frame
    }

    /// Takes the oldest frame, which has to be this action, and acknowledges it.
    fn answer(&mut self, action: &str, result: Value) -> Value {
        let frame = self.take(action);
        self.acknowledge(&frame, result);
        frame
    }

    fn acknowledge(&mut self, frame: &Value, result: Value) {
        let mut data = json!({"id": frame["id"], "action": frame["action"]});
        if !result.is_null() {
            data["result"] = result;
        }
        self.event("ack", data, None);
    }

    fn refuse(&mut self, frame: &Value, code: Code, retry_after_ms: Option<i64>) {
        self.event(
            "error",
            json!({"id": frame["id"], "code": code.as_str(), "detail": "", "retry_after_ms": retry_after_ms}),
            None,
        );
    }

    fn send(&mut self, text: &str, client_id: &str) {
        self.client.send(self.now, VISITOR, text, client_id.into()).unwrap();
        self.perform();
    }

    fn outgoing(&self) -> Vec<(String, OutgoingState)> {
        self.client.outgoing(VISITOR).map(|outgoing| (outgoing.text.clone(), outgoing.state)).collect()
    }

    fn chat(&self) -> &Chat {
        self.client.state().chat(VISITOR).unwrap()
    }

    fn ids(&self) -> Vec<MessageId> {
        self.chat().messages().map(|message| message.message_id).collect()
    }

    fn lose_connection(&mut self) {
        self.close(1006);
        self.sent.clear();
    }
}

fn message(id: MessageId, side: &str, client_id: Option<&str>) -> Value {
    let status = (side == "operator").then_some("sent");
    json!({"message_id": id, "user_id": VISITOR, "side": side, "text": format!("номер {id}"), "file_path": null,
        "author": null, "client_id": client_id, "status": status, "reason": null, "timestamp": "2026-01-10T15:30:00Z"})
}

fn sent(id: MessageId, side: &str, client_id: &str) -> Value {
    json!({"message": message(id, side, Some(client_id))})
}

fn history(messages: &[Value], has_more: bool) -> Value {
    json!({"user_id": VISITOR, "messages": messages, "has_more": has_more, "user_read": 0, "operator_read": 0,
        "user_delivered": 0, "operator_delivered": 0, "unread": 0})
}

fn summary(user_id: UserId, last: MessageId, unread: i64) -> Value {
    let mut last_message = message(last, "user", None);
    last_message["user_id"] = json!(user_id);
    json!({"user_id": user_id, "user_name": "Иван", "username": null, "source": "widget", "last_message": last_message,
        "unread": unread, "user_read": 0, "operator_read": 0, "user_delivered": 0, "operator_delivered": 0,
        "online": false})
}

fn new_message(id: MessageId, client_id: Option<&str>) -> Value {
    let mut data = json!({"message_id": id, "user_id": VISITOR, "user_name": "Иван", "text": format!("номер {id}"),
        "file_path": null, "source": "widget"});
    if let Some(client_id) = client_id {
        data["client_id"] = json!(client_id);
    }
    data
}

fn operator_message(id: MessageId, client_id: Option<&str>) -> Value {
    let mut data = json!({"message_id": id, "user_id": VISITOR, "text": format!("номер {id}"), "file_path": null,
        "source": "widget", "operator_name": null, "status": "sent"});
    if let Some(client_id) = client_id {
        data["client_id"] = json!(client_id);
    }
    data
}
