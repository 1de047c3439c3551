//! What messages of the organization carry beside their text: kept once, told to its chat, weighed, exported, deleted.

use crate::bench;

use bench::Bench;
use bench::ozon::{CHAT, FIRST_ID, new_message};
use bench::people::{operator, visitor};
use relay_core::hub::Command;
use serde_json::{Value, json};
use shared::limits::{
    CONTENT_BYTES_MAX, LINE_BYTES_MAX, LINE_BYTES_SOFT, LINE_HEAD_BYTES_MAX, MESSAGE_BYTES_MAX, PAGE_BYTES,
};

const USER: i64 = -7;

fn carrying(text: &str, content: &Value) -> Value {
    json!({"action": "send_message", "user_id": USER, "text": text, "content": content})
}

/// A content of exactly so many bytes.
fn weighing(bytes: usize) -> Value {
    let cards = vec![json!({"title": "т", "text": "a"}); 8];
    let mut content = json!({"cards": cards, "replies": ["а"]});
    for card in 0..8 {
        let left = bytes - content.to_string().len();
        content["cards"][card]["text"] = json!("a".repeat(1 + left.min(499)));
    }
    assert_eq!(content.to_string().len(), bytes);
    content
}

#[test]
fn a_content_is_told_and_kept_with_its_message() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Есть самокат?");
    let content = json!({
        "cards": [{"title": "Самокат", "price": "5 990 ₽", "buttons": [{"text": "Купить", "url": "https://shop.ru/buy"}]}],
        "replies": ["Да", "Нет"], "rating": true,
    });
    let mut kept = content.clone();
    kept["rating"] = json!({"score": null, "comment": null});
    let mut action = carrying("Берёте?", &content);
    action["client_id"] = json!("c-1");
    bench.clear();
    let sent = bench.ask(desk, action.clone()).unwrap();
    assert_eq!(sent["message"]["content"], kept);
    for conn in [widget, desk] {
        assert_eq!(bench.only(conn, "operator_message")[0]["data"]["content"], kept);
    }
    // Said again, it is the same message, as it was kept.
    bench.hibernate();
    assert_eq!(bench.ask(desk, action).unwrap(), sent);
    let page = bench.history(desk, USER);
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["messages"][1]), (2, &sent["message"]));
    assert!(page["messages"][0].get("content").is_none(), "what has none names none");
    assert_eq!(bench.ask(desk, json!({"action": "chats"})).unwrap()["chats"][0]["last_message"]["content"], kept);

    let export = bench.administer(Command::ExportUser { user_id: USER, after: None, limit: None }).unwrap();
    assert_eq!((&export["messages"][0]["content"], &export["messages"][1]["content"]), (&Value::Null, &kept));
    bench.administer(Command::DeleteUser { user_id: USER }).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages"), [0]);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM events WHERE body LIKE '%Самокат%'"), [0]);
}

#[test]
fn a_text_may_be_left_out_beside_what_speaks_for_itself() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    for content in [json!({"cards": [{"title": "Самокат"}]}), json!({"rating": true})] {
        assert!(bench.ask(desk, carrying("", &content)).is_ok(), "{content}");
        assert_eq!(bench.ask(desk, carrying(" ", &content)), Err("empty_text".into()));
    }
    assert_eq!(bench.ask(desk, carrying("", &json!({"replies": ["Да"]}))), Err("empty_text".into()));
    assert!(bench.ask(desk, carrying("Берёте?", &json!({"replies": ["Да"]}))).is_ok());
    assert!(bench.ask(desk, carrying("Обычный", &Value::Null)).is_ok());
}

#[test]
fn content_is_the_organizations_and_for_the_storefront() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    let content = json!({"replies": ["Да"]});
    let by_visitor = json!({"action": "send_message", "text": "Я", "content": content});
    assert_eq!(bench.ask(widget, by_visitor), Err("forbidden".into()));
    let secret = bench.hook_secret();
    bench.push(&secret, &new_message(CHAT, FIRST_ID, "Здравствуйте")).unwrap();
    let buyer = bench.integers("SELECT user_id FROM chats WHERE source = 'ozon'")[0];
    let to_ozon = json!({"action": "send_message", "user_id": buyer, "text": "Да?", "content": content});
    assert_eq!(bench.ask(desk, to_ozon), Err("invalid".into()));
    for (wrong, code) in [
        (json!({"cards": [{"title": "т", "html": "<b>"}]}), "invalid"),
        (json!(["Да"]), "malformed"),
        (weighing(CONTENT_BYTES_MAX + 1), "too_large"),
    ] {
        assert_eq!(bench.ask(desk, carrying("Да?", &wrong)), Err(code.into()), "{wrong}");
    }
    assert!(bench.calls.is_empty());
    assert_eq!(bench.texts(desk, USER), ["Здравствуйте"]);
}

#[test]
fn a_page_of_history_counts_what_messages_carry() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator("Анна")));
    bench.visitor_writes(widget, "Здравствуйте");
    for bytes in [CONTENT_BYTES_MAX, 1_500, 1_500, 1_500, 300] {
        bench.ask(desk, carrying("Вот", &weighing(bytes))).unwrap();
    }
    let (mut before, mut seen) = (Value::Null, Vec::new());
    loop {
        let line = bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
        let head = bench.weight(line);
        let page = bench.ask(line, json!({"action": "history", "limit": 20, "before": before})).unwrap();
        let weight = bench.weight(line) - head;
        assert!(head <= LINE_HEAD_BYTES_MAX && head + weight <= LINE_BYTES_SOFT, "{head} and {weight}");
        let messages = page["messages"].as_array().unwrap();
        assert!(serde_json::to_string(messages).unwrap().len() <= PAGE_BYTES + 2);
        seen.push(messages.len());
        before = messages[0]["message_id"].clone();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen.iter().sum::<usize>(), 6);
    assert!(seen.len() > 1, "{seen:?}");
}

#[test]
fn the_heaviest_message_fits_a_fresh_line() {
    let mut bench = Bench::new();
    let (widget, desk) = (bench.connect(&visitor(USER)), bench.connect(&operator(&"Ы".repeat(100))));
    bench.visitor_writes(widget, "Здравствуйте");
    let text = "Ы".repeat((MESSAGE_BYTES_MAX - CONTENT_BYTES_MAX) / 2);
    let mut action = carrying(&text, &weighing(CONTENT_BYTES_MAX));
    action["client_id"] = json!("c".repeat(64));
    let line = bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
    bench.ask(desk, action.clone()).unwrap();
    assert_eq!(bench.only(line, "operator_message").len(), 1);
    assert!(bench.weight(line) <= LINE_BYTES_MAX, "{}", bench.weight(line));
    action["text"] = json!(format!("{text}Ы"));
    action["client_id"] = json!("other");
    assert_eq!(bench.ask(desk, action), Err("too_large".into()));
    let line = bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
    assert_eq!(bench.ask(line, json!({"action": "history"})).unwrap()["messages"].as_array().unwrap().len(), 1);
    assert!(bench.weight(line) <= LINE_BYTES_MAX, "{}", bench.weight(line));
}
