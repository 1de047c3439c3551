//! What an organization's data has to learn when it comes back from a copy: time has gone on without it.
//!
//! Clients may hold positions that are ahead of the copy, or that stand for other events than theirs: a new epoch makes
//! every one of them fetch a snapshot, and never a silence. And a message that was waiting for its upstream when the copy
//! was made may have been sent since. So the first one of each chat is looked for in the upstream's history before
//! anything is sent, and the ones behind it are for a person to decide: a buyer does not get a copy.

use super::{SqlError, Store, Write, is_provisioned};
use crate::auth::text_of;

/// Bytes of chance for the new epoch.
pub const EPOCH_ENTROPY_BYTES: usize = 16;

/// A bulk send may have gone on since: whether it is to go on from here is for a person to decide.
const BULKS: [&str; 3] = [
    "UPDATE bulk_rows SET state = 'failed', reason = 'delivery_unknown' WHERE state = 'sending' AND message_id IN (
        SELECT message_id FROM messages WHERE status = 'failed')",
    "UPDATE bulks SET failed = (SELECT COUNT(*) FROM bulk_rows
        WHERE bulk_rows.bulk_id = bulks.bulk_id AND bulk_rows.state = 'failed')",
    "UPDATE bulks SET state = 'paused', reason = 'delivery_unknown' WHERE state = 'running'",
];

/// Tells the data of an organization that they come from a copy. False if there is no organization in them. The statements
/// hold for every step of the schema, so that the data may be older than this relay.
///
/// # Errors
/// If the store fails; nothing has changed then.
pub fn mark_restored(store: &dyn Store, entropy: &[u8; EPOCH_ENTROPY_BYTES]) -> Result<bool, SqlError> {
    if !is_provisioned(store)? || store.first("SELECT 1 FROM organization", &[])?.is_none() {
        return Ok(false);
    }
    let mut writes = vec![
        Write { statement: "UPDATE organization SET epoch = ?", params: vec![text_of(entropy).into()] },
        Write {
            statement: "UPDATE messages SET status = 'failed', reason = 'delivery_unknown' WHERE message_id IN (
                SELECT later.message_id FROM sends later WHERE later.state <> 'sent' AND EXISTS (
                    SELECT 1 FROM sends earlier WHERE earlier.user_id = later.user_id AND earlier.state <> 'sent'
                    AND earlier.message_id < later.message_id))",
            params: vec![],
        },
        Write {
            statement: "DELETE FROM sends WHERE state <> 'sent' AND EXISTS (
                SELECT 1 FROM messages WHERE messages.message_id = sends.message_id AND messages.status = 'failed')",
            params: vec![],
        },
        Write {
            statement: "UPDATE sends SET state = 'checking', lookups = 0, due_at = 0 WHERE state <> 'sent'",
            params: vec![],
        },
    ];
    // Older data have no bulk sends.
    if store.first("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'bulks'", &[])?.is_some() {
        writes.extend(BULKS.iter().map(|statement| Write { statement, params: vec![] }));
    }
    store.commit(&writes)?;
    Ok(true)
}

#[cfg(all(test, feature = "rusqlite"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::storage::{NativeStore, Sql, migrate};

    fn run(store: &NativeStore, statement: &'static str) {
        store.commit(&[Write { statement, params: vec![] }]).unwrap();
    }

    fn texts(store: &NativeStore, statement: &str) -> Vec<String> {
        store.query(statement, &[]).unwrap().iter().map(|row| row.text(0).unwrap()).collect()
    }

    #[test]
    fn an_empty_store_is_not_taken_for_an_organization() {
        let store = NativeStore::in_memory().unwrap();
        assert!(!mark_restored(&store, &[1; 16]).unwrap());
        migrate(&store).unwrap();
        assert!(!mark_restored(&store, &[1; 16]).unwrap());
    }

    #[test]
    fn the_epoch_is_new_and_what_was_waiting_is_looked_for_before_it_is_sent() {
        let store = NativeStore::in_memory().unwrap();
        migrate(&store).unwrap();
        run(
            &store,
            "INSERT INTO organization (id, name, publishable_key, origins, epoch, created_at) VALUES ('a', 'A', 'k', '[]', 'old', 0)",
        );
        for (id, user_id, state, status) in [
            (1, 7, "sent", "sent"),
            (2, 7, "sending", "queued"),
            (3, 7, "queued", "queued"),
            (4, 8, "queued", "queued"),
        ] {
            let message = "INSERT INTO messages (message_id, user_id, side, text, writer, status, created_at) VALUES (?, ?, 'operator', 't', 'w', ?, 0)";
            let send = "INSERT INTO sends (message_id, user_id, source, state, lookups, created_at, due_at) VALUES (?, ?, 'ozon', ?, 5, 0, 99)";
            store
                .commit(&[
                    Write { statement: message, params: vec![id.into(), user_id.into(), status.into()] },
                    Write { statement: send, params: vec![id.into(), user_id.into(), state.into()] },
                ])
                .unwrap();
        }
        assert!(mark_restored(&store, &[1; 16]).unwrap());
        assert_ne!(texts(&store, "SELECT epoch FROM organization"), ["old"]);
        assert_eq!(
            texts(
                &store,
                "SELECT message_id || ' ' || state || ' ' || lookups || ' ' || due_at FROM sends ORDER BY message_id"
            ),
            ["1 sent 5 99", "2 checking 0 0", "4 checking 0 0"]
        );
        assert_eq!(
            texts(&store, "SELECT status || ' ' || COALESCE(reason, '') FROM messages ORDER BY message_id"),
            ["sent ", "queued ", "failed delivery_unknown", "queued "]
        );
    }
}
