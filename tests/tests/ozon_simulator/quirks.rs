//! The vendor's oddities: whose chats fill the first page, who writes, ids in other clothes, files that lead elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::ozon::{Author, BuyerMessage, FileGiven, FileQuirk, Moderation, Quirks, Simulator};

use super::seller::{Seller, market};
use super::seller_hook::SellerHook;

const LIST: &str = "/v3/chat/list";
const HISTORY: &str = "/v3/chat/history";

#[tokio::test]
async fn notification_chats_fill_the_first_page_and_the_buyers_come_after() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let buyer = ozon.new_buyer_says("Ау").await.unwrap();
    ozon.notification_chats(120).await.unwrap();
    let has_buyer =
        |page: &Value| page["chats"].as_array().unwrap().iter().any(|entry| entry["chat"]["chat_id"] == buyer.chat_id);
    let first = seller.ok(LIST, json!({"limit": 100, "filter": {"chat_status": "OPENED"}})).await;
    assert!(!has_buyer(&first) && first["has_next"] == true);
    assert!(first["total_unread_count"].as_u64().unwrap() >= 121, "over all pages");
    let ids: Vec<_> =
        first["chats"].as_array().unwrap().iter().map(|e| e["last_message_id"].as_u64().unwrap()).collect();
    assert!(ids.is_sorted_by(|left, right| left > right), "by the last message, newest first");
    let kinds: BTreeSet<_> =
        first["chats"].as_array().unwrap().iter().map(|e| e["chat"]["chat_type"].as_str().unwrap()).collect();
    assert!(kinds.len() >= 4 && kinds.iter().all(|kind| kind.starts_with("SELLER_")), "{kinds:?}");
    let second = seller.ok(LIST, json!({"limit": 100, "cursor": first["cursor"]})).await;
    assert!(has_buyer(&second) && second["has_next"] == false);
}

#[tokio::test]
async fn others_than_the_buyer_write_in_a_buyers_chat() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Где заказ?").await.unwrap().chat_id;
    for author in [Author::ChatBot, Author::Courier, Author::Crm, Author::Support] {
        let text = "…".to_owned();
        let message =
            BuyerMessage { chat_id: Some(chat_id.clone()), text, author: Some(author), ..BuyerMessage::default() };
        ozon.buyer_message(&message).await.unwrap();
    }
    let history = Seller::of(&ozon).ok(HISTORY, json!({"chat_id": chat_id, "direction": "Backward"})).await;
    let types: Vec<_> = history["messages"].as_array().unwrap().iter().map(|m| m["user"]["type"].clone()).collect();
    assert_eq!(types, ["Support", "Crm", "Courier", "ChatBot", "Customer"]);
}

#[tokio::test]
async fn a_picture_can_be_under_moderation() {
    let ozon = market().await;
    let file = Some(FileGiven { name: "скол.jpg".into(), base64_content: "/9j/4A==".into() });
    let moderation = Some(Moderation::Moderation);
    let posted = ozon.buyer_message(&BuyerMessage { file, moderation, ..BuyerMessage::default() }).await.unwrap();
    let history = Seller::of(&ozon).ok(HISTORY, json!({"chat_id": posted.chat_id})).await;
    assert_eq!(history["messages"][0]["moderate_image_status"], "MODERATION");
}

#[tokio::test]
async fn ids_can_be_strings_and_one_of_them_no_id_at_all() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    let one = ozon.new_buyer_says("1").await.unwrap();
    let two = ozon.buyer_says(&one.chat_id, "2").await.unwrap();
    let seller = Seller::of(&ozon);
    let ids = async || {
        let history = seller.ok(HISTORY, json!({"chat_id": one.chat_id})).await;
        history["messages"].as_array().unwrap().iter().map(|m| m["message_id"].clone()).collect::<Vec<_>>()
    };
    let (first, second): (u64, u64) = (one.message_id.parse().unwrap(), two.message_id.parse().unwrap());
    assert_eq!(ids().await, [json!(second), json!(first)]);
    ozon.quirks(&Quirks { ids_are_strings: true, ..Quirks::default() }).await.unwrap();
    assert_eq!(ids().await, [json!(two.message_id), json!(one.message_id)]);
    let list = seller.ok(LIST, json!({"limit": 1})).await;
    assert_eq!(list["chats"][0]["last_message_id"], two.message_id);
    ozon.quirks(&Quirks { broken_id_every: 2, ..Quirks::default() }).await.unwrap();
    assert_eq!(ids().await, [json!(second), json!(format!("{first}0"))]);
    assert!(format!("{first}0").parse::<u64>().is_err(), "beyond 64 bits");
    assert_eq!(hook.until(2).await[1]["message_id"], two.message_id, "pushes have strings all the time");
}

#[tokio::test]
async fn a_method_that_is_gone_can_answer_410() {
    let ozon = market().await;
    ozon.quirks(&Quirks { gone_is_410: true, ..Quirks::default() }).await.unwrap();
    let said = Seller::of(&ozon).refused("/v2/chat/history", json!({}), 410, 9).await;
    assert_eq!(said["message"], "obsolete method cannot be used");
}

/// A file of a buyer's, as the path of its link.
async fn file(ozon: &Simulator) -> String {
    let file = Some(FileGiven { name: "чек.pdf".into(), base64_content: "JVBERi0xLjQ=".into() });
    let posted = ozon.buyer_message(&BuyerMessage { file, ..BuyerMessage::default() }).await.unwrap();
    let history = Seller::of(ozon).ok(HISTORY, json!({"chat_id": posted.chat_id})).await;
    let markdown = history["messages"][0]["data"][0].as_str().unwrap().to_owned();
    let (_, link) = markdown.strip_suffix(')').unwrap().rsplit_once('(').unwrap();
    link.strip_prefix(ozon.url()).unwrap().to_owned()
}

async fn files(ozon: &Simulator, files: FileQuirk) {
    ozon.quirks(&Quirks { files, ..Quirks::default() }).await.unwrap();
}

#[tokio::test]
async fn a_file_can_lead_to_another_house() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let path = file(&ozon).await;
    let get = || seller.request(reqwest::Method::GET, &path).send();
    for status in [301, 302, 307, 308] {
        let redirect =
            FileQuirk { redirect_to: Some(ozon.cdn_url()), redirect_status: Some(status), ..FileQuirk::default() };
        files(&ozon, redirect).await;
        assert_eq!(get().await.unwrap().status(), status);
    }
    let answer = get().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("http://localhost:"), "another host: {location}");
    let bare = reqwest::Client::builder().no_proxy().build().unwrap();
    let content = bare.get(location).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(content, "%PDF-1.4", "the other house wants no keys");

    let stranger = Seller { api_key: None, ..Seller::of(&ozon) };
    assert_eq!(stranger.request(reqwest::Method::GET, &path).send().await.unwrap().status(), 401, "the first one does");
    assert_eq!(seller.request(reqwest::Method::GET, "/v2/chat/file/no/such").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_file_can_be_of_another_type_and_size() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let path = file(&ozon).await;
    let get = || seller.request(reqwest::Method::GET, &path).send();
    assert_eq!(get().await.unwrap().headers()["content-type"], "application/pdf");

    for (told, seen) in [("text/html", Some("text/html")), ("", None)] {
        files(&ozon, FileQuirk { content_type: Some(told.into()), ..FileQuirk::default() }).await;
        let answer = get().await.unwrap();
        assert_eq!(answer.headers().get("content-type").map(|value| value.to_str().unwrap()), seen);
        assert_eq!(answer.text().await.unwrap(), "%PDF-1.4");
    }
    let bytes = 11 * 1_024 * 1_024 + 1;
    for is_chunked in [false, true] {
        files(&ozon, FileQuirk { bytes: Some(bytes), is_chunked, ..FileQuirk::default() }).await;
        let answer = get().await.unwrap();
        assert_eq!(answer.content_length(), (!is_chunked).then_some(bytes));
        assert_eq!(answer.bytes().await.unwrap().len() as u64, bytes);
    }
}
