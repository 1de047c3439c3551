//! The settings of a relay alone on a server: a file of `NAME=value` lines, and the environment, which goes before it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::build::{alone, secrets};
use crate::failure::{Doing, Failure};

/// Name to value.
pub type Settings = BTreeMap<String, String>;

/// The file's; for the relay's own names, the environment's where it sets one.
pub fn read(path: &Path) -> Result<Settings, Failure> {
    let text = std::fs::read_to_string(path).doing(|| format!("read {}", path.display()))?;
    let mut settings = parse(&text).doing(|| format!("understand {}", path.display()))?;
    settings.extend(std::env::vars().filter(|(name, _)| is_ours(name)));
    match secrets::NAMES.iter().find(|name| !settings.contains_key(**name)) {
        Some(missing) => {
            Err(Failure::new(format!("{missing} is neither in {} nor in the environment", path.display())))
        }
        None => Ok(settings),
    }
}

/// The environment has much that is no business of the relay's.
fn is_ours(name: &str) -> bool {
    secrets::NAMES.contains(&name) || alone::OPTIONAL.contains(&name) || name.ends_with("_BASE_URL")
}

/// `NAME=value`, with the value in quotes of either kind or none; empty lines and lines that begin with `#` are passed over.
/// It is the form that systemd's `EnvironmentFile` has, too.
fn parse(text: &str) -> Result<Settings, Failure> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| {
            let (name, value) =
                line.split_once('=').ok_or_else(|| Failure::new(format!("line {} is not NAME=value", at + 1)))?;
            let value = value.trim();
            let quoted = ['\'', '"'].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
            Ok((name.trim().to_owned(), quoted.unwrap_or(value).to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_reads_the_same_in_every_quoting_and_keeps_what_is_inside() {
        for line in ["A='{\"k1\":\"x=y\"}'", "A = {\"k1\":\"x=y\"}", "# B=1\n\n  A=\"{\"k1\":\"x=y\"}\""] {
            let settings = parse(line).expect("settings");
            assert_eq!(settings, [("A".to_owned(), "{\"k1\":\"x=y\"}".to_owned())].into(), "{line}");
        }
        assert!(parse("A=1\nrubbish").is_err_and(|failure| failure.to_string().contains("line 2")));
    }
}
