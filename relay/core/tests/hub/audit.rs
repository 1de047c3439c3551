//! The audit log: what is in it, what is not, and that a change of it shows.

use crate::bench;

use bench::people::{operator, visitor};
use bench::{Bench, ORGANIZATION};
use relay_core::hub::Command;
use serde_json::{Value, json};
use shared::limits::AUDIT_PAGE_MAX;
use shared::problem::Code;
use shared::token::Role;

fn page(bench: &mut Bench, after: Option<i64>, limit: i64) -> Value {
    bench.administer(Command::Audit { after, limit: Some(limit) }).unwrap()
}

fn issue(bench: &mut Bench, name: &str) -> Value {
    let wish = Command::IssueToken { role: Role::Operator, name: name.into(), ttl_s: 60, scopes: None, holder: None };
    bench.administer(wish).unwrap()
}

fn deeds(page: &Value) -> Vec<&str> {
    page["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[test]
fn it_says_who_did_what_when_and_from_where_and_holds_no_text() {
    let mut bench = Bench::new();
    let widget = bench.connect(&visitor(-7));
    bench.visitor_writes(widget, "Секретный вопрос");
    let desk = bench.connect(&operator("Анна"));
    let answered = bench.operator_writes(desk, -7, "Секретный ответ");
    bench.advance(1_000);
    let token = issue(&mut bench, "Олег");
    bench.connect_ozon().unwrap();
    let log = page(&mut bench, None, 100);
    assert_eq!(deeds(&log), ["organization.created", "message.sent", "token.issued", "integration.connected"]);
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries[0]["target"], ORGANIZATION);
    assert_eq!(
        (&entries[1]["role"], &entries[1]["name"], &entries[1]["target"]),
        (&json!("operator"), &json!("Анна"), &json!(answered.to_string()))
    );
    assert_eq!((&entries[2]["role"], &entries[2]["address"]), (&json!("administrator"), &json!("192.0.2.1")));
    assert_eq!((&entries[2]["target"], &entries[2]["at"]), (&token["token_id"], &json!("2026-01-10T15:30:01Z")));
    let text = log.to_string();
    assert!(!text.contains("Секретный") && !text.contains("-7") && !text.contains("secret"));
    assert_eq!((&log["intact"], &log["broken_at"]), (&json!(true), &Value::Null));
}

#[test]
fn a_repeated_message_and_a_refused_one_are_no_deeds() {
    let mut bench = Bench::new();
    let widget = bench.connect(&visitor(-7));
    bench.visitor_writes(widget, "Здравствуйте");
    let desk = bench.connect(&operator("Анна"));
    for _ in 0..3 {
        bench.ask(desk, json!({"action": "send_message", "user_id": -7, "text": "Да", "client_id": "c"})).unwrap();
    }
    assert!(bench.ask(desk, json!({"action": "send_message", "user_id": -7, "text": " "})).is_err());
    assert_eq!(bench.integers("SELECT COUNT(*) FROM audit WHERE action = 'message.sent'"), [1]);
}

#[test]
fn it_is_intact_over_pages_hibernation_and_a_failed_commit() {
    let mut bench = Bench::new();
    for round in 0..7 {
        issue(&mut bench, "Анна");
        if round % 2 == 0 {
            bench.hibernate();
        }
        bench.store.failing_commits.set(1);
        let refused = bench.administer(Command::IssueToken {
            role: Role::Operator,
            name: "Не выдан".into(),
            ttl_s: 60,
            scopes: None,
            holder: None,
        });
        assert_eq!(refused.unwrap_err().code, Code::StorageFailed);
    }
    let (mut after, mut seen) = (None, 0);
    loop {
        let page = page(&mut bench, after, 3);
        assert_eq!(page["intact"], true);
        seen += deeds(&page).len();
        after = page["next"].as_i64();
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, 8);
    assert!(bench.administer(Command::Audit { after: None, limit: Some(1 + AUDIT_PAGE_MAX as i64) }).is_err());
}

#[test]
fn a_row_that_was_changed_removed_or_slipped_in_shows() {
    let tampering: [(&'static str, i64); 8] = [
        ("UPDATE audit SET name = 'Олег' WHERE entry_id = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE entry_id = 3", 3),
        ("UPDATE audit SET action = 'token.revoked' WHERE entry_id = 3", 3),
        ("UPDATE audit SET target = NULL WHERE entry_id = 3", 3),
        ("UPDATE audit SET address = '198.51.100.1' WHERE entry_id = 3", 3),
        ("UPDATE audit SET role = 'operator', token_id = 't' WHERE entry_id = 3", 3),
        ("DELETE FROM audit WHERE entry_id = 3", 4),
        (
            "INSERT INTO audit SELECT 7, at, role, token_id, name, address, action, target, previous, hash FROM audit WHERE entry_id = 6",
            7,
        ),
    ];
    for (statement, broken_at) in tampering {
        let mut bench = Bench::new();
        (0..5).for_each(|_| drop(issue(&mut bench, "Анна")));
        assert_eq!(page(&mut bench, None, 100)["intact"], true);
        bench.execute(statement, vec![]);
        let log = page(&mut bench, None, 100);
        assert_eq!((&log["intact"], &log["broken_at"]), (&json!(false), &json!(broken_at)), "{statement}");
        // Also where a page begins right behind it.
        if broken_at == 4 {
            assert_eq!(page(&mut bench, Some(2), 100)["intact"], false);
        }
    }
}

#[test]
fn whoever_hashes_a_changed_row_again_breaks_the_next_one() {
    let mut bench = Bench::new();
    (0..5).for_each(|_| drop(issue(&mut bench, "Анна")));
    // As if the whole row were written anew, with a good hash: another row's takes its place.
    bench.execute("UPDATE audit SET hash = (SELECT hash FROM audit WHERE entry_id = 2) WHERE entry_id = 3", vec![]);
    assert_eq!(page(&mut bench, None, 100)["broken_at"], 3);
    assert_eq!(page(&mut bench, Some(3), 100)["broken_at"], 4);
}
