//! Upstream calls: one place through which each of them leaves, and one gate that counts them all.

use shared::time::Timestamp;

use super::Effect;
use super::draft::Draft;
use super::input::Job;
use crate::upstream;
use crate::upstream::gate::{Class, MethodLimit, Verdict};
use crate::upstream::{Answered, ozon};

impl Job {
    /// The vendor's method, by which the gate knows it.
    pub(super) fn method(&self) -> &str {
        match self {
            Self::Send { .. } => ozon::chat_send_message::PATH,
            Self::Lookup { .. } => ozon::chat_history::PATH,
            Self::StartChat { .. } => ozon::chat_start::PATH,
            Self::Forward { method, .. } => method,
            Self::Chore { errand } => errand.chore.method(),
        }
    }

    fn limit(&self) -> Option<MethodLimit> {
        ozon::catalogue::find(self.method()).and_then(|entry| entry.per_method)
    }
}

impl Draft<'_> {
    /// When a call to Ozon may begin, if it may not now. Who is told to wait keeps that time as a row's `due_at`: nothing
    /// of ours waits in memory.
    pub(super) fn must_wait_for_ozon(&self, class: Class, method: &str) -> Option<Timestamp> {
        let limit = ozon::catalogue::find(method).and_then(|entry| entry.per_method);
        self.hub.gate.as_ref()?.admit(self.now, class, method, limit).err()
    }

    /// Makes a call, which was let in, and has its outcome fed back.
    pub(super) fn call(&mut self, job: Job, request: upstream::Request) {
        let now = self.now;
        let lease = self.hub.gate.as_mut().and_then(|gate| gate.begin(now, job.method(), job.limit()));
        self.keep_lease(lease);
        self.turn.effects.push(Effect::Call { job, request: Box::new(request) });
    }

    /// A call is over. Its place is another's in a while, whatever becomes of this turn.
    pub(super) fn call_ended(&mut self, job: &Job, answered: &Answered) {
        let now = self.now;
        let lease = self.hub.gate.as_mut().and_then(|gate| gate.end(now, job.method(), Verdict::of(answered)));
        self.keep_lease(lease);
    }

    /// The turn is not to be: its calls give their places back.
    pub(super) fn cancel_calls(&mut self) {
        let calls = self.turn.effects.iter().filter(|effect| matches!(effect, Effect::Call { .. })).count();
        for _ in 0..calls {
            if let Some(gate) = self.hub.gate.as_mut() {
                gate.cancel();
            }
        }
    }

    fn keep_lease(&mut self, lease: Option<Timestamp>) {
        if let Some(until) = lease {
            self.write("UPDATE accounts SET gate_until = ? WHERE source = 'ozon'", [until.0]);
        }
    }
}
