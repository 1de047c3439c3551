//! What a message's text may be.

use crate::limits::TEXT_CHARS_MAX;
use crate::problem::{Code, Problem};

/// How long a text is, as [`TEXT_CHARS_MAX`] counts: a character is one for each two bytes begun that it takes on the wire
/// (RFC 8259, UTF-8). A letter of Cyrillic or Latin is one, a Chinese character or an emoji two, a control character that
/// JSON has no short escape for three.
#[must_use]
pub fn length(text: &str) -> usize {
    let one = |char: char| match char {
        '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => 1,
        '\0'..='\u{1f}' => 3,
        _ => char.len_utf8().div_ceil(2),
    };
    text.chars().map(one).sum()
}

/// Whether a text can be a message: not blank, and its [`length`] at most [`TEXT_CHARS_MAX`].
///
/// # Errors
/// [`Code::EmptyText`] or [`Code::TooLarge`].
pub fn check(text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(Code::EmptyText, "a message needs a text that is not blank"));
    }
    if length(text) > TEXT_CHARS_MAX { Err(too_long(TEXT_CHARS_MAX)) } else { Ok(()) }
}

/// Whether a text has at most so many characters, of whatever kind: what an upstream asks for.
///
/// # Errors
/// [`Code::TooLarge`].
pub fn check_chars(text: &str, chars_max: usize) -> Result<(), Problem> {
    if text.chars().nth(chars_max).is_some() { Err(too_long(chars_max)) } else { Ok(()) }
}

fn too_long(chars_max: usize) -> Problem {
    let message = ["a message's text has at most ", &chars_max.to_string(), " characters; split it"].concat();
    Problem::new(Code::TooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_counts_by_its_bytes_on_the_wire() {
        for (text, expected) in
            [("", 0), ("a", 1), ("я", 1), ("\"\\\n", 3), ("—", 2), ("好", 2), ("🦀", 2), ("\u{1}", 3), ("\u{7f}", 1)]
        {
            assert_eq!(length(text), expected, "{text:?}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn no_text_takes_more_than_two_bytes_for_each_of_its_length() {
        for char in ('\0'..=char::MAX).step_by(7).chain('\0'..'\u{100}') {
            let bytes = serde_json::to_string(&char.to_string()).unwrap().len() - 2;
            assert!(bytes <= length(&char.to_string()) * 2, "{char:?} takes {bytes} bytes");
        }
    }

    #[test]
    fn a_message_is_neither_blank_nor_too_long() {
        let code = |text: &str| check(text).err().map(|problem| problem.code);
        assert_eq!([code(""), code(" \n\u{a0}")], [Some(Code::EmptyText); 2]);
        for (char, most) in [("я", TEXT_CHARS_MAX), ("🦀", TEXT_CHARS_MAX / 2), ("\u{1}", TEXT_CHARS_MAX / 3)] {
            assert_eq!(
                [code(&char.repeat(most)), code(&char.repeat(most + 1))],
                [None, Some(Code::TooLarge)],
                "{char:?}"
            );
        }
        assert!(check_chars(&"🦀".repeat(5), 5).is_ok() && check_chars(&"🦀".repeat(6), 5).is_err());
    }
}
