//! Trouble on request: a status, garbage, silence, a cut line or a redirect, before or after the call took effect.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the next calls of a method meet. The same JSON is the body of `POST /_sim/fault`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// A path (`/v1/chat/send/message`), a beginning of one (`/v2/chat/file/*`), or `*` for every method.
    pub method: String,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Whether the call took effect all the same.
    #[serde(default)]
    pub apply: Apply,
    /// How many calls it hits.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// The kinds of trouble.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// An HTTP status with the vendor's body for it, or a given one.
    Status {
        /// HTTP status.
        status: u16,
        /// Body instead of the vendor's usual one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// 200 with something that is not JSON.
    Garbage {
        /// The text instead of the usual page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// The line stays open without an answer: for good, or for so many milliseconds and is then cut.
    NoAnswer {
        /// Milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ms: Option<u64>,
    },
    /// The line is closed without an answer.
    Cut,
    /// Another address is named.
    Redirect {
        /// The `Location` header.
        location: String,
        /// 307 unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
}

/// When the fault hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apply {
    /// The vendor never acted on the call.
    #[default]
    Before,
    /// The vendor accepted the call and only the answer was lost.
    After,
}

impl Fault {
    fn new(method: &str, kind: FaultKind) -> Self {
        Self { method: method.into(), kind, apply: Apply::Before, times: 1 }
    }

    /// A status with the vendor's own body.
    pub fn status(method: &str, status: u16) -> Self {
        Self::new(method, FaultKind::Status { status, body: None, retry_after: None })
    }

    /// 429 with a `Retry-After`.
    pub fn busy(method: &str, retry_after_s: u32) -> Self {
        Self::new(method, FaultKind::Status { status: 429, body: None, retry_after: Some(retry_after_s) })
    }

    /// 200 with a page instead of JSON.
    pub fn garbage(method: &str) -> Self {
        Self::new(method, FaultKind::Garbage { body: None })
    }

    /// No answer, ever.
    pub fn no_answer(method: &str) -> Self {
        Self::new(method, FaultKind::NoAnswer { ms: None })
    }

    /// A closed connection.
    pub fn cut(method: &str) -> Self {
        Self::new(method, FaultKind::Cut)
    }

    /// A redirect by 307.
    pub fn redirect(method: &str, location: &str) -> Self {
        Self::new(method, FaultKind::Redirect { location: location.into(), status: None })
    }

    /// The call takes effect, its answer is lost.
    #[must_use]
    pub fn after(self) -> Self {
        Self { apply: Apply::After, ..self }
    }

    /// Hits so many calls.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    fn hits(&self, path: &str) -> bool {
        match self.method.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning),
            None => self.method == path,
        }
    }

    /// Its kind in one word, for the record of calls.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            FaultKind::Status { .. } => "status",
            FaultKind::Garbage { .. } => "garbage",
            FaultKind::NoAnswer { .. } => "no_answer",
            FaultKind::Cut => "cut",
            FaultKind::Redirect { .. } => "redirect",
        }
    }
}

/// The faults that wait for their calls, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn waiting(&self) -> Vec<Fault> {
        self.0.iter().filter(|fault| fault.times > 0).cloned().collect()
    }

    /// The fault that hits this call; one that has hit often enough is forgotten.
    pub(crate) fn take(&mut self, path: &str) -> Option<Fault> {
        self.0.retain(|fault| fault.times > 0);
        let fault = self.0.iter_mut().find(|fault| fault.hits(path))?;
        fault.times -= 1;
        Some(fault.clone())
    }
}
