//! Rust's standard library for wasm.

use std::process::Command;

use crate::cargo::WASM_TARGET;
use crate::failure::Failure;
use crate::paths::Paths;
use crate::process;
use crate::progress::Step;

/// Asks the compiler, not rustup: Linux distributions ship the target without rustup.
pub fn ensure(paths: &Paths) -> Result<(), Failure> {
    if is_there(paths) {
        return Ok(());
    }
    let step = Step::start(format!("rustup target add {WASM_TARGET}"));
    process::run_quiet(process::command(paths, "rustup").args(["target", "add", WASM_TARGET])).map_err(|failure| {
        Failure::new(format!(
            "could not get Rust's standard library for wasm; run `rustup target add {WASM_TARGET}` by hand ({failure})"
        ))
    })?;
    step.done();
    Ok(())
}

fn is_there(paths: &Paths) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&paths.root).args(["--print", "target-libdir", "--target", WASM_TARGET]);
    process::answer(&mut rustc).is_some_and(|folder| {
        std::fs::read_dir(folder).is_ok_and(|mut entries| {
            entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
        })
    })
}
