//! `cargo xtask size`: what is downloaded, in the encodings that a browser accepts, against budgets.toml, and beside peers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use crate::budgets::{self, Budget, Budgets, Bytes, Peer};
use crate::build::{read_tree, stamped};
use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// The part that is compared with peers: the full widget, as theirs are.
const COMPARED: &str = "widget";

/// The longest bar, in characters.
const BAR_CHARS: u64 = 40;

const BYTES_PER_KB: u64 = 1024;

/// Prints the table and the picture; fails when a part is over its budget.
pub fn run(paths: &Paths) -> Result<(), Failure> {
    let Budgets { parts, peers } = budgets::read(paths)?;
    let sizes = measure(&parts, &built(paths)?)?;
    print_table(&parts, &sizes);
    if let Some(widget) = parts.iter().find(|part| part.name == COMPARED) {
        print!("{}", picture(sum(widget, &sizes).brotli, &peers));
    }
    judge(&parts, &sizes)
}

/// The build's last step: measures only when something that has a budget changed since it was last within.
pub fn check_if_changed(paths: &Paths) -> Result<(), Failure> {
    let budgets = budgets::read(paths)?.parts;
    let files = built(paths)?;
    let rules = format!("{budgets:?}");
    let mut inputs = vec![rules.as_bytes()];
    inputs.extend(covered(&budgets, &files).map(|(_, content)| content));
    stamped(paths, "budgets", &inputs, |_| judge(&budgets, &measure(&budgets, &files)?)).map(drop)
}

fn built(paths: &Paths) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let dist = paths.dist();
    if !dist.is_dir() {
        return Err(Failure::new("there is no dist/ yet; run `cargo xtask build` first"));
    }
    let files = read_tree(paths, &dist)?;
    Ok(files.into_iter().map(|(name, content)| (name.to_string_lossy().replace('\\', "/"), content)).collect())
}

fn covered<'a>(
    budgets: &'a [Budget],
    files: &'a BTreeMap<String, Vec<u8>>,
) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    files
        .iter()
        .filter(|(name, _)| budgets.iter().any(|budget| budget.covers(name)))
        .map(|(name, content)| (name.as_str(), content.as_slice()))
}

fn measure(budgets: &[Budget], files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Bytes>, Failure> {
    covered(budgets, files).map(|(name, content)| Ok((name.to_owned(), compressed(content)?))).collect()
}

fn compressed(content: &[u8]) -> Result<Bytes, Failure> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content).doing(|| "compress with gzip".into())?;
    let gzip = gzip.finish().doing(|| "compress with gzip".into())?;
    let mut encoded = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut encoded, &settings).doing(|| "compress with brotli".into())?;
    Ok(Bytes { raw: content.len() as u64, gzip: gzip.len() as u64, brotli: encoded.len() as u64 })
}

fn sum(budget: &Budget, sizes: &BTreeMap<String, Bytes>) -> Bytes {
    sizes.iter().filter(|(name, _)| budget.covers(name)).fold(Bytes::default(), |sum, (_, bytes)| sum + *bytes)
}

fn judge(budgets: &[Budget], sizes: &BTreeMap<String, Bytes>) -> Result<(), Failure> {
    for budget in budgets {
        // A renamed file would otherwise be within every budget for ever.
        if let Some(missing) = budget.files.iter().find(|file| {
            let alone = Budget { name: String::new(), files: vec![(*file).clone()], gzip_max: None, brotli_max: None };
            !sizes.keys().any(|name| alone.covers(name))
        }) {
            return Err(Failure::new(format!("budgets.toml, [{}]: there is no dist/{missing}", budget.name)));
        }
    }
    let over: Vec<String> = budgets.iter().filter_map(|budget| budget.excess(sum(budget, sizes))).collect();
    if over.is_empty() { Ok(()) } else { Err(Failure::new(over.join("; "))) }
}

fn print_table(budgets: &[Budget], sizes: &BTreeMap<String, Bytes>) {
    println!("{:<32} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip", "brotli");
    for budget in budgets {
        println!("{}", budget.name);
        for (name, bytes) in sizes.iter().filter(|(name, _)| budget.covers(name)) {
            row(&format!("  {name}"), *bytes, "");
        }
        let limit = match (budget.gzip_max, budget.brotli_max) {
            (Some(max), _) => format!("  of {max} gzip"),
            (None, Some(max)) => format!("  of {max} brotli"),
            (None, None) => String::new(),
        };
        row("  together", sum(budget, sizes), &limit);
    }
}

/// One bar for us and one for each peer, the longest as long as there is room for; nothing without peers.
fn picture(own_bytes: u64, peers: &[Peer]) -> String {
    let theirs = peers.iter().map(|peer| (peer.name.as_str(), peer.kilobytes.saturating_mul(BYTES_PER_KB)));
    let rows: Vec<(&str, u64)> = std::iter::once(("Prilavok", own_bytes)).chain(theirs).collect();
    let longest = rows.iter().map(|(_, bytes)| *bytes).max().unwrap_or_default().max(1);
    if peers.is_empty() {
        return String::new();
    }
    let mut picture = "\nthe full widget, KB in brotli\n".to_owned();
    for (name, bytes) in rows {
        // Rounded up: neither a bar nor a figure says less than there is.
        let chars = bytes.saturating_mul(BAR_CHARS).div_ceil(longest);
        let bar = "█".repeat(usize::try_from(chars).unwrap_or_default());
        let _ = writeln!(picture, "{name:<14} {:>4} {bar}", bytes.div_ceil(BYTES_PER_KB));
    }
    picture
}

fn row(name: &str, bytes: Bytes, limit: &str) {
    println!("{name:<32} {:>9} {:>9} {:>9}{limit}", bytes.raw, bytes.gzip, bytes.brotli);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(brotli_max: u64) -> Budget {
        Budget { name: "loader".into(), files: vec!["www/a.js".into()], gzip_max: None, brotli_max: Some(brotli_max) }
    }

    /// Measured, not assumed: the limit is set to what the content really takes.
    #[test]
    fn real_content_passes_at_its_own_size_and_fails_one_byte_below() {
        let files = BTreeMap::from([("www/a.js".to_owned(), b"const a = 1;".repeat(50))]);
        let taken = compressed(&files["www/a.js"]).expect("compressible").brotli;
        for (max, within) in [(taken, true), (taken - 1, false)] {
            let budgets = [budget(max)];
            let sizes = measure(&budgets, &files).expect("measurable");
            assert_eq!(judge(&budgets, &sizes).is_ok(), within);
        }
    }

    #[test]
    fn a_part_whose_file_is_gone_is_not_within_its_budget() {
        assert!(judge(&[budget(9)], &BTreeMap::new()).is_err());
    }

    #[test]
    fn we_stand_first_and_the_largest_has_the_longest_bar() {
        let peers = [("small", 92), ("large", 475)].map(|(name, kilobytes)| Peer { name: name.into(), kilobytes });
        let picture = picture(60 * 1024 + 1, &peers);
        let rows: Vec<(&str, usize)> = (picture.lines().skip(2))
            .map(|row| (row.split('█').next().unwrap_or_default().trim(), row.matches('█').count()))
            .collect();
        assert_eq!(rows, [("Prilavok         61", 6), ("small            92", 8), ("large           475", 40)]);
        assert_eq!(super::picture(1, &[]), "");
    }
}
