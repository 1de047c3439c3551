//! `cargo xtask load`: puts load on a relay of its own, or on one that runs somewhere, and prints a table.

use crate::build::{self, BUILT};
use crate::cargo::cargo;
use crate::failure::Failure;
use crate::paths::Paths;
use crate::process;

/// Passes the arguments on to the program of the crate `tests`.
pub fn run(paths: &Paths, args: &[String]) -> Result<(), Failure> {
    if !args.iter().any(|arg| arg == "--url") {
        build::run(paths)?;
    }
    let mut load = cargo(paths);
    load.args(["run", "--quiet", "-p", "tests", "--bin", "load", "--"]).args(args);
    load.env("PRILAVOK_ROOT", &paths.root).env("PRILAVOK_NODE_BIN", paths.node_bin()).env(BUILT, "1");
    process::run(&mut load)
}
