//! What must hold at every moment, whatever goes wrong: checked at every frame and every view.

use std::collections::{BTreeMap, BTreeSet};

use relay_core::hub::ConnId;
use serde_json::Value as Json;
use shared::event::Event;
use shared::frame::Frame;
use shared::id::{MessageId, UserId};
use shared::message::{Message, Side};
use shared::reply::Reply;
use shared::token::Role;

use super::network::End;
use super::people::tag;
use super::world::World;

/// A message somebody wrote.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) writer: String,
    pub(super) user_id: UserId,
    pub(super) side: Side,
    pub(super) text: String,
    /// Its place among all that was written.
    pub(super) number: usize,
    /// What the relay told its writer.
    pub(super) acknowledged: Option<MessageId>,
    /// Its page was closed for good before it was acknowledged: it may be lost.
    pub(super) abandoned: bool,
}

#[derive(Default)]
pub(super) struct Witness {
    /// By `client_id`.
    pub(super) written: BTreeMap<String, Written>,
    /// Every message that anybody was ever shown.
    pub(super) seen: BTreeMap<MessageId, (UserId, String)>,
    kept_as: BTreeMap<String, MessageId>,
    marks: BTreeMap<(String, UserId), (MessageId, MessageId)>,
    arrived: BTreeSet<(String, MessageId)>,
}

impl Witness {
    pub(super) fn wrote(&mut self, writer: &str, client_id: &str, user_id: UserId, side: Side, text: &str) {
        let number = self.written.len();
        self.written.entry(client_id.into()).or_insert_with(|| Written {
            writer: writer.into(),
            user_id,
            side,
            text: text.into(),
            number,
            acknowledged: None,
            abandoned: false,
        });
    }

    /// The client refused to take the text.
    pub(super) fn never_wrote(&mut self, client_id: &str) {
        if let Some(written) = self.written.get_mut(client_id) {
            written.abandoned = true;
        }
    }

    /// A page does not come back, and nobody else takes up its outbox.
    pub(super) fn gone_for_good(&mut self, writer: &str) {
        for written in self.written.values_mut().filter(|written| written.writer == writer) {
            written.abandoned |= written.acknowledged.is_none();
        }
    }

    /// A page is gone with what it knew.
    pub(super) fn life_over(&mut self, writer: &str) {
        self.marks.retain(|(name, _), _| name != writer);
        self.arrived.retain(|(name, _)| name != writer);
    }
}

impl World {
    /// A visitor's end never gets what is another's, not even a number of it.
    pub(super) fn check_privacy(&mut self, conn: ConnId, text: &str) {
        self.check_walls(conn, text);
        let Some(link) = self.conns.get(&conn) else { return };
        if link.claims.role != Role::Visitor {
            return;
        }
        let own = link.claims.sub;
        let names_another = text.split("\"user_id\":").skip(1).any(|rest| {
            let end = rest.find(|character: char| character != '-' && !character.is_ascii_digit());
            rest[..end.unwrap_or(rest.len())].parse() != Ok(own)
        });
        let own_tag = tag(self.shop, own);
        let tags = text.matches(self.shop.mark()).count();
        let quotes_another = tags != 2 * text.matches(&own_tag).count();
        let staffs_business = ["new_chat", "user_typing", "user_online", "user_offline", "message_status"]
            .iter()
            .any(|event| text.starts_with(&format!("{{\"event\":\"{event}\"")));
        if names_another || quotes_another || staffs_business {
            self.blame(|| format!("the visitor {own} gets what is not theirs: {text}"));
        }
    }

    /// A frame that a page's machine is about to get.
    pub(super) fn check_frame(&mut self, tab: usize, conn: ConnId, frame: &Frame, copy: bool) {
        match frame {
            Frame::Welcome(welcome) => {
                let own = self.tabs[tab].own_chat();
                if welcome.user_id != own {
                    self.blame(|| format!("{own:?} is welcomed as {:?}", welcome.user_id));
                }
                self.saw(if welcome.resumed { "resumed" } else { "welcomed afresh" });
                let link = self.conns.get_mut(&conn);
                if let Some(link) = link.filter(|link| link.heard.is_none()) {
                    let resumed_at = link.position.as_ref().filter(|_| welcome.resumed);
                    link.heard = Some(resumed_at.map_or(welcome.offset, |position| position.offset));
                }
            }
            Frame::Resync(_) => self.saw("resync"),
            Frame::Pong | Frame::Probe => {}
            Frame::Refused(refusal) => {
                let name = self.tabs[tab].name.clone();
                self.note(|| format!("{name} is refused: {:?} {}", refusal.code, refusal.detail));
                self.saw("action refused");
            }
            Frame::Ack(ack) => match &ack.reply {
                Reply::Sent(sent) => {
                    self.check_message(&sent.message);
                    if let Some(client_id) = &sent.message.client_id {
                        self.acknowledged(client_id, sent.message.message_id);
                    }
                }
                Reply::History(page) => {
                    for message in &page.messages {
                        self.check_message(message);
                        self.told_of_own(tab, message.client_id.as_deref(), message.message_id);
                    }
                }
                Reply::Chats(page) => {
                    for message in page.chats.iter().filter_map(|chat| chat.last_message.as_ref()) {
                        self.check_message(message);
                    }
                }
                Reply::Presence(_) | Reply::FileLink(_) | Reply::Done => {}
            },
            Frame::Event { offset, event, .. } => {
                if let Some(offset) = offset {
                    self.check_offset(tab, conn, *offset, copy);
                }
                let (message_id, user_id, text, client_id) = match event {
                    Some(Event::NewMessage(data)) => (data.message_id, data.user_id, &data.text, &data.client_id),
                    Some(Event::OperatorMessage(data)) => (data.message_id, data.user_id, &data.text, &data.client_id),
                    _ => return,
                };
                self.check_shown(message_id, user_id, text);
                if let Some(client_id) = client_id {
                    self.check_kept_as(client_id, message_id);
                    self.told_of_own(tab, Some(client_id), message_id);
                }
            }
        }
    }

    fn check_offset(&mut self, tab: usize, conn: ConnId, offset: i64, copy: bool) {
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if copy {
            return;
        }
        let Some(last) = link.heard.replace(offset) else {
            return self.blame(|| format!("an event before the welcome: {offset}"));
        };
        let all = link.claims.role.is_staff();
        let name = &self.tabs[tab].name;
        if offset <= last || all && offset != last + 1 {
            let what = format!("{name} has heard up to {last}, and then hears {offset}");
            self.blame(|| what);
        }
    }

    fn check_message(&mut self, message: &Message) {
        self.check_shown(message.message_id, message.user_id, &message.text);
        if let Some(client_id) = &message.client_id {
            self.check_kept_as(client_id, message.message_id);
        }
    }

    /// A message in a spec reader's frame.
    pub(super) fn check_seen(&mut self, data: &Json) {
        let (message_id, user_id) = (data["message_id"].as_i64(), data["user_id"].as_i64());
        if let (Some(message_id), Some(user_id), Some(text)) = (message_id, user_id, data["text"].as_str()) {
            self.check_shown(message_id, user_id, text);
        }
    }

    fn check_shown(&mut self, message_id: MessageId, user_id: UserId, text: &str) {
        let shown = (user_id, text.to_owned());
        let before = self.witness.seen.entry(message_id).or_insert_with(|| shown.clone());
        if *before != shown {
            let what = format!("the message {message_id} was {before:?} and is {shown:?}");
            self.blame(|| what);
        }
    }

    fn check_kept_as(&mut self, client_id: &str, message_id: MessageId) {
        let before = *self.witness.kept_as.entry(client_id.into()).or_insert(message_id);
        if before != message_id {
            self.blame(|| format!("{client_id} became two messages, {before} and {message_id}"));
        }
    }

    /// A page takes its message out of the outbox wherever it sees it, not only in its answer.
    fn told_of_own(&mut self, tab: usize, client_id: Option<&str>, message_id: MessageId) {
        let Some(client_id) = client_id else { return };
        let writer = client_id.split('.').next().unwrap_or_default();
        let browser = self.tabs[tab].browser();
        if self.tabs.iter().any(|page| page.name == writer && page.browser() == browser) {
            self.acknowledged(client_id, message_id);
        }
    }

    /// The relay told the writer that it has the message.
    pub(super) fn acknowledged(&mut self, client_id: &str, message_id: MessageId) {
        self.check_kept_as(client_id, message_id);
        match self.witness.written.get_mut(client_id) {
            Some(written) => {
                written.acknowledged = Some(message_id);
                written.abandoned = false;
            }
            None => self.blame(|| format!("{client_id} is acknowledged, and nobody wrote it")),
        }
    }

    /// A message of the other side came live.
    pub(super) fn check_arrived(&mut self, tab: usize, user_id: UserId, message_id: MessageId) {
        let name = self.tabs[tab].name.clone();
        if !self.witness.arrived.insert((name.clone(), message_id)) {
            self.blame(|| format!("{name} is told twice that {message_id} arrived in {user_id}"));
        }
    }

    /// What a page shows, after anything happened to it.
    pub(super) fn check_view(&mut self, tab: usize) {
        let page = &self.tabs[tab];
        let mut broken = None;
        let chats = page.client.state().chats();
        if page.own_chat().is_some_and(|own| chats.iter().any(|chat| chat.user_id != own)) {
            broken = Some(format!("{} holds a chat that is not theirs", page.name));
        }
        for chat in chats {
            let marks = (chat.user_read, chat.operator_read);
            let before = self.witness.marks.insert((page.name.clone(), chat.user_id), marks).unwrap_or_default();
            if marks.0 < before.0 || marks.1 < before.1 {
                broken = Some(format!(
                    "at {} the read marks of {} go from {before:?} to {marks:?}",
                    page.name, chat.user_id
                ));
            }
            for outgoing in page.client.outgoing(chat.user_id) {
                let own = chat
                    .messages()
                    .rev()
                    .take(100)
                    .find(|message| message.client_id.as_deref() == Some(&outgoing.client_id));
                if let Some(own) = own {
                    broken = Some(format!(
                        "{} shows {:?} twice: kept as {}, and on its way",
                        page.name, own.text, own.message_id
                    ));
                }
            }
        }
        if let Some(broken) = broken {
            self.blame(|| broken);
        }
    }

    /// An accepted socket gets its session, or is closed: silence is never an answer.
    pub(super) fn check_answered(&mut self, conn: ConnId) {
        let Some(link) = self.conns.get(&conn) else { return };
        if self.relay.is_up() && link.relay == super::network::RelayEnd::Open && link.attachment.is_none() {
            let name = match link.end {
                End::Tab(tab) => self.tabs[tab].name.clone(),
                End::Listener => "listener".into(),
                End::Stranger => "stranger".into(),
            };
            self.blame(|| format!("{name} is connected as {conn:x}, and neither welcomed nor sent away"));
        }
    }
}
