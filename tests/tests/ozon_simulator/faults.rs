//! Trouble on request, before or after the call took effect.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;
use tests::ozon::{Fault, VendorError};

use super::seller::{Seller, market};

const SEND: &str = "/v1/chat/send/message";

#[tokio::test]
async fn a_status_comes_with_the_vendors_body_as_often_as_asked() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    for (status, code) in [(401, 16), (403, 7), (429, 8), (500, 13)] {
        ozon.fault(&Fault::status("/v1/roles", status)).await.unwrap();
        seller.refused("/v1/roles", json!({}), status, code).await;
    }
    ozon.fault(&Fault::status("/v1/roles", 500).times(2)).await.unwrap();
    seller.ok("/v1/seller/info", json!({})).await;
    seller.refused("/v1/roles", json!({}), 500, 13).await;
    seller.refused("/v1/roles", json!({}), 500, 13).await;
    seller.ok("/v1/roles", json!({})).await;

    ozon.fault(&Fault::status("*", 500).times(9)).await.unwrap();
    ozon.clear_faults().await.unwrap();
    seller.ok("/v1/roles", json!({})).await;
}

#[tokio::test]
async fn every_refusal_of_the_vendors_comes_by_its_name() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let mut said = BTreeSet::new();
    for error in VendorError::ALL {
        ozon.fault(&Fault::refusal("/v1/roles", error)).await.unwrap();
        let answer = seller.post("/v1/roles", json!({})).await;
        assert!(answer.status >= 400 && answer.body["code"].is_u64(), "{error:?}: {}", answer.text);
        said.insert((answer.status, answer.body["message"].as_str().unwrap().to_owned()));
    }
    assert_eq!(said.len(), VendorError::ALL.len(), "no two are the same");
    seller.ok("/v1/roles", json!({})).await;
    let as_json = serde_json::to_value(Fault::refusal("*", VendorError::CircleOpen)).unwrap();
    assert_eq!((&as_json["kind"], &as_json["error"]), (&json!("refusal"), &json!("circle_open")));
}

#[tokio::test]
async fn an_answer_can_be_slow_half_empty_or_of_another_type() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    let send = |text: &str| json!({"chat_id": chat_id, "text": text});

    ozon.fault(&Fault::slow_body(SEND, 300)).await.unwrap();
    let began = Instant::now();
    let answer = seller.request(reqwest::Method::POST, SEND).json(&send("медленно")).send().await.unwrap();
    let head = began.elapsed();
    assert_eq!(answer.text().await.unwrap(), r#"{"result":"success"}"#);
    assert!(began.elapsed() >= Duration::from_millis(300) && head < began.elapsed(), "the head came first");

    ozon.fault(&Fault::half_body(SEND)).await.unwrap();
    let answer = seller.request(reqwest::Method::POST, SEND).json(&send("половина")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.content_length()), (200, Some(20)));
    assert!(answer.text().await.is_err(), "cut before its end");

    ozon.fault(&Fault::empty_body(SEND).after()).await.unwrap();
    let said = seller.post(SEND, send("пусто")).await;
    assert_eq!((said.status, said.text.as_str()), (200, ""));
    ozon.fault(&Fault::empty_body(SEND)).await.unwrap();
    assert_eq!(seller.post(SEND, send("не принято")).await.status, 200);

    ozon.fault(&Fault::wrong_type(SEND, "text/html")).await.unwrap();
    let answer = seller.request(reqwest::Method::POST, SEND).json(&send("не тот тип")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.text().await.unwrap(), r#"{"result":"success"}"#);

    let state = ozon.state().await.unwrap();
    assert_eq!(state.seller_texts(&chat_id), ["медленно", "половина", "пусто", "не тот тип"]);
}

#[tokio::test]
async fn too_many_requests_can_say_for_how_long() {
    let ozon = market().await;
    ozon.fault(&Fault::busy("/v1/roles", 2)).await.unwrap();
    let answer = Seller::of(&ozon).request(reqwest::Method::POST, "/v1/roles").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"2".parse().unwrap()));
}

#[tokio::test]
async fn a_fault_before_loses_the_message_and_a_fault_after_only_the_answer() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    let texts = async || {
        let state = ozon.state().await.unwrap();
        state.seller_texts(&chat_id).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    ozon.fault(&Fault::status(SEND, 500)).await.unwrap();
    seller.refused(SEND, json!({"chat_id": chat_id, "text": "не принято"}), 500, 13).await;
    assert!(texts().await.is_empty());

    ozon.fault(&Fault::cut(SEND)).await.unwrap();
    assert!(seller.try_post(SEND, json!({"chat_id": chat_id, "text": "тоже нет"})).await.is_err());
    assert!(texts().await.is_empty());

    ozon.fault(&Fault::cut(SEND).after()).await.unwrap();
    assert!(seller.try_post(SEND, json!({"chat_id": chat_id, "text": "принято"})).await.is_err());
    ozon.fault(&Fault::garbage(SEND).after()).await.unwrap();
    let said = seller.post(SEND, json!({"chat_id": chat_id, "text": "и это"})).await;
    assert!(said.status == 200 && said.body.is_null(), "200 and not JSON: {}", said.text);
    assert_eq!(texts().await, ["принято", "и это"]);
}

#[tokio::test]
async fn silence_lasts_until_the_caller_gives_up() {
    let ozon = market().await;
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    ozon.fault(&Fault::no_answer(SEND).after()).await.unwrap();
    let call = seller.request(reqwest::Method::POST, SEND).json(&json!({"chat_id": chat_id, "text": "слышно?"}));
    let error = call.timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(ozon.state().await.unwrap().seller_texts(&chat_id), ["слышно?"]);
    let calls = ozon.requests(1).await.unwrap();
    assert_eq!((calls[0].status, calls[0].fault.as_deref()), (None, Some("no_answer")));
}

#[tokio::test]
async fn keys_that_follow_a_redirect_are_seen() {
    let (ozon, other) = (market().await, market().await);
    let target = format!("{}/_sim/cdn/file.jpg", other.url());
    let seller = Seller::of(&ozon);
    ozon.fault(&Fault::redirect("/v2/chat/file/*", &target).times(2)).await.unwrap();
    let get = || seller.request(reqwest::Method::GET, "/v2/chat/file/messenger/file.jpg").send();
    let answer = get().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (307, target.as_str()));
    assert!(other.state().await.unwrap().keys.is_empty(), "this client did not follow");

    // A careless client: its own headers go wherever it is sent.
    let careless = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = careless.get(format!("{}/v2/chat/file/messenger/file.jpg", seller.base));
    let answer = call.header("Client-Id", "836").header("Api-Key", "demo-ozon-key-0000000001").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let keys = other.state().await.unwrap().keys;
    let host = other.url().strip_prefix("http://").unwrap();
    assert_eq!(keys[host]["836:demo-ozon-key-0000000001"], 1);
}
