//! Integrators' own calls to Ozon, in the vendor's paths and bodies: passed on with the merchant's key and through the
//! gate, and answered with the vendor's own answer.
//!
//! A call waits for its place in memory, since whoever made it waits on an open connection: after a restart both are gone,
//! and the client asks again. A message to a buyer is different. It becomes one of the organization's messages, reserved,
//! sent and reconciled as an operator's is (`sends`), and its caller hears what became of it; so a client that repeats its
//! call joins the first one, and the buyer gets one copy. A file is such a message, too: the edge takes it out of the call and
//! has it kept, and the call names it.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use shared::access::Scope;
use shared::id::{MessageId, UserId};
use shared::limits::{
    CLIENT_ID_BYTES_MAX, FORWARD_CACHE_BYTES, FORWARD_CACHE_MS, FORWARD_CACHED_MAX, FORWARD_PATIENCE_MS,
    FORWARD_REPEAT_MS, FORWARD_RETRY_MS, FORWARD_TRIES_MAX, FORWARDS_MAX, OZON_TEXT_CHARS_MAX,
};
use shared::message::{Message, Status, source};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::Claims;

use super::draft::Draft;
use super::forward_file::Fetch;
use super::input::Job;
use super::messages::{ChatRow, Written};
use super::{Decision, Effect, Refused};
use crate::upstream::gate::{Class, Verdict};
use crate::upstream::ozon::catalogue::{self, Entry, Kind};
use crate::upstream::ozon::{chat_history_v2, chat_send_file};
use crate::upstream::{self, Answered, Response, ozon};

/// Who waits for an answer: a number by which the shell knows the connection.
pub type Ticket = u64;

/// A file that the edge has taken out of a call of `chat/send/file`, judged and had kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardedFile {
    /// The chat, by the vendor's id.
    pub chat_id: String,
    /// The file, which no message carries yet.
    pub file_id: String,
}

/// A call that somebody wants made.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Who.
    pub claims: Claims,
    /// Where the answer goes.
    pub ticket: Ticket,
    /// The vendor's path.
    pub path: String,
    /// The body, as it came.
    pub body: Vec<u8>,
    /// Instead of the body, if a file is to be sent.
    pub file: Option<ForwardedFile>,
    /// The vendor's `Client-Id`, if they sent one: it has to be the connected account's.
    pub client_id: Option<String>,
    /// Their own id for a message, if they gave one: the same one twice is the same message, another one is another.
    pub key: Option<String>,
}

/// An answer in the vendor's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// The HTTP status.
    pub status: u16,
    /// Its media type.
    pub content_type: String,
    /// `Retry-After`, in seconds, as the vendor sent it.
    pub retry_after: Option<String>,
    /// Whether the vendor wants the method used no more.
    pub is_deprecated: bool,
    /// What a file has besides: these headers take the place of those above and of the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Forwarded {
    /// The vendor's own answer.
    pub(super) fn of(response: &Response) -> Self {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        Self {
            status: response.status().as_u16(),
            content_type: header(http::header::CONTENT_TYPE).unwrap_or_else(|| JSON.into()),
            retry_after: header(http::header::RETRY_AFTER),
            is_deprecated: false,
            headers: Vec::new(),
            body: response.body().clone(),
        }
    }

    /// A refusal of ours, in the vendor's form: what its clients can read.
    #[must_use]
    pub fn refusal(problem: &Problem) -> Self {
        // What Ozon would refuse as well is refused as it does: 5xx would be asked again. It knows no wrong media types.
        let is_early = matches!(problem.code, Code::UpstreamWindowClosed | Code::UpstreamStartNotAllowed);
        let status = if is_early || problem.code == Code::UnsupportedType { 400 } else { problem.code.status() };
        let code = match status {
            400 if is_early => 9,
            400 | 413 => 3,
            401 => 16,
            403 => 7,
            404 => 5,
            405 => 12,
            409 => 10,
            429 => 8,
            502..=504 => 14,
            _ => 13,
        };
        let body = serde_json::json!({
            "code": code, "message": problem.detail, "details": [], "problem": problem.code.as_str(),
        });
        let retry_after = problem.retry_after_ms.map(|ms| ms.max(0).saturating_add(999).div_euclid(1000).to_string());
        Self {
            status,
            content_type: JSON.into(),
            retry_after,
            is_deprecated: false,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    fn success(status: u16) -> Self {
        let body = br#"{"result":"success"}"#.to_vec();
        Self { status, content_type: JSON.into(), retry_after: None, is_deprecated: false, headers: Vec::new(), body }
    }
}

const JSON: &str = "application/json";

/// A call that waits for its place, or is under way.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    entry: &'static Entry,
    body: Vec<u8>,
    /// Of a file: how far its call has come.
    pub(super) file: Option<Fetch>,
    tries: u32,
    pub(super) not_before: Timestamp,
    /// When whoever waits is told that there is no answer.
    until: Timestamp,
    /// What they are told if there is no further try.
    last: Option<Forwarded>,
}

/// Somebody who waits for the fate of a message.
#[derive(Clone, Copy, Debug)]
struct Joined {
    ticket: Ticket,
    until: Timestamp,
}

#[derive(Debug)]
struct Cached {
    path: &'static str,
    body: Vec<u8>,
    answer: Forwarded,
    at: Timestamp,
}

/// The calls of one organization's integrators.
#[derive(Debug, Default)]
pub(super) struct Forwards {
    waiting: VecDeque<Waiting>,
    under_way: BTreeMap<Ticket, Waiting>,
    joined: BTreeMap<MessageId, Vec<Joined>>,
    cache: VecDeque<Cached>,
}

#[derive(Deserialize)]
struct TextBody {
    chat_id: String,
    text: String,
}

impl Draft<'_> {
    pub(super) fn forward(&mut self, asked: Forward) -> Decision {
        let file = Fetch::of(&asked.path);
        let (entry, writer) = self.may_forward(&asked.claims, &asked.path, asked.client_id.as_deref())?;
        if entry.path == chat_send_file::PATH {
            let file = asked.file.as_ref();
            let file = file.ok_or_else(|| Refused::new(Code::Invalid, "the call has no file in it"))?;
            return self.forward_file(&asked, &writer, file);
        }
        if entry.kind == Kind::Send
            && let Some(text) = sendable(&asked.body)
        {
            return self.forward_text(&asked, &writer, &text);
        }
        let forwards = &mut self.hub.forwards;
        forwards.forget_the_old(self.now);
        if let Some(kept) = forwards.cache.iter().find(|kept| kept.path == entry.path && kept.body == asked.body) {
            let answer = kept.answer.clone();
            self.reply(asked.ticket, answer);
            return Ok(());
        }
        if forwards.waiting.len().saturating_add(forwards.under_way.len()) >= FORWARDS_MAX {
            return Err(
                Problem::later(Code::RateLimited, "too many calls to Ozon wait already", FORWARD_RETRY_MS).into()
            );
        }
        let until = self.now.plus_ms(FORWARD_PATIENCE_MS);
        forwards.waiting.push_back(Waiting {
            ticket: asked.ticket,
            entry,
            body: asked.body,
            file,
            tries: 0,
            not_before: self.now,
            until,
            last: None,
        });
        self.wake_at(until);
        self.let_forwards_out()
    }

    /// Whether somebody may make a call, and under which name they write.
    pub(super) fn may_forward(
        &self,
        claims: &Claims,
        path: &str,
        client_id: Option<&str>,
    ) -> Decision<(&'static Entry, String)> {
        if claims.org != self.organization()?.id {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        if !claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "Ozon is called by operators and integrations"));
        }
        let entry = catalogue::find(path).or_else(|| Fetch::of(path).map(|_| &catalogue::FILE)).ok_or_else(|| {
            Refused::new(Code::NotFound, "this method of Ozon's is not passed on; PROTOCOL.md lists those that are")
        })?;
        let scope = if entry.kind == Kind::Read { Scope::ChatsRead } else { Scope::ChatsWrite };
        let holder = self.holder_with(claims, scope)?;
        let account = self.ozon_account()?;
        if client_id.is_some_and(|client_id| *client_id != account.credentials.client_id) {
            return Err(Refused::new(Code::Forbidden, "Client-Id is not that of the account that is connected here"));
        }
        Ok((entry, holder.writer))
    }

    /// Lets out what has a place, tells those who have waited too long, and asks for an alarm for the others.
    pub(super) fn let_forwards_out(&mut self) -> Decision {
        let mut queue = std::mem::take(&mut self.hub.forwards.waiting);
        let mut stays = VecDeque::new();
        while let Some(waiting) = queue.pop_front() {
            if waiting.until <= self.now {
                let answer = waiting.last.unwrap_or_else(|| Forwarded::refusal(&no_place()));
                self.reply(waiting.ticket, answer);
                continue;
            }
            let patience = Some(waiting.not_before).filter(|at| *at > self.now);
            let at = patience.or_else(|| match &waiting.file {
                Some(file) => self.file_must_wait(file, waiting.until),
                None => self.must_wait_for_ozon(Class::Forward, waiting.entry.path),
            });
            if let Some(at) = at {
                self.wake_at(at.min(waiting.until));
                stays.push_back(waiting);
                continue;
            }
            let request = self.ozon_account().and_then(|account| Ok(waiting.request(&account)?));
            match request {
                Ok(request) => {
                    self.call(waiting.job(), request);
                    self.hub.forwards.under_way.insert(waiting.ticket, waiting);
                }
                Err(Refused::Problem(problem)) => self.reply(waiting.ticket, Forwarded::refusal(&problem)),
                Err(error) => {
                    stays.push_back(waiting);
                    stays.append(&mut queue);
                    self.hub.forwards.waiting = stays;
                    return Err(error);
                }
            }
        }
        self.hub.forwards.waiting = stays;
        Ok(())
    }

    /// An integrator's call is over: they get the vendor's answer, or it is tried again.
    pub(super) fn forwarded(&mut self, ticket: Ticket, answered: &Answered) -> Decision {
        // Whoever waited may have been told already that there is no answer.
        let Some(waiting) = self.hub.forwards.end(ticket) else { return Ok(()) };
        let answer = Forwarded { is_deprecated: waiting.entry.deprecated, ..waiting.answer(answered) };
        self.try_again_or_reply(waiting, answer, Verdict::of(answered));
        Ok(())
    }

    /// A call has come to an end for this time.
    pub(super) fn try_again_or_reply(&mut self, mut waiting: Waiting, answer: Forwarded, verdict: Verdict) {
        waiting.tries = waiting.tries.saturating_add(1);
        let may_repeat = waiting.entry.kind != Kind::Send && waiting.tries < FORWARD_TRIES_MAX;
        let again = match verdict {
            // The gate keeps it waiting for as long as the vendor asks.
            Verdict::Busy { .. } => Some(self.now),
            Verdict::Failing => Some(self.now.plus_ms(FORWARD_RETRY_MS << waiting.tries.min(4))),
            Verdict::Fine | Verdict::Circle => None,
        };
        match again.filter(|at| may_repeat && *at < waiting.until) {
            Some(at) => {
                waiting.not_before = at;
                waiting.last = Some(answer);
                self.hub.forwards.waiting.push_back(waiting);
            }
            None => {
                if waiting.entry.cache && answer.status == 200 && answer.body.len() <= FORWARD_CACHE_BYTES {
                    self.hub.forwards.keep(waiting.entry.path, waiting.body, answer.clone(), self.now);
                }
                if waiting.entry.kind != Kind::Read {
                    self.hub.forwards.forget_chats();
                }
                self.reply(waiting.ticket, answer);
            }
        }
    }

    /// The alarm has rung: who has waited too long is told.
    pub(super) fn end_patience(&mut self) -> Decision {
        let now = self.now;
        let forwards = &mut self.hub.forwards;
        let late: Vec<Ticket> =
            forwards.under_way.values().filter(|waiting| waiting.until <= now).map(|waiting| waiting.ticket).collect();
        for ticket in late {
            self.hub.forwards.under_way.remove(&ticket);
            self.reply(ticket, Forwarded::refusal(&lost()));
        }
        let mut taken = Vec::new();
        let mut next: Option<Timestamp> = None;
        for joined in self.hub.forwards.joined.values_mut() {
            joined.retain(|who| {
                let is_late = who.until <= now;
                if is_late {
                    taken.push(who.ticket);
                } else {
                    next = Some(next.map_or(who.until, |at| at.min(who.until)));
                }
                !is_late
            });
        }
        self.hub.forwards.joined.retain(|_, joined| !joined.is_empty());
        for ticket in taken {
            // It is reserved, and goes on without them: that is a success, and not yet the last word.
            self.reply(ticket, Forwarded::success(202));
        }
        let waiting = self.hub.forwards.under_way.values().map(|waiting| waiting.until);
        if let Some(at) = next.into_iter().chain(waiting).min() {
            self.wake_at(at);
        }
        self.let_forwards_out()
    }

    /// A message to a buyer.
    fn forward_text(&mut self, asked: &Forward, writer: &str, body: &TextBody) -> Decision {
        let (chat, before) = self.forward_to(asked, writer, &body.chat_id)?;
        let before = match &asked.key {
            Some(_) => before,
            None => self.repeated(chat.user_id, writer, &body.text)?,
        };
        let message = match before {
            Some(message) => message,
            None => {
                let (text, client_id) = (body.text.as_str(), asked.key.as_deref());
                let written = Written { text, writer, client_id, attachment: None, content: None };
                self.writes_to(&asked.claims, &chat, written)?
            }
        };
        self.join(asked.ticket, &message)
    }

    /// A file to a buyer. It is kept already; if the call is one that was made before, it is not needed.
    fn forward_file(&mut self, asked: &Forward, writer: &str, file: &ForwardedFile) -> Decision {
        let (chat, before) = self.forward_to(asked, writer, &file.chat_id)?;
        let attachment = self.file_to_forward(chat.user_id, &file.file_id)?;
        let before = match &asked.key {
            Some(_) => before,
            None => self.repeated_file(chat.user_id, writer, &file.file_id)?,
        };
        let message = match before {
            Some(message) => {
                self.let_file_go(&file.file_id)?;
                message
            }
            None => {
                let client_id = asked.key.as_deref();
                let written = Written { text: "", writer, client_id, attachment: Some(attachment), content: None };
                self.writes_to(&asked.claims, &chat, written)?
            }
        };
        self.join(asked.ticket, &message)
    }

    /// The chat that a call writes to, and the message that has its id already.
    fn forward_to(&mut self, asked: &Forward, writer: &str, chat_id: &str) -> Decision<(ChatRow, Option<Message>)> {
        if asked.key.as_ref().is_some_and(|key| key.is_empty() || key.len() > CLIENT_ID_BYTES_MAX) {
            return Err(Refused::new(Code::Invalid, format!("the message's id has 1 to {CLIENT_ID_BYTES_MAX} bytes")));
        }
        let chat = match self.chat_at(source::OZON, chat_id)? {
            Some(chat) => chat,
            None => self.new_ozon_chat(chat_id)?,
        };
        let before = match &asked.key {
            Some(key) => self.kept_before(chat.user_id, writer, key)?,
            None => None,
        };
        Ok((chat, before))
    }

    /// Tells a caller what became of their message, now or when it is known.
    fn join(&mut self, ticket: Ticket, message: &Message) -> Decision {
        match message.status {
            Some(Status::Sent | Status::Delivered | Status::Read) => self.reply(ticket, Forwarded::success(200)),
            Some(Status::Failed) => {
                let code = message.reason.as_deref().and_then(Code::parse).unwrap_or(Code::UpstreamUnavailable);
                self.reply(ticket, Forwarded::refusal(&Problem::new(code, "this message has failed before")));
            }
            _ => {
                let until = self.now.plus_ms(FORWARD_PATIENCE_MS);
                let joined = Joined { ticket, until };
                self.hub.forwards.joined.entry(message.message_id).or_default().push(joined);
                self.wake_at(until);
            }
        }
        Ok(())
    }

    /// The same words to the same buyer a moment ago, by the same caller, are the same call again: clients repeat what they
    /// got no answer to, and have no id that stays. One that failed is no hindrance.
    fn repeated(&self, user_id: UserId, writer: &str, text: &str) -> Decision<Option<Message>> {
        let since = self.now.plus_ms(-FORWARD_REPEAT_MS);
        self.one_message(
            "user_id = ? AND writer = ? AND text = ? AND created_at >= ? AND status <> 'failed'
             ORDER BY message_id DESC LIMIT 1",
            &[user_id.into(), writer.into(), text.into(), since.0.into()],
        )
    }

    /// As [`Draft::repeated`], of a file: the same bytes under the same name.
    fn repeated_file(&self, user_id: UserId, writer: &str, file_id: &str) -> Decision<Option<Message>> {
        let since = self.now.plus_ms(-FORWARD_REPEAT_MS);
        self.one_message(
            "message_id IN (SELECT f.message_id FROM files f JOIN files new ON new.digest = f.digest AND new.name = f.name
               WHERE new.file_id = ? AND f.user_id = ?)
             AND user_id = ? AND writer = ? AND created_at >= ? AND status <> 'failed' ORDER BY message_id DESC LIMIT 1",
            &[file_id.into(), user_id.into(), user_id.into(), writer.into(), since.0.into()],
        )
    }

    /// A message has come to an end: who waits for it hears of it. `refusal`: the vendor's own words.
    pub(super) fn tell_joined(&mut self, message_id: MessageId, status: Status, refusal: Option<&Answered>) {
        let answer = match (status, refusal) {
            (Status::Sent | Status::Delivered | Status::Read, _) => Forwarded::success(200),
            (Status::Failed, Some(Answered::Response(response))) => Forwarded::of(response),
            (Status::Failed, _) => {
                Forwarded::refusal(&Problem::new(Code::UpstreamUnavailable, "the message did not arrive"))
            }
            (Status::Queued | Status::Sending | Status::Checking, _) => return,
        };
        self.hub.forwards.forget_chats();
        for who in self.hub.forwards.joined.remove(&message_id).unwrap_or_default() {
            self.reply(who.ticket, answer.clone());
        }
    }

    pub(super) fn reply(&mut self, ticket: Ticket, answer: Forwarded) {
        self.turn.effects.push(Effect::Reply { ticket, answer: Box::new(answer) });
    }
}

impl Waiting {
    fn job(&self) -> Job {
        match &self.file {
            Some(file) => Job::File { ticket: self.ticket, with_key: file.wants_key() },
            None => Job::Forward { ticket: self.ticket, method: self.entry.path },
        }
    }

    /// The vendor's own call, or, where the method is gone, today's in its place.
    fn request(&self, account: &ozon::Account) -> Result<upstream::Request, Problem> {
        if let Some(file) = &self.file {
            return file.request(account);
        }
        if self.entry.gone {
            return chat_history_v2::request(account, &chat_history_v2::parse(&self.body)?);
        }
        account.forward(self.entry.path, self.body.clone())
    }

    /// The vendor's own answer, or, where the method is gone, as it would have answered.
    fn answer(&self, answered: &Answered) -> Forwarded {
        let Answered::Response(response) = answered else { return Forwarded::refusal(&lost()) };
        let answer = Forwarded::of(response);
        if !self.entry.gone || !response.status().is_success() {
            return answer;
        }
        let query = chat_history_v2::parse(&self.body);
        match query.ok().and_then(|query| chat_history_v2::read(answered, &query).ok()) {
            Some(page) => Forwarded { body: page.to_json().to_string().into_bytes(), ..answer },
            None => Forwarded::refusal(&lost()),
        }
    }
}

impl Forwards {
    fn keep(&mut self, path: &'static str, body: Vec<u8>, answer: Forwarded, at: Timestamp) {
        self.cache.retain(|kept| kept.path != path || kept.body != body);
        if self.cache.len() >= FORWARD_CACHED_MAX {
            self.cache.pop_front();
        }
        self.cache.push_back(Cached { path, body, answer, at });
    }

    /// A call has ended. None if whoever waited for it has been told already that there is no answer.
    pub(super) fn end(&mut self, ticket: Ticket) -> Option<Waiting> {
        self.under_way.remove(&ticket)
    }

    /// A call goes on, before all others.
    pub(super) fn go_on(&mut self, waiting: Waiting) {
        self.waiting.push_front(waiting);
    }

    /// How many files are being fetched.
    pub(super) fn files_under_way(&self) -> usize {
        self.under_way.values().filter(|waiting| waiting.file.is_some()).count()
    }

    fn forget_the_old(&mut self, now: Timestamp) {
        self.cache.retain(|kept| (0..FORWARD_CACHE_MS).contains(&now.since_ms(kept.at)));
    }

    /// Something has happened in a chat: lists of chats are not true any more.
    pub(super) fn forget_chats(&mut self) {
        self.cache.retain(|kept| !kept.path.contains("/chat/"));
    }
}

/// What may become one of our messages. Anything else the vendor itself refuses, in its own words.
fn sendable(body: &[u8]) -> Option<TextBody> {
    let asked: TextBody = serde_json::from_slice(body).ok()?;
    let fits =
        (1..=OZON_TEXT_CHARS_MAX).contains(&asked.text.chars().count()) && shared::text::check(&asked.text).is_ok();
    (fits && ozon::is_chat_id(&asked.chat_id)).then_some(asked)
}

pub(super) fn lost() -> Problem {
    Problem::later(Code::UpstreamUnavailable, "Ozon did not answer in time; ask again", FORWARD_RETRY_MS)
}

fn no_place() -> Problem {
    Problem::later(Code::RateLimited, "no place for this call within Ozon's limits; ask again", FORWARD_RETRY_MS)
}
