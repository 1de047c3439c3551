//! The ledger of consents: asked, given, taken back, and exported.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use relay_core::hub::{Change, Command, Request, Visit, consents_csv};
use serde_json::{Value, json};
use shared::problem::Code;

fn ask_for(bench: &mut Bench, version: &str, text: &str) {
    let change: Change = serde_json::from_value(json!({"consent": {"version": version, "text": text}})).unwrap();
    bench.administer(Command::ChangeOrganization { change }).unwrap();
}

fn say(version: &str, given: bool) -> Value {
    json!({"action": "consent", "version": version, "given": given})
}

fn ledger(bench: &mut Bench) -> Value {
    bench.administer(Command::Consents { after: None, limit: None }).unwrap()
}

fn asked(bench: &mut Bench, sub: i64) -> Value {
    let previous = Some(visitor(sub));
    bench.visit(Visit { previous, ..Visit::default() }).unwrap()["consent"].clone()
}

#[test]
fn a_session_says_what_is_still_to_be_asked() {
    let mut bench = Bench::new();
    assert_eq!(asked(&mut bench, -7), Value::Null);
    ask_for(&mut bench, "1", "Согласен");
    assert_eq!(asked(&mut bench, -7), json!({"version": "1", "text": "Согласен", "required": true}));
    let conn = bench.connect(&visitor(-7));
    bench.ask(conn, say("1", true)).unwrap();
    bench.hibernate();
    assert_eq!(asked(&mut bench, -7)["required"], false);
    assert_eq!(asked(&mut bench, -8)["required"], true);
    // Another text is another question; and a consent can be taken back.
    ask_for(&mut bench, "2", "Согласна");
    assert_eq!(asked(&mut bench, -7)["required"], true);
    bench.ask(conn, say("2", true)).unwrap();
    bench.ask(conn, say("2", false)).unwrap();
    assert_eq!(asked(&mut bench, -7)["required"], true);
}

#[test]
fn the_ledger_says_who_what_and_when_and_grows_only() {
    let mut bench = Bench::new();
    ask_for(&mut bench, "1", "Согласен \"полностью\"");
    let (conn, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    bench.ask(conn, say("1", true)).unwrap();
    bench.ask(conn, say("1", true)).unwrap();
    bench.advance(1_000);
    let action = shared::action::decode(&say("1", false).to_string()).action.unwrap();
    bench.request(Request::Act { claims: visitor(-7), action }).unwrap();
    assert_eq!(bench.only(desk, "consent").len(), 2);
    let page = ledger(&mut bench);
    let rows = page["consents"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["given"], &rows[1]["given"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&rows[0]["user_id"], &rows[0]["version"], &rows[1]["at"]),
        (&json!(-7), &json!("1"), &json!("2026-01-10T15:30:01Z"))
    );
    // From which address, as far as it is known: over the socket, not of the bench's own calls.
    assert_eq!((&rows[0]["address"], &rows[1]["address"]), (&json!(bench::ADDRESS), &Value::Null));
    // SHA-256 of the text that was shown.
    assert_eq!(rows[0]["text_hash"].as_str().unwrap().len(), 64);
    assert_eq!(bench.column("SELECT text_hash FROM consent_texts"), [rows[0]["text_hash"].as_str().unwrap()]);
}

#[test]
fn only_visitors_consent_and_only_to_a_text_that_there_is() {
    let mut bench = Bench::new();
    ask_for(&mut bench, "1", "Согласен");
    let (conn, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Анна")));
    assert_eq!(bench.ask(desk, say("1", true)), Err("forbidden".into()));
    assert_eq!(bench.ask(conn, say("2", true)), Err("not_found".into()));
    assert_eq!(bench.integers("SELECT COUNT(*) FROM consents"), [0]);
    let refused = bench.administer_by(&operator("Анна"), Command::Consents { after: None, limit: None });
    assert_eq!(refused.unwrap_err().code, Code::Forbidden);
}

#[test]
fn the_ledger_is_a_table_too() {
    let mut bench = Bench::new();
    ask_for(&mut bench, "a\"b,c", "Согласен");
    for sub in [-7, -8, -9] {
        let conn = bench.connect(&visitor(sub));
        bench.ask(conn, say("a\"b,c", true)).unwrap();
    }
    let page = bench.administer(Command::Consents { after: None, limit: Some(2) }).unwrap();
    let csv = consents_csv(&page);
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "entry_id,user_id,version,text_hash,given,at,address");
    assert!(
        lines[1].starts_with("1,-7,\"a\"\"b,c\",\"")
            && lines[1].ends_with(",true,\"2026-01-10T15:30:00Z\",\"192.0.2.7\""),
        "{}",
        lines[1]
    );
    assert_eq!((lines.len(), lines[3]), (4, ""));
    let rest = bench.administer(Command::Consents { after: page["next"].as_i64(), limit: Some(2) }).unwrap();
    assert_eq!((rest["consents"][0]["user_id"].as_i64(), &rest["next"]), (Some(-9), &Value::Null));
}

#[test]
fn a_session_takes_the_consent_along() {
    let mut bench = Bench::new();
    ask_for(&mut bench, "1", "Согласен");
    let consent = |version: &str, given| Some(shared::action::Consent { version: version.into(), given });
    let address = Some("192.0.2.9".to_owned());
    let visit = Visit { consent: consent("1", true), address: address.clone(), ..Visit::default() };
    let session = bench.visit(visit).unwrap();
    assert_eq!(session["consent"]["required"], false);
    let row = ledger(&mut bench)["consents"][0].clone();
    assert_eq!((&row["user_id"], &row["given"], &row["address"]), (&session["user_id"], &json!(true), &json!(address)));
    // The next session knows it; said again, it is no second row; and it can be taken back the same way.
    let previous = Some(bench.claims_of(&session));
    let again = |consent| Visit { previous: previous.clone(), consent, ..Visit::default() };
    assert_eq!(bench.visit(again(None)).unwrap()["consent"]["required"], false);
    bench.visit(again(consent("1", true))).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM consents"), [1]);
    assert_eq!(bench.visit(again(consent("1", false))).unwrap()["consent"]["required"], true);
    let unknown = bench.visit(again(consent("2", true))).unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM consents"), [2]);
}
