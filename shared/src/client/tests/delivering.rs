//! Reports of what has arrived.

use super::*;
use crate::limits::DELIVERED_AFTER_MS;

/// The marks that were reported, in order.
fn reports(page: &mut Page) -> Vec<Value> {
    let reports = page.sent.iter().filter(|frame| frame["action"] == "message_delivered");
    let marks = reports.map(|frame| frame["last_delivered_message_id"].clone()).collect();
    page.sent.retain(|frame| frame["action"] != "message_delivered");
    marks
}

#[test]
fn what_arrives_is_reported_once_and_together() {
    let mut page = Page::visitor();
    page.event("operator_message", operator_message(2, None), Some(1));
    page.event("operator_message", operator_message(3, None), Some(2));
    page.advance(DELIVERED_AFTER_MS - 1);
    assert!(reports(&mut page).is_empty());
    page.advance(1);
    assert_eq!(reports(&mut page), [json!(3)]);
    // The same message again, and the answer to the report.
    page.event("operator_message", operator_message(3, None), Some(2));
    page.event("message_delivered", json!({"user_id": VISITOR, "last_delivered_message_id": 3}), Some(3));
    page.advance(3_000);
    assert!(reports(&mut page).is_empty());
}

#[test]
fn ones_own_messages_are_not_reported() {
    let mut page = Page::visitor();
    page.event("new_message", new_message(2, None), Some(1));
    page.advance(3_000);
    assert!(reports(&mut page).is_empty());
}

#[test]
fn another_device_s_report_or_reading_makes_ones_own_needless() {
    for event in ["message_delivered", "message_read"] {
        let mut page = Page::visitor();
        page.event("operator_message", operator_message(2, None), Some(1));
        let mark = json!({"user_id": VISITOR, "last_delivered_message_id": 2, "last_read_message_id": 2});
        page.event(event, mark, Some(2));
        page.advance(3_000);
        assert!(reports(&mut page).is_empty(), "{event}");
    }
}

#[test]
fn a_report_that_was_lost_with_its_connection_is_made_again() {
    let mut page = Page::visitor();
    page.event("operator_message", operator_message(2, None), Some(1));
    page.advance(DELIVERED_AFTER_MS);
    assert_eq!(reports(&mut page), [json!(2)]);
    page.lose_connection();
    page.connect(1, true);
    page.advance(DELIVERED_AFTER_MS);
    assert_eq!(reports(&mut page), [json!(2)]);
}

#[test]
fn nothing_of_an_upstreams_chat_is_reported() {
    let mut page = Page::new(Identity::Staff);
    page.connect(0, false);
    let mut ozon = summary(7, 3, 1);
    ozon["source"] = json!("ozon");
    page.answer("chats", json!({"chats": [ozon, summary(VISITOR, 2, 1)], "next": null}));
    page.advance(DELIVERED_AFTER_MS);
    let report = page.take("message_delivered");
    assert_eq!((&report["user_id"], &report["last_delivered_message_id"]), (&json!(VISITOR), &json!(2)));
    assert!(reports(&mut page).is_empty());
}

#[test]
fn a_report_that_was_refused_for_now_is_made_again() {
    let mut page = Page::visitor();
    page.event("operator_message", operator_message(2, None), Some(1));
    page.advance(DELIVERED_AFTER_MS);
    assert_eq!(reports(&mut page), [json!(2)]);
    page.event("error", json!({"code": "storage_failed", "detail": ""}), None);
    page.advance(3_000);
    assert_eq!(reports(&mut page), [json!(2)]);
    page.event("message_delivered", json!({"user_id": VISITOR, "last_delivered_message_id": 2}), Some(2));
    page.event("error", json!({"code": "forbidden", "detail": ""}), None);
    page.advance(3_000);
    assert!(reports(&mut page).is_empty());
}

#[test]
fn a_refused_connection_leaves_nothing_to_report() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.client.connect(page.now);
    page.open();
    page.event("error", json!({"code": "token_expired", "detail": ""}), None);
    page.advance(3_000);
    assert!(reports(&mut page).is_empty());
}
