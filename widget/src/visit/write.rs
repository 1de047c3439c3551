//! What the visitor writes, from the first letter until it is safe.
//!
//! A text stays in the field until the browser has kept its message or, where the browser keeps nothing, until the relay
//! has it. Until then it cannot be sent a second time, and if the page is loaded in between, the same text goes out under
//! the same id.

use shared::client::{Client, Outgoing, OutgoingState};
use shared::id::UserId;
use shared::problem::Code;
use shared::words::Word;

use super::Visit;
use crate::browser;
use crate::store::{Draft, Sent};
use crate::text::why;

/// A message of the visitor's, as the page is told.
pub(super) const USER: &str = "user";

impl Visit {
    /// The text in the message field is another one now.
    pub(crate) fn write(&self) {
        let text = self.screen.borrow().input();
        if !text.is_empty() {
            self.act(|client, now, user_id| client.typing(now, user_id));
        }
        // What is changed is not what was sent.
        self.sends_later.set(false);
        let sent = self.draft.take().sent;
        self.draft.replace(Draft { text, refused: None, sent });
        self.keep_draft();
        self.refresh();
    }

    /// Sends what is written.
    pub(crate) fn send(&self) {
        let draft = self.draft.borrow().clone();
        if self.act(|client, _, user_id| is_leaving(client, user_id, &draft)) != Some(true) {
            let client_id = draft.client_id().map_or_else(browser::client_id, str::to_owned);
            if draft.can_send() {
                self.note_writing();
            }
            self.draft.borrow_mut().sent = Some(Sent { client_id: client_id.clone(), text: draft.text.clone() });
            let sent = self.act(|client, now, user_id| {
                // One that was refused is tried again.
                client.retry(now, &client_id);
                client.send(now, user_id, &draft.text, client_id)
            });
            let refused = match sent {
                Some(Ok(())) => {
                    self.screen.borrow().tell(USER, &draft.text);
                    None
                }
                Some(Err(problem)) if problem.code == Code::RateLimited => Some(Word::OutboxFull),
                Some(Err(problem)) => Some(why(problem.code)),
                // It goes by itself as soon as there is a session. What keeps it waiting is told by the banner, after a while.
                None => {
                    self.sends_later.set(draft.can_send());
                    None
                }
            };
            self.screen.borrow_mut().go_to_end();
            self.draft.borrow_mut().refused = refused;
            self.keep_draft();
            self.refresh();
        }
        self.screen.borrow().focus_input();
    }

    /// Puts a text into the field, for the visitor to send or not.
    pub(crate) fn prefill(&self, text: &str) {
        self.screen.borrow().set_input(text);
        self.write();
    }

    /// Sends a text of the page's. Empty, or why not.
    pub(crate) fn send_text(&self, text: &str) -> String {
        if let Err(problem) = shared::text::check(text) {
            return problem.code.as_str().to_owned();
        }
        self.note_writing();
        self.screen.borrow_mut().go_to_end();
        match self.act(|client, now, user_id| client.send(now, user_id, text, browser::client_id())) {
            Some(Ok(())) => {
                self.screen.borrow().tell(USER, text);
                String::new()
            }
            Some(Err(problem)) => problem.code.as_str().to_owned(),
            None => Code::UpstreamUnavailable.as_str().to_owned(),
        }
    }

    /// A message cannot be lost any more: its text leaves the field. What was written after it stays.
    pub(super) fn safe(&self, client_id: &str) {
        if !self.draft.borrow().is_sent_as(client_id) {
            return;
        }
        let Draft { text, sent, .. } = self.draft.take();
        let rest = sent.and_then(|sent| text.strip_prefix(&sent.text).map(str::to_owned)).unwrap_or(text);
        self.screen.borrow().set_input(&rest);
        self.draft.replace(Draft { text: rest, ..Draft::default() });
        self.keep_draft();
        self.refresh();
    }

    /// Puts back what was begun in this tab, if nothing is written yet.
    pub(super) fn restore_draft(&self, user_id: UserId) {
        if self.draft.borrow().text.is_empty()
            && let Some(draft) = self.memory.draft(user_id)
        {
            self.screen.borrow().set_input(&draft.text);
            self.draft.replace(draft);
        }
    }

    /// Puts texts that were not sent back into the field.
    pub(super) fn take_back(&self, unsent: &[Outgoing]) {
        if unsent.is_empty() {
            return;
        }
        let texts: Vec<&str> = unsent.iter().map(|outgoing| outgoing.text.as_str()).collect();
        let text = [&texts.join("\n"), "\n", &self.draft.borrow().text].concat().trim_end().to_owned();
        self.screen.borrow().set_input(&text);
        self.draft.replace(Draft { text, ..Draft::default() });
        self.keep_draft();
    }

    /// From now on this browser keeps who the visitor is and what they write.
    pub(crate) fn note_writing(&self) {
        if let Some(session) = &*self.session.borrow()
            && !self.has_written.replace(true)
        {
            self.memory.keep(session);
            self.share();
        }
    }

    fn keep_draft(&self) {
        if let Some(session) = &*self.session.borrow()
            && self.has_written.get()
        {
            self.memory.keep_draft(session.user_id, &self.draft.borrow());
        }
    }
}

/// Whether what is written is on its way already.
pub(super) fn is_leaving(client: &Client, user_id: UserId, draft: &Draft) -> bool {
    let mut outgoing = client.outgoing(user_id);
    outgoing
        .any(|outgoing| draft.is_sent_as(&outgoing.client_id) && !matches!(outgoing.state, OutgoingState::Failed(_)))
}
