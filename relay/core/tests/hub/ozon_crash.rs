//! The relay dies in every state of a send: nothing that Ozon took is sent again, nothing is forgotten.

use crate::bench;

use bench::ozon::{CHAT, Market};
use relay_core::hub::Job;
use relay_core::upstream::Answered;
use shared::limits::SEND_SETTLE_MS;

/// Where the relay dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Point {
    /// The message is kept, the call was not made.
    BeforeTheCall,
    /// Ozon has the message, the relay does not know.
    AfterTheCall,
    /// The answer was lost.
    InDoubt,
    /// The history was asked, and not answered.
    WhileLookingUp,
    /// The history was answered, and did not show the message.
    LookedUp,
    /// Ozon asked for patience.
    ToldToWait,
    /// Ozon took it, and its id is not known.
    Sent,
    /// Its second attempt is under way.
    SecondAttempt,
}

const POINTS: [Point; 8] = [
    Point::BeforeTheCall,
    Point::AfterTheCall,
    Point::InDoubt,
    Point::WhileLookingUp,
    Point::LookedUp,
    Point::ToldToWait,
    Point::Sent,
    Point::SecondAttempt,
];

/// Takes a message to a point. `arrived`: whether an attempt that was lost had arrived.
fn take_to(market: &mut Market, message_id: i64, point: Point, arrived: bool) {
    let call = market.attempt(message_id, 1);
    if point == Point::BeforeTheCall {
        return;
    }
    if point == Point::ToldToWait {
        market.bench.answer(call.job, bench::ozon::limited(Some("20")));
        return;
    }
    if arrived || matches!(point, Point::AfterTheCall | Point::Sent) {
        let answer = market.ozon.serve(&call);
        if point == Point::Sent {
            market.bench.answer(call.job, answer);
            return;
        }
    }
    if point == Point::AfterTheCall {
        return;
    }
    market.bench.answer(call.job, Answered::Lost);
    if point == Point::InDoubt {
        return;
    }
    market.bench.advance(1_000);
    let lookup = market.lookup();
    if point == Point::WhileLookingUp {
        return;
    }
    market.serve(lookup);
    if point == Point::SecondAttempt && !arrived {
        while !market.bench.calls.iter().any(|call| matches!(call.job, Job::Send { attempt: 2, .. })) {
            market.bench.advance(1_000);
            if let Some(Job::Lookup { .. }) = market.bench.calls.first().map(|call| &call.job) {
                let call = market.bench.call();
                market.serve(call);
            }
        }
    }
}

#[test]
fn a_crash_at_any_point_neither_repeats_nor_loses_a_message() {
    for point in POINTS {
        for arrived in [true, false] {
            for downtime_ms in [0, 500, SEND_SETTLE_MS, 3_600_000] {
                let mut market = Market::new();
                let message_id = market.writes("да");
                let next = market.writes("дальше");
                take_to(&mut market, message_id, point, arrived);
                market.bench.now = market.bench.now.plus_ms(downtime_ms);
                market.bench.crash();
                market.settle();
                let shown = format!("{point:?}, arrived {arrived}, down for {downtime_ms} ms");
                assert_eq!(market.ozon.seller_texts(CHAT), ["да", "дальше"], "{shown}");
                assert_eq!((market.status(message_id), market.status(next)), ("sent".into(), "sent".into()), "{shown}");
            }
        }
    }
}

#[test]
fn two_crashes_are_no_worse_than_one() {
    for first in POINTS {
        for wait_ms in [0, 1_000, 10_000, SEND_SETTLE_MS] {
            let mut market = Market::new();
            let message_id = market.writes("да");
            take_to(&mut market, message_id, first, true);
            market.bench.crash();
            market.bench.advance(wait_ms);
            // What the second life asked Ozon is answered to nobody.
            for call in std::mem::take(&mut market.bench.calls) {
                let _ = market.ozon.serve(&call);
            }
            market.bench.crash();
            market.settle();
            assert_eq!(market.ozon.seller_texts(CHAT), ["да"], "{first:?}, {wait_ms} ms");
            assert_eq!(market.status(message_id), "sent");
        }
    }
}

#[test]
fn a_sleep_between_any_two_steps_changes_nothing() {
    let mut market = Market::new();
    let ids = [market.writes("раз"), market.writes("два")];
    for id in ids {
        market.bench.hibernate();
        let call = market.attempt(id, 1);
        market.bench.hibernate();
        market.serve(call);
    }
    market.bench.hibernate();
    market.bench.advance(1_000);
    market.bench.hibernate();
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT), ["раз", "два"]);
    assert!(ids.iter().all(|id| market.bench.upstream_id(*id).is_some()));
}
