//! Where the tests find what they start. `cargo xtask test` names all of it in the environment; without it, what lies in
//! the checkout and on this machine is taken.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The name of the folder in which the widget's parts lie, under dist/www/widget.
pub fn parts() -> String {
    let folders = std::fs::read_dir(root().join("dist/www/widget")).expect("a build");
    let mut folders = folders.map(|folder| folder.expect("its name"));
    let folder = folders.find(|folder| folder.path().join("widget.js").is_file()).expect("a folder of parts");
    folder.file_name().into_string().expect("a name in ASCII")
}

/// The checkout.
pub fn root() -> PathBuf {
    match std::env::var_os("PRILAVOK_ROOT") {
        Some(root) => root.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
    }
}

/// The folder with `wrangler` and `node`.
pub fn node_bin() -> PathBuf {
    match std::env::var_os("PRILAVOK_NODE_BIN") {
        Some(folder) => folder.into(),
        None => root().join("node_modules/.bin"),
    }
}

/// The runtime by itself, as npm installed it.
pub fn workerd() -> PathBuf {
    let arch = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "64" };
    root().join(format!("node_modules/@cloudflare/workerd-{}-{arch}/bin/workerd", std::env::consts::OS))
}

/// Chromium.
pub fn chrome() -> PathBuf {
    std::env::var_os("PRILAVOK_CHROME").map_or_else(|| "/usr/bin/chromium".into(), Into::into)
}

/// The driver of the same version.
pub fn chromedriver() -> PathBuf {
    std::env::var_os("PRILAVOK_CHROMEDRIVER").map_or_else(|| "/usr/bin/chromedriver".into(), Into::into)
}

/// Where the browser tests leave what they saw.
pub fn screenshots() -> PathBuf {
    root().join("screenshots")
}

/// A folder of its own for each caller. Whoever keeps processes in it removes it.
pub fn temporary(name: &str) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("prilavok-{name}-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{} cannot be made: {error}", folder.display()));
    folder
}

/// A port that nobody listens on now. Another program could take it before it is used; nothing better is to be had for a
/// program that wants its port as a number. No outgoing connection takes it: systems give those ports above these (Linux from
/// 32768, IANA's range from 49152), and programs of tests that run beside each other begin far from each other.
pub fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 12_000;
    const PORTS: u32 = 20_000;
    /// Has no divisor in common with `PORTS`.
    const BETWEEN_PROGRAMS: u32 = 7_919;
    let start = std::process::id().wrapping_mul(BETWEEN_PROGRAMS) % PORTS;
    (0..PORTS)
        .map(|_| FIRST + (start + COUNT.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

/// PATH with the folder of `node` before the rest: npm's scripts ask the environment for it.
pub fn path_with_node() -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(node_bin()).chain(std::env::split_paths(&rest));
    std::env::join_paths(folders).expect("PATH has no odd folder")
}
