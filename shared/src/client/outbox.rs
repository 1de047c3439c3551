//! Messages on their way out, in the order they were written. One leaves here only when the relay has it.
//!
//! What is here is also kept by the shell, where it outlives the page: see [`super::Effect::Keep`].

use std::collections::VecDeque;

use crate::file::Attachment;
use crate::id::UserId;
use crate::json::Object;
use crate::limits::OUTBOX_MAX;
use crate::node::{FromNode, Node, member};
use crate::problem::{Code, Problem};
use crate::time::Timestamp;

/// How far a message on its way has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingState {
    /// Waits for the connection or its turn.
    Waiting,
    /// Was sent, not answered yet.
    Sending,
    /// Refused for good; the person decides.
    Failed(Code),
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its own id, the same at every attempt.
    pub client_id: String,
    /// The chat.
    pub user_id: UserId,
    /// Its text; may be empty beside a file.
    pub text: String,
    /// The file it carries, uploaded already.
    pub attachment: Option<Attachment>,
    /// When it was written.
    pub at: Timestamp,
    /// When it may be sent.
    pub not_before: Timestamp,
    /// How far it has come.
    pub state: OutgoingState,
}

impl Outgoing {
    /// As it is kept, for [`Outgoing::from_node`]. How far it had come is of no use to the next page.
    #[must_use]
    pub fn to_json(&self) -> String {
        let object = Object::new().string("client_id", &self.client_id).integer("user_id", self.user_id);
        let object = object.string("text", &self.text).integer("at", self.at.0);
        match &self.attachment {
            Some(attachment) => object.object("attachment", attachment.to_object()),
            None => object,
        }
        .finish()
    }
}

impl FromNode for Outgoing {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        let at = Timestamp(member(node, "at")?);
        Some(Self {
            client_id: member(node, "client_id")?,
            user_id: member(node, "user_id")?,
            text: member(node, "text")?,
            attachment: member(node, "attachment")?,
            at,
            not_before: at,
            state: OutgoingState::Waiting,
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Outgoing>,
}

impl Outbox {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Outgoing> {
        self.queue.iter()
    }

    pub(super) fn get(&self, client_id: &str) -> Option<&Outgoing> {
        self.queue.iter().find(|outgoing| outgoing.client_id == client_id)
    }

    pub(super) fn push(&mut self, outgoing: Outgoing) -> Result<(), Problem> {
        if self.get(&outgoing.client_id).is_some() {
            return Ok(());
        }
        if self.queue.len() >= OUTBOX_MAX {
            return Err(Problem::new(Code::RateLimited, "too many messages are waiting to be sent"));
        }
        self.queue.push_back(outgoing);
        Ok(())
    }

    /// Puts back what an earlier page had not sent: before all that was written since.
    pub(super) fn restore(&mut self, outgoing: Vec<Outgoing>) {
        // Put in place one by one: a sort would be a kilobyte of the widget.
        let mut kept: Vec<Outgoing> = Vec::new();
        for outgoing in outgoing {
            if self.get(&outgoing.client_id).is_none() {
                kept.insert(kept.partition_point(|before| before.at <= outgoing.at), outgoing);
            }
        }
        kept.truncate(OUTBOX_MAX.saturating_sub(self.queue.len()));
        for outgoing in kept.into_iter().rev() {
            self.queue.push_front(outgoing);
        }
    }

    /// The message is in its chat, or given up. Says whether it was here.
    pub(super) fn remove(&mut self, user_id: UserId, client_id: &str) -> bool {
        let before = self.queue.len();
        self.queue.retain(|outgoing| outgoing.user_id != user_id || outgoing.client_id != client_id);
        self.queue.len() < before
    }

    /// What the person wants sent again goes out with its next turn; what is under way has it now.
    pub(super) fn retry(&mut self, client_id: &str, now: Timestamp) {
        if self.get(client_id).is_some_and(|outgoing| outgoing.state != OutgoingState::Sending) {
            self.set_state(client_id, OutgoingState::Waiting, now);
        }
    }

    pub(super) fn set_state(&mut self, client_id: &str, state: OutgoingState, not_before: Timestamp) {
        if let Some(outgoing) = self.queue.iter_mut().find(|outgoing| outgoing.client_id == client_id) {
            outgoing.state = state;
            outgoing.not_before = not_before;
        }
    }

    /// The connection is gone: what was under way may or may not have arrived, and goes out again under the same id.
    pub(super) fn interrupt(&mut self) {
        for outgoing in &mut self.queue {
            if outgoing.state == OutgoingState::Sending {
                outgoing.state = OutgoingState::Waiting;
            }
        }
    }

    /// Marks the first message that is not failed as being sent, once its time has come.
    pub(super) fn start_next(&mut self, now: Timestamp) -> Option<(UserId, String)> {
        let next = self.queue.iter_mut().find(|outgoing| !matches!(outgoing.state, OutgoingState::Failed(_)))?;
        if next.not_before > now {
            return None;
        }
        next.state = OutgoingState::Sending;
        Some((next.user_id, next.client_id.clone()))
    }

    pub(super) fn next_attempt(&self) -> Option<Timestamp> {
        let next = self.queue.iter().find(|outgoing| !matches!(outgoing.state, OutgoingState::Failed(_)))?;
        if next.state == OutgoingState::Waiting { Some(next.not_before) } else { None }
    }
}
