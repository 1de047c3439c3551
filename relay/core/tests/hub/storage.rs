//! A store that fails: the sender is told, nobody else hears anything, and the hub goes on as if it had not been tried.

use crate::bench;

use bench::ozon::Market;
use bench::people::{operator, visitor};
use bench::{Bench, SHOP};
use relay_core::hub::{ConnId, Request};
use relay_core::storage::is_provisioned;
use serde_json::{Value, json};
use shared::close;
use shared::id::Position;
use shared::limits::{PRESENCE_GRACE_MS, VISITOR_SOCKETS_MAX};
use shared::problem::Code;

/// Everything that is kept, to be compared.
fn kept(bench: &Bench) -> Vec<i64> {
    ["chats", "messages", "events", "sends", "accounts"]
        .iter()
        .flat_map(|table| bench.integers(&format!("SELECT COUNT(*) FROM {table}")))
        .chain(bench.integers("SELECT event_offset + message_id + user_id FROM counters"))
        .chain(bench.integers("SELECT SUM(user_read + operator_read + online) FROM chats"))
        .collect()
}

fn new() -> (Bench, ConnId, ConnId) {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "Привет!");
    bench.operator_writes(desk, -7, "Здравствуйте!");
    bench.clear();
    (bench, desk, page)
}

#[test]
fn an_action_that_cannot_be_kept_is_refused_and_nobody_hears_of_it() {
    let (mut bench, desk, page) = new();
    let before = kept(&bench);
    for (conn, action) in [
        (page, json!({"action": "send_message", "text": "да", "client_id": "c-1"})),
        (page, json!({"action": "message_read", "last_read_message_id": 2})),
        (desk, json!({"action": "send_message", "user_id": -7, "text": "да", "client_id": "c-1"})),
        (desk, json!({"action": "message_read", "user_id": -7, "last_read_message_id": 1})),
    ] {
        bench.store.failing_commits.set(1);
        assert_eq!(bench.ask(conn, action.clone()), Err("storage_failed".into()), "{action}");
        assert!(bench.take(desk).is_empty() && bench.take(page).is_empty(), "{action}");
        assert_eq!(kept(&bench), before);
        // The same again, as the client does by itself.
        assert!(bench.ask(conn, action.clone()).is_ok(), "{action}");
        bench.execute("DELETE FROM events", vec![]);
        bench.execute("DELETE FROM messages WHERE message_id > 2", vec![]);
        bench.execute("UPDATE counters SET message_id = 2, event_offset = 3", vec![]);
        bench.execute("UPDATE chats SET user_read = 0, operator_read = 0, last_message_id = 2", vec![]);
        bench.execute(
            "INSERT INTO events (event_offset, user_id, for_visitor, body) VALUES (1, 0, 0, ''), (2, 0, 0, ''), (3, 0, 0, '')",
            vec![],
        );
        bench.clear();
    }
}

#[test]
fn ids_and_offsets_go_on_without_a_gap_after_a_failure() {
    let (mut bench, desk, page) = new();
    bench.store.failing_commits.set(1);
    bench.frame(page, r#"{"action":"send_message","text":"раз","client_id":"c-1"}"#);
    bench.clear();
    assert_eq!(bench.visitor_writes(page, "раз"), 3);
    let told = bench.take(desk);
    assert_eq!((&told[0]["data"]["message_id"], &told[0]["offset"]), (&json!(3), &json!(4)));
}

#[test]
fn a_filter_that_was_not_answered_was_not_changed() {
    let (mut bench, desk, page) = new();
    bench.ask(desk, json!({"action": "subscribe", "filter": {"user_id": -7}})).unwrap();
    bench.store.failing_commits.set(1);
    bench.frame(page, r#"{"action":"send_message","text":"раз"}"#);
    bench.clear();
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "другой");
    bench.visitor_writes(page, "тот");
    assert_eq!(bench.names(desk), ["new_message"], "the filter came back with the hub");
}

#[test]
fn a_connection_that_cannot_be_kept_is_told_and_may_come_back() {
    let (mut bench, desk, page) = new();
    bench.hang_up(page);
    // Coming back clears the departure, which has to be written.
    bench.store.failing_commits.set(1);
    let again = bench.connect(&visitor(-7));
    let frames = bench.take(again);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0]["data"]["code"], "storage_failed");
    assert_eq!(bench.closed(again).map(close::then), Some(close::Then::Reconnect));
    let third = bench.connect(&visitor(-7));
    assert_eq!(bench.names(third), ["welcome"]);
    bench.advance(60_000);
    assert!(bench.take(desk).is_empty());
}

#[test]
fn a_read_that_fails_at_any_point_changes_nothing() {
    // However many reads a turn makes, each of them may be the one that fails.
    for reads in 0..12 {
        let (mut bench, desk, page) = new();
        let before = kept(&bench);
        for (conn, action) in [
            (page, json!({"action": "send_message", "text": "да", "id": "1"})),
            (desk, json!({"action": "message_read", "user_id": -7, "last_read_message_id": 1, "id": "1"})),
            (desk, json!({"action": "chats", "id": "1"})),
            (page, json!({"action": "history", "id": "1"})),
        ] {
            bench.store.reads_until_failure.set(Some(reads));
            bench.frame(conn, &action.to_string());
            let failed = bench.store.reads_until_failure.replace(None).is_none();
            let told = bench.take(conn);
            if failed {
                assert_eq!(told.len(), 1, "{action}");
                assert_eq!(told[0]["data"]["code"], "storage_failed", "{action}");
                assert_eq!(kept(&bench), before, "{action}");
            } else {
                assert_eq!(told[0]["event"], "ack", "{action}");
                return_to(&mut bench, &before);
            }
            bench.clear();
        }
    }
}

/// Undoes what the four actions above keep.
fn return_to(bench: &mut Bench, before: &[i64]) {
    bench.execute("DELETE FROM messages WHERE message_id > 2", vec![]);
    bench.execute("DELETE FROM events WHERE event_offset > 3", vec![]);
    bench.execute("UPDATE counters SET message_id = 2, event_offset = 3", vec![]);
    bench.execute("UPDATE chats SET operator_read = 0, last_message_id = 2", vec![]);
    assert_eq!(kept(bench), before);
}

#[test]
fn a_connection_refused_halfway_leaves_no_session_and_no_socket_deaf() {
    for reads in 0..6 {
        let (mut bench, desk, page) = new();
        let mut tabs = vec![page];
        while tabs.len() < VISITOR_SOCKETS_MAX {
            bench.advance(1);
            tabs.push(bench.connect(&visitor(-7)));
        }
        bench.clear();
        bench.store.reads_until_failure.set(Some(reads));
        let position = Position { epoch: "e".into(), offset: 0 };
        let conn = bench.connect_at(&visitor(-7), Some(SHOP), Some(position));
        bench.store.reads_until_failure.set(None);
        let names = bench.names(conn);
        if names[0] == "welcome" {
            // It was none of this turn's reads.
            assert_eq!(names, ["welcome", "resync"]);
            continue;
        }
        assert_eq!(names, ["error"], "at read {reads}");
        assert!(bench.closed(conn).is_some());
        assert!(tabs.iter().all(|tab| bench.closed(*tab).is_none()), "at read {reads}");
        bench.clear();
        bench.operator_writes(desk, -7, "слышно?");
        for tab in tabs {
            assert_eq!(bench.names(tab), ["operator_message"], "at read {reads}");
        }
        assert!(bench.take(conn).is_empty());
    }
}

#[test]
fn a_request_that_cannot_be_kept_is_answered_so() {
    let mut bench = Bench::empty();
    bench.store.failing_commits.set(1);
    assert_eq!(bench.provision("lavka", &[SHOP], None).unwrap_err().code, Code::StorageFailed);
    assert!(!is_provisioned(&bench.store).unwrap());
    assert!(bench.provision("lavka", &[SHOP], None).is_ok(), "it can be tried again");

    let (mut bench, ..) = new();
    let claims = operator("Анна");
    let action = shared::action::decode(r#"{"action":"send_message","user_id":-7,"text":"да"}"#).action.unwrap();
    bench.store.failing_commits.set(1);
    let answer = bench.request(Request::Act { claims, action });
    assert_eq!(answer.unwrap_err().code, Code::StorageFailed);
}

#[test]
fn a_departure_that_could_not_be_kept_is_told_all_the_same() {
    let (mut bench, desk, page) = new();
    bench.hang_up(page);
    bench.store.failing_commits.set(1);
    bench.advance(PRESENCE_GRACE_MS);
    assert!(bench.take(desk).is_empty());
    bench.advance(10_000);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn an_alarm_that_could_not_read_comes_again() {
    for reads in 0..4 {
        let (mut bench, desk, page) = new();
        bench.hang_up(page);
        bench.advance(PRESENCE_GRACE_MS - 1);
        bench.store.reads_until_failure.set(Some(reads));
        bench.advance(1);
        bench.store.reads_until_failure.set(None);
        bench.advance(10_000);
        assert_eq!(bench.names(desk), ["user_offline"], "at read {reads}");
    }
}

#[test]
fn an_upstreams_answer_that_could_not_be_kept_is_found_out_again_without_a_second_message() {
    for failing in 1..4 {
        let mut market = Market::new();
        let message_id = market.writes("Да, есть");
        let call = market.attempt(message_id, 1);
        market.bench.store.failing_commits.set(failing);
        market.serve(call);
        market.settle();
        assert_eq!(market.ozon.seller_texts(bench::ozon::CHAT), ["Да, есть"], "{failing} failures");
        assert_eq!(market.status(message_id), "sent");
    }
}

#[test]
fn a_message_whose_call_was_not_kept_is_not_sent() {
    let mut market = Market::new();
    market.bench.store.failing_commits.set(1);
    let ask = json!({"action": "send_message", "user_id": market.buyer, "text": "Да", "client_id": "c-1"});
    assert_eq!(market.bench.ask(market.operator, ask.clone()), Err("storage_failed".into()));
    assert!(market.bench.calls.is_empty());
    let answer: Value = market.bench.ask(market.operator, ask).unwrap();
    assert_eq!(answer["message"]["status"], "queued");
    market.settle();
    assert_eq!(market.ozon.seller_texts(bench::ozon::CHAT), ["Да"]);
}
