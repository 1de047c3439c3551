//! A long gap in a buyer's chat, filled page by page: what the hub holds of it at most must not grow with the gap.
//!
//! It takes time as well as memory, so it is no part of Criterion's rounds: each size runs once, and the figures are ratios
//! within the one run. SQLite's own memory is not counted, which in the object is the runtime's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

#[path = "../tests/hub/bench/mod.rs"]
mod bench;

use std::time::{Duration, Instant};

use bench::ozon::{CHAT, FIRST_ID, answered, new_message};
use bench::{Bench, Call, people};
use peak_alloc::PeakAlloc;
use relay_core::upstream::Answered;
use serde_json::{Value, json};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Messages that no push has brought.
const GAPS: [u64; 3] = [1_000, 10_000, 100_000];

/// How much more memory the longest gap may need than the shortest one: pages of a history differ a little in length.
const GROWTH_MAX: f64 = 1.5;

/// What filling a gap has taken.
struct Taken {
    most_bytes: usize,
    time: Duration,
}

/// Ozon's answer, if the chat's messages are `FIRST_ID` and `gap` after it. Nothing of it is kept.
fn serve(call: &Call, gap: u64) -> Answered {
    let asked: Value = serde_json::from_slice(call.request.body()).unwrap();
    let last = FIRST_ID + gap;
    let body = match call.request.uri().path() {
        "/v3/chat/list" => json!({
            "chats": [{"chat": {"chat_id": CHAT, "chat_type": "BUYER_SELLER", "chat_status": "OPENED", "created_at": "2026-01-10T08:07:19.581Z"},
                       "first_unread_message_id": FIRST_ID, "last_message_id": last, "unread_count": gap}],
            "total_unread_count": gap, "cursor": "", "has_next": false}),
        "/v3/chat/history" => {
            let from = asked["from_message_id"].as_u64().unwrap_or(FIRST_ID);
            let page: Vec<Value> =
                (from..=last).take(usize::try_from(asked["limit"].as_u64().unwrap()).unwrap()).map(message).collect();
            let has_next = page.last().is_some_and(|message| message["message_id"] != last);
            json!({"messages": page, "has_next": has_next})
        }
        _ => json!({"unread_count": 0}),
    };
    answered(200, &body.to_string())
}

fn message(id: u64) -> Value {
    json!({"message_id": id, "user": {"id": "115568", "type": "Customer"}, "created_at": "2026-01-10T15:31:00Z",
           "is_read": false, "data": [format!("Когда будет доставка по заказу {id}?")]})
}

fn fill(gap: u64) -> Taken {
    let mut bench = Bench::new();
    let secret = bench.hook_secret();
    let operator = bench.connect(&people::operator("Анна"));
    bench.push(&secret, &new_message(CHAT, FIRST_ID, "Есть в наличии?")).unwrap();
    let read_to = "INSERT INTO ozon_chats (chat_id, read_to) VALUES (?, ?)";
    bench.execute(read_to, vec![CHAT.into(), FIRST_ID.to_string().into()]);
    bench.look().unwrap();
    MEMORY.reset_peak_usage();
    let (before, begun) = (MEMORY.current_usage(), Instant::now());
    let all = i64::try_from(gap).unwrap() + 1;
    while bench.integers("SELECT COUNT(*) FROM messages")[0] < all {
        for call in std::mem::take(&mut bench.chores) {
            let answered = serve(&call, gap);
            bench.answer(call.job, answered);
        }
        bench.take(operator);
        let next = bench.next_alarm().map_or(1, |at| at.since_ms(bench.now).max(1));
        bench.advance(next);
    }
    Taken { most_bytes: MEMORY.peak_usage().saturating_sub(before), time: begun.elapsed() }
}

fn main() {
    // Once for what is made once, and for tests of the benches themselves (`cargo bench -- --test`).
    fill(GAPS[0]);
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    println!("| gap | most memory | the same for a message | time for a message |");
    let mut least = f64::MAX;
    for gap in GAPS {
        let taken = fill(gap);
        #[allow(clippy::cast_precision_loss)]
        let (kib, messages) = (taken.most_bytes as f64 / 1024.0, gap as f64);
        println!(
            "| {gap} | {kib:.0} KiB | {:.0} B | {:.0} µs |",
            kib * 1024.0 / messages,
            taken.time.as_secs_f64() * 1e6 / messages
        );
        least = least.min(kib);
        assert!(kib <= least * GROWTH_MAX, "what is held grows with the gap: {kib:.0} KiB, and {least:.0} KiB before");
    }
}
