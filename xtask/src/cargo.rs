//! Calls of cargo. All wasm calls carry the same flags, so that build, dev and test never undo each other's work.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::paths::Paths;
use crate::process;

/// What runs in workerd and in the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// What is built in one call. Each crate goes apart: a call has one set of features for the crates that it shares, and the
/// widget would carry what only the inbox asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shipment {
    /// For workerd.
    Relay,
    /// For a visitor's browser, who pays by the byte.
    Widget,
    /// For an operator's browser.
    Inbox,
}

impl Shipment {
    /// The profile in the workspace's manifest, and the folder that its builds are in.
    pub fn profile(self) -> &'static str {
        match self {
            Self::Relay => "release",
            Self::Widget | Self::Inbox => "browser",
        }
    }

    /// The crate's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Widget => "widget",
            Self::Inbox => "inbox",
        }
    }
}

/// Takes a quarter off the widget: no source positions in panic messages (where nobody reads them), no `Debug` texts. Not
/// for the relay, whose panics are read in logs. Unstable flags of rustc, used only where this rustc has them; without
/// them the size budget says so.
const BROWSER_FLAGS: [&str; 2] = ["-Zlocation-detail=none", "-Zfmt-debug=none"];

/// Lets a stable rustc take unstable flags.
const BOOTSTRAP: &str = "RUSTC_BOOTSTRAP";

/// The cargo that started us.
pub fn cargo(paths: &Paths) -> Command {
    process::command(paths, std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Cargo with clippy in the compiler's place for the crates of the workspace, any warning a failure: what is built to be run is
/// linted in the same go, instead of being compiled once more for that alone.
///
/// # Errors
/// If this toolchain has no clippy.
pub fn cargo_linting(paths: &Paths) -> Result<Command, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = process::answer(process::command(paths, rustc).args(["--print", "sysroot"])).unwrap_or_default();
    let driver = PathBuf::from(sysroot).join("bin").join(format!("clippy-driver{}", std::env::consts::EXE_SUFFIX));
    if !driver.is_file() {
        return Err(Failure::new("clippy is missing: run `rustup component add clippy`"));
    }
    let mut command = cargo(paths);
    // What `cargo clippy` itself sets, with its way of writing a list.
    command.env("RUSTC_WORKSPACE_WRAPPER", driver);
    command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    Ok(command)
}

/// Cargo for the wasm target, with machine paths kept out of what ships: a panic message would carry them otherwise.
///
/// Passed by `--config` for this target only, so that native crates keep their fingerprints.
pub fn cargo_wasm(paths: &Paths, subcommand: &str, shipment: Shipment) -> Command {
    let mut command = cargo(paths);
    // An outer RUSTFLAGS would take the place of the flags below.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command.arg(subcommand).args(["--profile", shipment.profile(), "--target", WASM_TARGET]);
    let mut flags = remaps(paths);
    if shipment != Shipment::Relay {
        let known = BROWSER_FLAGS.into_iter().filter(|flag| rustc_knows(paths, flag));
        flags.extend(known.map(|flag| toml::Value::String(flag.to_owned()).to_string()));
    }
    // For both, needed or not: build scripts and macros that they share look at it, and would be built again each time.
    command.env(BOOTSTRAP, "1");
    command.arg("--config").arg(format!("target.{WASM_TARGET}.rustflags=[{}]", flags.join(",")));
    command.args(["-p", shipment.name()]);
    command
}

fn rustc_knows(paths: &Paths, flag: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut probe = process::command(paths, rustc);
    process::answer(probe.env(BOOTSTRAP, "1").args([flag, "--print", "sysroot"])).is_some()
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
