//! `cargo xtask backup` and `cargo xtask restore`: the program of the crate `backup`, built and run.

use std::path::{Path, PathBuf};

use crate::cargo::cargo;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;

/// Which folder, and which file.
#[derive(Default)]
pub struct Options {
    pub dir: Option<PathBuf>,
    pub file: Option<PathBuf>,
}

/// Copies the folder of a relay into a file, whether it runs or not.
pub fn backup(paths: &Paths, options: Options) -> Result<(), Failure> {
    let (dir, file) = (dir(paths, options.dir)?, file(options.file, "--to")?);
    run(paths, "save", &dir, &file)
}

/// Makes a new folder from such a file.
pub fn restore(paths: &Paths, options: Options) -> Result<(), Failure> {
    let (file, dir) = (file(options.file, "--from")?, dir(paths, options.dir)?);
    run(paths, "restore", &file, &dir)
}

fn run(paths: &Paths, deed: &str, from: &Path, to: &Path) -> Result<(), Failure> {
    let mut backup = cargo(paths);
    backup.args(["run", "--quiet", "-p", "backup", "--", deed]).arg(from).arg(to);
    process::run(&mut backup)
}

fn dir(paths: &Paths, dir: Option<PathBuf>) -> Result<PathBuf, Failure> {
    std::path::absolute(dir.unwrap_or_else(|| paths.serve_state())).doing(|| "find the folder".into())
}

fn file(file: Option<PathBuf>, flag: &str) -> Result<PathBuf, Failure> {
    let file = file.ok_or_else(|| Failure::new(format!("which file? {flag} FILE.tar")))?;
    std::path::absolute(file).doing(|| "find the file".into())
}
