//! When a seller may write to a buyer: the vendor's windows, without the vendor's clock.

use super::posting::{Posting, Scheme};

const HOUR_MS: i64 = 3_600 * 1_000;
/// A seller may answer within 48 hours after the buyer's last message, whatever the scheme.
const REPLY_MS: i64 = 48 * HOUR_MS;
/// A seller may begin within 72 hours after payment or after delivery.
const START_MS: i64 = 72 * HOUR_MS;

/// Whether the seller may begin a conversation about a posting. Of an FBO posting only the buyer may.
pub(crate) fn may_start(posting: &Posting, now_ms: i64) -> bool {
    let begins = [Some(posting.paid_ms), posting.delivered_ms];
    posting.scheme != Scheme::Fbo && begins.into_iter().flatten().any(|from_ms| is_within(START_MS, from_ms, now_ms))
}

/// Whether the seller may answer a buyer who last wrote at `heard_ms`.
pub(crate) fn may_answer(heard_ms: Option<i64>, now_ms: i64) -> bool {
    heard_ms.is_some_and(|heard_ms| now_ms - heard_ms <= REPLY_MS)
}

/// What has not happened yet opens no window.
fn is_within(span_ms: i64, from_ms: i64, now_ms: i64) -> bool {
    (0..=span_ms).contains(&(now_ms - from_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(scheme: Scheme, paid_ms: i64, delivered_ms: Option<i64>) -> Posting {
        Posting { scheme, paid_ms, delivered_ms, ..Posting::default() }
    }

    #[test]
    fn a_seller_begins_within_72_hours_of_payment_or_delivery() {
        for scheme in [Scheme::Fbs, Scheme::Rfbs] {
            let paid = posting(scheme, 0, None);
            assert!(may_start(&paid, 72 * HOUR_MS) && !may_start(&paid, 72 * HOUR_MS + 1));
            let delivered = posting(scheme, 0, Some(200 * HOUR_MS));
            assert!(!may_start(&delivered, 200 * HOUR_MS - 1), "on its way, and paid long ago");
            assert!(may_start(&delivered, 272 * HOUR_MS) && !may_start(&delivered, 272 * HOUR_MS + 1));
        }
    }

    #[test]
    fn of_an_fbo_posting_only_the_buyer_begins() {
        assert!(!may_start(&posting(Scheme::Fbo, 0, Some(0)), 0));
    }

    #[test]
    fn a_seller_answers_within_48_hours() {
        assert!(may_answer(Some(0), 48 * HOUR_MS));
        assert!(!may_answer(Some(0), 48 * HOUR_MS + 1));
        assert!(!may_answer(None, 0), "nobody has asked");
    }
}
