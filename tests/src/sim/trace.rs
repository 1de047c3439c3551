//! The story of a run. Writing it costs more than the run: it is only kept when asked for, and a failed seed is run again
//! for it.

use relay_core::hub::{Input, Request};
use relay_core::upstream;

pub(super) struct Trace {
    lines: Option<Vec<String>>,
    fingerprint: u64,
}

impl Trace {
    pub(super) fn new(kept: bool) -> Self {
        Self { lines: kept.then(Vec::new), fingerprint: 0xcbf2_9ce4_8422_2325 }
    }

    pub(super) fn note(&mut self, now: i64, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>9.3} {}", now as f64 / 1000.0, line()));
        }
    }

    /// Mixes a fact into the run's fingerprint (FNV-1a over 64-bit words).
    pub(super) fn mark(&mut self, fact: u64) {
        self.fingerprint = (self.fingerprint ^ fact).wrapping_mul(0x0000_0100_0000_01b3);
    }

    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}

/// One input as a line of the story.
pub(super) fn brief(input: &Input) -> String {
    match input {
        Input::Boot => "hub < boot".into(),
        Input::Heard { heard } => format!("heard of {} lines", heard.len()),
        Input::Alarm => "hub < alarm".into(),
        Input::Connect { conn, claims, position, .. } => {
            format!("hub < connect {conn:x} as {} {} from {position:?}", claims.role.as_str(), claims.sub)
        }
        Input::Frame { conn, text } => format!("hub < {conn:x} {text}"),
        Input::Closed { conn } => format!("hub < closed {conn:x}"),
        Input::Outcome { job, answered } => match answered {
            upstream::Answered::Response(response) => {
                format!("hub < {job:?} {} {}", response.status(), String::from_utf8_lossy(response.body()))
            }
            upstream::Answered::Lost => format!("hub < {job:?} lost"),
        },
        Input::NotCalled { job } => format!("hub < {job:?} was not made"),
        Input::FilesRemoved { keys } => format!("hub < removed {keys:?}"),
        Input::Request { request } => match request {
            Request::Hook { body, .. } => format!("hub < hook {body}"),
            Request::Act { action, .. } => format!("hub < http {action:?}"),
            other => format!("hub < request {:?}", std::mem::discriminant(other)),
        },
    }
}
