//! Coming, staying, noticing the silence, and coming back.

use super::*;
use crate::limits::{CONNECT_TIMEOUT_MS, LIVENESS_TIMEOUT_MS, PING_AFTER_MS, RECONNECT_BASE_MS, RECONNECT_MAX_MS};

fn is_waiting(page: &Page) -> bool {
    page.client.status() == LinkStatus::Waiting
}

#[test]
fn nothing_happens_before_it_is_asked_for() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    assert_eq!((page.client.status(), page.client.next_timeout()), (LinkStatus::Off, None));
    page.send("Привет!", "c-1");
    page.client.typing(page.now, VISITOR);
    page.client.handle_timeout(page.now);
    page.close(1006);
    page.client.handle_network_up(page.now);
    page.perform();
    assert!(page.sent.is_empty() && page.opened.is_empty() && page.closed.is_empty());
    assert_eq!(page.client.status(), LinkStatus::Off);
}

#[test]
fn the_first_connection_asks_for_a_snapshot_and_the_next_ones_resume() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.connect(41, false);
    assert_eq!(page.opened, [(None, false)]);
    page.answer("history", history(&[], false));
    page.event("new_message", new_message(5, None), Some(42));
    page.lose_connection();
    page.advance(RECONNECT_MAX_MS);
    let position = Position { epoch: "e".into(), offset: 42 };
    assert_eq!(page.opened[1], (Some(position), false));
    page.open();
    page.welcome(42, true);
    assert_eq!(page.client.status(), LinkStatus::Live);
    assert!(page.sent.is_empty(), "what was missed comes by itself");
}

#[test]
fn each_attempt_waits_below_a_ceiling_that_doubles() {
    for seed in 0..50 {
        let mut page = Page::new(Identity::Visitor(VISITOR));
        page.client = Client::new(Identity::Visitor(VISITOR), seed);
        page.client.connect(page.now);
        page.perform();
        let mut ceiling = RECONNECT_BASE_MS;
        for attempt in 1..10 {
            page.close(1006);
            let waits_ms = page.client.next_timeout().unwrap().since_ms(page.now);
            assert!((0..ceiling).contains(&waits_ms), "attempt {attempt} waits {waits_ms} ms of {ceiling}");
            page.advance(waits_ms);
            assert_eq!(page.opened.len(), attempt + 1);
            ceiling = (ceiling * 2).min(RECONNECT_MAX_MS);
        }
    }
}

#[test]
fn a_relay_that_says_for_how_long_it_is_busy_is_believed() {
    for (told, least) in [(12_345, 12_345), (3_600_000, RECONNECT_MAX_MS)] {
        let mut page = Page::new(Identity::Visitor(VISITOR));
        page.client.connect(page.now);
        page.perform();
        page.open();
        page.event("error", json!({"code": "rate_limited", "detail": "", "retry_after_ms": told}), None);
        page.close(crate::close::BUSY);
        assert!(page.client.next_timeout().unwrap().since_ms(page.now) >= least, "{told}");
        page.advance(least + RECONNECT_BASE_MS);
        page.open();
        page.welcome(0, false);
        page.close(1006);
        assert!(page.client.next_timeout().unwrap().since_ms(page.now) < RECONNECT_BASE_MS, "it was for once");
    }
}

#[test]
fn a_connection_that_worked_starts_the_waiting_over() {
    let mut page = Page::visitor();
    for _ in 0..20 {
        page.lose_connection();
        let waits_ms = page.client.next_timeout().unwrap().since_ms(page.now);
        assert!(waits_ms < RECONNECT_BASE_MS, "{waits_ms} ms");
        page.advance(waits_ms);
        page.open();
        page.welcome(0, false);
        page.answer("history", history(&[], false));
    }
}

#[test]
fn a_connection_has_ten_seconds_until_its_welcome_whether_it_opens_or_not() {
    for opens_after_ms in [None, Some(0), Some(CONNECT_TIMEOUT_MS - 1)] {
        let mut page = Page::new(Identity::Visitor(VISITOR));
        page.client.connect(page.now);
        if let Some(ms) = opens_after_ms {
            page.advance(ms);
            page.open();
        }
        page.advance(CONNECT_TIMEOUT_MS - 1 - opens_after_ms.unwrap_or(0));
        assert!(page.closed.is_empty() && page.client.status() == LinkStatus::Connecting, "{opens_after_ms:?}");
        page.advance(1);
        assert_eq!(page.closed, [close::SILENT], "{opens_after_ms:?}");
    }
}

#[test]
fn a_quiet_connection_is_asked_for_a_sign_of_life_and_any_frame_is_one() {
    let mut page = Page::visitor();
    page.advance(PING_AFTER_MS - 1);
    assert_eq!(page.pings, 0);
    page.event("user_online", json!({"user_id": VISITOR}), None);
    page.advance(PING_AFTER_MS - 1);
    assert_eq!(page.pings, 0);
    page.advance(1);
    assert_eq!(page.pings, 1);
    for _ in 0..50 {
        page.pong();
        page.advance(PING_AFTER_MS);
    }
    assert_eq!((page.pings, page.closed.len()), (51, 0), "one ping for each silence");
    assert_eq!(page.client.status(), LinkStatus::Live);
}

#[test]
fn a_silent_connection_is_dead_after_ten_seconds_and_not_a_moment_before() {
    let mut page = Page::visitor();
    page.advance(LIVENESS_TIMEOUT_MS - 1);
    assert_eq!((page.client.status(), page.closed.len()), (LinkStatus::Live, 0));
    page.advance(1);
    assert_eq!((page.pings, page.closed.as_slice()), (1, [close::SILENT].as_slice()));
    page.advance(RECONNECT_BASE_MS);
    assert_eq!(page.opened.len(), 2, "another one is opened at once");
}

#[test]
fn a_timer_that_comes_late_asks_before_it_gives_up() {
    let mut page = Page::visitor();
    page.now = page.now.plus_ms(60_000);
    page.client.handle_timeout(page.now);
    page.perform();
    assert_eq!((page.pings, page.closed.len()), (1, 0));
    page.pong();
    assert_eq!(page.client.status(), LinkStatus::Live);
    page.now = page.now.plus_ms(60_000);
    page.client.handle_timeout(page.now);
    page.perform();
    page.advance(LIVENESS_TIMEOUT_MS - PING_AFTER_MS - 1);
    assert!(page.closed.is_empty());
    page.advance(1);
    assert_eq!(page.closed, [close::SILENT]);
}

#[test]
fn an_answer_that_does_not_come_ends_the_connection_though_it_lives() {
    let mut page = Page::visitor();
    page.send("Привет!", "c-1");
    for _ in 0..9 {
        page.advance(1_000);
        page.pong();
    }
    page.advance(999);
    assert!(page.closed.is_empty());
    page.advance(1);
    assert_eq!(page.closed, [close::SILENT]);
}

#[test]
fn the_close_code_says_what_to_do_next() {
    for (code, renews) in [
        (1000, false),
        (1006, false),
        (1012, false),
        (close::BUSY, false),
        (close::INTERNAL, false),
        (close::UNAUTHORIZED, true),
    ] {
        let mut page = Page::visitor();
        page.close(code);
        assert!(is_waiting(&page), "{code}");
        page.advance(RECONNECT_BASE_MS);
        assert_eq!(page.opened[1].1, renews, "{code}");
    }
    for code in [close::FORBIDDEN, close::NOT_FOUND, close::REPLACED, close::TOO_LARGE] {
        let mut page = Page::visitor();
        page.close(code);
        assert_eq!((page.client.status(), page.client.next_timeout()), (LinkStatus::Stopped(code), None));
        page.advance(3_600_000);
        page.client.handle_network_up(page.now);
        page.perform();
        assert_eq!(page.opened.len(), 1, "{code}");
        page.client.connect(page.now);
        page.perform();
        assert_eq!(page.opened.len(), 2, "the person asked for it");
    }
}

#[test]
fn a_network_that_is_back_is_not_waited_for_and_the_renewal_is_not_forgotten() {
    let mut page = Page::visitor();
    page.close(close::UNAUTHORIZED);
    page.client.handle_network_up(page.now);
    page.perform();
    assert!(page.opened[1].1);
    page.client.handle_network_up(page.now);
    page.perform();
    assert_eq!(page.opened.len(), 2, "one attempt at a time");
}

#[test]
fn leaving_closes_the_socket_and_a_late_close_means_nothing() {
    let mut page = Page::visitor();
    page.client.disconnect();
    page.perform();
    assert_eq!(page.closed, [1000]);
    page.close(1006);
    page.event("new_message", new_message(5, None), Some(1));
    page.advance(3_600_000);
    assert_eq!((page.client.status(), page.opened.len(), page.ids().len()), (LinkStatus::Off, 1, 0));
}

#[test]
fn frames_that_come_after_the_end_are_not_heard() {
    let mut page = Page::visitor();
    page.lose_connection();
    page.event("new_message", new_message(5, None), Some(1));
    page.welcome(9, false);
    assert!(is_waiting(&page) && page.ids().is_empty());
    assert_eq!(page.client.position().unwrap().offset, 0);
}

#[test]
fn a_welcome_that_comes_twice_is_heard_once() {
    let mut page = Page::visitor();
    page.event("new_message", new_message(5, None), Some(1));
    page.welcome(9, false);
    assert!(page.sent.is_empty());
    assert_eq!(page.client.position().unwrap().offset, 1);
}

#[test]
fn why_the_relay_refused_is_kept_for_the_person() {
    let mut page = Page::new(Identity::Visitor(VISITOR));
    page.client.connect(page.now);
    page.perform();
    page.event("error", json!({"code": "origin_not_allowed", "detail": "not on the list"}), None);
    page.close(close::FORBIDDEN);
    assert_eq!(page.client.last_problem().unwrap().code, Some(Code::OriginNotAllowed));
    page.connect(0, false);
    assert_eq!(page.client.last_problem(), None);
}
