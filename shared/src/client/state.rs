//! What a client knows of its chats: events and pages applied to it give what a fresh snapshot would give.

use super::sorted::Sorted;
use super::{Identity, SERVES_STAFF, VISITOR_SOURCE, own_side};
use crate::event::{BulkProgress, Event};
use crate::id::{MessageId, UserId};
use crate::limits::{BULKS_KEPT, CHATS_PAGE, TYPING_TTL_MS};
use crate::message::{ChatStatus, ChatSummary, Message, Side, source};
use crate::reply::{ChatsPage, HistoryPage, Presence};
use crate::time::Timestamp;

/// A chat as far as it is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// The chat.
    pub user_id: UserId,
    /// The person's name; empty until known.
    pub user_name: String,
    /// Where it comes from.
    pub source: String,
    /// Whether the user is here now.
    pub online: bool,
    /// The other side's messages that this side has not read.
    pub unread: i64,
    /// The last message that the user has read.
    pub user_read: MessageId,
    /// The last message that an operator has read.
    pub operator_read: MessageId,
    /// The last message that has reached a device of the user.
    pub user_delivered: MessageId,
    /// The last message that has reached a device of an operator.
    pub operator_delivered: MessageId,
    /// Whether the conversation goes on.
    pub status: ChatStatus,
    /// What is known of the order that it is about.
    #[cfg(feature = "staff")]
    pub order: Option<crate::window::Order>,
    /// Until when the other side counts as writing, and the writer's name.
    pub typing: Option<(Timestamp, Option<String>)>,
    messages: Sorted<MessageId, Message>,
    newest: Option<Message>,
    has_more: bool,
    loaded: bool,
    stale: bool,
    /// Known by its events alone: its name, marks and counts come with its page of the list.
    partial: bool,
}

impl Chat {
    fn new(user_id: UserId, user_name: &str, source: &str) -> Self {
        Self {
            user_id,
            user_name: user_name.to_owned(),
            source: source.to_owned(),
            online: false,
            unread: 0,
            user_read: 0,
            operator_read: 0,
            user_delivered: 0,
            operator_delivered: 0,
            status: ChatStatus::Open,
            #[cfg(feature = "staff")]
            order: None,
            typing: None,
            messages: Sorted::default(),
            newest: None,
            has_more: true,
            loaded: false,
            stale: false,
            partial: false,
        }
    }

    /// The messages that are here, oldest first, without gaps.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values()
    }

    pub(super) fn oldest(&self) -> Option<MessageId> {
        self.messages.first_key().copied()
    }

    /// The newest message of the chat.
    #[must_use]
    pub fn newest(&self) -> Option<&Message> {
        self.newest.as_ref()
    }

    /// Whether the newest page has been loaded.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether there are messages older than those here.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.has_more
    }

    /// Whether a message that a client of this side gave this id is here.
    pub(super) fn has_own(&self, side: Side, client_id: &str) -> bool {
        let mut messages = self.messages.values();
        messages.any(|message| message.side == side && message.client_id.as_deref() == Some(client_id))
    }

    fn insert(&mut self, message: Message) {
        if self.newest.as_ref().is_none_or(|newest| newest.message_id <= message.message_id) {
            self.newest = Some(message.clone());
        }
        self.messages.insert(message.message_id, message);
    }

    /// What came before a gap is not on the screen: its messages come with the next opening. True if there was a gap.
    fn forget_what_nobody_sees(&mut self) -> bool {
        let forgets = self.stale && !self.loaded;
        if forgets {
            self.messages.clear();
            self.has_more = true;
            self.stale = false;
        }
        forgets
    }

    fn knows(&self, message_id: MessageId) -> bool {
        self.newest.as_ref().is_some_and(|newest| newest.message_id >= message_id)
    }

    /// The other side's newest message here, if it is beyond what this side's devices are known to have.
    fn undelivered(&self, side: Side) -> Option<MessageId> {
        let mark = match side {
            Side::User => self.user_delivered,
            Side::Operator => self.operator_delivered,
        };
        let mut known = self.newest.iter().chain(self.messages.values().rev());
        known.find(|message| message.side != side).map(|message| message.message_id).filter(|newest| *newest > mark)
    }

    fn has_read(&mut self, side: Side, up_to: MessageId) {
        let (read, delivered) = match side {
            Side::User => (&mut self.user_read, &mut self.user_delivered),
            Side::Operator => (&mut self.operator_read, &mut self.operator_delivered),
        };
        *read = up_to.max(*read);
        // Whoever has read it has received it.
        *delivered = up_to.max(*delivered);
    }

    fn count_unread(&self, side: Side) -> i64 {
        let (other, mark) = match side {
            Side::User => (Side::Operator, self.user_read),
            Side::Operator => (Side::User, self.operator_read),
        };
        let unread =
            self.messages.values().filter(|message| message.side == other && message.message_id > mark).count();
        i64::try_from(unread).unwrap_or(i64::MAX)
    }

    /// Whether everything after a mark is here, so that it can be counted here.
    fn reaches_back_to(&self, mark: MessageId) -> bool {
        !self.has_more || self.oldest().is_some_and(|oldest| oldest <= mark)
    }
}

/// What an event did.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The message is of this side: whoever wrote it gave it this id.
    pub(super) client_id: Option<String>,
    /// It is a new message of the other side.
    pub(super) arrived: Option<MessageId>,
    /// It changed a count that only the relay knows.
    pub(super) needs_history: bool,
    /// It belongs to a chat of which nothing else is known here; it is on the list's first page now.
    pub(super) needs_chats: bool,
}

/// All chats of a client. A visitor has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    identity: Identity,
    chats: Sorted<UserId, Chat>,
    next_chats: Option<MessageId>,
    loaded: bool,
    stale: bool,
    /// The list comes afresh, and its first screen is not here yet.
    filling: bool,
    /// By `bulk_id`, what was last heard of each bulk send.
    bulks: Sorted<i64, BulkProgress>,
}

impl State {
    pub(super) fn new(identity: Identity) -> Self {
        let mut chats = Sorted::default();
        if let Identity::Visitor(user_id) = identity {
            chats.insert(user_id, Chat::new(user_id, "", VISITOR_SOURCE));
        }
        Self {
            identity,
            chats,
            next_chats: None,
            loaded: false,
            stale: false,
            filling: false,
            bulks: Sorted::default(),
        }
    }

    /// One chat.
    #[must_use]
    pub fn chat(&self, user_id: UserId) -> Option<&Chat> {
        self.chats.get(&user_id)
    }

    /// The chats, the one with the newest message first.
    #[must_use]
    pub fn chats(&self) -> Vec<&Chat> {
        let mut chats: Vec<&Chat> = self.chats.values().collect();
        chats.sort_by_key(|chat| std::cmp::Reverse(chat.newest.as_ref().map(|message| message.message_id)));
        chats
    }

    /// What was heard of bulk sends since this client began to listen: the last of each, by `bulk_id`. It is not in the log:
    /// who comes back after a gap reads them over HTTP.
    pub fn bulks(&self) -> impl Iterator<Item = &BulkProgress> {
        self.bulks.values()
    }

    /// Where the next piece of the list's first screen starts, if it is to be asked for.
    pub(super) fn next_of_first_screen(&self) -> Option<MessageId> {
        self.next_chats.filter(|_| self.filling || self.has_partial_chats())
    }

    fn has_partial_chats(&self) -> bool {
        self.chats.values().any(|chat| chat.partial)
    }

    /// Unread messages over all chats.
    #[must_use]
    pub fn unread(&self) -> i64 {
        self.chats.values().map(|chat| chat.unread).sum()
    }

    /// Where the next page of the list starts, if there is one.
    #[must_use]
    pub fn next_chats(&self) -> Option<MessageId> {
        self.next_chats
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.loaded
    }

    pub(super) fn is_stale(&self) -> bool {
        self.stale || !self.loaded
    }

    pub(super) fn once_loaded(&self) -> Vec<UserId> {
        self.chats.values().filter(|chat| chat.loaded).map(|chat| chat.user_id).collect()
    }

    /// What has arrived here and is not known to have been reported as delivered: the last message, by chat. Upstreams have
    /// nothing to tell it to.
    pub(super) fn undelivered(&self) -> impl Iterator<Item = (UserId, MessageId)> {
        let side = own_side(self.identity);
        let chats = self.chats.values().filter(|chat| chat.source == source::WIDGET);
        chats.filter_map(move |chat| chat.undelivered(side).map(|newest| (chat.user_id, newest)))
    }

    pub(super) fn mark_stale(&mut self) {
        self.stale = true;
        for chat in self.chats.values_mut() {
            chat.stale = true;
        }
    }

    /// A chat is gone.
    pub(super) fn forget(&mut self, user_id: UserId) {
        self.chats.retain(|chat| chat.user_id != user_id);
    }

    /// Nobody is heard typing over a lost connection.
    pub(super) fn forget_typing(&mut self) {
        for chat in self.chats.values_mut() {
            chat.typing = None;
        }
    }

    /// Presence is not in the log: at each start it is asked for.
    pub(super) fn apply_presence(&mut self, presence: &Presence) {
        for chat in self.chats.values_mut() {
            let is_here = presence.online.contains(&chat.user_id);
            // Of more people than it can name the relay tells of some, and of the others nothing.
            if is_here || presence.complete {
                chat.online = is_here;
            }
        }
    }

    pub(super) fn apply(&mut self, now: Timestamp, timestamp: Timestamp, event: &Event) -> Applied {
        let mut applied = Applied::default();
        let side = own_side(self.identity);
        if !SERVES_STAFF && !event.is_for_visitor() {
            return applied;
        }
        match event {
            Event::NewChat(data) => {
                self.chats.get_or_insert_with(data.user_id, || Chat {
                    has_more: false,
                    ..Chat::new(data.user_id, &data.user_name, &data.source)
                });
            }
            Event::NewMessage(data) => {
                let message = Message {
                    message_id: data.message_id,
                    user_id: data.user_id,
                    side: Side::User,
                    text: data.text.clone(),
                    file_path: data.file_path.clone(),
                    attachment: data.attachment.clone(),
                    content: None,
                    author: None,
                    client_id: data.client_id.clone(),
                    status: None,
                    reason: None,
                    timestamp,
                    #[cfg(feature = "staff")]
                    edited_at: None,
                };
                self.apply_message(message, &data.user_name, &data.source, &mut applied);
            }
            Event::OperatorMessage(data) => {
                let message = Message {
                    message_id: data.message_id,
                    user_id: data.user_id,
                    side: Side::Operator,
                    text: data.text.clone(),
                    file_path: data.file_path.clone(),
                    attachment: data.attachment.clone(),
                    content: data.content.clone(),
                    author: data.operator_name.clone(),
                    client_id: data.client_id.clone(),
                    status: Some(data.status),
                    reason: None,
                    timestamp,
                    #[cfg(feature = "staff")]
                    edited_at: None,
                };
                self.apply_message(message, "", &data.source, &mut applied);
            }
            Event::MessageRead(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.has_read(Side::User, data.last_read_message_id);
                    if side == Side::User {
                        chat.unread = chat.count_unread(side);
                        applied.needs_history = !chat.reaches_back_to(chat.user_read);
                    }
                }
            }
            Event::OperatorRead(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.has_read(Side::Operator, data.last_read_message_id);
                    if side == Side::Operator {
                        chat.unread = data.unread;
                    }
                }
            }
            Event::MessageDelivered(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.user_delivered = chat.user_delivered.max(data.last_delivered_message_id);
                }
            }
            Event::OperatorDelivered(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.operator_delivered = chat.operator_delivered.max(data.last_delivered_message_id);
                }
            }
            Event::MessageStatus(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    let newest = chat.newest.as_mut().filter(|message| message.message_id == data.message_id);
                    for message in newest.into_iter().chain(chat.messages.get_mut(&data.message_id)) {
                        message.status = Some(data.status);
                        message.reason.clone_from(&data.reason);
                    }
                }
            }
            #[cfg(feature = "staff")]
            Event::MessageUpdated(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    let newest = chat.newest.as_mut().filter(|message| message.message_id == data.message_id);
                    for message in newest.into_iter().chain(chat.messages.get_mut(&data.message_id)) {
                        message.text.clone_from(&data.text);
                        message.edited_at = Some(data.edited_at);
                    }
                }
            }
            Event::Rating(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    let newest = chat.newest.as_mut().filter(|message| message.message_id == data.message_id);
                    for message in newest.into_iter().chain(chat.messages.get_mut(&data.message_id)) {
                        let content = message.content.as_ref();
                        message.content = content.map(|content| content.rated(data.score, data.comment.as_deref()));
                    }
                }
            }
            Event::ChatUpdated(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.status = data.status;
                }
            }
            Event::ChatDeleted(data) => self.forget(data.user_id),
            #[cfg(feature = "staff")]
            Event::OrderUpdated(data) => {
                if let Some(chat) = self.chats.get_mut(&data.user_id) {
                    chat.order.clone_from(&data.order);
                }
            }
            // Visitors have no chats at an upstream.
            #[cfg(not(feature = "staff"))]
            Event::MessageUpdated(_) | Event::OrderUpdated(_) => {}
            Event::BulkProgress(data) if SERVES_STAFF => {
                // Those that the relay has forgotten are forgotten here.
                self.bulks.retain(|known| known.bulk_id > data.bulk_id.saturating_sub(BULKS_KEPT));
                self.bulks.insert(data.bulk_id, data.clone());
            }
            // Whoever keeps the ledger reads it over HTTP.
            Event::Consent(_) | Event::BulkProgress(_) => {}
            Event::UserTyping(data) => {
                if side == Side::Operator
                    && let Some(chat) = self.chats.get_mut(&data.user_id)
                {
                    chat.typing = Some((now.plus_ms(TYPING_TTL_MS), Some(data.user_name.clone())));
                }
            }
            Event::OperatorTyping(data) => {
                if side == Side::User
                    && let Some(chat) = self.chats.get_mut(&data.user_id)
                {
                    chat.typing = Some((now.plus_ms(TYPING_TTL_MS), data.operator_name.clone()));
                }
            }
            Event::UserOnline(data) => self.set_online(data.user_id, true),
            Event::UserOffline(data) => self.set_online(data.user_id, false),
        }
        applied
    }

    fn apply_message(&mut self, message: Message, user_name: &str, source: &str, applied: &mut Applied) {
        let side = own_side(self.identity);
        let chat = self.chats.get_or_insert_with(message.user_id, || Chat {
            partial: true,
            ..Chat::new(message.user_id, user_name, source)
        });
        chat.partial |= chat.forget_what_nobody_sees();
        // It is near the list's top now, whatever page it was on.
        applied.needs_chats = chat.partial;
        if chat.user_name.is_empty() {
            user_name.clone_into(&mut chat.user_name);
        }
        if message.side == side {
            applied.client_id.clone_from(&message.client_id);
        } else {
            chat.typing = None;
            if !chat.knows(message.message_id) {
                chat.unread = chat.unread.saturating_add(1);
                applied.arrived = Some(message.message_id);
            }
        }
        chat.insert(message);
    }

    pub(super) fn apply_sent(&mut self, message: Message) {
        if let Some(chat) = self.chats.get_mut(&message.user_id)
            && !chat.messages.contains_key(&message.message_id)
            // The answer to a resend may be about a message older than all that is here. It comes with its page: put in
            // now, it would hide the gap behind it.
            && (!chat.has_more || !chat.knows(message.message_id))
        {
            chat.insert(message);
        }
    }

    /// A page of a chat: the newest, or the one before a message.
    pub(super) fn apply_history(&mut self, before: Option<MessageId>, page: HistoryPage) {
        let chat = self.chats.get_or_insert_with(page.user_id, || Chat::new(page.user_id, "", ""));
        if before.is_none() {
            if chat.stale {
                chat.messages.clear();
                chat.stale = false;
                chat.has_more = true;
            }
            // An older page may be here already; then this page's end is not the chat's.
            let reaches_further = chat.messages.first_key().zip(page.messages.first());
            if reaches_further.is_none_or(|(oldest, first)| *oldest >= first.message_id) {
                chat.has_more = page.has_more;
            }
            chat.loaded = true;
            chat.partial = false;
            chat.unread = page.unread;
        } else if before == chat.oldest() {
            chat.has_more = page.has_more;
        } else {
            // It was asked for before a resync, and does not reach up to what is here now: there would be a gap.
            return;
        }
        chat.has_read(Side::User, page.user_read);
        chat.has_read(Side::Operator, page.operator_read);
        chat.user_delivered = chat.user_delivered.max(page.user_delivered);
        chat.operator_delivered = chat.operator_delivered.max(page.operator_delivered);
        for message in page.messages {
            chat.insert(message);
        }
        if matches!(self.identity, Identity::Visitor(_)) {
            self.loaded = true;
            self.stale = false;
        }
    }

    pub(super) fn apply_chats(&mut self, first_page: bool, page: ChatsPage) {
        let afresh = first_page && self.is_stale();
        self.loaded = true;
        for summary in page.chats {
            self.apply_summary(summary);
        }
        if afresh || !first_page || self.has_partial_chats() {
            self.next_chats = page.next;
        }
        if afresh {
            self.stale = false;
            self.filling = true;
        }
        // A line with a budget brings the first screen in pieces. What it had before stays until it is complete.
        let count = self.chats.values().filter(|chat| !chat.stale).count();
        if self.filling && !self.stale && (count >= CHATS_PAGE || self.next_chats.is_none()) {
            self.filling = false;
            // What is neither on the first screen nor open here is of before the gap. It comes back with its page.
            self.chats.retain(|chat| chat.loaded || !chat.stale);
        }
    }

    fn apply_summary(&mut self, summary: ChatSummary) {
        let chat = self
            .chats
            .get_or_insert_with(summary.user_id, || Chat::new(summary.user_id, &summary.user_name, &summary.source));
        chat.user_name = summary.user_name;
        chat.source = summary.source;
        chat.online = summary.online;
        chat.status = summary.status.unwrap_or(ChatStatus::Open);
        #[cfg(feature = "staff")]
        chat.order.clone_from(&summary.order);
        chat.unread = summary.unread;
        chat.has_read(Side::User, summary.user_read);
        chat.has_read(Side::Operator, summary.operator_read);
        chat.user_delivered = chat.user_delivered.max(summary.user_delivered);
        chat.operator_delivered = chat.operator_delivered.max(summary.operator_delivered);
        if let Some(message) = summary.last_message
            && chat.newest.as_ref().is_none_or(|newest| newest.message_id <= message.message_id)
        {
            // The same message, too, may have come further than is known here.
            chat.newest = Some(message);
        }
        chat.forget_what_nobody_sees();
        chat.partial = false;
    }

    /// This side has read up to a message. True if that is news.
    pub(super) fn mark_read_here(&mut self, user_id: UserId, message_id: MessageId) -> bool {
        let side = own_side(self.identity);
        let Some(chat) = self.chats.get_mut(&user_id) else { return false };
        let mark = match side {
            Side::User => chat.user_read,
            Side::Operator => chat.operator_read,
        };
        if mark >= message_id {
            return false;
        }
        chat.has_read(side, message_id);
        chat.unread = chat.count_unread(side);
        true
    }

    pub(super) fn typing_ends(&self) -> Option<Timestamp> {
        self.chats.values().filter_map(|chat| chat.typing.as_ref().map(|(until, _)| *until)).min()
    }

    pub(super) fn expire_typing(&mut self, now: Timestamp) -> bool {
        let mut expired = false;
        for chat in self.chats.values_mut() {
            if chat.typing.as_ref().is_some_and(|(until, _)| *until <= now) {
                chat.typing = None;
                expired = true;
            }
        }
        expired
    }

    fn set_online(&mut self, user_id: UserId, online: bool) {
        if let Some(chat) = self.chats.get_mut(&user_id) {
            chat.online = online;
            if !online {
                // Who has left does not write.
                chat.typing = None;
            }
        }
    }
}
