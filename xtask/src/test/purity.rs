//! The direction of imports, proved by the manifests: what is pure cannot reach the network, a browser or a clock,
//! because it does not list anything that can.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::build::read_tree;
use crate::cargo::cargo;
use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::process;

/// What a pure crate must not list, under any kind of dependency.
const IMPURE: [&str; 9] =
    ["worker", "reqwest", "web-sys", "js-sys", "wasm-bindgen", "wasm-bindgen-futures", "leptos", "gloo", "tokio"];

/// Crates that decide and do nothing.
const PURE_CRATES: [&str; 2] = ["shared", "relay-core"];

/// Pairs that must not meet, by whatever way round: who must not reach whom.
const APART: [(&str, &str); 10] = [
    ("shared", "relay-core"),
    ("shared", "widget"),
    ("relay-core", "widget"),
    ("relay-core", "relay"),
    ("relay", "widget"),
    ("relay", "inbox"),
    ("widget", "relay"),
    ("widget", "relay-core"),
    ("inbox", "relay"),
    ("inbox", "relay-core"),
];

/// The only source of the relay that may name its HTTP library.
const FETCH: &str = "fetch.rs";

/// The only source of the relay that may write to the log: what it writes has no place for anybody's words.
const LOG: &str = "log.rs";

/// Package to the packages its manifest lists.
type Manifests = BTreeMap<String, BTreeSet<String>>;

pub fn check(paths: &Paths) -> Result<(), Failure> {
    let manifests = manifests(&metadata(paths)?);
    let sources = read_tree(paths, &paths.relay().join("src"))?;
    let mut broken = impure(&manifests);
    broken.extend(met(&manifests));
    for (name, content) in sources {
        if name != Path::new(LOG) && names_console(&String::from_utf8_lossy(&content)) {
            broken.push(format!("relay/src/{} writes to the console; only {LOG} may", name.display()));
        }
        if name != Path::new(FETCH) && names_reqwest(&String::from_utf8_lossy(&content)) {
            broken.push(format!("relay/src/{} names reqwest; only {FETCH} may", name.display()));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::new(broken.join("; "))) }
}

/// What cargo knows of the workspace's own packages.
pub fn metadata(paths: &Paths) -> Result<Value, Failure> {
    let text = process::run_quiet(cargo(paths).args(["metadata", "--format-version", "1", "--no-deps"]))?;
    serde_json::from_str(&text).doing(|| "understand `cargo metadata`".into())
}

fn manifests(metadata: &Value) -> Manifests {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    list(&metadata["packages"])
        .iter()
        .map(|package| (name(package), list(&package["dependencies"]).iter().map(name).collect()))
        .collect()
}

fn impure(manifests: &Manifests) -> Vec<String> {
    let mut broken = Vec::new();
    for name in PURE_CRATES {
        match manifests.get(name) {
            None => broken.push(format!("there is no pure crate {name} any more")),
            Some(listed) => broken.extend(
                IMPURE
                    .iter()
                    .filter(|impure| listed.contains(**impure))
                    .map(|impure| format!("{name} is pure and lists {impure}")),
            ),
        }
    }
    broken
}

fn met(manifests: &Manifests) -> Vec<String> {
    let breaks = |(from, to): &&(&str, &str)| reaches(manifests, from).contains(*to);
    APART.iter().filter(breaks).map(|(from, to)| format!("{from} depends on {to}")).collect()
}

/// Everything a package lists, and what those list, as far as the workspace goes.
fn reaches(manifests: &Manifests, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut todo = vec![from.to_owned()];
    while let Some(name) = todo.pop() {
        for next in manifests.get(&name).into_iter().flatten() {
            if reached.insert(next.clone()) {
                todo.push(next.clone());
            }
        }
    }
    reached
}

fn names_reqwest(source: &str) -> bool {
    words(source).any(|word| word == "reqwest")
}

fn names_console(source: &str) -> bool {
    words(source).any(|word| {
        matches!(word, "console" | "println" | "eprintln" | "print" | "eprint" | "dbg") || word.starts_with("console_")
    })
}

/// The words of the code. Comments may talk about anything.
fn words(source: &str) -> impl Iterator<Item = &str> {
    let code = source.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    code.flat_map(|code| code.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(lists: &[(&str, &[&str])]) -> Manifests {
        lists
            .iter()
            .map(|(name, listed)| ((*name).to_owned(), listed.iter().map(|name| (*name).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn a_pure_crate_that_lists_a_clock_or_a_network_is_named() {
        let clean = workspace(&[("shared", &["serde"]), ("relay-core", &["shared", "http"])]);
        assert_eq!(impure(&clean), Vec::<String>::new());
        for name in IMPURE {
            let broken = workspace(&[("shared", &["serde", name]), ("relay-core", &["shared"])]);
            assert_eq!(impure(&broken), [format!("shared is pure and lists {name}")]);
        }
    }

    #[test]
    fn a_pure_crate_that_was_renamed_is_missed() {
        assert_eq!(impure(&workspace(&[("shared", &[])])), ["there is no pure crate relay-core any more"]);
    }

    #[test]
    fn every_pair_that_must_stay_apart_is_noticed_when_it_meets() {
        for (from, to) in APART {
            assert_eq!(met(&workspace(&[(from, &[to]), (to, &[])])), [format!("{from} depends on {to}")]);
        }
    }

    #[test]
    fn a_detour_through_a_third_crate_is_noticed_too() {
        let detour = workspace(&[("inbox", &["common"]), ("common", &["relay-core"]), ("relay-core", &[])]);
        assert_eq!(met(&detour), ["inbox depends on relay-core"]);
        let allowed = workspace(&[("inbox", &["widget"]), ("widget", &["shared"]), ("relay", &["shared"])]);
        assert_eq!(met(&allowed), Vec::<String>::new());
    }

    #[test]
    fn dependencies_of_every_kind_and_renamed_ones_are_read_from_cargo() {
        let metadata = serde_json::json!({"packages": [{"name": "shared", "dependencies": [
            {"name": "tokio", "kind": "dev", "rename": "clockwork"}, {"name": "serde", "kind": null},
        ]}]});
        assert_eq!(manifests(&metadata), workspace(&[("shared", &["tokio", "serde"])]));
    }

    #[test]
    fn code_that_names_reqwest_is_found_and_a_comment_about_it_is_not() {
        assert!(names_reqwest("use reqwest::Client;"));
        assert!(names_reqwest("fn send(client: &::reqwest::Client) {}"));
        assert!(!names_reqwest("/// As reqwest does it.\nlet a = my_reqwest();"));
    }

    #[test]
    fn code_that_writes_to_the_console_by_itself_is_found() {
        assert!(names_console("worker::console_error!(\"{text}\");"));
        assert!(names_console("web_sys::console::log_1(&text)"));
        assert!(names_console("println!(\"{text}\")"));
        assert!(!names_console("// console_log! is for log.rs\nlog::write(line)"));
    }
}
