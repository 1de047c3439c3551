//! `POST /v1/chat/send/file`: writes a file to a chat, as base64 in JSON (UPSTREAMS 1.2). The answer does not carry the
//! message's id.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use shared::limits::FILE_BYTES_MAX;
use shared::problem::{Code, Problem};

/// The method's path.
pub const PATH: &str = "/v1/chat/send/file";

use super::{Account, chat_send_message};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    base64_content: String,
    name: &'a str,
}

/// The call. `name` is one that [`name`] gave.
///
/// # Errors
/// [`Code::TooLarge`] over our own limit (Ozon names none), [`Code::Invalid`] for an empty file or a name without an
/// extension, or if the credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str, name: &str, content: &[u8]) -> Result<Request, Problem> {
    if content.is_empty() {
        return Err(Problem::new(Code::Invalid, "the file is empty"));
    }
    if content.len() > FILE_BYTES_MAX {
        return Err(Problem::new(Code::TooLarge, format!("a file has at most {FILE_BYTES_MAX} bytes")));
    }
    if !has_extension(name) {
        return Err(Problem::new(Code::Invalid, "Ozon takes no file whose name has no extension"));
    }
    account.post(PATH, &Body { chat_id, base64_content: BASE64_STANDARD.encode(content), name })
}

/// Whether the file was accepted.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<(), Failure> {
    chat_send_message::read(answered)
}

/// The name that Ozon gets: with an extension, which it demands. A name that has none gets that of its content type.
#[must_use]
pub fn name(name: &str, content_type: &str) -> String {
    let name = name.trim();
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
