//! A text that is longer than an upstream takes, in parts: cut after a paragraph, else after a sentence, else between words,
//! and inside a word only if it is longer than a part. Nothing is lost but white space at the cuts, and what is one sign to a
//! reader (a letter with its marks, an emoji of several) stays whole.

/// The parts, each of at most so many characters, none of them blank. A text that fits is one part.
#[must_use]
pub fn split(text: &str, chars_max: usize) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text.trim());
    // A part holds something, whatever was asked.
    let chars_max = chars_max.max(1);
    while let Some((window_end, _)) = rest.char_indices().nth(chars_max) {
        let cut = place(rest, window_end);
        let (part, after) = rest.split_at(cut);
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Where to cut a text that goes on after `window_end`: the last best place that leaves a part at least half full, else the
/// last between words.
fn place(text: &str, window_end: usize) -> usize {
    let (mut paragraph, mut sentence, mut word, mut sign) = (None, None, None, None);
    let mut before: Option<char> = None;
    let mut flags_before: usize = 0;
    // The sign right after the window is looked at, too: it may be the white space at which the part ends.
    for (at, char) in text.char_indices().take_while(|(at, _)| *at <= window_end) {
        if let Some(last) = before {
            if char.is_whitespace() && !last.is_whitespace() {
                word = Some(at);
                if matches!(last, '.' | '!' | '?' | '…' | '。' | '！' | '？') {
                    sentence = Some(at);
                }
            }
            if char == '\n' {
                // Before the white space that ends with this break.
                paragraph = word.or(paragraph);
            }
            if !joins(last, char, flags_before) {
                sign = Some(at);
            }
        }
        flags_before = if is_flag(char) { flags_before.saturating_add(1) } else { 0 };
        before = Some(char);
    }
    let half = window_end / 2;
    let good = |at: &usize| *at >= half && *at > 0;
    // A sign that is longer than a part is cut where the part ends.
    paragraph.filter(good).or(sentence.filter(good)).or(word).or(sign).filter(|at| *at > 0).unwrap_or(window_end)
}

/// Whether two characters are of one sign: the second is written onto the first, or joined to it.
fn joins(first: char, second: char, flags_before: usize) -> bool {
    const JOINER: char = '\u{200d}';
    // White space at a cut goes, whatever is written onto it: such a mark stands by itself.
    (!first.is_whitespace() && (is_mark(second) || second == JOINER))
        || first == JOINER
        || (first == '\r' && second == '\n')
        // Two of these letters are a flag, and the next two are another one.
        || (is_flag(first) && is_flag(second) && flags_before % 2 == 1)
}

fn is_flag(char: char) -> bool {
    matches!(char, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether a character is written onto the one before it, in the scripts that our languages are written in and in emoji.
fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05bd}' | '\u{05bf}'
        | '\u{05c1}'..='\u{05c2}' | '\u{05c4}'..='\u{05c5}' | '\u{05c7}' | '\u{0610}'..='\u{061a}'
        | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06dc}' | '\u{06df}'..='\u{06e4}'
        | '\u{06e7}'..='\u{06e8}' | '\u{06ea}'..='\u{06ed}' | '\u{0900}'..='\u{0903}' | '\u{093a}'..='\u{093c}'
        | '\u{093e}'..='\u{094f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200c}'
        | '\u{20d0}'..='\u{20ff}' | '\u{2de0}'..='\u{2dff}' | '\u{3099}'..='\u{309a}' | '\u{a66f}'..='\u{a67d}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_fits_is_one_part() {
        assert_eq!(split("Да, есть", 8), ["Да, есть"]);
        assert_eq!(split(" Да, есть\n", 8), ["Да, есть"]);
        assert_eq!(split("  ", 8), [""; 0]);
        assert_eq!(split("", 8), [""; 0]);
    }

    #[test]
    fn it_is_cut_after_a_paragraph_a_sentence_or_a_word() {
        assert_eq!(split("Раз. Два слова\n\nТри. Четыре", 20), ["Раз. Два слова", "Три. Четыре"]);
        assert_eq!(split("Первое дело. Второе дело", 16), ["Первое дело.", "Второе дело"]);
        assert_eq!(split("один два три четыре", 12), ["один два три", "четыре"]);
        assert_eq!(split("один два три четыре", 11), ["один два", "три четыре"]);
        // A sentence that is too short is no place: the part would be almost empty.
        assert_eq!(split("Да. Одно очень длинное предложение", 20), ["Да. Одно очень", "длинное предложение"]);
        // Between words all the same, before a word is cut.
        assert_eq!(split("Да. Одноооооооо", 12), ["Да.", "Одноооооооо"]);
    }

    #[test]
    fn a_word_longer_than_a_part_is_cut() {
        assert_eq!(split("абвгдежз", 3), ["абв", "где", "жз"]);
        assert_eq!(split("абвгд", 0), ["а", "б", "в", "г", "д"]);
    }

    #[test]
    fn a_sign_of_several_characters_stays_whole() {
        let family = "👩\u{200d}👩\u{200d}👧";
        assert_eq!(split(&format!("аб{family}"), 6), ["аб", family]);
        assert_eq!(split("ааи\u{306}", 3), ["аа", "и\u{306}"]);
        assert_eq!(split("а🇷🇺🇰🇿", 4), ["а🇷🇺", "🇰🇿"]);
        assert_eq!(split("а👍🏽б", 2), ["а", "👍🏽", "б"]);
        // A mark after white space is no part of a sign.
        assert_eq!(split("раз \u{301}два", 4), ["раз", "\u{301}два"]);
        // One that is longer than a part has to be cut.
        assert_eq!(split(family, 2).concat(), family);
    }

    /// Texts of words, sentences, breaks, marks and emoji.
    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[а-яa-z]{1,12}",
            Just(" ".to_owned()),
            Just("\n\n".to_owned()),
            Just("\r\n".to_owned()),
            Just(". ".to_owned()),
            Just("и\u{306}".to_owned()),
            Just("👩\u{200d}👩\u{200d}👧".to_owned()),
            Just("🇷🇺".to_owned()),
            "\\PC{0,4}",
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn parts_fit_and_lose_nothing_but_white_space(text in any_text(), chars_max in 1_usize..40) {
            let parts = split(&text, chars_max);
            for part in &parts {
                prop_assert!(part.chars().count() <= chars_max && !part.trim().is_empty(), "{part:?}");
            }
            let solid = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect::<String>();
            prop_assert_eq!(solid(&parts.concat()), solid(&text));
            // What lies between two parts is white space, and they come in the text's order.
            let mut rest = text.as_str();
            for part in &parts {
                let at = rest.find(part);
                prop_assert!(at.is_some_and(|at| rest[..at].trim().is_empty()), "{part:?} in {rest:?}");
                rest = &rest[at.unwrap_or(0) + part.len()..];
            }
            prop_assert!(rest.trim().is_empty());
        }

        #[test]
        fn no_part_begins_inside_a_sign(text in any_text(), chars_max in 8_usize..40) {
            for part in split(&text, chars_max).iter().skip(1) {
                let at = part.as_ptr() as usize - text.as_ptr() as usize;
                let (last, first) = (text[..at].chars().next_back(), part.chars().next());
                if let (Some(last), Some(first)) = (last, first) {
                    let flags = text[..at].chars().rev().take_while(|char| is_flag(*char)).count();
                    // A sign of eight characters and more, which chance can make, has to be cut.
                    let start = text[..at].char_indices().rev().take(chars_max).map(|(at, _)| at).last().unwrap_or(at);
                    let could = text[start..at].chars().zip(text[start..at].chars().skip(1)).any(|(a, b)| !joins(a, b, 0));
                    prop_assert!(!joins(last, first, flags) || !could, "{part:?} after {last:?}");
                }
            }
        }

        #[test]
        fn a_part_holds_as_much_as_its_words_allow(words in proptest::collection::vec("[а-я]{1,8}", 1..60), chars_max in 16_usize..64) {
            let text = words.join(" ");
            for pair in split(&text, chars_max).windows(2) {
                let next = pair[1].split(' ').next().unwrap_or_default();
                prop_assert!(pair[0].chars().count() + 1 + next.chars().count() > chars_max, "{pair:?}");
            }
        }
    }
}
