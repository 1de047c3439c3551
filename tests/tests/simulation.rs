//! The deterministic simulation: three hundred bad days under as many seeds, and proof that it notices mistakes.
//!
//! `cargo xtask sim --seeds 5000` runs more of them, `cargo xtask sim --seed 17 --trace` one, with its story.

use std::ops::ControlFlow;

use tests::sim::{Plan, Sabotage, Sum, run, run_many};

/// Seeds in an ordinary run: the rarest trouble comes two dozen times.
const SEEDS: u64 = 300;
/// Lines of a failed run's story that are shown.
const LINES: usize = 80;
/// Characters of a line that are shown.
const COLUMNS: usize = 240;
/// Within how many seeds a mistake has to be noticed.
const SABOTAGE_SEEDS: u64 = 40;

/// The end of a failed run's story: the run is the same every time, so it can be told afterwards.
fn story(plan: Plan) -> String {
    let story = run(Plan { traced: true, ..plan }).trace;
    let last = story.len().saturating_sub(LINES);
    let shorten = |line: &String| line.chars().take(COLUMNS).collect::<String>();
    story[last..].iter().map(shorten).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_word_arrives_once_whatever_the_network_the_relay_and_the_upstream_do() {
    let begin = std::time::Instant::now();
    let Sum { runs, failed, coverage } = run_many(Plan::default(), 0..SEEDS, |_, _| ControlFlow::Continue(()));
    println!("{runs} seeds in {:.1} s: {coverage}", begin.elapsed().as_secs_f64());
    if let Some((seed, _)) = failed.first() {
        let claims: Vec<String> = failed.iter().map(|(seed, claim)| format!("seed {seed}: {claim}")).collect();
        panic!(
            "{} of {runs} seeds failed\n{}\n\nthe end of the story of seed {seed}:\n{}\n\nthe whole story: \
             cargo xtask sim --seed {seed} --trace",
            failed.len(),
            claims.join("\n"),
            story(Plan { seed: *seed, ..Plan::default() })
        );
    }
    // A trouble that never came proves nothing about itself.
    for what in EVERYTHING {
        assert!(coverage.of(what) > 0, "in {runs} seeds there was no {what:?}: {coverage}");
    }
}

/// What has to come in an ordinary run.
const EVERYTHING: &[&str] = &[
    "action refused",
    "alarm late",
    "alarm twice",
    "answer lost",
    "buyer's chat judged",
    "call lost",
    "call slow",
    "client frame twice",
    "commit failed",
    "connect refused",
    "connect swallowed",
    "connect while down",
    "crash",
    "crash after commit",
    "crash before commit",
    "cut",
    "expired token refused",
    "file at the buyer's",
    "file unread",
    "flood",
    "freeze",
    "frozen after its bytes",
    "half-open connection",
    "hibernation",
    "hub restored",
    "line opened beside another",
    "line to be continued",
    "listener narrows",
    "listener widens",
    "log trimmed",
    "long text",
    "message kept",
    "outbox restored",
    "message lost with its page",
    "only down",
    "only up",
    "page closed",
    "page's clock jumps",
    "push late",
    "push never",
    "push twice",
    "read failed",
    "relay frame twice",
    "relay's clock jumps",
    "reload",
    "request twice",
    "resumed",
    "resync",
    "silent connection given up",
    "stranger at the door",
    "tab asleep",
    "token renewed",
    "upstream asks for patience",
    "upstream fails",
    "upstream refuses",
    "upstream talks nonsense",
    "welcomed afresh",
];

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in [1, 2, 3] {
        let plan = Plan { seed, traced: true, ..Plan::default() };
        let (one, other) = (run(plan), run(plan));
        let differs = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other);
        assert_eq!(differs.map(|line| (&one.trace[line], &other.trace[line])), None, "seed {seed}");
        assert_eq!((one.trace.len(), one.fingerprint), (other.trace.len(), other.fingerprint), "seed {seed}");
        let untold = run(Plan { seed, ..Plan::default() });
        assert_eq!(one.fingerprint, untold.fingerprint, "telling the story of {seed} changes it");
    }
}

#[test]
fn another_seed_tells_another_story() {
    let fingerprints: std::collections::BTreeSet<u64> =
        (0..5).map(|seed| run(Plan { seed, ..Plan::default() }).fingerprint).collect();
    assert_eq!(fingerprints.len(), 5);
}

#[test]
fn every_mistake_is_noticed() {
    for &sabotage in Sabotage::ALL {
        let plan = Plan { sabotage: Some(sabotage), ..Plan::default() };
        let stop_at_the_first = |_, verdict: &Result<(), String>| match verdict {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let noticed = run_many(plan, 0..SABOTAGE_SEEDS, stop_at_the_first).failed;
        match noticed.first() {
            Some((seed, claim)) => println!("{sabotage:?} is noticed under seed {seed}: {claim}"),
            None => panic!("{SABOTAGE_SEEDS} seeds did not notice {sabotage:?}"),
        }
    }
}
