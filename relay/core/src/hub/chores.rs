//! Work that nobody waits for and that must not be lost: a row each, until it is done.
//!
//! The alarm takes what is due, the gate permitting, and asks the upstream. Until the answer is here the row's `due_at` is
//! the time to ask again, so a crash in any state only means that it is asked again: every chore may be done twice.

use shared::limits::{CHORE_RETRY_MAX_MS, CHORE_RETRY_MS, CHORES_AT_ONCE, TELL_READ_AFTER_MS};
use shared::message::source;
use shared::problem::Code;
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::Job;
use super::sends::WATCHDOG_MS;
use super::{Decision, Refused};
use crate::storage::{Row, SqlError};
use crate::upstream::gate::Class;
use crate::upstream::ozon::seller::{posting_fbo_list, posting_fbs_list};
use crate::upstream::ozon::{OzonId, chat_history, chat_list, chat_read};
use crate::upstream::{Answered, Failure, Request};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chore {
    /// Looking through Ozon's list of chats for messages that were missed.
    Walk,
    /// Reading what is new in one chat.
    Catch,
    /// Telling Ozon how far the operators have read.
    TellRead,
    /// Looking at the order that a chat is about, among those that the merchant hands over or sends.
    Order,
    /// The same, among those that Ozon sends.
    FboOrder,
}

impl Chore {
    const ALL: [Self; 5] = [Self::Walk, Self::Catch, Self::TellRead, Self::Order, Self::FboOrder];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Walk => "walk",
            Self::Catch => "catch",
            Self::TellRead => "tell_read",
            Self::Order => "order",
            Self::FboOrder => "fbo_order",
        }
    }

    /// The vendor's method.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Walk => chat_list::PATH,
            Self::Catch => chat_history::PATH,
            Self::TellRead => chat_read::PATH,
            Self::Order => posting_fbs_list::PATH,
            Self::FboOrder => posting_fbo_list::PATH,
        }
    }
}

/// A row of `chores`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// What.
    pub chore: Chore,
    /// In which chat; empty for all of them.
    pub chat_id: String,
    /// How far it has come.
    pub note: Option<String>,
    /// How often it was tried since it last worked.
    pub tries: i64,
}

impl Errand {
    fn read(row: &Row) -> Decision<Self> {
        let word = row.text(0)?;
        let chore = Chore::ALL.into_iter().find(|chore| chore.as_str() == word);
        let chore = chore.ok_or_else(|| SqlError("a chore is none we know".into()))?;
        Ok(Self { chore, chat_id: row.text(1)?, note: row.optional_text(2)?, tries: row.integer(3)? })
    }
}

impl Draft<'_> {
    /// Asks for a chore. One that is asked for already is done at the earlier of both times.
    pub(super) fn ask_for(&mut self, chore: Chore, chat_id: &str, due: Timestamp) {
        self.write_all(
            "INSERT INTO chores (kind, chat_id, due_at) VALUES (?, ?, ?)
             ON CONFLICT (kind, chat_id) DO UPDATE SET due_at = MIN(due_at, excluded.due_at)",
            vec![chore.as_str().into(), chat_id.into(), due.0.into()],
        );
        self.wake_at(due);
    }

    /// Asks for a chat to be read up to a message that the list has told of.
    pub(super) fn ask_for_up_to(&mut self, chat_id: &str, listed: OzonId) {
        self.ask_for(Chore::Catch, chat_id, self.now);
        self.write_all(
            "UPDATE chores SET note = ?, tries = 0 WHERE kind = ? AND chat_id = ?",
            vec![listed.to_string().into(), Chore::Catch.as_str().into(), chat_id.into()],
        );
    }

    /// The alarm has rung: does what is due.
    pub(super) fn do_chores(&mut self) -> Decision {
        let due = self.sql.query(
            "SELECT kind, chat_id, note, tries FROM chores WHERE due_at <= ? ORDER BY due_at LIMIT ?",
            &[self.now.0.into(), CHORES_AT_ONCE.into()],
        )?;
        for row in &due {
            let errand = Errand::read(row)?;
            if let Some(at) = self.must_wait_for_ozon(Class::Chore, errand.chore.method()) {
                self.put_off(&errand, at, errand.tries);
                continue;
            }
            match self.errand_request(&errand) {
                Ok(Some(request)) => {
                    let again_ms = doubled_ms(errand.tries).max(WATCHDOG_MS);
                    self.put_off(&errand, self.now.plus_ms(again_ms), errand.tries.saturating_add(1));
                    self.call(Job::Chore { errand }, request);
                }
                Ok(None) => self.drop_chore(&errand),
                // Without an account there is nothing to do; one that is connected again asks anew.
                Err(Refused::Problem(problem)) if problem.code == Code::UpstreamNotConnected => {
                    self.drop_chore(&errand)
                }
                Err(Refused::Problem(_)) => self.put_off(&errand, self.now.plus_ms(CHORE_RETRY_MAX_MS), errand.tries),
                Err(error) => return Err(error),
            }
        }
        if i64::try_from(due.len()).unwrap_or(i64::MAX) >= CHORES_AT_ONCE {
            self.wake_at(self.now.plus_ms(1));
        }
        let next = self.sql.first("SELECT MIN(due_at) FROM chores WHERE due_at > ?", &[self.now.0.into()])?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at));
        }
        Ok(())
    }

    fn errand_request(&mut self, errand: &Errand) -> Decision<Option<Request>> {
        match errand.chore {
            Chore::Walk => self.walk_request(errand).map(Some),
            Chore::Catch => self.catch_request(errand).map(Some),
            Chore::TellRead => self.tell_read_request(errand),
            Chore::Order | Chore::FboOrder => self.order_request(errand),
        }
    }

    /// A chore's answer is here.
    pub(super) fn chore_answered(&mut self, errand: &Errand, answered: &Answered) -> Decision {
        let failure = match errand.chore {
            Chore::Walk => self.walked(errand, answered)?,
            Chore::Catch => self.caught(errand, answered)?,
            Chore::TellRead => self.told_read(errand, answered)?,
            Chore::Order | Chore::FboOrder => self.order_seen(errand, answered)?,
        };
        let Some(failure) = failure else { return Ok(()) };
        let doubled = doubled_ms(errand.tries);
        let wait_ms = match failure {
            Failure::Refused(_) => CHORE_RETRY_MAX_MS,
            Failure::Later { retry_after_ms } => retry_after_ms.filter(|ms| *ms > 0).unwrap_or(doubled),
            Failure::Unknown => doubled,
        };
        self.put_off(errand, self.now.plus_ms(wait_ms.min(CHORE_RETRY_MAX_MS)), errand.tries.saturating_add(1));
        Ok(())
    }

    pub(super) fn put_off(&mut self, errand: &Errand, due: Timestamp, tries: i64) {
        self.write_all(
            "UPDATE chores SET due_at = ?, tries = ? WHERE kind = ? AND chat_id = ?",
            vec![due.0.into(), tries.into(), errand.chore.as_str().into(), errand.chat_id.as_str().into()],
        );
        self.wake_at(due);
    }

    /// It has come so far, and goes on.
    pub(super) fn go_on(&mut self, errand: &Errand, note: Option<String>, due: Timestamp) {
        self.write_all(
            "UPDATE chores SET note = ?, due_at = ?, tries = 0 WHERE kind = ? AND chat_id = ?",
            vec![note.into(), due.0.into(), errand.chore.as_str().into(), errand.chat_id.as_str().into()],
        );
        self.wake_at(due);
    }

    /// There is nothing to do.
    fn drop_chore(&mut self, errand: &Errand) {
        self.write_all(
            "DELETE FROM chores WHERE kind = ? AND chat_id = ?",
            vec![errand.chore.as_str().into(), errand.chat_id.as_str().into()],
        );
    }

    /// Its answer was all there is to know. What has come up meanwhile is not to be forgotten: it has asked for another time
    /// already (`due_at` is sooner than the watchdog's then), or for more, and may be under way again.
    pub(super) fn chore_over(&mut self, errand: &Errand) {
        self.write_all(
            "DELETE FROM chores WHERE kind = ? AND chat_id = ? AND note IS ? AND due_at > ?",
            vec![
                errand.chore.as_str().into(),
                errand.chat_id.as_str().into(),
                errand.note.clone().into(),
                self.now.plus_ms(TELL_READ_AFTER_MS).0.into(),
            ],
        );
    }

    /// Operators have read in a chat of Ozon's: Ozon is told, a moment later, since they read on.
    pub(super) fn operators_have_read(&mut self, chat: &super::messages::ChatRow) {
        if let (source::OZON, Some(chat_id)) = (chat.source.as_str(), &chat.external_id) {
            let chat_id = chat_id.clone();
            self.ask_for(Chore::TellRead, &chat_id, self.now.plus_ms(TELL_READ_AFTER_MS));
        }
    }

    /// Up to the newest message of the buyer's that the operators have read; nothing if they have read none.
    fn tell_read_request(&mut self, errand: &Errand) -> Decision<Option<Request>> {
        let Some(up_to) = self.read_by_operators(&errand.chat_id)? else { return Ok(None) };
        Ok(Some(chat_read::request(&self.ozon_account()?, &errand.chat_id, Some(up_to))?))
    }

    fn told_read(&mut self, errand: &Errand, answered: &Answered) -> Decision<Option<Failure>> {
        match chat_read::read(answered) {
            Ok(_) => {
                self.chore_over(errand);
                Ok(None)
            }
            // It will not be: Ozon does not know the chat, or does not let us. Nothing depends on it.
            Err(Failure::Refused(_)) => {
                self.drop_chore(errand);
                Ok(None)
            }
            Err(failure) => Ok(Some(failure)),
        }
    }
}

/// How long to wait after so many tries: each time twice as long.
pub(super) fn doubled_ms(tries: i64) -> i64 {
    (CHORE_RETRY_MS << tries.clamp(0, 16)).min(CHORE_RETRY_MAX_MS)
}
