//! Coming back: the missed events in order and once, or `resync`; never silence.

use crate::bench;

use bench::Bench;
use bench::people::{integration, operator, visitor};
use serde_json::{Value, json};
use shared::id::{Offset, Position};
use shared::limits::{EVENT_LOG_MAX, EVENT_LOG_TRIM_EVERY, LIVENESS_TIMEOUT_MS, PROTOCOL_VERSION, RESUME_EVENTS_MAX};

fn epoch(bench: &mut Bench) -> String {
    let conn = bench.connect(&operator("Анна"));
    bench.take(conn)[0]["data"]["epoch"].as_str().unwrap().to_owned()
}

fn position(bench: &mut Bench, offset: Offset) -> Position {
    Position { epoch: epoch(bench), offset }
}

fn offsets(frames: &[Value]) -> Vec<i64> {
    frames.iter().filter_map(|frame| frame["offset"].as_i64()).collect()
}

/// A log of `count` events in one visitor's chat.
fn with_events(count: usize) -> Bench {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    // The first message is two events.
    for _ in 1..count {
        bench.visitor_writes(page, "да");
    }
    assert_eq!(bench.integers("SELECT event_offset FROM counters"), [i64::try_from(count).unwrap()]);
    bench
}

#[test]
fn the_first_frame_is_a_welcome_that_says_who_and_where_one_is() {
    let mut bench = with_events(3);
    let page = bench.connect(&visitor(-7));
    let welcome = &bench.take(page)[0];
    assert_eq!(welcome["event"], "welcome");
    let epoch = welcome["data"]["epoch"].clone();
    assert!(epoch.as_str().is_some_and(|epoch| epoch.len() >= 16));
    let expected = json!({"role": "visitor", "user_id": -7, "epoch": epoch, "offset": 3, "resumed": false,
        "protocol": PROTOCOL_VERSION,
        "limits": {"text_chars_max": 4000, "frame_bytes_max": 32768, "liveness_timeout_ms": LIVENESS_TIMEOUT_MS}});
    assert_eq!(welcome["data"], expected);
    let desk = bench.connect(&integration("CRM"));
    let welcome = &bench.take(desk)[0]["data"];
    assert_eq!(
        (&welcome["role"], &welcome["user_id"], &welcome["epoch"]),
        (&json!("integration"), &Value::Null, &epoch)
    );
}

#[test]
fn missed_events_come_in_order_once_and_as_they_were() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let live = bench.connect(&operator("Анна"));
    bench.clear();
    for text in ["раз", "два", "три"] {
        bench.visitor_writes(page, text);
        bench.operator_writes(live, -7, "да");
        bench.advance(1500);
    }
    let live_frames: Vec<Value> = bench.take(live).into_iter().filter(|frame| frame.get("offset").is_some()).collect();
    assert_eq!(offsets(&live_frames), [1, 2, 3, 4, 5, 6, 7]);
    for from in 0..=7 {
        let position = position(&mut bench, from);
        let conn = bench.resume(&operator("Олег"), &position);
        let frames = bench.take(conn);
        assert_eq!(frames[0]["data"]["resumed"], true);
        let missed: Vec<Value> = frames.into_iter().filter(|frame| frame.get("offset").is_some()).collect();
        assert_eq!(missed, live_frames[usize::try_from(from).unwrap()..], "from {from}");
    }
}

#[test]
fn a_resumed_visitor_gets_what_is_theirs_and_for_them() {
    let mut bench = Bench::new();
    let [seven, eight] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    let desk = bench.connect(&operator("Анна"));
    bench.visitor_writes(seven, "я седьмой");
    bench.visitor_writes(eight, "я восьмой");
    bench.operator_writes(desk, -7, "слушаю");
    bench.frame(desk, r#"{"action":"message_read","user_id":-7,"last_read_message_id":1}"#);
    let from_start = position(&mut bench, 0);
    let again = bench.resume(&visitor(-7), &from_start);
    assert_eq!(bench.names(again), ["welcome", "new_message", "operator_message", "operator_read"]);
}

#[test]
fn events_go_on_live_after_the_missed_ones_without_a_seam() {
    let mut bench = with_events(5);
    let from = position(&mut bench, 3);
    let conn = bench.resume(&operator("Анна"), &from);
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "живое");
    assert_eq!(offsets(&bench.take(conn)), [4, 5, 6]);
}

#[test]
fn as_many_as_the_limit_are_replayed_and_one_more_is_a_resync() {
    let mut bench = with_events(RESUME_EVENTS_MAX + 2);
    let last = i64::try_from(RESUME_EVENTS_MAX + 2).unwrap();
    for claims in [operator("Анна"), visitor(-7)] {
        let reachable = position(&mut bench, 2);
        let conn = bench.resume(&claims, &reachable);
        let frames = bench.take(conn);
        assert_eq!(frames[0]["data"]["resumed"], true);
        assert_eq!(offsets(&frames), (3..=last).collect::<Vec<_>>());
    }
    let too_far = position(&mut bench, 1);
    for claims in [operator("Анна"), visitor(-7)] {
        let conn = bench.resume(&claims, &too_far);
        let frames = bench.take(conn);
        assert_eq!(frames[0]["data"]["resumed"], false);
        assert_eq!(frames[1]["event"], "resync");
        assert_eq!(frames[1]["data"], json!({"epoch": too_far.epoch, "offset": last}));
        assert!(offsets(&frames).is_empty());
    }
}

#[test]
fn a_visitor_who_missed_little_resumes_though_the_shop_was_busy() {
    let mut bench = with_events(RESUME_EVENTS_MAX * 2);
    let mine = bench.connect(&visitor(-8));
    bench.visitor_writes(mine, "Привет!");
    let from = position(&mut bench, 1);
    let conn = bench.resume(&visitor(-8), &from);
    assert_eq!(bench.names(conn), ["welcome", "new_message"]);
}

#[test]
fn a_position_that_is_not_in_the_log_is_a_resync() {
    let mut bench = with_events(3);
    let epoch = epoch(&mut bench);
    let here = |offset| Position { epoch: epoch.clone(), offset };
    let elsewhere = Position { epoch: "another".into(), offset: 3 };
    for position in [elsewhere, here(4), here(i64::MAX), here(-1), here(i64::MIN)] {
        for claims in [operator("Анна"), visitor(-7)] {
            let conn = bench.resume(&claims, &position);
            let frames = bench.take(conn);
            assert_eq!(frames[0]["data"]["resumed"], false, "{position:?}");
            assert_eq!(frames[1]["event"], "resync", "{position:?}");
        }
    }
    let conn = bench.resume(&operator("Анна"), &here(3));
    assert_eq!(bench.names(conn), ["welcome", "user_online"], "the end of the log is in the log");
}

#[test]
fn the_resume_action_answers_like_a_connection() {
    let mut bench = with_events(4);
    let epoch = epoch(&mut bench);
    let page = bench.connect(&visitor(-7));
    bench.clear();
    let resume = |offset: i64| json!({"action": "resume", "epoch": epoch, "offset": offset, "id": "r"}).to_string();
    bench.frame(page, &resume(2));
    let frames = bench.take(page);
    assert_eq!(frames[0]["event"], "ack");
    assert_eq!(offsets(&frames), [3, 4]);
    bench.frame(page, &resume(5));
    assert_eq!(bench.names(page), ["ack", "resync"]);
}

#[test]
fn the_log_is_trimmed_to_its_limit_and_what_is_gone_is_a_resync() {
    let mut bench = with_events(2);
    // A busy day at one stroke.
    bench.execute(
        "INSERT INTO events (event_offset, user_id, for_visitor, body)
         WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         SELECT i, -8, 0, '{\"event\":\"message_status\",\"offset\":' || i || ',\"data\":{},\"timestamp\":\"2026-01-10T15:30:00Z\"}' FROM n",
        vec![EVENT_LOG_MAX.into()],
    );
    bench.execute("UPDATE counters SET event_offset = ?", vec![EVENT_LOG_MAX.into()]);
    let page = bench.connect(&visitor(-7));
    let count = |bench: &Bench| bench.integers("SELECT COUNT(*) FROM events")[0];
    let oldest = |bench: &Bench| bench.integers("SELECT MIN(event_offset) FROM events")[0];
    let mut largest = 0;
    for _ in 0..EVENT_LOG_TRIM_EVERY * 2 {
        bench.visitor_writes(page, "да");
        largest = largest.max(count(&bench));
        assert!(count(&bench) >= EVENT_LOG_MAX);
    }
    assert!(largest < EVENT_LOG_MAX + EVENT_LOG_TRIM_EVERY, "{largest} events were kept");
    let oldest = oldest(&bench);
    assert!(oldest > 1);
    let gone = position(&mut bench, oldest - 2);
    let conn = bench.resume(&visitor(-9), &gone);
    assert_eq!(bench.names(conn), ["welcome", "resync"]);
    let edge = position(&mut bench, oldest - 1);
    let conn = bench.resume(&visitor(-9), &edge);
    assert_eq!(bench.names(conn), ["welcome"]);
}

#[test]
fn offsets_have_no_gap_over_sleeps_and_crashes() {
    let mut bench = Bench::new();
    for round in 0..6 {
        let page = bench.connect(&visitor(-7));
        bench.visitor_writes(page, "да");
        if round % 2 == 0 { bench.hibernate() } else { bench.crash() }
    }
    assert_eq!(bench.integers("SELECT event_offset FROM events ORDER BY 1"), (1..=7).collect::<Vec<_>>());
    assert_eq!(bench.integers("SELECT message_id FROM messages ORDER BY 1"), (1..=6).collect::<Vec<_>>());
}
