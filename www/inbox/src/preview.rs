//! A message in one line of plain text: without the marks of what the conversation shows as elements (widget/js/rich.js).

use std::borrow::Cow;

use crate::address::is_web;
use crate::content::Content;
use crate::{ozon_text, text};

/// How much of a text is looked at, in characters: several times what fits a row.
const CHARS_MAX: usize = 300;

/// How deep one style may stand in another.
const DEPTH_MAX: usize = 4;

/// Marks of styles, longer ones first.
const STYLES: [&str; 5] = ["**", "__", "~~", "*", "_"];

/// What a mark begins with. A text without any is shown as it is.
const BEGINNINGS: [char; 5] = ['*', '_', '~', '`', '['];

/// What the marks in a message mean, as in its bubble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Nothing: it is shown as written.
    None,
    Styles,
    /// Styles, and Ozon's files and links.
    Ozon,
}

/// What a message says.
pub fn said(message: &str, content: Option<&Content>, has_file: bool, marks: Marks) -> String {
    if let Some(rating) = content.and_then(|content| content.rating.as_ref()) {
        return rating.score.map_or_else(|| text::RATING_ASKED.to_owned(), text::rated);
    }
    if !message.trim().is_empty() {
        return match marks {
            Marks::None => message.to_owned(),
            Marks::Styles => plain(message).into_owned(),
            Marks::Ozon => ozon_text::said(message, |text| plain(text).into_owned()),
        };
    }
    match content.and_then(|content| content.cards.first()) {
        Some(card) if card.title.trim().is_empty() => text::CARD.to_owned(),
        Some(card) => card.title.clone(),
        None if has_file => text::FILE.to_owned(),
        None => String::new(),
    }
}

/// A text without its marks.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(BEGINNINGS) {
        return Cow::Borrowed(text);
    }
    let end = text.char_indices().nth(CHARS_MAX).map(|(end, _)| end);
    let start = end.and_then(|end| text.get(..end)).unwrap_or(text);
    let mut out = String::with_capacity(start.len());
    strip(start, 0, &mut out);
    if end.is_some() {
        out.push('…');
    }
    Cow::Owned(out)
}

/// What begins at a place.
struct Found<'a> {
    inside: &'a str,
    rest: &'a str,
    /// Whether marks inside of it are marks.
    has_styles: bool,
}

fn strip(text: &str, depth: usize, out: &mut String) {
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        if let Some(found) = find(rest, before, depth) {
            if found.has_styles {
                strip(found.inside, depth.saturating_add(1), out);
            } else {
                out.push_str(found.inside);
            }
            let taken = rest.len().saturating_sub(found.rest.len());
            before = rest.get(..taken).and_then(|taken| taken.chars().next_back());
            rest = found.rest;
        } else {
            out.push(first);
            before = Some(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
}

fn find(rest: &str, before: Option<char>, depth: usize) -> Option<Found<'_>> {
    let verbatim = |(inside, rest)| Found { inside, rest, has_styles: false };
    let inner = block(rest).or_else(|| code(rest)).or_else(|| named(rest));
    if inner.is_some() {
        return inner.map(verbatim);
    }
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    if let Some(url) = url(rest) {
        return Some(verbatim(url));
    }
    if depth >= DEPTH_MAX {
        return None;
    }
    // In the middle of a word a mark is a mark: 2*3*4, snake_case.
    let stands = |(_, rest): &(&str, &str)| !rest.starts_with(char::is_alphanumeric);
    let (inside, rest) = STYLES.iter().find_map(|mark| styled(rest, mark).filter(stands))?;
    Some(Found { inside, rest, has_styles: true })
}

/// Lines of code, whose first may name the language.
fn block(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = text.strip_prefix("```")?.split_once("```").filter(|(inside, _)| !inside.is_empty())?;
    let is_name = |line: &str| line.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let body = inside.split_once('\n').filter(|(line, _)| is_name(line)).map_or(inside, |(_, body)| body);
    Some((body.trim_matches('\n'), rest))
}

fn code(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('`')?.split_once('`').filter(|(inside, _)| !inside.is_empty() && !inside.contains('\n'))
}

/// `[text](address)`
fn named(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, rest) = rest.split_once(')')?;
    let is_link = is_web(address) || ["mailto:", "tel:"].iter().any(|start| address.starts_with(start));
    let is_named = !inside.is_empty() && !inside.contains(['[', ']', '\n']);
    let is_whole = !address.contains(|char: char| char.is_whitespace() || matches!(char, '(' | '<' | '>'));
    (is_link && is_named && is_whole).then_some((inside, rest))
}

/// An address keeps its marks.
fn url(text: &str) -> Option<(&str, &str)> {
    if !is_web(text) && !text.starts_with("www.") {
        return None;
    }
    let ends = |char: char| char.is_whitespace() || matches!(char, '<' | '>' | '"' | '\'' | '`' | '«' | '»');
    let end = text.find(ends).unwrap_or(text.len());
    Some((text.get(..end)?, text.get(end..)?))
}

fn styled<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let sign = mark.chars().next()?;
    let is_bare = |char: char| char.is_whitespace() || char == sign;
    let body = text.strip_prefix(mark).filter(|body| !body.starts_with(is_bare))?;
    let line = body.split('\n').next()?;
    let mut ends = line.match_indices(mark).filter_map(|(end, _)| Some((line.get(..end)?, end)));
    let (inside, end) = ends.find(|(inside, _)| !inside.is_empty() && !inside.ends_with(is_bare))?;
    if mark.len() == 1 && inside.contains(sign) {
        return None;
    }
    Some((inside, body.get(end.saturating_add(mark.len())..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Card, Rating};

    #[test]
    fn marks_that_style_are_left_out() {
        for (written, expected) in [
            ("Есть **два** чайника", "Есть два чайника"),
            ("*курсив* и _курсив_", "курсив и курсив"),
            ("__жирно__, ~~нет~~", "жирно, нет"),
            ("**очень _важно_**", "очень важно"),
            ("код `a_b*c*`.", "код a_b*c*."),
            ("```js\nlet a = 1;\n```", "let a = 1;"),
            ("[Каталог](https://shop.ru/a_b_c) здесь", "Каталог здесь"),
            ("[почта](mailto:a@b.ru)", "почта"),
            ("**[Чай](https://shop.ru)**", "Чай"),
        ] {
            assert_eq!(plain(written), expected);
        }
    }

    #[test]
    fn marks_that_mean_themselves_stay() {
        for text in [
            "2*3*4 = 24",
            "snake_case_name",
            "5 * 6 * 7",
            "** нет **",
            "*без конца",
            "*одна\nдругая*",
            "[1] и (2)",
            "[x](javascript:alert(1))",
            "https://shop.ru/a_b_c*d*",
            "`",
            "```",
            "****",
            "[](https://a.ru)",
            "",
        ] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn only_as_much_is_looked_at_as_a_row_has_use_for() {
        let exact = ["*ы* ", &"ы".repeat(CHARS_MAX - 4)].concat();
        let shown = ["ы ", &"ы".repeat(CHARS_MAX - 4)].concat();
        assert_eq!(plain(&exact), shown);
        let past = [&*exact, "ы"].concat();
        assert_eq!(plain(&past), [&*shown, "…"].concat());
        // Whatever stands there, it ends.
        for hostile in ["*", "_ *", "[", "`a", "**a", "[a](", "~~"] {
            assert!(plain(&hostile.repeat(4000)).chars().count() <= CHARS_MAX + 1, "{hostile}");
        }
    }

    #[test]
    fn what_has_no_text_is_called_by_what_it_carries() {
        let card = |title: &str| Content {
            cards: vec![Card { title: title.into(), ..Card::default() }],
            ..Content::default()
        };
        let rating = |score| Content { rating: Some(Rating { score, comment: None }), ..Content::default() };
        let words = |message: &str, content: &Content| said(message, Some(content), false, Marks::Styles);
        assert_eq!(words("", &card("Самокат")), "Самокат");
        assert_eq!(words("", &card("")), text::CARD);
        assert_eq!(words("Вот **он**", &card("Самокат")), "Вот он");
        assert_eq!(words("Оцените нас", &rating(None)), text::RATING_ASKED);
        assert_eq!(words("Оцените нас", &rating(Some(4))), text::rated(4));
        assert_eq!(said("", None, true, Marks::Ozon), text::FILE);
        assert_eq!(said("", None, false, Marks::Styles), "");
    }

    #[test]
    fn what_a_visitor_wrote_is_shown_as_written() {
        assert_eq!(said("**да**", None, false, Marks::None), "**да**");
        assert_eq!(said("**да**", None, true, Marks::Styles), "да");
        let picture = "**Треснула**\n![](https://api-seller.ozon.ru/v2/chat/file/a.jpg)";
        assert_eq!(said(picture, None, false, Marks::Ozon), "Треснула · Фото");
        assert_eq!(said("snake_case", None, false, Marks::Ozon), "snake_case");
    }
}
