//! Who is here. A visitor counts as online from their first message on, while any of their sockets is open, and for a
//! short grace after the last one: a page load is not a departure. Kept in SQLite, so that a crash leaves nobody behind.

use shared::event::{Event, UserOffline, UserOnline};
use shared::id::UserId;
use shared::limits::PRESENCE_GRACE_MS;
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::ConnId;
use super::{Decision, Session};

impl Draft<'_> {
    /// A socket has been attached.
    pub(super) fn came(&mut self, conn: ConnId) -> Decision {
        let Some(session) = self.hub.sessions.get(&conn) else { return Ok(()) };
        if session.claims.role.is_staff() {
            return Ok(());
        }
        let user_id = session.claims.sub;
        let row = self.sql.first("SELECT online, offline_at FROM chats WHERE user_id = ?", &[user_id.into()])?;
        let Some(row) = row else { return Ok(()) };
        if row.integer(0)? == 0 {
            self.set_online(user_id)?;
        } else if row.optional_integer(1)?.is_some() {
            self.write("UPDATE chats SET offline_at = NULL WHERE user_id = ?", [user_id]);
        }
        Ok(())
    }

    pub(super) fn set_online(&mut self, user_id: UserId) -> Decision {
        self.watch();
        self.write("UPDATE chats SET online = 1, offline_at = NULL WHERE user_id = ?", [user_id]);
        self.publish(&Event::UserOnline(UserOnline { user_id }))
    }

    /// A socket has been detached.
    pub(super) fn left(&mut self, session: &Session) -> Decision {
        let user_id = session.claims.sub;
        if session.claims.role.is_staff() || self.is_here(user_id) {
            return Ok(());
        }
        let at = self.now.plus_ms(PRESENCE_GRACE_MS);
        self.write("UPDATE chats SET offline_at = ? WHERE user_id = ? AND online = 1", [at.0, user_id]);
        self.wake_at(at);
        Ok(())
    }

    /// After a restart: whoever was online and has no socket any more is on their way out.
    pub(super) fn find_the_departed(&mut self) -> Decision {
        let rows = self.sql.query("SELECT user_id FROM chats WHERE online = 1 AND offline_at IS NULL", &[])?;
        for row in rows {
            let user_id = row.integer(0)?;
            if !self.is_here(user_id) {
                let at = self.now.plus_ms(PRESENCE_GRACE_MS);
                self.write("UPDATE chats SET offline_at = ? WHERE user_id = ?", [at.0, user_id]);
                self.wake_at(at);
            }
        }
        Ok(())
    }

    pub(super) fn announce_the_departed(&mut self) -> Decision {
        let rows = self.sql.query("SELECT user_id FROM chats WHERE offline_at <= ?", &[self.now.0.into()])?;
        for row in rows {
            let user_id = row.integer(0)?;
            if self.is_here(user_id) {
                self.write("UPDATE chats SET offline_at = NULL WHERE user_id = ?", [user_id]);
            } else {
                self.write("UPDATE chats SET online = 0, offline_at = NULL WHERE user_id = ?", [user_id]);
                self.publish(&Event::UserOffline(UserOffline { user_id }))?;
            }
        }
        let next = self.sql.first("SELECT MIN(offline_at) FROM chats WHERE offline_at > ?", &[self.now.0.into()])?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at));
        }
        Ok(())
    }

    pub(super) fn is_here(&self, user_id: UserId) -> bool {
        self.hub.sessions.values().any(|session| !session.claims.role.is_staff() && session.claims.sub == user_id)
    }
}
