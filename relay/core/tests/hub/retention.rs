//! Retention: what is older than the organization keeps things goes, to the millisecond, in steps, and nothing else.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use relay_core::hub::{Change, Command};
use serde_json::json;
use shared::limits::{SWEEP_EVENTS_MAX, SWEEP_EVERY_MS, SWEEP_MESSAGES_MAX};

const DAY_MS: i64 = 24 * 3_600_000;

fn keep_for(bench: &mut Bench, days: Option<i64>) {
    let change: Change = serde_json::from_value(json!({"retention_days": days})).unwrap();
    bench.administer(Command::ChangeOrganization { change }).unwrap();
}

fn kept(bench: &Bench) -> Vec<String> {
    bench.column("SELECT text FROM messages ORDER BY message_id")
}

/// Somebody writes, and hangs up: no alarm but the sweep's is left.
fn says(bench: &mut Bench, sub: i64, text: &str) {
    let conn = bench.connect(&visitor(sub));
    bench.visitor_writes(conn, text);
    bench.hang_up(conn);
}

#[test]
fn a_message_is_kept_to_its_last_millisecond_and_not_beyond() {
    let mut bench = Bench::new();
    keep_for(&mut bench, Some(3));
    says(&mut bench, -7, "Первое");
    bench.advance(3 * DAY_MS - 1);
    assert_eq!(kept(&bench), ["Первое"]);
    bench.advance(1);
    assert_eq!(kept(&bench), Vec::<String>::new());
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [0]);
    // The log has one thing left to say: that the chat is gone. Then that goes, too.
    assert_eq!(bench.column("SELECT body FROM events").len(), 1);
    bench.advance(3 * DAY_MS);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM events"), [0]);
}

#[test]
fn a_sleeping_organization_wakes_for_it_and_a_restarted_one_too() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        keep_for(&mut bench, Some(1));
        says(&mut bench, -7, "Первое");
        bench.advance(DAY_MS / 2);
        if crash {
            bench.crash()
        } else {
            bench.hibernate()
        }
        bench.advance(DAY_MS / 2 - 1);
        assert_eq!(kept(&bench), ["Первое"], "{crash}");
        bench.advance(1);
        assert_eq!(kept(&bench), Vec::<String>::new(), "{crash}");
    }
}

#[test]
fn without_a_limit_everything_is_kept() {
    let mut bench = Bench::new();
    says(&mut bench, -7, "Первое");
    bench.advance(150 * DAY_MS);
    assert_eq!(kept(&bench), ["Первое"]);
    // Set later, it reaches back.
    keep_for(&mut bench, Some(100));
    bench.advance(1);
    assert_eq!(kept(&bench), Vec::<String>::new());
    says(&mut bench, -7, "Второе");
    keep_for(&mut bench, None);
    bench.advance(150 * DAY_MS);
    assert_eq!(kept(&bench), ["Второе"]);
}

#[test]
fn a_chat_that_goes_on_loses_its_beginning_and_its_unread_count_is_told() {
    let mut bench = Bench::new();
    keep_for(&mut bench, Some(1));
    says(&mut bench, -7, "Старое");
    says(&mut bench, -7, "Тоже старое");
    bench.advance(DAY_MS / 2);
    says(&mut bench, -7, "Новое");
    bench.advance(DAY_MS / 2 - 1);
    let desk = bench.connect(&operator("Олег"));
    bench.clear();
    bench.advance(1);
    assert_eq!(kept(&bench), ["Новое"]);
    let read = bench.only(desk, "operator_read");
    assert_eq!((&read[0]["data"]["unread"], &read[0]["data"]["last_read_message_id"]), (&json!(1), &json!(0)));
    let page = bench.ask(desk, json!({"action": "history", "user_id": -7})).unwrap();
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["unread"]), (1, &json!(1)));
    bench.advance(DAY_MS);
    assert_eq!(bench.only(desk, "chat_deleted")[0]["data"]["user_id"], -7);
}

#[test]
fn much_goes_in_steps_and_one_step_is_bounded() {
    let mut bench = Bench::new();
    let more = SWEEP_MESSAGES_MAX + SWEEP_MESSAGES_MAX / 2;
    let conn = bench.connect(&visitor(-7));
    for number in 0..more {
        bench.visitor_writes(conn, &number.to_string());
        bench.clear();
    }
    bench.hang_up(conn);
    bench.advance(DAY_MS);
    says(&mut bench, -8, "Новое");
    bench.advance(60_000);
    keep_for(&mut bench, Some(1));
    bench.alarm();
    assert_eq!(kept(&bench).len() as i64, more - SWEEP_MESSAGES_MAX + 1);
    assert!(bench.integers("SELECT COUNT(*) FROM events")[0] > more - SWEEP_EVENTS_MAX);
    bench.advance(100);
    assert_eq!(kept(&bench), ["Новое"]);
    // The next sweep leaves the organization an hour's sleep.
    assert!(bench.next_alarm().unwrap().since_ms(bench.now) > SWEEP_EVERY_MS - 1_000);
}

#[test]
fn what_is_known_of_a_customer_goes_with_their_chat() {
    let mut bench = Bench::new();
    keep_for(&mut bench, Some(1));
    let voucher = bench.voucher();
    let customer = bench.customer(&voucher, "42", "Анна");
    let conn = bench.connect(&customer);
    bench.visitor_writes(conn, "Здравствуйте");
    bench.hang_up(conn);
    bench.advance(DAY_MS);
    for table in ["SELECT COUNT(*) FROM customers", "SELECT COUNT(*) FROM attributes", "SELECT COUNT(*) FROM chats"] {
        assert_eq!(bench.integers(table), [0], "{table}");
    }
    assert!(bench.integers("SELECT COUNT(*) FROM audit")[0] > 0);
}
