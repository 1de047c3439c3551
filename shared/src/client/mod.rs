//! The client machine: one for the widget, the inbox, the load tests and the simulator.
//!
//! It connects, resumes, keeps an outbox with local echo, drops what it has seen, and holds the state that views show. It
//! is sans-io: a shell feeds it what happened (`handle_*`) and what the person wants (`send`, `read`, ...), then performs
//! the [`Effect`]s it takes out, and wakes it at [`Client::next_timeout`]. Time is an argument; chance is the seed.

mod delivery;
mod files;
mod lines;
mod link;
mod outbox;
mod sorted;
mod state;

#[cfg(all(test, feature = "serde"))]
mod tests;

use std::collections::VecDeque;

pub use lines::{LineId, Via};
pub use link::LinkStatus;
pub use outbox::{Outgoing, OutgoingState};
pub use sorted::Sorted;
pub use state::{Chat, State};

use crate::action::{Action, Chats, FileLink, History, MessageRead, Presence, SendMessage, Typing};
use crate::backoff::Backoff;
use crate::frame::{Frame, PING, Refusal, Welcome};
use crate::id::{MessageId, Offset, Position, UserId};
use crate::limits::{ANSWER_TIMEOUT_MS, TYPING_EVERY_MS};
use crate::message::{Side, source};
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::text;
use crate::time::Timestamp;
use delivery::Delivery;
use lines::Lines;
use link::Link;
use outbox::Outbox;

/// Who this client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A visitor with this id.
    Visitor(UserId),
    /// An operator or an integration.
    Staff,
}

/// Whether clients of operators are built in.
const SERVES_STAFF: bool = cfg!(feature = "staff");

impl Identity {
    /// Whether it is an operator's or a program's.
    const fn is_staff(self) -> bool {
        SERVES_STAFF && matches!(self, Self::Staff)
    }
}

/// What the shell has to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a line, beside any other, and report `handle_open` or `handle_close`.
    Open {
        /// Its name.
        line: LineId,
        /// What it is to be.
        via: Via,
        /// Where to resume; passed in the address, with the budget of a line.
        position: Option<Position>,
        /// Get a new token first: the old one was refused.
        renew: bool,
    },
    /// Send a text frame.
    Transmit {
        /// Over this line.
        line: LineId,
        /// The frame.
        text: String,
    },
    /// Keep this message where it outlives the page, for [`Client::restore`]. It counts as safe only once it is kept, or
    /// once [`Effect::Forget`] says that the relay has it: until then its text stays where it was written.
    Keep(Outgoing),
    /// The message is in its chat, or given up: what was kept of it is of no use any more.
    Forget {
        /// Which.
        client_id: String,
    },
    /// Close a line; nothing of it needs to be reported any more.
    Close {
        /// The line.
        line: LineId,
        /// With this code.
        code: u16,
    },
    /// A message of the other side has arrived live, as opposed to being loaded.
    Arrived {
        /// The chat.
        user_id: UserId,
        /// The message.
        message_id: MessageId,
    },
}

/// An action whose answer is awaited.
#[derive(Clone, Debug)]
struct Pending {
    what: Want,
    since: Timestamp,
}

/// What an answer is for. Loads and reads are wanted until answered, over any number of connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    Chats {
        before: Option<MessageId>,
    },
    History {
        user_id: UserId,
        before: Option<MessageId>,
    },
    Read {
        user_id: UserId,
        up_to: MessageId,
    },
    Send {
        user_id: UserId,
        client_id: String,
    },
    /// Who is here, which is not in the log.
    Presence,
    Link {
        file_id: String,
    },
}

/// The machine.
#[derive(Debug)]
pub struct Client {
    identity: Identity,
    link: Link,
    lines: Lines,
    backoff: Backoff,
    position: Option<Position>,
    state: State,
    outbox: Outbox,
    wanted: Vec<Want>,
    /// When loads and reads may go out again, after a refusal that time cures.
    loads_from: Option<Timestamp>,
    pending: Sorted<String, Pending>,
    next_action_id: u64,
    action_prefix: String,
    typing_sent: Sorted<UserId, Timestamp>,
    delivery: Delivery,
    links: Sorted<String, files::Link>,
    effects: VecDeque<Effect>,
    last_problem: Option<Refusal>,
    revision: u64,
}

impl Client {
    /// A client that is not connected yet. `seed` spreads its reconnects.
    #[must_use]
    pub fn new(identity: Identity, seed: u64) -> Self {
        Self {
            identity,
            link: Link::Off,
            lines: Lines::default(),
            backoff: Backoff::new(seed),
            position: None,
            state: State::new(identity),
            outbox: Outbox::default(),
            wanted: Vec::new(),
            loads_from: None,
            pending: Sorted::default(),
            next_action_id: 1,
            action_prefix: String::new(),
            typing_sent: Sorted::default(),
            delivery: Delivery::default(),
            links: Sorted::default(),
            effects: VecDeque::new(),
            last_problem: None,
            revision: 0,
        }
    }

    // What the views show.

    /// The chats as far as they are known here.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The messages on their way from here, in order.
    pub fn outgoing(&self, user_id: UserId) -> impl Iterator<Item = &Outgoing> {
        self.outbox.iter().filter(move |outgoing| outgoing.user_id == user_id)
    }

    /// How the connection is.
    #[must_use]
    pub fn status(&self) -> LinkStatus {
        self.link.status()
    }

    /// Where this client stands in the log.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Why the relay last refused something.
    #[must_use]
    pub fn last_problem(&self) -> Option<&Refusal> {
        self.last_problem.as_ref()
    }

    /// Grows whenever something to show may have changed.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether the first snapshot is still under way.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        !self.state.is_loaded()
    }

    /// Whether a page of this chat's history is asked for and not here yet.
    #[must_use]
    pub fn is_loading_history(&self, user_id: UserId) -> bool {
        self.wanted.iter().any(|want| matches!(want, Want::History { user_id: of, .. } if *of == user_id))
    }

    /// Whether a page of the list of chats is asked for and not here yet.
    #[must_use]
    pub fn is_loading_chats(&self) -> bool {
        self.wanted.iter().any(|want| matches!(want, Want::Chats { .. }))
    }

    /// How many messages written here the relay does not have yet, over all chats.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.outbox.iter().count()
    }

    // What the person wants.

    /// Begins the ids of its actions with this, so that they are told from those of others on the same connection.
    pub fn name_actions(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.action_prefix);
    }

    /// Writes to a chat. The message is shown at once and sent as soon as it can be; `client_id` makes it one message.
    ///
    /// # Errors
    /// A problem with the text (empty, too long) or a full outbox; nothing has changed then, and the text is the caller's.
    pub fn send(&mut self, now: Timestamp, user_id: UserId, text: &str, client_id: String) -> Result<(), Problem> {
        text::check(text)?;
        self.put_out(Outgoing {
            client_id,
            user_id,
            text: text.to_owned(),
            attachment: None,
            at: now,
            not_before: now,
            state: OutgoingState::Waiting,
        })
    }

    fn put_out(&mut self, outgoing: Outgoing) -> Result<(), Problem> {
        let (user_id, now) = (outgoing.user_id, outgoing.at);
        if !self.is_own(user_id) {
            return Err(Problem::new(Code::Forbidden, "a visitor writes to their own chat only"));
        }
        self.outbox.push(outgoing.clone())?;
        self.effects.push_back(Effect::Keep(outgoing));
        self.typing_sent.remove(&user_id);
        self.changed();
        self.flush(now);
        Ok(())
    }

    /// Sends a failed message again, as the same message.
    pub fn retry(&mut self, now: Timestamp, client_id: &str) {
        self.outbox.retry(client_id, now);
        self.changed();
        self.flush(now);
    }

    /// Gives a failed message up.
    pub fn discard(&mut self, client_id: &str) {
        if let Some(outgoing) = self.outbox.get(client_id)
            && matches!(outgoing.state, OutgoingState::Failed(_))
        {
            let user_id = outgoing.user_id;
            self.forget(user_id, client_id);
            self.changed();
        }
    }

    /// Takes up what an earlier page has kept and not forgotten. Each goes out under the id that it had, so whatever
    /// became of it, and however many pages take it up, it is one message. What another visitor wrote is not sent.
    pub fn restore(&mut self, now: Timestamp, mut kept: Vec<Outgoing>) {
        kept.retain_mut(|outgoing| {
            (outgoing.state, outgoing.not_before) = (OutgoingState::Waiting, now);
            let chat = self.state.chat(outgoing.user_id);
            let has_arrived = chat.is_some_and(|chat| chat.has_own(own_side(self.identity), &outgoing.client_id));
            let is_wanted = self.is_own(outgoing.user_id) && !has_arrived;
            if !is_wanted {
                self.effects.push_back(Effect::Forget { client_id: outgoing.client_id.clone() });
            }
            is_wanted
        });
        self.outbox.restore(kept);
        self.changed();
        self.flush(now);
    }

    /// The person is writing. Called at every key; the sign goes out every three seconds.
    pub fn typing(&mut self, now: Timestamp, user_id: UserId) {
        let due = self.typing_sent.get(&user_id).is_none_or(|last| now.since_ms(*last) >= TYPING_EVERY_MS);
        if due && self.link.is_live() {
            self.typing_sent.insert(user_id, now);
            let action = Action::Typing(Typing { user_id: self.named(user_id) });
            self.transmit(action.encode(None));
        }
    }

    /// The person has seen everything up to `message_id`.
    pub fn read(&mut self, now: Timestamp, user_id: UserId, message_id: MessageId) {
        if self.state.mark_read_here(user_id, message_id) {
            self.wanted.retain(|want| !matches!(want, Want::Read { user_id: of, .. } if *of == user_id));
            self.wanted.push(Want::Read { user_id, up_to: message_id });
            self.changed();
            self.flush(now);
        }
    }

    /// The person opens a chat: its newest page is loaded, unless it is here.
    pub fn open_chat(&mut self, now: Timestamp, user_id: UserId) {
        if !self.state.chat(user_id).is_some_and(Chat::is_loaded) {
            self.want(Want::History { user_id, before: None });
            self.flush(now);
        }
    }

    /// The person scrolls up: the page before the oldest message here is loaded.
    pub fn load_older(&mut self, now: Timestamp, user_id: UserId) {
        let oldest = self.state.chat(user_id).filter(|chat| chat.has_more()).and_then(Chat::oldest);
        if oldest.is_some() {
            self.want(Want::History { user_id, before: oldest });
            self.flush(now);
        }
    }

    /// The next page of the list of chats is loaded.
    pub fn load_more_chats(&mut self, now: Timestamp) {
        if let Some(before) = self.state.next_chats() {
            self.want(Want::Chats { before: Some(before) });
            self.flush(now);
        }
    }

    // What happened.

    /// A frame came over a line: how many bytes it had, and what it says, if it is one.
    pub fn handle_frame(&mut self, now: Timestamp, line: LineId, bytes: usize, frame: Option<Frame>) {
        if !self.hears(now, line, bytes, matches!(frame, Some(Frame::Welcome(_)))) {
            return;
        }
        if let Some(frame) = frame {
            self.apply(now, frame);
        }
        self.renew_line(now);
    }

    fn apply(&mut self, now: Timestamp, frame: Frame) {
        match frame {
            Frame::Welcome(welcome) => self.handle_welcome(now, welcome),
            Frame::Resync(resync) => {
                // After a `welcome` that resumes nothing the snapshot is under way already.
                if self.stand_at(resync.epoch, resync.offset) || !self.state.is_stale() {
                    self.want_snapshot();
                }
            }
            Frame::Ack(ack) => {
                if let Some(pending) = self.pending.remove(&ack.id) {
                    self.backoff.reset();
                    self.lines.worked();
                    self.handle_answer(now, pending.what, ack.reply);
                }
            }
            Frame::Refused(refusal) => self.handle_refusal(now, refusal),
            Frame::Pong => return,
            // The relay wonders whether anybody is here. The answer goes out at once: a hidden page's timers may not.
            Frame::Probe => return self.transmit(PING.to_owned()),
            Frame::Event { offset, timestamp, event } => {
                if let (Some(offset), Some(position)) = (offset, &mut self.position) {
                    if offset <= position.offset {
                        return;
                    }
                    position.offset = offset;
                    self.lines.worked();
                }
                let Some(event) = event else { return };
                let applied = self.state.apply(now, timestamp, &event);
                if let Some(client_id) = applied.client_id {
                    self.forget(event.user_id(), &client_id);
                }
                if let Some(message_id) = applied.arrived {
                    self.effects.push_back(Effect::Arrived { user_id: event.user_id(), message_id });
                }
                if applied.needs_history {
                    self.want(Want::History { user_id: event.user_id(), before: None });
                }
                if SERVES_STAFF && applied.needs_chats {
                    self.want(Want::Chats { before: None });
                }
            }
        }
        self.note_arrivals(now);
        self.changed();
        self.flush(now);
    }

    /// The time of [`Client::next_timeout`] has come. Earlier calls do no harm.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.tend_lines(now, self.answer_is_late(now));
        if self.state.expire_typing(now) {
            self.changed();
        }
        self.flush(now);
    }

    /// When `handle_timeout` should be called next.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let answer = self.pending.values().map(|pending| pending.since.plus_ms(ANSWER_TIMEOUT_MS)).min();
        let sending = self.pending.values().any(|pending| matches!(pending.what, Want::Send { .. }));
        let retry = if self.link.is_live() && !sending { self.outbox.next_attempt() } else { None };
        let loads = self.loads_from.filter(|_| self.link.is_live());
        let delivery = self.delivery.due();
        [self.lines_deadline(), self.state.typing_ends(), answer, retry, loads, delivery].into_iter().flatten().min()
    }

    /// The next thing for the shell to do.
    pub fn take_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    // Inside.

    fn handle_welcome(&mut self, now: Timestamp, welcome: Welcome) {
        if let Identity::Visitor(own) = self.identity
            && welcome.user_id != Some(own)
        {
            // The token is somebody else's: their messages are not put beside this visitor's.
            self.leave_for_another_token(now);
            return;
        }
        if !self.is_welcomed(now) {
            return;
        }
        self.backoff.reset();
        self.last_problem = None;
        if !welcome.resumed {
            self.stand_at(welcome.epoch, welcome.offset);
            self.want_snapshot();
        }
        if self.identity.is_staff() {
            self.want(Want::Presence);
        }
    }

    /// A position that the relay gave. The line before this one may have brought more of the same log already. True if
    /// the position is another one now.
    fn stand_at(&mut self, epoch: String, offset: Offset) -> bool {
        if self.position.as_ref().is_some_and(|position| position.epoch == epoch && position.offset >= offset) {
            return false;
        }
        self.position = Some(Position { epoch, offset });
        true
    }

    fn handle_answer(&mut self, now: Timestamp, want: Want, reply: Reply) {
        self.wanted.retain(|wanted| *wanted != want);
        match (want, reply) {
            (Want::Chats { before }, Reply::Chats(page)) if SERVES_STAFF => {
                self.state.apply_chats(before.is_none(), page);
                if let Some(before) = self.state.next_of_first_screen() {
                    self.want(Want::Chats { before: Some(before) });
                }
            }
            (Want::History { before, .. }, Reply::History(page)) => {
                // What is on the page has arrived, even if its answer was lost with a connection.
                let side = own_side(self.identity);
                for message in page.messages.iter().filter(|message| message.side == side) {
                    if let Some(client_id) = &message.client_id {
                        self.forget(page.user_id, client_id);
                    }
                }
                self.state.apply_history(before, page);
            }
            (Want::Send { user_id, client_id }, reply) => {
                self.forget(user_id, &client_id);
                if let Reply::Sent(sent) = reply {
                    self.state.apply_sent(sent.message);
                }
            }
            (Want::Presence, Reply::Presence(presence)) if SERVES_STAFF => self.state.apply_presence(&presence),
            (Want::Link { file_id }, Reply::FileLink(link)) => self.got_link(now, file_id, Some(link.url)),
            (Want::Link { file_id }, _) => self.got_link(now, file_id, None),
            (Want::Read { .. } | Want::Chats { .. } | Want::History { .. } | Want::Presence, _) => {}
        }
    }

    fn handle_refusal(&mut self, now: Timestamp, refusal: Refusal) {
        let pending = refusal.id.as_ref().and_then(|id| self.pending.remove(id));
        // Time cures some refusals, a fresh token others, which the close that follows asks for. Nothing is given up then.
        let curable = refusal.code.is_some_and(|code| {
            code.is_temporary() || matches!(code, Code::Unauthorized | Code::TokenExpired | Code::TokenRevoked)
        });
        let mut again = || now.plus_ms(refusal.retry_after_ms.unwrap_or_else(|| self.backoff.next_ms()).max(1));
        match pending.map(|pending| pending.what) {
            Some(Want::Send { client_id, .. }) if curable => {
                self.outbox.set_state(&client_id, OutgoingState::Waiting, again());
            }
            Some(Want::Send { client_id, .. }) => {
                let code = refusal.code.unwrap_or(Code::Internal);
                self.outbox.set_state(&client_id, OutgoingState::Failed(code), now);
            }
            Some(_) if curable => self.loads_from = Some(again()),
            Some(load) => {
                if let (Want::History { user_id, .. }, Some(Code::NotFound)) = (&load, refusal.code) {
                    // It was deleted while nobody was connected to hear of it.
                    self.state.forget(*user_id);
                }
                self.wanted.retain(|wanted| *wanted != load);
                if let Want::Link { file_id } = load {
                    self.got_link(now, file_id, None);
                }
            }
            // Nobody waits for the answer to a report; it may be one that is refused here.
            None if curable && refusal.id.is_none() && self.link.is_live() => self.delivery.again(again()),
            None => {}
        }
        self.last_problem = Some(refusal);
    }

    /// A message is in its chat, or given up.
    fn forget(&mut self, user_id: UserId, client_id: &str) {
        if self.outbox.remove(user_id, client_id) {
            self.effects.push_back(Effect::Forget { client_id: client_id.to_owned() });
        }
    }

    /// Whether this client may write to a chat. The relay takes a visitor's word for their own chat, whatever it was
    /// meant for.
    fn is_own(&self, user_id: UserId) -> bool {
        self.identity.is_staff() || self.identity == Identity::Visitor(user_id)
    }

    fn want(&mut self, want: Want) {
        if !self.wanted.contains(&want) {
            self.wanted.push(want);
            self.changed();
        }
    }

    /// Asks for everything afresh: what is held stays on the screen until its replacement is here.
    fn want_snapshot(&mut self) {
        self.state.mark_stale();
        self.wanted.retain(|want| matches!(want, Want::Read { .. }));
        self.pending.retain(|pending| !matches!(pending.what, Want::Chats { .. } | Want::History { .. }));
        match self.identity {
            Identity::Visitor(user_id) => self.want(Want::History { user_id, before: None }),
            Identity::Staff if !SERVES_STAFF => {}
            Identity::Staff => {
                self.want(Want::Chats { before: None });
                for user_id in self.state.once_loaded() {
                    self.want(Want::History { user_id, before: None });
                }
            }
        }
    }

    /// Sends what waits, if the connection is up: loads and reads at once, messages one after the other, so that they
    /// arrive in the order they were written.
    fn flush(&mut self, now: Timestamp) {
        if !self.link.is_live() {
            return;
        }
        self.report_arrivals(now);
        if self.loads_from.is_some_and(|from| from <= now) {
            self.loads_from = None;
        }
        // While the line is being changed, what brings much waits for the next one.
        let loads = self.loads_from.is_none() && !self.lines.is_changing();
        let loads = if loads { self.wanted.clone() } else { Vec::new() };
        for want in loads {
            if !self.pending.values().any(|pending| pending.what == want) {
                self.request(now, want);
            }
        }
        if !self.pending.values().any(|pending| matches!(pending.what, Want::Send { .. }))
            && let Some((user_id, client_id)) = self.outbox.start_next(now)
        {
            self.request(now, Want::Send { user_id, client_id });
            self.changed();
        }
    }

    fn request(&mut self, now: Timestamp, want: Want) {
        let action = match &want {
            Want::Chats { before } => Action::Chats(Chats { before: *before, limit: None }),
            Want::History { user_id, before } => {
                Action::History(History { user_id: self.named(*user_id), before: *before, after: None, limit: None })
            }
            Want::Read { user_id, up_to } => {
                Action::MessageRead(MessageRead { user_id: self.named(*user_id), last_read_message_id: *up_to })
            }
            Want::Presence => Action::Presence(Presence {}),
            Want::Link { file_id } => Action::FileLink(FileLink { file_id: file_id.clone() }),
            Want::Send { client_id, .. } => {
                let Some(outgoing) = self.outbox.get(client_id) else { return };
                Action::SendMessage(SendMessage {
                    user_id: self.named(outgoing.user_id),
                    text: outgoing.text.clone(),
                    client_id: Some(client_id.clone()),
                    file_id: outgoing.attachment.as_ref().map(|attachment| attachment.file_id.clone()),
                    content: None,
                })
            }
        };
        let id = [&self.action_prefix, &*self.next_action_id.to_string()].concat();
        self.next_action_id = self.next_action_id.wrapping_add(1);
        self.transmit(action.encode(Some(&id)));
        self.pending.insert(id, Pending { what: want, since: now });
    }

    /// A visitor's actions do not name their chat: the relay knows it.
    fn named(&self, user_id: UserId) -> Option<UserId> {
        self.identity.is_staff().then_some(user_id)
    }

    fn answer_is_late(&self, now: Timestamp) -> bool {
        self.pending.values().any(|pending| now.since_ms(pending.since) >= ANSWER_TIMEOUT_MS)
    }

    fn changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }
}

/// The side a client of this identity writes on.
#[must_use]
pub fn own_side(identity: Identity) -> Side {
    if identity.is_staff() { Side::Operator } else { Side::User }
}

/// The source of the chat that a visitor's client starts with.
const VISITOR_SOURCE: &str = source::WIDGET;
