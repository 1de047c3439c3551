//! The runs of `cargo test`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::tally::Tally;
use crate::build::BUILT;
use crate::cargo::cargo_linting;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::setup::browser::Browser;

/// The targets of the crate `tests` that need neither a running relay nor a browser, by the start of their names.
const OFFLINE_TARGETS: [&str; 2] = ["simulation", "golden"];

/// How many tests of a program run at the same time (the standard harness reads it).
const TEST_THREADS: &str = "RUST_TEST_THREADS";

/// The crates that have tests of their own. The widget's run natively: its options, store and texts need no browser.
pub fn units(paths: &Paths) -> Result<Tally, Failure> {
    let mut test = no_fail_fast(paths)?;
    test.args([
        "-p",
        "shared",
        "-p",
        "relay-core",
        "-p",
        "backup",
        "-p",
        "decoders",
        "-p",
        "xtask",
        "-p",
        "widget",
        "-p",
        "inbox",
    ]);
    count(test.args(["--lib", "--bins", "--tests"]))
}

/// The deterministic simulation and whatever else of the crate `tests` needs no other program.
pub fn simulation(paths: &Paths) -> Result<Tally, Failure> {
    let mut test = no_fail_fast(paths)?;
    test.args(["-p", "tests", "--lib", "--bins"]);
    for target in test_targets(paths)? {
        if OFFLINE_TARGETS.iter().any(|start| target.starts_with(start)) {
            test.args(["--test", &target]);
        }
    }
    count(&mut test)
}

/// The whole crate `tests`, with all it has to start: wrangler, the simulated upstreams, a browser.
pub fn everything(paths: &Paths, browser: &Browser) -> Result<Tally, Failure> {
    let mut test = no_fail_fast(paths)?;
    test.args(["-p", "tests", "--lib", "--bins", "--tests"]);
    test.env("PRILAVOK_ROOT", &paths.root)
        .env("PRILAVOK_NODE_BIN", paths.node_bin())
        .env("PRILAVOK_CHROME", &browser.chrome)
        .env("PRILAVOK_CHROMEDRIVER", &browser.driver)
        .env(BUILT, "1");
    if std::env::var_os(TEST_THREADS).is_none() {
        // These tests wait more than they work: one more than there are cores keeps the cores busy.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        test.env(TEST_THREADS, cores.saturating_add(1).to_string());
    }
    count(&mut test)
}

/// A test run that lints what it compiles.
fn no_fail_fast(paths: &Paths) -> Result<Command, Failure> {
    let mut test = cargo_linting(paths)?;
    test.args(["test", "--quiet", "--no-fail-fast"]);
    Ok(test)
}

/// Passes the output on as it comes and adds up its result lines. A run that fails without a failed test (it did not
/// compile, or a test took the process down) counts as one failure.
fn count(test: &mut Command) -> Result<Tally, Failure> {
    let mut child = test.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().doing(|| "start `cargo test`".into())?;
    let mut tally = Tally::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            tally.add(Tally::of_line(&line).unwrap_or_default());
        }
    }
    let status = child.wait().doing(|| "wait for `cargo test`".into())?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn test_targets(paths: &Paths) -> Result<Vec<String>, Failure> {
    let metadata = super::purity::metadata(paths)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets =
        packages.filter(|package| package["name"] == "tests").flat_map(|package| package["targets"].as_array());
    let tests = targets.flatten().filter(|target| target["kind"][0] == "test");
    Ok(tests.filter_map(|target| target["name"].as_str().map(str::to_owned)).collect::<Vec<String>>())
}
