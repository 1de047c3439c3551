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
        }
    }

    fn limit(&self) -> Option<MethodLimit> {
        None
    }
}

impl Draft<'_> {
    /// When a call to Ozon may begin, if it may not now. Who is told to wait keeps that time as a row's `due_at`: nothing
    /// of ours waits in memory.
    pub(super) fn must_wait_for_ozon(&self, class: Class, method: &str) -> Option<Timestamp> {
        let begun = self.turn.effects.iter().filter(|effect| matches!(effect, Effect::Call { .. })).count();
        let gate = self.hub.gate.as_ref()?;
        gate.admit(self.now, class, method, None, begun).err()
    }

    /// Makes a call, which was let in, and has its outcome fed back.
    pub(super) fn call(&mut self, job: Job, request: upstream::Request) {
        self.turn.effects.push(Effect::Call { job, request: Box::new(request) });
    }

    /// A call is over. Its place is another's in a while, whatever becomes of this turn.
    pub(super) fn call_ended(&mut self, job: &Job, answered: &Answered) {
        let now = self.now;
        let lease = self.hub.gate.as_mut().and_then(|gate| gate.end(now, job.method(), Verdict::of(answered)));
        self.keep_lease(lease);
    }

    /// The turn is to be: its calls take their places.
    pub(super) fn begin_calls(&mut self) {
        let now = self.now;
        let mut lease = None;
        for effect in &self.turn.effects {
            if let (Effect::Call { job, .. }, Some(gate)) = (effect, self.hub.gate.as_mut()) {
                lease = gate.begin(now, job.method(), job.limit()).or(lease);
            }
        }
        self.keep_lease(lease);
    }

    fn keep_lease(&mut self, lease: Option<Timestamp>) {
        if let Some(until) = lease {
            self.write("UPDATE accounts SET gate_until = ? WHERE source = 'ozon'", [until.0]);
        }
    }
}
