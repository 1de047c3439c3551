//! A turn being decided: reads see the store as it was, writes and effects are collected, events get their offsets.

use std::collections::BTreeSet;

use serde::Serialize;
use shared::event::Event;
use shared::frame;
use shared::id::{MessageId, Offset, UserId};
use shared::limits::{EVENT_LOG_MAX, EVENT_LOG_TRIM_EVERY};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::input::ConnId;
use super::{Decision, Effect, Hub, Organization, Refused, Session, Turn};
use crate::storage::{Sql, SqlError, Value, Write};
use crate::upstream::Answered;
use crate::upstream::gate::Gate;

/// When to try again what failed for the store's sake.
pub(super) const RETRY_STORE_MS: i64 = 5_000;

/// The organization's counters. Each only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) offset: Offset,
    pub(super) message_id: MessageId,
    user_id: UserId,
}

pub(super) struct Draft<'a> {
    pub(super) hub: &'a mut Hub,
    pub(super) now: Timestamp,
    pub(super) sql: &'a dyn Sql,
    pub(super) turn: Turn,
    pub(super) counters: Counters,
    counted: Counters,
    wake: Option<Timestamp>,
    /// The sessions that this turn has changed, as they were before.
    before: Vec<(ConnId, Option<Session>)>,
    /// Sends that left the queue in this turn, which reads do not show yet.
    pub(super) settled: BTreeSet<MessageId>,
    /// Chats in which a send was begun in this turn.
    pub(super) begun: BTreeSet<UserId>,
    /// Chats to which this turn has replied automatically.
    pub(super) replied: BTreeSet<UserId>,
    /// Bulk sends of which this turn has told.
    pub(super) told: BTreeSet<i64>,
    /// The audit log's newest row, once this turn has written one.
    pub(super) audited: Option<(i64, String)>,
    /// What the upstream said to a message that it has just refused.
    pub(super) refusal: Option<Answered>,
    /// Lines that are to be continued by others.
    pub(super) continued: BTreeSet<ConnId>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(hub: &'a mut Hub, now: Timestamp, sql: &'a dyn Sql) -> Decision<Self> {
        let counters = if hub.organization.is_some() {
            let row = sql.first("SELECT event_offset, message_id, user_id FROM counters", &[])?;
            let row = row.ok_or_else(|| SqlError("the counters are missing".into()))?;
            Counters { offset: row.integer(0)?, message_id: row.integer(1)?, user_id: row.integer(2)? }
        } else {
            Counters::default()
        };
        let lease = hub.lease;
        hub.gate.get_or_insert_with(|| Gate::restored(now, lease));
        Ok(Self {
            hub,
            now,
            sql,
            turn: Turn::default(),
            counters,
            counted: counters,
            wake: None,
            before: Vec::new(),
            settled: BTreeSet::new(),
            begun: BTreeSet::new(),
            replied: BTreeSet::new(),
            told: BTreeSet::new(),
            audited: None,
            refusal: None,
            continued: BTreeSet::new(),
        })
    }

    pub(super) fn finish(mut self) -> Decision<Turn> {
        self.keep_budgets()?;
        if self.counters != self.counted {
            let Counters { offset, message_id, user_id } = self.counters;
            self.write(
                "UPDATE counters SET event_offset = ?, message_id = ?, user_id = ?",
                [offset, message_id, user_id],
            );
            if offset.div_euclid(EVENT_LOG_TRIM_EVERY) > self.counted.offset.div_euclid(EVENT_LOG_TRIM_EVERY) {
                self.write("DELETE FROM events WHERE event_offset <= ?", [offset.saturating_sub(EVENT_LOG_MAX)]);
            }
        }
        if let Some(at) = self.wake
            && self.hub.alarm.is_none_or(|alarm| at < alarm)
        {
            self.hub.alarm = Some(at);
            self.turn.effects.push(Effect::WakeAt(at));
        }
        Ok(self.turn)
    }

    /// The turn is not to be: the hub is as it was before.
    pub(super) fn undo(mut self) {
        self.cancel_calls();
        for (conn, was) in self.before.into_iter().rev() {
            match was {
                Some(session) => self.hub.sessions.insert(conn, session),
                None => self.hub.sessions.remove(&conn),
            };
        }
    }

    pub(super) fn keep_session(&mut self, session: Session) {
        let conn = session.conn;
        self.before.push((conn, self.hub.sessions.insert(conn, session)));
    }

    pub(super) fn drop_session(&mut self, conn: ConnId) -> Option<Session> {
        let session = self.hub.sessions.remove(&conn)?;
        self.hub.ends.forget(conn);
        self.before.push((conn, Some(session.clone())));
        Some(session)
    }

    /// The organization, which every input but its provisioning needs.
    pub(super) fn organization(&self) -> Decision<&Organization> {
        self.hub.organization.as_ref().ok_or_else(|| Refused::new(Code::NotFound, "there is no such organization"))
    }

    pub(super) fn write<V: Into<Value>, const N: usize>(&mut self, statement: &'static str, params: [V; N]) {
        self.write_all(statement, params.into_iter().map(Into::into).collect());
    }

    pub(super) fn write_all(&mut self, statement: &'static str, params: Vec<Value>) {
        self.turn.writes.push(Write { statement, params });
    }

    pub(super) fn next_message_id(&mut self) -> MessageId {
        self.counters.message_id = self.counters.message_id.saturating_add(1);
        self.counters.message_id
    }

    pub(super) fn next_user_id(&mut self) -> UserId {
        self.counters.user_id = self.counters.user_id.saturating_add(1);
        self.counters.user_id
    }

    /// Asks for an alarm at this time, or sooner.
    pub(super) fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
    }

    /// Keeps an event in the log, if it belongs there, and tells everybody who may hear it.
    pub(super) fn publish(&mut self, event: &Event) -> Decision {
        self.publish_except(event, None)
    }

    /// As [`Draft::publish`], of something that happened at another time than now.
    pub(super) fn publish_at(&mut self, at: Timestamp, event: &Event) -> Decision {
        self.tell_all(at, event, None)
    }

    /// As [`Draft::publish`], but not to the socket it came from.
    pub(super) fn publish_except(&mut self, event: &Event, except: Option<ConnId>) -> Decision {
        self.tell_all(self.now, event, except)
    }

    fn tell_all(&mut self, at: Timestamp, event: &Event, except: Option<ConnId>) -> Decision {
        let offset = event.is_logged().then(|| {
            self.counters.offset = self.counters.offset.saturating_add(1);
            self.counters.offset
        });
        let text =
            event.render(at, offset).map_err(|_| Refused::new(Code::Internal, "an event could not be written"))?;
        if let Some(offset) = offset {
            self.write_all(
                "INSERT INTO events (event_offset, user_id, for_visitor, body, created_at) VALUES (?, ?, ?, ?, ?)",
                vec![
                    offset.into(),
                    event.user_id().into(),
                    event.is_for_visitor().into(),
                    text.as_str().into(),
                    self.now.0.into(),
                ],
            );
        }
        self.dismiss_the_expired()?;
        let hearers = self.hub.sessions.values().filter(|session| session.hears(event) && Some(session.conn) != except);
        let to: Vec<ConnId> = hearers.map(|session| session.conn).collect();
        if !to.is_empty() {
            self.turn.effects.push(Effect::Send { to, text });
        }
        Ok(())
    }

    /// Sends one socket a frame about the connection itself.
    pub(super) fn tell<T: Serialize>(&mut self, conn: ConnId, event: &str, data: &T) -> Decision {
        let text = frame::render(event, data, self.now, None);
        let text = text.map_err(|_| Refused::new(Code::Internal, "a frame could not be written"))?;
        self.turn.effects.push(Effect::Send { to: vec![conn], text });
        Ok(())
    }

    pub(super) fn refuse_account(source: &str) -> Refused {
        Refused::Problem(Problem::new(Code::UpstreamNotConnected, format!("no account of {source} is connected")))
    }
}
