//! A program with all its children. They end with the value that stands for them, and also when this process ends in
//! whatever way: a keeper process holds them in a group of their own and waits for its standard input to end.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::patience::LOOK_EVERY;

/// `$1` is a folder to remove at the end, the rest is the program. The line `kill` ends the group without warning and
/// leaves the folder; the end of the input ends it politely, and five seconds later without mercy.
const KEEPER: &str = r#"
folder=$1
shift
"$@" </dev/null &
program=$!
read -r order
[ "$order" = kill ] && kill -KILL 0
trap : TERM
kill -TERM 0
( sleep 5; kill -KILL 0 ) &
wait "$program"
rm -rf "$folder"
kill -KILL 0
"#;

/// A running program and its children.
pub struct Family {
    keeper: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Family {
    /// Starts a program. `folder` is its own and is removed with it.
    pub fn start(program: &Path, folder: &Path, configure: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", KEEPER, "keeper"]).arg(folder).arg(program);
        configure(&mut command);
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = command.spawn().unwrap_or_else(|error| panic!("{} cannot start: {error}", program.display()));
        let lines = Arc::default();
        if let Some(output) = keeper.stdout.take() {
            collect(output, Arc::clone(&lines));
        }
        if let Some(output) = keeper.stderr.take() {
            collect(output, Arc::clone(&lines));
        }
        Self { keeper, lines }
    }

    /// Everything it has printed so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a line, and fails at once when `is_trouble` knows another one.
    pub async fn until_line(&self, patience: Duration, part: &str, is_trouble: fn(&str) -> bool) -> String {
        let deadline = Instant::now() + patience;
        loop {
            let lines = self.lines();
            if let Some(line) = lines.iter().find(|line| line.contains(part)) {
                return line.clone();
            }
            let is_over = Instant::now() > deadline || lines.iter().any(|line| is_trouble(line));
            assert!(!is_over, "no line with {part:?} came:\n{}", lines.join("\n"));
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// SIGKILL to all of them at once. What they printed is returned.
    pub fn kill(mut self) -> Vec<String> {
        self.order("kill\n");
        // The keeper dies of the signal that it sends; there is nothing else to learn from its end.
        let _ = self.keeper.wait();
        self.lines()
    }

    fn order(&mut self, order: &str) {
        if let Some(mut input) = self.keeper.stdin.take() {
            // An input that is closed already belongs to a keeper that is on its way out.
            let _ = input.write_all(order.as_bytes());
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.order("");
        let _ = self.keeper.wait();
    }
}

fn collect(output: impl Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}
