//! Lines are used up, and change without a seam; where no socket opens, they are streams.

use super::*;
use crate::limits::{
    CONNECT_TIMEOUT_MS, LINE_BYTES_SOFT, LIVENESS_TIMEOUT_MS, RECONNECT_MAX_MS, SOCKET_RETRY_MS, STREAM_BESIDE_AFTER_MS,
};

/// A visitor whose line has brought as much as it should, so that the next one is on its way.
fn used_up() -> Page {
    let mut page = Page::visitor();
    page.event_over(page.line(), LINE_BYTES_SOFT, "new_message", new_message(5, None), Some(42));
    assert_eq!((page.lines.len(), page.client.status()), (2, LinkStatus::Live));
    page
}

fn welcome_data(offset: i64, resumed: bool) -> Value {
    json!({"role": "visitor", "user_id": VISITOR, "epoch": "e", "offset": offset, "resumed": resumed, "protocol": 1,
        "limits": {"text_chars_max": 4000, "frame_bytes_max": 32768, "liveness_timeout_ms": 10000}})
}

fn event_on(page: &mut Page, line: LineId, id: MessageId, offset: i64) {
    page.event_over(line, 100, "new_message", new_message(id, None), Some(offset));
}

#[test]
fn the_next_line_is_opened_at_the_soft_mark_and_not_before() {
    let mut page = Page::visitor();
    let (mut bytes, line) = (0, page.line());
    while page.lines.len() == 1 {
        page.event_over(line, 100, "user_online", json!({"user_id": VISITOR}), None);
        bytes += 100;
    }
    assert!(bytes < LINE_BYTES_SOFT && bytes > LINE_BYTES_SOFT * 2 / 3, "{bytes}: what frames the text counts, too");
    assert!(page.left.is_empty(), "the old one is kept until the new one is up");
}

#[test]
fn the_old_line_works_until_the_new_one_is_welcomed_and_nothing_comes_twice() {
    let mut page = used_up();
    let (old, new) = (page.lines[0].0, page.lines[1].0);
    assert_eq!(page.opened[1], (Some(Position { epoch: "e".into(), offset: 42 }), false));
    event_on(&mut page, old, 6, 43);
    page.client.handle_open(page.now, new);
    event_on(&mut page, old, 7, 44);
    assert_eq!(page.ids(), [5, 6, 7]);
    assert!(page.left.is_empty());
    page.event_over(new, 300, "welcome", welcome_data(44, true), None);
    assert_eq!(page.left, [old]);
    assert_eq!(page.closed, [1000]);
    for (id, offset) in [(6, 43), (7, 44), (8, 45)] {
        event_on(&mut page, new, id, offset);
    }
    assert_eq!(page.ids(), [5, 6, 7, 8]);
    assert_eq!(page.arrived, Vec::<MessageId>::new(), "a visitor's own side does not arrive");
    event_on(&mut page, old, 9, 46);
    assert_eq!(page.ids(), [5, 6, 7, 8], "what an old line still brings is not heard");
    assert_eq!(page.client.status(), LinkStatus::Live);
}

#[test]
fn what_was_not_answered_on_the_old_line_is_asked_again_as_the_same() {
    let mut page = used_up();
    page.send("Привет!", "c-1");
    let first = page.take("send_message");
    page.open();
    page.event_over(page.line(), 300, "welcome", welcome_data(42, true), None);
    let again = page.take("send_message");
    assert_eq!(
        (first["client_id"].clone(), first["text"].clone()),
        (again["client_id"].clone(), again["text"].clone())
    );
    page.acknowledge(&again, sent(6, "user", "c-1"));
    assert!(page.outgoing().is_empty());
    assert_eq!(page.ids(), [5, 6]);
}

#[test]
fn loads_wait_for_the_new_line_and_messages_do_not() {
    let mut page = used_up();
    page.client.read(page.now, VISITOR, 5);
    page.send("Привет!", "c-1");
    page.take("send_message");
    assert!(page.sent.is_empty(), "the read mark waits");
    page.open();
    page.event_over(page.line(), 300, "welcome", welcome_data(42, true), None);
    page.take("message_read");
    page.take("send_message");
}

#[test]
fn a_next_line_that_comes_to_nothing_is_tried_again_while_the_old_one_works() {
    let mut page = used_up();
    for attempt in 2..6 {
        page.close(1006);
        assert_eq!((page.client.status(), page.lines.len()), (LinkStatus::Live, attempt));
        page.advance(RECONNECT_MAX_MS.min(3_000));
        page.client.handle_frame(page.now, 1, 0, Some(Frame::Pong));
        assert_eq!(page.lines.len(), attempt + 1);
    }
    event_on(&mut page, 1, 6, 43);
    assert_eq!(page.ids(), [5, 6]);
}

#[test]
fn a_next_line_that_is_never_welcomed_is_given_up() {
    let mut page = used_up();
    for _ in 0..CONNECT_TIMEOUT_MS / 1000 {
        page.advance(1_000);
        page.client.handle_frame(page.now, 1, 0, Some(Frame::Pong));
    }
    assert_eq!((page.left.as_slice(), page.client.status()), ([2].as_slice(), LinkStatus::Live));
}

#[test]
fn a_refused_token_is_renewed_for_the_next_line() {
    let mut page = used_up();
    page.close(close::UNAUTHORIZED);
    page.advance(3_000);
    assert!(page.opened[2].1);
    assert_eq!(page.client.status(), LinkStatus::Live);
}

#[test]
fn a_next_line_that_is_told_to_stay_away_takes_the_old_one_along() {
    let mut page = used_up();
    page.close(close::FORBIDDEN);
    assert_eq!(page.client.status(), LinkStatus::Stopped(close::FORBIDDEN));
    assert_eq!(page.left, [1]);
}

#[test]
fn when_the_old_line_ends_first_the_next_one_is_waited_for() {
    let mut page = used_up();
    page.client.handle_close(page.now, 1, 1006);
    page.perform();
    assert_eq!((page.client.status(), page.lines.len()), (LinkStatus::Connecting, 2));
    page.open();
    page.event_over(page.line(), 300, "welcome", welcome_data(42, true), None);
    assert_eq!(page.client.status(), LinkStatus::Live);
}

#[test]
fn a_line_that_freezes_while_the_next_one_opens_is_given_up_for_it() {
    let mut page = used_up();
    page.advance(LIVENESS_TIMEOUT_MS);
    assert!(page.left.contains(&1));
    assert_ne!(page.client.status(), LinkStatus::Live);
}

#[test]
fn a_line_to_be_continued_is_continued_at_once() {
    let mut page = Page::visitor();
    page.event("new_message", new_message(5, None), Some(42));
    page.close(close::CONTINUE);
    assert_eq!((page.lines.len(), page.client.status()), (2, LinkStatus::Connecting));
    // One that was good for nothing is no reason to hurry.
    page.open();
    page.event("welcome", welcome_data(42, true), None);
    page.close(close::CONTINUE);
    assert_eq!((page.lines.len(), page.client.status()), (2, LinkStatus::Waiting));
}

#[test]
fn a_line_that_resumes_nothing_does_not_take_the_position_back() {
    let mut page = used_up();
    event_on(&mut page, 1, 6, 43);
    page.open();
    page.event_over(page.line(), 300, "welcome", welcome_data(42, false), None);
    assert_eq!(page.client.position().unwrap().offset, 43);
    page.take("history");
    let line = page.line();
    event_on(&mut page, line, 6, 43);
    assert_eq!(page.ids(), [5, 6]);
}

#[test]
fn leaving_leaves_both_lines() {
    let mut page = used_up();
    page.client.disconnect();
    page.perform();
    assert_eq!(page.left, [1, 2]);
    page.advance(3_600_000);
    assert_eq!(page.lines.len(), 2);
}

#[test]
fn a_probe_is_answered_at_once_over_the_line_it_came_by() {
    let mut page = Page::visitor();
    page.client.handle_frame(page.now, page.line(), 17, Some(Frame::Probe));
    let line = page.line();
    assert_eq!(page.client.take_effect(), Some(Effect::Transmit { line, text: PING.into() }));
}

#[test]
fn a_frame_that_cannot_be_read_counts_all_the_same() {
    let mut page = Page::visitor();
    page.client.handle_frame(page.now, page.line(), LINE_BYTES_SOFT, None);
    page.perform();
    assert_eq!(page.lines.len(), 2);
}

#[test]
fn where_sockets_are_refused_a_stream_is_tried_and_then_the_two_in_turn() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.client.connect(page.now);
    page.perform();
    for _ in 0..5 {
        page.close(1006);
        page.client.handle_network_up(page.now);
        page.perform();
    }
    let via: Vec<Via> = page.lines.iter().map(|(_, via)| *via).collect();
    assert_eq!(via, [Via::Socket, Via::Socket, Via::Stream, Via::Socket, Via::Stream, Via::Socket]);
}

#[test]
fn a_stream_that_works_stays_until_a_socket_is_worth_another_try() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.client.connect(page.now);
    page.perform();
    for _ in 0..2 {
        page.close(1006);
        page.client.handle_network_up(page.now);
        page.perform();
    }
    page.open();
    page.welcome(0, false);
    let used = |page: &mut Page| {
        page.event_over(page.line(), LINE_BYTES_SOFT, "user_online", json!({"user_id": VISITOR}), None);
        let (line, via) = *page.lines.last().unwrap();
        page.client.handle_open(page.now, line);
        page.event_over(line, 300, "welcome", welcome_data(0, true), None);
        via
    };
    assert_eq!(used(&mut page), Via::Stream);
    page.now = page.now.plus_ms(SOCKET_RETRY_MS);
    assert_eq!(used(&mut page), Via::Socket);
    assert_eq!(used(&mut page), Via::Socket, "it opened: sockets it is");
}

#[test]
fn beside_a_first_socket_that_takes_long_a_stream_is_opened_and_the_first_welcome_wins() {
    for stream_wins in [true, false] {
        let mut page = Page::new(Identity::Visitor(VISITOR));
        page.client.connect(page.now);
        page.perform();
        page.advance(STREAM_BESIDE_AFTER_MS - 1);
        assert_eq!(page.lines.len(), 1);
        page.advance(1);
        assert_eq!(page.lines, [(1, Via::Socket), (2, Via::Stream)]);
        let (wins, loses) = if stream_wins { (2, 1) } else { (1, 2) };
        page.client.handle_open(page.now, wins);
        page.event_over(wins, 300, "welcome", welcome_data(0, false), None);
        assert_eq!((page.client.status(), page.left.as_slice()), (LinkStatus::Live, [loses].as_slice()));
    }
}
