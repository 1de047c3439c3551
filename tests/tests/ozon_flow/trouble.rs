//! Whatever goes wrong on the way to Ozon, the buyer gets one copy or none, and the operator learns which.

use serde_json::json;
use shared::message::Status;
use shared::problem::Code;
use tests::ozon::{AccountChange, Fault, FaultKind};
use tests::world::World;

use crate::counter::{Counter, SEND};

#[tokio::test]
async fn a_refusal_of_ozons_fails_the_message_with_its_reason() {
    let mut counter = Counter::open("refused").await;
    for (status, code) in [
        (401, Code::UpstreamUnauthorized),
        (403, Code::UpstreamSubscription),
        (400, Code::UpstreamRejected),
        (409, Code::UpstreamConflict),
    ] {
        counter.seller.fault(&Fault::status(SEND, status)).await.unwrap();
        let text = format!("После {status}");
        let message_id = counter.answer(&text).await;
        let (statuses, reason) = counter.until_status(message_id, Status::Failed).await;
        assert_eq!((statuses, reason), (vec!["failed".to_owned()], json!(code.as_str())), "{status}");
        assert!(!counter.seller.texts(&counter.chat_id).await.contains(&text));
    }
    // The vendor's own refusals: a revoked key (which it answers with 404), a subscription that is too small.
    let wrong_key = AccountChange { api_key: Some("another-key-0123".into()), ..AccountChange::default() };
    counter.seller.account(&wrong_key).await.unwrap();
    let message_id = counter.answer("Ключ отозван").await;
    let (_, reason) = counter.until_status(message_id, Status::Failed).await;
    assert_eq!(reason, Code::UpstreamUnauthorized.as_str());
    let right_key = AccountChange { api_key: Some(counter.seller.api_key.clone()), ..AccountChange::default() };
    counter.seller.account(&right_key).await.unwrap();

    // What failed does not hold up what follows, and is in the history with its reason.
    let message_id = counter.answer("А это дошло").await;
    counter.until_status(message_id, Status::Sent).await;
    counter.assert_there_once("А это дошло").await;
    let messages = counter.shop.history(&counter.token, counter.user_id).await;
    let failed = messages.iter().filter(|message| message["status"] == "failed");
    assert_eq!(failed.filter(|message| message["reason"].is_string()).count(), 5);
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn too_fast_is_waited_out() {
    let mut counter = Counter::open("fast").await;
    counter.seller.fault(&Fault::busy(SEND, 1).times(2)).await.unwrap();
    let message_id = counter.answer("Терпение").await;
    let (statuses, _) = counter.until_status(message_id, Status::Sent).await;
    assert_eq!(statuses, ["queued", "sent"]);
    counter.assert_there_once("Терпение").await;
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND), 3);
}

/// A fault that hides whether Ozon has acted: the relay looks into the chat's history before it does anything else.
async fn assert_no_second_copy(name: &str, fault: Fault, sends: u64) {
    let mut counter = Counter::open(name).await;
    counter.seller.fault(&fault).await.unwrap();
    let message_id = counter.answer("Один экземпляр").await;
    let (statuses, _) = counter.until_status(message_id, Status::Sent).await;
    let expected: &[&str] = if sends == 1 { &["checking", "sent"] } else { &["checking", "queued", "sent"] };
    assert_eq!(statuses, expected);
    counter.assert_there_once("Один экземпляр").await;
    counter.seller.buyer_reads(&counter.chat_id).await.unwrap();
    counter.until_status(message_id, Status::Read).await;
    // The next one comes after it, and still there is one.
    let next = counter.answer("Следующее").await;
    counter.until_status(next, Status::Sent).await;
    assert_eq!(counter.seller.texts(&counter.chat_id).await, ["Один экземпляр", "Следующее"]);
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND), sends + 1);
    counter.assert_there_once("Один экземпляр").await;
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn a_500_after_ozon_acted_makes_no_second_copy() {
    assert_no_second_copy("acted-500", Fault::status(SEND, 500).after(), 1).await;
}

#[tokio::test]
async fn a_500_before_ozon_acted_is_repeated_once_it_is_safe() {
    assert_no_second_copy("idle-500", Fault::status(SEND, 500), 2).await;
}

#[tokio::test]
async fn garbage_after_ozon_acted_makes_no_second_copy() {
    assert_no_second_copy("garbage", Fault::garbage(SEND).after(), 1).await;
}

#[tokio::test]
async fn a_cut_line_after_ozon_acted_makes_no_second_copy() {
    assert_no_second_copy("cut", Fault::cut(SEND).after(), 1).await;
}

#[tokio::test]
async fn silence_after_ozon_acted_makes_no_second_copy() {
    assert_no_second_copy("silence", Fault::no_answer(SEND).after(), 1).await;
}

#[tokio::test]
async fn a_redirect_takes_no_key_along() {
    let mut counter = Counter::open("redirect").await;
    let elsewhere = World::shared().await.organization("elsewhere").await.connect_ozon().await;
    for status in [301, 302, 303, 307, 308] {
        let mut fault = Fault::redirect(SEND, &format!("{}/_sim/cdn/landed", elsewhere.url()));
        if let FaultKind::Redirect { status: answered, .. } = &mut fault.kind {
            *answered = Some(status);
        }
        counter.seller.fault(&fault).await.unwrap();
        let message_id = counter.answer(&format!("Куда {status}")).await;
        let (_, reason) = counter.until_status(message_id, Status::Failed).await;
        assert_eq!(reason, Code::UpstreamRejected.as_str());
    }
    let landed = elsewhere.requests(100).await.unwrap();
    assert!(landed.is_empty(), "a redirect was followed: {landed:#?}");
    let keys = &elsewhere.state().await.unwrap().keys;
    assert!(keys.is_empty(), "{keys:?}");
    let own = counter.seller.state().await.unwrap().keys;
    let pair = format!("{}:{}", counter.seller.client_id, counter.seller.api_key);
    assert!(own.values().all(|pairs| pairs.keys().eq([&pair])), "{own:?}");
}
