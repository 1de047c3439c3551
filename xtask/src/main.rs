//! `cargo xtask <command>`: everything a developer or CI runs, from one place.
//!
//! Each command prepares what it needs by itself (`dev` and `test` set up and build first), skips what is already
//! there, and fails with one sentence that says what to do.

mod budgets;
mod build;
mod cargo;
mod dev;
mod failure;
mod load;
mod package;
mod paths;
mod process;
mod progress;
mod serve;
mod setup;
mod sim;
mod size;
mod test;

use std::process::ExitCode;

use failure::Failure;
use lexopt::prelude::*;
use paths::Paths;

const USAGE: &str = "\
cargo xtask <command>

  setup [--tests]      get what the build needs (and, with --tests, a browser)
  build                relay, widget and inbox into dist/, within their budgets
  dev [--port N] [--proxy-port N] [--ozon-port N]
                       storefront, inbox, relay and a simulated Ozon on this machine
  serve [--dir DIR] [--listen HOST:PORT] [--env FILE]
                       the relay alone on a server: plain workerd, everything it keeps in DIR
  backup [--dir DIR] --to FILE.tar
                       copies DIR, also while the relay runs
  restore --from FILE.tar [--dir DIR]
                       makes a new DIR from such a copy
  load [--url URL --admin-token TOKEN] [--runtime workerd|wrangler|both] [--sockets N] [--seconds N]
                       sockets, messages a second, and how long a message takes, as a table
  test [--fast]        everything CI checks; --fast leaves out the running relay and the browser
  sim [--seeds N] [--from S] | --seed S [--trace]
                       bad days of the relay and its clients, simulated; one seed, one day
  package              the widget as an npm package, dist/prilavok-<version>.tgz
  size                 what a visitor downloads, against budgets.toml
";

/// One parsed command line.
enum Command {
    Setup { tests: bool },
    Build,
    Dev(dev::Ports),
    Serve(serve::Options),
    Backup(serve::keep::Options),
    Restore(serve::keep::Options),
    Test { fast: bool },
    Load { words: Vec<String> },
    Sim { words: Vec<String> },
    Size,
    Package,
    Help,
}

fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()).and_then(run) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let paths = Paths::find()?;
    match command {
        Command::Setup { tests } => {
            setup::run(&paths)?;
            if tests {
                setup::browser::find_or_install()?;
            }
        }
        Command::Build => build::run(&paths)?,
        Command::Dev(ports) => dev::run(&paths, &ports)?,
        Command::Serve(options) => serve::run(&paths, options)?,
        Command::Backup(options) => serve::keep::backup(&paths, options)?,
        Command::Restore(options) => serve::keep::restore(&paths, options)?,
        Command::Test { fast } => return test::run(&paths, fast),
        Command::Load { words } => load::run(&paths, &words)?,
        Command::Sim { words } => return sim::run(&paths, &words),
        Command::Size => size::run(&paths)?,
        Command::Package => package::run(&paths)?,
        Command::Help => print!("{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(mut args: lexopt::Parser) -> Result<Command, Failure> {
    let mut command: Option<Command> = None;
    while let Some(arg) = args.next()? {
        command = Some(match (command, arg) {
            (None, Value(name)) => match name.to_string_lossy().as_ref() {
                "setup" => Command::Setup { tests: false },
                "build" => Command::Build,
                "dev" => Command::Dev(dev::Ports::default()),
                "serve" => Command::Serve(serve::Options::default()),
                "backup" => Command::Backup(serve::keep::Options::default()),
                "restore" => Command::Restore(serve::keep::Options::default()),
                "test" => Command::Test { fast: false },
                "load" => Command::Load { words: the_rest(&mut args)? },
                "sim" => Command::Sim { words: the_rest(&mut args)? },
                "size" => Command::Size,
                "package" => Command::Package,
                "help" => Command::Help,
                other => return Err(Failure::new(format!("there is no command {other:?}; see `cargo xtask help`"))),
            },
            (_, Long("help") | Short('h')) => return Ok(Command::Help),
            (Some(Command::Setup { .. }), Long("tests")) => Command::Setup { tests: true },
            (Some(Command::Test { .. }), Long("fast")) => Command::Test { fast: true },
            (Some(Command::Dev(ports)), Long("port")) => {
                Command::Dev(dev::Ports { relay: args.value()?.parse()?, ..ports })
            }
            (Some(Command::Dev(ports)), Long("proxy-port")) => {
                Command::Dev(dev::Ports { proxy: args.value()?.parse()?, ..ports })
            }
            (Some(Command::Dev(ports)), Long("ozon-port")) => {
                Command::Dev(dev::Ports { ozon: args.value()?.parse()?, ..ports })
            }
            (Some(Command::Serve(options)), Long("dir")) => {
                Command::Serve(serve::Options { dir: Some(args.value()?.into()), ..options })
            }
            (Some(Command::Serve(options)), Long("listen")) => {
                Command::Serve(serve::Options { listen: args.value()?.parse()?, ..options })
            }
            (Some(Command::Serve(options)), Long("env")) => {
                Command::Serve(serve::Options { env: Some(args.value()?.into()), ..options })
            }
            (Some(Command::Backup(options)), Long("dir")) => {
                Command::Backup(serve::keep::Options { dir: Some(args.value()?.into()), ..options })
            }
            (Some(Command::Backup(options)), Long("to")) => {
                Command::Backup(serve::keep::Options { file: Some(args.value()?.into()), ..options })
            }
            (Some(Command::Restore(options)), Long("dir")) => {
                Command::Restore(serve::keep::Options { dir: Some(args.value()?.into()), ..options })
            }
            (Some(Command::Restore(options)), Long("from")) => {
                Command::Restore(serve::keep::Options { file: Some(args.value()?.into()), ..options })
            }
            (_, unexpected) => return Err(unexpected.unexpected().into()),
        });
    }
    Ok(command.unwrap_or(Command::Help))
}

/// What is left of the line, for another program to read.
fn the_rest(args: &mut lexopt::Parser) -> Result<Vec<String>, Failure> {
    let text =
        |word: std::ffi::OsString| word.into_string().map_err(|word| Failure::new(format!("{word:?} is not text")));
    args.raw_args()?.map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Command, Failure> {
        parse(lexopt::Parser::from_args(args))
    }

    #[test]
    fn dev_listens_where_it_is_told() {
        let Ok(Command::Dev(ports)) = parsed(&["dev", "--port", "9000"]) else {
            panic!("not understood as dev");
        };
        assert_eq!((ports.relay, ports.ozon), (9000, dev::Ports::default().ozon));
    }

    #[test]
    fn serve_listens_to_this_machine_unless_it_is_told_otherwise() {
        let Ok(Command::Serve(options)) = parsed(&["serve", "--dir", "/srv/chat"]) else {
            panic!("not understood as serve");
        };
        assert_eq!((options.listen.to_string(), options.dir), ("127.0.0.1:8787".into(), Some("/srv/chat".into())));
        let Ok(Command::Serve(options)) = parsed(&["serve", "--listen", "0.0.0.0:80"]) else {
            panic!("not understood as serve");
        };
        assert_eq!(options.listen.to_string(), "0.0.0.0:80");
    }

    #[test]
    fn a_flag_of_another_command_is_refused() {
        assert!(parsed(&["build", "--tests"]).is_err());
        assert!(parsed(&["--fast", "test"]).is_err());
        assert!(parsed(&["dev", "--port", "99999"]).is_err());
        assert!(parsed(&["serve", "--listen", "8787"]).is_err());
        assert!(parsed(&["tset"]).is_err());
    }
}
