//! Chats that are finished and opened again, and the rating that a finished one asks for.

use crate::bench;

use bench::Bench;
use bench::ozon::{CHAT, FIRST_ID, new_message};
use bench::people::{operator, visitor};
use bench::screen::Screen;
use relay_core::hub::{Command, ConnId};
use serde_json::{Value, json};
use shared::message::ChatStatus;

const USER: i64 = -7;

fn close(bench: &mut Bench, conn: ConnId, user_id: i64) -> Result<Value, String> {
    bench.ask(conn, json!({"action": "close_chat", "user_id": user_id}))
}

fn set_rating(bench: &mut Bench, rating: bool) {
    let change = serde_json::from_value(json!({"widget": {"rating": rating}})).unwrap();
    bench.administer(Command::ChangeOrganization { change }).unwrap();
}

fn status(bench: &mut Bench, conn: ConnId) -> Value {
    bench.ask(conn, json!({"action": "chats"})).unwrap()["chats"][0]["status"].clone()
}

fn told(bench: &mut Bench, conn: ConnId) -> Vec<(String, Value)> {
    let frames = bench.take(conn).into_iter();
    frames.map(|frame| (frame["event"].as_str().unwrap().to_owned(), frame["data"]["status"].clone())).collect()
}

#[test]
fn a_chat_is_closed_once_and_opened_by_its_users_next_message() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    bench.operator_writes(desk, USER, "Слушаю");
    assert_eq!(status(&mut bench, desk), "open");
    bench.clear();
    for _ in 0..2 {
        assert_eq!(close(&mut bench, desk, USER), Ok(Value::Null));
    }
    assert_eq!(told(&mut bench, desk), [("chat_updated".into(), json!("closed"))]);
    assert!(bench.take(widget).is_empty(), "a visitor does not hear it");
    bench.hibernate();
    assert_eq!(status(&mut bench, desk), "closed");
    // What the organization writes after it does not open it.
    bench.operator_writes(desk, USER, "Кстати");
    assert_eq!(status(&mut bench, desk), "closed");
    bench.clear();
    bench.visitor_writes(widget, "И ещё");
    let names: Vec<String> = told(&mut bench, desk).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["chat_updated", "new_message"]);
    assert_eq!(status(&mut bench, desk), "open");
    bench.visitor_writes(widget, "И ещё");
    assert!(bench.only(desk, "chat_updated").is_empty());
    let export = bench.administer(Command::ExportUser { user_id: USER, after: None, limit: None }).unwrap();
    assert_eq!(export["chat"]["status"], "open");
}

#[test]
fn who_may_close_and_what() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    for (conn, action, code) in [
        (widget, json!({"action": "close_chat"}), "forbidden"),
        (widget, json!({"action": "close_chat", "user_id": USER}), "forbidden"),
        (desk, json!({"action": "close_chat"}), "invalid"),
        (desk, json!({"action": "close_chat", "user_id": -9}), "not_found"),
    ] {
        assert_eq!(bench.ask(conn, action.clone()), Err(code.into()), "{action}");
    }
    set_rating(&mut bench, true);
    let secret = bench.hook_secret();
    bench.push(&secret, &new_message(CHAT, FIRST_ID, "Здравствуйте")).unwrap();
    let buyer = bench.integers("SELECT user_id FROM chats WHERE source = 'ozon'")[0];
    bench.operator_writes(desk, buyer, "Слушаю");
    bench.calls.clear();
    close(&mut bench, desk, buyer).unwrap();
    assert!(bench.calls.is_empty() && bench.texts(desk, buyer) == ["Здравствуйте", "Слушаю"]);
    bench.clear();
    bench.push(&secret, &new_message(CHAT, FIRST_ID + 10, "И ещё")).unwrap();
    assert_eq!(bench.names(desk), ["chat_updated", "new_message"]);
    let audit = bench.column("SELECT action FROM audit ORDER BY entry_id DESC LIMIT 1");
    assert_eq!(audit, ["chat.closed"]);
}

#[test]
fn closing_a_talk_asks_to_rate_once_for_each_closing() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    let asked = |bench: &Bench| bench.integers("SELECT COUNT(*) FROM messages WHERE content IS NOT NULL")[0];
    bench.visitor_writes(widget, "Здравствуйте");
    bench.operator_writes(desk, USER, "Слушаю");
    close(&mut bench, desk, USER).unwrap();
    assert_eq!(asked(&bench), 0, "nobody has asked for ratings");
    set_rating(&mut bench, true);
    bench.visitor_writes(widget, "Алло");
    close(&mut bench, desk, USER).unwrap();
    assert_eq!(asked(&bench), 0, "nobody has answered since");
    bench.visitor_writes(widget, "Алло!");
    bench.operator_writes(desk, USER, "Да, слушаю");
    bench.clear();
    let other = bench.connect(&operator("Олег"));
    for conn in [desk, other, desk] {
        close(&mut bench, conn, USER).unwrap();
        bench.hibernate();
    }
    let told = bench.only(widget, "operator_message");
    assert_eq!((told.len(), asked(&bench)), (1, 1));
    let data = &told[0]["data"];
    assert_eq!((&data["operator_name"], &data["text"]), (&json!("Анна"), &json!("")), "the widget knows the words");
    let asks = json!({"rating": {"score": null, "comment": null}});
    assert_eq!(data["content"], asks);
    // Whoever comes later reads the same, and every client keeps it as a message.
    for conn in [widget, desk] {
        let page = bench.history(conn, USER);
        let last = page["messages"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["text"], &last["content"]), (&json!(""), &asks));
    }
    let chats = bench.ask(desk, json!({"action": "chats"})).unwrap();
    assert_eq!(chats["chats"][0]["last_message"]["content"], asks);
    for claims in [visitor(USER), operator("Анна")] {
        let screen = Screen::open(&mut bench, &claims);
        let newest = screen.client.state().chat(USER).unwrap().newest().unwrap();
        assert!(newest.text.is_empty() && newest.content.is_some());
    }
    // Another talk, another rating.
    bench.visitor_writes(widget, "Ещё вопрос");
    bench.operator_writes(desk, USER, "Да");
    close(&mut bench, desk, USER).unwrap();
    assert_eq!(asked(&bench), 2);
    // To ask is no answer, and who is told goodbye does not wait.
    bench.visitor_writes(widget, "Последний вопрос");
    let answers = bench.integers("SELECT COUNT(*) FROM answers");
    close(&mut bench, desk, USER).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), answers);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats WHERE waiting_since IS NOT NULL"), [0]);
}

#[test]
fn an_inbox_that_hears_of_it_shows_what_a_fresh_one_loads() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    let mut inbox = Screen::open(&mut bench, &operator("Олег"));
    let shown = |screen: &Screen| screen.client.state().chat(USER).unwrap().status;
    assert_eq!(shown(&inbox), ChatStatus::Open);
    close(&mut bench, desk, USER).unwrap();
    inbox.run(&mut bench);
    let fresh = Screen::open(&mut bench, &operator("Олег"));
    assert_eq!([shown(&inbox), shown(&fresh)], [ChatStatus::Closed; 2]);
    bench.visitor_writes(widget, "Ещё");
    inbox.run(&mut bench);
    assert_eq!(shown(&inbox), ChatStatus::Open);
}
