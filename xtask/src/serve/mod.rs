//! `cargo xtask serve`: the same build alone on a server, by plain workerd. No wrangler, no account, one folder.
//!
//! The folder holds all that must be kept: `secrets.env` and `state/`. Everything else is made by the build. What this
//! command does can be done without it, too: `workerd serve dist/alone/config.capnp far` with the settings in the
//! environment (deploy/prilavok.service).

pub mod keep;
mod settings;

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::build::{self, alone, secrets};
use crate::dev::children::{PATIENCE, end};
use crate::dev::http;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::progress::note;
use settings::Settings;

/// Where and on what to serve.
pub struct Options {
    /// The folder with all that must be kept.
    pub dir: Option<PathBuf>,
    /// The address for the host's proxy to call.
    pub listen: SocketAddr,
    /// The file of settings, if it is not `secrets.env` in the folder.
    pub env: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { dir: None, listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)), env: None }
    }
}

/// workerd is ready in a fifth of a second; a machine that swaps gets a minute.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How soon an end is noticed.
const WATCH_EVERY: Duration = Duration::from_millis(100);

const HEADING: &str = "\
# Secrets of this relay. Whoever reads them is the administrator; who loses them loses all tokens and marketplace keys.
# Further settings, one a line: TRUSTED_PROXY_HOPS (proxies before the relay; 1 if it listens to this machine only),
# METRICS_TOKEN (may read /metrics), OZON_BASE_URL, OZON_PUSH_NETWORKS (`any` takes notifications from outside Ozon's, too),
# OZON_HOST (a host for programs that call Ozon through this relay).";

pub fn run(paths: &Paths, options: Options) -> Result<(), Failure> {
    build::run(paths)?;
    let dir = options.dir.unwrap_or_else(|| paths.serve_state());
    let dir = std::path::absolute(dir).doing(|| "find the folder".into())?;
    let state = dir.join("state");
    std::fs::create_dir_all(&state).doing(|| format!("make {}", state.display()))?;
    keep_private(&dir).doing(|| format!("close {} to others", dir.display()))?;
    // Two runtimes on one state would each be sure to be the only one.
    let only = File::create(dir.join("lock")).doing(|| "make the folder's lock".into())?;
    only.try_lock().map_err(|_| Failure::new(format!("another relay runs on {}", dir.display())))?;
    TcpListener::bind(options.listen)
        .doing(|| format!("listen on {}, choose another with --listen", options.listen))?;

    let file = options.env.unwrap_or_else(|| dir.join("secrets.env"));
    if secrets::ensure_file(&file, HEADING)? {
        note(format!("made {} with fresh secrets; keep a copy of it", file.display()));
    }
    let mut settings = settings::read(&file)?;
    // Who listens to this machine only is called by a proxy on it.
    let hops = if options.listen.ip().is_loopback() { "1" } else { "0" };
    settings.entry("TRUSTED_PROXY_HOPS".into()).or_insert_with(|| hops.into());

    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::SeqCst)).doing(|| "listen for Ctrl-C".into())?;
    let mut relay = Relay::start(paths, &state, options.listen, &settings)?;
    let deadline = Instant::now() + READY_WITHIN;
    while !stop.load(Ordering::SeqCst) {
        relay.is_alive()?;
        match http::send_to(from_here(options.listen), "GET", "/healthz", None, "") {
            Ok(answer) if answer.status == 200 => {
                print_banner(options.listen, &file, &state);
                break;
            }
            Ok(answer) => return Err(Failure::new(format!("the relay is not well: {}", answer.body))),
            Err(_) if Instant::now() < deadline => std::thread::sleep(WATCH_EVERY),
            Err(error) => return Err(Failure::new(format!("the relay does not answer: {error}"))),
        }
    }
    while !stop.load(Ordering::SeqCst) {
        relay.is_alive()?;
        std::thread::sleep(WATCH_EVERY);
    }
    note("stopping");
    Ok(())
}

/// A running workerd. It ends with this value.
struct Relay(Child);

impl Relay {
    fn start(paths: &Paths, state: &Path, listen: SocketAddr, settings: &Settings) -> Result<Self, Failure> {
        let program = paths.workerd();
        // Whatever lies on this machine's network stays out of reach, unless an upstream was put there on purpose.
        let is_near = settings.iter().any(|(name, value)| name.ends_with("_BASE_URL") && value.starts_with("http://"));
        let mut workerd = Command::new(&program);
        workerd.arg("serve").arg(paths.alone().join(alone::CONFIG)).arg(if is_near { alone::NEAR } else { alone::FAR });
        workerd.arg(format!("--socket-addr=http={listen}")).arg(format!("--directory-path=state={}", state.display()));
        workerd.stdin(Stdio::null()).env_clear().envs(settings);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut workerd, 0);
        let child = workerd.spawn().doing(|| format!("start {}; run `cargo xtask setup`", program.display()))?;
        Ok(Self(child))
    }

    fn is_alive(&mut self) -> Result<(), Failure> {
        match self.0.try_wait().doing(|| "ask after workerd".into())? {
            Some(status) => Err(Failure::new(format!("workerd ended ({status}); its own lines above say why"))),
            None => Ok(()),
        }
    }
}

impl Drop for Relay {
    /// It waits for open sockets when asked politely, and people keep theirs open for days. What it acknowledged is on
    /// disk, so after a moment it is not asked any more.
    fn drop(&mut self) {
        end(&mut self.0, false);
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        end(&mut self.0, true);
        let _ = self.0.wait();
    }
}

/// A listener on all addresses is reached on this machine's own.
fn from_here(listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() { (Ipv4Addr::LOCALHOST, listen.port()).into() } else { listen }
}

fn print_banner(listen: SocketAddr, secrets: &Path, state: &Path) {
    let (here, secrets, state) = (from_here(listen), secrets.display(), state.display());
    println!(
        "\n  Прилавок · Prilavok\n\n  \
         Вход операторов · inbox      http://{here}/inbox/\n  \
         Демо-витрина · storefront    http://{here}/\n  \
         Секреты · secrets            {secrets}\n  \
         Данные · data                {state}\n\n  \
         Создать организацию · create an organization: README.md, \"Connect it\"\n  \
         Ctrl-C: стоп · to stop\n"
    );
}

#[cfg(unix)]
fn keep_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn keep_private(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
