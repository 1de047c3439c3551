//! Who hears what: a visitor their own chat only, staff all of it or what they asked for.

use crate::bench;

use std::collections::BTreeSet;

use bench::ozon::{CHAT, FIRST_ID, Market, message_read, update_message};
use bench::people::{integration, operator, visitor};
use bench::{Bench, SHOP};
use relay_core::hub::{Command, ConnId, Rating, Request};
use serde_json::json;
use shared::event::Event;
use shared::id::Position;
use shared::limits::{FILTER_USERS_MAX, PRESENCE_GRACE_MS};

/// Everybody who could overhear: the chat's visitor, another one with a chat of their own, and staff of each kind.
struct Room {
    bench: Bench,
    own: ConnId,
    other: ConnId,
    operator: ConnId,
    integration: ConnId,
    elsewhere: ConnId,
}

impl Room {
    fn new(chat_exists: bool) -> Self {
        let mut bench = Bench::new();
        let [own, other] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
        bench.visitor_writes(other, "я другой");
        if chat_exists {
            bench.visitor_writes(own, "Привет!");
        }
        let operator = bench.connect(&operator("Анна"));
        let integration = bench.connect(&integration("CRM"));
        let elsewhere = bench.connect(&bench::people::operator("Олег"));
        bench.ask(elsewhere, json!({"action": "subscribe", "filter": {"user_id": -8}})).unwrap();
        bench.clear();
        Self { bench, own, other, operator, integration, elsewhere }
    }

    /// Who of (own visitor, other visitor, operator, integration, operator filtered to another chat) heard an event.
    fn who_heard(&mut self, name: &str) -> [bool; 5] {
        let heard = [self.own, self.other, self.operator, self.integration, self.elsewhere].map(|conn| {
            let all = self.bench.take(conn);
            all.iter().any(|frame| frame["event"] == name && frame["data"]["user_id"] == json!(-7))
        });
        self.bench.clear();
        heard
    }
}

#[test]
fn each_event_reaches_whom_it_concerns_and_nobody_else() {
    const STAFF: [bool; 5] = [false, false, true, true, false];
    const AND_OWN: [bool; 5] = [true, false, true, true, false];
    let mut seen = BTreeSet::new();
    let mut expect = |room: &mut Room, name: &'static str, expected: [bool; 5]| {
        assert_eq!(room.who_heard(name), expected, "{name}");
        seen.insert(name);
    };

    for (name, expected) in [("new_chat", STAFF), ("new_message", AND_OWN), ("user_online", STAFF)] {
        let mut room = Room::new(false);
        room.bench.visitor_writes(room.own, "Привет!");
        expect(&mut room, name, expected);
    }
    let mut room = Room::new(true);
    room.bench.frame(room.own, r#"{"action":"typing"}"#);
    expect(&mut room, "user_typing", STAFF);
    room.bench.operator_writes(room.operator, -7, "Здравствуйте!");
    expect(&mut room, "operator_message", AND_OWN);
    room.bench.frame(room.own, r#"{"action":"message_delivered","last_delivered_message_id":3}"#);
    expect(&mut room, "message_delivered", AND_OWN);
    room.bench.frame(room.own, r#"{"action":"message_read","last_read_message_id":3}"#);
    expect(&mut room, "message_read", AND_OWN);
    room.bench.frame(room.integration, r#"{"action":"typing","user_id":-7}"#);
    // The one who writes is not told that they write.
    expect(&mut room, "operator_typing", [true, false, true, false, false]);
    room.bench.frame(room.operator, r#"{"action":"message_delivered","user_id":-7,"last_delivered_message_id":3}"#);
    expect(&mut room, "operator_delivered", AND_OWN);
    room.bench.frame(room.integration, r#"{"action":"message_read","user_id":-7,"last_read_message_id":3}"#);
    expect(&mut room, "operator_read", AND_OWN);
    let text = json!({"consent": {"version": "1", "text": "Согласен"}});
    let change = serde_json::from_value(text).unwrap();
    room.bench.administer(Command::ChangeOrganization { change }).unwrap();
    room.bench.frame(room.own, r#"{"action":"consent","version":"1","given":true}"#);
    expect(&mut room, "consent", AND_OWN);
    let asking = json!({"action": "send_message", "user_id": -7, "text": "", "content": {"rating": true}});
    let message_id = room.bench.ask(room.operator, asking).unwrap()["message"]["message_id"].as_i64().unwrap();
    let rating = Rating { message_id, score: 5, comment: None };
    room.bench.request(Request::Rate { claims: visitor(-7), origin: Some(SHOP.into()), rating }).unwrap();
    expect(&mut room, "rating", STAFF);
    room.bench.frame(room.operator, r#"{"action":"close_chat","user_id":-7}"#);
    expect(&mut room, "chat_updated", STAFF);
    room.bench.hang_up(room.own);
    room.bench.advance(PRESENCE_GRACE_MS);
    expect(&mut room, "user_offline", STAFF);
    room.bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
    expect(&mut room, "chat_deleted", STAFF);

    // Statuses are of chats at an upstream, which no visitor has.
    let mut market = Market::new();
    let overhearing = market.bench.connect(&visitor(-7));
    let elsewhere = market.bench.connect(&operator("Олег"));
    market.bench.ask(elsewhere, json!({"action": "subscribe", "filter": {"user_id": -7}})).unwrap();
    market.bench.clear();
    market.writes("Да");
    market.serve_all();
    assert_eq!(market.bench.only(market.operator, "message_status").len(), 1);
    assert!(market.bench.take(overhearing).is_empty() && market.bench.take(elsewhere).is_empty());
    seen.insert("message_status");

    let edit = update_message(CHAT, FIRST_ID + 1, "Есть на складе?", "2026-01-10T15:31:00Z");
    market.bench.push(&market.secret.clone(), &edit).unwrap();
    assert_eq!(market.bench.only(market.operator, "message_updated").len(), 1);
    assert!(market.bench.take(overhearing).is_empty() && market.bench.take(elsewhere).is_empty());
    seen.insert("message_updated");

    market.shows_an_order();
    assert_eq!(market.bench.only(market.operator, "order_updated").len(), 1);
    assert!(market.bench.take(overhearing).is_empty() && market.bench.take(elsewhere).is_empty());
    seen.insert("order_updated");

    // A bulk send is of no chat: all staff hears of it, whatever they listen to.
    let integration = market.bench.connect(&integration("CRM"));
    market.bench.clear();
    market.bench.begins_a_bulk_send();
    for staff in [market.operator, elsewhere, integration] {
        assert_eq!(market.bench.only(staff, "bulk_progress").len(), 1);
    }
    assert!(market.bench.take(overhearing).is_empty());
    seen.insert("bulk_progress");

    assert_eq!(seen, Event::NAMES.iter().copied().collect(), "every event is in this table");
}

#[test]
fn a_visitor_resumes_and_reads_their_own_chat_only() {
    let mut market = Market::new();
    let other = market.bench.connect(&visitor(-8));
    market.bench.visitor_writes(other, "мой телефон 8 900 000-00-00");
    market.writes("Да, есть");
    let epoch = market.bench.names(other).first().map(|_| epoch(&mut market.bench)).unwrap();
    let page = market.bench.resume(&visitor(-7), &Position { epoch, offset: 0 });
    assert_eq!(market.bench.names(page), ["welcome"]);
    let page_of = market.bench.ask(page, json!({"action": "history"})).unwrap();
    assert_eq!(page_of["messages"], json!([]));
}

fn epoch(bench: &mut Bench) -> String {
    let conn = bench.connect(&operator("Анна"));
    bench.take(conn)[0]["data"]["epoch"].as_str().unwrap().to_owned()
}

#[test]
fn a_visitor_is_never_told_who_else_is_there() {
    let mut bench = Bench::new();
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "Привет!");
    let page = bench.connect(&visitor(-7));
    assert_eq!(bench.names(page), ["welcome"]);
}

#[test]
fn whom_a_visitor_names_is_forbidden_unless_it_is_themselves() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let other = bench.connect(&visitor(-8));
    bench.visitor_writes(other, "Привет!");
    let asks = |user_id: i64| {
        [
            json!({"action": "send_message", "user_id": user_id, "text": "да"}),
            json!({"action": "typing", "user_id": user_id}),
            json!({"action": "message_read", "user_id": user_id, "last_read_message_id": 1}),
            json!({"action": "message_delivered", "user_id": user_id, "last_delivered_message_id": 1}),
            json!({"action": "history", "user_id": user_id}),
            json!({"action": "subscribe", "filter": {"user_id": user_id}}),
            json!({"action": "unsubscribe", "filter": {"user_id": user_id}}),
        ]
    };
    for ask in [-8, 8, 0].into_iter().flat_map(asks) {
        assert_eq!(bench.ask(page, ask.clone()), Err("forbidden".into()), "{ask}");
    }
    for ask in asks(-7) {
        assert!(bench.ask(page, ask.clone()).is_ok(), "{ask}");
    }
    assert_eq!(bench.ask(page, json!({"action": "chats"})), Err("forbidden".into()));
    assert_eq!(bench.texts(other, -8), ["Привет!"]);
}

#[test]
fn a_visitors_subscribe_to_all_widens_nothing() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    let other = bench.connect(&visitor(-8));
    for action in ["subscribe", "unsubscribe"] {
        bench.ask(page, json!({"action": action})).unwrap();
    }
    bench.clear();
    bench.visitor_writes(other, "Привет!");
    assert!(bench.take(page).is_empty());
}

#[test]
fn filters_add_up_and_removing_the_last_returns_to_all() {
    let mut bench = Bench::new();
    let visitors = [-7, -8, -9].map(|sub| bench.connect(&visitor(sub)));
    visitors.iter().for_each(|conn| assert!(bench.visitor_writes(*conn, "Привет!") > 0));
    let crm = bench.connect(&integration("CRM"));
    let heard = |bench: &mut Bench| {
        bench.clear();
        visitors.iter().for_each(|conn| assert!(bench.visitor_writes(*conn, "да") > 0));
        let frames = bench.take(crm);
        frames.iter().map(|frame| frame["data"]["user_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let steps: [(&str, Option<i64>, &[i64]); 9] = [
        ("subscribe", Some(-7), &[-7]),
        ("subscribe", Some(-9), &[-7, -9]),
        ("subscribe", Some(-9), &[-7, -9]),
        ("unsubscribe", Some(-8), &[-7, -9]),
        ("unsubscribe", Some(-7), &[-9]),
        ("unsubscribe", Some(-9), &[-7, -8, -9]),
        ("subscribe", Some(-8), &[-8]),
        ("subscribe", None, &[-7, -8, -9]),
        ("unsubscribe", None, &[-7, -8, -9]),
    ];
    for (action, user_id, expected) in steps {
        let filter = user_id.map_or_else(|| json!({}), |user_id| json!({"user_id": user_id}));
        bench.ask(crm, json!({"action": action, "filter": filter})).unwrap();
        assert_eq!(heard(&mut bench), expected, "{action} {user_id:?}");
        bench.hibernate();
        assert_eq!(heard(&mut bench), expected, "{action} {user_id:?} and a sleep");
    }
}

#[test]
fn a_filter_may_name_a_chat_that_is_still_to_come() {
    let mut bench = Bench::new();
    let crm = bench.connect(&integration("CRM"));
    bench.frame(crm, r#"{"action":"subscribe","filter":{"user_id":-7}}"#);
    let [seven, eight] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    bench.clear();
    bench.visitor_writes(eight, "Привет!");
    bench.visitor_writes(seven, "Привет!");
    assert_eq!(bench.names(crm), ["new_chat", "new_message", "user_online"]);
}

#[test]
fn a_filter_has_a_limit_and_says_so() {
    let mut bench = Bench::new();
    let crm = bench.connect(&integration("CRM"));
    let subscribe = |user_id: usize| json!({"action": "subscribe", "filter": {"user_id": user_id}});
    for user_id in 1..=FILTER_USERS_MAX {
        bench.ask(crm, subscribe(user_id)).unwrap();
    }
    assert_eq!(bench.ask(crm, subscribe(FILTER_USERS_MAX + 1)), Err("too_large".into()));
    assert!(bench.ask(crm, subscribe(1)).is_ok(), "one that is in it already is no more");
}

#[test]
fn a_resume_over_a_narrowed_socket_stays_narrow() {
    let mut bench = Bench::new();
    let [seven, eight] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    bench.visitor_writes(seven, "Привет!");
    bench.visitor_writes(eight, "Привет!");
    let epoch = epoch(&mut bench);
    let crm = bench.connect(&integration("CRM"));
    bench.ask(crm, json!({"action": "subscribe", "filter": {"user_id": -8}})).unwrap();
    bench.clear();
    bench.ask(crm, json!({"action": "resume", "epoch": epoch, "offset": 0})).unwrap();
    let heard: Vec<i64> = bench.take(crm).iter().map(|frame| frame["data"]["user_id"].as_i64().unwrap()).collect();
    assert_eq!(heard, [-8, -8]);
}

#[test]
fn an_ozon_buyer_is_no_visitor_and_cannot_be_written_to_as_one() {
    let mut market = Market::new();
    market.writes("Да");
    market.serve_all();
    market.bench.push(&market.secret.clone(), &message_read(CHAT, FIRST_ID + 2)).unwrap();
    // A visitor's token of a positive id cannot come from us; if it did, it opens the page's own socket only.
    let page = market.bench.connect_at(&visitor(-1), Some(SHOP), None);
    assert_eq!(market.bench.names(page), ["welcome"]);
    market.bench.frame(market.operator, &json!({"action": "typing", "user_id": market.buyer}).to_string());
    assert!(market.bench.take(page).is_empty());
}
