//! How often somebody may ask: at each limit they may, one past it they are told how long to wait, and nothing has changed.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use serde_json::{Value, json};
use shared::close;
use shared::limits::{
    FIRST_MESSAGES_MAX, FIRST_MESSAGES_WITHIN_MS, NEW_CHATS_MAX, Rate, STAFF_FRAMES, STUBBORN_FRAMES, VISITOR_FRAMES,
    VISITOR_MESSAGES,
};

/// An object that has been silent for so long may sleep and forget.
const SLEEP_AFTER_MS: i64 = 10_000;

/// A hub with the limits as they are.
fn strict() -> Bench {
    let mut bench = Bench::new();
    bench.config.rate_factor = 1;
    bench.hibernate();
    bench
}

fn say(n: impl std::fmt::Display) -> Value {
    json!({"action": "send_message", "text": format!("слово {n}")})
}

/// The waiting time in the last refusal.
fn wait_ms(bench: &mut Bench, conn: u64, action: &Value) -> i64 {
    bench.clear();
    bench.frame(conn, &action.to_string());
    let refused = bench.only(conn, "error").remove(0);
    assert_eq!(refused["data"]["code"], "rate_limited");
    refused["data"]["retry_after_ms"].as_i64().expect("how long to wait")
}

#[test]
fn a_connection_may_send_so_many_frames_and_is_then_told_to_wait() {
    for (claims, rate) in [(visitor(-7), VISITOR_FRAMES), (operator("Анна"), STAFF_FRAMES)] {
        let mut bench = strict();
        let conn = bench.connect(&claims);
        let harmless = json!({"action": "subscribe"});
        for n in 0..rate.burst {
            assert_eq!(bench.ask(conn, harmless.clone()), Ok(Value::Null), "{n}");
        }
        assert_eq!(bench.ask(conn, harmless.clone()), Err("rate_limited".into()));
        let wait = wait_ms(&mut bench, conn, &harmless);
        assert!((1..=rate.every_ms).contains(&wait), "{wait}");
        let another = bench.connect(&claims);
        assert_eq!(bench.ask(another, harmless.clone()), Ok(Value::Null), "each connection has its own");
        bench.advance(wait);
        assert_eq!(bench.ask(conn, harmless), Ok(Value::Null));
        assert_eq!(bench.closed(conn), None);
    }
}

#[test]
fn who_goes_on_whatever_they_are_told_is_closed_and_may_come_back() {
    let mut bench = strict();
    let conn = bench.connect(&visitor(-7));
    for _ in 0..VISITOR_FRAMES.burst + STUBBORN_FRAMES.burst {
        bench.frame(conn, "{}");
    }
    assert_eq!(bench.closed(conn), None);
    bench.frame(conn, "{}");
    assert_eq!(bench.closed(conn), Some(close::BUSY));
    assert_eq!(close::then(close::BUSY), close::Then::Reconnect);
}

#[test]
fn a_visitor_may_write_so_much_at_once_over_all_tabs_and_what_is_refused_is_not_kept() {
    let mut bench = strict();
    let tabs = [bench.connect(&visitor(-7)), bench.connect(&visitor(-7))];
    for n in 0..VISITOR_MESSAGES.burst {
        bench.ask(tabs[n as usize % 2], say(n)).unwrap();
    }
    let one_past = json!({"action": "send_message", "text": "лишнее", "client_id": "c-1"});
    let wait = wait_ms(&mut bench, tabs[0], &one_past);
    assert!((1..=VISITOR_MESSAGES.every_ms).contains(&wait), "{wait}");
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [VISITOR_MESSAGES.burst]);
    let other = bench.connect(&visitor(-8));
    bench.ask(other, say("другого")).unwrap();
    bench.advance(wait);
    let kept = bench.ask(tabs[0], one_past.clone()).unwrap();
    // Repeating what is kept costs nothing: a lost answer is no second message.
    for _ in 0..VISITOR_MESSAGES.burst * 2 {
        assert_eq!(bench.ask(tabs[1], one_past.clone()).as_ref(), Ok(&kept));
    }
}

#[test]
fn an_operator_may_write_as_fast_as_frames_come() {
    let mut bench = strict();
    let (page, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    bench.ask(page, say(0)).unwrap();
    for n in 0..VISITOR_MESSAGES.burst * 3 {
        bench.operator_writes(desk, -7, &format!("ответ {n}"));
    }
}

/// Writes one message a second, so that no other limit is met, until one is refused; how many were kept.
fn until_refused(bench: &mut Bench, conn: u64, most: i64) -> i64 {
    (0..most)
        .find(|n| {
            bench.advance(VISITOR_MESSAGES.every_ms);
            bench.ask(conn, say(n)).is_err()
        })
        .unwrap_or(most)
}

#[test]
fn a_visitor_whom_nobody_has_answered_stops_at_so_many_messages_a_minute() {
    let mut bench = strict();
    let page = bench.connect(&visitor(-7));
    assert_eq!(until_refused(&mut bench, page, 100), FIRST_MESSAGES_MAX);
    let wait = wait_ms(&mut bench, page, &say("ещё"));
    assert!((1..=FIRST_MESSAGES_WITHIN_MS).contains(&wait), "{wait}");
    // It is counted in the store: neither sleep nor a crash gives more.
    bench.hibernate();
    assert!(bench.ask(page, say("после сна")).is_err());
    bench.crash();
    let page = bench.connect(&visitor(-7));
    assert!(bench.ask(page, say("после падения")).is_err());
    bench.advance(wait);
    bench.ask(page, say("минуту спустя")).unwrap();
}

#[test]
fn a_visitor_who_was_answered_may_go_on() {
    let mut bench = strict();
    let (page, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    assert_eq!(until_refused(&mut bench, page, 100), FIRST_MESSAGES_MAX);
    bench.operator_writes(desk, -7, "Слушаю вас");
    assert_eq!(until_refused(&mut bench, page, FIRST_MESSAGES_MAX - 1), FIRST_MESSAGES_MAX - 1);
}

#[test]
fn so_many_chats_begin_in_a_minute_and_no_more() {
    let mut bench = strict();
    for n in 0..NEW_CHATS_MAX {
        let page = bench.connect(&visitor(-1 - n));
        bench.ask(page, say(n)).unwrap();
        bench.hang_up(page);
    }
    let known = bench.connect(&visitor(-1));
    bench.ask(known, say("знакомый")).expect("who has a chat is not new");
    let page = bench.connect(&visitor(-1_000_000));
    let wait = wait_ms(&mut bench, page, &say("лишний"));
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [NEW_CHATS_MAX]);
    bench.advance(wait);
    bench.ask(page, say("минуту спустя")).unwrap();
}

#[test]
fn sleeping_gives_nobody_more_than_waiting() {
    for rate in [VISITOR_FRAMES, STAFF_FRAMES, VISITOR_MESSAGES] {
        let Rate { burst, every_ms } = rate;
        assert!(rate.forgotten_after_ms() <= SLEEP_AFTER_MS, "{burst} of {every_ms} ms");
    }
}
