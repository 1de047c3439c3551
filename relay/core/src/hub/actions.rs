//! Actions, from a socket or over HTTP: who may do what, and what answers it.

use serde::Serialize;
use serde_json::Value;
use shared::access::Scope;
use shared::action::{Action, Filter, Request as Decoded};
use shared::close;
use shared::event::{Event, OperatorTyping, UserTyping};
use shared::id::{Position, UserId};
use shared::limits::FILTER_USERS_MAX;
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::token::Claims;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::files::Announced;
use super::input::{ConnId, Request};
use super::{Decision, Effect, Refused};

#[derive(Serialize)]
struct AckData<'a> {
    id: &'a str,
    action: &'a str,
    #[serde(skip_serializing_if = "Value::is_null")]
    result: Value,
}

impl Draft<'_> {
    pub(super) fn frame(&mut self, conn: ConnId, decoded: Decoded) -> Decision {
        let Some(session) = self.hub.sessions.get(&conn) else {
            // Its token may be good: it only has to come again.
            let problem = Problem::new(Code::Unauthorized, "this connection is not known any more; connect again");
            self.dismiss(conn, decoded.id.as_deref(), &problem, close::INTERNAL);
            return Ok(());
        };
        let (claims, address) = (session.claims.clone(), session.address.clone());
        if claims.exp <= self.now.seconds() {
            self.dismiss(conn, decoded.id.as_deref(), &expired(), close::UNAUTHORIZED);
            return Ok(());
        }
        if !self.may_ask(conn, claims.role, decoded.id.as_deref())? {
            return Ok(());
        }
        let action = decoded.action?;
        // The answer comes before the events that follow from the action: it is given its place now, and filled in below.
        let place = self.turn.effects.len();
        let actor = Actor { claims: Some(claims), address };
        let result = self.act(&actor, Some(conn), &action)?;
        if let Some(id) = &decoded.id {
            self.tell(conn, "ack", &AckData { id, action: action.name(), result })?;
            if let Some(ack) = self.turn.effects.pop() {
                self.turn.effects.insert(place.min(self.turn.effects.len()), ack);
            }
        }
        Ok(())
    }

    pub(super) fn request(&mut self, request: Request) -> Decision {
        let answer = match request {
            Request::Provision { id, name, origins, publishable_key, actor, entropy } => {
                self.provision(id, name, origins, publishable_key, &actor, &entropy)?
            }
            Request::WidgetSession { visit, entropy } => self.widget_session(visit, &entropy)?,
            Request::WidgetSettings { key } => self.widget_settings(&key)?,
            Request::Administer { actor, command, entropy } => self.administer(&actor, command, &entropy)?,
            Request::Act { claims, action } => {
                self.act(&Actor { claims: Some(claims), address: None }, None, &action)?
            }
            Request::SendTemplate { claims, user_id, template_id, variables, client_id } => {
                self.send_template(&claims, user_id, &template_id, &variables, client_id)?
            }
            Request::Rate { claims, origin, rating } => self.rate(&claims, origin.as_deref(), rating)?,
            Request::Hook { source, secret, body } => self.hook(&source, &secret, &body)?,
            Request::Forward { forward } => return self.forward(forward),
            Request::BeginFile { claims, origin, user_id, judged, size, place, entropy } => {
                let user_id = chat_of(&claims, user_id)?;
                self.begin_file(&claims, origin.as_deref(), user_id, judged, size, place, &entropy)?
            }
            Request::BeginForward { claims, client_id, chat_id, judged, size, digest, place, entropy } => {
                let announced = Announced { judged, size, place, digest: Some(digest) };
                self.begin_forward(&claims, client_id.as_deref(), &chat_id, announced, &entropy)?
            }
            Request::KeepChunk { file_id, number, bytes } => self.keep_chunk(&file_id, number, bytes)?,
            Request::FinishFile { file_id } => self.finish_file(&file_id)?,
            Request::AbandonFile { file_id } => self.abandon_file(&file_id)?,
            Request::OpenFile { claims, file_id } => self.open_file(claims.as_ref(), &file_id)?,
        };
        self.turn.answer = Some(Ok(answer));
        Ok(())
    }

    pub(super) fn act(&mut self, actor: &Actor, conn: Option<ConnId>, action: &Action) -> Decision<Value> {
        let claims = actor.claims.as_ref();
        let claims = claims.ok_or_else(|| Refused::new(Code::Forbidden, "the administrator is no party to a chat"))?;
        if claims.org != self.organization()?.id {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        let holder = self.holder_with(claims, scope_of(action))?;
        match action {
            Action::SendMessage(action) => {
                let user_id = chat_of(claims, action.user_id)?;
                let newest = self.counters.message_id;
                let sent = self.send_message(claims, &holder.writer, user_id, action)?;
                // A repetition is answered, and nothing is done.
                if claims.role.is_staff() && self.counters.message_id > newest {
                    self.audit(actor, deed::MESSAGE_SENT, Some(self.counters.message_id.to_string()))?;
                }
                Ok(sent)
            }
            Action::Typing(action) => self.typing(claims, conn, chat_of(claims, action.user_id)?),
            Action::MessageDelivered(action) => {
                self.message_delivered(claims, chat_of(claims, action.user_id)?, action.last_delivered_message_id)
            }
            Action::MessageRead(action) => {
                self.message_read(claims, chat_of(claims, action.user_id)?, action.last_read_message_id)
            }
            Action::History(action) => {
                let page_bytes = self.page_bytes(conn);
                self.history(claims, chat_of(claims, action.user_id)?, action, page_bytes)
            }
            Action::Chats(action) => self.chats(claims, action.before, action.limit, self.page_bytes(conn)),
            Action::Presence(_) => self.who_is_here(claims),
            Action::Consent(action) => self.consent(claims, actor.address.as_deref(), &action.version, action.given),
            Action::CloseChat(action) => self.close_chat(actor, claims, action.user_id),
            Action::Subscribe(action) => self.narrow(claims, conn, action.filter.as_ref(), true),
            Action::Unsubscribe(action) => self.narrow(claims, conn, action.filter.as_ref(), false),
            Action::FileLink(action) => self.file_link(claims, &action.file_id),
            Action::Resume(action) => {
                let position = Position { epoch: action.epoch.clone(), offset: action.offset };
                self.resume(conn, &position)
            }
        }
    }

    fn typing(&mut self, claims: &Claims, conn: Option<ConnId>, user_id: UserId) -> Decision<Value> {
        let Some(chat) = self.chat(user_id)? else {
            // Before their first message a visitor has no chat that anybody could show this in.
            return if claims.role.is_staff() { Err(no_chat()) } else { Ok(Value::Null) };
        };
        let event = if claims.role.is_staff() {
            if chat.source != source::WIDGET {
                return Ok(Value::Null);
            }
            Event::OperatorTyping(OperatorTyping { user_id, operator_name: Some(claims.name.clone()) })
        } else {
            Event::UserTyping(UserTyping { user_id, user_name: chat.user_name })
        };
        self.publish_except(&event, conn)?;
        Ok(Value::Null)
    }

    fn narrow(&mut self, claims: &Claims, conn: Option<ConnId>, filter: Option<&Filter>, add: bool) -> Decision<Value> {
        let user_id = filter.and_then(|filter| filter.user_id);
        if !claims.role.is_staff() {
            return match user_id {
                Some(other) if other != claims.sub => {
                    Err(Refused::new(Code::Forbidden, "a visitor hears of their own chat only"))
                }
                _ => Ok(Value::Null),
            };
        }
        let session = conn.and_then(|conn| self.hub.sessions.get(&conn)).cloned();
        let mut session = session.ok_or_else(|| Refused::new(Code::Invalid, "a filter belongs to a socket"))?;
        match user_id {
            None => session.filter.clear(),
            Some(user_id) if add => {
                if session.filter.len() >= FILTER_USERS_MAX && !session.filter.contains(&user_id) {
                    return Err(Refused::new(
                        Code::TooLarge,
                        format!("a filter names at most {FILTER_USERS_MAX} users"),
                    ));
                }
                session.filter.insert(user_id);
            }
            Some(user_id) => {
                session.filter.remove(&user_id);
            }
        }
        self.attach(session)?;
        Ok(Value::Null)
    }

    fn resume(&mut self, conn: Option<ConnId>, position: &Position) -> Decision<Value> {
        let session = conn.and_then(|conn| self.hub.sessions.get(&conn)).cloned();
        let session = session.ok_or_else(|| Refused::new(Code::Invalid, "events are resumed over a socket"))?;
        let epoch = self.organization()?.epoch.clone();
        match self.missed(&session, &epoch, position)? {
            Some(bodies) => self.replay(&session, bodies),
            None => {
                let resync = shared::frame::Resync { epoch, offset: self.counters.offset };
                self.tell(session.conn, "resync", &resync)?;
            }
        }
        Ok(Value::Null)
    }

    /// A token is good until its second, for listening as for asking.
    pub(super) fn dismiss_the_expired(&mut self) -> Decision {
        let now_s = self.now.seconds();
        let sessions = self.hub.sessions.values().filter(|session| session.claims.exp <= now_s);
        let conns: Vec<ConnId> = sessions.map(|session| session.conn).collect();
        for conn in conns {
            self.dismiss(conn, None, &expired(), close::UNAUTHORIZED);
            self.closed(conn)?;
        }
        Ok(())
    }

    pub(super) fn dismiss(&mut self, conn: ConnId, id: Option<&str>, problem: &Problem, code: u16) {
        let text = super::turn::error_frame(id, problem, self.now);
        self.turn.effects.push(Effect::Send { to: vec![conn], text });
        self.turn.effects.push(Effect::Close { conn, code, reason: problem.code.as_str().into() });
    }
}

/// What a token has to be good for.
fn scope_of(action: &Action) -> Scope {
    match action {
        Action::SendMessage(_)
        | Action::Typing(_)
        | Action::MessageRead(_)
        | Action::MessageDelivered(_)
        | Action::CloseChat(_)
        | Action::Consent(_) => Scope::ChatsWrite,
        Action::FileLink(_)
        | Action::History(_)
        | Action::Chats(_)
        | Action::Presence(_)
        | Action::Subscribe(_)
        | Action::Unsubscribe(_)
        | Action::Resume(_) => Scope::ChatsRead,
    }
}

fn expired() -> Problem {
    Problem::new(Code::TokenExpired, "the token has expired; get a new one")
}

/// The chat that an action is about: a visitor's own whatever they say, unless they name another's.
pub(super) fn chat_of(claims: &Claims, named: Option<UserId>) -> Decision<UserId> {
    match (claims.role.is_staff(), named) {
        (true, Some(user_id)) => Ok(user_id),
        (true, None) => Err(Refused::new(Code::Invalid, "user_id is missing: name the chat")),
        (false, None) => Ok(claims.sub),
        (false, Some(user_id)) if user_id == claims.sub => Ok(user_id),
        (false, Some(_)) => Err(Refused::new(Code::Forbidden, "a visitor's actions are about their own chat only")),
    }
}

pub(super) fn no_chat() -> Refused {
    Refused::new(Code::NotFound, "there is no chat with this user_id")
}
