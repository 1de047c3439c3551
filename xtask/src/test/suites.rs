//! Which tests run, and how.

use std::ffi::OsStr;
use std::num::NonZero;
use std::process::Command;

use super::lanes;
use super::tally::Tally;
use crate::build::BUILT;
use crate::cargo::cargo_linting;
use crate::failure::Failure;
use crate::paths::Paths;
use crate::setup::browser::Browser;

/// The targets of the crate `tests` that need neither a running relay nor a browser, by the start of their names.
const OFFLINE_TARGETS: [&str; 2] = ["simulation", "golden"];

/// What took longest in a whole run.
const LONGEST: [&str; 8] = [
    "browser_shop",
    "browser_network",
    "restart",
    "browser_hosts",
    "browser_access",
    "ozon_flow",
    "browser_bulk",
    "simulation",
];

/// What measures a page's own work or how a crowd spreads over time, and so wants the machine for itself.
const ALONE: [&str; 2] = ["browser_impact", "herd"];

/// The crates that have tests of their own. The widget's run natively: its options, store and texts need no browser.
pub fn units(paths: &Paths) -> Result<Tally, Failure> {
    let mut test = linting_test(paths)?;
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
    let programs = lanes::build(test.args(["--lib", "--bins", "--tests"]))?;
    lanes::run(paths, programs, cores(), &[])
}

/// The deterministic simulation and whatever else of the crate `tests` needs no other program.
pub fn simulation(paths: &Paths) -> Result<Tally, Failure> {
    let mut test = linting_test(paths)?;
    test.args(["-p", "tests", "--lib", "--bins"]);
    for target in test_targets(paths)? {
        if OFFLINE_TARGETS.iter().any(|start| target.starts_with(start)) {
            test.args(["--test", &target]);
        }
    }
    let programs = lanes::build(&mut test)?;
    lanes::run(paths, programs, cores(), &[])
}

/// The whole crate `tests`, with all it has to start: wrangler, the simulated upstreams, a browser.
pub fn everything(paths: &Paths, browser: &Browser) -> Result<Tally, Failure> {
    let mut programs = lanes::build(linting_test(paths)?.args(["-p", "tests", "--lib", "--bins", "--tests"]))?;
    // The longest first, so that the lanes end together.
    programs.sort_by_key(|program| LONGEST.iter().position(|name| *name == program.name).unwrap_or(LONGEST.len()));
    let (alone, together) = programs.into_iter().partition(|program| ALONE.contains(&program.name.as_str()));
    let node_bin = paths.node_bin();
    let settings = [
        ("PRILAVOK_ROOT", paths.root.as_os_str()),
        ("PRILAVOK_NODE_BIN", node_bin.as_os_str()),
        ("PRILAVOK_CHROME", browser.chrome.as_os_str()),
        ("PRILAVOK_CHROMEDRIVER", browser.driver.as_os_str()),
        (BUILT, OsStr::new("1")),
    ];
    // They wait more than they work: one lane more than there are cores keeps the cores busy.
    let mut tally = lanes::run(paths, together, cores().saturating_add(1), &settings)?;
    tally.add(lanes::run(paths, alone, 1, &settings)?);
    Ok(tally)
}

/// A test run that lints what it compiles.
fn linting_test(paths: &Paths) -> Result<Command, Failure> {
    let mut test = cargo_linting(paths)?;
    test.args(["test", "--quiet"]);
    Ok(test)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn test_targets(paths: &Paths) -> Result<Vec<String>, Failure> {
    let metadata = super::purity::metadata(paths)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets =
        packages.filter(|package| package["name"] == "tests").flat_map(|package| package["targets"].as_array());
    let tests = targets.flatten().filter(|target| target["kind"][0] == "test");
    Ok(tests.filter_map(|target| target["name"].as_str().map(str::to_owned)).collect::<Vec<String>>())
}
