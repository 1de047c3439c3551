//! budgets.toml: which files make up a part of the product, and how many compressed bytes it may have; and what peers have.

use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// Bytes of one file or of several: as they are, and as the two encodings that browsers accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    pub raw: u64,
    pub gzip: u64,
    pub brotli: u64,
}

impl std::ops::Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// One table of budgets.toml.
#[derive(Debug)]
pub struct Budget {
    pub name: String,
    /// Relative to dist/; "folder/" is everything below it, "*" is any one folder.
    pub files: Vec<String>,
    pub gzip_max: Option<u64>,
    pub brotli_max: Option<u64>,
}

impl Budget {
    pub fn covers(&self, file: &str) -> bool {
        self.files.iter().any(|name| match name.split_once("/*/") {
            _ if name.ends_with('/') => file.starts_with(name.as_str()),
            Some((before, after)) => file
                .strip_prefix(before)
                .and_then(|rest| rest.strip_prefix('/')?.split_once('/'))
                .is_some_and(|(_, rest)| rest == after),
            None => file == name,
        })
    }

    /// What is over its limit, as one sentence. Exactly at the limit is within.
    pub fn excess(&self, sum: Bytes) -> Option<String> {
        let over = |bytes: u64, max: Option<u64>, encoding: &str| {
            let max = max.filter(|max| bytes > *max)?;
            Some(format!("{} is {bytes} bytes in {encoding}, {} over its budget of {max}", self.name, bytes - max))
        };
        over(sum.gzip, self.gzip_max, "gzip").or_else(|| over(sum.brotli, self.brotli_max, "brotli"))
    }
}

/// Another chat widget, for comparison: a `[[peer]]` of budgets.toml.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    pub name: String,
    /// Of its full widget in brotli, 1,024 bytes each.
    pub kilobytes: u64,
}

/// All of budgets.toml.
#[derive(Debug)]
pub struct Budgets {
    pub parts: Vec<Budget>,
    pub peers: Vec<Peer>,
}

/// Under this name stand peers instead of a part.
const PEERS: &str = "peer";

pub fn read(paths: &Paths) -> Result<Budgets, Failure> {
    let path = paths.root.join("budgets.toml");
    let text = std::fs::read_to_string(&path).doing(|| "read budgets.toml".into())?;
    parse(&text)
}

fn parse(text: &str) -> Result<Budgets, Failure> {
    let mut table: toml::Table = text.parse().doing(|| "understand budgets.toml".into())?;
    let peers = table.remove(PEERS).map_or(Ok(Vec::new()), |value| peers(&value))?;
    let parts = table.iter().map(|(name, value)| budget(name, value)).collect::<Result<_, _>>()?;
    Ok(Budgets { parts, peers })
}

fn peers(value: &toml::Value) -> Result<Vec<Peer>, Failure> {
    let wrong =
        || Failure::new("budgets.toml, [[peer]]: it has a `name`, a number of `kilobytes` above 0, and nothing else");
    let peer = |value: &toml::Value| {
        let table = value.as_table().filter(|table| table.len() == 2)?;
        let kilobytes = table.get("kilobytes")?.as_integer().and_then(|kilobytes| u64::try_from(kilobytes).ok())?;
        let name = table.get("name")?.as_str().filter(|name| !name.is_empty())?.to_owned();
        (kilobytes > 0).then_some(Peer { name, kilobytes })
    };
    value.as_array().ok_or_else(wrong)?.iter().map(|value| peer(value).ok_or_else(wrong)).collect()
}

fn budget(name: &str, value: &toml::Value) -> Result<Budget, Failure> {
    let wrong = |what: &str| Failure::new(format!("budgets.toml, [{name}]: {what}"));
    let table = value.as_table().ok_or_else(|| wrong("is not a table"))?;
    let mut budget = Budget { name: name.to_owned(), files: Vec::new(), gzip_max: None, brotli_max: None };
    for (key, value) in table {
        let bytes = || value.as_integer().and_then(|bytes| u64::try_from(bytes).ok());
        match key.as_str() {
            "files" => {
                let names = value.as_array().map(|names| names.iter().map(|name| name.as_str().map(str::to_owned)));
                budget.files = names
                    .and_then(Iterator::collect::<Option<Vec<_>>>)
                    .ok_or_else(|| wrong("`files` is not a list of names"))?;
            }
            "gzip" => budget.gzip_max = Some(bytes().ok_or_else(|| wrong("`gzip` is not a number of bytes"))?),
            "brotli" => budget.brotli_max = Some(bytes().ok_or_else(|| wrong("`brotli` is not a number of bytes"))?),
            // A misspelt limit would be no limit.
            _ => return Err(wrong(&format!("there is no `{key}` here"))),
        }
    }
    Ok(budget)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Budget {
        parse(text).expect("a budget").parts.remove(0)
    }

    fn brotli(brotli: u64) -> Bytes {
        Bytes { brotli, ..Bytes::default() }
    }

    #[test]
    fn exactly_at_the_limit_is_within_and_one_byte_past_is_over() {
        let budget = one("[loader]\nfiles = [\"www/prilavok.js\"]\nbrotli = 2048");
        assert_eq!(budget.excess(brotli(2048)), None);
        assert_eq!(
            budget.excess(brotli(2049)).as_deref(),
            Some("loader is 2049 bytes in brotli, 1 over its budget of 2048")
        );
    }

    #[test]
    fn a_gzip_limit_looks_at_gzip_bytes_only() {
        let budget = one("[relay]\nfiles = []\ngzip = 10");
        assert_eq!(budget.excess(Bytes { raw: 99, gzip: 10, brotli: 99 }), None);
        assert!(budget.excess(Bytes { raw: 0, gzip: 11, brotli: 0 }).is_some());
    }

    #[test]
    fn a_folder_covers_what_is_below_it_and_nothing_beside_it() {
        let budget = one("[panel]\nfiles = [\"www/widget/\", \"www/prilavok.js\"]");
        assert!(budget.covers("www/widget/widget.css"));
        assert!(budget.covers("www/prilavok.js"));
        assert!(!budget.covers("www/widgets.css"));
        assert!(!budget.covers("www/prilavok.js.map"));
        let budget = one("[rich]\nfiles = [\"www/widget/*/rich.js\"]");
        assert!(budget.covers("www/widget/0a1b/rich.js"));
        assert!(!budget.covers("www/widget/rich.js"));
        assert!(!budget.covers("www/widget/0a1b/more/rich.js"));
        assert!(!budget.covers("alone/www/widget/0a1b/rich.js"));
    }

    #[test]
    fn a_misspelt_limit_is_refused() {
        assert!(parse("[loader]\nfiles = []\nbrotil = 2048").is_err());
        assert!(parse("[loader]\nfiles = []\nbrotli = -1").is_err());
    }

    #[test]
    fn peers_are_no_parts_and_are_read_in_their_order() {
        let budgets = parse(
            "[loader]\nfiles = []\n[[peer]]\nname = \"b\"\nkilobytes = 92\n[[peer]]\nname = \"a\"\nkilobytes = 475",
        );
        let budgets = budgets.expect("budgets");
        assert_eq!(budgets.parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["loader"]);
        let peer = |name: &str, kilobytes| Peer { name: name.into(), kilobytes };
        assert_eq!(budgets.peers, [peer("b", 92), peer("a", 475)]);
        assert!(parse("").expect("none").peers.is_empty());
    }

    #[test]
    fn a_peer_without_its_figure_is_refused() {
        for peer in [
            "name = \"a\"",
            "kilobytes = 1",
            "name = \"a\"\nkilobytes = 0",
            "name = \"a\"\nkilobytes = -1",
            "name = \"a\"\nkilobytes = \"1\"",
            "name = \"\"\nkilobytes = 1",
            "name = \"a\"\nkilobytes = 1\nbytes = 1",
        ] {
            assert!(parse(&format!("[[peer]]\n{peer}")).is_err(), "{peer}");
        }
        assert!(parse("[peer]\nname = \"a\"\nkilobytes = 1").is_err(), "a part cannot have this name");
    }
}
