//! How a file leaves: status, headers, and which of its bytes. The headers make sure that a browser shows an image and
//! saves everything else, and that nothing in a file runs.

use shared::file::FileType;
use shared::limits::FILE_LINK_TTL_S;

use super::name;

/// What a request says about how it wants the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// `Range`
    pub range: Option<&'a str>,
    /// `If-Range`
    pub if_range: Option<&'a str>,
    /// `If-None-Match`
    pub if_none_match: Option<&'a str>,
    /// Whether to save even what a browser could show.
    pub download: bool,
}

/// The answer, but for its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// 200, 206, 304 or 416.
    pub status: u16,
    /// In this order.
    pub headers: Vec<(&'static str, String)>,
    /// Offset and length of the bytes that follow.
    pub bytes: Option<(i64, i64)>,
}

/// Decides the answer for a file of `size` bytes.
#[must_use]
pub fn serve(file_id: &str, name: &str, media_type: &str, size: i64, wanted: &Wanted<'_>) -> Serving {
    let etag = format!("\"{file_id}\"");
    let shows = FileType::parse(media_type).is_some_and(FileType::is_image) && !wanted.download;
    // What is not one of our types was never taken by this version: bytes to be saved, and nothing more.
    let media_type = match FileType::parse(media_type) {
        Some(FileType::Csv) => "text/csv; charset=utf-8",
        Some(file_type) => file_type.as_str(),
        None => "application/octet-stream",
    };
    let mut headers = guards(name, media_type, shows);
    headers.extend([("Accept-Ranges", "bytes".to_owned()), ("ETag", etag.clone())]);
    let matches =
        |list: &str| list.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*");
    if wanted.if_none_match.is_some_and(matches) {
        return Serving { status: 304, headers, bytes: None };
    }
    let range = wanted.range.filter(|_| wanted.if_range.is_none_or(|tag| tag.trim() == etag));
    match range.map_or(Range::Whole, |range| parse_range(range, size)) {
        Range::Whole => {
            headers.push(("Content-Length", size.to_string()));
            Serving { status: 200, headers, bytes: Some((0, size)) }
        }
        Range::Part { first, last } => {
            let length = last.saturating_sub(first).saturating_add(1);
            headers.push(("Content-Range", format!("bytes {first}-{last}/{size}")));
            headers.push(("Content-Length", length.to_string()));
            Serving { status: 206, headers, bytes: Some((first, length)) }
        }
        Range::Beyond => {
            headers.push(("Content-Range", format!("bytes */{size}")));
            Serving { status: 416, headers, bytes: None }
        }
    }
}

/// The headers that every file has, of whatever source: as what it comes, and what a browser may do with it. `shows`: whether
/// it shows it in place.
#[must_use]
pub fn guards(name: &str, media_type: &str, shows: bool) -> Vec<(&'static str, String)> {
    vec![
        ("Content-Type", media_type.to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Content-Disposition", name::disposition(if shows { "inline" } else { "attachment" }, name)),
        ("Content-Security-Policy", "default-src 'none'; sandbox".to_owned()),
        ("Cross-Origin-Resource-Policy", "cross-origin".to_owned()),
        ("Referrer-Policy", "no-referrer".to_owned()),
        ("Cache-Control", format!("private, max-age={FILE_LINK_TTL_S}")),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { first: i64, last: i64 },
    Beyond,
}

/// One range of bytes (RFC 9110, 14.1.2). Several, or anything else, mean the whole file, as they may.
fn parse_range(value: &str, size: i64) -> Range {
    let Some(spec) = value.trim().strip_prefix("bytes=") else { return Range::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Range::Whole };
    let number = |text: &str| -> Option<i64> {
        let text = text.trim();
        // A number too large to hold is beyond every file.
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().unwrap_or(i64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => within(first, last, size),
        (Some(first), None) if last.trim().is_empty() => within(first, i64::MAX, size),
        (None, Some(0)) if first.trim().is_empty() => Range::Beyond,
        (None, Some(count)) if first.trim().is_empty() => within(size.saturating_sub(count).max(0), i64::MAX, size),
        _ => Range::Whole,
    }
}

fn within(first: i64, last: i64, size: i64) -> Range {
    if first >= size { Range::Beyond } else { Range::Part { first, last: last.min(size.saturating_sub(1)) } }
}
