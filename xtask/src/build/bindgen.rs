//! From the wasm that cargo made to the wasm and the JavaScript glue that ship.
//!
//! wasm-bindgen runs as a library of exactly the version the crates link (Cargo.toml pins both), so there is no
//! second tool to download or to get out of step. wasm-opt then takes about a tenth off.

use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use super::publish::{self, Files};
use super::{assets, stamp};
use crate::cargo::{Shipment, WASM_TARGET};
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;

/// Size first. The features are those that rustc turns on for this target; wasm-opt assumes none by itself.
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What the `worker` crate exports as soon as one of its macros is used.
const HANDLER_MARK: &[u8] = b"__worker_init_state";

/// The relay as an ES module that imports its compiled wasm: workerd compiles no wasm at run time.
pub fn relay(paths: &Paths) -> Result<Files, Failure> {
    let (input, wasm) = cargo_output(paths, Shipment::Relay)?;
    // wasm-bindgen's abort handler needs the function table, which a relay without a single event handler has not.
    let handles_events = wasm.windows(HANDLER_MARK.len()).any(|bytes| bytes == HANDLER_MARK);
    let folder = stamp::made(paths, "relay.wasm", &[&wasm, WASM_OPT.join(" ").as_bytes()], |folder| {
        Bindgen::new()
            .input_path(&input)
            .out_name("index")
            .typescript(false)
            .module(true)
            .doing(|| "set up wasm-bindgen for the relay".into())?
            // relay/entry.mjs starts the relay afresh after a trap: without these a trap is the end of the isolate.
            .reset_state_function(true)
            .force_enable_abort_handler(handles_events)
            .generate(folder)
            .doing(|| "write the relay's glue".into())?;
        // wrangler's bundler does not know the source phase; a plain import of a .wasm gives the same module there.
        let glue = folder.join("index.js");
        let text = std::fs::read_to_string(&glue).doing(|| "read the relay's glue".into())?;
        std::fs::write(&glue, text.replace("import source ", "import ")).doing(|| "write the relay's glue".into())?;
        // The abort handler is built on wasm exceptions; a browser that lacks them never sees this file.
        optimise(paths, &folder.join("index_bg.wasm"), &["--enable-exception-handling"])
    })?;
    publish::read_tree(paths, &folder)
}

/// A browser crate: `{name}.js`, which is told by its caller where `{name}_bg.wasm` is.
pub fn browser(paths: &Paths, shipment: Shipment) -> Result<Files, Failure> {
    let name = shipment.name();
    let (input, wasm) = cargo_output(paths, shipment)?;
    let defines = assets::defines();
    let flags = [WASM_OPT.join(" "), defines.join(" ")].concat();
    let folder = stamp::made(paths, &format!("{name}.wasm"), &[&wasm, flags.as_bytes()], |folder| {
        let draft = folder.join("draft");
        Bindgen::new()
            .input_path(&input)
            .out_name(name)
            .typescript(false)
            .web(true)
            .doing(|| format!("set up wasm-bindgen for the {name}"))?
            .omit_default_module_path(true)
            .generate(&draft)
            .doing(|| format!("write the glue of the {name}"))?;
        let wasm_name = format!("{name}_bg.wasm");
        let glue = format!("{name}.js");
        // Bundled, so that JavaScript snippets of crates end up in the one file.
        let mut esbuild = process::command(paths, "esbuild");
        esbuild.arg(draft.join(&glue)).arg(format!("--outfile={}", folder.join(&glue).display()));
        esbuild.args(["--bundle", "--format=esm", "--minify", "--target=es2020", "--charset=utf8"]);
        // What is fetched when it is needed stays a file of its own (build/assets.rs).
        if matches!(shipment, Shipment::Widget) {
            let later = ["files.js", "rich.js", "more.js", "around.js"];
            esbuild.args(later.map(|name| format!("--external:*/{name}"))).args(&defines);
        }
        process::run_quiet(esbuild.arg("--log-level=warning"))?;
        let wasm = folder.join(&wasm_name);
        std::fs::rename(draft.join(&wasm_name), &wasm).doing(|| format!("move {wasm_name}"))?;
        std::fs::remove_dir_all(&draft).doing(|| "remove the glue before minification".into())?;
        optimise(paths, &wasm, &[])
    })?;
    publish::read_tree(paths, &folder)
}

fn cargo_output(paths: &Paths, shipment: Shipment) -> Result<(PathBuf, Vec<u8>), Failure> {
    let path = paths.target().join(WASM_TARGET).join(shipment.profile()).join(format!("{}.wasm", shipment.name()));
    let wasm = publish::read(paths, &path)?;
    Ok((path, wasm))
}

fn optimise(paths: &Paths, wasm: &Path, more: &[&str]) -> Result<(), Failure> {
    let mut wasm_opt = process::command(paths, "wasm-opt");
    process::run_quiet(wasm_opt.args(WASM_OPT).args(more).arg(wasm).arg("-o").arg(wasm)).map(drop)
}
