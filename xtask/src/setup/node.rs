//! The npm tools of package-lock.json: wrangler, esbuild, wasm-opt, and on Linux the Node that wrangler asks for.

use std::process::Command;

use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;
use crate::progress::Step;

/// The lock file as it was at the last `npm ci`. npm empties node_modules first, so a broken run leaves no stamp.
const STAMP: &str = "node_modules/.installed-lock";

/// Node 20 can install everything. On x86-64 Linux the tools then run on the Node that the lock file brings;
/// elsewhere wrangler runs on the machine's own Node and asks for 22.
const NODE_MIN: u32 = if cfg!(all(target_os = "linux", target_arch = "x86_64")) { 20 } else { 22 };

/// Installs the locked tools, unless the installed ones are those.
pub fn ensure(paths: &Paths) -> Result<(), Failure> {
    let lock_path = paths.root.join("package-lock.json");
    let lock = std::fs::read(&lock_path).doing(|| format!("read {}", paths.shown(&lock_path)))?;
    let stamp = paths.root.join(STAMP);
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    check_node()?;
    let step = Step::start("npm ci (wrangler, esbuild, wasm-opt; for the tests vite, typescript, axe-core)");
    // No package here needs its install script: the binaries come as packages of their own.
    let flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    process::run(process::command(paths, npm()).args(flags)).map_err(|failure| {
        Failure::new(format!(
            "could not get the npm tools; check the connection to the npm registry and run `npm ci --ignore-scripts` by \
             hand ({failure})"
        ))
    })?;
    std::fs::write(&stamp, lock).doing(|| format!("write {STAMP}"))?;
    step.done();
    Ok(())
}

fn check_node() -> Result<(), Failure> {
    let get = format!("install Node {NODE_MIN} or newer (https://nodejs.org), which brings npm");
    let version = process::answer(Command::new("node").arg("--version"))
        .ok_or_else(|| Failure::new(format!("there is no `node` on PATH; {get}")))?;
    if major(&version).is_none_or(|major| major < NODE_MIN) {
        return Err(Failure::new(format!("Node {version} is too old; {get}")));
    }
    match process::answer(Command::new(npm()).arg("--version")) {
        Some(_) => Ok(()),
        None => Err(Failure::new(format!("there is no `npm` on PATH; {get}"))),
    }
}

/// On Windows npm is a script, which is not found without its ending.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v6"), Some(6));
        assert_eq!(major("command not found"), None);
    }
}
