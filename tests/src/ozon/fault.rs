//! Trouble on request: a status, a refusal by name, garbage, silence, a cut line, a redirect, or an answer that is slow, cut
//! in half, empty or of a wrong type; before or after the call took effect.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::VendorError;

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
    /// One of the vendor's own refusals, by its name: several share a status.
    Refusal {
        /// Which.
        error: VendorError,
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
    /// The answer's head at once, its body drop by drop over so many milliseconds.
    SlowBody {
        /// Milliseconds.
        ms: u64,
    },
    /// The answer's head with its whole length, half of its body, and the line is cut.
    HalfBody,
    /// 200 with nothing in it.
    EmptyBody,
    /// The answer's body under another `Content-Type`.
    WrongType {
        /// The header's value.
        content_type: String,
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

    /// One of the vendor's own refusals.
    pub fn refusal(method: &str, error: VendorError) -> Self {
        Self::new(method, FaultKind::Refusal { error })
    }

    /// The true answer, its body over so many milliseconds. The call takes effect.
    pub fn slow_body(method: &str, ms: u64) -> Self {
        Self::new(method, FaultKind::SlowBody { ms }).after()
    }

    /// Half of the true answer, then a closed connection. The call takes effect.
    pub fn half_body(method: &str) -> Self {
        Self::new(method, FaultKind::HalfBody).after()
    }

    /// 200 with an empty body.
    pub fn empty_body(method: &str) -> Self {
        Self::new(method, FaultKind::EmptyBody)
    }

    /// The true answer under a wrong `Content-Type`. The call takes effect.
    pub fn wrong_type(method: &str, content_type: &str) -> Self {
        Self::new(method, FaultKind::WrongType { content_type: content_type.into() }).after()
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
            FaultKind::Refusal { .. } => "refusal",
            FaultKind::SlowBody { .. } => "slow_body",
            FaultKind::HalfBody => "half_body",
            FaultKind::EmptyBody => "empty_body",
            FaultKind::WrongType { .. } => "wrong_type",
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
