//! The codec: every golden frame, read as a client reads it and written as the relay and a client write it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use shared::action;
use shared::frame::Frame;

/// The golden files of a kind: name and text, without the white space that is there for people.
fn golden(kind: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the golden files")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok()?;
            name.starts_with(kind).then(|| (name, json.to_string()))
        })
        .collect();
    files.sort();
    files
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a client reads");
    for (name, text) in golden("event.").into_iter().chain(golden("frame.")) {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(&name, |bencher| {
            bencher.iter(|| {
                let json: Value = serde_json::from_str(black_box(&text)).expect("JSON");
                Frame::from_node(&json)
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("the relay reads");
    for (name, text) in golden("action.") {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(&name, |bencher| bencher.iter(|| action::decode(black_box(&text))));
    }
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("the relay writes");
    for (name, text) in golden("event.") {
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let Some(Frame::Event { offset, timestamp, event: Some(event) }) = Frame::from_node(&json) else { continue };
        group.bench_function(&name, |bencher| bencher.iter(|| black_box(&event).render(timestamp, offset)));
    }
    group.finish();
    let mut group = criterion.benchmark_group("a client writes");
    for (name, text) in golden("action.") {
        let Ok(action) = action::decode(&text).action else { continue };
        group.bench_function(&name, |bencher| bencher.iter(|| black_box(&action).encode(Some("7"))));
    }
    group.finish();
}

criterion_group!(benches, decode, encode);
criterion_main!(benches);
