//! `cargo xtask build`: the sources become dist/, and only what changed is made again.
//!
//! wrangler calls this too (`[build]` in relay/wrangler.toml), so it also sets up what is missing, makes the secrets
//! of this machine, and is silent and quick when nothing changed.

pub mod alone;
pub mod assets;
pub mod bindgen;
pub mod publish;
pub mod secrets;
mod stamp;

pub use publish::read_tree;
pub use stamp::made as stamped;

use std::fs::File;

use crate::cargo::{self, Shipment};
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;
use crate::progress::note;
use crate::setup;
use crate::size;

/// Set for the programs that a command starts after it has built: a wrangler among them would build again.
pub const BUILT: &str = "PRILAVOK_BUILT";

pub fn run(paths: &Paths) -> Result<(), Failure> {
    if std::env::var_os(BUILT).is_some() {
        return Ok(());
    }
    let workshop = paths.workshop();
    std::fs::create_dir_all(&workshop).doing(|| format!("make {}", paths.shown(&workshop)))?;
    // `dev` and the wrangler it starts may build at the same moment: one waits for the other.
    let turn = File::create(workshop.join("lock")).doing(|| "make the build's lock file".into())?;
    turn.lock().doing(|| "wait for another build".into())?;

    secrets::ensure(paths)?;
    setup::run(paths)?;
    compile(paths)?;
    let relay = bindgen::relay(paths)?;
    let widget = bindgen::browser(paths, Shipment::Widget)?;
    let inbox = bindgen::browser(paths, Shipment::Inbox)?;

    let changed = publish::publish(paths, &paths.relay_module(), &relay)?
        + publish::publish(paths, &paths.www(), &assets::collect(paths, &widget, &inbox)?)?;
    let changed = changed + publish::publish(paths, &paths.alone(), &alone::collect(paths)?)?;
    if changed > 0 {
        note(format!("dist: {changed} files changed"));
    }
    size::check_if_changed(paths)
}

/// The relay beside the two for the browser: profiles have folders of their own, and each ends with a minute of linking that
/// keeps one core busy.
fn compile(paths: &Paths) -> Result<(), Failure> {
    let compile = |shipment| process::run(cargo::cargo_wasm(paths, "build", shipment).arg("--quiet"));
    std::thread::scope(|scope| {
        let relay = scope.spawn(|| compile(Shipment::Relay));
        let browser = compile(Shipment::Widget).and_then(|()| compile(Shipment::Inbox));
        let relay = relay.join().unwrap_or_else(|_| Err(Failure::new("the relay's build was not followed to its end")));
        relay.and(browser)
    })
}
