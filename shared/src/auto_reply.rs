//! What an automatic reply answers to, and how it looks: the relay replies by it, and the inbox shows what would be replied.
//!
//! A keyword is the beginning of a word, so that it meets its forms and not what only contains it: «трек» meets «трека», «мал»
//! meets «маловат» and not «нормально». Of several words all but the last are whole: «не подход» meets «не подходит». Letters
//! are compared small, ё as е and й as и.
//!
//! A reply looks like what it is: it begins with a robot and says how to reach a person.

use crate::limits::AUTO_REPLY_WORDS_MAX;

/// What every one of them begins with.
const MARK: &str = "🤖";

/// How one ends after which a person looks at the chat.
const HANDED_OVER: &str = "Если это не ответило на ваш вопрос, наш специалист свяжется с вами в ближайшее время.";

/// How one ends after which nobody does, until the user writes again.
const ASKS_AGAIN: &str = "Если это не ответило на ваш вопрос, напишите ещё раз: вам ответит наш специалист.";

/// The whole reply of a rule.
#[must_use]
pub fn whole_text(text: &str, hand_over: bool) -> String {
    let closing = if hand_over { HANDED_OVER } else { ASKS_AGAIN };
    [MARK, " ", text, "\n\n", closing].concat()
}

/// Whether a text is a machine's: it is marked as one, or it is one of ours that comes back.
#[must_use]
pub fn is_automatic<'a>(mut ours: impl Iterator<Item = &'a str>, text: &str) -> bool {
    let same = |ours: &str| ours.split_whitespace().eq(text.split_whitespace());
    text.trim_start().starts_with(MARK) || ours.any(same)
}

/// The first words of a text, comparable.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let letters = text.chars().filter(|char| !matches!(char, '\u{300}'..='\u{36f}')).flat_map(char::to_lowercase);
    let plain: String = letters
        .map(|char| match char {
            'ё' => 'е',
            'й' => 'и',
            other => other,
        })
        .collect();
    let words = plain.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(AUTO_REPLY_WORDS_MAX).map(str::to_owned).collect()
}

/// Whether any of the keywords stands in what was said, given as [`words`] gives it.
#[must_use]
pub fn meets(keywords: &[String], said: &[String]) -> bool {
    keywords.iter().any(|keyword| is_said(&words(keyword), said))
}

/// Whether a keyword's words stand in a text, one after the other: all whole but the last, which is a word's beginning.
fn is_said(keyword: &[String], said: &[String]) -> bool {
    let Some((stem, whole)) = keyword.split_last() else { return false };
    said.windows(keyword.len()).any(|place| match place.split_last() {
        Some((last, before)) => before == whole && last.starts_with(stem.as_str()),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(keyword: &str, text: &str) -> bool {
        meets(&[keyword.to_owned()], &words(text))
    }

    #[test]
    fn a_keyword_meets_the_beginnings_of_words() {
        for (keyword, text) in [("трек", "Нет ТРЕКА!"), ("не подход", "Совсем не\nподходит"), ("мой", "мои\u{306}")]
        {
            assert!(said(keyword, text), "{keyword} {text}");
        }
        for (keyword, text) in [("мал", "нормально"), ("не подход", "не очень подходит"), ("", "да"), ("!", "да!")]
        {
            assert!(!said(keyword, text), "{keyword} {text}");
        }
    }

    #[test]
    fn so_many_words_are_looked_at_and_no_more() {
        let text = |count: usize| ["да "].repeat(count).concat() + "трек";
        assert!(said("трек", &text(AUTO_REPLY_WORDS_MAX - 1)) && !said("трек", &text(AUTO_REPLY_WORDS_MAX)));
    }

    #[test]
    fn a_reply_is_known_as_one() {
        for hand_over in [true, false] {
            assert!(is_automatic([].into_iter(), &whole_text("Да", hand_over)));
        }
        assert!(is_automatic(["Наш  ответ"].into_iter(), " Наш\nответ "));
        assert!(!is_automatic(["Наш ответ"].into_iter(), "Ваш ответ"));
    }
}
