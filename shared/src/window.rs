//! When a merchant may write to an Ozon buyer (UPSTREAMS 1.5). Ozon enforces it and says little: whoever asks here first can
//! say why, and until when.
//!
//! - FBO: only the buyer opens a chat; the merchant answers for 48 hours after the buyer's last message.
//! - FBS and rFBS: the merchant may begin for 72 hours after the payment, and again for 72 hours after the delivery; in between
//!   and later they answer for 48 hours as well.

use crate::node::{record, words};
use crate::time::Timestamp;

/// How long a buyer's message may be answered.
pub const REPLY_MS: i64 = 48 * 3_600_000;

/// How long after the payment, or after the delivery, a chat may be begun.
pub const START_MS: i64 = 72 * 3_600_000;

words! {
    /// How an order reaches its buyer, and so who may begin a chat.
    pub enum Scheme {
        /// From Ozon's warehouse.
        Fbo = "fbo",
        /// From the merchant's warehouse, by Ozon.
        Fbs = "fbs",
        /// From the merchant's warehouse, by the merchant.
        Rfbs = "rfbs",
    }
}

words! {
    /// Why a chat is open to the merchant, or closed.
    pub enum Reason {
        /// Open: the buyer has written.
        BuyerWrote = "buyer_wrote",
        /// Open: the order was paid.
        Paid = "paid",
        /// Open: the order was delivered.
        Delivered = "delivered",
        /// Closed: only the buyer may begin, and has not.
        BuyerFirst = "buyer_first",
        /// Closed: nothing has happened, or nothing is known, that would open it.
        NothingYet = "nothing_yet",
        /// Closed: the buyer's last message is too old to be answered.
        ReplyOver = "reply_over",
        /// Closed: it is too late to begin, and the buyer has not written.
        StartOver = "start_over",
    }
}

impl Reason {
    /// For people, in Russian.
    #[must_use]
    pub fn russian(self) -> &'static str {
        match self {
            Self::BuyerWrote => "Покупатель написал: ответить можно в течение 48 часов",
            Self::Paid => "Заказ оплачен: написать можно в течение 72 часов",
            Self::Delivered => "Заказ доставлен: написать можно в течение 72 часов",
            Self::BuyerFirst => "По заказам FBO чат начинает только покупатель",
            Self::NothingYet => "Писать пока нельзя: заказ не оплачен, и покупатель не писал",
            Self::ReplyOver => "Прошло больше 48 часов с последнего сообщения покупателя",
            Self::StartOver => "Прошло больше 72 часов после оплаты или доставки",
        }
    }

    /// For people, in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Self::BuyerWrote => "The buyer has written: answer within 48 hours",
            Self::Paid => "The order is paid: write within 72 hours",
            Self::Delivered => "The order is delivered: write within 72 hours",
            Self::BuyerFirst => "Only the buyer begins the chat of an FBO order",
            Self::NothingYet => "Not yet: the order is not paid, and the buyer has not written",
            Self::ReplyOver => "More than 48 hours have passed since the buyer's last message",
            Self::StartOver => "More than 72 hours have passed since payment or delivery",
        }
    }
}

/// What is known of an order and its chat. What is not known is as if it had not happened: whoever knows nothing asks Ozon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The buyer's last message.
    pub user_wrote_at: Option<Timestamp>,
    /// The payment.
    pub paid_at: Option<Timestamp>,
    /// The delivery.
    pub delivered_at: Option<Timestamp>,
}

/// Whether the merchant may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Whether they may, now.
    pub open: bool,
    /// Why, or why not.
    pub reason: Reason,
    /// The last millisecond in which they may, or might have.
    pub until: Option<Timestamp>,
    /// How long that is from now, in milliseconds; 0 if it is over.
    pub left_ms: i64,
}

/// Whether the merchant may write, by the window that ends last. At its end it is open still, a millisecond later it is not. A
/// fact that lies ahead of our clock opens its window, too, and never for longer than it lasts.
#[must_use]
pub fn may_write(now: Timestamp, scheme: Scheme, facts: Facts) -> Window {
    let (paid_at, delivered_at) = match scheme {
        Scheme::Fbo => (None, None),
        Scheme::Fbs | Scheme::Rfbs => (facts.paid_at, facts.delivered_at),
    };
    let windows = [
        (paid_at, START_MS, Reason::Paid),
        (delivered_at, START_MS, Reason::Delivered),
        (facts.user_wrote_at, REPLY_MS, Reason::BuyerWrote),
    ];
    let known = windows
        .into_iter()
        .filter_map(|(since, length_ms, reason)| Some((since?.plus_ms(length_ms), length_ms, reason)));
    let Some((until, length_ms, reason)) = known.max_by_key(|(until, _, _)| *until) else {
        let reason = if scheme == Scheme::Fbo { Reason::BuyerFirst } else { Reason::NothingYet };
        return Window { open: false, reason, until: None, left_ms: 0 };
    };
    let open = now <= until;
    let reason = match reason {
        reason if open => reason,
        Reason::BuyerWrote => Reason::ReplyOver,
        _ => Reason::StartOver,
    };
    Window { open, reason, until: Some(until), left_ms: until.since_ms(now).clamp(0, length_ms) }
}

record! {
    /// What is known of the order that an Ozon chat is about.
    pub struct Order {
        /// Its number.
        pub order_number: String,
        /// How it reaches its buyer.
        pub scheme: Scheme,
        /// The payment.
        pub paid_at: Option<Timestamp>,
        /// The delivery, if its time is known.
        pub delivered_at: Option<Timestamp>,
        /// When it had been delivered at the latest: Ozon's lists say that it was, and not when.
        pub delivered_by: Option<Timestamp>,
        /// The buyer's last message before those that are here, if that is known.
        pub user_wrote_at: Option<Timestamp>,
    }
}

impl Order {
    /// The window as far as all times are known. `user_wrote_at`: the buyer's last message that is here.
    #[must_use]
    pub fn window(&self, now: Timestamp, user_wrote_at: Option<Timestamp>) -> Window {
        may_write(now, self.scheme, self.facts(user_wrote_at, self.delivered_at))
    }

    /// The window if it is closed for sure: whatever is not known could not open it.
    #[must_use]
    pub fn surely_closed(&self, now: Timestamp, user_wrote_at: Option<Timestamp>) -> Option<Window> {
        if self.scheme != Scheme::Fbo && self.paid_at.is_none() {
            return None;
        }
        let window = may_write(now, self.scheme, self.facts(user_wrote_at, self.delivered_at.max(self.delivered_by)));
        Some(window).filter(|window| !window.open)
    }

    fn facts(&self, user_wrote_at: Option<Timestamp>, delivered_at: Option<Timestamp>) -> Facts {
        Facts { user_wrote_at: self.user_wrote_at.max(user_wrote_at), paid_at: self.paid_at, delivered_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const T: Timestamp = Timestamp(1_768_059_000_000);
    const HOUR_MS: i64 = 3_600_000;

    fn facts(user_wrote: Option<i64>, paid: Option<i64>, delivered: Option<i64>) -> Facts {
        let ago = |hours: Option<i64>| hours.map(|hours| T.plus_ms(-hours * HOUR_MS));
        Facts { user_wrote_at: ago(user_wrote), paid_at: ago(paid), delivered_at: ago(delivered) }
    }

    #[test]
    fn each_case_has_its_reason() {
        use Reason::*;
        use Scheme::*;
        let rows = [
            (Fbo, facts(None, None, None), false, BuyerFirst),
            (Fbo, facts(None, Some(1), Some(1)), false, BuyerFirst),
            (Fbo, facts(Some(47), None, None), true, BuyerWrote),
            (Fbo, facts(Some(49), Some(1), Some(1)), false, ReplyOver),
            (Fbs, facts(None, None, None), false, NothingYet),
            (Fbs, facts(None, Some(71), None), true, Paid),
            (Fbs, facts(None, Some(73), None), false, StartOver),
            // Between the two, and then again.
            (Rfbs, facts(None, Some(100), Some(71)), true, Delivered),
            (Rfbs, facts(None, Some(200), Some(73)), false, StartOver),
            (Fbs, facts(Some(47), Some(73), None), true, BuyerWrote),
            (Fbs, facts(Some(49), Some(200), None), false, ReplyOver),
            (Fbs, facts(Some(60), Some(71), None), true, Paid),
            // What ended last says why.
            (Fbs, facts(Some(190), Some(73), None), false, StartOver),
        ];
        for (scheme, facts, open, reason) in rows {
            let window = may_write(T, scheme, facts);
            assert_eq!((window.open, window.reason), (open, reason), "{scheme:?} {facts:?}");
            assert_eq!(window.left_ms > 0, open);
        }
    }

    #[test]
    fn the_last_millisecond_is_open_and_the_next_one_is_not() {
        for (scheme, facts, length_ms) in [
            (Scheme::Fbo, Facts { user_wrote_at: Some(T), ..Facts::default() }, 48 * HOUR_MS),
            (Scheme::Fbs, Facts { user_wrote_at: Some(T), ..Facts::default() }, 48 * HOUR_MS),
            (Scheme::Fbs, Facts { paid_at: Some(T), ..Facts::default() }, 72 * HOUR_MS),
            (Scheme::Rfbs, Facts { delivered_at: Some(T), ..Facts::default() }, 72 * HOUR_MS),
        ] {
            let at = |ms: i64| may_write(T.plus_ms(ms), scheme, facts);
            assert_eq!((at(0).open, at(0).left_ms), (true, length_ms));
            assert_eq!((at(length_ms - 1).open, at(length_ms - 1).left_ms), (true, 1));
            assert_eq!((at(length_ms).open, at(length_ms).left_ms), (true, 0));
            assert_eq!((at(length_ms + 1).open, at(length_ms + 1).left_ms), (false, 0));
            assert_eq!(at(length_ms + 1).until, Some(T.plus_ms(length_ms)));
        }
    }

    #[test]
    fn an_order_is_closed_for_sure_only_if_nothing_that_is_unknown_could_open_it() {
        let order = |scheme, paid_at, delivered_at, delivered_by| Order {
            order_number: "1-1".into(),
            scheme,
            paid_at,
            delivered_at,
            delivered_by,
            user_wrote_at: None,
        };
        let ago = |hours: i64| Some(T.plus_ms(-hours * HOUR_MS));
        let closed = |order: &Order, wrote| order.surely_closed(T, wrote).map(|window| window.reason);
        let late = order(Scheme::Fbs, ago(100), None, None);
        assert_eq!(closed(&late, None), Some(Reason::StartOver));
        assert_eq!((closed(&late, ago(49)), closed(&late, ago(48))), (Some(Reason::ReplyOver), None));
        assert_eq!(closed(&order(Scheme::Fbs, None, None, None), ago(49)), None, "when it was paid is not known");
        assert_eq!(closed(&order(Scheme::Fbo, None, None, None), ago(49)), Some(Reason::ReplyOver));
        assert_eq!(closed(&order(Scheme::Fbo, None, None, None), None), Some(Reason::BuyerFirst));
        // It was delivered some time before it was seen to be.
        let seen = order(Scheme::Rfbs, ago(200), None, ago(72));
        assert_eq!((closed(&seen, None), seen.window(T, None).open), (None, false));
        let told = order(Scheme::Rfbs, ago(200), ago(73), ago(73));
        assert_eq!(closed(&told, None), Some(Reason::StartOver));
        // The buyer wrote before the account was connected.
        let before = Order { user_wrote_at: ago(10), ..told };
        assert_eq!((closed(&before, ago(60)), before.window(T, None).reason), (None, Reason::BuyerWrote));
    }

    #[test]
    fn every_reason_has_its_words() {
        for reason in Reason::ALL {
            assert!(reason.russian().chars().any(|char| matches!(char, 'а'..='я')), "{reason:?}");
            assert!(reason.english().is_ascii(), "{reason:?}");
        }
    }

    proptest! {
        #[test]
        fn a_clock_that_goes_back_opens_nothing_for_longer(
            now in any::<i64>(),
            wrote in proptest::option::of(any::<i64>()),
            paid in proptest::option::of(any::<i64>()),
            delivered in proptest::option::of(any::<i64>()),
            scheme in proptest::sample::select(Scheme::ALL.to_vec()),
        ) {
            let facts = Facts {
                user_wrote_at: wrote.map(Timestamp), paid_at: paid.map(Timestamp), delivered_at: delivered.map(Timestamp),
            };
            let window = may_write(Timestamp(now), scheme, facts);
            prop_assert!((0..=START_MS).contains(&window.left_ms));
            prop_assert!(window.open || window.left_ms == 0);
            // Later it is never open again, as long as nothing happens.
            let later = may_write(Timestamp(now.saturating_add(1)), scheme, facts);
            prop_assert!(window.open || !later.open);
        }
    }
}
