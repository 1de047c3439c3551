//! Counters and gauges, and their text for Prometheus. The names and labels are this program's own words, so there are only
//! so many of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// HTTP requests and upgrades, by route and status.
    Requests,
    /// Sockets that were opened.
    SocketsOpened,
    /// Frames from sockets.
    FramesIn,
    /// Frames to sockets; a broadcast counts once for each of them.
    FramesOut,
    /// Messages that were kept.
    Messages,
    /// Turns whose writes were not kept.
    CommitsFailed,
    /// Calls to upstreams, by outcome.
    UpstreamCalls,
    /// Requests that a limit refused, by limit.
    Limited,
    /// Lines that the log had no room for.
    LinesDropped,
}

impl Counter {
    const ALL: [Self; 9] = [
        Self::Requests,
        Self::SocketsOpened,
        Self::FramesIn,
        Self::FramesOut,
        Self::Messages,
        Self::CommitsFailed,
        Self::UpstreamCalls,
        Self::Limited,
        Self::LinesDropped,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Requests => "prilavok_requests_total",
            Self::SocketsOpened => "prilavok_sockets_opened_total",
            Self::FramesIn => "prilavok_frames_received_total",
            Self::FramesOut => "prilavok_frames_sent_total",
            Self::Messages => "prilavok_messages_total",
            Self::CommitsFailed => "prilavok_commits_failed_total",
            Self::UpstreamCalls => "prilavok_upstream_calls_total",
            Self::Limited => "prilavok_limited_total",
            Self::LinesDropped => "prilavok_log_lines_dropped_total",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Requests => "HTTP requests and upgrades answered.",
            Self::SocketsOpened => "Sockets opened.",
            Self::FramesIn => "Frames received from sockets.",
            Self::FramesOut => "Frames handed to sockets.",
            Self::Messages => "Messages kept.",
            Self::CommitsFailed => "Turns whose writes were not kept.",
            Self::UpstreamCalls => "Calls to upstreams, by the class of their status, or lost.",
            Self::Limited => "Requests and frames that a limit refused.",
            Self::LinesDropped => "Lines that the log had no room for.",
        }
    }
}

/// The counters of one isolate.
#[derive(Debug, Default)]
pub struct Metrics {
    counts: BTreeMap<(Counter, String), u64>,
    /// Open sockets by object.
    sockets: BTreeMap<String, usize>,
}

impl Metrics {
    /// Counts so many more. Labels are pairs of this program's own words.
    pub fn add(&mut self, counter: Counter, labels: &[(&'static str, &str)], more: u64) {
        let mut text = String::new();
        for (name, value) in labels {
            let comma = if text.is_empty() { "" } else { "," };
            let _ = write!(text, "{comma}{name}=\"{}\"", escape(value));
        }
        let count = self.counts.entry((counter, text)).or_default();
        *count = count.saturating_add(more);
    }

    /// How many sockets an object has now. It stays known while the object sleeps: a socket that ends wakes it.
    pub fn set_sockets(&mut self, object: &str, count: usize) {
        if count == 0 {
            self.sockets.remove(object);
        } else if self.sockets.get(object) != Some(&count) {
            self.sockets.insert(object.to_owned(), count);
        }
    }

    /// All of it in Prometheus' text format. `more` are values that are kept elsewhere: name, kind, help, value.
    #[must_use]
    pub fn render(&self, more: &[(&str, &str, &str, u64)]) -> String {
        let mut text = String::new();
        for counter in Counter::ALL {
            head(&mut text, counter.name(), "counter", counter.help());
            let counts: Vec<_> = self.counts.iter().filter(|((of, _), _)| *of == counter).collect();
            if counts.is_empty() {
                let _ = writeln!(text, "{} 0", counter.name());
            }
            for ((_, labels), count) in counts {
                let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
                let _ = writeln!(text, "{}{labels} {count}", counter.name());
            }
        }
        let sockets = self.sockets.values().fold(0_usize, |sum, count| sum.saturating_add(*count));
        head(&mut text, "prilavok_sockets_open", "gauge", "Sockets open now, of the organizations that live here.");
        let _ = writeln!(text, "prilavok_sockets_open {sockets}");
        for (name, kind, help, value) in more {
            head(&mut text, name.split('{').next().unwrap_or(name), kind, help);
            let _ = writeln!(text, "{name} {value}");
        }
        text
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_there_from_the_start() {
        let text = Metrics::default().render(&[("prilavok_build_info{version=\"1\"}", "gauge", "The build.", 1)]);
        for counter in Counter::ALL {
            assert!(text.contains(&format!("\n{} 0\n", counter.name())), "{}", counter.name());
        }
        assert!(text.contains("# TYPE prilavok_build_info gauge\nprilavok_build_info{version=\"1\"} 1\n"), "{text}");
        for line in text.lines() {
            assert!(
                line.starts_with("# ") || line.rsplit_once(' ').is_some_and(|(_, n)| n.parse::<u64>().is_ok()),
                "{line}"
            );
        }
    }

    #[test]
    fn counts_add_up_by_label_and_a_sleepers_sockets_stay() {
        let mut metrics = Metrics::default();
        for status in ["200", "200", "429"] {
            metrics.add(Counter::Requests, &[("route", "Chats"), ("status", status)], 1);
        }
        metrics.add(Counter::Messages, &[], 2);
        metrics.set_sockets("a", 3);
        metrics.set_sockets("b", 2);
        metrics.set_sockets("a", 1);
        let text = metrics.render(&[]);
        assert!(text.contains("prilavok_requests_total{route=\"Chats\",status=\"200\"} 2\n"), "{text}");
        assert!(text.contains("prilavok_requests_total{route=\"Chats\",status=\"429\"} 1\n"), "{text}");
        assert!(text.contains("prilavok_messages_total 2\n") && text.contains("prilavok_sockets_open 3\n"), "{text}");
        metrics.set_sockets("b", 0);
        assert!(metrics.render(&[]).contains("prilavok_sockets_open 1\n"));
    }
}
