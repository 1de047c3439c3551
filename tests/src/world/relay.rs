//! The relay as `wrangler dev` runs it, or as a server does by plain workerd: with SQLite in a folder, on a port of its own.
//!
//! It runs a copy of what was built, so that a build in the meantime does not restart it in the middle of a test. The
//! configuration is the real one, without its `[build]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::family::Family;
use super::place;

/// wrangler bundles and starts workerd in two seconds; a cold machine under load gets a minute.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// What runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `wrangler dev`.
    Wrangler,
    /// workerd alone, as `cargo xtask serve` starts it.
    Workerd,
}

impl Runtime {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Wrangler, Self::Workerd];
}

/// A relay that can be killed and started again on the same state.
pub struct Relay {
    runtime: Runtime,
    folder: PathBuf,
    port: u16,
    settings: Settings,
    family: Option<Family>,
    /// What former lives have printed.
    past: Vec<String>,
}

/// The host that is for Ozon's clients.
pub const OZON_HOST: &str = "ozon.localhost";

/// What the deployment sets.
struct Settings {
    ozon_base_url: String,
    admin_token: String,
    signing_keys: String,
    sealing_keys: String,
    more: Vec<(String, String)>,
}

impl Settings {
    fn fresh(ozon_base_url: &str, admin_token: &str, more: &[(&str, &str)]) -> Self {
        let keys = || format!("{{\"k1\":\"{}\"}}", URL_SAFE_NO_PAD.encode(rare::<32>()));
        // All people of all tests come from one address, faster than people do. A claim about limits sets its own.
        let more = [&[("RATE_FACTOR", "1000000"), ("OZON_HOST", OZON_HOST)], more].concat();
        Self {
            ozon_base_url: ozon_base_url.into(),
            admin_token: admin_token.into(),
            signing_keys: keys(),
            sealing_keys: keys(),
            more: more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }

    /// All of it, secrets among it.
    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let more = self.more.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.secrets().into_iter().chain([("OZON_BASE_URL", self.ozon_base_url.as_str())]).chain(more)
    }

    fn secrets(&self) -> [(&'static str, &str); 3] {
        [("ADMIN_TOKEN", &self.admin_token), ("SIGNING_KEYS", &self.signing_keys), ("SEALING_KEYS", &self.sealing_keys)]
    }
}

impl Relay {
    /// Starts it with fresh secrets and an empty state, and waits until it answers.
    pub async fn start(runtime: Runtime, ozon_base_url: &str, admin_token: &str, more: &[(&str, &str)]) -> Self {
        let folder = place::temporary("relay");
        copy_build(runtime, &folder);
        std::fs::create_dir_all(folder.join("kept/state")).expect("a folder for the state");
        let settings = Settings::fresh(ozon_base_url, admin_token, more);
        let mut relay = Self { runtime, folder, port: place::free_port(), settings, family: None, past: Vec::new() };
        relay.run().await;
        relay
    }

    /// The folder with all that a relay alone on a server keeps.
    pub fn kept(&self) -> PathBuf {
        self.folder.join("kept")
    }

    /// The keys that its tokens are signed with, as it was given them.
    pub fn signing_keys(&self) -> &str {
        &self.settings.signing_keys
    }

    pub fn sealing_keys(&self) -> &str {
        &self.settings.sealing_keys
    }

    /// Other keys for its next life.
    pub fn set_keys(&mut self, signing: &str, sealing: &str) {
        self.settings.signing_keys = signing.into();
        self.settings.sealing_keys = sealing.into();
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that it has printed in all its lives.
    pub fn lines(&self) -> Vec<String> {
        let now = self.family.as_ref().map(Family::lines).unwrap_or_default();
        self.past.iter().cloned().chain(now).collect()
    }

    /// SIGKILL to wrangler and workerd at once.
    pub fn kill(&mut self) {
        if let Some(family) = self.family.take() {
            self.past.extend(family.kill());
        }
    }

    /// Starts it on the state and the port that it had.
    pub async fn run(&mut self) {
        self.family = Some(match self.runtime {
            Runtime::Wrangler => self.run_wrangler().await,
            Runtime::Workerd => self.run_workerd().await,
        });
    }

    async fn run_wrangler(&self) -> Family {
        let family = Family::start(&place::node_bin().join("wrangler"), &self.folder, |wrangler| {
            wrangler.current_dir(self.folder.join("relay")).args(["dev", "--local", "--ip", "127.0.0.1"]);
            wrangler.args(["--port", &self.port.to_string(), "--inspector-port", &place::free_port().to_string()]);
            wrangler.args(["--show-interactive-dev-session=false", "--persist-to"]).arg(self.folder.join("state"));
            for (name, value) in self.settings.all() {
                wrangler.args(["--var", &format!("{name}:{value}")]);
            }
            keep_quiet(wrangler, &self.folder);
        });
        family.until_line(READY_WITHIN, "Ready on", |line| line.contains("ERROR")).await;
        family
    }

    async fn run_workerd(&self) -> Family {
        let family = Family::start(&place::workerd(), &self.folder, |workerd| {
            workerd.arg("serve").arg(self.folder.join("alone/config.capnp")).args(["near", "--control-fd=1"]);
            workerd.arg(format!("--socket-addr=http=127.0.0.1:{}", self.port));
            workerd.arg(format!("--directory-path=state={}", self.kept().join("state").display()));
            workerd.envs(self.settings.all());
            self.bind_test_settings();
        });
        // Its control channel says when it listens.
        family.until_line(READY_WITHIN, "\"listen\"", |line| line.contains("error")).await;
        family
    }

    fn bind_test_settings(&self) {
        let path = self.folder.join("alone/config.capnp");
        let mut config = std::fs::read_to_string(&path).expect("the configuration");
        for name in TEST_SETTINGS.iter().filter(|name| !config.contains(**name)).collect::<Vec<_>>() {
            let binding = format!("bindings = [\n    (name = \"{name}\", fromEnvironment = \"{name}\"),");
            config = config.replace("bindings = [", &binding);
        }
        std::fs::write(path, config).expect("a configuration of ours");
    }

    /// Starts it under the test harness. Returns it with the address that puts organizations to sleep.
    pub async fn start_in_harness(ozon_base_url: &str, admin_token: &str) -> (Self, String) {
        let folder = place::temporary("harness");
        copy_build(Runtime::Wrangler, &folder);
        let settings = Settings::fresh(ozon_base_url, admin_token, &[]);
        let given = json!({
            "vars": {"OZON_BASE_URL": settings.ozon_base_url, "RATE_FACTOR": "1000000"},
            "secrets": BTreeMap::from(settings.secrets()),
        });
        let family = Family::start(&place::node_bin().join("node"), &folder, |node| {
            node.current_dir(&folder).arg(place::root().join("tests/src/world/harness.mjs"));
            node.arg(folder.join("relay/wrangler.toml")).arg(given.to_string());
            keep_quiet(node, &folder);
        });
        let ready = family.until_line(READY_WITHIN, "Ready on", |line| line.contains("Error")).await;
        let mut words = ready.split_whitespace().skip_while(|word| *word != "on");
        let (url, control) = (words.nth(1).expect("its address"), words.nth(1).expect("the control's address"));
        let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("its port");
        let runtime = Runtime::Wrangler;
        (Self { runtime, folder, port, settings, family: Some(family), past: Vec::new() }, control.to_owned())
    }
}

/// Settings that no configuration of ours has: the tests' copy is given them.
const TEST_SETTINGS: [&str; 1] = ["TEST_TRAP"];

/// No reports to anybody, no questions, no look-up of where this machine is, nothing in anybody's home.
fn keep_quiet(wrangler: &mut Command, folder: &Path) {
    wrangler.envs([
        ("WRANGLER_SEND_METRICS", "false"),
        ("WRANGLER_SEND_ERROR_REPORTS", "false"),
        ("DO_NOT_TRACK", "1"),
        ("WRANGLER_HIDE_BANNER", "true"),
        ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
        ("CI", "1"),
        ("NO_COLOR", "1"),
    ]);
    wrangler.env("PATH", place::path_with_node());
    for name in ["WRANGLER_LOG_PATH", "WRANGLER_REGISTRY_PATH", "XDG_CONFIG_HOME"] {
        wrangler.env(name, folder.join(name));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // A family removes the folder at its end; a killed one has not.
        if self.family.is_none() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn copy_build(runtime: Runtime, to: &Path) {
    let root = place::root();
    if runtime == Runtime::Workerd {
        let alone = root.join("dist/alone");
        assert!(alone.join("config.capnp").is_file(), "there is no {}: run `cargo xtask build`", alone.display());
        return copy_tree(&alone, &to.join("alone"));
    }
    let built = root.join("dist");
    assert!(
        built.join("relay/index.js").is_file() && built.join("www").is_dir(),
        "there is no build in {}: run `cargo xtask build`, or all of it by `cargo xtask test`",
        built.display()
    );
    copy_tree(&built, &to.join("dist"));
    let relay = to.join("relay");
    std::fs::create_dir_all(&relay).expect("a folder for the relay");
    std::fs::copy(root.join("relay/entry.mjs"), relay.join("entry.mjs")).expect("the relay's entry");
    let config = std::fs::read_to_string(root.join("relay/wrangler.toml")).expect("the relay's configuration");
    std::fs::write(relay.join("wrangler.toml"), without_build(&config)).expect("a copy of the configuration");
}

/// The configuration without the table that would build first.
fn without_build(config: &str) -> String {
    let mut skipped = false;
    let kept = config.lines().filter(|line| {
        if line.starts_with('[') {
            skipped = line.trim() == "[build]";
        }
        !skipped
    });
    kept.collect::<Vec<_>>().join("\n")
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder for the copy");
    for entry in std::fs::read_dir(from).expect("a folder of the build") {
        let from = entry.expect("an entry of the build").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy_tree(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a copy of the build");
        }
    }
}

/// Bytes from the system's own source.
pub fn rare<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut source = std::fs::File::open("/dev/urandom").expect("a source of chance");
    std::io::Read::read_exact(&mut source, &mut bytes).expect("bytes of chance");
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_build_is_left_out_of_the_configuration() {
        let config =
            "name = \"r\"\n[build]\ncommand = \"b\"\nwatch_dir = [\n  \"src\",\n]\n\n[assets]\nbinding = \"A\"";
        assert_eq!(super::without_build(config), "name = \"r\"\n[assets]\nbinding = \"A\"");
    }
}
