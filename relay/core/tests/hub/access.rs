//! Who gets in, and what a wrong frame is told: clear answers that lose nothing.

use crate::bench;

use std::collections::BTreeSet;

use bench::people::{integration, operator, visitor};
use bench::{Bench, KEY, SHOP};
use relay_core::hub::{Actor, Command, ConnId, Effect, Hub, Input, Request, Session, Visit};
use relay_core::storage::is_provisioned;
use serde_json::json;
use shared::action::{Action, SendMessage};
use shared::close;
use shared::limits::{FRAME_BYTES_MAX, ORGANIZATION_SOCKETS_MAX, VISITOR_SOCKETS_MAX};
use shared::problem::Code;

/// The code of the only frame that a refused connection got.
fn refused(bench: &mut Bench, conn: ConnId) -> (String, Option<u16>) {
    let frames = bench.take(conn);
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0]["event"], "error");
    (frames[0]["data"]["code"].as_str().unwrap().to_owned(), bench.closed(conn))
}

#[test]
fn a_visitors_page_must_be_on_the_list() {
    let mut bench = Bench::new();
    for origin in [None, Some("https://evil.ru"), Some("null"), Some("http://shop.ru"), Some("https://shop.ru.evil.ru")]
    {
        let page = bench.connect_at(&visitor(-7), origin, None);
        assert_eq!(refused(&mut bench, page), ("origin_not_allowed".into(), Some(close::FORBIDDEN)), "{origin:?}");
        bench.frame(page, r#"{"action":"send_message","text":"я здесь"}"#);
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [0]);
    for claims in [operator("Анна"), integration("CRM")] {
        let desk = bench.connect_at(&claims, None, None);
        assert_eq!(bench.names(desk), ["welcome"], "staff is known by its token alone");
    }
}

#[test]
fn a_token_of_another_organization_opens_nothing() {
    let mut bench = Bench::new();
    for mut claims in [visitor(-7), operator("Анна"), integration("CRM")] {
        claims.org = "chuzhaya".into();
        let conn = bench.connect(&claims);
        assert_eq!(refused(&mut bench, conn), ("forbidden".into(), Some(close::FORBIDDEN)));
        let action = Action::SendMessage(SendMessage {
            user_id: None,
            text: "да".into(),
            client_id: None,
            file_id: None,
            content: None,
        });
        let answer = bench.request(Request::Act { claims, action });
        assert_eq!(answer.unwrap_err().code, Code::Forbidden);
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [0]);
}

#[test]
fn an_unknown_organization_is_not_found_and_leaves_no_trace() {
    let mut bench = Bench::empty();
    let conn = bench.connect(&operator("Анна"));
    assert_eq!(refused(&mut bench, conn), ("not_found".into(), Some(close::NOT_FOUND)));
    let entropy = [1; 32];
    let action = Action::SendMessage(SendMessage {
        user_id: Some(-7),
        text: "да".into(),
        client_id: None,
        file_id: None,
        content: None,
    });
    let asks = [
        Request::WidgetSession {
            visit: Visit { key: KEY.into(), origin: Some(SHOP.into()), ..Visit::default() },
            entropy,
        },
        Request::Administer {
            actor: Actor::administrator(None),
            command: Command::Tokens { before: None, limit: None },
            entropy,
        },
        Request::Act { claims: operator("Анна"), action },
        Request::Hook { source: "ozon".into(), secret: String::new(), body: "{}".into() },
    ];
    for ask in asks {
        assert_eq!(bench.request(ask.clone()).unwrap_err().code, Code::NotFound, "{ask:?}");
    }
    bench.alarm();
    bench.hibernate();
    bench.feed(Input::Closed { conn: 99 });
    assert!(!is_provisioned(&bench.store).unwrap());
    assert_eq!(bench.integers("SELECT COUNT(*) FROM sqlite_master"), [0]);
}

#[test]
fn a_token_that_expires_on_an_open_connection_is_told_and_the_socket_closed() {
    for mut claims in [visitor(-7), operator("Анна")] {
        let mut bench = Bench::new();
        claims.exp = bench.now.seconds() + 60;
        let conn = bench.connect(&claims);
        bench.clear();
        bench.advance(59_999);
        assert!(bench.ask(conn, json!({"action": "typing", "user_id": claims.sub})).is_ok() || claims.role.is_staff());
        bench.clear();
        bench.advance(1);
        let answer = bench.ask(conn, json!({"action": "send_message", "user_id": claims.sub, "text": "да"}));
        assert_eq!(answer, Err("token_expired".into()));
        assert_eq!(bench.closed(conn), Some(close::UNAUTHORIZED));
        assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [0]);
    }
}

#[test]
fn a_socket_whose_token_has_expired_hears_nothing_more() {
    let mut bench = Bench::new();
    let mut claims = operator("Анна");
    claims.exp = bench.now.seconds() + 60;
    let listener = bench.connect(&claims);
    let page = bench.connect(&visitor(-7));
    bench.clear();
    bench.advance(60_000);
    bench.visitor_writes(page, "секрет");
    let frames = bench.take(listener);
    assert_eq!(frames.len(), 1, "{frames:?}");
    assert_eq!(frames[0]["data"]["code"], "token_expired");
    assert_eq!(bench.closed(listener), Some(close::UNAUTHORIZED));
}

#[test]
fn a_visitor_whose_token_has_expired_is_gone_unless_they_come_back() {
    let mut bench = Bench::new();
    let mut claims = visitor(-7);
    claims.exp = bench.now.seconds() + 60;
    let page = bench.connect(&claims);
    bench.visitor_writes(page, "Привет!");
    let desk = bench.connect(&operator("Анна"));
    bench.advance(60_000);
    bench.operator_writes(desk, -7, "Здравствуйте!");
    assert_eq!(bench.closed(page), Some(close::UNAUTHORIZED));
    bench.clear();
    let renewed = bench.connect(&visitor(-7));
    bench.advance(60_000);
    assert!(bench.names(desk).is_empty(), "renewing is no departure");
    assert_eq!(bench.texts(renewed, -7), ["Привет!", "Здравствуйте!"]);
}

#[test]
fn a_connection_that_is_not_known_is_told_and_closed_to_come_back() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.clear();
    bench.forget(page);
    bench.frame(page, r#"{"action":"send_message","text":"да","id":"7"}"#);
    let frames = bench.take(page);
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0]["data"]["id"], "7");
    let code = bench.closed(page).expect("a connection that is good for nothing is closed");
    assert_eq!(close::then(code), close::Then::Reconnect, "its token may be good");
}

#[test]
fn malformed_unknown_and_too_large_are_answered_and_the_connection_goes_on() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.clear();
    let large = json!({"action": "send_message", "text": "я".repeat(FRAME_BYTES_MAX)}).to_string();
    let deep = "[".repeat(20_000);
    for (text, code) in [
        ("", "malformed"),
        ("{", "malformed"),
        ("[]", "malformed"),
        (deep.as_str(), "malformed"),
        (r#"{"action":"send_message"}"#, "malformed"),
        (r#"{"action":"send_message","text":"да","user_id":"-7"}"#, "malformed"),
        (r#"{"action":"send_message","text":"да","user_id":-7.5}"#, "malformed"),
        (r#"{"action":"history","limit":99999999999999999999}"#, "malformed"),
        (r#"{"action":"dance"}"#, "unknown_action"),
        (r#"{"action":"ping","padding":1}"#, "unknown_action"),
        (large.as_str(), "too_large"),
    ] {
        bench.frame(page, text);
        let frames = bench.take(page);
        assert_eq!(frames.len(), 1, "{text:.40}");
        assert_eq!(frames[0]["data"]["code"], code, "{text:.40}");
    }
    assert_eq!(bench.visitor_writes(page, "я ещё здесь"), 1);
}

#[test]
fn an_action_without_an_id_is_answered_only_if_it_is_refused() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.clear();
    bench.frame(page, r#"{"action":"history"}"#);
    assert!(bench.take(page).is_empty());
    bench.frame(page, r#"{"action":"history","limit":0}"#);
    assert_eq!(bench.names(page), ["error"]);
}

#[test]
fn one_socket_too_many_of_a_visitor_closes_the_oldest_only() {
    let mut bench = Bench::new();
    let other = bench.connect(&visitor(-8));
    let mut tabs = Vec::new();
    for _ in 0..VISITOR_SOCKETS_MAX {
        bench.advance(1);
        tabs.push(bench.connect(&visitor(-7)));
    }
    assert!(tabs.iter().all(|conn| bench.closed(*conn).is_none()));
    bench.visitor_writes(tabs[1], "Привет!");
    let desk = bench.connect(&operator("Анна"));
    bench.clear();
    tabs.push(bench.connect(&visitor(-7)));
    assert_eq!(bench.closed(tabs[0]), Some(close::REPLACED));
    assert!(tabs[1..].iter().chain([&other, &desk]).all(|conn| bench.closed(*conn).is_none()));
    bench.advance(60_000);
    assert!(bench.names(desk).is_empty(), "nobody left");
}

#[test]
fn a_full_organization_turns_away_and_says_to_come_back() {
    let bench = Bench::new();
    let mut sessions = (0..).map(|conn| {
        let session = Session {
            conn,
            claims: operator("Анна"),
            filter: BTreeSet::new(),
            since: 0,
            budget: None,
            sent: 0,
            address: None,
        };
        serde_json::to_string(&session).unwrap()
    });
    for (open, name) in [(ORGANIZATION_SOCKETS_MAX - 1, "welcome"), (ORGANIZATION_SOCKETS_MAX, "error")] {
        let attachments: Vec<String> = sessions.by_ref().take(open).collect();
        let mut hub = Hub::restore(bench::config(), &bench.store, attachments).unwrap();
        let connect = Input::Connect {
            conn: u64::MAX,
            claims: visitor(-7),
            origin: Some(SHOP.into()),
            position: None,
            budget: None,
            address: None,
        };
        let turn = hub.handle(bench.now, &bench.store, connect);
        let Some(Effect::Send { to, text }) = turn.effects.first() else { panic!("{:?}", turn.effects) };
        assert!(*to == [u64::MAX] && text.contains(&format!("\"event\":\"{name}\"")), "{text}");
        let closed = turn.effects.iter().find_map(|effect| match effect {
            Effect::Close { conn: u64::MAX, code, .. } => Some(*code),
            _ => None,
        });
        assert_eq!(closed.map(close::then), (name == "error").then_some(close::Then::Reconnect));
    }
}

#[test]
fn over_http_an_action_is_answered_as_over_a_socket() {
    let mut bench = Bench::new();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "Привет!");
    bench.clear();
    let mut act = |json: serde_json::Value| {
        let action = shared::action::decode(&json.to_string()).action.unwrap();
        bench.request(Request::Act { claims: integration("CRM"), action })
    };
    let sent = act(json!({"action": "send_message", "user_id": -7, "text": "Да?", "client_id": "c"})).unwrap();
    assert_eq!(act(json!({"action": "send_message", "user_id": -7, "text": "Да?", "client_id": "c"})).unwrap(), sent);
    assert_eq!(act(json!({"action": "history", "user_id": -7})).unwrap()["messages"][1], sent["message"]);
    assert_eq!(act(json!({"action": "chats"})).unwrap()["chats"][0]["last_message"], sent["message"]);
    for action in ["subscribe", "unsubscribe", "resume"] {
        let refused = act(json!({"action": action, "epoch": "e", "offset": 0})).unwrap_err();
        assert_eq!(refused.code, Code::Invalid, "{action} is for a socket");
    }
    assert_eq!(bench.names(page), ["operator_message"]);
}
