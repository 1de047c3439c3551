//! The ids of the wire.
//!
//! Ids the relay makes are JSON numbers below 2^53, so that a JavaScript client reads them exactly. Vendor ids (Ozon's are
//! about 3e18) never appear as numbers here.

/// The largest integer that a JavaScript number holds exactly, 2^53 - 1.
pub const SAFE_INTEGER_MAX: i64 = 9_007_199_254_740_991;

/// A person who writes to the organization, and the id of the chat with them: negative for a widget visitor, positive for
/// everybody else (spec/websocket-events.txt).
pub type UserId = i64;

/// A message within one organization. Grows with time over all chats.
pub type MessageId = i64;

/// A position in the organization's event log. Grows by one with each logged event; the first event has offset 1.
pub type Offset = i64;

/// Whether `user_id` belongs to a visitor of the storefront.
#[must_use]
pub fn is_visitor(user_id: UserId) -> bool {
    user_id < 0
}

/// Makes a visitor's id from 52 random bits: negative, exact in JavaScript, never zero.
#[must_use]
pub fn visitor_id(random: u64) -> UserId {
    let magnitude = (random & 0x000f_ffff_ffff_ffff) as i64;
    -(magnitude.max(1))
}

/// Where in which log a client stands. Offsets of different epochs have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Changes only when the log was lost.
    pub epoch: String,
    /// The last offset the client has applied.
    pub offset: Offset,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_id_is_negative_and_exact_in_javascript() {
        for random in [0, 1, u64::MAX, 0x000f_ffff_ffff_ffff, 1 << 52] {
            let id = visitor_id(random);
            assert!(is_visitor(id) && id >= -SAFE_INTEGER_MAX, "{random} gave {id}");
        }
    }
}
