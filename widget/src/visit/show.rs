//! What there is to show, drawn up from what the stay knows.

use shared::client::LinkStatus;
use shared::close;
use shared::message::Side;
use shared::page::Status;
use shared::time::Timestamp;
use shared::words::Word;

use super::write::is_leaving;
use super::{Stage, Visit};
use crate::browser::{self, Timer};
use crate::local_time::LocalTime;
use crate::store::{Kind, Line, Shown, lines};
use crate::text::Obstacle;
use crate::view::typing;

/// A connection may be away for this long before a word is said about it: most are back by then.
const BANNER_AFTER_MS: i64 = 2_000;

impl Visit {
    pub(super) fn show(&self) -> Shown {
        let words = self.words;
        let now = browser::now();
        let draft = self.draft.borrow();
        let session = self.session.borrow();
        let name = session.as_ref().map(|session| session.name.as_str()).filter(|name| !name.is_empty());
        let mut shown = Shown {
            is_open: self.is_open.get(),
            title: name.unwrap_or_else(|| words.say(Word::Title)).to_owned(),
            presence: self.presence.borrow().clone(),
            draft: draft.text.clone(),
            counter: draft.counter(),
            // Before there is a session, too.
            can_send: draft.can_send() && !self.sends_later.get(),
            ..Shown::default()
        };
        if shown.presence.is_empty() {
            shown.presence = words.say(Word::Presence).to_owned();
        }
        let mut status = LinkStatus::Off;
        let mut is_loading = self.has_written.get();
        if let (Some(session), Some(connection)) = (&*session, &*self.connection.borrow()) {
            connection.with(|client| {
                let user_id = session.user_id;
                status = client.status();
                is_loading &= client.is_loading();
                shown.can_send &= !is_leaving(client, user_id, &draft);
                shown.unread = client.state().unread();
                if self.has_opened.get() && !is_loading {
                    self.has_opened.set(false);
                    let seen = client.state().chat(user_id).map(|chat| chat.user_read);
                    self.seen.set(seen.filter(|_| shown.unread > 0));
                }
                shown.lines = lines(client, user_id, self.seen.get(), now, LocalTime::of);
                let mut messages = client.state().chat(user_id).into_iter().flat_map(|chat| chat.messages());
                if !self.has_written.get() && messages.any(|message| message.side == Side::User) {
                    self.has_written.set(true);
                    self.memory.keep(session);
                    self.share();
                    connection.restore();
                }
            });
        }
        if let Some(Line { kind: Kind::Typing(name), .. }) = shown.lines.last() {
            shown.presence = typing(words, name);
        }
        if shown.lines.is_empty() {
            let (key, kind) = if is_loading {
                ("loading", Kind::Loading)
            } else {
                ("empty", Kind::Empty(self.greeting.borrow().clone()))
            };
            shown.lines.push(Line { key: key.into(), kind });
        }
        shown.banner = self.banner(status, now);
        shown.status = match (self.stage.get(), status) {
            (Stage::Idle, _) => Status::Idle,
            (_, LinkStatus::Live) => Status::Online,
            _ => Status::Connecting,
        };
        if let Some(obstacle) = self.obstacle(status) {
            shown.status = Status::Blocked;
            shown.notice = Some(obstacle);
            shown.presence = words.say(Word::Unavailable).to_owned();
            shown.banner = None;
        }
        shown
    }

    fn obstacle(&self, status: LinkStatus) -> Option<Obstacle> {
        match (self.stage.get(), status) {
            (Stage::Blocked(obstacle), _) => Some(obstacle),
            (_, LinkStatus::Stopped(code)) => {
                self.tell(&["the relay closed the socket with code ", &code.to_string()].concat());
                Some(match code {
                    close::FORBIDDEN => Obstacle::OriginNotAllowed,
                    close::NOT_FOUND => Obstacle::Gone,
                    close::REPLACED => Obstacle::Replaced,
                    _ => Obstacle::Broken,
                })
            }
            _ => None,
        }
    }

    /// What to say about the connection: nothing while it is up, or has been away for a moment only.
    fn banner(&self, status: LinkStatus, now: Timestamp) -> Option<Word> {
        let is_up = status == LinkStatus::Live || self.stage.get() == Stage::Idle;
        let since = if is_up { now } else { self.away_since.get().unwrap_or(now) };
        self.away_since.set((!is_up).then_some(since));
        let left_ms = BANNER_AFTER_MS - now.since_ms(since);
        let wait = (!is_up && left_ms > 0).then(|| {
            let here = self.here.clone();
            Timer::after(left_ms as i32, move || here.with(Self::refresh))
        });
        self.banner.replace(wait);
        if browser::is_offline() {
            Some(Word::Offline)
        } else if is_up || left_ms > 0 {
            None
        } else {
            Some(Word::Reconnecting)
        }
    }

    /// Tells the site's developer, once.
    pub(super) fn tell(&self, detail: &str) {
        if !self.told.replace(true) {
            web_sys::console::error_1(&["[prilavok] ", detail].concat().into());
            if let Ok(screen) = self.screen.try_borrow() {
                screen.tell("", detail);
            }
        }
    }
}
