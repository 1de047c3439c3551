//! The lines a person watches while a command works. They go to stderr, so that stdout carries results only.

use std::time::{Duration, Instant};

/// One step that may take a while: its name at the start, its time at the end.
pub struct Step {
    name: String,
    started: Instant,
}

impl Step {
    pub fn start(name: impl Into<String>) -> Self {
        let name = name.into();
        eprintln!("· {name} ...");
        Self { name, started: Instant::now() }
    }

    pub fn done(self) {
        eprintln!("✓ {} ({})", self.name, seconds(self.started.elapsed()));
    }
}

/// A line that is neither a start nor an end.
pub fn note(line: impl std::fmt::Display) {
    eprintln!("· {line}");
}

/// `0.4 s`, `12.0 s`, `3 min 05 s`.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 { format!("{:.1} s", time.as_secs_f64()) } else { format!("{} min {:02} s", whole / 60, whole % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_time_is_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
