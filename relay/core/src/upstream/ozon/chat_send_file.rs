//! `POST /v1/chat/send/file`: writes a file to a chat, as base64 in JSON (UPSTREAMS 1.2). The answer does not carry the
//! message's id.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use shared::chat_file::PREFIX;
use shared::limits::FILE_BYTES_MAX;
use shared::problem::{Code, Problem};

/// The method's path.
pub const PATH: &str = "/v1/chat/send/file";

use super::{Account, chat_send_message};
use crate::upstream::{Answered, Failure, Request};

/// A call that lacks its file still: the bytes are read when it is made, and held no longer.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The call without a body.
    call: Request,
    chat_id: String,
    name: String,
}

impl Envelope {
    /// `name` is one that [`name`] gave.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a name without an extension, or if the credentials cannot be written into headers.
    pub fn new(account: &Account, chat_id: &str, name: &str) -> Result<Self, Problem> {
        if !has_extension(name) {
            return Err(Problem::new(Code::Invalid, "Ozon takes no file whose name has no extension"));
        }
        let call = account.forward(PATH, Vec::new())?;
        Ok(Self { call, chat_id: chat_id.into(), name: name.into() })
    }

    /// The whole call. Nothing of it is written twice: a body takes a third more than its file.
    ///
    /// # Errors
    /// [`Code::TooLarge`] over our own limit (Ozon names none), [`Code::Invalid`] for an empty file.
    pub fn with(self, content: &[u8]) -> Result<Request, Problem> {
        if content.is_empty() {
            return Err(Problem::new(Code::Invalid, "the file is empty"));
        }
        if content.len() > FILE_BYTES_MAX {
            return Err(too_large());
        }
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let (begin, middle) =
            (format!("{{\"chat_id\":{},\"base64_content\":\"", quoted(&self.chat_id)), "\",\"name\":");
        let end = format!("{middle}{}}}", quoted(&self.name));
        let encoded = content.len().div_ceil(3).saturating_mul(4);
        let mut body = String::with_capacity(encoded.saturating_add(begin.len()).saturating_add(end.len()));
        body.push_str(&begin);
        BASE64_STANDARD.encode_string(content, &mut body);
        body.push_str(&end);
        Ok(self.call.map(|_| body.into_bytes()))
    }
}

/// The call. `name` is one that [`name`] gave.
///
/// # Errors
/// [`Code::TooLarge`] over our own limit (Ozon names none), [`Code::Invalid`] for an empty file or a name without an
/// extension, or if the credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str, name: &str, content: &[u8]) -> Result<Request, Problem> {
    Envelope::new(account, chat_id, name)?.with(content)
}

/// What a client of the vendor's wants sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The chat.
    pub chat_id: String,
    /// The file's name, as it came.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

#[derive(Deserialize)]
struct AskedBody<'a> {
    chat_id: Option<&'a str>,
    #[serde(borrow)]
    base64_content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
}

/// Base64 as writers of the vendor's clients write it: with its padding or without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a client's own body of this method.
///
/// # Errors
/// [`Code::Malformed`] or [`Code::Invalid`] for what is no such body, [`Code::TooLarge`] for a file over our limit.
pub fn parse(body: &[u8]) -> Result<Asked, Problem> {
    let wrong = |detail: &str| Problem::new(Code::Invalid, detail);
    let asked: AskedBody<'_> = serde_json::from_slice(body).map_err(|_| {
        Problem::new(Code::Malformed, "the body is JSON with the strings chat_id, base64_content and name")
    })?;
    let chat_id = asked.chat_id.filter(|chat_id| super::is_chat_id(chat_id));
    let chat_id = chat_id.ok_or_else(|| wrong("chat_id is missing, or is no chat's id"))?;
    let name = asked.name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| wrong("name is missing: the file's name with its extension"))?;
    let encoded = asked.base64_content.filter(|encoded| !encoded.is_empty());
    let encoded = encoded.ok_or_else(|| wrong("base64_content is missing: the file's bytes in base64"))?;
    if encoded.len() > FILE_BYTES_MAX.div_ceil(3).saturating_mul(4) {
        return Err(too_large());
    }
    let content = LENIENT.decode(encoded.as_bytes()).map_err(|_| wrong("base64_content is not base64"))?;
    if content.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    Ok(Asked { chat_id: chat_id.to_owned(), name: name.into_owned(), content })
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge, format!("a file has at most {FILE_BYTES_MAX} bytes"))
}

/// Whether the file was accepted.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<(), Failure> {
    chat_send_message::read(answered)
}

/// Whether a message of the seller's, as the history shows it (UPSTREAMS 1.4), is the file that was sent as `name`: nothing
/// but one link to a file in a chat. A picture is shown without its name, so it may be any picture. A name counts by its
/// letters and digits: what the vendor escapes, trims or folds in it makes no second copy.
#[must_use]
pub fn shows(markdown: &str, name: &str, is_image: bool) -> bool {
    let shown = markdown.trim();
    let (picture, shown) = match shown.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, shown),
    };
    let link = shown.strip_prefix('[').and_then(|shown| shown.strip_suffix(')'));
    let Some((label, address)) = link.and_then(|link| link.rsplit_once("](")) else { return false };
    let is_file = address.contains(PREFIX) && !address.contains(char::is_whitespace);
    let (shown, ours) = (letters(label), letters(name));
    // After the name stands its size: `name.pdf (123KB)`.
    let size = shown.strip_prefix(&ours).map(|rest| rest.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    let is_named = size.is_some_and(|unit| matches!(unit, "" | "b" | "kb" | "mb" | "gb" | "б" | "кб" | "мб" | "гб"));
    is_file && (is_image && picture || is_named)
}

/// The letters and digits of a name.
fn letters(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The name that Ozon gets: with an extension, which it demands. A name that has none gets that of its content type. Brackets
/// become round, since Ozon shows a name within those of a link.
#[must_use]
pub fn name(name: &str, content_type: &str) -> String {
    let name = name.trim().replace('[', "(").replace(']', ")");
    let name = name.as_str();
    if has_extension(name) {
        return name.to_owned();
    }
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let extension = match essence.as_str() {
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/heic" => "heic",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        _ => "bin",
    };
    let stem = name.trim_end_matches('.');
    format!("{}.{extension}", if stem.is_empty() { "file" } else { stem })
}

/// Whether something stands on both sides of the last dot.
fn has_extension(name: &str) -> bool {
    let is_one = |extension: &str| {
        !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) && extension.len() <= 16
    };
    name.rsplit_once('.').is_some_and(|(stem, extension)| !stem.trim().is_empty() && is_one(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::ozon::Credentials;
    use shared::limits::FORWARD_FILE_BODY_BYTES_MAX;

    #[test]
    fn every_name_ends_up_with_an_extension() {
        for (given, content_type, expected) in [
            ("чек.pdf", "application/pdf", "чек.pdf"),
            ("чек", "application/pdf", "чек.pdf"),
            ("чек", "image/jpeg; charset=binary", "чек.jpg"),
            ("чек.", "IMAGE/PNG", "чек.png"),
            ("инструкция v.2 (новая)", "text/plain", "инструкция v.2 (новая).txt"),
            (".pdf", "application/pdf", ".pdf.pdf"),
            ("", "image/webp", "file.webp"),
            ("...", "", "file.bin"),
            ("архив", "application/x-unheard-of", "архив.bin"),
        ] {
            assert_eq!(name(given, content_type), expected);
            assert!(has_extension(expected), "{expected}");
        }
    }

    #[test]
    fn a_name_fits_into_the_brackets_of_a_link() {
        assert_eq!(name("акт [1].pdf", "application/pdf"), "акт (1).pdf");
        assert_eq!(name("акт].pdf", "application/pdf"), "акт).pdf");
    }

    #[test]
    fn a_file_is_known_by_its_name_and_a_picture_by_being_one() {
        let link = |label: &str| format!("[{label}](https://api-seller.ozon.ru/v2/chat/file/messenger/1/a.pdf)");
        let picture = format!("!{}", link(""));
        for label in ["чек №1.pdf (12KB)", "чек №1.pdf", "чек №1.PDF (1,2 МБ)", "чек №1\\.pdf (12KB)", " чек  №1.pdf  "]
        {
            assert!(shows(&link(label), "чек №1.pdf", false), "{label}");
        }
        for label in ["чек №2.pdf (12KB)", "чек №1.csv (12KB)", "№1.pdf (1KB)", "", "(12KB)"] {
            assert!(!shows(&link(label), "чек №1.pdf", false), "{label}");
        }
        assert!(shows(&format!(" {picture}\n"), "фото.jpg", true));
        assert!(shows(&link("фото.jpg (2MB)"), "фото.jpg", true), "a picture that is shown as a file");
        assert!(!shows(&picture, "чек.pdf", false));
        assert!(!shows(&link("чек.pdf (2MB)"), "фото.jpg", true));
        // Another host than ours is the vendor's all the same; what is no file in a chat, or more than a file, is not it.
        assert!(shows("![](http://127.0.0.1:4000/v2/chat/file/a)", "фото.jpg", true));
        for other in
            ["", "фото.jpg", "![](https://www.ozon.ru/a.jpg)", &format!("Вот {picture}"), &format!("{picture}!")]
        {
            assert!(!shows(other, "фото.jpg", true), "{other}");
        }
    }

    #[test]
    fn a_clients_body_is_read_whatever_its_writer_escapes() {
        let body =
            |content: &str| format!(r#"{{"chat_id":"chat-1","base64_content":"{content}","name":"\u0447.pdf"}}"#);
        let asked = Asked { chat_id: "chat-1".into(), name: "ч.pdf".into(), content: vec![0xff, 0xfe, 0xff, 0xff] };
        for content in ["//7//w==", r"\/\/7\/\/w==", "//7//w"] {
            assert_eq!(parse(body(content).as_bytes()), Ok(asked.clone()), "{content}");
        }
        for (wrong, code) in [
            ("{", Code::Malformed),
            ("[]", Code::Malformed),
            (r#"{"chat_id":1,"base64_content":"YQ==","name":"a.pdf"}"#, Code::Malformed),
            (r#"{"base64_content":"YQ==","name":"a.pdf"}"#, Code::Invalid),
            (r#"{"chat_id":"","base64_content":"YQ==","name":"a.pdf"}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","name":"a.pdf"}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","base64_content":"","name":"a.pdf"}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","base64_content":"YQ==","name":" "}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","base64_content":"YQ=="}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","base64_content":"Y","name":"a.pdf"}"#, Code::Invalid),
            (r#"{"chat_id":"chat-1","base64_content":"YQ= =","name":"a.pdf"}"#, Code::Invalid),
            (
                r#"{"chat_id":"chat-1","base64_content":"data:application/pdf;base64,YQ==","name":"a.pdf"}"#,
                Code::Invalid,
            ),
        ] {
            assert_eq!(parse(wrong.as_bytes()).map_err(|problem| problem.code), Err(code), "{wrong}");
        }
    }

    #[test]
    fn the_largest_file_fits_a_clients_body_and_one_byte_more_is_refused() {
        let body = |bytes: usize| {
            let content = BASE64_STANDARD.encode(vec![b'a'; bytes]);
            format!(r#"{{"chat_id":"chat-1","base64_content":"{content}","name":"a.csv"}}"#)
        };
        let largest = body(FILE_BYTES_MAX);
        assert!(largest.len() <= FORWARD_FILE_BODY_BYTES_MAX);
        assert_eq!(parse(largest.as_bytes()).map(|asked| asked.content.len()), Ok(FILE_BYTES_MAX));
        assert_eq!(parse(body(FILE_BYTES_MAX + 1).as_bytes()).map_err(|problem| problem.code), Err(Code::TooLarge));
    }

    #[test]
    fn a_file_is_taken_up_to_its_limit_and_with_a_name_only() {
        let account = Account {
            base_url: "https://ozon.test".into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        };
        let refused = |name: &str, bytes: usize| {
            request(&account, "chat-1", name, &vec![b'a'; bytes]).map(|_| ()).map_err(|problem| problem.code)
        };
        assert_eq!(refused("a.txt", FILE_BYTES_MAX), Ok(()));
        assert_eq!(refused("a.txt", FILE_BYTES_MAX + 1), Err(Code::TooLarge));
        assert_eq!(refused("a.txt", 0), Err(Code::Invalid));
        assert_eq!(refused("a", 1), Err(Code::Invalid));
    }
}
