//! Telling the other side that its messages have arrived: soon, once, and for many of them at a time.
//!
//! A report needs no answer. The event that follows from it moves the mark here, too; a report that was lost with its
//! connection is made again over the next one.

use super::Client;
use super::sorted::Sorted;
use crate::action::{Action, MessageDelivered};
use crate::id::{MessageId, UserId};
use crate::limits::DELIVERED_AFTER_MS;
use crate::time::Timestamp;

/// What is to be reported, and what was over this connection.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    due: Option<Timestamp>,
    reported: Sorted<UserId, MessageId>,
}

impl Delivery {
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// A report may have been refused, for now: what was reported is reported again then, if it still has to be.
    pub(super) fn again(&mut self, at: Timestamp) {
        self.reported.clear();
        self.due = Some(at);
    }

    fn is_news(&self, user_id: UserId, up_to: MessageId) -> bool {
        self.reported.get(&user_id).is_none_or(|reported| *reported < up_to)
    }
}

impl Client {
    /// Something has changed here: if it arrived, it is reported in a moment. Those who look report it as read by then.
    pub(super) fn note_arrivals(&mut self, now: Timestamp) {
        if self.link.is_live() && self.delivery.due.is_none() {
            let mut undelivered = self.state.undelivered();
            let is_news = undelivered.any(|(user_id, up_to)| self.delivery.is_news(user_id, up_to));
            drop(undelivered);
            self.delivery.due = is_news.then(|| now.plus_ms(DELIVERED_AFTER_MS));
        }
    }

    /// Reports what is due. Called over a connection that is up.
    pub(super) fn report_arrivals(&mut self, now: Timestamp) {
        if self.delivery.due.is_none_or(|due| due > now) {
            return;
        }
        self.delivery.due = None;
        let undelivered: Vec<_> = self.state.undelivered().collect();
        for (user_id, up_to) in undelivered {
            if self.delivery.is_news(user_id, up_to) {
                self.delivery.reported.insert(user_id, up_to);
                let report = MessageDelivered { user_id: self.named(user_id), last_delivered_message_id: up_to };
                self.transmit(Action::MessageDelivered(report).encode(None));
            }
        }
    }
}
