//! The outbox outlives its page.

use super::*;

/// The next page of the same visitor, connected, with what the one before has kept.
fn next_page(before: &mut Page, texts: &[Value]) -> Page {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.kept = std::mem::take(&mut before.kept);
    page.now = before.now.plus_ms(5_000);
    page.client.restore(page.now, page.kept.clone());
    page.connect(0, false);
    page.answer("history", history(texts, false));
    page
}

fn ids_of(kept: &[Outgoing]) -> Vec<&str> {
    kept.iter().map(|kept| kept.client_id.as_str()).collect()
}

#[test]
fn a_message_is_kept_before_it_is_sent_and_forgotten_once_it_arrived() {
    let mut page = Page::visitor();
    page.client.send(page.now, VISITOR, "раз", "a".into()).unwrap();
    assert!(matches!(page.client.take_effect(), Some(Effect::Keep(kept)) if kept.client_id == "a"));
    assert!(matches!(page.client.take_effect(), Some(Effect::Transmit { .. })));
    page.client.send(page.now, VISITOR, "два", "b".into()).unwrap();
    page.perform();
    assert_eq!(ids_of(&page.kept), ["b"]);
    // By its event; the other by a page of history.
    page.event("new_message", new_message(1, Some("b")), Some(1));
    assert!(page.kept.is_empty());
}

#[test]
fn what_was_not_sent_goes_out_from_the_next_page_in_order_under_the_same_ids() {
    let mut page = Page::visitor();
    page.lose_connection();
    for (text, id) in [("раз", "a"), ("два", "b"), ("три", "c")] {
        page.now = page.now.plus_ms(1);
        page.send(text, id);
    }
    let mut next = next_page(&mut page, &[]);
    next.send("четыре", "d");
    for (n, (text, id)) in (1..).zip([("раз", "a"), ("два", "b"), ("три", "c"), ("четыре", "d")]) {
        let frame = next.answer("send_message", sent(n, "user", id));
        assert_eq!((&frame["text"], &frame["client_id"]), (&json!(text), &json!(id)));
    }
    assert!(next.kept.is_empty() && next.outgoing().is_empty());
    assert_eq!(next.ids(), [1, 2, 3, 4]);
}

#[test]
fn what_is_kept_reads_as_it_was_written() {
    let mut page = Page::visitor();
    page.lose_connection();
    page.send("раз\n\"два\"", "a");
    let text = page.kept[0].to_json();
    assert_eq!(text, format!(r#"{{"client_id":"a","user_id":-7,"text":"раз\n\"два\"","at":{}}}"#, START.0));
    let node: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(crate::node::FromNode::from_node(&node), Some(page.kept[0].clone()));
}

#[test]
fn what_had_arrived_is_not_sent_again() {
    let mut page = Page::visitor();
    page.send("раз", "a");
    page.lose_connection();
    let next = next_page(&mut page, &[message(1, "user", Some("a"))]);
    assert!(next.kept.is_empty() && next.outgoing().is_empty());

    // The history was quicker than the store.
    let mut late = Page::new(Identity::Visitor(VISITOR));
    late.connect(0, false);
    late.answer("history", history(&[message(1, "user", Some("a"))], false));
    late.kept = vec![Outgoing {
        client_id: "a".into(),
        user_id: VISITOR,
        text: "раз".into(),
        attachment: None,
        at: START,
        not_before: START,
        state: OutgoingState::Waiting,
    }];
    late.client.restore(late.now, late.kept.clone());
    late.perform();
    assert!(late.sent.is_empty() && late.kept.is_empty() && late.outgoing().is_empty());
}

#[test]
fn what_is_restored_twice_is_there_once() {
    let mut page = Page::visitor();
    page.lose_connection();
    page.send("раз", "a");
    page.client.restore(page.now, page.kept.clone());
    page.client.restore(page.now, page.kept.clone());
    assert_eq!(page.outgoing().len(), 1);
}

#[test]
fn another_visitors_messages_are_forgotten_and_never_sent() {
    let mut page = Page::visitor();
    page.lose_connection();
    page.send("тайна", "a");
    let mut other = Page::new(Identity::Visitor(-8));
    other.kept = page.kept.clone();
    other.client.restore(other.now, other.kept.clone());
    other.client.connect(other.now);
    other.perform();
    other.open();
    other.welcome_as(Some(-8), 0, false);
    assert!(other.kept.is_empty(), "{:?}", other.kept);
    assert!(other.sent.iter().all(|frame| frame["action"] == "history"), "{:?}", other.sent);
    // Nor by mistake of a shell.
    assert_eq!(other.client.send(other.now, VISITOR, "тайна", "b".into()).unwrap_err().code, Code::Forbidden);
}

#[test]
fn a_failed_message_that_is_given_up_is_forgotten() {
    let mut page = Page::visitor();
    page.send("раз", "a");
    let frame = page.take("send_message");
    page.client.discard("a");
    page.perform();
    assert_eq!(ids_of(&page.kept), ["a"], "what is under way is not given up");
    page.refuse(&frame, Code::Forbidden, None);
    assert_eq!(ids_of(&page.kept), ["a"]);
    page.client.discard("a");
    page.perform();
    assert!(page.kept.is_empty());
}

#[test]
fn a_connection_of_another_visitor_is_left_for_a_new_token() {
    let mut page = Page::visitor();
    page.event("operator_message", operator_message(1, None), Some(1));
    page.lose_connection();
    page.client.connect(page.now);
    page.perform();
    page.open();
    page.welcome_as(Some(-8), 9, true);
    page.event(
        "operator_message",
        json!({"message_id": 2, "user_id": -8, "text": "чужое", "file_path": null,
        "source": "widget", "operator_name": null, "status": "sent"}),
        Some(10),
    );
    assert!(page.client.state().chat(-8).is_none());
    assert_eq!(page.closed, [1000]);
    page.advance(60_000);
    assert!(page.opened.iter().any(|(_, renew)| *renew), "a new token is asked for");
}
