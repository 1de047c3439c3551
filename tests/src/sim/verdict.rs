//! What must hold once nothing goes wrong any more and all is quiet: the store against everybody's view of it, the
//! writers' memory, the marketplace's, and who is really here.

use std::collections::{BTreeMap, BTreeSet};

use relay_core::storage::Sql;
use shared::client::Identity;
use shared::id::{MessageId, UserId};
use shared::limits::{HISTORY_PAGE, PAGE_BYTES};
use shared::message::{Message, Side, Status};

use super::files::is_same;
use super::people::VISITORS;
use super::truth::{Row, Truth};
use super::world::World;

impl World {
    pub(super) fn judge_both(&mut self) {
        for shop in self.shops() {
            self.at(*shop, Self::judge);
        }
    }

    fn judge(&mut self) {
        let truth = self.truth();
        let findings = [
            self.judge_writing(&truth),
            self.judge_log(),
            self.judge_presence(&truth),
            self.judge_views(&truth),
            self.judge_ozon(&truth),
        ];
        if let Some(finding) = findings.into_iter().find_map(Result::err) {
            self.blame(|| finding);
        }
    }

    /// Every acknowledged message is kept exactly once, every other at most once, nothing is made up, and what one page
    /// wrote is kept in the order it was written.
    fn judge_writing(&mut self, truth: &Truth) -> Result<(), String> {
        let mut kept: BTreeMap<&str, &Message> = BTreeMap::new();
        let mut texts: BTreeSet<&str> = BTreeSet::new();
        for Row { message, .. } in &truth.messages {
            let may_repeat = message.attachment.is_some() || message.text.ends_with("Да");
            if !texts.insert(&message.text) && !may_repeat {
                return Err(format!("{:?} is kept twice", message.text));
            }
            if let Some(client_id) = &message.client_id
                && kept.insert(client_id, message).is_some()
            {
                return Err(format!("{client_id} is kept twice"));
            }
        }
        let mut last: BTreeMap<&str, MessageId> = BTreeMap::new();
        let mut by_number: Vec<_> = self.witness.written.iter().collect();
        by_number.sort_by_key(|(_, written)| written.number);
        let (mut count, mut lost) = (0_u64, 0_u64);
        for (client_id, written) in by_number {
            count += 1;
            let Some(message) = kept.remove(client_id.as_str()) else {
                if !written.abandoned {
                    return Err(format!("{written:?} is not kept"));
                }
                lost += 1;
                continue;
            };
            let expected = (written.user_id, written.side, written.text.as_str());
            if (message.user_id, message.side, message.text.as_str()) != expected {
                return Err(format!("{written:?} is kept as {message:?}"));
            }
            if written.acknowledged.is_some_and(|id| id != message.message_id) {
                return Err(format!("{written:?} is kept as {}", message.message_id));
            }
            if written.acknowledged.is_none() && !written.abandoned {
                return Err(format!("{written:?} is kept, and its writer was never told"));
            }
            // What one page wrote; the frames of its next life may overtake those of the one before.
            let life = client_id.rsplit_once('.').map_or("", |(life, _)| life);
            let before = last.insert(life, message.message_id).unwrap_or_default();
            if written.writer != "api" && before > message.message_id {
                return Err(format!("{written:?} was written later and is kept earlier"));
            }
        }
        if let Some((client_id, message)) = kept.into_iter().next() {
            return Err(format!("{client_id} is kept, and nobody wrote it: {message:?}"));
        }
        for (message_id, (user_id, text)) in &self.witness.seen {
            let row = truth.messages.binary_search_by_key(message_id, |row| row.message.message_id);
            let shown = row.ok().map(|index| &truth.messages[index].message);
            if !shown.is_some_and(|message| message.user_id == *user_id && message.text == *text) {
                return Err(format!("somebody was shown {message_id} {text:?} in {user_id}, and it is not kept"));
            }
        }
        for _ in 0..count - lost {
            self.saw("message kept");
        }
        for _ in 0..lost {
            self.saw("message lost with its page");
        }
        Ok(())
    }

    /// The log has no holes, and ends where the counter says.
    fn judge_log(&self) -> Result<(), String> {
        let statement =
            "SELECT COUNT(*), MIN(event_offset), MAX(event_offset), (SELECT event_offset FROM counters) FROM events";
        let row = self.relay.store.first(statement, &[]).expect("the store can be read").expect("a row");
        let number = |column| row.optional_integer(column).expect("a number or nothing");
        let (count, first, last, counter) = (number(0), number(1), number(2), number(3));
        if first.is_none() || count == last.zip(first).map(|(last, first)| last - first + 1) && last == counter {
            Ok(())
        } else {
            Err(format!("the log has {count:?} events from {first:?} to {last:?}, and counts {counter:?}"))
        }
    }

    /// Who counts as here is here.
    fn judge_presence(&self, truth: &Truth) -> Result<(), String> {
        for chat in &truth.chats {
            let here = self
                .tabs
                .iter()
                .any(|page| page.shop == self.shop && page.here && page.own_chat() == Some(chat.user_id));
            if chat.online != here {
                return Err(format!("{} is {}, and counts as {}", chat.user_id, place(here), place(chat.online)));
            }
        }
        Ok(())
    }

    /// Every page shows exactly what the store has, as far as it concerns the page.
    fn judge_views(&self, truth: &Truth) -> Result<(), String> {
        for page in self.tabs.iter().filter(|page| page.here && page.shop == self.shop) {
            let (state, name) = (page.client.state(), &page.name);
            let shown: BTreeSet<UserId> = state.chats().iter().map(|chat| chat.user_id).collect();
            let expected: BTreeSet<UserId> = match page.identity {
                Identity::Visitor(own) => [own].into(),
                Identity::Staff => truth.chats.iter().map(|chat| chat.user_id).collect(),
            };
            if shown != expected {
                return Err(format!("{name} shows the chats {shown:?} instead of {expected:?}"));
            }
            for chat in state.chats() {
                let user_id = chat.user_id;
                if page.client.outgoing(user_id).next().is_some() {
                    let outgoing: Vec<_> = page.client.outgoing(user_id).collect();
                    return Err(format!("{name} still has on their way: {outgoing:?}"));
                }
                if chat.typing.is_some() {
                    return Err(format!("{name} sees somebody type in {user_id} forever"));
                }
                let Some(kept) = truth.chats.iter().find(|kept| kept.user_id == user_id) else { continue };
                let shown: Vec<&Message> = chat.messages().collect();
                let all: Vec<&Message> = truth.of(user_id).collect();
                let expected = &all[all.len().saturating_sub(shown.len())..];
                if let Some((shown, kept)) = shown.iter().zip(expected).find(|(shown, kept)| shown != kept) {
                    return Err(format!("{name} shows {shown:?} where {kept:?} is kept"));
                }
                // A page has twenty messages, or as many as a line with a budget takes.
                let next_older = all.len().checked_sub(shown.len() + 1).and_then(|index| all.get(index));
                let is_full = shown.len() >= HISTORY_PAGE
                    || next_older.is_some_and(|next| chat.has_more() && bytes(expected) + bytes(&[next]) > PAGE_BYTES);
                if shown.len() > all.len() || chat.is_loaded() && shown.len() < all.len() && !is_full {
                    return Err(format!("{name} shows {} of {} messages in {user_id}", shown.len(), all.len()));
                }
                if !chat.has_more() && shown.len() < all.len() {
                    return Err(format!(
                        "{name} takes {} messages for all of the {} in {user_id}",
                        shown.len(),
                        all.len()
                    ));
                }
                if chat.newest() != all.last().copied() {
                    return Err(format!("{name} takes {:?} for the newest, not {:?}", chat.newest(), all.last()));
                }
                if (chat.user_read, chat.operator_read) != (kept.user_read, kept.operator_read) {
                    let marks = (chat.user_read, chat.operator_read);
                    return Err(format!(
                        "{name} has the marks {marks:?} in {user_id}, kept are {:?}",
                        (kept.user_read, kept.operator_read)
                    ));
                }
                if (chat.user_delivered, chat.operator_delivered) != (kept.user_delivered, kept.operator_delivered) {
                    let marks = (chat.user_delivered, chat.operator_delivered);
                    return Err(format!(
                        "{name} takes {marks:?} for delivered in {user_id}, kept are {:?}",
                        (kept.user_delivered, kept.operator_delivered)
                    ));
                }
                let (delivered, others) = match page.identity {
                    Identity::Visitor(_) => (kept.user_delivered, Side::Operator),
                    Identity::Staff => (kept.operator_delivered, Side::User),
                };
                let arrived = chat.messages().rfind(|message| message.side == others);
                if VISITORS.contains(&user_id) && arrived.is_some_and(|message| message.message_id > delivered) {
                    return Err(format!("{name} has {arrived:?}, and it does not count as delivered"));
                }
                let unread = match page.identity {
                    Identity::Visitor(_) => truth.unread(user_id, Side::Operator, kept.user_read),
                    Identity::Staff => truth.unread(user_id, Side::User, kept.operator_read),
                };
                if chat.unread != unread {
                    return Err(format!("{name} counts {} unread in {user_id}, there are {unread}", chat.unread));
                }
                if page.identity == Identity::Staff && chat.online != kept.online {
                    return Err(format!(
                        "{name} takes {user_id} for {}, not {}",
                        place(chat.online),
                        place(kept.online)
                    ));
                }
            }
        }
        Ok(())
    }

    /// Every message to a buyer came to an end; none went out twice, none counts as sent that is not there.
    fn judge_ozon(&mut self, truth: &Truth) -> Result<(), String> {
        for chat in truth.chats.iter().filter(|chat| !VISITORS.contains(&chat.user_id)) {
            let external_id = chat.external_id.clone().unwrap_or_default();
            let at_ozon = self.ozon.chats.get(&external_id).map(Vec::as_slice).unwrap_or_default();
            let order: Vec<MessageId> = at_ozon.iter().filter_map(|kept| kept.ours).collect();
            if !order.is_sorted() {
                return Err(format!("the buyer of {} reads our messages out of order", chat.user_id));
            }
            let read = self.ozon.read.get(&external_id).copied().unwrap_or_default();
            for buyers in at_ozon.iter().filter(|kept| kept.ours.is_none()) {
                let count = truth.messages.iter().filter(|row| row.upstream_id == Some(buyers.id)).count();
                if count != 1 {
                    return Err(format!("the buyer's {:?} is kept {count} times", buyers.text));
                }
            }
            let ours = truth.messages.iter().filter(|row| row.message.user_id == chat.user_id);
            for row in ours.filter(|row| row.message.side == Side::Operator) {
                let Message { message_id, text, status, reason, attachment, .. } = &row.message;
                let copies = at_ozon.iter().filter(|kept| kept.ours == Some(*message_id)).count();
                let known = row.upstream_id.map(|id| at_ozon.iter().find(|kept| kept.id == id && kept.ours.is_some()));
                let is_read = row.upstream_id.is_some_and(|id| id <= read);
                let wrong = match status {
                    Some(Status::Sent | Status::Read) if copies != 1 => "counts as sent, and is not there",
                    Some(Status::Sent) if is_read => "was read, and does not say so",
                    Some(Status::Read) if !is_read => "was not read, and says so",
                    Some(Status::Failed) if copies > 0 && reason.as_deref() != Some("delivery_unknown") => {
                        "counts as failed, and is there"
                    }
                    Some(Status::Sent | Status::Read | Status::Failed) if known.is_none() => continue,
                    Some(Status::Sent | Status::Read | Status::Failed) => match known.flatten() {
                        Some(kept) if is_same(&kept.text, text, attachment.as_ref()) => continue,
                        _ => "is taken for another message",
                    },
                    _ => "has not come to an end",
                };
                return Err(format!("to the buyer: {message_id} {text:?} {status:?} {reason:?} {wrong}"));
            }
            self.saw("buyer's chat judged");
        }
        Ok(())
    }
}

fn place(here: bool) -> &'static str {
    if here { "here" } else { "away" }
}

/// What messages take on a page.
fn bytes(messages: &[&Message]) -> usize {
    messages.iter().map(|message| serde_json::to_string(message).map_or(0, |text| text.len() + 1)).sum()
}
