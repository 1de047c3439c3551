//! How long an Ozon buyer's last message may still be answered, as it counts down.

use std::time::Duration;

use leptos::prelude::*;
use shared::id::UserId;
use shared::message::Side;
use shared::window::{Facts, Scheme, Window, may_write};
use widget::browser;

use crate::desk::Desk;
use crate::text;

/// How often the words are looked at again: they change by the minute.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// From here on it is said in a colour.
const SOON_MS: i64 = 6 * MINUTES_OF_HOUR * MINUTE_MS;
const MINUTE_MS: i64 = 60_000;
const MINUTES_OF_HOUR: i64 = 60;

#[component]
pub fn ReplyWindow(user_id: UserId) -> impl IntoView {
    let desk = Desk::here();
    let now = RwSignal::new(browser::now());
    if let Ok(timer) = set_interval_with_handle(move || now.set(browser::now()), LOOK_EVERY) {
        on_cleanup(move || timer.clear());
    }
    let wrote_at = Memo::new(move |_| {
        desk.look(|client| {
            let mut messages = client.state().chat(user_id)?.messages().rev();
            messages.find(|message| message.side == Side::User).map(|message| message.timestamp)
        })
    });
    // How the order reaches its buyer is not known here: what holds for all of them is the time for an answer.
    let window = Memo::new(move |_| {
        let facts = Facts { user_wrote_at: Some(wrote_at.get()?), ..Facts::default() };
        Some(may_write(now.get().max(wrote_at.get()?), Scheme::Fbo, facts))
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
    if !window.open {
        return text::REPLY_OVER.to_owned();
    }
    let minutes = window.left_ms / MINUTE_MS;
    if minutes >= MINUTES_OF_HOUR {
        [&(minutes / MINUTES_OF_HOUR).to_string(), text::HOURS_TO_REPLY].concat()
    } else {
        [&minutes.max(1).to_string(), text::MINUTES_TO_REPLY].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::Timestamp;

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
}
