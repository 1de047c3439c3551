//! `cargo xtask dev`: the whole product on this machine, with a demo organization and a simulated Ozon beside it.
//!
//! Everything ends together: on Ctrl-C, on SIGTERM, and when one of the two programs dies.

pub mod children;
mod door;
pub mod http;
mod provision;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::build;
use crate::cargo::cargo;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;
use crate::progress::Step;
use children::Children;

/// The ports of this machine.
pub struct Ports {
    /// The relay.
    pub relay: u16,
    /// The relay again, for programs that call Ozon: Ozon's methods answer there and no other path.
    pub proxy: u16,
    /// The simulated Ozon.
    pub ozon: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { relay: 8787, proxy: 8788, ozon: 8790 }
    }
}

/// wrangler checks the build and starts workerd in about two seconds; a cold machine under load gets a minute.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How soon a dead child or Ctrl-C is noticed.
const WATCH_EVERY: Duration = Duration::from_millis(100);

pub fn run(paths: &Paths, ports: &Ports) -> Result<(), Failure> {
    let [_, proxy, _] = [listen(ports.relay)?, listen(ports.proxy)?, listen(ports.ozon)?];
    build::run(paths)?;
    process::run(cargo(paths).args(["build", "--quiet", "-p", "tests", "--bin", "ozon-simulator"]))?;

    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::SeqCst)).doing(|| "listen for Ctrl-C".into())?;

    let mut children = Children::default();
    children.start("ozon ", &mut simulator(paths, ports)?)?;
    children.start("relay", &mut wrangler(paths, ports)?)?;

    let step = Step::start("waiting for the relay");
    let deadline = Instant::now() + READY_WITHIN;
    while !is_ready(ports) {
        if stop.load(Ordering::SeqCst) {
            return Ok(());
        }
        children.all_alive()?;
        if Instant::now() > deadline {
            return Err(Failure::new("the relay did not answer /healthz within a minute; its own lines above say why"));
        }
        std::thread::sleep(WATCH_EVERY);
    }
    let token = provision::demo(paths, ports)?;
    door::open(proxy, ports.relay);
    step.done();
    print_banner(ports, &token);

    while !stop.load(Ordering::SeqCst) {
        children.all_alive()?;
        std::thread::sleep(WATCH_EVERY);
    }
    Ok(())
}

fn listen(port: u16) -> Result<TcpListener, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        let others = "--port, --proxy-port and --ozon-port";
        Failure::new(format!("port {port} cannot be had ({error}); choose others with {others}"))
    })
}

fn is_ready(ports: &Ports) -> bool {
    let ready = |port, path| http::send(port, "GET", path, None, "").is_ok_and(|answer| answer.status == 200);
    // The simulator has no health page of its own that we know: that it accepts a connection is enough.
    ready(ports.relay, "/healthz") && std::net::TcpStream::connect(("127.0.0.1", ports.ozon)).is_ok()
}

fn simulator(paths: &Paths, ports: &Ports) -> Result<std::process::Command, Failure> {
    let state = paths.dev_state();
    std::fs::create_dir_all(&state).doing(|| format!("make {}", paths.shown(&state)))?;
    let mut simulator = process::command(paths, paths.target().join("debug/ozon-simulator"));
    simulator.args(["--port", &ports.ozon.to_string(), "--demo", "--state"]).arg(state.join("ozon-simulator.json"));
    Ok(simulator)
}

fn wrangler(paths: &Paths, ports: &Ports) -> Result<std::process::Command, Failure> {
    let mut wrangler = process::command(paths, "wrangler");
    wrangler.current_dir(paths.relay()).args(["dev", "--local", "--ip", "127.0.0.1"]);
    wrangler.args(["--port", &ports.relay.to_string(), "--inspector-port", &free_port()?.to_string()]);
    wrangler.args(["--show-interactive-dev-session=false", "--persist-to"]).arg(paths.dev_state());
    wrangler.args(["--var", &format!("OZON_BASE_URL:http://127.0.0.1:{}", ports.ozon)]);
    wrangler.args(["--var", &format!("OZON_HOST::{}", ports.proxy)]);
    // No reports to anybody, no questions, and no look-up of where this machine is.
    wrangler.envs([
        ("WRANGLER_SEND_METRICS", "false"),
        ("WRANGLER_SEND_ERROR_REPORTS", "false"),
        ("DO_NOT_TRACK", "1"),
        ("WRANGLER_HIDE_BANNER", "true"),
        ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
        ("CI", "1"),
    ]);
    Ok(wrangler)
}

/// Nobody but wrangler needs to know the debugger's port.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    Ok(listener.doing(|| "find a free port".into())?.port())
}

fn print_banner(ports: &Ports, token: &str) {
    let relay = format!("http://127.0.0.1:{}", ports.relay);
    println!(
        "\n  Прилавок · Prilavok\n\n  \
         Витрина · storefront   {relay}/\n  \
         Примерка · playground  {relay}/playground/\n  \
         Оператор · inbox       {relay}/inbox/#token={token}\n  \
         Ozon (simulator)       http://127.0.0.1:{}/\n  \
         Ozon через реле · API  http://127.0.0.1:{}/\n\n  \
         Ctrl-C: стоп · to stop\n",
        ports.ozon, ports.proxy
    );
}
