//! What a file is, by its first bytes; for a table, by all of them.

use shared::file::FileType;

/// The type whose magic number a file begins with. Formats without one (CSV) are not found here.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<FileType> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(FileType::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(FileType::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(FileType::Webp)
    } else if bytes.starts_with(b"%PDF-") {
        Some(FileType::Pdf)
    } else {
        None
    }
}

/// Whether a file can be a table: UTF-8, printable but for tabs and line ends, and not a page or a picture in disguise.
#[must_use]
pub fn is_table(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_markup = text.trim_start().starts_with('<');
    !is_markup && text.chars().all(|character| matches!(character, '\t' | '\n' | '\r') || !character.is_control())
}

/// Whether a declared media type agrees. A browser that does not know an ending declares nothing or
/// `application/octet-stream`; those with an office program installed have a name of their own for tables.
#[must_use]
pub fn declares(declared: &str, file_type: FileType) -> bool {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let essence = essence.as_str();
    if essence.is_empty() || essence == "application/octet-stream" || essence == file_type.as_str() {
        return true;
    }
    match file_type {
        FileType::Jpeg => matches!(essence, "image/jpg" | "image/pjpeg"),
        FileType::Csv => {
            matches!(essence, "text/plain" | "application/csv" | "text/x-csv" | "application/vnd.ms-excel")
        }
        FileType::Png | FileType::Webp | FileType::Pdf => false,
    }
}
