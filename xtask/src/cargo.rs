//! Calls of cargo. All wasm calls carry the same flags, so that build, dev and test never undo each other's work.

use std::path::PathBuf;
use std::process::Command;

use crate::paths::Paths;
use crate::process;

/// What runs in workerd and in the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Built in one call: with differing features of web-sys between calls cargo would build it again each time.
pub const WASM_CRATES: [&str; 3] = ["relay", "widget", "inbox"];

/// The cargo that started us.
pub fn cargo(paths: &Paths) -> Command {
    process::command(paths, std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Cargo for the wasm target, with machine paths kept out of what ships: a panic message would carry them otherwise.
///
/// Passed by `--config` for this target only, so that native crates keep their fingerprints.
pub fn cargo_wasm(paths: &Paths, subcommand: &str) -> Command {
    let mut command = cargo(paths);
    // An outer RUSTFLAGS would take the place of the flags below.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command.arg(subcommand).args(["--release", "--target", WASM_TARGET]);
    command.arg("--config").arg(format!("target.{WASM_TARGET}.rustflags=[{}]", remaps(paths).join(",")));
    for name in WASM_CRATES {
        command.args(["-p", name]);
    }
    command
}

/// `--remap-path-prefix` flags as TOML strings; rustc takes the last one that matches, so the widest comes first.
fn remaps(paths: &Paths) -> Vec<String> {
    let home = std::env::home_dir().unwrap_or_default();
    let tool_home = |name: &str, folder: &str| std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from);
    let cargo_home = tool_home("CARGO_HOME", ".cargo");
    let mut remaps = vec![(tool_home("RUSTUP_HOME", ".rustup"), "rustup"), (cargo_home.clone(), "cargo")];
    // This tool itself comes with crates, so the folders of every registry are there before the first wasm build.
    let mut registries: Vec<PathBuf> = std::fs::read_dir(cargo_home.join("registry/src"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    registries.sort();
    remaps.extend(registries.into_iter().map(|folder| (folder, "crates")));
    remaps.push((paths.root.clone(), "prilavok"));
    remaps
        .into_iter()
        .map(|(from, to)| toml::Value::String(format!("--remap-path-prefix={}={to}", from.display())).to_string())
        .collect()
}
