//! Every word that the widget shows. A language is one value of [`Words`], so that none can be forgotten in another.

mod en;
mod ru;

use shared::problem::Code;

pub use en::EN;
pub use ru::RU;

/// The words of one language.
pub struct Words {
    /// The language itself, for `lang`.
    pub lang: &'static str,
    /// The chat's name where the shop's is not known.
    pub title: &'static str,
    /// Under the title, when nobody writes.
    pub presence: &'static str,
    /// Under the title, when the chat cannot be used.
    pub unavailable: &'static str,
    /// The launcher.
    pub open: &'static str,
    /// The launcher, with what waits to be read.
    pub open_unread: fn(i64) -> String,
    /// The button that closes the chat.
    pub close: &'static str,
    /// The name of the list of messages.
    pub log: &'static str,
    /// While the messages are being fetched.
    pub loading: &'static str,
    /// An empty chat: its heading.
    pub greeting: &'static str,
    /// An empty chat: the line below.
    pub invitation: &'static str,
    /// Somebody of the shop is writing; empty for a name that is not known.
    pub typing: fn(&str) -> String,
    /// The field for the message.
    pub input: &'static str,
    /// The button that sends.
    pub send: &'static str,
    /// The limit of a text is near: characters left.
    pub chars_left: fn(usize) -> String,
    /// A text is over its limit: characters too many.
    pub chars_over: fn(usize) -> String,
    /// Too many messages wait already.
    pub outbox_full: &'static str,
    /// The browser knows that there is no network.
    pub offline: &'static str,
    /// The relay cannot be reached, for whatever reason.
    pub reconnecting: &'static str,
    /// A message on its way.
    pub sending: &'static str,
    /// A message that the shop has.
    pub sent: &'static str,
    /// A message that has reached somebody of the shop.
    pub delivered: &'static str,
    /// A message that somebody of the shop has seen.
    pub read: &'static str,
    /// A message that was refused.
    pub failed: &'static str,
    /// Why a message was refused.
    pub why: fn(Code) -> &'static str,
    /// The button that picks files.
    pub attach: &'static str,
    /// What files need on the screen could not be fetched.
    pub no_files: &'static str,
    /// Sends a refused message again.
    pub retry: &'static str,
    /// Above the messages of this day.
    pub today: &'static str,
    /// Above the messages of the day before.
    pub yesterday: &'static str,
    /// Above the messages of another day: day, month from 0, and the year if it is not this one.
    pub date: fn(u32, u32, Option<u32>) -> String,
    /// Why there is no chat, and what can be done; the argument is the page's origin.
    pub obstacle: fn(Obstacle, &str) -> Notice,
}

/// Why there is no chat here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The publishable key is not the organization's.
    UnknownKey,
    /// The page's origin is not on the organization's list.
    OriginNotAllowed,
    /// The organization does not exist any more.
    Gone,
    /// Too many pages of this visitor are open; a newer one took this one's place.
    Replaced,
    /// Anything else.
    Broken,
}

/// A notice with the one thing that can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub heading: &'static str,
    /// What it means, and for whom.
    pub text: String,
    /// What the button says.
    pub button: &'static str,
}

/// The words for a locale (`ru`, `en-GB`). Russian for every language we do not speak.
#[must_use]
pub fn words(locale: &str) -> &'static Words {
    if locale.split(['-', '_']).next().is_some_and(|language| language.eq_ignore_ascii_case(EN.lang)) {
        &EN
    } else {
        &RU
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_picks_its_language_and_russian_is_for_all_others() {
        for (locale, lang) in [("ru", "ru"), ("ru-RU", "ru"), ("en", "en"), ("EN-gb", "en"), ("de", "ru"), ("", "ru")] {
            assert_eq!(words(locale).lang, lang, "{locale}");
        }
    }

    #[test]
    fn every_refusal_and_every_obstacle_has_words_in_every_language() {
        for words in [&RU, &EN] {
            for code in Code::ALL {
                assert!(!(words.why)(*code).is_empty(), "{}: {code:?}", words.lang);
            }
            for obstacle in
                [Obstacle::UnknownKey, Obstacle::OriginNotAllowed, Obstacle::Gone, Obstacle::Replaced, Obstacle::Broken]
            {
                let notice = (words.obstacle)(obstacle, "https://shop.example");
                assert!(!notice.heading.is_empty() && !notice.text.is_empty() && !notice.button.is_empty());
            }
        }
    }
}
