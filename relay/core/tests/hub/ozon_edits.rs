//! Messages that are changed at Ozon: the newest text is shown, in whatever order the pushes come.

use crate::bench;

use bench::ozon::{CHAT, FIRST_ID, Market, message_read, new_message, update_message};
use bench::people::visitor;
use relay_core::hub::{Chore, Job};
use serde_json::{Value, json};
use shared::limits::UPSTREAM_TIMEOUT_MS;

/// The buyer's first message.
const FIRST: u64 = FIRST_ID + 1;

fn edit(market: &mut Market, id: u64, text: &str, at: &str) {
    let secret = market.secret.clone();
    let answer = market.bench.push(&secret, &update_message(CHAT, id, text, at)).unwrap();
    assert_eq!(answer, json!({"result": true}));
}

/// What the operator was told of changed texts.
fn told(market: &mut Market) -> Vec<Value> {
    let frames = market.bench.only(market.operator, "message_updated");
    frames.into_iter().map(|frame| frame["data"].clone()).collect()
}

fn newest(market: &mut Market) -> Value {
    let (operator, buyer) = (market.operator, market.buyer);
    let page = market.bench.ask(operator, json!({"action": "history", "user_id": buyer})).unwrap();
    page["messages"].as_array().unwrap().last().unwrap().clone()
}

/// The chats whose history was asked for, by a chore; Ozon answers each.
fn catches(market: &mut Market) -> Vec<String> {
    market.bench.advance(1);
    let mut asked = Vec::new();
    while !market.bench.chores.is_empty() {
        let call = market.bench.chores.remove(0);
        if let Job::Chore { errand } = &call.job
            && errand.chore == Chore::Catch
        {
            asked.push(errand.chat_id.clone());
        }
        market.serve(call);
    }
    asked
}

#[test]
fn a_changed_message_says_what_it_says_now_everywhere() {
    let mut market = Market::new();
    let page = market.bench.connect(&visitor(-7));
    market.bench.clear();
    edit(&mut market, FIRST, "Есть на складе?", "2026-01-10T15:30:20.500Z");
    let expected = json!({"message_id": 1, "user_id": market.buyer, "text": "Есть на складе?",
        "edited_at": "2026-01-10T15:30:20Z"});
    assert_eq!(told(&mut market), [expected]);
    assert!(market.bench.take(page).is_empty());
    market.bench.crash();
    market.operator = market.bench.connect(&bench::people::operator("Анна"));
    let message = newest(&mut market);
    assert_eq!(
        (&message["text"], &message["edited_at"], &message["timestamp"]),
        (&json!("Есть на складе?"), &json!("2026-01-10T15:30:20Z"), &json!("2026-01-10T15:30:00Z"))
    );
    let listed = market.bench.ask(market.operator, json!({"action": "chats"})).unwrap();
    let listed = &listed["chats"][0];
    assert_eq!((&listed["last_message"]["text"], &listed["unread"]), (&json!("Есть на складе?"), &json!(1)));
}

#[test]
fn the_newest_text_stays_whatever_comes_twice_or_late() {
    let mut market = Market::new();
    for (text, at, is_news) in [
        ("второй", "2026-01-10T15:31:02.001Z", true),
        ("второй", "2026-01-10T15:31:02.001Z", false),
        ("первый", "2026-01-10T15:31:02Z", false),
        // Changed back: that is news as well, or what comes late would win.
        ("второй", "2026-01-10T15:31:03Z", true),
        ("между", "2026-01-10T15:31:02.500Z", false),
        ("", "2026-01-10T15:31:09Z", false),
        ("третий", "2026-01-10T15:31:03.001Z", true),
    ] {
        edit(&mut market, FIRST, text, at);
        assert_eq!(told(&mut market).len(), usize::from(is_news), "{text} {at}");
        market.bench.hibernate();
    }
    // The message's own push, once more, brings the old text back neither.
    let secret = market.secret.clone();
    market.bench.push(&secret, &new_message(CHAT, FIRST, "Есть в наличии?")).unwrap();
    assert_eq!(newest(&mut market)["text"], "третий");
    assert!(catches(&mut market).is_empty(), "it was all here");
}

#[test]
fn a_change_of_what_is_not_here_yet_is_looked_up_and_nothing_is_lost() {
    let mut market = Market::new();
    // The push of the message is lost; its change comes, and Ozon shows the changed one.
    let id = market.ozon.buyer_writes(CHAT, "а доставка?");
    market.ozon.edit(CHAT, id, "А доставка сколько?");
    edit(&mut market, id, "А доставка сколько?", "2026-01-10T15:31:05Z");
    assert!(told(&mut market).is_empty());
    assert_eq!(catches(&mut market), [CHAT]);
    let secret = market.secret.clone();
    market.bench.push(&secret, &new_message(CHAT, id, "а доставка?")).unwrap();
    assert_eq!(newest(&mut market)["text"], "А доставка сколько?");
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [2]);

    // It comes after all, before the history does.
    let id = market.ozon.buyer_writes(CHAT, "алло");
    market.ozon.edit(CHAT, id, "Алло, вы тут?");
    edit(&mut market, id, "Алло, вы тут?", "2026-01-10T15:31:06Z");
    market.bench.push(&secret, &new_message(CHAT, id, "алло")).unwrap();
    assert_eq!(newest(&mut market)["text"], "алло");
    assert_eq!(catches(&mut market), [CHAT]);
    assert_eq!(told(&mut market).len(), 1);
    assert_eq!(newest(&mut market)["text"], "Алло, вы тут?");

    // A chat of which nothing is here.
    let other = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";
    let id = market.ozon.buyer_writes(other, "Здравствуйте!");
    market.bench.push(&secret, &update_message(other, id, "Здравствуйте!", "2026-01-10T15:31:07Z")).unwrap();
    assert_eq!(catches(&mut market), [other]);
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages WHERE text = 'Здравствуйте!'"), [1]);
}

#[test]
fn a_reading_that_shows_another_text_is_a_change_and_never_older_than_a_push() {
    let mut market = Market::new();
    market.ozon.edit(CHAT, FIRST, "Есть в  наличии?\n");
    let id = market.ozon.buyer_writes(CHAT, "ещё");
    edit(&mut market, id, "ещё", "2026-01-10T15:30:01Z");
    assert_eq!(catches(&mut market), [CHAT]);
    assert!(told(&mut market).is_empty(), "white space is no change");
    market.bench.advance(10 * UPSTREAM_TIMEOUT_MS);
    market.ozon.edit(CHAT, id, "ещё раз");
    let next = market.ozon.buyer_writes(CHAT, "и ещё");
    edit(&mut market, next, "и ещё", "2026-01-10T15:35:01Z");
    assert_eq!(catches(&mut market), [CHAT]);
    let asked_at = market.bench.now.plus_ms(-UPSTREAM_TIMEOUT_MS);
    assert_eq!(told(&mut market)[0]["text"], "ещё раз");
    assert_eq!(market.bench.integers("SELECT edited_at FROM messages WHERE message_id = 2"), [asked_at.0]);
    // What Ozon had before it was asked is older than what it showed; what it has had since then is not.
    edit(&mut market, id, "раньше", "2026-01-10T15:31:00Z");
    assert!(told(&mut market).is_empty());
    let now = market.bench.now.to_rfc3339();
    edit(&mut market, id, "позже", &now);
    assert_eq!(told(&mut market).len(), 1);
}

#[test]
fn a_link_of_a_file_that_was_written_anew_is_no_change() {
    let mut market = Market::new();
    let link = |path: &str| format!("![](https://api-seller.ozon.ru/v2/chat/file/{path}/1.jpg)");
    let id = market.ozon.buyer_writes(CHAT, &link("messenger-rotated-3"));
    let secret = market.secret.clone();
    market.bench.push(&secret, &new_message(CHAT, id, &link("messenger"))).unwrap();
    let next = market.ozon.buyer_writes(CHAT, "вот");
    edit(&mut market, next, "вот", "2026-01-10T15:31:01Z");
    assert_eq!(catches(&mut market), [CHAT]);
    assert!(told(&mut market).is_empty());
}

#[test]
fn our_own_message_changed_at_ozon_is_shown_as_it_is_there() {
    let mut market = Market::new();
    let message_id = market.writes("Есть");
    market.settle();
    let id: u64 = market.bench.upstream_id(message_id).unwrap().parse().unwrap();
    let mut push = update_message(CHAT, id, "Есть, 5 шт.", "2026-01-10T15:32:01Z");
    push["user"]["type"] = json!("Seller");
    let secret = market.secret.clone();
    market.bench.push(&secret, &push).unwrap();
    assert_eq!(told(&mut market)[0]["text"], "Есть, 5 шт.");
    market.bench.push(&secret, &message_read(CHAT, id)).unwrap();
    let message = newest(&mut market);
    assert_eq!((&message["text"], &message["status"]), (&json!("Есть, 5 шт."), &json!("read")));
    // Ozon's own chats are none of ours.
    push["chat_type"] = json!("Seller_Support");
    push["updated_at"] = json!("2026-01-10T15:33:01Z");
    market.bench.push(&secret, &push).unwrap();
    assert!(told(&mut market).is_empty());
}
