//! Files in chats (UPSTREAMS 1.4): links in a message's Markdown that want the merchant's key, so that no browser can load
//! them. Which links those are, whether one may be fetched with the key, where a redirect may lead, and as what the file may
//! be passed on.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION};
use shared::chat_file::{PREFIX, is_path, name_and_size};
use shared::limits::{ADDRESS_BYTES_MAX, OZON_FILE_BYTES_MAX, OZON_FILE_LABEL_BYTES_MAX, OZON_FILES_MAX};
use shared::problem::{Code, Problem};

use super::Account;
use crate::files::name;
use crate::upstream::{Request, Response};

/// Whether a text may have a link to a file of a chat in it.
#[must_use]
pub fn has_link(text: &str) -> bool {
    text.contains(PREFIX)
}

/// Hosts that Ozon keeps files on, with all below them.
const HOSTS: [&str; 3] = ["ozon.ru", "ozone.ru", "ozonusercontent.com"];

/// A file that a message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLink {
    /// A name that is safe to show and to save under.
    pub name: String,
    /// What stands after `/v2/chat/file/`.
    pub path: String,
    /// Whether it is shown as a picture.
    pub is_image: bool,
}

/// The files of a message, in order, each once. Links to anything else, and those that could lead elsewhere, are none.
#[must_use]
pub fn links(markdown: &str, base_url: &str) -> Vec<FileLink> {
    let mut links: Vec<FileLink> = Vec::new();
    let opening = format!("]({base_url}{PREFIX}");
    for (at, _) in markdown.match_indices(&opening) {
        if links.len() >= OZON_FILES_MAX {
            break;
        }
        let rest = markdown.get(at.saturating_add(opening.len())..).unwrap_or_default();
        let Some((path, _)) = rest.split_once(')') else { continue };
        let Some((label, is_image)) = label(markdown.get(..at).unwrap_or_default()) else { continue };
        if is_path(path) && !links.iter().any(|link| link.path == path) {
            links.push(FileLink { name: shown_name(label, path), path: path.to_owned(), is_image });
        }
    }
    links
}

/// What stands in the brackets that end a text, and whether a `!` stands before them.
fn label(text: &str) -> Option<(&str, bool)> {
    let mut depth = 0_usize;
    let near =
        text.char_indices().rev().take_while(|(at, _)| text.len().saturating_sub(*at) <= OZON_FILE_LABEL_BYTES_MAX);
    for (at, character) in near {
        match character {
            ']' => depth = depth.saturating_add(1),
            '[' if depth > 0 => depth = depth.saturating_sub(1),
            '[' => {
                let is_image = text.get(..at).unwrap_or_default().ends_with('!');
                return Some((text.get(at.saturating_add(1)..).unwrap_or_default(), is_image));
            }
            _ => {}
        }
    }
    None
}

/// `name.pdf` of `name.pdf (123KB)`; of a link without a name, the end of its path.
fn shown_name(label: &str, path: &str) -> String {
    let (bare, _) = name_and_size(label);
    name::clean(if bare.is_empty() { path } else { bare })
}

/// Whether a file's address may be called with the merchant's key.
///
/// # Errors
/// [`Code::Forbidden`] for everything but a file of the upstream's.
pub fn may_fetch(base_url: &str, url: &str) -> Result<(), Problem> {
    let path = url.strip_prefix(base_url).and_then(|rest| rest.strip_prefix(PREFIX));
    if path.is_some_and(is_path) {
        Ok(())
    } else {
        Err(Problem::new(Code::Forbidden, "this is not the address of a file in a chat"))
    }
}

/// The call for a file, by its [`FileLink::path`].
///
/// # Errors
/// [`Code::Forbidden`] for a path that could lead elsewhere, or if the credentials cannot be written into headers.
pub fn request(account: &Account, path: &str) -> Result<Request, Problem> {
    let whole = format!("{PREFIX}{path}");
    may_fetch(&account.base_url, &format!("{}{whole}", account.base_url))?;
    account.get(&whole)
}

/// What stands after `/v2/chat/file/`, if a path is that of a file and leads nowhere else.
#[must_use]
pub fn path_of(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX).filter(|path| is_path(path))
}

/// The name that a file is saved under: the end of its path, as people read it.
#[must_use]
pub fn saved_name(path: &str) -> String {
    let end = path.rsplit('/').next().unwrap_or_default();
    name::clean(&name::from_header(end).unwrap_or_else(|_| end.to_owned()))
}

/// What an answer on the way to a file means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file is elsewhere.
    Follow(Follow),
    /// This is the file, and may be passed on as this type.
    File(&'static str),
    /// Ozon has refused it in its own words.
    Refused,
    /// It is nothing that may be passed on.
    Trouble(Problem),
}

/// Reads the answer to a call of `from`.
#[must_use]
pub fn step(response: &Response, from: &str, base_url: &str) -> Step {
    let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let status = response.status();
    if is_redirect(status.as_u16()) {
        return header(LOCATION).and_then(|location| may_follow(location, from, base_url)).map_or_else(
            || {
                Step::Trouble(Problem::new(
                    Code::UpstreamRejected,
                    "Ozon names a place that is not its own for this file",
                ))
            },
            Step::Follow,
        );
    }
    if status.is_success() {
        let announced = header(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
        let bytes = announced.unwrap_or_default().max(response.body().len());
        if bytes > OZON_FILE_BYTES_MAX {
            let detail = format!("a file of Ozon's is passed on up to {OZON_FILE_BYTES_MAX} bytes");
            return Step::Trouble(Problem::new(Code::TooLarge, detail));
        }
        return Step::File(safe_content_type(header(CONTENT_TYPE).unwrap_or_default()));
    }
    let is_ozons_own = split(base_url).zip(split(from)).is_some_and(|(base, from)| base.0 == from.0);
    match status.as_u16() {
        300..=399 => {
            Step::Trouble(Problem::new(Code::UpstreamRejected, "Ozon's answer is neither a file nor a refusal"))
        }
        _ if is_ozons_own => Step::Refused,
        404 | 410 => Step::Trouble(Problem::new(Code::NotFound, "the file is not there any more")),
        _ => Step::Trouble(Problem::new(
            Code::UpstreamUnavailable,
            "the place where Ozon keeps its files does not answer",
        )),
    }
}

/// The call that goes on where a redirect leads.
///
/// # Errors
/// [`Code::Forbidden`] if the key were to go anywhere but to a file of the upstream's.
pub fn follow(account: &Account, follow: &Follow) -> Result<Request, Problem> {
    if !follow.with_key {
        return http::Request::get(&follow.url).body(Vec::new()).map_err(|_| super::unwritten());
    }
    let path = follow.url.strip_prefix(&account.base_url).filter(|path| stays(path));
    account.get(path.ok_or_else(|| Problem::new(Code::Forbidden, "this is not the address of a file in a chat"))?)
}

/// Whether an answer says that the file is elsewhere.
#[must_use]
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 307 | 308)
}

/// Where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// The address.
    pub url: String,
    /// Whether the merchant's key may go there, too.
    pub with_key: bool,
}

/// Where a redirect of `from` leads, if one may go there: back to the upstream, or by https to one of Ozon's hosts. The key
/// goes to files of the upstream only, never to where the upstream has sent us.
#[must_use]
pub fn may_follow(location: &str, from: &str, base_url: &str) -> Option<Follow> {
    let is_sane =
        location.len() <= ADDRESS_BYTES_MAX && location.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_sane {
        return None;
    }
    let (here, _) = split(from)?;
    // A path; with two strokes it would name a host.
    let url = if location.starts_with('/') && !location.starts_with("//") {
        format!("{here}{location}")
    } else {
        location.to_owned()
    };
    let url = url.split('#').next().unwrap_or_default().to_owned();
    let (there, path) = split(&url)?;
    // Whoever calls it has to read the same host in it.
    let read: http::Uri = url.parse().ok()?;
    if !there.ends_with(&format!("://{}", read.authority()?)) {
        return None;
    }
    if split(base_url).is_some_and(|(upstream, _)| there == upstream) {
        return Some(Follow { with_key: stays(path), url });
    }
    let host = there.strip_prefix("https://")?.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    let is_ozons = HOSTS.iter().any(|known| match host.strip_suffix(known) {
        Some(below) => below.is_empty() || below.strip_suffix('.').is_some_and(is_name),
        None => false,
    });
    is_ozons.then_some(Follow { url, with_key: false })
}

/// Whether a path is one of a file still, as it stands.
fn stays(path: &str) -> bool {
    let bare = path.split('?').next().unwrap_or_default();
    bare.strip_prefix(PREFIX).is_some_and(is_path)
}

/// The scheme, host and port of an address, and its path. None without a host, or with a name and password before it.
fn split(url: &str) -> Option<(&str, &str)> {
    let scheme = if url.starts_with("https://") { "https://" } else { "http://" };
    let rest = url.strip_prefix(scheme)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest.get(..end)?;
    if host.is_empty() || host.contains('@') {
        return None;
    }
    Some((url.get(..scheme.len().saturating_add(end))?, rest.get(end..)?))
}

/// Names of hosts, one below the other.
fn is_name(names: &str) -> bool {
    names
        .split('.')
        .all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// As what a file is passed on: what a browser shows without running anything, or plain bytes to be saved.
#[must_use]
pub fn safe_content_type(content_type: &str) -> &'static str {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/png" => "image/png",
        "image/webp" => "image/webp",
        "image/gif" => "image/gif",
        "application/pdf" => "application/pdf",
        "text/plain" => "text/plain; charset=utf-8",
        "text/csv" => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether a file of this safe type is shown in place; all others are saved.
#[must_use]
pub fn is_shown(safe_content_type: &str) -> bool {
    safe_content_type.starts_with("image/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::upstream::ozon::Credentials;

    const BASE: &str = "https://api-seller.ozon.ru";

    fn link(name: &str, path: &str, is_image: bool) -> FileLink {
        FileLink { name: name.into(), path: path.into(), is_image }
    }

    #[test]
    fn pictures_and_files_are_found_with_their_names() {
        let markdown = "Вот фото ![](https://api-seller.ozon.ru/v2/chat/file/messenger/1/a-1.jpg) и\n\
            [чек.pdf (123KB)](https://api-seller.ozon.ru/v2/chat/file/messenger-rotated-3/2/b.pdf), \
            [акт [1] (копия).docx (1,5 МБ)](https://api-seller.ozon.ru/v2/chat/file/c/%D0%B0) \
            [модель](https://www.ozon.ru/product/x) ![](https://api-seller.ozon.ru/v2/chat/file/messenger/1/a-1.jpg)";
        assert_eq!(
            links(markdown, BASE),
            [
                link("a-1.jpg", "messenger/1/a-1.jpg", true),
                link("чек.pdf", "messenger-rotated-3/2/b.pdf", false),
                link("акт [1] (копия).docx", "c/%D0%B0", false),
            ]
        );
        let at_a_simulator = "[a.txt (1KB)](http://127.0.0.1:4000/v2/chat/file/a.txt)";
        assert_eq!(links(at_a_simulator, "http://127.0.0.1:4000"), [link("a.txt", "a.txt", false)]);
        assert_eq!(links(at_a_simulator, BASE), []);
    }

    #[test]
    fn a_name_in_a_message_is_made_safe() {
        for (label, expected) in [
            ("../../etc/passwd (1KB)", "passwd"),
            ("чек\u{202e}fdp.exe (12 KB)", "чекfdp.exe"),
            ("отчёт (12)", "отчёт (12)"),
            (" (5MB)", "b.pdf"),
            ("a<b>.txt", "a_b_.txt"),
        ] {
            let markdown = format!("[{label}]({BASE}/v2/chat/file/a/b.pdf)");
            assert_eq!(links(&markdown, BASE), [link(expected, "a/b.pdf", false)], "{label}");
        }
    }

    #[test]
    fn a_message_full_of_links_costs_no_more_than_its_limit() {
        let one = |n: usize| format!("[]({BASE}/v2/chat/file/{n})");
        let many = |count: usize| (0..count).map(one).collect::<String>();
        assert_eq!(links(&many(OZON_FILES_MAX), BASE).len(), OZON_FILES_MAX);
        assert_eq!(links(&many(OZON_FILES_MAX + 1), BASE).len(), OZON_FILES_MAX);
        let labelled = |bytes: usize| format!("[{}]({BASE}/v2/chat/file/a.pdf)", "a".repeat(bytes));
        assert_eq!(links(&labelled(OZON_FILE_LABEL_BYTES_MAX - 1), BASE).len(), 1);
        assert_eq!(links(&labelled(OZON_FILE_LABEL_BYTES_MAX), BASE).len(), 0);
    }

    /// What comes after a base address, and does not belong there.
    const HOSTILE: &[&str] = &[
        "",
        "/",
        "/v2/chat/file/",
        "/v2/chat/file",
        "/v2/chat/file//a",
        "/v2/chat/file/a//b",
        "/v2/chat/file/a/",
        "/v2/chat/file/../a",
        "/v2/chat/file/a/../../../v1/roles",
        "/v2/chat/file/./a",
        "/v2/chat/file/a/..",
        "/v2/chat/file/%2e%2e/a",
        "/v2/chat/file/%2E./a",
        "/v2/chat/file/.%2e/a",
        "/v2/chat/file/a%2fb",
        "/v2/chat/file/a%2Fb",
        "/v2/chat/file/a%5cb",
        "/v2/chat/file/a%252fb",
        "/v2/chat/file/a%00",
        "/v2/chat/file/a%0d%0aX",
        "/v2/chat/file/a%3fb",
        "/v2/chat/file/a%23b",
        "/v2/chat/file/a%",
        "/v2/chat/file/a%2",
        "/v2/chat/file/a%zz",
        "/v2/chat/file/a\\b",
        "/v2/chat/file/a?b=c",
        "/v2/chat/file/a#b",
        "/v2/chat/file/a b",
        "/v2/chat/file/a\r\nHost: b",
        "/v2/chat/file/a\0",
        "/v2/chat/file/а",
        "/v2/chat/file/<a>",
        "/v2/chat/file/\"a",
        "/V2/chat/file/a",
        "/v2/chat/files/a",
        "/v2/chat/history",
        "/v1/chat/send/message",
        "@evil.example/v2/chat/file/a",
        ".evil.example/v2/chat/file/a",
        ":443/v2/chat/file/a",
        ":8443/v2/chat/file/a",
        "?/v2/chat/file/a",
        "#/v2/chat/file/a",
        "\\/v2/chat/file/a",
    ];

    #[test]
    fn the_key_goes_to_files_of_the_upstream_only() {
        for path in ["a", "a.jpg", "messenger/1/a_b-c~1.JPG", "a/%D0%B0%20b.pdf", "a/...b", "a/b@2x.png"] {
            assert_eq!(may_fetch(BASE, &format!("{BASE}/v2/chat/file/{path}")), Ok(()), "{path}");
        }
        for rest in HOSTILE {
            let url = format!("{BASE}{rest}");
            assert_eq!(may_fetch(BASE, &url).map_err(|problem| problem.code), Err(Code::Forbidden), "{url:?}");
            assert_eq!(links(&format!("![]({url})"), BASE), [], "{url:?}");
        }
        for url in [
            "http://api-seller.ozon.ru/v2/chat/file/a",
            "https://API-SELLER.ozon.ru/v2/chat/file/a",
            "HTTPS://api-seller.ozon.ru/v2/chat/file/a",
            "https://api-seller.ozon.ru.evil.example/v2/chat/file/a",
            "https://evil.example/https://api-seller.ozon.ru/v2/chat/file/a",
            "https://key@api-seller.ozon.ru/v2/chat/file/a",
            "https:/api-seller.ozon.ru/v2/chat/file/a",
            "//api-seller.ozon.ru/v2/chat/file/a",
            "/v2/chat/file/a",
            " https://api-seller.ozon.ru/v2/chat/file/a",
            "https://127.0.0.1/v2/chat/file/a",
            "file:///v2/chat/file/a",
            "javascript:alert(1)",
        ] {
            assert!(may_fetch(BASE, url).is_err(), "{url}");
            assert_eq!(links(&format!("[a]({url})"), BASE), [], "{url}");
        }
        let path = |bytes: usize| "a".repeat(bytes);
        assert!(may_fetch(BASE, &format!("{BASE}/v2/chat/file/{}", path(ADDRESS_BYTES_MAX))).is_ok());
        assert!(may_fetch(BASE, &format!("{BASE}/v2/chat/file/{}", path(ADDRESS_BYTES_MAX + 1))).is_err());
    }

    #[test]
    fn the_call_for_a_file_carries_the_key_and_no_other_path_gets_one() {
        let account = Account {
            base_url: BASE.into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        };
        let call = request(&account, "messenger/1/a.jpg").unwrap();
        assert_eq!(
            (call.method().as_str(), call.uri().to_string()),
            ("GET", format!("{BASE}/v2/chat/file/messenger/1/a.jpg"))
        );
        assert_eq!(
            (&call.headers()["Client-Id"], &call.headers()["Api-Key"]),
            (&"836".parse().unwrap(), &"secret-key-1".parse().unwrap())
        );
        assert!(!format!("{call:?}").contains("secret-key-1"));
        for path in ["", "..", "../read", "a/../../read", "a?b", "%2e%2e/read"] {
            assert_eq!(
                request(&account, path).map(|_| ()).map_err(|problem| problem.code),
                Err(Code::Forbidden),
                "{path}"
            );
        }
    }

    #[test]
    fn a_redirect_leads_to_ozons_hosts_only_and_takes_the_key_nowhere_else() {
        let from = "https://api-seller.ozon.ru/v2/chat/file/a.jpg";
        let follow = |url: &str, with_key| Some(Follow { url: url.into(), with_key });
        for (location, expected) in [
            ("/v2/chat/file/b.jpg", follow("https://api-seller.ozon.ru/v2/chat/file/b.jpg", true)),
            (
                "https://api-seller.ozon.ru/v2/chat/file/b.jpg?x=1",
                follow("https://api-seller.ozon.ru/v2/chat/file/b.jpg?x=1", true),
            ),
            ("https://api-seller.ozon.ru/elsewhere", follow("https://api-seller.ozon.ru/elsewhere", false)),
            ("/v2/chat/file/../../v1/roles", follow("https://api-seller.ozon.ru/v2/chat/file/../../v1/roles", false)),
            ("https://cdn1.ozone.ru/s3/a.jpg?sign=1", follow("https://cdn1.ozone.ru/s3/a.jpg?sign=1", false)),
            ("https://ozon.ru/a#b", follow("https://ozon.ru/a", false)),
            ("https://IR.Ozone.ru:443/a", follow("https://IR.Ozone.ru:443/a", false)),
            ("https://a.b.ozonusercontent.com/a", follow("https://a.b.ozonusercontent.com/a", false)),
            ("https://www.ozon.ru", follow("https://www.ozon.ru", false)),
        ] {
            assert_eq!(may_follow(location, from, BASE), expected, "{location}");
        }
        for location in [
            "",
            "b.jpg",
            "?a",
            "#a",
            "//evil.example/a",
            "//cdn1.ozone.ru/a",
            "http://cdn1.ozone.ru/a",
            "http://api-seller.ozon.ru/v2/chat/file/a.jpg",
            "https://evil.example/a",
            "https://evilozon.ru/a",
            "https://ozon.ru.evil.example/a",
            "https://ozon.ru./a",
            "https://.ozon.ru/a",
            "https://a..ozon.ru/a",
            "https://ozon.ru@evil.example/a",
            "https://evil.example\\@cdn1.ozone.ru/a",
            "https://evil.example#.ozon.ru/a",
            "https://evil.example?.ozon.ru/a",
            "https://user:key@cdn1.ozone.ru/a",
            "https://cdn1.ozone.ru:8443/a",
            "https://cdn1.ozone.ru:/a",
            "https://127.0.0.1/a",
            "https://[::1]/a",
            "https://2130706433/a",
            "https://a%2eozon.ru/a",
            "https://evil_.ozon.ru%00/a",
            "https:///cdn1.ozone.ru/a",
            "https://",
            "https://cdn1.ozone.ru/a b",
            "https://cdn1.ozone.ru/a?\"",
            "https://cdn1.ozone.ru/<a>",
            "https://cdn1.ozone.ru/a\r\nX: y",
            "https://сdn1.ozone.ru/a",
            "ftp://cdn1.ozone.ru/a",
            "javascript:alert(1)",
            "data:text/html,a",
        ] {
            assert_eq!(may_follow(location, from, BASE), None, "{location:?}");
        }
        let long = |bytes: usize| format!("https://ozon.ru/{}", "a".repeat(bytes - "https://ozon.ru/".len()));
        assert!(may_follow(&long(ADDRESS_BYTES_MAX), from, BASE).is_some());
        assert_eq!(may_follow(&long(ADDRESS_BYTES_MAX + 1), from, BASE), None);
        // From there it leads on, and not back to the key by a path that looks right.
        let cdn = "https://cdn1.ozone.ru/s3/a.jpg";
        let further = follow("https://cdn1.ozone.ru/v2/chat/file/a.jpg", false);
        assert_eq!(may_follow("/v2/chat/file/a.jpg", cdn, BASE), further);
        // A simulator's own place, by http; no other one.
        let (simulator, base) = ("http://127.0.0.1:4000/v2/chat/file/a", "http://127.0.0.1:4000");
        assert_eq!(may_follow("/_sim/cdn/a", simulator, base), follow("http://127.0.0.1:4000/_sim/cdn/a", false));
        assert_eq!(
            may_follow("/v2/chat/file/b", simulator, base),
            follow("http://127.0.0.1:4000/v2/chat/file/b", true)
        );
        assert_eq!(may_follow("http://127.0.0.1:4001/a", simulator, base), None);
        assert_eq!(may_follow("/a", simulator, BASE), None);
    }

    #[test]
    fn statuses_that_lead_elsewhere_are_four() {
        let redirects: Vec<u16> = (100..600).filter(|status| is_redirect(*status)).collect();
        assert_eq!(redirects, [301, 302, 307, 308]);
    }

    #[test]
    fn what_could_run_is_passed_on_as_bytes_to_be_saved() {
        for (content_type, safe, shown) in [
            ("image/jpeg", "image/jpeg", true),
            ("IMAGE/JPG; a=b", "image/jpeg", true),
            (" image/png ", "image/png", true),
            ("image/webp", "image/webp", true),
            ("image/gif", "image/gif", true),
            ("application/pdf", "application/pdf", false),
            ("text/plain;charset=windows-1251", "text/plain; charset=utf-8", false),
            ("text/csv", "text/csv; charset=utf-8", false),
            ("image/svg+xml", "application/octet-stream", false),
            ("text/html", "application/octet-stream", false),
            ("application/xhtml+xml", "application/octet-stream", false),
            ("text/javascript", "application/octet-stream", false),
            ("image/png,text/html", "application/octet-stream", false),
            ("image/png\r\nX: y", "application/octet-stream", false),
            ("", "application/octet-stream", false),
        ] {
            assert_eq!(
                (safe_content_type(content_type), is_shown(safe_content_type(content_type))),
                (safe, shown),
                "{content_type:?}"
            );
        }
    }
}
