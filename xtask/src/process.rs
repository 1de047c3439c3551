//! Running other programs: found on PATH with the project's own npm commands first, and failing with their name.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// A command that runs in the workspace root and finds the npm tools (and their Node) before any other.
pub fn command(paths: &Paths, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&paths.root);
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(paths.node_bin()).chain(std::env::split_paths(&rest));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    command
}

/// Runs to the end with the terminal's own output; anything but success is a failure that names the program.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let name = shown(command);
    let status = command.status().doing(|| format!("start `{name}`"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{name}` failed ({status})"))) }
}

/// Runs quietly; on failure the sentence carries the last lines the program said.
pub fn run_quiet(command: &mut Command) -> Result<String, Failure> {
    let name = shown(command);
    let output = command.stdin(Stdio::null()).output().doing(|| format!("start `{name}`"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr });
    Err(Failure::new(format!("`{name}` failed ({}): {}", output.status, last_lines(&said))))
}

/// What a program prints when asked something small, or nothing when it is not there or refuses.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first folder of PATH that has one of these programs.
pub fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file()))
}

fn shown(command: &Command) -> String {
    // A `--config` of several lines or a long list of flags would bury the sentence: the first words name the deed.
    const WORDS: usize = 4;
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args()).take(WORDS);
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn last_lines(text: &str) -> String {
    const LINES: usize = 6;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("; ")
}
