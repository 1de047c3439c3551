//! A file's name: from a sender who may call it anything, to one that is safe to show, to save under, and in a header.

use shared::limits::{FILE_NAME_CHARS_MAX, FILE_NAME_HEADER_BYTES_MAX};
use shared::problem::{Code, Problem};

/// The name of something that has none.
const NAMELESS: &str = "file";

/// More than the longest extension that a file of ours has.
const EXTENSION_CHARS_MAX: usize = 16;

/// A name without a path, without characters that a file system or a reader trips over, and not too long. The extension
/// stays.
#[must_use]
pub fn clean(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = name.chars().filter(|character| !is_unseen(*character)).map(replaced).collect();
    let is_edge = |character: char| character == '.' || character.is_whitespace();
    let shown = shown.trim_matches(is_edge);
    let cut = |text: &str, chars: usize| text.chars().take(chars).collect::<String>().trim_matches(is_edge).to_owned();
    let Some((stem, extension)) = shown.rsplit_once('.') else {
        let whole = cut(shown, FILE_NAME_CHARS_MAX);
        return if whole.is_empty() { NAMELESS.to_owned() } else { whole };
    };
    // In small letters first: those can be more.
    let extension = cut(&extension.to_lowercase(), EXTENSION_CHARS_MAX);
    if extension.is_empty() {
        return clean(stem);
    }
    let room = FILE_NAME_CHARS_MAX.saturating_sub(extension.chars().count()).saturating_sub(1);
    let stem = cut(stem, room);
    format!("{}.{extension}", if stem.is_empty() { NAMELESS } else { &stem })
}

/// What stands after the last dot of a clean name.
#[must_use]
pub fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Characters that nobody sees, and that can make a name read as another: controls, marks of direction, joiners.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Characters that file systems forbid.
fn replaced(character: char) -> char {
    match character {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        other => other,
    }
}

/// The name in an upload's header: UTF-8, percent-encoded, since headers carry ASCII only.
///
/// # Errors
/// [`Code::Invalid`] for what is too long or not that.
pub fn from_header(value: &str) -> Result<String, Problem> {
    let refused = || {
        Problem::new(
            Code::Invalid,
            "the header X-File-Name is the file's name in UTF-8, percent-encoded, at most 2,880 bytes",
        )
    };
    if value.len() > FILE_NAME_HEADER_BYTES_MAX {
        return Err(refused());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let (high, low) = (digit(rest.next()), digit(rest.next()));
            let (high, low) = high.zip(low).ok_or_else(refused)?;
            bytes.push(u8::try_from(high << 4 | low).map_err(|_| refused())?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| refused())
}

/// `Content-Disposition` (RFC 6266) with the name in ASCII for old readers and in UTF-8 (RFC 8187) for all others.
#[must_use]
pub fn disposition(kind: &str, name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|character| match character {
            ' ' | '!'..='~' if !matches!(character, '"' | '\\' | '%') => character,
            _ => '_',
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        // attr-char of RFC 8187.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}
