//! Ozon's Markdown (UPSTREAMS 1.4): the files, pictures and links in a message. Whatever else stands there is text.

use std::borrow::Cow;

use shared::chat_file::{self, name_and_size};
use shared::limits::{ADDRESS_BYTES_MAX, FILE_NAME_CHARS_MAX, OZON_FILE_LABEL_BYTES_MAX, OZON_FILES_MAX};

use crate::address::bare;
use crate::text;

/// Where Ozon's own files are.
const OZON: &str = "https://api-seller.ozon.ru";

/// A part of a message. All parts in a row are the whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As it stands there.
    pub raw: String,
    pub kind: Kind,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Link { label: String, url: String },
    File(File),
}

/// A file that the relay fetches with the merchant's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Safe to show and to save under.
    pub name: String,
    /// As Ozon writes it.
    pub size: Option<String>,
    /// What stands after `/v2/chat/file/`, at Ozon and at the relay.
    pub path: String,
    pub is_picture: bool,
}

/// The parts of a message.
pub fn pieces(message: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut plain, mut rest) = (0, 0);
    let mut files = 0_usize;
    while let Some(found) = message.get(rest..).and_then(|rest| rest.find('[')) {
        let open = rest + found;
        match link(message, open) {
            Some((start, end, kind)) if files < OZON_FILES_MAX || !matches!(kind, Kind::File(_)) => {
                let start = start.max(plain);
                push_text(&mut pieces, message.get(plain..start));
                files += usize::from(matches!(kind, Kind::File(_)));
                pieces.push(Piece { raw: message.get(start..end).unwrap_or_default().to_owned(), kind });
                (plain, rest) = (end, end);
            }
            _ => rest = open + 1,
        }
    }
    push_text(&mut pieces, message.get(plain..));
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        pieces.push(Piece { raw: text.to_owned(), kind: Kind::Text });
    }
}

/// The link whose bracket opens here: where it begins and ends, and what it is.
fn link(message: &str, open: usize) -> Option<(usize, usize, Kind)> {
    let label = label(message.get(open + 1..)?)?;
    let after = open + 1 + label.len() + "](".len();
    let rest = message.get(after..)?;
    let url = rest.get(..rest.bytes().take(ADDRESS_BYTES_MAX + 1).position(|byte| byte == b')')?)?;
    let is_picture = message.get(..open)?.ends_with('!');
    let kind = match file_path(url) {
        Some(path) => Kind::File(file(label, path, is_picture)),
        None if is_address(url) => Kind::Link { label: link_label(label, url), url: url.to_owned() },
        None => return None,
    };
    Some((open - usize::from(is_picture), after + url.len() + 1, kind))
}

/// What stands before the bracket that closes this one, if an address follows it.
fn label(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(OZON_FILE_LABEL_BYTES_MAX) {
        match byte {
            b'[' => depth += 1,
            b']' if depth > 0 => depth -= 1,
            b']' => return text.get(..at).filter(|_| text.get(at + 1..).is_some_and(|rest| rest.starts_with('('))),
            _ => {}
        }
    }
    None
}

/// The path of a file of Ozon's, or of a simulator's on this machine: that is what a relay calls that is being tried out.
/// Only the path matters: the relay alone knows which Ozon it calls.
fn file_path(url: &str) -> Option<&str> {
    let simulators = ["http://127.0.0.1:", "http://localhost:"].into_iter().find_map(|start| {
        let rest = url.strip_prefix(start)?;
        Some(rest.trim_start_matches(|char: char| char.is_ascii_digit()))
    });
    let path = url.strip_prefix(OZON).or(simulators)?;
    path.strip_prefix(chat_file::PREFIX).filter(|path| chat_file::is_path(path))
}

fn file(label: &str, path: &str, is_picture: bool) -> File {
    let (name, size) = name_and_size(label);
    let end = path.rsplit('/').next().unwrap_or_default();
    let name = [name, end].map(clean).into_iter().find(|name| !name.is_empty());
    let size = size.map(text::file_size);
    File { name: name.unwrap_or_else(|| text::FILE.to_owned()), size, path: path.to_owned(), is_picture }
}

/// A name without what nobody sees and what makes it read as another: controls, marks of direction, joiners.
fn clean(name: &str) -> String {
    let is_seen = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    let shown: String = name.chars().filter(is_seen).take(FILE_NAME_CHARS_MAX).collect();
    shown.trim().to_owned()
}

/// An address of the web, by https, with nothing in it that an address does not have.
fn is_address(url: &str) -> bool {
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty())
        && url.len() <= ADDRESS_BYTES_MAX
        && !url
            .contains(|char: char| char.is_whitespace() || char.is_control() || matches!(char, '(' | '<' | '>' | '\\'))
}

fn link_label(label: &str, url: &str) -> String {
    let label = label.trim();
    if label.is_empty() { bare(url).to_owned() } else { label.to_owned() }
}

/// A message in one line: files by their names, links by theirs.
pub fn said(message: &str, plain: impl Fn(&str) -> String) -> String {
    if !message.contains('[') {
        return plain(message);
    }
    let mut out = String::new();
    let mut was_file = false;
    for piece in pieces(message) {
        let is_file = matches!(piece.kind, Kind::File(_));
        let words: Cow<'_, str> = match &piece.kind {
            Kind::Text => plain(&piece.raw).into(),
            Kind::Link { label, .. } => label.into(),
            Kind::File(file) if file.is_picture => text::PHOTO.into(),
            Kind::File(file) => file.name.as_str().into(),
        };
        if words.trim().is_empty() {
            continue;
        }
        if (is_file || was_file) && !out.is_empty() {
            out.truncate(out.trim_end().len());
            out.push_str(" · ");
            out.push_str(words.trim_start());
        } else {
            out.push_str(&words);
        }
        was_file = is_file;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "https://api-seller.ozon.ru/v2/chat/file/";

    fn link(raw: &str, label: &str, url: &str) -> Piece {
        Piece { raw: raw.into(), kind: Kind::Link { label: label.into(), url: url.into() } }
    }

    fn plain(raw: &str) -> Piece {
        Piece { raw: raw.into(), kind: Kind::Text }
    }

    fn a_file(raw: &str, name: &str, size: Option<&str>, path: &str, is_picture: bool) -> Piece {
        let file = File { name: name.into(), size: size.map(str::to_owned), path: path.into(), is_picture };
        Piece { raw: raw.into(), kind: Kind::File(file) }
    }

    #[test]
    fn pictures_files_and_links_are_found_between_the_words() {
        let picture = format!("![]({FILE}messenger/1/a-1.jpg)");
        let receipt = format!("[чек [2] (копия).pdf (123KB)]({FILE}messenger-rotated-3/2/b.pdf)");
        let message = format!("Вот фото:\n{picture}\nи {receipt}, [модель](https://www.ozon.ru/product/x)!");
        assert_eq!(
            pieces(&message),
            [
                plain("Вот фото:\n"),
                a_file(&picture, "a-1.jpg", None, "messenger/1/a-1.jpg", true),
                plain("\nи "),
                a_file(&receipt, "чек [2] (копия).pdf", Some("123\u{a0}КБ"), "messenger-rotated-3/2/b.pdf", false),
                plain(", "),
                link("[модель](https://www.ozon.ru/product/x)", "модель", "https://www.ozon.ru/product/x"),
                plain("!"),
            ]
        );
        assert_eq!(pieces("Просто текст"), [plain("Просто текст")]);
        assert_eq!(pieces(""), []);
        // A simulator's file, too.
        let raw = "[a.txt (1KB)](http://127.0.0.1:4000/v2/chat/file/a.txt)";
        assert_eq!(pieces(raw), [a_file(raw, "a.txt", Some("1\u{a0}КБ"), "a.txt", false)]);
    }

    #[test]
    fn a_picture_from_anywhere_else_is_a_link() {
        for (raw, label, url) in [
            ("![кот](https://evil.example/a.jpg)", "кот", "https://evil.example/a.jpg"),
            ("![](https://evil.example/a.jpg)", "evil.example/a.jpg", "https://evil.example/a.jpg"),
            (
                "![](https://evil.example/v2/chat/file/a.jpg)",
                "evil.example/v2/chat/file/a.jpg",
                "https://evil.example/v2/chat/file/a.jpg",
            ),
            (
                "![](https://api-seller.ozon.ru.evil.example/v2/chat/file/a.jpg)",
                "api-seller.ozon.ru.evil.example/v2/chat/file/a.jpg",
                "https://api-seller.ozon.ru.evil.example/v2/chat/file/a.jpg",
            ),
            // Nor is what leads out of its place a file.
            (
                "![](https://api-seller.ozon.ru/v2/chat/file/../../v1/roles)",
                "api-seller.ozon.ru/v2/chat/file/../../v1/roles",
                "https://api-seller.ozon.ru/v2/chat/file/../../v1/roles",
            ),
        ] {
            assert_eq!(pieces(raw), [link(raw, label, url)]);
        }
    }

    #[test]
    fn what_is_no_address_of_the_web_stays_text() {
        for message in [
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>)",
            "![x](data:image/svg+xml,<svg>)",
            "[x](http://shop.ru/a)",
            "[x](//evil.example)",
            "[x](/v1/organizations)",
            "[x]( https://a.ru)",
            "[x](https://a.ru b)",
            "[x](https://a.ru\nb)",
            "[x](https://)",
            "[x](https://a.ru",
            "[x] (https://a.ru)",
            "[x]()",
            "[x](",
            "[x]",
            "[",
            "![",
            "](https://a.ru)",
            "[[x](",
            "http://127.0.0.1:1@evil.example/v2/chat/file/a",
            "![](http://127.0.0.1:1@evil.example/v2/chat/file/a)",
            "![](http://127.0.0.1.evil.example/v2/chat/file/a)",
        ] {
            assert_eq!(pieces(message), [plain(message)]);
        }
        // Of brackets around one the inner ones are its own.
        let inner = "[x](https://a.ru)";
        assert_eq!(pieces(&["[", inner].concat()), [plain("["), link(inner, "x", "https://a.ru")]);
    }

    #[test]
    fn a_name_is_safe_to_show() {
        for (label, name) in [
            ("чек\u{202e}fdp.exe (12 KB)", "чекfdp.exe"),
            ("\u{200b} (1KB)", "b.pdf"),
            (" ", "b.pdf"),
            ("<img src=x>.txt", "<img src=x>.txt"),
        ] {
            let found = pieces(&format!("[{label}]({FILE}a/b.pdf)"));
            assert!(matches!(&found[..], [Piece { kind: Kind::File(file), .. }] if file.name == name), "{found:?}");
        }
        let named = |chars: usize| match &pieces(&format!("[{}]({FILE}a)", "a".repeat(chars)))[..] {
            [Piece { kind: Kind::File(file), .. }] => file.name.chars().count(),
            found => panic!("{found:?}"),
        };
        assert_eq!([named(FILE_NAME_CHARS_MAX), named(FILE_NAME_CHARS_MAX + 1)], [FILE_NAME_CHARS_MAX; 2]);
    }

    #[test]
    fn limits_hold_and_what_is_beyond_them_is_text() {
        let files = |count: usize| {
            let found = pieces(&format!("[]({FILE}a)").repeat(count));
            found.iter().filter(|piece| matches!(piece.kind, Kind::File(_))).count()
        };
        assert_eq!([files(OZON_FILES_MAX), files(OZON_FILES_MAX + 1)], [OZON_FILES_MAX; 2]);
        let is_link = |message: &str| matches!(&pieces(message)[..], [Piece { kind: Kind::Link { .. }, .. }]);
        let labelled = |bytes: usize| is_link(&format!("[{}](https://a.ru)", "a".repeat(bytes)));
        assert_eq!([labelled(OZON_FILE_LABEL_BYTES_MAX - 1), labelled(OZON_FILE_LABEL_BYTES_MAX)], [true, false]);
        let long = |bytes: usize| is_link(&format!("[a](https://a.ru/{})", "a".repeat(bytes - "https://a.ru/".len())));
        assert_eq!([long(ADDRESS_BYTES_MAX), long(ADDRESS_BYTES_MAX + 1)], [true, false]);
    }

    #[test]
    fn in_the_list_a_message_is_words() {
        let same = |text: &str| text.to_owned();
        let (picture, receipt) = (format!("![]({FILE}a.jpg)"), format!("[чек.pdf (1KB)]({FILE}b)"));
        for (message, words) in [
            (picture.clone(), "Фото".to_owned()),
            (receipt.clone(), "чек.pdf".to_owned()),
            (format!("Треснула\n{picture}"), "Треснула · Фото".to_owned()),
            (format!("{picture}\n{picture}"), "Фото · Фото".to_owned()),
            (format!("{receipt} вот"), "чек.pdf · вот".to_owned()),
            ("Эта [модель](https://www.ozon.ru/x)?".to_owned(), "Эта модель?".to_owned()),
            ("[x](javascript:1)".to_owned(), "[x](javascript:1)".to_owned()),
            ("Да".to_owned(), "Да".to_owned()),
        ] {
            assert_eq!(said(&message, same), words);
        }
    }

    /// Messages out of the parts that matter, in any order.
    #[test]
    fn whatever_stands_there_nothing_is_lost_and_nothing_leads_elsewhere() {
        let parts = [
            "[",
            "]",
            "(",
            ")",
            "!",
            "![](",
            "[a](",
            "](",
            "https://a.ru",
            FILE,
            "a.jpg",
            "javascript:alert(1)",
            "data:,",
            " ",
            "\n",
            "ы",
            "🫖",
            ")",
            "[a](https://api-seller.ozon.ru/v2/chat/file/b.pdf",
            "![](https://api-seller.ozon.ru/v2/chat/file/c",
            "\u{202e}",
            "..",
            "/",
            "http://127.0.0.1:1/v2/chat/file/",
        ];
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        let mut found = [0; 3];
        for _ in 0..50_000 {
            let message: String = (0..next(14)).map(|_| parts[next(parts.len())]).collect();
            let pieces = pieces(&message);
            assert_eq!(pieces.iter().map(|piece| piece.raw.as_str()).collect::<String>(), message);
            for piece in pieces {
                match piece.kind {
                    Kind::Text => found[0] += 1,
                    Kind::Link { url, label } => {
                        assert!(url.starts_with("https://") && !label.is_empty(), "{message:?}");
                        found[1] += 1;
                    }
                    Kind::File(file) => {
                        assert!(chat_file::is_path(&file.path) && !file.name.is_empty(), "{message:?}");
                        found[2] += 1;
                    }
                }
            }
            said(&message, |text| text.to_owned());
        }
        assert!(found.iter().all(|count| *count > 100), "{found:?}");
        for hostile in ["[", "![](", "[a](", "]", "[[a](https://a.ru)", "![]("] {
            let message = hostile.repeat(20_000);
            assert_eq!(pieces(&message).iter().map(|piece| piece.raw.len()).sum::<usize>(), message.len());
        }
    }
}
