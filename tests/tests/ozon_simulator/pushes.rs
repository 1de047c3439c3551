//! Push notifications: the check first, then each kind in its shape, again when the answer was wrong, no echo.

use std::time::Duration;

use serde_json::json;
use tests::ozon::{Author, BuyerMessage, Options, Outcome, PushErrorKind, Simulator};

use super::seller::{PATIENCE, Seller, market};
use super::seller_hook::{Manner, SellerHook};

#[tokio::test]
async fn the_url_is_checked_before_anything_is_sent_there() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    hook.answers(Manner::Absurdly);
    let check = ozon.push_url(&hook.url).await.unwrap();
    assert!(!check.is_active);
    assert_eq!(check.errors[0].kind, PushErrorKind::WrongResultField);
    ozon.new_buyer_says("Не дойдёт").await.unwrap();

    hook.answers(Manner::Well);
    ozon.until("the check to pass by itself", PATIENCE, |state| state.push.is_active.then_some(())).await.unwrap();
    let heard = ozon.new_buyer_says("Дойдёт").await.unwrap();
    let pushes = hook.until(1).await;
    assert_eq!(pushes[0]["message_id"], heard.message_id, "what was said before the check is only in the history");
    assert!(hook.pings() >= 2);
}

#[tokio::test]
async fn a_new_message_is_pushed_with_strings_and_title_case() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    assert!(ozon.push_url(&hook.url).await.unwrap().is_active);
    let posted = ozon.new_buyer_says("Здравствуйте!").await.unwrap();
    let push = hook.until(1).await.remove(0);
    assert_eq!(
        push,
        json!({
            "message_type": "TYPE_NEW_MESSAGE",
            "chat_id": posted.chat_id,
            "chat_type": "Buyer_Seller",
            "message_id": posted.message_id,
            "created_at": push["created_at"],
            "user": {"id": push["user"]["id"], "type": "Customer"},
            "data": ["Здравствуйте!"],
            "seller_id": "836",
        })
    );
    assert!(push["user"]["id"].is_string() && push["created_at"].as_str().unwrap().ends_with('Z'));

    ozon.notification("Поставка принята").await.unwrap();
    let push = hook.until(2).await.remove(1);
    assert_eq!(push["chat_type"], "Seller_Notification_Logistics");
    assert_eq!(push["user"], json!({"id": "o3_notification_user_sc", "type": "NotificationUser"}));
}

#[tokio::test]
async fn the_seller_is_not_echoed_and_hears_of_being_read() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let seller = Seller::of(&ozon);
    for text in ["Здравствуйте!", "Чем помочь?"] {
        seller.ok("/v1/chat/send/message", json!({"chat_id": chat_id, "text": text})).await;
    }
    ozon.buyer_reads(&chat_id).await.unwrap();
    ozon.buyer_reads(&chat_id).await.unwrap();
    ozon.close_chat(&chat_id).await.unwrap();

    let pushes = hook.until(3).await;
    let types: Vec<_> = pushes.iter().map(|push| push["message_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["TYPE_NEW_MESSAGE", "TYPE_MESSAGE_READ", "TYPE_CHAT_CLOSED"]);
    let history = seller.ok("/v3/chat/history", json!({"chat_id": chat_id})).await;
    let last = history["messages"][0]["message_id"].as_u64().unwrap().to_string();
    assert_eq!(pushes[1]["last_read_message_id"], last, "one push for both");
    assert!(pushes[1].get("data").is_none());
    let members: Vec<_> = pushes[2].as_object().unwrap().keys().collect();
    assert_eq!(members, ["chat_id", "chat_type", "message_type", "seller_id", "user"]);
}

#[tokio::test]
async fn what_the_seller_writes_on_ozons_own_pages_is_only_in_the_history() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    let (author, text) = (Some(Author::Seller), "Слушаю".to_owned());
    let by_hand = BuyerMessage { chat_id: Some(chat_id.clone()), text, author, ..BuyerMessage::default() };
    ozon.buyer_message(&by_hand).await.unwrap();
    ozon.buyer_says(&chat_id, "Это вы?").await.unwrap();
    assert_eq!(hook.until(2).await[1]["data"], json!(["Это вы?"]));
    let history = Seller::of(&ozon).ok("/v3/chat/history", json!({"chat_id": chat_id})).await;
    assert_eq!(history["messages"][1]["user"], json!({"id": "836", "type": "Seller"}));
}

#[tokio::test]
async fn a_changed_message_is_pushed_with_the_time_of_the_change() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    let posted = ozon.new_buyer_says("Чайнег").await.unwrap();
    ozon.buyer_edits(&posted.chat_id, &posted.message_id, "Чайник").await.unwrap();
    let push = hook.until(2).await.remove(1);
    assert_eq!(push["message_type"], "TYPE_UPDATE_MESSAGE");
    assert_eq!((&push["message_id"], &push["data"]), (&json!(posted.message_id), &json!(["Чайник"])));
    assert!(push["updated_at"].is_string());
}

#[tokio::test]
async fn a_wrong_answer_is_noted_and_the_push_comes_again() {
    let pauses = vec![Duration::from_millis(10); 50];
    let ozon = Simulator::start(Options { push_retries: pauses, ..Options::default() }).await.unwrap();
    let hook = SellerHook::start().await;
    ozon.push_url(&hook.url).await.unwrap();
    hook.answers(Manner::Plainly);
    ozon.new_buyer_says("Ау").await.unwrap();
    hook.until(1).await;
    hook.answers(Manner::Failing);
    let tried = hook.pushes().len();
    hook.until(tried + 2).await;
    hook.answers(Manner::Well);

    let delivered =
        |state: &tests::ozon::StateView| state.all_pushes_are_delivered().then(|| state.push.deliveries[0].clone());
    let delivery = ozon.until("the push to be delivered", PATIENCE, delivered).await.unwrap();
    let errors: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.error.as_ref().map(|e| e.kind)).collect();
    assert_eq!(errors[0], Some(PushErrorKind::InvalidBody), "text/plain");
    assert!(errors.contains(&Some(PushErrorKind::ServerFault)));
    assert_eq!(errors.last(), Some(&None));
    assert!(hook.pushes().iter().all(|push| *push == delivery.body), "the same push each time");
}

#[tokio::test]
async fn a_push_that_never_gets_through_is_dropped() {
    let ozon = Simulator::start(Options { push_retries: vec![Duration::ZERO; 2], ..Options::default() }).await.unwrap();
    let hook = SellerHook::start().await;
    ozon.push_url(&hook.url).await.unwrap();
    drop(hook);
    ozon.new_buyer_says("Ау").await.unwrap();
    let dropped = |state: &tests::ozon::StateView| {
        let delivery = state.push.deliveries.first()?.clone();
        (delivery.outcome == Outcome::Dropped).then_some(delivery)
    };
    let delivery = ozon.until("the push to be given up", PATIENCE, dropped).await.unwrap();
    assert_eq!(delivery.attempts.len(), 3);
    assert_eq!(delivery.attempts[0].error.as_ref().unwrap().kind, PushErrorKind::RequestError);
}

#[tokio::test]
async fn a_push_can_be_repeated_and_any_body_be_pushed() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    let posted = ozon.new_buyer_says("Ау").await.unwrap();
    ozon.push_again(&posted.message_id).await.unwrap();
    let pushes = hook.until(2).await;
    assert_eq!(pushes[0], pushes[1]);
    let attempt = ozon.push(&json!({"message_type": "TYPE_OF_TOMORROW"})).await.unwrap();
    assert_eq!((attempt.status, attempt.error), (Some(200), None));
}
