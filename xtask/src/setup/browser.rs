//! The browser of the tests: Chromium and the driver of the same version. Only `test` and `setup --tests` ask for it.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::progress::Step;

const CHROME_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// The two programs that a browser test starts.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

/// Takes what CHROME and CHROMEDRIVER name, else what is on PATH, else what Debian's package manager can get.
pub fn find_or_install() -> Result<Browser, Failure> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    let by_hand = "install Chromium and its chromedriver, or name them in CHROME and CHROMEDRIVER \
                   (Debian: `apt-get install chromium chromium-driver`)";
    let Some(as_root) = root_prefix() else {
        return Err(Failure::new(format!("the browser tests found no Chromium with a chromedriver; {by_hand}")));
    };
    let step = Step::start("apt-get install chromium chromium-driver (the browser of the tests)");
    let apt = |args: &[&str]| {
        let mut words = as_root.iter().copied().chain(["apt-get", "-q"]).chain(args.iter().copied());
        let mut command = Command::new(words.next().unwrap_or("apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        process::run_quiet(&mut command)
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(PACKAGES);
    apt(&["update"])
        .and_then(|_| apt(&install))
        .map_err(|failure| Failure::new(format!("could not get a browser for the tests; {by_hand} ({failure})")))?;
    step.done();
    find().ok_or_else(|| Failure::new(format!("apt-get brought no Chromium with a chromedriver; {by_hand}")))
}

fn find() -> Option<Browser> {
    let named = |variable: &str, names: &[&str]| match std::env::var_os(variable) {
        Some(program) => Some(PathBuf::from(program)).filter(|program| program.is_file()),
        None => process::find_on_path(names),
    };
    Some(Browser { chrome: named("CHROME", &CHROME_NAMES)?, driver: named("CHROMEDRIVER", &["chromedriver"])? })
}

/// The words that make a command run as root, where that needs nobody at the keyboard. None: it cannot be had.
fn root_prefix() -> Option<Vec<&'static str>> {
    process::find_on_path(&["apt-get"])?;
    if process::answer(Command::new("id").arg("-u")).is_some_and(|id| id == "0") {
        return Some(Vec::new());
    }
    process::answer(Command::new("sudo").args(["-n", "true"])).map(|_| vec!["sudo", "-n"])
}
