//! Sockets come and go: `welcome`, the replay of what was missed, `resync` where it cannot be replayed.

use shared::access::Scope;
use shared::close;
use shared::event::{Event, UserOnline};
use shared::frame::{Limits, Resync, Welcome};
use shared::id::{Offset, Position, UserId};
use shared::limits::{
    FRAME_BYTES_MAX, LIVENESS_TIMEOUT_MS, ORGANIZATION_SOCKETS_MAX, PROTOCOL_VERSION, RESUME_EVENTS_MAX,
    TEXT_CHARS_MAX, VISITOR_SOCKETS_MAX,
};
use shared::problem::Code;
use shared::token::{Claims, Role};

use super::draft::Draft;
use super::input::ConnId;
use super::{Decision, Effect, Refused, Session, budget};
use crate::auth::origin;

impl Draft<'_> {
    pub(super) fn connect(
        &mut self,
        conn: ConnId,
        claims: Claims,
        from: Option<&str>,
        position: Option<Position>,
        budget: Option<usize>,
        address: Option<String>,
    ) -> Decision {
        let organization = self.organization()?;
        if claims.org != organization.id {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        // A visitor's page must still be on the list: the token alone, taken to another page, opens nothing.
        if claims.role == Role::Visitor && !from.is_some_and(|from| origin::is_allowed(from, &organization.origins)) {
            return Err(Refused::new(Code::OriginNotAllowed, "this page's origin is not on the organization's list"));
        }
        let epoch = organization.epoch.clone();
        self.holder_with(&claims, Scope::ChatsRead)?;
        if self.hub.sessions.len() >= ORGANIZATION_SOCKETS_MAX {
            return Err(Refused::new(Code::RateLimited, "the organization has too many connections"));
        }
        self.make_room(&claims);

        let budget = budget.map(budget::granted);
        let session = Session { conn, claims, filter: Default::default(), since: self.now.0, budget, sent: 0, address };
        let missed = match &position {
            Some(position) => self.missed(&session, &epoch, position)?,
            None => None,
        };
        let welcome = Welcome {
            role: session.claims.role,
            user_id: (session.claims.role == Role::Visitor).then_some(session.claims.sub),
            epoch: epoch.clone(),
            offset: self.counters.offset,
            resumed: missed.is_some(),
            protocol: PROTOCOL_VERSION,
            limits: Limits {
                text_chars_max: limit(TEXT_CHARS_MAX),
                frame_bytes_max: limit(FRAME_BYTES_MAX),
                liveness_timeout_ms: LIVENESS_TIMEOUT_MS,
            },
        };
        self.tell(conn, "welcome", &welcome)?;
        match missed {
            Some(bodies) => self.replay(&session, bodies),
            None if position.is_some() => self.tell(conn, "resync", &Resync { epoch, offset: self.counters.offset })?,
            None => {}
        }
        // A client with a budget asks for it, when it has room for the answer.
        if session.claims.role.is_staff() && session.budget.is_none() {
            self.tell_who_is_online(conn)?;
        }
        self.attach(session)?;
        self.hub.ends.heard(conn, self.now);
        self.watch();
        self.came(conn)
    }

    /// Sockets are gone. If the store fails they stay listed, and the alarm comes back to them.
    pub(super) fn let_go(&mut self) -> Decision {
        for conn in self.hub.gone.clone() {
            self.closed(conn)?;
        }
        self.hub.gone.clear();
        Ok(())
    }

    pub(super) fn closed(&mut self, conn: ConnId) -> Decision {
        let Some(session) = self.drop_session(conn) else { return Ok(()) };
        self.left(&session)
    }

    /// The events after a position that this client may see, or `None` if they cannot all be replayed.
    pub(super) fn missed(&self, session: &Session, epoch: &str, position: &Position) -> Decision<Option<Vec<String>>> {
        let last = self.counters.offset;
        if position.epoch != epoch || position.offset > last || position.offset < 0 {
            return Ok(None);
        }
        if position.offset < last {
            let oldest = self.sql.first("SELECT MIN(event_offset) FROM events", &[])?;
            let oldest: Option<Offset> = oldest.map(|row| row.optional_integer(0)).transpose()?.flatten();
            if oldest.is_none_or(|oldest| oldest > position.offset.saturating_add(1)) {
                return Ok(None);
            }
        }
        let limit = limit(RESUME_EVENTS_MAX).saturating_add(1);
        let rows = if session.claims.role.is_staff() {
            self.sql.query(
                "SELECT body, user_id, for_visitor FROM events WHERE event_offset > ? ORDER BY event_offset LIMIT ?",
                &[position.offset.into(), limit.into()],
            )?
        } else {
            self.sql.query(
                "SELECT body, user_id, for_visitor FROM events
                 WHERE user_id = ? AND event_offset > ? AND for_visitor = 1 ORDER BY event_offset LIMIT ?",
                &[session.claims.sub.into(), position.offset.into(), limit.into()],
            )?
        };
        if rows.len() > RESUME_EVENTS_MAX {
            return Ok(None);
        }
        let mut bodies = Vec::with_capacity(rows.len());
        for row in rows {
            if session.hears_of(row.integer(1)?, row.integer(2)? == 1) {
                bodies.push(row.text(0)?);
            }
        }
        Ok(Some(bodies))
    }

    pub(super) fn replay(&mut self, session: &Session, mut bodies: Vec<String>) {
        let conn = session.conn;
        let fitting = Self::replayable(session, &bodies);
        if fitting < bodies.len() {
            bodies.truncate(fitting);
            self.continue_elsewhere(conn);
        }
        self.turn.effects.extend(bodies.into_iter().map(|text| Effect::Send { to: vec![conn], text }));
    }

    /// Keeps the session here and with its socket.
    pub(super) fn attach(&mut self, session: Session) -> Decision {
        let conn = session.conn;
        self.keep_session(session);
        self.attach_as_it_is(conn)
    }

    /// Stores the session with its socket, instead of what this turn has stored there.
    pub(super) fn attach_as_it_is(&mut self, conn: ConnId) -> Decision {
        let Some(session) = self.hub.sessions.get(&conn) else { return Ok(()) };
        let attachment = serde_json::to_string(session)
            .map_err(|_| Refused::new(Code::Internal, "a session could not be written"))?;
        self.turn.effects.retain(|effect| !matches!(effect, Effect::Attach { conn: of, .. } if *of == conn));
        self.turn.effects.push(Effect::Attach { conn, attachment });
        Ok(())
    }

    /// A visitor with too many sockets loses the oldest: it is a tab that was forgotten.
    fn make_room(&mut self, claims: &Claims) {
        if claims.role.is_staff() {
            return;
        }
        let mut own: Vec<(i64, ConnId)> = self
            .hub
            .sessions
            .values()
            .filter(|session| session.claims.sub == claims.sub)
            .map(|session| (session.since, session.conn))
            .collect();
        own.sort_unstable();
        let surplus = own.len().saturating_add(1).saturating_sub(VISITOR_SOCKETS_MAX);
        for (_, conn) in own.into_iter().take(surplus) {
            self.drop_session(conn);
            self.turn.effects.push(Effect::Close {
                conn,
                code: close::REPLACED,
                reason: "too many connections of one visitor".into(),
            });
        }
    }

    /// Presence is not in the log, so whoever comes is told who is there.
    fn tell_who_is_online(&mut self, conn: ConnId) -> Decision {
        let rows = self.sql.query("SELECT user_id FROM chats WHERE online = 1 ORDER BY user_id", &[])?;
        for row in rows {
            let user_id: UserId = row.integer(0)?;
            let event = Event::UserOnline(UserOnline { user_id });
            let text = event
                .render(self.now, None)
                .map_err(|_| Refused::new(Code::Internal, "an event could not be written"))?;
            self.turn.effects.push(Effect::Send { to: vec![conn], text });
        }
        Ok(())
    }
}

/// A limit as the wire's number.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
