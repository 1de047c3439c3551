//! Upstream calls: one place through which each of them leaves.

use shared::time::Timestamp;

use super::draft::Draft;
use super::input::Job;
use super::{Decision, Effect};
use crate::upstream;

impl Draft<'_> {
    /// Whether a call to Ozon may begin now; if not, when it is worth asking again. Who is told to wait keeps that time
    /// as a row's `due_at`: nothing waits in memory.
    #[allow(dead_code, clippy::unused_self, clippy::unnecessary_wraps)]
    pub(super) fn may_call_ozon(&self) -> Decision<Option<Timestamp>> {
        Ok(None)
    }

    /// Makes a call, which was let in, and has its outcome fed back.
    pub(super) fn call(&mut self, job: Job, request: upstream::Request) {
        self.turn.effects.push(Effect::Call { job, request: Box::new(request) });
    }
}
