//! Half-open connections end within ten seconds while it matters to somebody, and cost nothing while it does not.

use crate::bench;

use bench::Bench;
use bench::people::{integration, operator, visitor};
use relay_core::hub::ConnId;
use shared::close;
use shared::limits::{
    LINE_BYTES_MAX, LIVENESS_TIMEOUT_MS, PRESENCE_GRACE_MS, PROBE_AFTER_MS, TEXT_CHARS_MAX, UNHEARD_BYTES_MAX,
};

const USER: i64 = -7;

/// A visitor on a line of ours, who has written and so counts as online.
fn online(bench: &mut Bench) -> ConnId {
    let page = bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
    bench.visitor_writes(page, "Здравствуйте!");
    page
}

fn probes(bench: &mut Bench, conn: ConnId) -> usize {
    bench.only(conn, "probe").len()
}

#[test]
fn a_visitor_whose_line_is_dead_is_offline_in_time() {
    let mut bench = Bench::new();
    let desk = bench.connect(&integration("CRM"));
    let page = online(&mut bench);
    bench.clear();
    bench.advance(LIVENESS_TIMEOUT_MS);
    assert_eq!(bench.closed(page), Some(close::SILENT));
    assert!(bench.only(desk, "user_offline").is_empty(), "the grace of a page load is theirs, too");
    bench.advance(PRESENCE_GRACE_MS);
    assert_eq!(bench.only(desk, "user_offline").len(), 1);
}

#[test]
fn a_hidden_page_that_answers_probes_stays() {
    let mut bench = Bench::new();
    bench.connect(&operator("Анна"));
    let page = online(&mut bench);
    let mut asked = 0;
    for _ in 0..600 {
        bench.advance(100);
        for _ in 0..probes(&mut bench, page) {
            asked += 1;
            bench.ping(page);
        }
    }
    assert_eq!(bench.closed(page), None);
    assert!((6..=12).contains(&asked), "{asked} probes in a minute");
}

#[test]
fn a_page_that_pings_by_itself_is_not_probed() {
    let mut bench = Bench::new();
    bench.connect(&operator("Анна"));
    let page = online(&mut bench);
    for _ in 0..30 {
        bench.advance(4_000);
        bench.ping(page);
    }
    assert_eq!((probes(&mut bench, page), bench.closed(page)), (0, None));
}

#[test]
fn any_frame_is_a_sign_of_life() {
    let mut bench = Bench::new();
    bench.connect(&operator("Анна"));
    let page = online(&mut bench);
    for _ in 0..30 {
        bench.advance(4_000);
        bench.frame(page, r#"{"action":"typing"}"#);
    }
    assert_eq!((probes(&mut bench, page), bench.closed(page)), (0, None));
}

#[test]
fn a_dead_inbox_is_ended_too_and_with_it_the_watch() {
    let mut bench = Bench::new();
    let desk = bench.open_budgeted(&operator("Анна"), None, LINE_BYTES_MAX);
    let page = online(&mut bench);
    for _ in 0..20 {
        bench.advance(1_000);
        bench.ping(page);
    }
    assert_eq!((bench.closed(desk), bench.closed(page)), (Some(close::SILENT), None));
    assert_eq!(bench.next_alarm(), None, "nobody is there to whom it matters");
}

#[test]
fn where_it_matters_to_nobody_the_object_sleeps() {
    // Nobody of the staff; then somebody, but nobody online.
    let mut bench = Bench::new();
    let page = online(&mut bench);
    assert_eq!(bench.next_alarm(), None);
    bench.advance(3_600_000);
    assert_eq!((bench.closed(page), probes(&mut bench, page)), (None, 0));

    let mut bench = Bench::new();
    bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
    let desk = bench.connect(&operator("Анна"));
    bench.advance(PROBE_AFTER_MS);
    assert_eq!((bench.next_alarm(), bench.closed(desk)), (None, None));
}

#[test]
fn staff_that_comes_later_finds_out_who_is_gone() {
    let mut bench = Bench::new();
    let page = online(&mut bench);
    bench.advance(120_000);
    bench.connect(&operator("Анна"));
    bench.advance(LIVENESS_TIMEOUT_MS);
    assert_eq!(bench.closed(page), Some(close::SILENT));
}

#[test]
fn a_program_without_a_budget_is_not_judged_by_its_silence() {
    let mut bench = Bench::new();
    let listener = bench.connect(&integration("CRM"));
    let plain = bench.connect(&visitor(USER));
    bench.visitor_writes(plain, "Здравствуйте!");
    bench.advance(3_600_000);
    assert_eq!((bench.closed(listener), bench.closed(plain)), (None, None));
    assert_eq!(probes(&mut bench, listener) + probes(&mut bench, plain), 0);
}

#[test]
fn the_watch_goes_on_after_hibernation_and_after_a_crash_of_the_store() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        let desk = bench.connect(&operator("Анна"));
        let page = online(&mut bench);
        bench.advance(PROBE_AFTER_MS + 10);
        if crash {
            bench.store.failing_commits.set(1);
            bench.frame(desk, r#"{"action":"send_message","user_id":-7,"text":"Да?"}"#);
        } else {
            bench.hibernate();
        }
        bench.advance(LIVENESS_TIMEOUT_MS + PROBE_AFTER_MS);
        assert_eq!(bench.closed(page), Some(close::SILENT), "crash: {crash}");
    }
}

#[test]
fn a_listener_that_takes_nothing_in_is_cut_and_one_that_pings_is_not() {
    for pings in [false, true] {
        let mut bench = Bench::new();
        let listener = bench.connect(&integration("CRM"));
        let writer = bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX);
        let text = "Ы".repeat(TEXT_CHARS_MAX);
        let mut writer = Some(writer);
        let count = UNHEARD_BYTES_MAX * 2 / (TEXT_CHARS_MAX * 2) + 10;
        for _ in 0..count {
            bench.advance(1);
            let page = writer.filter(|page| bench.closed(*page).is_none());
            let page = page.unwrap_or_else(|| bench.open_budgeted(&visitor(USER), None, LINE_BYTES_MAX));
            writer = Some(page);
            bench.frame(page, &serde_json::json!({"action": "send_message", "text": text}).to_string());
            bench.clear();
            if pings && bench.weight(listener).is_multiple_of(7) {
                bench.ping(listener);
            }
            if bench.closed(listener).is_some() {
                break;
            }
        }
        if pings {
            assert_eq!(bench.closed(listener), None);
        } else {
            assert_eq!(bench.closed(listener), Some(close::SLOW));
            let weight = bench.weight(listener);
            assert!((UNHEARD_BYTES_MAX..UNHEARD_BYTES_MAX + 20_000).contains(&weight), "{weight}");
        }
    }
}
