//! Writing: the spec's form of a first message, one message however often it is sent, and what a text may be.

use crate::bench;

use bench::Bench;
use bench::people::{integration, operator, visitor};
use serde_json::json;
use shared::limits::{CLIENT_ID_BYTES_MAX, TEXT_CHARS_MAX};

#[test]
fn a_first_message_is_told_as_new_chat_then_new_message_in_the_specs_form() {
    let mut bench = Bench::new();
    let crm = bench.connect(&integration("CRM"));
    let page = bench.connect(&visitor(-1_234_567_890));
    bench.clear();
    bench.frame(page, r#"{"action":"send_message","text":"Привет!"}"#);
    let told = bench.take(crm);
    assert_eq!(
        told[..2],
        [
            json!({"event": "new_chat", "timestamp": "2026-01-10T15:30:00Z", "offset": 1, "data": {
                "user_id": -1_234_567_890, "user_name": "Посетитель 7890", "username": null, "source": "widget",
                "first_message": "Привет!", "message_id": 1}}),
            json!({"event": "new_message", "timestamp": "2026-01-10T15:30:00Z", "offset": 2, "data": {
                "message_id": 1, "user_id": -1_234_567_890, "user_name": "Посетитель 7890", "text": "Привет!",
                "file_path": null, "source": "widget"}}),
        ]
    );
    assert_eq!(told[2]["event"], "user_online");
    assert_eq!(told.len(), 3);
    assert_eq!(bench.names(page), ["new_message"], "the visitor's own tab hears its message, not the chat's creation");
}

#[test]
fn a_second_message_makes_no_second_chat() {
    let mut bench = Bench::new();
    let crm = bench.connect(&integration("CRM"));
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "раз");
    bench.clear();
    bench.visitor_writes(page, "два");
    assert_eq!(bench.names(crm), ["new_message"]);
}

#[test]
fn an_ack_comes_before_the_events_that_follow_from_its_action() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.clear();
    bench.frame(page, r#"{"action":"send_message","text":"Привет!","id":"1"}"#);
    assert_eq!(bench.names(page), ["ack", "new_message"]);
}

#[test]
fn the_same_client_id_is_the_same_message_over_any_connection() {
    let mut bench = Bench::new();
    let crm = bench.connect(&integration("CRM"));
    let send = json!({"action": "send_message", "text": "Привет!", "client_id": "c-1"});
    let first_tab = bench.connect(&visitor(-7));
    let first = bench.ask(first_tab, send.clone()).unwrap();
    bench.clear();

    let mut again = vec![bench.ask(first_tab, send.clone()).unwrap()];
    let other_tab = bench.connect(&visitor(-7));
    again.push(bench.ask(other_tab, send.clone()).unwrap());
    bench.hibernate();
    again.push(bench.ask(first_tab, send.clone()).unwrap());
    bench.now = bench.now.plus_ms(100_000);
    bench.crash();
    let back = bench.connect(&visitor(-7));
    again.push(bench.ask(back, send).unwrap());

    for answer in again {
        assert_eq!(answer, first);
    }
    assert_eq!(bench.integers("SELECT message_id FROM messages"), [1]);
    assert_eq!(bench.only(crm, "new_message"), Vec::<serde_json::Value>::new());
}

#[test]
fn an_operators_client_id_is_good_for_their_next_token_too() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "Привет!");
    let send = json!({"action": "send_message", "user_id": -7, "text": "Да?", "client_id": "c-1"});
    let desk = bench.connect(&operator("Анна"));
    let first = bench.ask(desk, send.clone()).unwrap();
    let mut renewed = operator("Анна");
    renewed.jti = "another".into();
    let desk = bench.connect(&renewed);
    assert_eq!(bench.ask(desk, send).unwrap(), first);
}

#[test]
fn a_client_id_of_another_writer_or_chat_is_another_message() {
    let mut bench = Bench::new();
    let send = json!({"action": "send_message", "text": "Привет!", "client_id": "c-1"});
    let seven = bench.connect(&visitor(-7));
    let eight = bench.connect(&visitor(-8));
    bench.ask(seven, send.clone()).unwrap();
    bench.ask(eight, send.clone()).unwrap();
    let mut ids = Vec::new();
    for writer in [operator("Анна"), operator("Олег"), integration("Анна")] {
        let desk = bench.connect(&writer);
        for user_id in [-7, -8] {
            let mut send = send.clone();
            send["user_id"] = json!(user_id);
            ids.push(bench.ask(desk, send).unwrap()["message"]["message_id"].as_i64().unwrap());
        }
    }
    assert_eq!(ids, [3, 4, 5, 6, 7, 8]);
}

#[test]
fn messages_without_a_client_id_are_each_their_own() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    assert_eq!([bench.visitor_writes(page, "да"), bench.visitor_writes(page, "да")], [1, 2]);
}

#[test]
fn a_text_has_one_to_four_thousand_characters_counted_by_their_bytes() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    for (text, refused) in [
        (String::new(), Some("empty_text")),
        (" \n\t\u{a0}".into(), Some("empty_text")),
        ("я".repeat(TEXT_CHARS_MAX), None),
        ("🦀".repeat(TEXT_CHARS_MAX / 2), None),
        ("\u{1}".repeat(TEXT_CHARS_MAX / 3), None),
        ("я".repeat(TEXT_CHARS_MAX + 1), Some("too_large")),
        ("🦀".repeat(TEXT_CHARS_MAX / 2 + 1), Some("too_large")),
        ("\u{1}".repeat(TEXT_CHARS_MAX / 3 + 1), Some("too_large")),
    ] {
        let answer = bench.ask(page, json!({"action": "send_message", "text": text}));
        assert_eq!(answer.as_ref().err().map(String::as_str), refused, "{} characters", text.chars().count());
        if let Ok(answer) = answer {
            assert_eq!(answer["message"]["text"], text);
        }
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [3]);
}

#[test]
fn a_client_id_has_one_to_sixty_four_bytes() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    for (length, is_good) in [(0, false), (1, true), (CLIENT_ID_BYTES_MAX, true), (CLIENT_ID_BYTES_MAX + 1, false)] {
        let answer = bench.ask(page, json!({"action": "send_message", "text": "да", "client_id": "x".repeat(length)}));
        assert_eq!(answer.err(), (!is_good).then(|| "invalid".to_owned()), "{length} bytes");
    }
}

#[test]
fn a_message_reaches_every_tab_and_every_member_of_staff() {
    let mut bench = Bench::new();
    let tabs = [bench.connect(&visitor(-7)), bench.connect(&visitor(-7))];
    let desks =
        [bench.connect(&operator("Анна")), bench.connect(&operator("Олег")), bench.connect(&integration("CRM"))];
    bench.visitor_writes(tabs[0], "Привет!");
    bench.clear();
    bench.operator_writes(desks[0], -7, "Здравствуйте!");
    for conn in tabs.into_iter().chain(desks) {
        let told = bench.take(conn);
        assert_eq!(told.len(), 1);
        let expected = json!({"message_id": 2, "user_id": -7, "text": "Здравствуйте!", "file_path": null,
            "source": "widget", "operator_name": "Анна", "status": "sent"});
        assert_eq!(told[0]["data"], expected);
    }
}

#[test]
fn staff_cannot_write_to_a_chat_that_is_not_there() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    for action in ["send_message", "typing", "message_read", "history"] {
        let ask = json!({"action": action, "user_id": -7, "text": "да", "last_read_message_id": 1});
        assert_eq!(bench.ask(desk, ask), Err("not_found".into()), "{action}");
        let ask = json!({"action": action, "text": "да", "last_read_message_id": 1});
        assert_eq!(bench.ask(desk, ask), Err("invalid".into()), "{action} without a chat");
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [0]);
}
