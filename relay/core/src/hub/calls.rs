//! Upstream calls: one place through which each of them leaves, and one gate that counts them all.

use shared::limits::OZON_FILE_BYTES_MAX;
use shared::time::Timestamp;

use super::Effect;
use super::draft::Draft;
use super::files::Opened;
use super::input::Job;
use crate::upstream;
use crate::upstream::gate::{Class, MethodLimit, Verdict};
use crate::upstream::ozon::chat_send_file::Envelope;
use crate::upstream::{Answered, ozon};

impl Job {
    /// The vendor's method, by which the gate knows it.
    pub(super) fn method(&self) -> &str {
        match self {
            Self::Lookup { .. } => ozon::chat_history::PATH,
            Self::StartChat { .. } => ozon::chat_start::PATH,
            Self::Send { method, .. } | Self::Forward { method, .. } => method,
            Self::File { .. } => ozon::catalogue::FILE.path,
            Self::Chore { errand } => errand.chore.method(),
        }
    }

    /// How much of the answer there is use for, in bytes; what comes after it need not be read. Without such a number the
    /// answer is of use as a whole only.
    #[must_use]
    pub fn bytes_wanted(&self) -> Option<usize> {
        // One more than may be passed on shows that it is too large.
        matches!(self, Self::File { .. }).then_some(OZON_FILE_BYTES_MAX.saturating_add(1))
    }

    /// Whether the vendor counts it. Where files are kept, nobody knows whose call it is.
    fn is_counted(&self) -> bool {
        !matches!(self, Self::File { with_key: false, .. })
    }
}

/// What the vendor grants one of its methods, where that is less than it grants all of them.
fn limit_of(method: &str) -> Option<MethodLimit> {
    ozon::catalogue::find(method).and_then(|entry| entry.per_method)
}

impl Draft<'_> {
    /// When a call to Ozon may begin, if it may not now. Who is told to wait keeps that time as a row's `due_at`: nothing
    /// of ours waits in memory.
    pub(super) fn must_wait_for_ozon(&self, class: Class, method: &str) -> Option<Timestamp> {
        self.hub.gate.as_ref()?.admit(self.now, class, method, limit_of(method)).err()
    }

    /// Makes a call, which was let in, and has its outcome fed back.
    pub(super) fn call(&mut self, job: Job, request: upstream::Request) {
        self.call_begins(&job);
        self.turn.effects.push(Effect::Call { job, request: Box::new(request) });
    }

    /// As [`Draft::call`], with the bytes of a file in it.
    pub(super) fn call_with_file(&mut self, job: Job, envelope: Envelope, file: Opened) {
        self.call_begins(&job);
        self.turn.effects.push(Effect::CallWithFile { job, envelope: Box::new(envelope), file: Box::new(file) });
    }

    fn call_begins(&mut self, job: &Job) {
        let now = self.now;
        if job.is_counted() {
            let lease = self.hub.gate.as_mut().and_then(|gate| gate.begin(now, job.method(), limit_of(job.method())));
            self.keep_lease(lease);
        }
    }

    /// A call was not made: the upstream has not seen it.
    pub(super) fn call_not_made(&mut self, job: &Job) {
        if let Some(gate) = self.hub.gate.as_mut().filter(|_| job.is_counted()) {
            gate.cancel();
        }
    }

    /// A call is over. Its place is another's in a while, whatever becomes of this turn.
    pub(super) fn call_ended(&mut self, job: &Job, answered: &Answered) {
        let now = self.now;
        if job.is_counted() {
            let lease = self.hub.gate.as_mut().and_then(|gate| gate.end(now, job.method(), Verdict::of(answered)));
            self.keep_lease(lease);
        }
    }

    /// The turn is not to be: its calls give their places back.
    pub(super) fn cancel_calls(&mut self) {
        for effect in std::mem::take(&mut self.turn.effects) {
            if let Effect::Call { job, .. } | Effect::CallWithFile { job, .. } = effect {
                self.call_not_made(&job);
                self.file_is_through(&job);
            }
        }
    }

    fn keep_lease(&mut self, lease: Option<Timestamp>) {
        if let Some(until) = lease {
            self.write("UPDATE accounts SET gate_until = ? WHERE source = 'ozon'", [until.0]);
        }
    }
}
