//! The methods of Ozon's that clients may call through the relay, and nothing else: a list of exact paths. A path is never
//! normalised first, so no spelling of another one passes for one of these.

/// What a call does, and so whether it may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only reads.
    Read,
    /// It writes to a buyer: repeated, it arrives twice.
    Send,
    /// It changes something; repeated, it changes nothing more.
    Change,
}

/// One method. All of [`ENTRIES`] are `POST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path, exactly.
    pub path: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Whether Ozon has announced its end, or has ended it.
    pub deprecated: bool,
    /// Whether Ozon has ended it: then only [`Entry::stand_in`] answers.
    pub gone: bool,
    /// The method of today's that can answer in its place.
    pub stand_in: Option<&'static str>,
    /// A limit of its own besides that of the account: so many calls in so many milliseconds.
    pub per_method: Option<(u32, i64)>,
    /// Whether an answer may be kept for the same question. Not so where it shows what buyers are waiting for: histories and
    /// postings.
    pub cache: bool,
}

impl Entry {
    const fn read(path: &'static str) -> Self {
        Self { path, kind: Kind::Read, deprecated: false, gone: false, stand_in: None, per_method: None, cache: false }
    }

    const fn list(path: &'static str) -> Self {
        Self { cache: true, ..Self::read(path) }
    }

    const fn acting(kind: Kind, path: &'static str) -> Self {
        Self { kind, ..Self::read(path) }
    }
}

/// A file in a chat: called by `GET`, and by other rules than the methods ([`super::files`]).
pub const FILE: Entry = Entry::read(shared::chat_file::PREFIX);

/// The methods of UPSTREAMS 1.2 and 1.8.
pub const ENTRIES: &[Entry] = &[
    Entry::acting(Kind::Change, "/v1/chat/start"),
    Entry::acting(Kind::Send, "/v1/chat/send/message"),
    Entry::acting(Kind::Send, "/v1/chat/send/file"),
    Entry::acting(Kind::Change, "/v2/chat/read"),
    Entry::list("/v3/chat/list"),
    Entry::read("/v3/chat/history"),
    Entry { deprecated: true, stand_in: Some("/v3/chat/list"), ..Entry::list("/v2/chat/list") },
    Entry { deprecated: true, gone: true, stand_in: Some("/v3/chat/history"), ..Entry::read("/v2/chat/history") },
    Entry::read("/v1/roles"),
    Entry::read("/v1/seller/info"),
    Entry::list("/v3/product/list"),
    Entry::list("/v3/product/info/list"),
    Entry::list("/v4/product/info/stocks"),
    Entry { deprecated: true, ..Entry::read("/v3/posting/fbs/list") },
    Entry::read("/v4/posting/fbs/list"),
    Entry::read("/v3/posting/fbo/list"),
    Entry::list("/v2/warehouse/list"),
    Entry { per_method: Some((1, 60_000)), ..Entry::list("/v1/analytics/data") },
];

/// The method with this path, if clients may call it. Nothing that is not byte for byte one of the paths is.
#[must_use]
pub fn find(path: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.path == path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_found_by_its_path_and_there_once() {
        for entry in ENTRIES {
            assert_eq!(find(entry.path), Some(entry));
            assert_eq!(ENTRIES.iter().filter(|other| other.path == entry.path).count(), 1, "{}", entry.path);
        }
    }

    #[test]
    fn no_other_spelling_of_a_path_is_let_through() {
        for entry in ENTRIES {
            let path = entry.path;
            for other in [
                format!("{path}/"),
                format!("/{path}"),
                format!("{path}?"),
                format!("{path}?a=1"),
                format!("{path}#a"),
                format!("{path};a"),
                format!("{path} "),
                format!("{path}\0"),
                format!("{path}%00"),
                format!("{path}/../send/message"),
                format!("/v1/..{path}"),
                format!("/./{path}"),
                path.to_uppercase(),
                path.replacen('/', "//", 1),
                path.replace('/', "%2f"),
                path.replace('/', "\\"),
                path.replacen("/v", "/%76", 1),
                path.replace('a', "а"),
                path.trim_start_matches('/').to_owned(),
                format!("https://api-seller.ozon.ru{path}"),
            ] {
                if other != path {
                    assert_eq!(find(&other), None, "{other:?}");
                }
            }
        }
        for other in [
            "",
            "/",
            "/v3/chat",
            "/v3/chat/",
            "/v1/chat/list",
            "/v1/product/import/prices",
            "/v2/chat/file/a",
            "/v1/roles/%2e%2e",
        ] {
            assert_eq!(find(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_sent_to_buyers_is_never_kept_and_what_is_gone_has_a_stand_in() {
        for entry in ENTRIES {
            assert!(entry.kind == Kind::Read || !entry.cache, "{}", entry.path);
            assert!(!entry.gone || entry.deprecated && entry.stand_in.is_some(), "{}", entry.path);
            if let Some(stand_in) = entry.stand_in {
                assert!(!find(stand_in).unwrap().deprecated, "{}", entry.path);
            }
        }
        assert_eq!(find("/v1/analytics/data").unwrap().per_method, Some((1, 60_000)));
        let sends: Vec<&str> =
            ENTRIES.iter().filter(|entry| entry.kind == Kind::Send).map(|entry| entry.path).collect();
        assert_eq!(sends, ["/v1/chat/send/message", "/v1/chat/send/file"]);
    }
}
