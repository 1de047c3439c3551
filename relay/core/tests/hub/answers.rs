//! How soon visitors are answered, as pages are told.

use crate::bench;

use bench::ozon::Market;
use bench::people::{integration, operator, visitor};
use bench::{Bench, KEY};
use relay_core::hub::{Command, Request, Visit};
use serde_json::{Value, json};
use shared::limits::{ANSWERS_KEPT, ANSWERS_MIN, ANSWERS_WITHIN_MS, SWEEP_EVERY_MS};

fn told(bench: &mut Bench) -> Value {
    let of_session = bench.visit(Visit::default()).unwrap()["answers"].clone();
    let settings = bench.request(Request::WidgetSettings { key: KEY.into() }).unwrap();
    assert_eq!(settings["answers"], of_session);
    of_session
}

/// A visitor writes, and is answered after so many seconds.
fn answered_after(bench: &mut Bench, desk: u64, sub: i64, seconds: i64) {
    let widget = bench.connect(&visitor(sub));
    bench.visitor_writes(widget, "Есть?");
    bench.advance(seconds * 1_000);
    bench.operator_writes(desk, sub, "Да");
    bench.hang_up(widget);
}

#[test]
fn online_means_that_an_operator_is_connected() {
    let mut bench = Bench::new();
    let program = bench.connect(&integration("CRM"));
    let page = bench.connect(&visitor(-7));
    assert_eq!(told(&mut bench), json!({"online": false, "median_s": null}));
    let desk = bench.connect(&operator("Анна"));
    assert_eq!(told(&mut bench)["online"], true);
    bench.hibernate();
    assert_eq!(told(&mut bench)["online"], true);
    bench.hang_up(desk);
    assert_eq!(told(&mut bench)["online"], false);
    assert_eq!([bench.closed(program), bench.closed(page)], [None, None]);
}

#[test]
fn the_median_is_told_from_five_answers_on() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    for (count, seconds) in [60, 10, 600, 20].into_iter().enumerate() {
        answered_after(&mut bench, desk, -10 - i64::try_from(count).unwrap(), seconds);
    }
    assert_eq!(told(&mut bench)["median_s"], Value::Null);
    answered_after(&mut bench, desk, -20, 30);
    bench.hibernate();
    assert_eq!(told(&mut bench)["median_s"], 30);
    assert_eq!(ANSWERS_MIN, 5);
}

#[test]
fn it_counts_from_the_first_message_that_nobody_has_answered() {
    let mut bench = Bench::new();
    let (desk, widget) = (bench.connect(&operator("Анна")), bench.connect(&visitor(-7)));
    let waits = |bench: &Bench| bench.integers("SELECT waited_ms FROM answers ORDER BY message_id");
    bench.visitor_writes(widget, "раз");
    bench.advance(5_000);
    bench.visitor_writes(widget, "два");
    bench.advance(2_000);
    bench.hibernate();
    bench.operator_writes(desk, -7, "Ответ");
    bench.advance(9_000);
    bench.operator_writes(desk, -7, "И ещё");
    assert_eq!(waits(&bench), [7_000]);
    bench.visitor_writes(widget, "три");
    bench.advance(1_000);
    bench.operator_writes(desk, -7, "Ответ");
    assert_eq!(waits(&bench), [7_000, 1_000]);
}

#[test]
fn the_latest_count_and_those_of_a_month() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    for count in 0..ANSWERS_KEPT {
        answered_after(&mut bench, desk, -100 - count, 100);
    }
    for count in 0..=ANSWERS_KEPT / 2 {
        answered_after(&mut bench, desk, -200 - count, 1);
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), [ANSWERS_KEPT]);
    assert_eq!(told(&mut bench)["median_s"], 1);
    bench.advance(ANSWERS_WITHIN_MS);
    assert_eq!(told(&mut bench)["median_s"], Value::Null);
    answered_after(&mut bench, desk, -300, 1);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), [1]);
}

#[test]
fn chats_of_marketplaces_do_not_count_and_what_is_deleted_is_gone() {
    let mut market = Market::new();
    market.writes("Да");
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM answers"), [0]);
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    answered_after(&mut bench, desk, -7, 3);
    answered_after(&mut bench, desk, -8, 3);
    bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), [1]);
    let change = serde_json::from_value(json!({"retention_days": 1})).unwrap();
    bench.administer(Command::ChangeOrganization { change }).unwrap();
    bench.advance(24 * 3_600_000 + SWEEP_EVERY_MS);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), [0]);
}
