//! The vendor's methods that integrators may call through the relay, and what the relay has to know of each.

/// What a method does, by what its repetition would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads: repeated freely.
    Read,
    /// It writes to a buyer: never repeated before it is known that nothing arrived.
    Send,
    /// It changes something, and twice is as once.
    Change,
}

/// One method.
#[derive(Debug)]
pub struct Entry {
    /// Its path.
    pub path: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Whether the vendor wants it used no more.
    pub deprecated: bool,
    /// Its own limit, if it has one: calls, and in how many milliseconds.
    pub per_method: Option<(usize, i64)>,
    /// Whether its answer may be kept for a while.
    pub cache: bool,
}

const fn entry(path: &'static str, kind: Kind) -> Entry {
    Entry { path, kind, deprecated: false, per_method: None, cache: false }
}

const METHODS: &[Entry] = &[
    entry("/v1/chat/start", Kind::Change),
    entry("/v1/chat/send/message", Kind::Send),
    entry("/v1/chat/send/file", Kind::Send),
    entry("/v2/chat/read", Kind::Change),
    Entry { cache: true, ..entry("/v3/chat/list", Kind::Read) },
    entry("/v3/chat/history", Kind::Read),
    Entry { per_method: Some((1, 60_000)), ..entry("/v1/analytics/data", Kind::Read) },
];

/// The method at exactly this path.
#[must_use]
pub fn find(path: &str) -> Option<&'static Entry> {
    METHODS.iter().find(|entry| entry.path == path)
}
