//! Where things are. Every path of the project that a command touches is named here.

use std::path::{Path, PathBuf};

use crate::failure::{Doing, Failure};

/// The folders of one checkout.
pub struct Paths {
    /// The workspace root: the folder of the virtual manifest.
    pub root: PathBuf,
}

impl Paths {
    /// `cargo run` says where this crate is; a binary that was started by itself is expected inside the checkout.
    pub fn find() -> Result<Self, Failure> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(xtask) => PathBuf::from(xtask),
            None => std::env::current_dir().doing(|| "find the current folder".into())?,
        };
        start
            .ancestors()
            .find(|folder| folder.join("budgets.toml").is_file() && folder.join("Cargo.lock").is_file())
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| Failure::new("this is not a checkout of Prilavok; run `cargo xtask` inside one"))
    }

    /// What wrangler and the static server publish.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The static files: wrangler's assets folder.
    pub fn www(&self) -> PathBuf {
        self.dist().join("www")
    }

    /// The relay's module as wrangler bundles it.
    pub fn relay_module(&self) -> PathBuf {
        self.dist().join("relay")
    }

    /// The same relay and files for plain workerd.
    pub fn alone(&self) -> PathBuf {
        self.dist().join("alone")
    }

    /// What `serve` keeps if it is not told where.
    pub fn serve_state(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The runtime, as npm installed it for this machine.
    pub fn workerd(&self) -> PathBuf {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            other => other,
        };
        let arch = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "64" };
        self.root
            .join(format!("node_modules/@cloudflare/workerd-{os}-{arch}/bin/workerd{}", std::env::consts::EXE_SUFFIX))
    }

    /// The folder of wrangler.toml.
    pub fn relay(&self) -> PathBuf {
        self.root.join("relay")
    }

    /// What `wrangler dev` keeps between runs, where `npx wrangler dev` in relay/ keeps it too.
    pub fn dev_state(&self) -> PathBuf {
        self.relay().join(".wrangler/state")
    }

    /// The relay's secrets on this machine.
    pub fn dev_vars(&self) -> PathBuf {
        self.relay().join(".dev.vars")
    }

    /// The commands that npm installed.
    pub fn node_bin(&self) -> PathBuf {
        self.root.join("node_modules/.bin")
    }

    /// Cargo's target folder.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }

    /// The build's intermediate files, each with a stamp of what it was made from.
    pub fn workshop(&self) -> PathBuf {
        self.target().join("xtask")
    }

    /// A path as a person reads it: from the root, with forward slashes.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}
