//! Bulk sends that are interrupted: by the death of the relay at any point, by commits that fail, by pauses and cancels, in
//! whatever order.

use crate::bench;
use crate::bulk::{POINTS, Point, all_sent, bulk, finish, market, ring, states, step, take_to};

use bench::ozon::{chat_of, limited};
use relay_core::hub::{BulkStep, Job};
use relay_core::upstream::Answered;
use serde_json::json;
use shared::limits::UPSTREAM_TIMEOUT_MS;
use shared::problem::Code;

#[test]
fn a_crash_at_any_point_neither_repeats_nor_loses_a_row() {
    for point in POINTS {
        for downtime_ms in [0, 500, 40_000, 3_600_000] {
            for row in 0..2 {
                let (mut market, bulk_id) = market(3);
                if row == 1 {
                    // The first row is at its end, and the second one's time has come.
                    take_to(&mut market, Point::Sent);
                    market.bench.advance(1_000);
                    market.serve_all();
                    assert_eq!(states(&mut market.bench, bulk_id)[0], "sent");
                }
                if row == 0 {
                    take_to(&mut market, point);
                }
                market.bench.now = market.bench.now.plus_ms(downtime_ms);
                market.bench.crash();
                let shown = format!("{point:?}, down for {downtime_ms} ms, row {row}");
                finish(&mut market, bulk_id);
                all_sent(&mut market, bulk_id, 3, &shown);
            }
        }
    }
}

#[test]
fn two_crashes_are_no_worse_than_one() {
    for first in POINTS {
        for wait_ms in [0, 1_000, 40_000] {
            let (mut market, bulk_id) = market(2);
            take_to(&mut market, first);
            market.bench.crash();
            market.bench.advance(wait_ms);
            // What the second life asked Ozon is answered to nobody.
            for call in std::mem::take(&mut market.bench.calls) {
                let _ = market.ozon.serve(&call);
            }
            market.bench.crash();
            finish(&mut market, bulk_id);
            all_sent(&mut market, bulk_id, 2, &format!("{first:?}, {wait_ms} ms"));
        }
    }
}

#[test]
fn a_commit_that_fails_anywhere_changes_nothing_in_the_end() {
    let mut has_failed = 0;
    for failing in 0..40 {
        let (mut market, bulk_id) = market(4);
        for turn in 0..400 {
            if turn == failing {
                market.bench.store.failing_commits.set(1);
            }
            if market.bench.calls.is_empty() {
                let wait_ms = market.bench.next_alarm().map_or(1_000, |at| at.since_ms(market.bench.now).max(0));
                market.bench.advance(wait_ms);
            } else {
                let call = market.bench.call();
                market.serve(call);
            }
        }
        // After the last commit none fails any more.
        has_failed += 1 - market.bench.store.failing_commits.take();
        finish(&mut market, bulk_id);
        all_sent(&mut market, bulk_id, 4, &format!("commit {failing}"));
    }
    assert!(has_failed >= 16, "{has_failed}");
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[test]
fn whatever_happens_in_whatever_order_each_row_is_sent_once() {
    for seed in 0..100 {
        let mut dice = Dice(seed);
        let count = 6;
        let (mut market, bulk_id) = market(count);
        for _ in 0..120 {
            match dice.roll(12) {
                0 => market.bench.crash(),
                1 => market.bench.hibernate(),
                2 => {
                    let _ = step(&mut market.bench, bulk_id, BulkStep::Pause);
                }
                3 => {
                    let _ = step(&mut market.bench, bulk_id, BulkStep::Resume);
                }
                4 => market.bench.store.failing_commits.set(1),
                5 | 6 => market.bench.advance(i64::try_from(dice.roll(3_000)).unwrap()),
                7 => market.bench.advance(i64::try_from(dice.roll(60_000)).unwrap()),
                _ if market.bench.calls.is_empty() => market.bench.advance(200),
                outcome => {
                    let at = dice.roll(market.bench.calls.len() as u64) as usize;
                    let call = market.bench.calls.remove(at);
                    if market.bench.now.since_ms(call.at) >= UPSTREAM_TIMEOUT_MS {
                        // No call lives so long.
                        market.bench.answer(call.job, Answered::Lost);
                        continue;
                    }
                    match outcome {
                        // Ozon never hears of it, or its answer never comes; the chat's beginning has few such tries.
                        8 if !matches!(call.job, Job::StartChat { .. }) => {
                            market.bench.answer(call.job, Answered::Lost)
                        }
                        9 if !matches!(call.job, Job::StartChat { .. }) => {
                            let _ = market.ozon.serve(&call);
                            market.bench.answer(call.job, Answered::Lost);
                        }
                        10 if !matches!(call.job, Job::Lookup { .. }) => {
                            market.bench.answer(call.job, limited(Some("1")))
                        }
                        _ => market.serve(call),
                    }
                }
            }
        }
        market.bench.store.failing_commits.set(0);
        market.bench.crash();
        let _ = step(&mut market.bench, bulk_id, BulkStep::Resume);
        finish(&mut market, bulk_id);
        for number in 1..=count {
            let texts = market.ozon.seller_texts(&chat_of(&format!("{number}-1"))).len();
            let row = &states(&mut market.bench, bulk_id)[number - 1];
            // A row may have failed, by losing too much; it never says so of what has arrived, nor is one sent twice.
            match row.as_str() {
                "sent" => assert_eq!(texts, 1, "seed {seed}, row {number}"),
                "failed:upstream_unavailable" => assert_eq!(texts, 0, "seed {seed}, row {number}"),
                "failed:delivery_unknown" => assert!(texts <= 1, "seed {seed}, row {number}"),
                other => panic!("seed {seed}, row {number}: {other}"),
            }
        }
    }
}

#[test]
fn a_pause_begins_nothing_more_and_what_is_kept_goes_its_way() {
    let (mut market, bulk_id) = market(3);
    take_to(&mut market, Point::Reserved);
    assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Pause), Ok("paused".into()));
    assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Pause), Ok("paused".into()), "done again, it is done");
    market.bench.advance(5_000);
    market.serve_all();
    market.bench.advance(5_000);
    market.serve_all();
    market.bench.advance(600_000);
    assert_eq!(states(&mut market.bench, bulk_id), ["sent", "queued", "queued"]);
    assert_eq!(market.ozon.begun.len(), 1);
    market.bench.crash();
    market.bench.advance(600_000);
    assert!(market.bench.calls.is_empty());
    assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Resume), Ok("running".into()));
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 3, "resumed");
    for done in [BulkStep::Pause, BulkStep::Resume, BulkStep::Cancel] {
        assert_eq!(step(&mut market.bench, bulk_id, done), Err(Code::Conflict));
    }
    assert_eq!(step(&mut market.bench, 99, BulkStep::Pause), Err(Code::NotFound));
}

#[test]
fn a_chat_that_is_begun_while_it_is_paused_gets_its_message_after_that() {
    let (mut market, bulk_id) = market(1);
    ring(&mut market);
    let call = market.bench.call();
    step(&mut market.bench, bulk_id, BulkStep::Pause).unwrap();
    market.serve(call);
    market.bench.advance(60_000);
    assert_eq!((states(&mut market.bench, bulk_id), market.bench.calls.len()), (vec!["queued".into()], 0));
    step(&mut market.bench, bulk_id, BulkStep::Resume).unwrap();
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 1, "later");
    assert_eq!(market.ozon.begun["1-1"], 2);
}

#[test]
fn a_cancelled_one_begins_nothing_more_for_ever() {
    for point in [Point::Kept, Point::Starting, Point::Reserved, Point::Arrived] {
        let (mut market, bulk_id) = market(3);
        take_to(&mut market, point);
        let call = (point == Point::Starting).then(|| market.bench.calls.pop()).flatten();
        assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Cancel), Ok("cancelled".into()));
        assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Cancel), Ok("cancelled".into()));
        // The chat is there now, and nobody writes to it.
        let call = call.map(|call| (market.ozon.serve(&call), call.job));
        if let Some((answer, job)) = call {
            market.bench.answer(job, answer);
        }
        market.bench.crash();
        finish(&mut market, bulk_id);
        market.bench.advance(600_000);
        let first = if matches!(point, Point::Kept | Point::Starting) { "cancelled" } else { "sent" };
        assert_eq!(states(&mut market.bench, bulk_id), [first, "cancelled", "cancelled"], "{point:?}");
        let seen = bulk(&mut market.bench, bulk_id);
        let sent = i64::from(first == "sent");
        assert_eq!((&seen["sent"], &seen["cancelled"]), (&json!(sent), &json!(3 - sent)), "{point:?}");
        assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Resume), Err(Code::Conflict));
    }
}
