//! An Ozon client that calls the relay instead of Ozon.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shared::limits::{FORWARD_BODY_BYTES_MAX, OZON_POLL_MS};
use shared::problem::Code;
use shared::route::OZON;
use tests::ozon::{Fault, PushManner};
use tests::world::{Http, OZON_HOST, World, within};

use crate::counter::{Counter, SEND};

const LIST: &str = "/v3/chat/list";
const HISTORY: &str = "/v3/chat/history";

/// A client of the vendor's: it knows two headers, and drops what stands before a path.
async fn vendors_client(counter: &Counter<'static>) -> Http {
    let token = counter.shop.integration("CRM").await;
    let world = World::shared().await;
    Http::to(world.url(), None).with("client-id", &counter.seller.client_id.to_string()).with("api-key", &token)
}

#[tokio::test]
async fn a_vendors_client_works_with_another_address_and_another_key() {
    let counter = Counter::open("proxied").await;
    let client = vendors_client(&counter).await;
    let list = client.post(LIST, &json!({"limit": 100})).await;
    let body = list.expect(200);
    assert_eq!(body["chats"][0]["chat"]["chat_id"], json!(counter.chat_id));
    // Ids are the vendor's numbers, digit by digit.
    let id = body["chats"][0]["last_message_id"].to_string();
    assert!(list.text.contains(&id) && id.len() == 19, "{}", list.text);

    let page = client.post(HISTORY, &json!({"chat_id": counter.chat_id, "limit": 10})).await.expect(200);
    assert_eq!(page["messages"][0]["data"], json!(["Подойдёт ли крышка?"]));
    let asked = json!({"chat_id": counter.chat_id, "text": "Подойдёт"});
    assert_eq!(client.post(SEND, &asked).await.expect(200), json!({"result": "success"}));
    counter.assert_there_once("Подойдёт").await;
    // The operators see it as anything that is said to a buyer.
    let mut operator = counter.operator;
    let told = operator.until("the program's message", |frame| frame["data"]["text"] == "Подойдёт").await;
    assert_eq!((&told["event"], &told["data"]["operator_name"]), (&json!("operator_message"), &json!("CRM")));

    // The same below a path of our own, with our own header.
    let token = counter.shop.integration("CRM").await;
    let ours = counter.shop.api(&token);
    let read = json!({"chat_id": counter.chat_id, "from_message_id": id.parse::<u64>().unwrap()});
    assert!(ours.post(&format!("{OZON}/v2/chat/read"), &read).await.expect(200)["unread_count"].is_number());
    let page = ours.post(&format!("{OZON}/v2/chat/history"), &json!({"chat_id": counter.chat_id})).await;
    assert_eq!((page.expect(200)["messages"].is_array(), page.header("Deprecation").is_some()), (true, true));
}

#[tokio::test]
async fn on_a_host_of_its_own_are_the_vendors_methods_and_nothing_else() {
    let counter = Counter::open("hosted").await;
    let client = vendors_client(&counter).await.with("host", OZON_HOST);
    for path in [LIST.to_owned(), format!("{OZON}{LIST}")] {
        let list = client.post(&path, &json!({"limit": 1})).await.expect(200);
        assert_eq!(list["chats"][0]["chat"]["chat_id"], json!(counter.chat_id), "{path}");
    }
    // Without the vendor's headers the host alone says who is meant.
    let url = World::shared().await.url();
    let nobody = Http::to(url, None).with("host", OZON_HOST);
    assert_eq!(nobody.post(LIST, &json!({"limit": 1})).await.expect(401)["code"], 16);
    let bearer = Http::to(url, Some(&counter.shop.integration("CRM").await)).with("host", OZON_HOST);
    assert_eq!(bearer.post("/v1/roles", &json!({})).await.status, 200);
    for path in ["/v1/chats", "/v1/tokens", "/healthz"] {
        assert_eq!(bearer.post(path, &json!({})).await.expect(404)["code"], 5, "{path}");
        assert_ne!(Http::to(url, None).post(path, &json!({})).await.status, 404, "{path}");
    }
    Http::to(url, None).post(LIST, &json!({"limit": 1})).await.expect_problem(Code::NotFound);
}

#[tokio::test]
async fn a_send_that_is_repeated_over_and_over_and_whose_answers_are_lost_makes_one_copy() {
    let counter = Counter::open("repeated").await;
    let client = vendors_client(&counter).await;
    let asked = json!({"chat_id": counter.chat_id, "text": "Один раз"});
    // The vendor takes it, and its answer is cut; at the same time the client repeats itself.
    counter.seller.fault(&Fault::cut(SEND).after()).await.unwrap();
    let (first, second) = tokio::join!(client.post(SEND, &asked), client.post(SEND, &asked));
    for answer in [first, second, client.post(SEND, &asked).await] {
        assert_eq!(answer.expect(200), json!({"result": "success"}));
    }
    counter.assert_there_once("Один раз").await;
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND), 1);
    // Two ids are two messages.
    for key in ["a", "b", "b"] {
        let client = client.clone().with("x-client-message-id", key);
        let asked = json!({"chat_id": counter.chat_id, "text": "Дважды"});
        assert_eq!(client.post(SEND, &asked).await.expect(200), json!({"result": "success"}), "{key}");
    }
    let copies = counter.seller.texts(&counter.chat_id).await.into_iter().filter(|text| text == "Дважды").count();
    assert_eq!(copies, 2);
}

#[tokio::test]
async fn what_the_vendor_refuses_and_what_the_relay_refuses_reads_alike() {
    let counter = Counter::open("refuses").await;
    let client = vendors_client(&counter).await;
    let vendors = client.post(HISTORY, &json!({"chat_id": counter.chat_id, "direction": "backward"})).await;
    let body: Value = serde_json::from_str(&vendors.text).unwrap();
    assert_eq!((vendors.status, &body["code"]), (400, &json!(3)), "{}", vendors.text);

    let world = World::shared().await;
    let base = || Http::to(world.url(), None);
    let client_id = counter.seller.client_id.to_string();
    let stranger = base().with("client-id", &client_id).with("api-key", "0123456789-0123456789-0123");
    let token = counter.shop.integration("CRM").await;
    let elsewhere = base().with("client-id", "999").with("api-key", &token);
    for (client, path, status, code) in [
        (&stranger, LIST, 401, 16),
        (&elsewhere, LIST, 403, 7),
        (&client, "/v1/finance/balance", 404, 5),
        (&client, "/v3/chat/list/", 404, 5),
    ] {
        let answer = client.post(path, &json!({"limit": 1})).await;
        let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        assert_eq!((answer.status, &body["code"]), (status, &json!(code)), "{path} {}", answer.text);
        assert!(body["message"].is_string() && body["details"].is_array(), "{}", answer.text);
    }
    // White space counts, too.
    for (spaces, status) in [(0, 200), (1, 413)] {
        let mut body = br#"{"limit":1}"#.to_vec();
        body.resize(FORWARD_BODY_BYTES_MAX + spaces, b' ');
        let answer = client.call(Method::POST, LIST, body.into()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let answer = client.call(Method::GET, LIST, reqwest::Body::default()).await;
    assert_eq!(answer.status, 405, "{}", answer.text);
    assert_eq!(counter.seller.state().await.unwrap().unmatched_calls, Vec::<String>::new());
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn a_crowd_of_calls_stays_within_the_vendors_limit() {
    let counter = Counter::open("crowd").await;
    let client = vendors_client(&counter).await;
    let asked = json!({"chat_id": counter.chat_id, "limit": 1});
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..150 {
        let (client, asked) = (client.clone(), asked.clone());
        calls.spawn(async move { client.post(HISTORY, &asked).await.status });
    }
    assert_eq!(calls.join_all().await, [200; 150], "nobody is told to come again");
    let state = counter.seller.state().await.unwrap();
    assert!(state.peak_per_second <= 50, "{} calls in one second", state.peak_per_second);
    assert!(state.calls(HISTORY) >= 150);
}

#[tokio::test]
async fn a_push_that_never_came_is_found_by_looking() {
    let counter = Counter::open("missed").await;
    counter.seller.push_manner(&PushManner { never: true, ..PushManner::default() }).await.unwrap();
    counter.seller.buyer_says(&counter.chat_id, "Вы меня слышите?").await.unwrap();
    // As often as it looks while no push comes, and a little more.
    let patience = Duration::from_millis(OZON_POLL_MS.unsigned_abs() * 3);
    let found = within(patience, "the message that no push brought", async || {
        counter.operator.frames().into_iter().find(|frame| frame["data"]["text"] == "Вы меня слышите?")
    });
    assert_eq!(found.await["event"], "new_message");
}
