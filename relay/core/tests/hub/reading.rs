//! Read marks that only move forward, counts that equal a recount, pages without gaps or repeats.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use proptest::prelude::*;
use relay_core::hub::ConnId;
use serde_json::{Value, json};
use shared::limits::{CHATS_PAGE, CHATS_PAGE_MAX, HISTORY_PAGE, HISTORY_PAGE_MAX};

/// A chat in which both sides have written, twice each: 1 and 2 by the visitor, 3 and 4 by the operator.
fn conversation() -> (Bench, ConnId, ConnId) {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    for text in ["раз", "два"] {
        bench.visitor_writes(page, text);
    }
    for text in ["три", "четыре"] {
        bench.operator_writes(desk, -7, text);
    }
    bench.clear();
    (bench, page, desk)
}

fn read(bench: &mut Bench, conn: ConnId, up_to: i64) -> Result<Value, String> {
    bench.ask(conn, json!({"action": "message_read", "user_id": -7, "last_read_message_id": up_to}))
}

#[test]
fn a_visitors_mark_reaches_the_staff_in_the_specs_form() {
    let (mut bench, page, desk) = conversation();
    bench.frame(page, r#"{"action":"message_read","last_read_message_id":4}"#);
    let expected = json!({"event": "message_read", "data": {"user_id": -7, "last_read_message_id": 4},
        "timestamp": "2026-01-10T15:30:00Z", "offset": 6});
    assert_eq!(bench.take(desk), [expected]);
}

#[test]
fn marks_move_forward_only_and_a_repeat_is_silent() {
    let (mut bench, page, desk) = conversation();
    for (up_to, is_news) in [(3, true), (3, false), (1, false), (0, false), (4, true), (4, false), (2, false)] {
        for reader in [page, desk] {
            read(&mut bench, reader, up_to).unwrap();
            let name = if reader == page { "message_read" } else { "operator_read" };
            let told = bench.only(desk, name);
            assert_eq!(!told.is_empty(), is_news, "{name} {up_to}");
            bench.clear();
        }
    }
    let history = bench.history(page, -7);
    assert_eq!((&history["user_read"], &history["operator_read"]), (&json!(4), &json!(4)));
}

#[test]
fn nobody_has_read_what_is_not_written_yet() {
    let (mut bench, page, desk) = conversation();
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "номер пять");
    bench.clear();
    for up_to in [5, i64::MAX] {
        read(&mut bench, page, up_to).unwrap();
        read(&mut bench, desk, up_to).unwrap();
    }
    let marks: Vec<Value> =
        bench.take(desk).into_iter().map(|frame| frame["data"]["last_read_message_id"].clone()).collect();
    assert_eq!(marks, [json!(4), json!(4)]);
    bench.operator_writes(desk, -7, "номер шесть");
    assert_eq!(bench.history(page, -7)["unread"], 1, "a mark from the future would hide this");
    assert_eq!(read(&mut bench, page, -1), Err("invalid".into()));
}

#[test]
fn a_visitor_without_a_chat_reads_and_types_into_nothing() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    bench.clear();
    assert_eq!(read(&mut bench, page, 1), Ok(Value::Null));
    assert_eq!(bench.ask(page, json!({"action": "typing"})), Ok(Value::Null));
    let empty = json!({"user_id": -7, "messages": [], "has_more": false, "user_read": 0, "operator_read": 0, "user_delivered": 0, "operator_delivered": 0, "unread": 0});
    assert_eq!(bench.ask(page, json!({"action": "history"})), Ok(empty));
    assert!(bench.take(desk).is_empty());
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [0]);
}

#[test]
fn history_holds_both_sides_as_they_were_kept() {
    let (mut bench, page, desk) = conversation();
    let history = bench.history(page, -7);
    assert_eq!(
        history,
        json!({
        "user_id": -7, "has_more": false, "user_read": 0, "operator_read": 0, "user_delivered": 0, "operator_delivered": 0, "unread": 2,
        "messages": [
            message(1, "user", "раз", Value::Null, Value::Null), message(2, "user", "два", Value::Null, Value::Null),
            message(3, "operator", "три", json!("Анна"), json!("sent")),
            message(4, "operator", "четыре", json!("Анна"), json!("sent")),
        ]})
    );
    assert_eq!(bench.history(desk, -7)["messages"], history["messages"]);
}

fn message(id: i64, side: &str, text: &str, author: Value, status: Value) -> Value {
    json!({"message_id": id, "user_id": -7, "side": side, "text": text, "file_path": null, "author": author,
        "client_id": null, "status": status, "reason": null, "timestamp": "2026-01-10T15:30:00Z"})
}

/// All pages of something that is paged by `before`, each as the ids on it.
fn pages(mut page: impl FnMut(Option<i64>) -> (Vec<i64>, Option<i64>)) -> Vec<Vec<i64>> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let (ids, next) = page(before);
        pages.push(ids);
        match next {
            Some(next) => before = Some(next),
            None => return pages,
        }
    }
}

#[test]
fn paging_back_through_a_chat_finds_every_message_once() {
    let mut bench = Bench::new();
    let [page, other] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    // Another chat's messages lie between, so that ids have gaps.
    for _ in 0..50 {
        bench.visitor_writes(page, "мой");
        bench.visitor_writes(other, "чужой");
    }
    let expected: Vec<i64> = (0..50).map(|n| n * 2 + 1).collect();
    for limit in [None, Some(1), Some(7), Some(25), Some(49), Some(50), Some(51), Some(HISTORY_PAGE_MAX)] {
        let found = pages(|before| {
            let answer = bench.ask(page, json!({"action": "history", "before": before, "limit": limit})).unwrap();
            let ids: Vec<i64> =
                answer["messages"].as_array().unwrap().iter().map(|m| m["message_id"].as_i64().unwrap()).collect();
            assert!(ids.len() <= limit.unwrap_or(HISTORY_PAGE) && ids.is_sorted());
            let next = answer["has_more"].as_bool().unwrap().then(|| ids[0]);
            (ids, next)
        });
        let all: Vec<i64> = found.into_iter().rev().flatten().collect();
        assert_eq!(all, expected, "limit {limit:?}");
    }
}

#[test]
fn paging_forward_finds_every_message_once_while_more_arrive() {
    let mut bench = Bench::new();
    let [page, other] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    for limit in [1, 7, 25] {
        for _ in 0..20 {
            bench.visitor_writes(page, "мой");
            bench.visitor_writes(other, "чужой");
        }
        let (mut found, mut late) = (Vec::new(), 3);
        loop {
            let after = found.last().copied().unwrap_or_default();
            let answer = bench.ask(page, json!({"action": "history", "after": after, "limit": limit})).unwrap();
            let ids: Vec<i64> =
                answer["messages"].as_array().unwrap().iter().map(|m| m["message_id"].as_i64().unwrap()).collect();
            assert!(ids.len() <= limit && ids.is_sorted());
            found.extend(ids);
            if late > 0 {
                late -= 1;
                bench.visitor_writes(page, "пока листают");
            } else if answer["has_more"] == false {
                break;
            }
        }
        let kept = bench.integers("SELECT message_id FROM messages WHERE user_id = -7 ORDER BY message_id");
        assert_eq!(found, kept, "limit {limit}");
        let back = bench.ask(page, json!({"action": "history", "before": found[20], "limit": 20})).unwrap();
        assert_eq!(back["messages"][0]["message_id"], found[0]);
    }
    let both = json!({"action": "history", "before": 9, "after": 3});
    assert_eq!(bench.ask(page, both), Err("invalid".into()));
}

#[test]
fn paging_through_the_chats_finds_every_chat_once_latest_first() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let count = i64::try_from(CHATS_PAGE + 5).unwrap();
    for n in 1..=count {
        let page = bench.connect(&visitor(-n));
        bench.visitor_writes(page, "Привет!");
    }
    bench.operator_writes(desk, -1, "этот чат снова первый");
    let expected: Vec<i64> = std::iter::once(-1).chain((2..=count).rev().map(|n| -n)).collect();
    for limit in [None, Some(1), Some(11), Some(CHATS_PAGE_MAX)] {
        let found = pages(|before| {
            let answer = bench.ask(desk, json!({"action": "chats", "before": before, "limit": limit})).unwrap();
            let chats = answer["chats"].as_array().unwrap();
            assert!(chats.len() <= limit.unwrap_or(CHATS_PAGE));
            (chats.iter().map(|chat| chat["user_id"].as_i64().unwrap()).collect(), answer["next"].as_i64())
        });
        assert_eq!(found.concat(), expected, "limit {limit:?}");
    }
}

#[test]
fn a_page_has_one_to_a_hundred_entries() {
    let (mut bench, page, desk) = conversation();
    for (limit, is_good) in
        [(i64::MIN, false), (-1, false), (0, false), (1, true), (100, true), (101, false), (i64::MAX, false)]
    {
        let expected = (!is_good).then(|| "invalid".to_owned());
        assert_eq!(bench.ask(page, json!({"action": "history", "limit": limit})).err(), expected, "history {limit}");
        assert_eq!(bench.ask(desk, json!({"action": "chats", "limit": limit})).err(), expected, "chats {limit}");
    }
    for before in [i64::MIN, -1, 0, 1] {
        let answer = bench.ask(page, json!({"action": "history", "before": before})).unwrap();
        assert_eq!((&answer["messages"], &answer["has_more"]), (&json!([]), &json!(false)), "before {before}");
    }
    assert_eq!(
        bench.ask(page, json!({"action": "history", "before": i64::MAX})).unwrap()["messages"][3]["message_id"],
        4
    );
}

#[derive(Clone, Copy, Debug)]
enum Step {
    VisitorWrites,
    OperatorWrites,
    VisitorReads(i64),
    OperatorReads(i64),
    Sleep,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::VisitorWrites),
        Just(Step::OperatorWrites),
        (-1..25_i64).prop_map(Step::VisitorReads),
        (-1..25_i64).prop_map(Step::OperatorReads),
        Just(Step::Sleep),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn unread_counts_equal_a_recount(steps in proptest::collection::vec(any_step(), 0..24)) {
        let mut bench = Bench::new();
        let page = bench.connect(&visitor(-7));
        let desk = bench.connect(&operator("Анна"));
        // (is it the visitor's, id), and the marks, as anybody can count them.
        let mut written = vec![(true, bench.visitor_writes(page, "первое"))];
        let (mut user_read, mut operator_read) = (0, 0);
        for step in steps {
            bench.clear();
            let last = written.last().unwrap().1;
            match step {
                Step::VisitorWrites => written.push((true, bench.visitor_writes(page, "да"))),
                Step::OperatorWrites => written.push((false, bench.operator_writes(desk, -7, "да"))),
                Step::VisitorReads(up_to) => {
                    if read(&mut bench, page, up_to).is_ok() { user_read = user_read.max(up_to.min(last)); }
                }
                Step::OperatorReads(up_to) => {
                    if read(&mut bench, desk, up_to).is_ok() { operator_read = operator_read.max(up_to.min(last)); }
                }
                Step::Sleep => bench.hibernate(),
            }
            let count = |of_visitor: bool, mark: i64| {
                written.iter().filter(|(by_visitor, id)| *by_visitor == of_visitor && *id > mark).count()
            };
            let (for_staff, for_visitor) = (count(true, operator_read), count(false, user_read));
            for event in bench.only(desk, "operator_read") {
                prop_assert_eq!(&event["data"]["unread"], &json!(for_staff));
            }
            prop_assert_eq!(&bench.history(desk, -7)["unread"], &json!(for_staff));
            prop_assert_eq!(&bench.history(page, -7)["unread"], &json!(for_visitor));
            let chats = bench.ask(desk, json!({"action": "chats"})).unwrap();
            let listed = (&chats["chats"][0]["unread"], &chats["chats"][0]["user_read"], &chats["chats"][0]["operator_read"]);
            prop_assert_eq!(listed, (&json!(for_staff), &json!(user_read), &json!(operator_read)));
        }
    }
}
