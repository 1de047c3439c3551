//! Delivered marks: reported by the devices of the other side, only forward, and never behind the read marks.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use bench::screen::Screen;
use relay_core::hub::ConnId;
use serde_json::{Value, json};
use shared::limits::DELIVERED_AFTER_MS;

fn delivered(bench: &mut Bench, conn: ConnId, up_to: i64) -> Result<Value, String> {
    bench.ask(conn, json!({"action": "message_delivered", "user_id": -7, "last_delivered_message_id": up_to}))
}

/// What the relay has of chat -7: delivered to the user, delivered to an operator.
fn marks(bench: &mut Bench, conn: ConnId) -> (i64, i64) {
    let history = bench.history(conn, -7);
    (history["user_delivered"].as_i64().unwrap(), history["operator_delivered"].as_i64().unwrap())
}

#[test]
fn a_mark_moves_forward_only_and_not_beyond_the_last_message() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    for text in ["раз", "два", "три"] {
        bench.visitor_writes(page, text);
    }
    for (up_to, expected) in [(2, 2), (1, 2), (0, 2), (i64::MAX, 3), (3, 3)] {
        for conn in [page, desk] {
            delivered(&mut bench, conn, up_to).unwrap();
        }
        assert_eq!(marks(&mut bench, page), (expected, expected), "{up_to}");
    }
    assert_eq!(delivered(&mut bench, page, -1), Err("invalid".into()));
    let told = |bench: &mut Bench, name: &str| -> Vec<Value> {
        bench.only(desk, name).iter().map(|frame| frame["data"]["last_delivered_message_id"].clone()).collect()
    };
    assert_eq!(told(&mut bench, "message_delivered"), [json!(2), json!(3)], "a repeat is silent");
}

#[test]
fn whoever_has_read_a_message_has_received_it() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    bench.visitor_writes(page, "раз");
    bench.operator_writes(desk, -7, "два");
    bench.frame(page, r#"{"action":"message_read","last_read_message_id":2}"#);
    bench.frame(desk, r#"{"action":"message_read","user_id":-7,"last_read_message_id":1}"#);
    assert_eq!(marks(&mut bench, page), (2, 1));
    bench.clear();
    delivered(&mut bench, page, 2).unwrap();
    delivered(&mut bench, desk, 1).unwrap();
    assert!(bench.take(desk).iter().all(|frame| frame["event"] == "ack"), "nothing new was said");
    let chats = bench.ask(desk, json!({"action": "chats"})).unwrap();
    assert_eq!(
        (&chats["chats"][0]["user_delivered"], &chats["chats"][0]["operator_delivered"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn marks_survive_a_restart() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    bench.visitor_writes(page, "раз");
    delivered(&mut bench, desk, 1).unwrap();
    bench.hibernate();
    assert_eq!(marks(&mut bench, desk), (0, 1));
}

#[test]
fn pages_report_what_arrives_by_themselves_live_and_with_a_snapshot() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let first = bench.visitor_writes(page, "пока никого нет");
    let colleague = bench.connect(&operator("Олег"));
    assert_eq!(marks(&mut bench, colleague).1, 0);

    // With the list of chats.
    let mut desk = Screen::open(&mut bench, &operator("Анна"));
    bench.advance(DELIVERED_AFTER_MS);
    desk.tick(&mut bench);
    assert_eq!(marks(&mut bench, colleague).1, first);
    // Live, several at once.
    bench.visitor_writes(page, "два");
    let last = bench.visitor_writes(page, "три");
    desk.run(&mut bench);
    bench.advance(DELIVERED_AFTER_MS);
    desk.tick(&mut bench);
    assert_eq!(marks(&mut bench, colleague).1, last);
    let told = bench.only(page, "operator_delivered");
    assert_eq!(told.len(), 2, "one report for both");

    // The visitor's page, with its history.
    let answer = bench.operator_writes(colleague, -7, "слушаю");
    let mut own = Screen::open(&mut bench, &visitor(-7));
    bench.advance(DELIVERED_AFTER_MS);
    own.tick(&mut bench);
    assert_eq!(marks(&mut bench, colleague).0, answer);
    // The event moves the page's own view, so it is silent from now on.
    assert_eq!(own.client.state().chat(-7).unwrap().user_delivered, answer);
}

#[test]
fn what_is_read_at_once_is_not_reported_besides() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "раз");
    let mut own = Screen::open(&mut bench, &visitor(-7));
    let desk = bench.connect(&operator("Анна"));
    let answer = bench.operator_writes(desk, -7, "два");
    own.run(&mut bench);
    own.client.read(bench.now, -7, answer);
    own.run(&mut bench);
    bench.advance(DELIVERED_AFTER_MS);
    own.tick(&mut bench);
    assert_eq!(bench.only(desk, "message_read").len(), 1);
    assert!(bench.only(desk, "message_delivered").is_empty());
}
