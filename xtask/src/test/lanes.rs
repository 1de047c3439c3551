//! Running the programs that `cargo test` builds: several beside each other, since most of them wait more than they work.
//!
//! `cargo test` itself runs one after the other, and the machine idles through every test that waits for a relay to start,
//! a reconnect delay or an alarm.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;

use super::tally::Tally;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::progress::{note, seconds};

/// A program of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its target's name. A library's tests and those of a binary may share it.
    pub name: String,
    executable: PathBuf,
    /// Where `cargo test` would run it: the folder of its package.
    folder: PathBuf,
}

impl Program {
    /// What a line of `--message-format=json` tells of one, if it does.
    fn of_line(line: &str) -> Option<Self> {
        let said: Value = serde_json::from_str(line).ok()?;
        if said["reason"] != "compiler-artifact" || said["profile"]["test"] != true {
            return None;
        }
        Some(Self {
            name: said["target"]["name"].as_str()?.to_owned(),
            executable: said["executable"].as_str()?.into(),
            folder: Path::new(said["manifest_path"].as_str()?).parent()?.to_owned(),
        })
    }
}

/// Builds what a `cargo test` would run.
///
/// # Errors
/// If it does not compile.
pub fn build(test: &mut Command) -> Result<Vec<Program>, Failure> {
    let doing = || "start `cargo test`".to_owned();
    test.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let mut child = test.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().doing(doing)?;
    let lines =
        child.stdout.take().map(BufReader::new).into_iter().flat_map(|stdout| stdout.lines().map_while(Result::ok));
    let programs = lines.filter_map(|line| Program::of_line(&line)).collect();
    if child.wait().doing(doing)?.success() { Ok(programs) } else { Err(Failure::new("the tests do not compile")) }
}

/// Runs programs in so many lanes, each free lane taking the next one, and prints what each said when it is over.
///
/// # Errors
/// If there is no place for what they say. A program that cannot be started counts as a failure.
pub fn run(paths: &Paths, programs: Vec<Program>, lanes: usize, settings: &[(&str, &OsStr)]) -> Result<Tally, Failure> {
    let folder = paths.target().join("test-output");
    std::fs::create_dir_all(&folder).doing(|| format!("make {}", paths.shown(&folder)))?;
    let queue = Mutex::new(VecDeque::from(programs));
    let next = || queue.lock().ok()?.pop_front();
    let lane = || {
        let mut counted = Tally::default();
        while let Some(program) = next() {
            counted.add(play(&program, &folder, settings).unwrap_or_else(|failure| {
                eprintln!("✗ {}: {failure}", program.name);
                Tally { failed: 1, ..Tally::default() }
            }));
        }
        counted
    };
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes.max(1)).map(|_| scope.spawn(lane)).collect();
        for lane in lanes {
            tally.add(lane.join().unwrap_or(Tally { failed: 1, ..Tally::default() }));
        }
    });
    Ok(tally)
}

/// Runs one to its end. What it and all that it starts say goes to a file first: a program that it leaves behind then holds
/// up nobody.
fn play(program: &Program, folder: &Path, settings: &[(&str, &OsStr)]) -> Result<Tally, Failure> {
    let started = Instant::now();
    let name = program.executable.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = folder.join(format!("{name}.txt"));
    let keep = || format!("keep what {name} says");
    let output = File::create(&file).doing(keep)?;
    note(format!("{} ...", program.name));
    let mut command = Command::new(&program.executable);
    command.arg("--quiet").current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder);
    command.stdin(Stdio::null()).stderr(output.try_clone().doing(keep)?).stdout(output);
    let status = command.envs(settings.iter().copied()).status().doing(|| format!("start {name}"))?;
    let said = std::fs::read(&file).doing(keep)?;
    let said = String::from_utf8_lossy(&said);
    let tally = tally(&said, status.success());
    let mark = if tally.failed == 0 { '✓' } else { '✗' };
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{mark} {} ({})\n{}\n", program.name, seconds(started.elapsed()), said.trim());
    Ok(tally)
}

/// What a program's own lines count. One that ended badly without a failed test (a test took it down) counts as a failure.
fn tally(said: &str, ended_well: bool) -> Tally {
    let mut tally = Tally::default();
    for counted in said.lines().filter_map(Tally::of_line) {
        tally.add(counted);
    }
    if !ended_well && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_what_cargo_built_for_tests() {
        let line = |test: bool, executable: &str| {
            format!(
                "{{\"reason\":\"compiler-artifact\",\"manifest_path\":\"/p/tests/Cargo.toml\",\"target\":{{\"name\":\"herd\"}},\
                 \"profile\":{{\"test\":{test}}},\"executable\":{executable}}}"
            )
        };
        let herd = Program { name: "herd".into(), executable: "/p/target/herd-1".into(), folder: "/p/tests".into() };
        assert_eq!(Program::of_line(&line(true, "\"/p/target/herd-1\"")), Some(herd));
        assert_eq!(Program::of_line(&line(false, "\"/p/target/load\"")), None, "a binary");
        assert_eq!(Program::of_line(&line(true, "null")), None, "a library");
        assert_eq!(Program::of_line("running 3 tests"), None);
    }

    #[test]
    fn a_program_that_breaks_down_is_a_failure() {
        let good = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let bad = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(tally(good, true), Tally { passed: 3, failed: 0, skipped: 0 });
        assert_eq!(tally(good, false), Tally { passed: 3, failed: 1, skipped: 0 });
        assert_eq!(tally(bad, false), Tally { passed: 2, failed: 1, skipped: 0 });
        assert_eq!(tally("", false), Tally { passed: 0, failed: 1, skipped: 0 });
    }
}
