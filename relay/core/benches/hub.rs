//! The hub: what one turn costs, by what happens in it. Decisions and the store's commit are measured apart, since in the
//! object the store is the runtime's.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../tests/hub/bench/mod.rs"]
mod bench;

use std::hint::black_box;

use bench::{START, config, people};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use relay_core::auth::token;
use relay_core::hub::{ConnId, Hub, Input, Turn};
use relay_core::storage::{NativeStore, Store};
use relay_core::upstream::gate::{Class, Gate, Verdict};
use shared::id::UserId;
use shared::limits::OZON_CALLS_PER_SECOND;
use shared::time::Timestamp;
use shared::token::Claims;

const VISITOR: UserId = -7;
/// Messages that are there before.
const MESSAGES: usize = 250;

/// A hub and its store, without the bench's looking after every turn.
struct Bare {
    hub: Hub,
    store: NativeStore,
    now: Timestamp,
    conns: ConnId,
}

impl Bare {
    fn new() -> Self {
        let store = NativeStore::in_memory().unwrap();
        let mut bare = Self { hub: Hub::restore(config(), &store, []).unwrap(), store, now: START, conns: 0 };
        bare.done(Input::Boot);
        bare.done(Input::Request {
            request: bench::provision(bench::ORGANIZATION, &[bench::SHOP], Some(bench::KEY), [1; 32]),
        });
        bare
    }

    fn decide(&mut self, input: Input) -> Turn {
        self.now = self.now.plus_ms(1);
        self.hub.handle(self.now, &self.store, input)
    }

    fn done(&mut self, input: Input) -> Turn {
        let turn = self.decide(input);
        self.store.commit(&turn.writes).unwrap();
        turn
    }

    fn connect(&mut self, claims: &Claims) -> ConnId {
        self.conns += 1;
        let (conn, claims) = (self.conns, claims.clone());
        self.done(Input::Connect {
            conn,
            claims,
            origin: Some(bench::SHOP.into()),
            position: None,
            budget: None,
            address: None,
        });
        conn
    }

    fn frame(conn: ConnId, text: &str) -> Input {
        Input::Frame { conn, text: text.into() }
    }
}

fn send(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a visitor's message");
    for listeners in [1, 100, 1_000] {
        let mut bare = Bare::new();
        let visitor = bare.connect(&people::visitor(VISITOR));
        for _ in 0..listeners {
            bare.connect(&people::operator("Анна"));
        }
        let mut number = 0_u64;
        let mut frame = || {
            number += 1;
            Bare::frame(
                visitor,
                &format!(r#"{{"action":"send_message","id":"1","text":"Когда доставка?","client_id":"c{number}"}}"#),
            )
        };
        bare.done(frame());
        group.bench_function(format!("decided, {listeners} listening"), |bencher| {
            bencher.iter_batched(&mut frame, |frame| black_box(bare.decide(frame)), BatchSize::SmallInput);
        });
        group.bench_function(format!("decided and kept, {listeners} listening"), |bencher| {
            bencher.iter_batched(&mut frame, |frame| black_box(bare.done(frame)), BatchSize::SmallInput);
        });
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let mut bare = Bare::new();
    let visitor = bare.connect(&people::visitor(VISITOR));
    let operator = bare.connect(&people::operator("Анна"));
    for number in 0..MESSAGES {
        bare.done(Bare::frame(visitor, &format!(r#"{{"action":"send_message","text":"Сообщение {number}"}}"#)));
    }
    let epoch = bare.store_epoch();
    let last = bare.last_offset();
    let mut group = criterion.benchmark_group("catching up");
    // Over a socket that is open: opening one more each time would soon measure the refusal of too many.
    for missed in [0, 20, 200] {
        let position = last - missed;
        let frame = format!(r#"{{"action":"resume","id":"1","epoch":"{epoch}","offset":{position}}}"#);
        let replayed = bare.decide(Bare::frame(operator, &frame)).effects.len();
        assert_eq!(replayed, usize::try_from(missed).unwrap() + 1, "the events and the answer");
        group.bench_function(format!("a resume over {missed} events"), |bencher| {
            bencher.iter(|| black_box(bare.decide(Bare::frame(operator, &frame))));
        });
    }
    for (what, frame) in [
        ("a page of history (20)", r#"{"action":"history","id":"1","user_id":-7}"#),
        ("a page of history (100)", r#"{"action":"history","id":"1","user_id":-7,"limit":100}"#),
        ("the list of chats", r#"{"action":"chats","id":"1"}"#),
        ("a repeated message", r#"{"action":"send_message","id":"1","user_id":-7,"text":"Да","client_id":"once"}"#),
    ] {
        bare.done(Bare::frame(operator, frame));
        group.bench_function(what, |bencher| bencher.iter(|| black_box(bare.decide(Bare::frame(operator, frame)))));
    }
    group.finish();
}

impl Bare {
    fn store_epoch(&self) -> String {
        use relay_core::storage::Sql as _;
        self.store.first("SELECT epoch FROM organization", &[]).unwrap().unwrap().text(0).unwrap()
    }

    fn last_offset(&self) -> i64 {
        use relay_core::storage::Sql as _;
        self.store.first("SELECT event_offset FROM counters", &[]).unwrap().unwrap().integer(0).unwrap()
    }
}

fn restore(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("waking");
    for sockets in [1, 1_000] {
        let mut bare = Bare::new();
        let mut attachments = Vec::new();
        for _ in 0..sockets {
            bare.conns += 1;
            let origin = Some(bench::SHOP.to_owned());
            let claims = people::operator("Анна");
            let turn = bare.done(Input::Connect {
                conn: bare.conns,
                claims,
                origin,
                position: None,
                budget: None,
                address: None,
            });
            attachments.extend(turn.effects.into_iter().filter_map(|effect| match effect {
                relay_core::hub::Effect::Attach { attachment, .. } => Some(attachment),
                _ => None,
            }));
        }
        group.bench_function(format!("{sockets} sockets"), |bencher| {
            bencher.iter_batched(
                || attachments.clone(),
                |attachments| {
                    let mut hub = Hub::restore(config(), &bare.store, attachments).unwrap();
                    black_box(hub.handle(bare.now, &bare.store, Input::Boot))
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn tokens(criterion: &mut Criterion) {
    let keys = config().signing;
    let good = token::sign(&keys, &people::visitor(VISITOR)).unwrap();
    let forged = format!("{}A", &good[..good.len() - 1]);
    let mut group = criterion.benchmark_group("a token");
    group.bench_function("signed", |bencher| bencher.iter(|| token::sign(&keys, black_box(&people::visitor(VISITOR)))));
    group.bench_function("verified", |bencher| bencher.iter(|| token::verify_live(&keys, black_box(&good), START)));
    group.bench_function("refused", |bencher| bencher.iter(|| token::verify_live(&keys, black_box(&forged), START)));
    group.finish();
}

/// A gate whose vendor's second is full but for one place, which is the slowest to look through.
fn gate(criterion: &mut Criterion) {
    const METHOD: &str = "/v3/chat/history";
    let mut gate = Gate::restored(Timestamp(0), None);
    let mut fill = |calls: usize| {
        for _ in 0..calls {
            let _ = gate.begin(START, METHOD, None);
            let _ = gate.end(START, METHOD, Verdict::Fine);
        }
    };
    fill(OZON_CALLS_PER_SECOND - 1);
    let mut group = criterion.benchmark_group("the gate");
    group.bench_function("lets in", |bencher| {
        bencher.iter(|| gate.admit(black_box(START), Class::Send, METHOD, None));
    });
    let _ = gate.begin(START, METHOD, None);
    group.bench_function("keeps out", |bencher| {
        bencher.iter(|| gate.admit(black_box(START), Class::Send, METHOD, None));
    });
    let mut now = START;
    group.bench_function("a call from its beginning to its end", |bencher| {
        bencher.iter(|| {
            now = now.plus_ms(20);
            let _ = black_box(gate.admit(now, Class::Send, METHOD, None));
            let _ = black_box(gate.begin(now, METHOD, None));
            gate.end(now, METHOD, Verdict::Fine)
        });
    });
    group.finish();
}

criterion_group!(benches, send, read, restore, tokens, gate);
criterion_main!(benches);
