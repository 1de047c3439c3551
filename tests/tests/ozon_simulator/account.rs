//! Keys, subscription, rate, and calls that do not exist.

use std::time::Duration;

use serde_json::json;
use tests::ozon::{AccountChange, Subscription};

use super::seller::{Seller, market};

const LIST: &str = "/v3/chat/list";

#[tokio::test]
async fn keys_are_wanted_and_each_mistake_has_its_own_refusal() {
    let ozon = market().await;
    let page = json!({"limit": 1});

    let seller = Seller { api_key: None, ..Seller::of(&ozon) };
    let said = seller.refused(LIST, page.clone(), 401, 16).await;
    assert_eq!(said["message"], "Client-Id and Api-Key headers are required");

    let seller = Seller { client_id: Some("shop".into()), ..Seller::of(&ozon) };
    let said = seller.refused(LIST, page.clone(), 400, 3).await;
    assert_eq!(said["message"], "Client-Id header value should be positive integer");

    let seller = Seller { api_key: Some("another-key-of-20-chars".into()), ..Seller::of(&ozon) };
    let said = seller.refused(LIST, page.clone(), 404, 5).await;
    assert_eq!(said["message"], "Invalid Api-Key, please check the key and try again");

    let off = AccountChange { deactivated: Some(true), ..AccountChange::default() };
    ozon.account(&off).await.unwrap();
    Seller::of(&ozon).refused(LIST, page, 403, 7).await;
}

#[tokio::test]
async fn a_rotated_key_makes_the_old_one_wrong() {
    let ozon = market().await;
    let change = AccountChange { api_key: Some("demo-ozon-key-0000000002".into()), ..AccountChange::default() };
    ozon.account(&change).await.unwrap();
    Seller::of(&ozon).refused("/v1/roles", json!({}), 404, 5).await;
    Seller { api_key: change.api_key, ..Seller::of(&ozon) }.ok("/v1/roles", json!({})).await;
}

#[tokio::test]
async fn without_premium_plus_the_list_works_and_buyers_chats_do_not() {
    let ozon = market().await;
    let buyer = ozon.new_buyer_says("Добрый день").await.unwrap();
    let plain = AccountChange { subscription: Some(Subscription::Premium), ..AccountChange::default() };
    ozon.account(&plain).await.unwrap();

    let seller = Seller::of(&ozon);
    let list = seller.ok(LIST, json!({"limit": 100})).await;
    let read = seller.refused("/v3/chat/history", json!({"chat_id": buyer.chat_id}), 403, 7).await;
    assert_eq!(read["message"], "Information is only available with a Premium Plus subscription.");
    let sent = seller
        .refused("/v1/chat/send/message", json!({"chat_id": buyer.chat_id, "text": "Здравствуйте"}), 403, 7)
        .await;
    assert_ne!(sent["message"], read["message"], "the wording differs between methods");

    let chats = list["chats"].as_array().unwrap();
    let support = chats.iter().find(|entry| entry["chat"]["chat_type"] == "SELLER_SUPPORT").unwrap();
    seller.ok("/v3/chat/history", json!({"chat_id": support["chat"]["chat_id"]})).await;
    let info = seller.ok("/v1/seller/info", json!({})).await;
    assert_eq!(info["subscription"], json!({"is_premium": true, "type": "PREMIUM"}));
}

#[tokio::test]
async fn a_key_has_roles_addresses_and_an_offer_behind_it() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let same = AccountChange::default;
    let denied_methods = Some([LIST.to_owned()].into());
    ozon.account(&AccountChange { denied_methods, ..same() }).await.unwrap();
    let said = seller.refused(LIST, json!({"limit": 1}), 403, 7).await;
    assert_eq!(said["message"], "Api-Key is missing a required role for a method");
    let roles = seller.ok("/v1/roles", json!({})).await;
    assert!(!roles["roles"][0]["methods"].as_array().unwrap().contains(&json!(LIST)));
    ozon.account(&AccountChange { denied_methods: Some([].into()), ..same() }).await.unwrap();
    seller.ok(LIST, json!({"limit": 1})).await;

    for (address, status) in [("203.0.113.7", 403), ("127.0.0.1", 200)] {
        let only_addresses = Some([address.parse().unwrap()].into());
        ozon.account(&AccountChange { only_addresses, ..same() }).await.unwrap();
        let said = seller.post(LIST, json!({"limit": 1})).await;
        assert_eq!(said.status, status, "{address}: {}", said.text);
        let restricted = said.body["message"] == "Api-Key is restricted to specific IP addresses";
        assert_eq!(restricted, status == 403);
    }

    ozon.account(&AccountChange { offer_unsigned: Some(true), ..same() }).await.unwrap();
    let said = seller.refused(LIST, json!({"limit": 1}), 403, 7).await;
    assert_eq!(said["message"], "Offer not signed");
}

#[tokio::test]
async fn a_key_ends_after_half_a_year_and_a_subscription_when_it_is_not_paid() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let day = Duration::from_secs(24 * 3_600);
    let month = AccountChange { subscription_ends_in_ms: Some(30 * 24 * 3_600_000), ..AccountChange::default() };
    ozon.account(&month).await.unwrap();
    ozon.advance(29 * day).await.unwrap();
    assert_eq!(seller.ok("/v1/seller/info", json!({})).await["subscription"]["type"], "PREMIUM_PLUS");
    ozon.advance(day).await.unwrap();
    assert_eq!(seller.ok("/v1/seller/info", json!({})).await["subscription"]["type"], "UNKNOWN");
    seller.refused("/v1/chat/start", json!({"posting_number": "0136123457-0001-1"}), 403, 7).await;

    ozon.advance(152 * day).await.unwrap();
    seller.ok("/v1/roles", json!({})).await;
    ozon.advance(day).await.unwrap();
    seller.refused("/v1/roles", json!({}), 403, 7).await;
    let fresh = AccountChange { api_key: Some("demo-ozon-key-0000000002".into()), ..AccountChange::default() };
    ozon.account(&fresh).await.unwrap();
    Seller { api_key: fresh.api_key, ..Seller::of(&ozon) }.ok("/v1/roles", json!({})).await;
}

#[tokio::test]
async fn roles_name_the_methods_and_the_end_of_the_key() {
    let ozon = market().await;
    let roles = Seller::of(&ozon).ok("/v1/roles", json!({})).await;
    assert!(roles["expires_at"].as_str().unwrap().ends_with('Z'));
    let methods = roles["roles"][0]["methods"].as_array().unwrap();
    assert!(methods.contains(&json!("/v1/chat/send/message")));
    for method in methods {
        let said = Seller::of(&ozon).post(method.as_str().unwrap(), json!({})).await;
        assert!(said.status != 500 && said.body["message"] != "Not Found", "{method} does not exist: {}", said.text);
    }
}

#[tokio::test]
async fn the_fifty_first_call_within_a_second_is_refused() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let calls = (0..80).map(|_| seller.post("/v1/roles", json!({})));
    let said = futures_util::future::join_all(calls).await;
    let refused: Vec<_> = said.iter().filter(|said| said.status == 429).collect();
    // A slow machine may need more than the one second, and then more than 50 are right.
    assert!(!refused.is_empty(), "80 calls at once all passed");
    assert_eq!(refused[0].body["code"], 8);
    assert_eq!(refused[0].body["message"], "You have reached request rate limit per second");
    assert!(said.iter().filter(|said| said.status == 200).count() >= 50);
}

#[tokio::test]
async fn a_call_that_the_vendor_does_not_have_is_loud_and_counted() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let said = seller.post("/v3/chat/read", json!({})).await;
    assert_eq!(said.status, 500);
    assert_eq!((&said.body["method"], &said.body["path"]), (&json!("POST"), &json!("/v3/chat/read")));
    let said = seller.request(reqwest::Method::GET, "/v3/chat/list").send().await.unwrap();
    assert_eq!(said.status(), 500, "the right path by the wrong method is no call either");
    let state = ozon.state().await.unwrap();
    assert_eq!(state.unmatched, 2);
    assert_eq!(state.unmatched_calls, ["POST /v3/chat/read", "GET /v3/chat/list"]);
}
