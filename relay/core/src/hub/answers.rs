//! How soon somebody is answered: from their first message that nobody has answered to the organization's next one, a machine's
//! reply aside. These times are kept for reports; the latest of visitors also by themselves, and the widget says what is usual.

use serde_json::{Value as Json, json};
use shared::id::MessageId;
use shared::limits::{ANSWERS_KEPT, ANSWERS_MIN, ANSWERS_WITHIN_MS};
use shared::message::source;
use shared::time::Timestamp;
use shared::token::Role;

use super::Decision;
use super::draft::Draft;
use super::messages::ChatRow;

impl Draft<'_> {
    /// A user has written, and waits from then on, unless they do already.
    pub(super) fn begins_to_wait(&mut self, chat: &ChatRow, since: Timestamp) {
        if chat.waiting_since.is_none() {
            self.write("UPDATE chats SET waiting_since = ? WHERE user_id = ?", [since.0, chat.user_id]);
        }
    }

    /// The organization has written: if somebody waited for it, it is told for how long.
    pub(super) fn answered(&mut self, chat: &ChatRow, writer: &str, message_id: MessageId, at: Timestamp) {
        let Some(since) = chat.waiting_since else { return };
        self.waits_no_more(chat);
        let waited_ms = at.0.saturating_sub(since).max(0);
        self.write_all(
            "INSERT INTO responses (message_id, user_id, source, writer, waited_ms, answered_at) VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                message_id.into(),
                chat.user_id.into(),
                chat.source.as_str().into(),
                writer.into(),
                waited_ms.into(),
                at.0.into(),
            ],
        );
        if chat.source != source::WIDGET {
            return;
        }
        self.write(
            "INSERT INTO answers (message_id, waited_ms, answered_at) VALUES (?, ?, ?)",
            [message_id, waited_ms, self.now.0],
        );
        self.write("DELETE FROM answers WHERE answered_at <= ?", [self.now.plus_ms(-ANSWERS_WITHIN_MS).0]);
        self.write(
            "DELETE FROM answers WHERE message_id <=
               (SELECT message_id FROM answers ORDER BY message_id DESC LIMIT 1 OFFSET ?)",
            [ANSWERS_KEPT],
        );
    }

    pub(super) fn waits_no_more(&mut self, chat: &ChatRow) {
        if chat.waiting_since.is_some() {
            self.write("UPDATE chats SET waiting_since = NULL WHERE user_id = ?", [chat.user_id]);
        }
    }

    /// What a page says of the answers to come.
    pub(super) fn answers(&self) -> Decision<Json> {
        let now_s = self.now.seconds();
        let mut claims = self.hub.sessions.values().map(|session| &session.claims);
        let online = claims.any(|claims| claims.role == Role::Operator && claims.exp > now_s);
        let rows = self.sql.query(
            "SELECT waited_ms FROM answers WHERE answered_at > ? ORDER BY message_id DESC LIMIT ?",
            &[self.now.plus_ms(-ANSWERS_WITHIN_MS).0.into(), ANSWERS_KEPT.into()],
        )?;
        let waits = rows.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>, _>>()?;
        let median_s = (waits.len() >= ANSWERS_MIN).then(|| median(waits)).flatten();
        Ok(json!({"online": online, "median_s": median_s.map(|ms| ms.div_euclid(1000))}))
    }
}

/// The middle of these, or what lies between the two in the middle.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let (below, above) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    let (below, above) = (*values.get(below)?, *values.get(above)?);
    Some(below.saturating_add(above.saturating_sub(below) / 2))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        for (values, expected) in [
            (vec![], None),
            (vec![7], Some(7)),
            (vec![9, 1], Some(5)),
            (vec![3, 1, 2], Some(2)),
            (vec![1_000_000, 1, 3, 2], Some(2)),
            (vec![5, 5, 5, 5, 1], Some(5)),
            (vec![i64::MAX, i64::MAX], Some(i64::MAX)),
        ] {
            assert_eq!(median(values.clone()), expected, "{values:?}");
        }
    }
}
