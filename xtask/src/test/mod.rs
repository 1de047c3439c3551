//! `cargo xtask test`: everything CI checks, in one go, with one closing line over all of it.
//!
//! A failed step does not hide the ones after it, unless those could not mean anything without it. Steps that are not
//! a test runner (formatting, lints, purity, sizes) count as one test each.

mod lanes;
mod purity;
mod suites;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use crate::cargo::{Shipment, cargo, cargo_linting, cargo_wasm};
use crate::failure::Failure;
use crate::package;
use crate::paths::Paths;
use crate::process;
use crate::progress::seconds;
use crate::setup;
use tally::Tally;

/// `fast` leaves out what needs a running relay or a browser.
pub fn run(paths: &Paths, fast: bool) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let mut tally = Tally::default();
    setup::run(paths)?;

    step(&mut tally, "formatting", || process::run(cargo(paths).args(["fmt", "--all", "--check"])));
    step(&mut tally, "purity", || purity::check(paths));
    // cargo-deny takes minutes to install and changes no code, so whoever has it runs it.
    if process::answer(cargo(paths).args(["deny", "--version"])).is_some() {
        step(&mut tally, "licences and advisories", || process::run(cargo(paths).args(["deny", "check"])));
    } else {
        eprintln!("\n== licences and advisories: skipped, cargo-deny is not installed (`cargo install cargo-deny`)");
    }
    suite(&mut tally, "clippy, unit and property tests", || suites::units(paths));
    step(&mut tally, "clippy, benches", || {
        let mut benches = cargo_linting(paths)?;
        process::run(benches.args(["test", "--quiet", "--no-run", "--benches", "-p", "shared", "-p", "relay-core"]))
    });
    // All others compile for this machine, too, and are linted there. In the release profile, because the build needs the
    // macros and build scripts of this crate in it anyway.
    step(&mut tally, "clippy, relay", || {
        process::run(cargo_wasm(paths, "clippy", Shipment::Relay).args(["--quiet", "--", "-D", "warnings"]))
    });
    // Within its budgets: the build fails over them.
    let built = step(&mut tally, "build and sizes", || package::run(paths));
    if fast {
        suite(&mut tally, "clippy, simulation", || suites::simulation(paths));
    } else if built {
        suite(&mut tally, "clippy, simulation, live relay, restart, browser", || {
            suites::everything(paths, &setup::browser::find_or_install()?)
        });
    } else {
        eprintln!("the tests of the running relay were not run: there is no build to run them on");
        tally.failed += 1;
    }

    eprintln!("\nall of it took {}", seconds(started.elapsed()));
    println!("{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One check that passes or fails as a whole.
fn step(tally: &mut Tally, name: &str, check: impl FnOnce() -> Result<(), Failure>) -> bool {
    timed(name, || match check() {
        Ok(()) => {
            tally.passed += 1;
            true
        }
        Err(failure) => {
            eprintln!("✗ {name}: {failure}");
            tally.failed += 1;
            false
        }
    })
}

/// A run of a test runner, which counts by itself.
fn suite(tally: &mut Tally, name: &str, run: impl FnOnce() -> Result<Tally, Failure>) {
    timed(name, || match run() {
        Ok(counted) => tally.add(counted),
        Err(failure) => {
            eprintln!("✗ {name}: {failure}");
            tally.failed += 1;
        }
    });
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    eprintln!("\n== {name}");
    let result = work();
    eprintln!("== {name}: {}", seconds(started.elapsed()));
    result
}
