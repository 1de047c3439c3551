//! The programs that run beside each other, each in a process group of its own.
//!
//! wrangler starts workerd and others; a signal to the group reaches them all, and Ctrl-C reaches them only through us,
//! so that they end in order.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure};

/// workerd ends at once on SIGTERM unless a socket is open; then it waits for the browser, and we do not.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// Started programs; dropping this ends them.
#[derive(Default)]
pub struct Children(Vec<(&'static str, Child)>);

impl Children {
    /// Starts a program whose lines are printed behind `name`.
    pub fn start(&mut self, name: &'static str, command: &mut Command) -> Result<(), Failure> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().doing(|| format!("start {}", command.get_program().display()))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        self.0.push((name, child));
        forward(name, stdout);
        forward(name, stderr);
        Ok(())
    }

    /// Fails with the name of the first program that ended by itself.
    pub fn all_alive(&mut self) -> Result<(), Failure> {
        for (name, child) in &mut self.0 {
            if let Some(status) = child.try_wait().doing(|| format!("ask after {name}"))? {
                return Err(Failure::new(format!("{} ended ({status}), so everything stops", name.trim_end())));
            }
        }
        Ok(())
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for (_, child) in &mut self.0 {
            end(child, false);
        }
        let deadline = Instant::now() + PATIENCE;
        for (_, child) in &mut self.0 {
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(20));
            }
            // Also when the program itself is gone: what it had started may not be.
            end(child, true);
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
pub fn end(child: &mut Child, at_once: bool) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    if let Ok(group) = i32::try_from(child.id()) {
        let signal = if at_once { Signal::SIGKILL } else { Signal::SIGTERM };
        // The group may be gone already, which is what we want.
        let _ = killpg(Pid::from_raw(group), signal);
    }
}

#[cfg(not(unix))]
pub fn end(child: &mut Child, at_once: bool) {
    if at_once {
        let _ = child.kill();
    }
}

fn forward(name: &'static str, output: Option<impl Read + Send + 'static>) {
    let Some(output) = output else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if !line.trim().is_empty() {
                eprintln!("{name} | {}", line.trim_end());
            }
        }
    });
}
