//! Files on their way to an Ozon buyer: one copy each, byte for byte, whoever sends them and whatever becomes of the answers.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use shared::limits::{FILE_BYTES_MAX, FORWARD_FILE_BODY_BYTES_MAX};
use shared::message::Status;
use tests::ozon::Fault;
use tests::world::{Http, World, png};

use crate::counter::Counter;

const SEND_FILE: &str = "/v1/chat/send/file";

fn pdf(bytes: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    file.extend((0..bytes.saturating_sub(file.len())).map(|at| (at * 31 % 251) as u8));
    file
}

/// The files that the buyer has got, as Ozon shows them.
async fn shown(counter: &Counter<'static>) -> Vec<String> {
    let state = counter.seller.state().await.unwrap();
    let chat = state.chat(&counter.chat_id).unwrap();
    chat.messages
        .iter()
        .flat_map(|message| &message.data)
        .filter(|data| data.contains("/v2/chat/file/"))
        .cloned()
        .collect()
}

/// What a link of Ozon's leads to, with the merchant's key.
async fn behind(counter: &Counter<'static>, shown: &str) -> Vec<u8> {
    let at = shown.find("/v2/chat/file/").unwrap();
    let path = shown[at..].trim_end_matches(')');
    let http = Http::to(counter.seller.url(), None).with("client-id", &counter.seller.client_id.to_string());
    let answer = http.with("api-key", &counter.seller.api_key).get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.bytes
}

#[tokio::test]
async fn an_operators_file_reaches_the_buyer_once_although_the_answer_was_cut() {
    let mut counter = Counter::open("file").await;
    // The largest that is taken, a picture, and a small one whose answer comes.
    for (name, bytes, fault, calls) in [
        ("каталог 2026.pdf", pdf(FILE_BYTES_MAX), Some(Fault::cut(SEND_FILE).after()), 1),
        ("фото.png", png(64, 64, 700_000), Some(Fault::status(SEND_FILE, 500).after()), 2),
        ("чек.pdf", pdf(300), None, 3),
    ] {
        if let Some(fault) = &fault {
            counter.seller.fault(fault).await.unwrap();
        }
        let uploaded =
            counter.shop.upload_as_staff(&counter.token, counter.user_id, &encoded(name), bytes.clone()).await;
        let file_id = uploaded.expect(201)["file_id"].clone();
        let both = json!({"action": "send_message", "user_id": counter.user_id, "text": "Вот", "file_id": file_id});
        assert_eq!(counter.operator.ask(both).await.expect_err("refused")["code"], "invalid");
        let send = json!({"action": "send_message", "user_id": counter.user_id, "text": "", "file_id": file_id});
        let kept = counter.operator.result(send).await;
        let message_id = kept["message"]["message_id"].as_i64().unwrap();
        let (statuses, _) = counter.until_status(message_id, Status::Sent).await;
        let expected: &[&str] = if fault.is_some() { &["checking", "sent"] } else { &["sent"] };
        assert_eq!(statuses, expected, "{name}");
        let there = shown(&counter).await;
        assert_eq!(
            (there.len() as u64, counter.seller.state().await.unwrap().calls(SEND_FILE)),
            (calls, calls),
            "{there:?}"
        );
        let last = there.last().unwrap();
        assert!(behind(&counter, last).await == bytes, "{name}: other bytes arrived");
        assert!(last.starts_with(if name.ends_with("png") { "![](" } else { "[" }), "{last}");
    }
    // What the buyer reads is ticked, so its id was found.
    counter.seller.buyer_reads(&counter.chat_id).await.unwrap();
    let messages = counter.shop.history(&counter.token, counter.user_id).await;
    let ids: Vec<i64> = messages
        .iter()
        .filter(|message| message["side"] == "operator")
        .map(|message| message["message_id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids.len(), 3);
    for message_id in ids {
        counter.until_status(message_id, Status::Read).await;
    }
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn a_vendors_client_sends_a_file_once_however_often_it_repeats_itself() {
    let mut counter = Counter::open("file-proxied").await;
    let token = counter.shop.integration("CRM").await;
    let world = World::shared().await;
    let client =
        Http::to(world.url(), None).with("client-id", &counter.seller.client_id.to_string()).with("api-key", &token);
    let bytes = pdf(FILE_BYTES_MAX);
    let asked = |name: &str, bytes: &[u8]| json!({"chat_id": counter.chat_id, "base64_content": BASE64_STANDARD.encode(bytes), "name": name});
    let call = asked("каталог.pdf", &bytes);
    counter.seller.fault(&Fault::cut(SEND_FILE).after()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.post(SEND_FILE, &call).await.expect(200), json!({"result": "success"}));
    }
    let there = shown(&counter).await;
    assert_eq!((there.len(), counter.seller.state().await.unwrap().calls(SEND_FILE)), (1, 1), "{there:?}");
    assert!(behind(&counter, &there[0]).await == bytes, "other bytes arrived");
    // The operators see it as a file of the program's.
    let told = counter.operator.until("the program's file", |frame| frame["data"]["attachment"].is_object()).await;
    assert_eq!(
        (&told["event"], &told["data"]["operator_name"], &told["data"]["attachment"]["name"]),
        (&json!("operator_message"), &json!("CRM"), &json!("каталог.pdf"))
    );
    let path = told["data"]["file_path"].as_str().unwrap();
    assert_eq!(counter.shop.api(&counter.token).get(path).await.status, 200);
    // What is not taken is told in the vendor's form, and goes nowhere.
    let mut nameless = asked("a.pdf", b"%PDF-1.7");
    nameless.as_object_mut().unwrap().remove("name");
    let mut garbled = asked("a.pdf", b"%PDF-1.7");
    garbled["base64_content"] = json!("%%%");
    for (body, status, problem) in [
        (asked("акт.docx", b"PK\x03\x04"), 400, "unsupported_type"),
        (asked("a.pdf", b"not a document"), 400, "unsupported_type"),
        (asked("a.pdf", b""), 400, "invalid"),
        (asked("a.pdf", &pdf(FILE_BYTES_MAX + 1)), 413, "too_large"),
        (nameless, 400, "invalid"),
        (garbled, 400, "invalid"),
        (json!([]), 400, "malformed"),
    ] {
        let answer = client.post(SEND_FILE, &body).await;
        let told: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!((answer.status, &told["code"], &told["problem"]), (status, &json!(3), &json!(problem)), "{told}");
        assert!(told["message"].is_string() && told["details"].is_array(), "{told}");
    }
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND_FILE), 1);
    // A body as large as may be, and one byte more.
    let mut body = asked("чек.pdf", &pdf(300)).to_string().into_bytes();
    body.resize(FORWARD_FILE_BODY_BYTES_MAX, b' ');
    for (status, bytes) in [(200, body.clone()), (413, [body, b" ".to_vec()].concat())] {
        let answer = client.call(Method::POST, SEND_FILE, bytes.into()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(shown(&counter).await.len(), 2);
}

/// A name as the header of an upload has it.
fn encoded(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
