//! How long an Ozon chat may still be written to, as it counts down, and why it may not be.

use std::time::Duration;

use leptos::prelude::*;
use shared::client::Chat;
use shared::id::UserId;
use shared::message::Side;
use shared::time::Timestamp;
use shared::window::{Facts, Order, Reason, Scheme, Window, may_write};
use widget::browser;

use crate::desk::Desk;
use crate::text;

/// How often the words are looked at again: they change by the minute.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// From here on it is said in a colour.
const SOON_MS: i64 = 6 * MINUTES_OF_HOUR * MINUTE_MS;
const MINUTE_MS: i64 = 60_000;
const MINUTES_OF_HOUR: i64 = 60;

/// Times come in whole seconds: so much later than they say it may have been.
const CUT_OFF_MS: i64 = 999;

/// The time, as often as it is to be looked at.
fn ticking() -> RwSignal<Timestamp> {
    let now = RwSignal::new(browser::now());
    if let Ok(timer) = set_interval_with_handle(move || now.set(browser::now()), LOOK_EVERY) {
        on_cleanup(move || timer.clear());
    }
    now
}

/// The buyer's last message that is here. One that was found late may stand behind it.
fn wrote_at(chat: &Chat) -> Option<Timestamp> {
    chat.messages().filter(|message| message.side == Side::User).map(|message| message.timestamp).max()
}

/// The window that counts down. Without an order what holds is what holds for all of them: the time for an answer.
fn window_of(chat: &Chat, now: Timestamp) -> Option<Window> {
    let wrote_at = wrote_at(chat);
    match &chat.order {
        Some(order) => Some(order.window(wrote_at.map_or(now, |at| now.max(at)), wrote_at)),
        None => {
            let facts = Facts { user_wrote_at: Some(wrote_at?), ..Facts::default() };
            Some(may_write(now.max(wrote_at?), Scheme::Fbo, facts))
        }
    }
}

/// Why a chat about this order cannot be written to, if it surely cannot.
fn closed_by(order: &Order, wrote_at: Option<Timestamp>, now: Timestamp) -> Option<Reason> {
    order.surely_closed(now.plus_ms(-CUT_OFF_MS), wrote_at).map(|window| window.reason)
}

/// As it is now, and a while later: why nothing can be written.
pub fn closed(desk: Desk, user_id: UserId) -> Memo<Option<Reason>> {
    let now = ticking();
    Memo::new(move |_| {
        let now = now.get();
        desk.look(|client| {
            // What the buyer wrote has to be here.
            let chat = client.state().chat(user_id).filter(|chat| chat.is_loaded())?;
            closed_by(chat.order.as_ref()?, wrote_at(chat), now)
        })
    })
}

#[component]
pub fn ReplyWindow(user_id: UserId) -> impl IntoView {
    let desk = Desk::here();
    let now = ticking();
    let window = Memo::new(move |_| {
        let now = now.get();
        desk.look(|client| window_of(client.state().chat(user_id)?, now))
    });
    let words = move || window.get().map(left_words);
    view! {
        <p
            class="window"
            class:soon=move || window.get().is_some_and(|window| window.left_ms < SOON_MS)
            title=move || window.get().map(|window| window.reason.russian())
            hidden=move || window.get().is_none()
        >
            {words}
        </p>
    }
}

/// Whole hours while there are any, then minutes, the last one begun. The number comes first: a phone may cut the end.
fn left_words(window: Window) -> String {
    match window.reason {
        _ if window.open => {}
        Reason::BuyerFirst | Reason::NothingYet => return text::BUYER_FIRST.to_owned(),
        _ => return text::REPLY_OVER.to_owned(),
    }
    let (hours, in_minutes) = match window.reason {
        Reason::Paid | Reason::Delivered => (text::HOURS_TO_WRITE, text::MINUTES_TO_WRITE),
        _ => (text::HOURS_TO_REPLY, text::MINUTES_TO_REPLY),
    };
    let minutes = window.left_ms / MINUTE_MS;
    if minutes >= MINUTES_OF_HOUR {
        [&(minutes / MINUTES_OF_HOUR).to_string(), hours].concat()
    } else {
        [&minutes.max(1).to_string(), in_minutes].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_hours_then_minutes_and_says_when_it_is_over() {
        let wrote_at = Timestamp(1_768_059_000_000);
        let facts = Facts { user_wrote_at: Some(wrote_at), ..Facts::default() };
        let hour = MINUTES_OF_HOUR * MINUTE_MS;
        for (after, words) in [
            (0, "48 ч на ответ"),
            (1, "47 ч на ответ"),
            (47 * hour, "1 ч на ответ"),
            (47 * hour + 1, "59 мин на ответ"),
            (48 * hour, "1 мин на ответ"),
            (48 * hour + 1, "Срок вышел"),
        ] {
            assert_eq!(left_words(may_write(wrote_at.plus_ms(after), Scheme::Fbo, facts)), words, "{after}");
        }
    }

    #[test]
    fn what_opens_the_chat_says_what_may_be_done() {
        let at = Timestamp(1_768_059_000_000);
        let paid = Facts { paid_at: Some(at), ..Facts::default() };
        assert_eq!(left_words(may_write(at, Scheme::Fbs, paid)), "72 ч, чтобы написать");
        assert_eq!(left_words(may_write(at, Scheme::Fbo, paid)), "Сначала пишет покупатель");
        let hour = MINUTES_OF_HOUR * MINUTE_MS;
        assert_eq!(left_words(may_write(at.plus_ms(72 * hour), Scheme::Rfbs, paid)), "1 мин, чтобы написать");
        assert_eq!(left_words(may_write(at.plus_ms(72 * hour + 1), Scheme::Rfbs, paid)), "Срок вышел");
    }

    #[test]
    fn a_chat_is_closed_with_its_reason_when_that_is_sure_to_the_second() {
        let at = Timestamp(1_768_059_000_000);
        let order = Order {
            order_number: "1-1".into(),
            scheme: Scheme::Fbo,
            paid_at: None,
            delivered_at: None,
            delivered_by: None,
            user_wrote_at: Some(at),
        };
        let after = |ms: i64| closed_by(&order, None, at.plus_ms(48 * MINUTES_OF_HOUR * MINUTE_MS + ms));
        assert_eq!((after(CUT_OFF_MS), after(CUT_OFF_MS + 1)), (None, Some(Reason::ReplyOver)));
        let newer = Some(at.plus_ms(1));
        assert_eq!(closed_by(&order, newer, at.plus_ms(48 * MINUTES_OF_HOUR * MINUTE_MS + CUT_OFF_MS + 1)), None);
    }
}
