//! Puts load on a relay and prints a table.
//!
//! load [--url URL --admin-token TOKEN] [--runtime workerd|wrangler|both] [--sockets N] [--seconds N] [--listeners N,N,..]

use std::process::ExitCode;
use std::time::Duration;

use tests::load::{self, Plan};
use tests::world::{Runtime, World};

#[tokio::main]
async fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(options) => {
            measure(options).await;
            ExitCode::SUCCESS
        }
        Err(what) => {
            eprintln!("error: {what}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    url: Option<String>,
    admin_token: Option<String>,
    runtimes: Vec<Runtime>,
    sockets: usize,
    seconds: u64,
    listeners: Vec<usize>,
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        url: None,
        admin_token: std::env::var("ADMIN_TOKEN").ok(),
        runtimes: vec![Runtime::Workerd],
        sockets: 1_000,
        seconds: 10,
        listeners: vec![1, 100, 1_000],
    };
    while let Some(flag) = args.next() {
        let value = args.next().ok_or_else(|| format!("{flag} needs a value"))?;
        let number = |text: &str| text.parse().map_err(|_| format!("{flag}: {text} is no number"));
        match flag.as_str() {
            "--url" => options.url = Some(value.trim_end_matches('/').to_owned()),
            "--admin-token" => options.admin_token = Some(value),
            "--sockets" => options.sockets = number(&value)?,
            "--seconds" => options.seconds = number(&value)? as u64,
            "--listeners" => options.listeners = value.split(',').map(number).collect::<Result<_, _>>()?,
            "--runtime" => {
                options.runtimes = match value.as_str() {
                    "workerd" => vec![Runtime::Workerd],
                    "wrangler" => vec![Runtime::Wrangler],
                    "both" => Runtime::ALL.to_vec(),
                    _ => return Err("--runtime is workerd, wrangler or both".into()),
                };
            }
            _ => return Err(format!("there is no {flag}")),
        }
    }
    if options.url.is_some() && options.admin_token.is_none() {
        return Err("--url needs the relay's --admin-token (or ADMIN_TOKEN in the environment)".into());
    }
    Ok(options)
}

async fn measure(options: Options) {
    println!("{}", machine());
    let plan = |url: &str, admin_token: &str| Plan {
        url: url.to_owned(),
        admin_token: admin_token.to_owned(),
        sockets: options.sockets,
        time: Duration::from_secs(options.seconds),
        listeners: options.listeners.clone(),
        pushes: options.url.is_none(),
    };
    if let (Some(url), Some(token)) = (&options.url, &options.admin_token) {
        return print(url, load::run(&plan(url, token)).await);
    }
    for runtime in options.runtimes {
        let world = World::start_on(runtime, &[]).await;
        let rows = load::run(&plan(world.url(), world.admin_token())).await;
        let name = match runtime {
            Runtime::Workerd => "plain workerd",
            Runtime::Wrangler => "wrangler dev",
        };
        print(name, rows);
    }
}

fn print(name: &str, rows: Vec<load::Row>) {
    println!("\n| {name} | |\n|---|---|");
    for (what, figures) in rows {
        println!("| {what} | {figures} |");
    }
}

/// What the figures were measured on.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned();
    format!("{}, {cores} cores; load before the run: {load}", model.unwrap_or("an unknown processor"))
}
