//! The chat methods: shapes, paging, limits.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::ozon::{BuyerMessage, FileGiven};

use super::seller::{Seller, market};

const LIST: &str = "/v3/chat/list";
const HISTORY: &str = "/v3/chat/history";
const SEND: &str = "/v1/chat/send/message";

fn ids(history: &Value) -> Vec<u64> {
    history["messages"].as_array().unwrap().iter().map(|message| message["message_id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_list_has_ids_and_counts_and_nothing_of_the_buyer() {
    let ozon = market().await;
    let buyer = ozon.new_buyer_says("Подойдёт?").await.unwrap();
    let list = Seller::of(&ozon).ok(LIST, json!({"limit": 30})).await;

    let first = &list["chats"][0];
    assert_eq!(first["chat"]["chat_id"], buyer.chat_id, "the newest message comes first");
    assert_eq!(first["chat"]["chat_type"], "BUYER_SELLER");
    assert_eq!(first["chat"]["chat_status"], "OPENED");
    assert_eq!(first["unread_count"], 1);
    assert_eq!(first["last_message_id"].as_u64().unwrap().to_string(), buyer.message_id, "a number, not a string");
    assert_eq!(first["first_unread_message_id"], first["last_message_id"]);
    let members: Vec<_> = first.as_object().unwrap().keys().collect();
    assert_eq!(members, ["chat", "first_unread_message_id", "last_message_id", "unread_count"]);
    let members: Vec<_> = first["chat"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["chat_id", "chat_status", "chat_type", "created_at"]);
    assert_eq!((list["has_next"].as_bool(), list["cursor"].is_string()), (Some(false), true));
    let service_chats = list["chats"].as_array().unwrap().len() - 1;
    assert!(service_chats >= 3, "notification chats stand among the buyers'");
    assert_eq!(list["total_unread_count"], 1 + service_chats);
}

#[tokio::test]
async fn pages_of_the_list_hold_every_chat_once() {
    let ozon = market().await;
    for text in ["раз", "два", "три"] {
        ozon.new_buyer_says(text).await.unwrap();
    }
    let seller = Seller::of(&ozon);
    let whole = seller.ok(LIST, json!({"limit": 100})).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = seller.ok(LIST, json!({"limit": 2, "cursor": cursor})).await;
        seen.extend(page["chats"].as_array().unwrap().iter().cloned());
        cursor = page["cursor"].as_str().unwrap().into();
        if page["has_next"] == false {
            break;
        }
    }
    assert_eq!(&seen, whole["chats"].as_array().unwrap());
}

#[tokio::test]
async fn the_status_filter_has_no_effect_and_the_unread_one_has() {
    let ozon = market().await;
    let buyer = ozon.new_buyer_says("Ау").await.unwrap();
    let seller = Seller::of(&ozon);
    let all = seller.ok(LIST, json!({"limit": 100})).await;
    let closed = seller.ok(LIST, json!({"limit": 100, "filter": {"chat_status": "CLOSED"}})).await;
    assert_eq!(all["chats"], closed["chats"]);

    let read = json!({"chat_id": buyer.chat_id, "from_message_id": buyer.message_id.parse::<u64>().unwrap()});
    assert_eq!(seller.ok("/v2/chat/read", read).await, json!({"unread_count": 0}));
    let unread = seller.ok(LIST, json!({"limit": 100, "filter": {"unread_only": true}})).await;
    assert_eq!(unread["chats"].as_array().unwrap().len(), all["chats"].as_array().unwrap().len() - 1);
}

#[tokio::test]
async fn limits_are_the_vendors() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    for limit in [json!(0), json!(101), json!(null), json!(1.5), json!("много")] {
        seller.refused(LIST, json!({"limit": limit}), 400, 3).await;
    }
    seller.ok(LIST, json!({"limit": "100"})).await;
    seller.refused(HISTORY, json!({"chat_id": chat_id, "limit": 1_001}), 400, 3).await;
    seller.ok(HISTORY, json!({"chat_id": chat_id, "limit": 1_000})).await;

    seller.refused(SEND, json!({"chat_id": chat_id, "text": ""}), 400, 3).await;
    seller.refused(SEND, json!({"chat_id": chat_id, "text": "я".repeat(1_001)}), 400, 3).await;
    let sent = seller.ok(SEND, json!({"chat_id": chat_id, "text": "я".repeat(1_000)})).await;
    assert_eq!(sent, json!({"result": "success"}), "no id of the message that was made");
    seller.refused(SEND, json!({"chat_id": "нет такого", "text": "Здравствуйте"}), 404, 5).await;
    seller.refused(SEND, json!(["не", "то"]), 400, 3).await;
}

#[tokio::test]
async fn a_repeated_send_is_a_second_message_whatever_its_headers_say() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    for _ in 0..2 {
        let send = seller.request(reqwest::Method::POST, SEND).header("Idempotency-Key", "the same");
        assert_eq!(send.json(&json!({"chat_id": chat_id, "text": "Да"})).send().await.unwrap().status(), 200);
    }
    assert_eq!(ozon.state().await.unwrap().seller_texts(&chat_id), ["Да", "Да"]);
}

#[tokio::test]
async fn history_has_the_vendors_members_and_numbers_for_ids() {
    let ozon = market().await;
    let buyer = ozon.new_buyer_says("Подойдёт [модель](https://www.ozon.ru/product/1)?").await.unwrap();
    let seller = Seller::of(&ozon);
    seller.ok(SEND, json!({"chat_id": buyer.chat_id, "text": "Да"})).await;
    let history = seller.ok(HISTORY, json!({"chat_id": buyer.chat_id})).await;

    let [answer, question] = history["messages"].as_array().unwrap().as_slice() else { panic!("{history}") };
    assert_eq!(question["message_id"].as_u64().unwrap().to_string(), buyer.message_id);
    assert_eq!(question["user"]["type"], "Customer");
    assert!(question["user"]["id"].is_string());
    assert_eq!(question["data"], json!(["Подойдёт [модель](https://www.ozon.ru/product/1)?"]));
    assert_eq!((&question["is_read"], &question["is_image"]), (&json!(false), &json!(false)));
    assert!(question["context"]["order_number"].is_string() && question["context"]["sku"].is_string());
    assert_eq!(answer["user"]["type"], "Seller");
    assert_eq!(answer["is_read"], false, "the buyer has not looked yet");

    ozon.buyer_reads(&buyer.chat_id).await.unwrap();
    let history = seller.ok(HISTORY, json!({"chat_id": buyer.chat_id})).await;
    assert_eq!(history["messages"][0]["is_read"], true);
}

#[tokio::test]
async fn the_boundary_message_of_a_page_comes_again() {
    let ozon = market().await;
    let first = ozon.new_buyer_says("0").await.unwrap();
    for number in 1..10 {
        ozon.buyer_says(&first.chat_id, &number.to_string()).await.unwrap();
    }
    let seller = Seller::of(&ozon);
    let whole = ids(&seller.ok(HISTORY, json!({"chat_id": first.chat_id})).await);
    assert!(whole.is_sorted_by(|left, right| left > right), "backward means newest first");

    let (mut pages, mut from) = (Vec::new(), Value::Null);
    loop {
        let page = seller.ok(HISTORY, json!({"chat_id": first.chat_id, "limit": 4, "from_message_id": from})).await;
        pages.push(ids(&page));
        from = json!(pages.last().and_then(|page| page.last()));
        if page["has_next"] == false {
            break;
        }
    }
    assert_eq!(pages[0].last(), pages[1].first());
    let unique: BTreeSet<u64> = pages.into_iter().flatten().collect();
    assert_eq!(unique.into_iter().rev().collect::<Vec<_>>(), whole);

    let forward = json!({"chat_id": first.chat_id, "direction": "Forward", "from_message_id": whole[2], "limit": 2});
    assert_eq!(ids(&seller.ok(HISTORY, forward).await), [whole[2], whole[1]]);
}

#[tokio::test]
async fn a_direction_in_lower_case_is_refused_and_forward_wants_a_beginning() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    seller.refused(HISTORY, json!({"chat_id": chat_id, "direction": "backward"}), 400, 3).await;
    seller.refused(HISTORY, json!({"chat_id": chat_id, "direction": "Forward"}), 400, 3).await;
    seller.refused(HISTORY, json!({"chat_id": chat_id, "from_message_id": 3.0e18}), 400, 3).await;
}

#[tokio::test]
async fn message_ids_filter_by_strings() {
    let ozon = market().await;
    let one = ozon.new_buyer_says("один").await.unwrap();
    let two = ozon.buyer_says(&one.chat_id, "два").await.unwrap();
    let seller = Seller::of(&ozon);
    let filter = |id: Value| json!({"chat_id": one.chat_id, "filter": {"message_ids": [id]}});
    let found = seller.ok(HISTORY, filter(json!(two.message_id))).await;
    assert_eq!(found["messages"].as_array().unwrap().len(), 1);
    assert_eq!(found["messages"][0]["data"], json!(["два"]));
    seller.refused(HISTORY, filter(json!(3_000_000_000_000_000_000_u64)), 400, 3).await;
}

#[tokio::test]
async fn ids_held_as_doubles_collide() {
    let ozon = market().await;
    let one = ozon.new_buyer_says("один").await.unwrap();
    let two = ozon.buyer_says(&one.chat_id, "два").await.unwrap();
    let (one, two): (u64, u64) = (one.message_id.parse().unwrap(), two.message_id.parse().unwrap());
    assert!((3_000_000_000_000_000_000..4_000_000_000_000_000_000).contains(&one));
    assert!(two > one && two - one < 512, "so near that many a pair is one and the same double");
}

#[tokio::test]
async fn every_third_customer_is_spelled_with_a_cyrillic_letter() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("1").await.unwrap().chat_id;
    for text in ["2", "3", "4"] {
        ozon.buyer_says(&chat_id, text).await.unwrap();
    }
    let history = Seller::of(&ozon).ok(HISTORY, json!({"chat_id": chat_id})).await;
    let types: Vec<_> = history["messages"].as_array().unwrap().iter().map(|m| m["user"]["type"].clone()).collect();
    assert_eq!(types, ["Customer", "\u{421}ustomer", "Customer", "Customer"]);
}

#[tokio::test]
async fn a_started_chat_is_one_per_posting() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let posting = json!({"posting_number": "0136123457-0001-1"});
    let started = seller.ok("/v1/chat/start", posting.clone()).await;
    let chat_id = started["result"]["chat_id"].as_str().unwrap();
    assert_eq!(chat_id.len(), 36, "a UUID: {chat_id}");
    assert_eq!(seller.ok("/v1/chat/start", posting).await, started);
    seller.refused("/v1/chat/start", json!({}), 400, 3).await;
    seller.refused("/v1/chat/start", json!({"posting_number": "FBS-12345"}), 404, 5).await;

    let list = seller.ok(LIST, json!({"limit": 1})).await;
    assert_eq!(list["chats"][0]["chat"]["chat_id"], chat_id);
    assert_eq!(list["chats"][0]["last_message_id"], 0, "nobody has written yet");
    seller.ok(SEND, json!({"chat_id": chat_id, "text": "Здравствуйте! Посылка уже в пути."})).await;
}

#[tokio::test]
async fn a_chat_that_is_closed_or_too_old_is_not_answered() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let old = BuyerMessage { text: "Давно".into(), minutes_ago: 49 * 60, ..BuyerMessage::default() };
    let old = ozon.buyer_message(&old).await.unwrap();
    seller.refused(SEND, json!({"chat_id": old.chat_id, "text": "Уже поздно?"}), 400, 9).await;

    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    ozon.close_chat(&chat_id).await.unwrap();
    seller.refused(SEND, json!({"chat_id": chat_id, "text": "Вы здесь?"}), 400, 9).await;
    ozon.buyer_says(&chat_id, "Здесь").await.unwrap();
    seller.ok(SEND, json!({"chat_id": chat_id, "text": "Отлично"})).await;
}

#[tokio::test]
async fn a_file_goes_in_as_base64_and_comes_out_for_the_keys() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Инструкция есть?").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    let send = "/v1/chat/send/file";
    let good = json!({"chat_id": chat_id, "base64_content": "0J/RgNC40LLQtdGC", "name": "инструкция.txt"});
    for (member, value) in
        [("chat_id", ""), ("base64_content", ""), ("name", ""), ("name", "без расширения"), ("base64_content", "%%%")]
    {
        let mut bad = good.clone();
        bad[member] = json!(value);
        seller.refused(send, bad, 400, 3).await;
    }
    assert_eq!(seller.ok(send, good).await, json!({"result": "success"}));

    let history = seller.ok(HISTORY, json!({"chat_id": chat_id})).await;
    let markdown = history["messages"][0]["data"][0].as_str().unwrap();
    let link = markdown.strip_prefix("[инструкция.txt (1KB)](").and_then(|rest| rest.strip_suffix(')')).unwrap();
    let path = link.strip_prefix(ozon.url()).unwrap();
    assert!(path.starts_with("/v2/chat/file/messenger/"), "{path}");

    let file = seller.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!((file.status().as_u16(), file.text().await.unwrap().as_str()), (200, "Привет"));
    let stranger = Seller { api_key: None, ..Seller::of(&ozon) };
    assert_eq!(stranger.request(reqwest::Method::GET, path).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_buyers_picture_is_a_markdown_image() {
    let ozon = market().await;
    let file = FileGiven { name: "скол.jpg".into(), base64_content: "/9j/4A==".into() };
    let message = BuyerMessage { text: "Вот".into(), file: Some(file), ..BuyerMessage::default() };
    let chat_id = ozon.buyer_message(&message).await.unwrap().chat_id;
    let history = Seller::of(&ozon).ok(HISTORY, json!({"chat_id": chat_id})).await;
    let picture = &history["messages"][0];
    assert_eq!((&picture["is_image"], &picture["data"][0]), (&json!(true), &json!("Вот")));
    assert!(picture["data"][1].as_str().unwrap().starts_with("![]("));
}
