//! `cargo xtask sim`: the deterministic simulation for as many seeds as one likes, or one seed with its story.

use std::process::ExitCode;

use crate::cargo::cargo;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// Hands its words on to the program `sim` of the crate `tests`, and its exit code back.
pub fn run(paths: &Paths, words: &[String]) -> Result<ExitCode, Failure> {
    // Ctrl-C is the program's to heed: it tells what it has found so far, and we wait for that.
    ctrlc::set_handler(|| {}).doing(|| "leave Ctrl-C to the simulation".into())?;
    let mut run = cargo(paths);
    run.args(["run", "--quiet", "-p", "tests", "--bin", "sim", "--"]).args(words);
    let status = run.status().doing(|| "start the simulation".into())?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
