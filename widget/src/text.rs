//! The words of the page's language, as the loader hands them over: one of the modules that the build makes of `shared::words`.

use std::cell::RefCell;

use js_sys::Array;
use shared::problem::Code;
use shared::words::Word;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/words.js")]
extern "C" {
    #[wasm_bindgen(js_name = say)]
    fn say_with(words: &JsValue, word: u32, value: &str) -> String;

    fn count(words: &JsValue, word: u32, number: f64) -> String;

    fn date(words: &JsValue, at: f64, is_other_year: bool) -> String;
}

/// The words of one language.
pub struct Words {
    texts: Vec<String>,
    file: JsValue,
}

thread_local! {
    /// Those that have been used on this page: a handful at most, however often the chat is mounted.
    static USED: RefCell<Vec<&'static Words>> = const { RefCell::new(Vec::new()) };
}

impl Words {
    /// Those of a file: its texts in the order of [`Word`]. What is no text there is empty here.
    #[must_use]
    pub fn of(file: JsValue) -> &'static Self {
        let texts: Vec<_> = Array::from(&file).iter().map(|text| text.as_string().unwrap_or_default()).collect();
        USED.with_borrow_mut(|used| {
            if let Some(known) = used.iter().find(|known| known.texts == texts) {
                return *known;
            }
            let words: &'static Self = Box::leak(Box::new(Self { texts, file }));
            used.push(words);
            words
        })
    }

    /// A text without a number or a name in it.
    pub fn say(&'static self, word: Word) -> &'static str {
        self.texts.get(word as usize).map_or("", String::as_str)
    }

    /// A text with a name in it.
    #[must_use]
    pub fn with(&self, word: Word, value: &str) -> String {
        say_with(&self.file, word as u32, value)
    }

    /// A text with a number in it, in the form that goes with it.
    #[must_use]
    pub fn count(&self, word: Word, number: usize) -> String {
        count(&self.file, word as u32, number as f64)
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &JsValue {
        &self.file
    }

    /// A day of the calendar, `at` a time on it in milliseconds since 1970.
    #[must_use]
    pub fn date(&self, at: i64, is_other_year: bool) -> String {
        date(&self.file, at as f64, is_other_year)
    }
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

impl Obstacle {
    /// What happened; what it means, and for whom; what the button says.
    #[must_use]
    pub fn words(self) -> (Word, Word, Word) {
        match self {
            Self::UnknownKey => (Word::UnknownKey, Word::UnknownKeyText, Word::Again),
            Self::OriginNotAllowed => (Word::OriginNotAllowed, Word::OriginNotAllowedText, Word::Again),
            Self::Gone => (Word::Gone, Word::GoneText, Word::Again),
            Self::Replaced => (Word::Replaced, Word::ReplacedText, Word::Resume),
            Self::Broken => (Word::Broken, Word::BrokenText, Word::Again),
        }
    }
}

/// Why a message was refused.
#[must_use]
pub fn why(code: Code) -> Word {
    match code {
        Code::TooLarge => Word::TooLarge,
        Code::UnsupportedType => Word::UnsupportedType,
        Code::QuotaExceeded => Word::QuotaExceeded,
        Code::EmptyText => Word::EmptyText,
        Code::Forbidden | Code::OriginNotAllowed | Code::UnknownKey | Code::NotFound => Word::NotFromHere,
        Code::Unauthorized | Code::TokenExpired | Code::TokenRevoked => Word::TooOld,
        Code::RateLimited | Code::UpstreamRateLimited => Word::TooOften,
        Code::Malformed
        | Code::UnknownAction
        | Code::Invalid
        | Code::MethodNotAllowed
        | Code::Conflict
        | Code::StorageFailed
        | Code::NotConfigured
        | Code::UnsupportedVersion
        | Code::Internal
        | Code::UpstreamUnauthorized
        | Code::UpstreamForbidden
        | Code::UpstreamRejected
        | Code::UpstreamUnavailable
        | Code::DeliveryUnknown
        | Code::UpstreamNotConnected => Word::NotTaken,
        // The rest is there with the feature `staff` of `shared` only, and no visitor hears of it.
        #[allow(unreachable_patterns)]
        _ => Word::NotTaken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_too_long_is_not_said_to_be_too_frequent() {
        assert_eq!(why(Code::TooLarge), Word::TooLarge);
        assert_eq!(why(Code::TokenExpired), Word::TooOld);
        assert_eq!(why(Code::RateLimited), Word::TooOften);
    }

    #[test]
    fn only_what_the_visitor_can_take_back_has_a_button_for_it() {
        assert_eq!(Obstacle::Replaced.words().2, Word::Resume);
        assert_eq!(Obstacle::Broken.words().2, Word::Again);
    }
}
