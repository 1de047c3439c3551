//! How pushes behave on request, pushes about postings, and the methods that manage the URLs.

use std::time::Duration;

use serde_json::{Value, json};
use tests::ozon::{Options, Outcome, PostingChange, PostingGiven, PushManner, Scheme, Simulator};

use super::seller::{PATIENCE, Seller, market};
use super::seller_hook::{Manner, SellerHook};

const HOUR: Duration = Duration::from_secs(3_600);

async fn pushed() -> (Simulator, SellerHook) {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    assert!(ozon.push_url(&hook.url).await.unwrap().is_active);
    (ozon, hook)
}

fn said(pushes: &[Value]) -> Vec<&str> {
    pushes.iter().map(|push| push["data"][0].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_late_push_comes_when_its_time_has_come_and_holds_up_nobody() {
    let (ozon, hook) = pushed().await;
    let slow = ozon.new_buyer_says("обычное").await.unwrap();
    ozon.push_manner(&PushManner::late(3_600_000).of_chat(&slow.chat_id)).await.unwrap();
    ozon.buyer_says(&slow.chat_id, "опоздает").await.unwrap();
    ozon.new_buyer_says("другой чат").await.unwrap();
    assert_eq!(said(&hook.until(2).await), ["обычное", "другой чат"]);
    ozon.advance(HOUR).await.unwrap();
    assert_eq!(said(&hook.until(3).await)[2], "опоздает");
}

#[tokio::test]
async fn a_push_can_come_twice() {
    let (ozon, hook) = pushed().await;
    ozon.push_manner(&PushManner::twice()).await.unwrap();
    ozon.new_buyer_says("дважды").await.unwrap();
    let pushes = hook.until(2).await;
    assert_eq!(pushes[0], pushes[1]);
    ozon.push_manner(&PushManner::default()).await.unwrap();
    ozon.new_buyer_says("один раз").await.unwrap();
    assert_eq!(said(&hook.until(3).await), ["дважды", "дважды", "один раз"]);
}

#[tokio::test]
async fn pushes_can_change_places() {
    let (ozon, hook) = pushed().await;
    ozon.push_manner(&PushManner::swapped()).await.unwrap();
    let chat_id = ozon.new_buyer_says("1").await.unwrap().chat_id;
    for text in ["2", "3", "4", "5"] {
        ozon.buyer_says(&chat_id, text).await.unwrap();
    }
    assert_eq!(said(&hook.until(4).await), ["2", "1", "4", "3"]);
    ozon.push_manner(&PushManner::default()).await.unwrap();
    assert_eq!(said(&hook.until(5).await)[4], "5", "what nothing followed comes with the next manner");
}

#[tokio::test]
async fn a_push_can_be_lost_while_the_history_has_the_message() {
    let (ozon, hook) = pushed().await;
    ozon.push_manner(&PushManner::never()).await.unwrap();
    let lost = ozon.new_buyer_says("не дойдёт").await.unwrap();
    let dropped = |state: &tests::ozon::StateView| {
        state.push.deliveries.iter().all(|delivery| delivery.outcome == Outcome::Dropped).then_some(())
    };
    ozon.until("the push to be lost", PATIENCE, dropped).await.unwrap();
    ozon.push_manner(&PushManner::default()).await.unwrap();
    ozon.buyer_says(&lost.chat_id, "дошло").await.unwrap();
    assert_eq!(said(&hook.until(1).await), ["дошло"]);
    let history = Seller::of(&ozon).ok("/v3/chat/history", json!({"chat_id": lost.chat_id})).await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn postings_are_pushed_unless_ozon_stores_the_goods() {
    let (ozon, hook) = pushed().await;
    ozon.posting(&PostingGiven { scheme: Scheme::Fbo, ..PostingGiven::default() }).await.unwrap();
    let posting_number = ozon.posting(&PostingGiven::default()).await.unwrap();
    let change = |change: PostingChange| PostingChange { posting_number: posting_number.clone(), ..change };
    let status = |status: &str| change(PostingChange { status: Some(status.into()), ..PostingChange::default() });
    ozon.posting_change(&status("delivering")).await.unwrap();
    let dates = PostingChange {
        shipment_date: Some("2026-12-01T10:00:00Z".into()),
        delivery_date: Some("2026-12-05T10:00:00Z".into()),
        ..PostingChange::default()
    };
    ozon.posting_change(&change(dates)).await.unwrap();
    ozon.posting_change(&status("cancelled")).await.unwrap();

    let pushes = hook.until(5).await;
    let types: Vec<_> = pushes.iter().map(|push| push["message_type"].as_str().unwrap()).collect();
    let expected = [
        "TYPE_NEW_POSTING",
        "TYPE_STATE_CHANGED",
        "TYPE_CUTOFF_DATE_CHANGED",
        "TYPE_DELIVERY_DATE_CHANGED",
        "TYPE_POSTING_CANCELLED",
    ];
    assert_eq!(types, expected);
    assert!(pushes.iter().all(|push| push["posting_number"] == posting_number && push["seller_id"] == 836));
    assert_eq!(pushes[0]["products"][0]["offer_id"], "TEA-001");
    assert_eq!(pushes[1]["new_state"], "posting_on_way_to_city", "pushes have words of their own");
    assert_eq!(pushes[2]["new_cutoff_date"], "2026-12-01T10:00:00Z");
    assert_eq!(
        (&pushes[4]["old_state"], &pushes[4]["new_state"]),
        (&json!("posting_on_way_to_city"), &json!("posting_canceled"))
    );
}

#[tokio::test]
async fn a_url_is_set_checked_listed_switched_and_deleted() {
    let (ozon, hook) = (market().await, SellerHook::start().await);
    let seller = Seller::of(&ozon);
    let call = async |method: &str, body: Value| seller.ok(&format!("/v1/notification/{method}"), body).await;
    let check = call("check", json!({"url": hook.url})).await;
    assert_eq!(check, json!({"is_active": true, "errors": []}));
    let dead = call("check", json!({"url": "http://127.0.0.1:9/"})).await;
    assert_eq!((&dead["is_active"], &dead["errors"][0]["type"]), (&json!(false), &json!("REQUEST_ERROR")));

    call("set", json!({"url": hook.url, "types": ["TYPE_NEW_MESSAGE"]})).await;
    let list = call("list", json!({})).await;
    let [url] = list["urls"].as_array().unwrap().as_slice() else { panic!("{list}") };
    let id = url["id"].clone();
    assert_eq!((&url["url"], &url["enable"]), (&json!(hook.url), &json!(true)));
    assert_eq!(url["types"][0]["type"], "TYPE_NEW_MESSAGE");
    assert!(url["types"][0]["description"].is_string() && url["created_at"].is_string() && id.is_u64());

    let chat_id = ozon.new_buyer_says("1").await.unwrap().chat_id;
    ozon.close_chat(&chat_id).await.unwrap();
    call("enable", json!({"id": id, "enabled": false})).await;
    ozon.buyer_says(&chat_id, "2").await.unwrap();
    call("enable", json!({"id": id, "enabled": true})).await;
    ozon.buyer_says(&chat_id, "3").await.unwrap();
    assert_eq!(said(&hook.until(2).await), ["1", "3"], "neither another type nor while it was off");

    call("update", json!({"id": id, "types": ["TYPE_CHAT_CLOSED"]})).await;
    ozon.buyer_says(&chat_id, "4").await.unwrap();
    ozon.close_chat(&chat_id).await.unwrap();
    assert_eq!(hook.until(3).await[2]["message_type"], "TYPE_CHAT_CLOSED");
    call("delete", json!({"id": id})).await;
    assert_eq!(call("list", json!({})).await, json!({"urls": []}));
}

#[tokio::test]
async fn a_type_has_one_url_and_each_mistake_is_refused() {
    let (ozon, hook, other) = (market().await, SellerHook::start().await, SellerHook::start().await);
    let seller = Seller::of(&ozon);
    let set = "/v1/notification/set";
    seller.ok(set, json!({"url": hook.url, "types": ["TYPE_NEW_MESSAGE"]})).await;
    seller.refused(set, json!({"url": other.url, "types": ["TYPE_NEW_MESSAGE"]}), 409, 6).await;
    seller.ok(set, json!({"url": other.url, "types": ["TYPE_CHAT_CLOSED"]})).await;
    for bad in [
        json!({"url": hook.url}),
        json!({"url": "адрес", "types": ["TYPE_CHAT_CLOSED"]}),
        json!({"types": ["TYPE_CHAT_CLOSED"]}),
        json!({"url": hook.url, "types": ["TYPE_PING"]}),
    ] {
        seller.refused(set, bad, 400, 3).await;
    }
    for method in ["update", "delete", "enable"] {
        let path = format!("/v1/notification/{method}");
        seller.refused(&path, json!({"enabled": true}), 400, 3).await;
        seller.refused(&path, json!({"id": 999, "enabled": true}), 404, 5).await;
    }
    let chat_id = ozon.new_buyer_says("Ау").await.unwrap().chat_id;
    ozon.close_chat(&chat_id).await.unwrap();
    assert_eq!(hook.until(1).await[0]["message_type"], "TYPE_NEW_MESSAGE");
    assert_eq!(other.until(1).await[0]["message_type"], "TYPE_CHAT_CLOSED");

    let types = seller.ok("/v1/notification/push-type/list", json!({})).await;
    let types = types["types"].as_array().unwrap();
    let of = |name: &str| types.iter().find(|entry| entry["type"] == name).unwrap();
    assert_eq!(of("TYPE_CHAT_CLOSED")["seller_endpoint"]["url"], other.url);
    assert!(of("TYPE_NEW_POSTING")["seller_endpoint"].is_null());
}

#[tokio::test]
async fn a_push_is_repeated_by_the_vendors_schedule_and_then_dropped() {
    let (ozon, hook) = pushed().await;
    hook.answers(Manner::Failing);
    ozon.new_buyer_says("Ау").await.unwrap();
    hook.until(1).await;
    // Nine growing pauses, then five of ten minutes.
    for attempts in 2..=15 {
        ozon.advance(Duration::from_secs(600)).await.unwrap();
        hook.until(attempts).await;
        let noted =
            |state: &tests::ozon::StateView| (state.push.deliveries[0].attempts.len() == attempts).then_some(());
        ozon.until("the attempt to be noted", PATIENCE, noted).await.unwrap();
    }
    let dropped = |state: &tests::ozon::StateView| (state.push.deliveries[0].outcome == Outcome::Dropped).then_some(());
    ozon.until("the push to be given up", PATIENCE, dropped).await.unwrap();
}

#[tokio::test]
async fn a_url_that_fails_for_a_day_is_suspended_until_it_is_checked() {
    let options = Options { push_retries: Vec::new(), ..Options::default() };
    let (ozon, hook) = (Simulator::start(options).await.unwrap(), SellerHook::start().await);
    ozon.push_url(&hook.url).await.unwrap();
    hook.answers(Manner::Failing);
    let chat_id = ozon.new_buyer_says("1").await.unwrap().chat_id;
    hook.until(1).await;
    ozon.advance(24 * HOUR).await.unwrap();
    ozon.buyer_says(&chat_id, "2").await.unwrap();
    let suspended = |state: &tests::ozon::StateView| state.push.is_suspended.then_some(());
    ozon.until("the URL to be suspended", PATIENCE, suspended).await.unwrap();

    hook.answers(Manner::Well);
    ozon.buyer_says(&chat_id, "3").await.unwrap();
    let seller = Seller::of(&ozon);
    let check = seller.ok("/v1/notification/check", json!({"url": hook.url})).await;
    assert_eq!(check["is_active"], true);
    ozon.buyer_says(&chat_id, "4").await.unwrap();
    assert_eq!(said(&hook.until(3).await), ["1", "2", "4"], "what was said meanwhile is only in the history");
}
