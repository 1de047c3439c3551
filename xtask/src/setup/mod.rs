//! `cargo xtask setup`: what the build needs beyond Rust and Node. Every step is skipped when its result is there.

pub mod browser;
pub mod node;
mod wasm_target;

use crate::failure::Failure;
use crate::paths::Paths;

/// Gets the wasm target and the npm tools.
pub fn run(paths: &Paths) -> Result<(), Failure> {
    wasm_target::ensure(paths)?;
    node::ensure(paths)
}
