//! `cargo xtask package`: the widget as an npm package, `dist/prilavok-<version>.tgz`. For pages that bundle their scripts, and
//! for merchants who serve everything from a host of their own.

mod types;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha384};

use crate::build::publish::{self, Files};
use crate::build::{self, assets, bindgen};
use crate::cargo::Shipment;
use crate::failure::Failure;
use crate::paths::Paths;
use crate::process;
use crate::progress::note;

/// The package's name, under which it is installed.
const NAME: &str = "prilavok";

/// The list of files with their hashes, for `integrity` attributes and for whoever copies them.
const MANIFEST: &str = "manifest.json";

pub fn run(paths: &Paths) -> Result<(), Failure> {
    build::run(paths)?;
    let version = env!("CARGO_PKG_VERSION");
    let mut files = Files::new();
    for (name, content) in assets::parts(paths, &bindgen::browser(paths, Shipment::Widget)?)? {
        files.insert(Path::new("widget").join(name), content);
    }
    files.insert("prilavok.js".into(), assets::loader(paths, "widget/")?);
    files.insert("index.js".into(), assets::package_module(paths)?);
    files.insert("index.d.ts".into(), types::declarations().into_bytes());
    files.insert(MANIFEST.into(), pretty(&manifest(&files, version)));
    files.insert("package.json".into(), pretty(&description(version)));
    files.insert("README.md".into(), publish::read(paths, &paths.root.join("www/loader/README.md"))?);
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files.insert(licence.into(), publish::read(paths, &paths.root.join(licence))?);
    }
    let folder = paths.dist().join("package");
    publish::publish(paths, &folder, &files)?;
    let mut pack = process::command(paths, crate::setup::node::npm());
    pack.arg("pack").arg(&folder).arg("--pack-destination").arg(paths.dist()).arg("--silent");
    process::run_quiet(&mut pack)?;
    note(paths.shown(&paths.dist().join(format!("{NAME}-{version}.tgz"))));
    Ok(())
}

fn description(version: &str) -> Value {
    json!({
        "name": NAME,
        "version": version,
        "description": "A storefront chat: the widget of Prilavok, for pages that bundle their scripts.",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "main": "./index.js",
        "types": "./index.d.ts",
        "exports": {
            ".": {"types": "./index.d.ts", "default": "./index.js"},
            "./prilavok.js": "./prilavok.js",
            "./manifest.json": "./manifest.json",
            "./widget/*": "./widget/*",
        },
        "sideEffects": false,
        "keywords": ["chat", "widget", "webassembly", "live-chat", "ozon"],
    })
}

/// Subresource Integrity: https://www.w3.org/TR/SRI/
fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

fn manifest(files: &Files, version: &str) -> Value {
    let hashed = files.iter().map(|(name, content)| {
        let name = name.to_string_lossy().replace('\\', "/");
        (name, json!({"bytes": content.len(), "integrity": integrity(content)}))
    });
    json!({"version": version, "files": hashed.collect::<serde_json::Map<_, _>>()})
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::integrity;

    /// `printf abc | openssl dgst -sha384 -binary | openssl base64 -A`
    #[test]
    fn integrity_is_what_browsers_take() {
        let expected = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn";
        assert_eq!(integrity(b"abc"), expected);
    }
}
