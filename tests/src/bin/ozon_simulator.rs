//! The simulated Ozon as a process of its own: `ozon-simulator --port 8790 --state ozon.json --demo --push <url>`.

use std::io::{self, Write};
use std::process::ExitCode;

use tests::ozon::{Options, Simulator};

const USAGE: &str = "ozon-simulator: a simulated Ozon Seller API

  --port <n>        port to listen on; 0 (the default) takes any free one
  --host <address>  address to listen on (127.0.0.1)
  --state <file>    keep the state there; without it the state ends with the process
  --push <url>      send push notifications there
  --demo            buyers write by themselves
  --seed <n>        where ids and the demo's choices come from; without it another one each time
  --client-id <n>   the seller's Client-Id (836)
  --api-key <key>   the seller's Api-Key (demo-ozon-key-0000000001)
  --help            this text";

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(complaint) => {
            eprintln!("{complaint}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Ozon simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> io::Result<()> {
    // Asked for before the ready line, so that a signal right after it is not missed.
    let stop = stop_signal()?;
    let simulator = Simulator::start(options).await?;
    println!("Ozon simulator on {}", simulator.url());
    io::stdout().flush()?;
    stop.await;
    simulator.stop().await;
    Ok(())
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a way to hear of ctrl-c the process ends the hard way; the state is kept after each change anyway.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Reads the arguments; none when only help was asked for.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { seed: seed_of_the_moment(), ..Options::default() };
    while let Some(argument) = arguments.next() {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || inline.clone().or_else(|| arguments.next()).ok_or_else(|| format!("{name} wants a value"));
        match name.as_str() {
            "--port" => options.port = number(&name, &value()?)?,
            "--host" => options.host = value()?,
            "--state" => options.state = Some(value()?.into()),
            "--push" => options.push = Some(value()?),
            "--demo" => options.demo = true,
            "--seed" => options.seed = number(&name, &value()?)?,
            "--client-id" => options.client_id = number(&name, &value()?)?,
            "--api-key" => options.api_key = value()?,
            "--help" | "-h" => return Ok(None),
            _ => return Err(format!("unknown option {name}")),
        }
    }
    Ok(Some(options))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name} wants a number, not {text}"))
}

/// Another one each time: a relay that kept its state must not meet the ids of yesterday's marketplace again.
fn seed_of_the_moment() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.subsec_nanos() as u64 ^ since.as_secs().rotate_left(30)
}
