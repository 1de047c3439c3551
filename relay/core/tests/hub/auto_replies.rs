//! Automatic replies: one for a message or none, whatever repeats, sleeps or dies; and a person is still waited for.

use crate::bench;

use bench::ozon::{CHAT, Market, new_message};
use bench::people::{operator, visitor};
use bench::{Bench, START};
use relay_core::hub::Tool;
use serde_json::{Value, json};
use shared::limits::{AUTO_REPLIES_PER_DAY, AUTO_REPLY_COOLDOWN_S, FIRST_MESSAGES_MAX};
use shared::problem::{Code, Problem};

const COOLDOWN_MS: i64 = AUTO_REPLY_COOLDOWN_S * 1000;
const OTHER_CHAT: &str = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";
/// How the reply to "Где заказ?" begins.
const TRACKING: &str = "🤖 Для отслеживания";

/// A market whose chores are seen to.
fn open() -> Market {
    let mut market = Market::new();
    market.bench.nothing_missed = true;
    market
}

fn set(bench: &mut Bench, document: Value) -> Result<Value, Problem> {
    bench.tool(Tool::ChangeAutoReplies { document })
}

/// The rules of the beginning, turned on.
fn on(bench: &mut Bench) {
    set(bench, json!({"enabled": true})).unwrap();
    bench.clear();
}

/// One rule that speaks to everybody who says "да".
fn rule(hand_over: bool) -> Value {
    json!({"enabled": true, "rules": [
        {"id": "yes", "title": "Да", "keywords": ["да"], "text": "Точно?", "hand_over": hand_over},
    ]})
}

fn replies(bench: &Bench) -> i64 {
    bench.integers("SELECT COUNT(*) FROM messages WHERE writer = 'auto-reply'")[0]
}

#[test]
fn they_are_off_until_somebody_turns_them_on() {
    let mut bench = Bench::new();
    let document = bench.tool(Tool::AutoReplies).unwrap();
    assert_eq!((&document["enabled"], document["rules"].as_array().unwrap().len()), (&json!(false), 4));
    let mut market = Market::new();
    market.buyer_writes(CHAT, "Где мой заказ?");
    assert_eq!(replies(&market.bench), 0);
    on(&mut market.bench);
    market.bench.crash();
    assert_eq!(market.bench.tool(Tool::AutoReplies).unwrap()["enabled"], true);
    market.buyer_writes(CHAT, "Где мой заказ?");
    assert_eq!(replies(&market.bench), 1);
    let refused = set(&mut market.bench, json!({"enabled": "да"})).unwrap_err();
    assert_eq!((refused.code, refused.detail.as_str()), (Code::Invalid, "auto_replies.enabled is true or false"));
}

#[test]
fn a_buyer_is_replied_to_through_ozon_and_the_chat_still_waits_for_a_person() {
    let mut market = Market::new();
    on(&mut market.bench);
    market.buyer_writes(CHAT, "Где мой заказ?");
    let told = market.bench.take(market.operator);
    let names: Vec<&str> = told.iter().map(|frame| frame["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["new_message", "operator_message"]);
    let reply = &told[1]["data"];
    assert_eq!((&reply["operator_name"], &reply["status"]), (&json!("Автоответ"), &json!("queued")));
    assert!(reply["text"].as_str().unwrap().starts_with(TRACKING));
    assert_eq!(reply["client_id"], json!(format!("auto-{}", told[0]["data"]["message_id"])));
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT), [reply["text"].as_str().unwrap()]);
    assert_eq!(market.status(reply["message_id"].as_i64().unwrap()), "sent");
    let chats = market.bench.ask(market.operator, json!({"action": "chats"})).unwrap();
    assert_eq!(chats["chats"][0]["unread"], 2);
}

#[test]
fn a_first_message_of_a_new_chat_is_replied_to() {
    let mut market = Market::new();
    on(&mut market.bench);
    market.buyer_writes(OTHER_CHAT, "Когда доставка?");
    market.settle();
    assert_eq!(market.ozon.seller_texts(OTHER_CHAT).len(), 1);
    assert!(market.ozon.seller_texts(OTHER_CHAT)[0].contains("Сроки доставки"));
}

#[test]
fn a_visitor_of_the_storefront_is_replied_to_at_once() {
    let mut bench = Bench::new();
    set(&mut bench, rule(true)).unwrap();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "Да");
    assert_eq!(bench.names(page)[1..], ["new_message", "operator_message"]);
    let texts = bench.texts(page, -7);
    assert!(texts[1].starts_with("🤖 Точно?\n\n"), "{texts:?}");
    // The four of the beginning speak of Ozon.
    set(&mut bench, json!({"enabled": true})).unwrap();
    let page = bench.connect(&visitor(-8));
    bench.visitor_writes(page, "Где заказ?");
    assert_eq!(bench.texts(page, -8).len(), 1);
}

#[test]
fn a_repeated_push_and_a_dead_relay_make_no_second_reply() {
    let mut market = open();
    on(&mut market.bench);
    let id = market.ozon.buyer_writes(CHAT, "Где мой заказ?");
    let push = new_message(CHAT, id, "Где мой заказ?");
    for _ in 0..3 {
        market.bench.push(&market.secret.clone(), &push).unwrap();
        market.bench.crash();
    }
    market.bench.advance(2 * COOLDOWN_MS);
    market.bench.push(&market.secret.clone(), &push).unwrap();
    market.settle();
    assert_eq!((replies(&market.bench), market.ozon.seller_texts(CHAT).len()), (1, 1));
}

#[test]
fn a_reply_that_could_not_be_kept_leaves_no_message_either_and_both_come_with_the_repetition() {
    let mut market = Market::new();
    on(&mut market.bench);
    let id = market.ozon.buyer_writes(CHAT, "Где мой заказ?");
    let push = new_message(CHAT, id, "Где мой заказ?");
    market.bench.store.failing_commits.set(1);
    assert_eq!(market.bench.push(&market.secret.clone(), &push).unwrap_err().code, Code::StorageFailed);
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [1]);
    market.bench.push(&market.secret.clone(), &push).unwrap();
    market.settle();
    assert_eq!((replies(&market.bench), market.ozon.seller_texts(CHAT).len()), (1, 1));
}

#[test]
fn a_chat_is_left_alone_until_the_time_is_over_and_others_are_not() {
    let mut market = open();
    on(&mut market.bench);
    market.buyer_writes(CHAT, "Где мой заказ?");
    market.buyer_writes(CHAT, "Где?");
    market.buyer_writes(OTHER_CHAT, "Где?");
    assert_eq!(replies(&market.bench), 2);
    market.settle();
    market.bench.now = START.plus_ms(COOLDOWN_MS - 1);
    market.buyer_writes(CHAT, "Ну где?");
    assert_eq!(replies(&market.bench), 2);
    market.bench.now = START.plus_ms(COOLDOWN_MS);
    market.bench.hibernate();
    market.buyer_writes(CHAT, "Ну где?");
    assert_eq!(replies(&market.bench), 3);
}

#[test]
fn nobody_speaks_after_a_person_of_the_shop_has() {
    let mut market = open();
    on(&mut market.bench);
    market.writes("Сейчас посмотрю");
    market.settle();
    market.buyer_writes(CHAT, "Так где?");
    assert_eq!(replies(&market.bench), 0);
    market.bench.advance(COOLDOWN_MS);
    market.buyer_writes(CHAT, "Так где?");
    assert_eq!(replies(&market.bench), 1);
}

#[test]
fn two_machines_end_their_talk() {
    let mut bench = Bench::new();
    let mut document = rule(true);
    document["cooldown_s"] = json!(60);
    set(&mut bench, document).unwrap();
    let page = bench.connect(&visitor(-7));
    // One that repeats what it hears is not answered at all.
    bench.visitor_writes(page, "да");
    let heard = bench.texts(page, -7).pop().unwrap();
    bench.advance(60_000);
    bench.visitor_writes(page, &heard);
    bench.visitor_writes(page, "Точно?");
    assert_eq!(replies(&bench), 1);
    // One with words of its own is answered so many times a day.
    for _ in 0..20 {
        bench.advance(60_000);
        bench.visitor_writes(page, "да, да");
    }
    assert_eq!(replies(&bench), AUTO_REPLIES_PER_DAY);
    bench.advance(24 * 3_600_000);
    bench.visitor_writes(page, "да");
    assert_eq!(replies(&bench), AUTO_REPLIES_PER_DAY + 1);
}

#[test]
fn quiet_hours_are_kept() {
    let mut bench = Bench::new();
    let mut document = rule(true);
    // It is 18:30 in Moscow.
    document["quiet"] = json!({"from": "18:00", "to": "19:00", "utc_offset": "+03:00"});
    set(&mut bench, document).unwrap();
    let page = bench.connect(&visitor(-7));
    bench.visitor_writes(page, "да");
    assert_eq!(replies(&bench), 0);
    bench.advance(30 * 60_000);
    bench.visitor_writes(page, "да");
    assert_eq!(replies(&bench), 1);
}

#[test]
fn a_reply_that_is_enough_leaves_the_chat_read_unless_more_was_unread() {
    let mut bench = Bench::new();
    set(&mut bench, rule(false)).unwrap();
    let desk = bench.connect(&operator("Анна"));
    let [page, other] = [-7, -8].map(|sub| bench.connect(&visitor(sub)));
    bench.visitor_writes(other, "Вопрос");
    bench.clear();
    bench.visitor_writes(page, "да");
    assert_eq!(bench.names(page), ["new_message", "operator_message", "operator_read"]);
    bench.visitor_writes(other, "да");
    let unread = |bench: &mut Bench| {
        let chats = bench.ask(desk, json!({"action": "chats"})).unwrap();
        let of = |user_id: i64| {
            let chats = chats["chats"].as_array().unwrap();
            chats.iter().find(|chat| chat["user_id"] == user_id).unwrap()["unread"].as_i64().unwrap()
        };
        [of(-7), of(-8)]
    };
    assert_eq!(unread(&mut bench), [0, 2]);
    let waiting = "SELECT user_id FROM chats WHERE waiting_since IS NOT NULL";
    assert_eq!(bench.integers(waiting), [-8]);
    // What they write next is for a person.
    bench.visitor_writes(page, "да");
    assert_eq!(unread(&mut bench), [1, 2]);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM answers"), [0]);
}

#[test]
fn a_reply_counts_neither_as_an_answer_nor_as_a_talk() {
    let mut bench = Bench::new();
    bench.config.rate_factor = 1;
    bench.hibernate();
    let mut document = rule(true);
    document["per_day_max"] = json!(1);
    set(&mut bench, document).unwrap();
    let change = serde_json::from_value(json!({"widget": {"rating": true}})).unwrap();
    bench.administer(relay_core::hub::Command::ChangeOrganization { change }).unwrap();
    let (desk, page) = (bench.connect(&operator("Анна")), bench.connect(&visitor(-7)));
    let mut written = 0;
    while bench.ask(page, json!({"action": "send_message", "text": "да"})).is_ok() {
        written += 1;
        bench.advance(1_000);
        bench.clear();
        assert!(written <= FIRST_MESSAGES_MAX, "a reply of a machine opens the gates");
    }
    // The reply is one of the messages that are counted.
    assert_eq!(written, FIRST_MESSAGES_MAX - 1);
    assert_eq!(replies(&bench), 1);
    bench.ask(desk, json!({"action": "close_chat", "user_id": -7})).unwrap();
    assert_eq!(bench.integers("SELECT COUNT(*) FROM messages WHERE writer = 'closing'"), [0]);
}

#[test]
fn without_an_account_the_buyers_message_is_kept_all_the_same() {
    let mut market = Market::new();
    on(&mut market.bench);
    let id = market.ozon.buyer_writes(CHAT, "Где?");
    market.bench.push(&market.secret.clone(), &new_message(CHAT, id, "Где?")).unwrap();
    // The account goes before the reply is sent: it fails by itself.
    market.bench.execute("DELETE FROM accounts", vec![]);
    market.bench.advance(0);
    assert!(market.bench.calls.is_empty());
    let failed = market.bench.column("SELECT reason FROM messages WHERE writer = 'auto-reply'");
    assert_eq!(failed, ["upstream_not_connected"]);
}
