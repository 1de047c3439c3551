//! The deterministic simulation for as many seeds as one likes: `cargo xtask sim --seeds 20000`, and one seed with its
//! story: `cargo xtask sim --seed 17 --trace`. Ctrl-C ends it early and still tells what was found.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ::tests::sim::{Plan, Sabotage, run, run_many};

const USAGE: &str = "(--seeds N [--from S] | --seed S [--trace]) [--mistake NAME]";
/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);
/// What a shell reports for a program that was interrupted.
const INTERRUPTED: u8 = 130;

static CANCELLED: AtomicBool = AtomicBool::new(false);

#[derive(Debug, Default)]
struct Options {
    seeds: Option<u64>,
    from: u64,
    seed: Option<u64>,
    trace: bool,
    mistake: Option<Sabotage>,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("error: {why}; usage: {USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match options.seed {
        Some(seed) => one(Plan { seed, traced: options.trace, sabotage: options.mistake }),
        None => {
            let plan = Plan { sabotage: options.mistake, ..Plan::default() };
            many(plan, options.from, options.seeds.unwrap_or(1_000))
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        let mut number = || {
            let value = value()?;
            value.parse::<u64>().map_err(|_| format!("{arg} wants a number, not {value:?}"))
        };
        match arg.as_str() {
            "--seeds" => options.seeds = Some(number()?),
            "--from" => options.from = number()?,
            "--seed" => options.seed = Some(number()?),
            "--trace" => options.trace = true,
            "--mistake" => options.mistake = Some(mistake(&value()?)?),
            other => return Err(format!("{other:?} is not known")),
        }
    }
    Ok(options)
}

/// A mistake that the simulation makes on purpose, to see that it is noticed.
fn mistake(name: &str) -> Result<Sabotage, String> {
    let known = Sabotage::ALL.iter().find(|mistake| format!("{mistake:?}") == name);
    known.copied().ok_or_else(|| format!("{name:?} is none of the mistakes {:?}", Sabotage::ALL))
}

fn one(plan: Plan) -> ExitCode {
    let seed = plan.seed;
    let outcome = run(plan);
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{}", outcome.coverage);
    match outcome.verdict {
        Ok(()) => {
            println!("seed {seed} holds");
            ExitCode::SUCCESS
        }
        Err(claim) => {
            println!("seed {seed} failed: {claim}");
            ExitCode::FAILURE
        }
    }
}

fn many(plan: Plan, from: u64, seeds: u64) -> ExitCode {
    heed_interrupts();
    let begin = Instant::now();
    let (done, failed, told_s) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let sum = run_many(plan, from..from.saturating_add(seeds), |seed, verdict| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Err(claim) = verdict {
            failed.fetch_add(1, Ordering::Relaxed);
            println!("seed {seed} failed: {claim}\n  its story: cargo xtask sim --seed {seed} --trace");
        }
        let elapsed = begin.elapsed();
        let told = told_s.load(Ordering::Relaxed);
        let due = elapsed.as_secs() >= told + PROGRESS_EVERY.as_secs();
        if due && told_s.compare_exchange(told, elapsed.as_secs(), Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            let failed = failed.load(Ordering::Relaxed);
            eprintln!("· {done} of {seeds} seeds, {failed} failed, {:.0} s", elapsed.as_secs_f64());
        }
        if CANCELLED.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    println!("{}", sum.coverage);
    let cancelled = CANCELLED.load(Ordering::Relaxed);
    let early = if cancelled { ", then it was interrupted" } else { "" };
    println!("{} seeds from {from} in {:.1} s{early}", sum.runs, begin.elapsed().as_secs_f64());
    if !sum.failed.is_empty() {
        let seeds: Vec<String> = sum.failed.iter().map(|(seed, _)| seed.to_string()).collect();
        println!("{} failed: {}", sum.failed.len(), seeds.join(" "));
        return ExitCode::FAILURE;
    }
    if cancelled { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS }
}

/// The first Ctrl-C ends the run after the seeds under way, a second one at once.
fn heed_interrupts() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let Ok(runtime) = runtime else { return };
    runtime.spawn(async {
        for code in [None, Some(INTERRUPTED)] {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            if let Some(code) = code {
                std::process::exit(i32::from(code));
            }
            CANCELLED.store(true, Ordering::Relaxed);
        }
    });
    // It listens until the process ends.
    std::mem::forget(runtime);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options, String> {
        parse(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn a_number_that_is_none_is_refused_and_so_is_an_unknown_word() {
        assert!(parsed(&["--seeds", "many"]).is_err());
        assert!(parsed(&["--seeds"]).is_err());
        assert!(parsed(&["--sedes", "3"]).is_err());
        let options = parsed(&["--seed", "17", "--trace"]).expect("an order that is understood");
        assert_eq!((options.seed, options.trace), (Some(17), true));
    }
}
