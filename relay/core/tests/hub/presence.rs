//! Who is here: online from the first message on, offline only after the grace, over reloads, tabs, sleeps and crashes.

use crate::bench;

use bench::Bench;
use bench::people::{operator, visitor};
use relay_core::hub::{ConnId, Request};
use serde_json::json;
use shared::action::{Action, SendMessage};
use shared::limits::PRESENCE_GRACE_MS;

fn new() -> (Bench, ConnId, ConnId) {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "Привет!");
    bench.clear();
    (bench, desk, page)
}

fn is_listed_online(bench: &mut Bench, desk: ConnId) -> bool {
    bench.ask(desk, json!({"action": "chats"})).unwrap()["chats"][0]["online"] == json!(true)
}

#[test]
fn a_visitor_who_only_looks_is_not_shown() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    bench.clear();
    let page = bench.connect(&visitor(-7));
    bench.hang_up(page);
    bench.advance(60_000);
    assert!(bench.take(desk).is_empty());
}

#[test]
fn the_first_message_makes_online_and_later_ones_do_not_repeat_it() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let page = bench.connect(&visitor(-7));
    bench.clear();
    bench.visitor_writes(page, "раз");
    bench.visitor_writes(page, "два");
    assert_eq!(bench.names(desk), ["new_chat", "new_message", "user_online", "new_message"]);
    assert!(is_listed_online(&mut bench, desk));
}

#[test]
fn leaving_is_told_after_the_grace_and_not_a_moment_before() {
    let (mut bench, desk, page) = new();
    bench.hang_up(page);
    bench.advance(PRESENCE_GRACE_MS - 1);
    assert!(bench.take(desk).is_empty() && is_listed_online(&mut bench, desk));
    bench.advance(1);
    let told = bench.take(desk);
    assert_eq!(told[0], json!({"event": "user_offline", "data": {"user_id": -7}, "timestamp": "2026-01-10T15:30:05Z"}));
    assert_eq!(told.len(), 1);
    assert!(!is_listed_online(&mut bench, desk));
    bench.connect(&visitor(-7));
    assert_eq!(bench.names(desk), ["user_online"]);
}

#[test]
fn a_reload_within_the_grace_is_silent() {
    let (mut bench, desk, page) = new();
    bench.hang_up(page);
    bench.advance(PRESENCE_GRACE_MS - 1);
    let again = bench.connect(&visitor(-7));
    bench.advance(60_000);
    assert!(bench.take(desk).is_empty());
    bench.hang_up(again);
    bench.advance(PRESENCE_GRACE_MS);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn the_last_of_two_tabs_is_the_one_that_counts() {
    let (mut bench, desk, page) = new();
    let other_tab = bench.connect(&visitor(-7));
    bench.hang_up(page);
    bench.advance(60_000);
    assert!(bench.take(desk).is_empty());
    bench.hang_up(other_tab);
    bench.advance(PRESENCE_GRACE_MS);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn an_operators_socket_makes_nobody_online() {
    let (mut bench, desk, page) = new();
    let colleague = bench.connect(&operator("Олег"));
    bench.hang_up(page);
    bench.hang_up(colleague);
    bench.advance(PRESENCE_GRACE_MS);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn a_sleep_changes_nothing_about_who_is_here() {
    let (mut bench, desk, page) = new();
    bench.hibernate();
    bench.advance(60_000);
    assert!(bench.take(desk).is_empty());
    bench.hang_up(page);
    bench.advance(PRESENCE_GRACE_MS - 1);
    bench.hibernate();
    assert!(bench.take(desk).is_empty());
    bench.advance(1);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn after_a_crash_everybody_has_the_grace_to_come_back() {
    let mut bench = Bench::new();
    let pages = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    pages.iter().for_each(|page| assert!(bench.visitor_writes(*page, "Привет!") > 0));
    bench.crash();
    let desk = bench.connect(&operator("Анна"));
    assert_eq!(bench.names(desk), ["welcome", "user_online", "user_online"]);
    bench.advance(PRESENCE_GRACE_MS - 1);
    bench.connect(&visitor(-7));
    bench.advance(1);
    let told = bench.take(desk);
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["event"], &told[0]["data"]["user_id"]), (&json!("user_offline"), &json!(-8)));
}

#[test]
fn a_crash_within_the_grace_does_not_lose_the_departure() {
    let (mut bench, _, page) = new();
    bench.hang_up(page);
    bench.advance(PRESENCE_GRACE_MS - 1);
    bench.crash();
    let desk = bench.connect(&operator("Анна"));
    bench.clear();
    bench.advance(PRESENCE_GRACE_MS);
    assert_eq!(bench.names(desk), ["user_offline"]);
}

#[test]
fn each_departure_has_its_own_time() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let pages = [-7, -8, -9].map(|sub| bench.connect(&visitor(sub)));
    for page in pages {
        bench.visitor_writes(page, "Привет!");
    }
    bench.clear();
    for page in pages {
        bench.hang_up(page);
        bench.advance(1000);
    }
    for user_id in [-7, -8, -9] {
        bench.advance(if user_id == -7 { PRESENCE_GRACE_MS - 3001 } else { 999 });
        assert!(bench.take(desk).is_empty());
        bench.advance(1);
        let told = bench.take(desk);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["data"]["user_id"], user_id);
    }
}

#[test]
fn staff_that_comes_is_told_who_is_here() {
    let (mut bench, _, page) = new();
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "Привет!");
    bench.hang_up(page);
    bench.advance(PRESENCE_GRACE_MS);
    let colleague = bench.connect(&operator("Олег"));
    let told = bench.take(colleague);
    assert_eq!(told[1..].iter().map(|frame| &frame["data"]["user_id"]).collect::<Vec<_>>(), [&json!(-8)]);
    assert!(told[1].get("offset").is_none());
}

#[test]
fn a_message_without_a_socket_makes_nobody_online_for_ever() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    let action = Action::SendMessage(SendMessage {
        user_id: None,
        text: "по HTTP".into(),
        client_id: None,
        file_id: None,
        content: None,
    });
    bench.request(Request::Act { claims: visitor(-7), action }).unwrap();
    bench.advance(60_000);
    assert!(!is_listed_online(&mut bench, desk));
    bench.clear();
    bench.connect(&visitor(-7));
    assert_eq!(bench.names(desk), ["user_online"]);
}
