//! A message on its way: shown at once, sent once, in order, and lost never.

use super::*;
use crate::limits::{OUTBOX_MAX, RECONNECT_MAX_MS, TYPING_EVERY_MS};

const WAITING: OutgoingState = OutgoingState::Waiting;
const SENDING: OutgoingState = OutgoingState::Sending;

fn states(page: &Page) -> Vec<OutgoingState> {
    page.outgoing().into_iter().map(|(_, state)| state).collect()
}

fn reconnect(page: &mut Page) {
    page.lose_connection();
    page.client.connect(page.now);
    page.open();
    let offset = page.client.position().map_or(0, |position| position.offset);
    page.welcome(offset, true);
}

#[test]
fn a_message_is_shown_at_once_and_sent_when_it_can_be() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.send("Привет!", "c-1");
    assert_eq!(page.outgoing(), [("Привет!".to_owned(), WAITING)]);
    page.connect(0, false);
    page.answer("history", history(&[], false));
    let frame = page.answer("send_message", sent(5, "user", "c-1"));
    assert_eq!((&frame["text"], &frame["client_id"], frame.get("user_id")), (&json!("Привет!"), &json!("c-1"), None));
    assert!(page.outgoing().is_empty());
    assert_eq!(page.ids(), [5]);
}

#[test]
fn an_operators_message_names_its_chat() {
    let mut page = Page::operator();
    page.send("Слушаю", "c-1");
    assert_eq!(page.take("send_message")["user_id"], VISITOR);
}

#[test]
fn messages_go_one_at_a_time_in_the_order_they_were_written() {
    let mut page = Page::visitor();
    for n in 1..=3 {
        page.send(&format!("номер {n}"), &format!("c-{n}"));
    }
    for n in 1..=3 {
        assert_eq!(page.sent.len(), 1);
        assert_eq!(states(&page)[0], SENDING);
        assert!(states(&page)[1..].iter().all(|state| *state == WAITING));
        let frame = page.answer("send_message", sent(n, "user", &format!("c-{n}")));
        assert_eq!(frame["text"], format!("номер {n}"));
    }
    assert!(page.sent.is_empty());
}

#[test]
fn what_was_not_answered_goes_again_as_the_same_message_and_first() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.send("два", "c-2");
    for _ in 0..3 {
        page.lose_connection();
        assert_eq!(states(&page), [WAITING, WAITING], "nothing is under way over a lost connection");
        reconnect(&mut page);
        assert_eq!(page.sent.len(), 1);
        assert_eq!(page.sent[0]["client_id"], "c-1");
    }
    page.answer("send_message", sent(1, "user", "c-1"));
    page.answer("send_message", sent(2, "user", "c-2"));
    assert_eq!(page.ids(), [1, 2]);
}

#[test]
fn an_answer_over_an_old_connection_is_not_taken_for_the_new_ones() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    let old = page.take("send_message");
    reconnect(&mut page);
    assert_ne!(page.sent[0]["id"], old["id"]);
    page.acknowledge(&old, sent(1, "user", "c-1"));
    assert_eq!(states(&page), [SENDING]);
}

#[test]
fn a_temporary_refusal_waits_as_long_as_it_says_and_nothing_passes() {
    for (code, retry_after_ms) in
        [(Code::RateLimited, Some(2_500)), (Code::StorageFailed, None), (Code::Internal, Some(0))]
    {
        let mut page = Page::visitor();
        page.send("раз", "c-1");
        page.send("два", "c-2");
        let frame = page.take("send_message");
        page.refuse(&frame, code, retry_after_ms);
        assert_eq!(states(&page), [WAITING, WAITING], "{code:?}");
        if let Some(ms @ 1..) = retry_after_ms {
            page.advance(ms - 1);
            assert!(page.sent.is_empty());
            page.advance(1);
        } else {
            page.advance(RECONNECT_MAX_MS / 4);
        }
        let frame = page.take("send_message");
        assert_eq!(frame["client_id"], "c-1", "{code:?}");
        assert!(page.sent.is_empty());
    }
}

#[test]
fn a_token_that_expired_under_a_message_costs_no_message() {
    for code in [Code::TokenExpired, Code::Unauthorized] {
        let mut page = Page::visitor();
        page.send("раз", "c-1");
        let frame = page.take("send_message");
        page.refuse(&frame, code, None);
        page.close(close::UNAUTHORIZED);
        assert_eq!(states(&page), [WAITING], "{code:?}");
        page.client.connect(page.now);
        page.open();
        page.welcome(0, true);
        page.advance(RECONNECT_MAX_MS);
        assert_eq!(page.take("send_message")["client_id"], "c-1");
    }
}

#[test]
fn a_permanent_refusal_fails_the_message_and_lets_the_next_one_go() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.send("два", "c-2");
    let frame = page.take("send_message");
    page.refuse(&frame, Code::TooLarge, None);
    assert_eq!(states(&page), [OutgoingState::Failed(Code::TooLarge), SENDING]);
    page.answer("send_message", sent(2, "user", "c-2"));
    page.advance(0);
    assert!(page.sent.is_empty(), "it stays failed by itself");
    reconnect(&mut page);
    assert!(page.sent.is_empty());
    assert_eq!(states(&page), [OutgoingState::Failed(Code::TooLarge)]);
}

#[test]
fn a_code_that_is_not_known_is_a_permanent_refusal() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    let frame = page.take("send_message");
    page.event("error", json!({"id": frame["id"], "code": "of_tomorrow", "detail": ""}), None);
    assert!(matches!(states(&page)[0], OutgoingState::Failed(_)));
}

#[test]
fn a_failed_message_is_retried_as_itself_or_given_up() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    let frame = page.take("send_message");
    page.refuse(&frame, Code::Forbidden, None);
    page.send("два", "c-2");
    page.client.retry(page.now, "c-1");
    page.perform();
    assert_eq!(page.sent.len(), 1, "another one is under way");
    page.advance(3_000);
    page.answer("send_message", sent(1, "user", "c-2"));
    let again = page.take("send_message");
    assert_eq!((&again["client_id"], &again["text"]), (&json!("c-1"), &json!("раз")));
    page.client.discard("c-1");
    assert_eq!(states(&page), [SENDING], "only what failed can be given up");
    page.refuse(&again, Code::Forbidden, None);
    page.client.discard("c-1");
    assert!(page.outgoing().is_empty());
}

#[test]
fn retrying_what_is_under_way_does_not_send_it_twice() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.client.retry(page.now, "c-1");
    page.client.retry(page.now, "no such message");
    page.perform();
    page.advance(3_000);
    assert_eq!(page.sent.len(), 1);
    assert_eq!(states(&page), [SENDING]);
}

#[test]
fn a_text_that_cannot_be_a_message_stays_with_the_person() {
    let mut page = Page::visitor();
    for (text, code) in
        [(String::new(), Code::EmptyText), (" \n".into(), Code::EmptyText), ("я".repeat(4001), Code::TooLarge)]
    {
        let refused = page.client.send(page.now, VISITOR, &text, "c-1".into());
        assert_eq!(refused.unwrap_err().code, code);
    }
    page.perform();
    assert!(page.outgoing().is_empty() && page.sent.is_empty());
    page.send(&"я".repeat(4000), "c-1");
}

#[test]
fn the_outbox_has_a_limit_and_says_so() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    for n in 0..OUTBOX_MAX {
        page.send("да", &format!("c-{n}"));
    }
    let refused = page.client.send(page.now, VISITOR, "ещё", "c-more".into());
    assert_eq!(refused.unwrap_err().code, Code::RateLimited);
    assert_eq!(page.outgoing().len(), OUTBOX_MAX);
}

#[test]
fn the_same_client_id_twice_is_one_message() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.send("да", "c-1");
    page.send("да", "c-1");
    assert_eq!(page.outgoing().len(), 1);
}

#[test]
fn the_event_before_the_answer_shows_the_message_once() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.event("new_message", new_message(5, Some("c-1")), Some(1));
    assert!(page.outgoing().is_empty());
    page.answer("send_message", sent(5, "user", "c-1"));
    assert_eq!(page.ids(), [5]);
    assert!(page.arrived.is_empty(), "it is one's own");
}

#[test]
fn an_answer_that_is_lost_is_made_up_for_by_the_event() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.send("два", "c-2");
    page.sent.clear();
    page.event("new_message", new_message(5, Some("c-1")), Some(1));
    reconnect(&mut page);
    assert_eq!(page.sent.len(), 1);
    assert_eq!(page.sent[0]["client_id"], "c-2", "the first one has arrived");
    assert_eq!(page.ids(), [5]);
}

#[test]
fn an_answer_that_is_lost_is_made_up_for_by_the_history() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.lose_connection();
    page.client.connect(page.now);
    page.open();
    page.welcome(90, false);
    page.answer("history", history(&[message(5, "user", Some("c-1"))], false));
    assert!(page.outgoing().is_empty());
    assert_eq!(page.ids(), [5]);
}

#[test]
fn a_client_id_of_the_other_side_is_not_ones_own() {
    let mut page = Page::operator();
    page.client.open_chat(page.now, VISITOR);
    page.perform();
    page.send("Слушаю", "c-1");
    page.event("new_message", new_message(5, Some("c-1")), Some(1));
    assert_eq!(states(&page), [SENDING]);
    page.answer("history", history(&[message(5, "user", Some("c-1"))], false));
    assert_eq!(states(&page), [SENDING], "the visitor's message is not the operator's");
    page.answer("send_message", sent(6, "operator", "c-1"));
    assert_eq!(page.ids(), [5, 6]);
}

#[test]
fn the_same_client_id_in_another_chat_is_another_message() {
    let mut page = Page::operator();
    page.event(
        "operator_message",
        json!({"message_id": 9, "user_id": -8, "text": "да", "file_path": null,
        "source": "widget", "operator_name": null, "status": "sent", "client_id": "c-1"}),
        Some(1),
    );
    page.sent.clear();
    page.lose_connection();
    page.send("Слушаю", "c-1");
    page.client.connect(page.now);
    page.open();
    page.welcome(2, true);
    page.event(
        "operator_message",
        json!({"message_id": 10, "user_id": -8, "text": "да", "file_path": null,
        "source": "widget", "operator_name": null, "status": "sent", "client_id": "c-1"}),
        Some(2),
    );
    assert_eq!(page.outgoing().len(), 1);
}

#[test]
fn an_answer_that_cannot_be_read_is_an_answer() {
    let mut page = Page::visitor();
    page.send("раз", "c-1");
    page.answer("send_message", json!({"shape": "of tomorrow"}));
    page.advance(3_000);
    assert!(page.outgoing().is_empty() && page.closed.is_empty());
}

#[test]
fn typing_is_told_every_three_seconds_and_only_over_a_connection() {
    let mut page = Page::visitor();
    for _ in 0..TYPING_EVERY_MS {
        page.client.typing(page.now, VISITOR);
        page.now = page.now.plus_ms(1);
    }
    page.perform();
    assert_eq!(page.sent.len(), 1);
    page.client.typing(page.now, VISITOR);
    page.perform();
    assert_eq!(page.sent, [json!({"action": "typing"}), json!({"action": "typing"})]);
    page.lose_connection();
    page.client.typing(page.now, VISITOR);
    page.perform();
    assert!(page.sent.is_empty());
}

#[test]
fn a_message_ends_the_typing_and_the_next_key_is_told_at_once() {
    let mut page = Page::visitor();
    page.client.typing(page.now, VISITOR);
    page.send("раз", "c-1");
    page.client.typing(page.now, VISITOR);
    page.perform();
    let actions: Vec<&str> = page.sent.iter().map(|frame| frame["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["typing", "send_message", "typing"]);
}
