//! Many runs at once: every core takes the next seed until there is none, or somebody has seen enough.

use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::coverage::Coverage;
use super::world::{Outcome, Plan, run};

/// What came of many runs.
#[derive(Debug, Default)]
pub struct Sum {
    /// Runs that came to an end.
    pub runs: u64,
    /// The seeds that failed, in order, each with the claim that did not hold.
    pub failed: Vec<(u64, String)>,
    /// What the runs came across.
    pub coverage: Coverage,
}

/// Runs a plan under every seed of a range, on all cores. `watch` sees each outcome as it comes, in no particular order,
/// and may call it a day.
pub fn run_many(
    plan: Plan,
    seeds: Range<u64>,
    watch: impl Fn(u64, &Result<(), String>) -> ControlFlow<()> + Sync,
) -> Sum {
    let next = AtomicU64::new(seeds.start);
    let enough = AtomicBool::new(false);
    let sum = Mutex::new(Sum::default());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !enough.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let outcome = run_guarded(Plan { seed, ..plan });
                    if watch(seed, &outcome.verdict).is_break() {
                        enough.store(true, Ordering::Relaxed);
                    }
                    let mut sum = sum.lock().expect("no runner panics while it adds");
                    sum.runs += 1;
                    sum.coverage.merge(&outcome.coverage);
                    sum.failed.extend(outcome.verdict.err().map(|claim| (seed, claim)));
                }
            });
        }
    });
    let mut sum = sum.into_inner().expect("no runner panicked while it added");
    sum.failed.sort();
    sum
}

/// Runs a plan; a panic, wherever it comes from, is a claim that does not hold.
fn run_guarded(plan: Plan) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| run(plan))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
        Outcome {
            verdict: Err(format!("it panicked: {text}")),
            trace: Vec::new(),
            fingerprint: 0,
            coverage: Coverage::default(),
        }
    })
}
