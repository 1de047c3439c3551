//! The organization's settings: changed, kept over restarts; its key replaced; and its end.

use crate::bench;

use bench::people::{operator, visitor};
use bench::{Bench, KEY, ORGANIZATION, SHOP};
use relay_core::hub::{Change, Command, Request, Tool, Visit};
use relay_core::storage::Sql;
use relay_core::tools::bulk::{Asked, Table};
use serde_json::{Value, json};
use shared::close;
use shared::limits::{KEY_GRACE_MAX_S, RETENTION_DAYS_MAX};
use shared::problem::{Code, Problem};

fn change(bench: &mut Bench, change: Value) -> Result<Value, Problem> {
    let change: Change = serde_json::from_value(change).unwrap();
    // As it crosses from the edge to the object.
    let change = serde_json::from_str(&serde_json::to_string(&change).unwrap()).unwrap();
    bench.administer(Command::ChangeOrganization { change })
}

fn session(bench: &mut Bench, key: &str, origin: &str) -> Result<Value, Code> {
    let entropy = bench.entropy();
    let visit = Visit { key: key.into(), origin: Some(origin.into()), ..Visit::default() };
    bench.request(Request::WidgetSession { visit, entropy }).map_err(|problem| problem.code)
}

#[test]
fn what_is_named_changes_and_the_rest_stays() {
    let mut bench = Bench::new();
    let text = json!({"version": "1", "text": "Согласен"});
    change(&mut bench, json!({"retention_days": 30, "consent": text})).unwrap();
    change(&mut bench, json!({"name": "Новая лавка"})).unwrap();
    bench.hibernate();
    let seen = bench.administer(Command::ReadOrganization).unwrap();
    assert_eq!((&seen["id"], &seen["name"]), (&json!(ORGANIZATION), &json!("Новая лавка")));
    assert_eq!((&seen["retention_days"], &seen["consent"], &seen["origins"]), (&json!(30), &text, &json!([SHOP])));
    change(&mut bench, json!({"retention_days": null, "consent": null})).unwrap();
    bench.hibernate();
    let seen = bench.administer(Command::ReadOrganization).unwrap();
    assert_eq!((&seen["retention_days"], &seen["consent"]), (&Value::Null, &Value::Null));
    assert!(serde_json::from_value::<Change>(json!({"retention": 30})).is_err());
}

#[test]
fn a_page_is_let_in_by_the_list_of_now() {
    let mut bench = Bench::new();
    change(&mut bench, json!({"origins": ["https://new.ru"]})).unwrap();
    assert_eq!(session(&mut bench, KEY, SHOP), Err(Code::OriginNotAllowed));
    assert!(session(&mut bench, KEY, "https://new.ru").is_ok());
}

#[test]
fn what_cannot_be_is_refused_and_nothing_changes() {
    let mut bench = Bench::new();
    let before = bench.administer(Command::ReadOrganization).unwrap();
    for refused in [
        json!({"name": " "}),
        json!({"origins": ["shop.ru"]}),
        json!({"retention_days": 0}),
        json!({"retention_days": RETENTION_DAYS_MAX + 1}),
        json!({"name": "Другая", "consent": {"version": "", "text": "т"}}),
        json!({"name": "Другая", "consent": {"version": "1", "text": "т".repeat(4001)}}),
    ] {
        assert_eq!(change(&mut bench, refused.clone()).unwrap_err().code, Code::Invalid, "{refused}");
    }
    assert_eq!(bench.administer(Command::ReadOrganization).unwrap(), before);
    change(&mut bench, json!({"retention_days": RETENTION_DAYS_MAX})).unwrap();
    change(&mut bench, json!({"consent": {"version": "1", "text": "один"}})).unwrap();
    let other = change(&mut bench, json!({"consent": {"version": "1", "text": "другой"}}));
    assert_eq!(other.unwrap_err().code, Code::Conflict);
}

#[test]
fn a_former_key_lives_on_to_the_end_of_its_grace() {
    let mut bench = Bench::new();
    assert!(bench.administer(Command::RotateKey { grace_s: -1 }).is_err());
    assert!(bench.administer(Command::RotateKey { grace_s: KEY_GRACE_MAX_S + 1 }).is_err());
    let rotated = bench.administer(Command::RotateKey { grace_s: 60 }).unwrap();
    let fresh = rotated["publishable_key"].as_str().unwrap().to_owned();
    assert!(fresh.starts_with("pk_lavka_") && rotated["former_key"] == KEY);
    bench.hibernate();
    bench.advance(59_999);
    assert!(session(&mut bench, KEY, SHOP).is_ok() && session(&mut bench, &fresh, SHOP).is_ok());
    bench.advance(1);
    assert_eq!(session(&mut bench, KEY, SHOP), Err(Code::UnknownKey));
    assert!(session(&mut bench, &fresh, SHOP).is_ok());
    bench.administer(Command::RotateKey { grace_s: 0 }).unwrap();
    assert_eq!(session(&mut bench, &fresh, SHOP), Err(Code::UnknownKey));
}

#[test]
fn a_deleted_organization_leaves_its_id_taken_and_nothing_else() {
    let mut bench = Bench::new();
    let voucher = bench.voucher();
    bench.connect_ozon().unwrap();
    bench.customer(&voucher, "42", "Анна");
    change(&mut bench, json!({"consent": {"version": "1", "text": "Согласен"}})).unwrap();
    let (widget, desk) = (bench.connect(&visitor(-7)), bench.connect(&operator("Олег")));
    bench.visitor_writes(widget, "Секрет");
    bench.ask(widget, json!({"action": "consent", "version": "1", "given": true})).unwrap();
    bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
    let widget = bench.connect(&visitor(-8));
    bench.visitor_writes(widget, "Секрет");
    bench.ask(widget, json!({"action": "consent", "version": "1", "given": true})).unwrap();
    bench.operator_writes(desk, -8, "Ответ");
    bench.tool(Tool::CreateTemplate { title: "Своё".into(), text: "Секрет".into() }).unwrap();
    let table = Table::of_csv("posting_number\n1-1\n").unwrap();
    let (text, client_id) = (Some("Секрет".into()), Some("b-1".into()));
    let asked = Asked {
        template_id: None,
        text,
        source: "ozon".into(),
        table,
        rate_per_minute: None,
        client_id,
        dry_run: false,
    };
    bench.tool(Tool::StartBulk(asked)).unwrap();

    bench.administer(Command::DeleteOrganization).unwrap();
    for conn in [widget, desk] {
        assert_eq!(bench.closed(conn), Some(close::NOT_FOUND));
    }
    let tables = bench.column("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    for table in &tables {
        let count = bench.store.query(&format!("SELECT COUNT(*) FROM {table}"), &[]).unwrap()[0].integer(0).unwrap();
        let expected = matches!(table.as_str(), "organization" | "counters" | "migrations");
        assert_eq!(count > 0, expected, "{table} has {count} rows");
    }
    assert_eq!(bench.column("SELECT name || publishable_key FROM organization"), [""]);
    for _ in 0..2 {
        assert_eq!(bench.administer(Command::ReadOrganization).unwrap_err().code, Code::NotFound);
        assert_eq!(session(&mut bench, KEY, SHOP), Err(Code::NotFound));
        assert_eq!(bench.provision(ORGANIZATION, &[SHOP], Some(KEY)).unwrap_err().code, Code::Conflict);
        let conn = bench.connect(&operator("Олег"));
        assert_eq!(bench.closed(conn), Some(close::NOT_FOUND));
        bench.crash();
    }
}

#[test]
fn the_widgets_settings_are_kept_shown_and_taken_back() {
    let mut bench = Bench::new();
    let of_pages = |bench: &mut Bench, key: &str| {
        bench.request(Request::WidgetSettings { key: key.into() }).map_err(|problem| problem.code)
    };
    assert_eq!(of_pages(&mut bench, KEY).unwrap()["widget"], Value::Null);
    assert_eq!(session(&mut bench, KEY, SHOP).unwrap()["widget"], Value::Null);
    let widget = json!({"greeting": {"text": {"ru": "Спросите нас", "en": "Ask us"}}, "rating": true});
    let consent = json!({"version": "1", "text": "Согласен"});
    change(&mut bench, json!({"widget": widget, "consent": consent})).unwrap();
    change(&mut bench, json!({"name": "Новая"})).unwrap();
    bench.hibernate();
    assert_eq!(bench.administer(Command::ReadOrganization).unwrap()["widget"], widget);
    assert_eq!(session(&mut bench, KEY, SHOP).unwrap()["widget"], widget);
    let seen = of_pages(&mut bench, KEY).unwrap();
    assert_eq!((&seen["widget"], &seen["consent"]), (&widget, &consent));
    assert_eq!(of_pages(&mut bench, "pk_lavka_somethingelse"), Err(Code::UnknownKey));
    let wrong = change(&mut bench, json!({"name": "Другая", "widget": {"hours": {"time_zone": "UTC", "week": [7]}}}));
    let wrong = wrong.unwrap_err();
    assert_eq!((wrong.code, wrong.detail.starts_with("widget.hours.week ")), (Code::Invalid, true), "{}", wrong.detail);
    assert_eq!(bench.administer(Command::ReadOrganization).unwrap()["name"], "Новая");
    bench.administer(Command::RotateKey { grace_s: 60 }).unwrap();
    assert!(of_pages(&mut bench, KEY).is_ok());
    bench.advance(60_000);
    assert_eq!(of_pages(&mut bench, KEY), Err(Code::UnknownKey));
    change(&mut bench, json!({"widget": null})).unwrap();
    bench.hibernate();
    assert_eq!(session_of_now(&mut bench)["widget"], Value::Null);
}

fn session_of_now(bench: &mut Bench) -> Value {
    let key = bench.administer(Command::ReadOrganization).unwrap()["publishable_key"].as_str().unwrap().to_owned();
    session(bench, &key, SHOP).unwrap()
}
