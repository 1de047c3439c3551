//! The decoders over their corpora, the golden files, and mutations of both: on stable, the same ones in every run.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use decoders::ENTRIES;
use serde_json::{Value, json};
use shared::backoff::Dice;

/// Mutations of each entry in an ordinary run.
const MUTATIONS: usize = 3_000;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.iter().filter(|path| path.is_file()).map(|path| std::fs::read(path).expect("a file of the corpus")).collect()
}

/// What an entry starts from: its corpus, and the golden files that are its own.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut seeds = files(&root().join("fuzz/corpus").join(name));
    assert!(!seeds.is_empty(), "fuzz/corpus/{name} is empty");
    match name {
        "action" | "frame" => seeds.extend(files(&root().join("shared/golden"))),
        "chatapp" => seeds.extend(files(&root().join("relay/core/golden/chatapp"))),
        "ozon_answer" | "ozon_push" | "ozon_request" => seeds.extend(files(&root().join("relay/core/golden/ozon"))),
        _ => {}
    }
    seeds
}

struct Mutator {
    dice: Dice,
}

impl Mutator {
    fn below(&mut self, bound: usize) -> usize {
        self.dice.below(bound.max(1) as u64) as usize
    }

    /// Another input: mostly a document with something changed in it, else bytes with something changed in them.
    fn mutate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let index = self.below(seeds.len());
        let seed = &seeds[index];
        let mut mutant = match serde_json::from_slice::<Value>(seed) {
            Ok(mut json) if self.below(4) > 0 => {
                let other = self.below(seeds.len());
                let donor = serde_json::from_slice::<Value>(&seeds[other]).unwrap_or_default();
                for _ in 0..=self.below(3) {
                    self.change(&mut json, &donor);
                }
                json.to_string().into_bytes()
            }
            _ => seed.clone(),
        };
        while self.below(3) == 0 {
            self.change_bytes(&mut mutant);
        }
        mutant
    }

    fn change(&mut self, json: &mut Value, donor: &Value) {
        // Downwards for a while; what is met there is changed.
        let goes_deeper = self.below(4) > 0;
        match json {
            Value::Object(members) if goes_deeper && !members.is_empty() => {
                let index = self.below(members.len());
                let key = members.keys().nth(index).cloned().unwrap_or_default();
                match self.below(8) {
                    0 => drop(members.remove(&key)),
                    1 => {
                        let value = members.remove(&key).unwrap_or_default();
                        members.insert(format!("{key}_"), value);
                    }
                    2 => {
                        let value = self.odd_value(donor);
                        members.insert("unheard_of".into(), value);
                    }
                    _ => self.change(&mut members[&key], donor),
                }
            }
            Value::Array(items) if goes_deeper && !items.is_empty() => {
                let index = self.below(items.len());
                match self.below(6) {
                    0 => drop(items.remove(index)),
                    1 => items.push(items[index].clone()),
                    _ => self.change(&mut items[index], donor),
                }
            }
            _ => *json = self.odd_value(donor),
        }
    }

    fn odd_value(&mut self, donor: &Value) -> Value {
        let deep = |depth: usize| (0..depth).fold(Value::Null, |inside, _| json!([inside]));
        match self.below(16) {
            0 => Value::Null,
            1 => json!(0),
            2 => json!(-1),
            3 => json!(9_007_199_254_740_991_i64),
            4 => json!(9_007_199_254_740_993_i64),
            5 => json!(i64::MIN),
            6 => json!(u64::MAX),
            7 => json!(1e308),
            8 => json!(0.5),
            9 => json!(""),
            10 => json!("\u{0}\u{202e}😀\u{d7ff}"),
            11 => json!("x".repeat(self.below(5_000))),
            12 => json!(true),
            13 => deep(self.below(120)),
            14 => json!({}),
            _ => donor.clone(),
        }
    }

    fn change_bytes(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(6) {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            2 if !bytes.is_empty() => bytes[at] = b"{}[]\",:.-0eE\\*/ \n"[self.below(17)],
            3 => bytes.insert(at, self.dice.below(256) as u8),
            4 if !bytes.is_empty() => drop(bytes.remove(at)),
            _ => {
                let piece = bytes[at..].to_vec();
                bytes.extend(piece);
            }
        }
    }
}

fn panic_of(entry: fn(&[u8]), input: &[u8]) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| entry(input))).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
}

#[test]
fn no_decoder_panics_breaks_its_limits_or_forgets_what_it_read() {
    let mut broken: BTreeMap<&str, String> = BTreeMap::new();
    for (number, (name, entry)) in ENTRIES.iter().enumerate() {
        let seeds = seeds(name);
        let mut mutator = Mutator { dice: Dice::new(number as u64 + 1) };
        let mutants = (0..MUTATIONS).map(|_| mutator.mutate(&seeds));
        let inputs = seeds.iter().cloned().chain([vec![]]).chain(mutants.collect::<Vec<_>>());
        for input in inputs {
            if let Some(claim) = panic_of(*entry, &input) {
                let shown: String = String::from_utf8_lossy(&input).chars().take(400).collect();
                broken.entry(name).or_insert_with(|| format!("{claim}\n  by {shown:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_decoder_has_its_target_and_its_corpus() {
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
    for (name, _) in ENTRIES {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml has no target {name}");
        assert!(root().join(format!("fuzz/fuzz_targets/{name}.rs")).is_file(), "fuzz_targets/{name}.rs is missing");
        assert!(!files(&root().join("fuzz/corpus").join(name)).is_empty(), "fuzz/corpus/{name} is empty");
    }
}

#[test]
fn the_mutations_break_what_can_be_broken() {
    // A decoder that takes the shape of what it is given for granted must not survive this.
    let naive = |bytes: &[u8]| {
        let Ok(json) = serde_json::from_slice::<Value>(bytes) else { return };
        if json["action"] == "typing" {
            assert!(json["user_id"].as_i64().is_some_and(|user_id| user_id.abs() < 1 << 53), "{json}");
        }
    };
    let seeds = [br#"{"action":"typing","user_id":7}"#.to_vec()];
    let mut mutator = Mutator { dice: Dice::new(1) };
    assert!((0..MUTATIONS).any(|_| panic_of(naive, &mutator.mutate(&seeds)).is_some()));
}
