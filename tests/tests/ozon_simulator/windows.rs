//! When a seller may begin a chat and when they may answer, with a clock that moves.

use std::time::Duration;

use serde_json::{Value, json};
use tests::ozon::{BuyerMessage, PostingChange, PostingGiven, Scheme, Simulator};

use super::seller::{Seller, market};

const START: &str = "/v1/chat/start";
const SEND: &str = "/v1/chat/send/message";
const HOUR: Duration = Duration::from_secs(3_600);

async fn posting(ozon: &Simulator, scheme: Scheme) -> Value {
    let number = ozon.posting(&PostingGiven { scheme, ..PostingGiven::default() }).await.unwrap();
    json!({"posting_number": number})
}

async fn started(seller: &Seller, posting: &Value) -> String {
    let answer = seller.ok(START, posting.clone()).await;
    answer["result"]["chat_id"].as_str().unwrap().into()
}

#[tokio::test]
async fn a_seller_begins_within_three_days_of_payment_and_again_of_delivery() {
    for scheme in [Scheme::Fbs, Scheme::Rfbs] {
        let ozon = market().await;
        let seller = Seller::of(&ozon);
        let about = posting(&ozon, scheme).await;
        let number = about["posting_number"].as_str().unwrap().to_owned();
        ozon.advance(71 * HOUR).await.unwrap();
        let chat_id = started(&seller, &about).await;
        let hello = json!({"chat_id": chat_id, "text": "Здравствуйте! Посылка в пути."});
        seller.ok(SEND, hello.clone()).await;

        ozon.advance(2 * HOUR).await.unwrap();
        seller.refused(START, about.clone(), 400, 9).await;
        seller.refused(SEND, hello.clone(), 400, 9).await;

        let delivered =
            PostingChange { posting_number: number, status: Some("delivered".into()), ..PostingChange::default() };
        ozon.posting_change(&delivered).await.unwrap();
        assert_eq!(started(&seller, &about).await, chat_id, "one chat for one posting");
        seller.ok(SEND, hello.clone()).await;
        ozon.advance(73 * HOUR).await.unwrap();
        seller.refused(START, about, 400, 9).await;
        seller.refused(SEND, hello, 400, 9).await;
    }
}

#[tokio::test]
async fn of_an_fbo_posting_only_the_buyer_begins() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let about = posting(&ozon, Scheme::Fbo).await;
    seller.refused(START, about.clone(), 400, 9).await;

    let question = BuyerMessage {
        text: "Когда привезут?".into(),
        posting_number: about["posting_number"].as_str().map(Into::into),
        ..BuyerMessage::default()
    };
    let asked = ozon.buyer_message(&question).await.unwrap();
    let answer = json!({"chat_id": asked.chat_id, "text": "Завтра"});
    seller.ok(SEND, answer.clone()).await;
    seller.refused(START, about, 400, 9).await;
    ozon.advance(47 * HOUR).await.unwrap();
    seller.ok(SEND, answer.clone()).await;
    ozon.advance(2 * HOUR).await.unwrap();
    seller.refused(SEND, answer.clone(), 400, 9).await;
    let file = json!({"chat_id": asked.chat_id, "base64_content": "0J/RgNC40LLQtdGC", "name": "ответ.txt"});
    seller.refused("/v1/chat/send/file", file, 400, 9).await;
    ozon.buyer_says(&asked.chat_id, "Ау").await.unwrap();
    seller.ok(SEND, answer).await;
}

#[tokio::test]
async fn a_chat_that_the_buyer_began_about_a_posting_is_the_one_that_starting_leads_to() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let about = posting(&ozon, Scheme::Fbs).await;
    let number = about["posting_number"].as_str().unwrap();
    let question = BuyerMessage { text: "Ау".into(), posting_number: Some(number.into()), ..BuyerMessage::default() };
    let asked = ozon.buyer_message(&question).await.unwrap();
    assert_eq!(started(&seller, &about).await, asked.chat_id);
    let history = seller.ok("/v3/chat/history", json!({"chat_id": asked.chat_id})).await;
    let order_number = number.rsplit_once('-').unwrap().0;
    assert_eq!(history["messages"][0]["context"]["order_number"], order_number);
}

#[tokio::test]
async fn a_posting_that_is_not_there_starts_nothing() {
    let ozon = market().await;
    Seller::of(&ozon).refused(START, json!({"posting_number": "9999999999-0001-1"}), 404, 5).await;
    let bad = PostingGiven { posting_number: Some("FBS-1".into()), ..PostingGiven::default() };
    assert!(ozon.posting(&bad).await.is_err());
}

#[tokio::test]
async fn the_clock_goes_only_forward_and_stays_where_it_is_over_a_call() {
    let ozon = market().await;
    let before = ozon.state().await.unwrap().now;
    ozon.advance(HOUR).await.unwrap();
    assert!(ozon.state().await.unwrap().now > before);
    let back = json!({"advance_ms": -1});
    let http = reqwest::Client::new();
    let answer = http.post(format!("{}/_sim/clock", ozon.url())).json(&back).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}
