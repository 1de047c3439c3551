//! A lost answer: the history decides, and a message is sent again only when no copy of it can come any more.

use crate::bench;

use bench::ozon::{CHAT, Market, TEXT, accepted, answered, limited, message_read};
use bench::{Call, ozon};
use relay_core::hub::Job;
use relay_core::upstream::Answered;
use serde_json::json;
use shared::limits::{LOOKUP_ATTEMPTS_MAX, SEND_ATTEMPTS_MAX, SEND_SETTLE_MS, UPSTREAM_TIMEOUT_MS};

/// What leaves it open whether the message arrived.
fn unknown_answers() -> [Answered; 8] {
    [
        Answered::Lost,
        answered(500, r#"{"code":13,"message":"Internal error"}"#),
        answered(502, "<html>Bad gateway</html>"),
        answered(504, ""),
        answered(408, ""),
        answered(200, "<html>"),
        answered(200, "{}"),
        answered(200, r#"{"result":null}"#),
    ]
}

/// A message whose only attempt ended with `answer`, and the time of that attempt.
fn in_doubt(market: &mut Market, arrived: bool, answer: Answered) -> i64 {
    let message_id = market.writes("да");
    let call = market.attempt(message_id, 1);
    if arrived {
        let _ = market.ozon.serve(&call);
    }
    market.bench.answer(call.job, answer);
    assert_eq!(market.told(message_id), ["checking:upstream_unavailable"]);
    message_id
}

/// Lets time pass until the hub calls, at most for a quarter of an hour.
fn next_call(market: &mut Market) -> Option<Call> {
    for _ in 0..900 {
        if !market.bench.calls.is_empty() {
            return Some(market.bench.call());
        }
        market.bench.advance(1_000);
    }
    None
}

#[test]
fn a_message_in_doubt_that_the_history_shows_is_sent_and_not_sent_again() {
    for answer in unknown_answers() {
        let mut market = Market::new();
        let shown = format!("{answer:?}");
        let message_id = in_doubt(&mut market, true, answer);
        let next = market.writes("дальше");
        assert!(market.bench.calls.is_empty(), "the next one waits for certainty");
        market.bench.advance(1_000);
        let call = market.lookup();
        market.serve(call);
        assert_eq!(market.told(message_id), ["sent"], "{shown}");
        market.attempt(next, 1);
        market.bench.crash();
        market.settle();
        assert_eq!(market.ozon.accepted[&message_id], 1, "{shown}");
    }
}

#[test]
fn a_message_that_did_not_arrive_is_sent_again_only_when_no_copy_can_come_any_more() {
    for answer in unknown_answers() {
        let mut market = Market::new();
        let attempted_at = market.bench.now;
        let message_id = in_doubt(&mut market, false, answer);
        let again = loop {
            let call = next_call(&mut market).expect("it is asked about until it is certain");
            if matches!(call.job, Job::Send { .. }) {
                break call;
            }
            let asked_at = call.at;
            market.serve(call);
            let settled = asked_at.since_ms(attempted_at) >= SEND_SETTLE_MS;
            assert_eq!(!market.bench.calls.is_empty(), settled, "asked after {} ms", asked_at.since_ms(attempted_at));
        };
        assert_eq!(again.job, Job::Send { message_id, attempt: 2, method: TEXT });
        assert_eq!(market.told(message_id), ["queued"]);
        market.serve(again);
        market.settle();
        assert_eq!((market.status(message_id).as_str(), market.ozon.accepted[&message_id]), ("sent", 1));
    }
}

#[test]
fn a_page_that_was_asked_for_too_early_proves_nothing_however_late_it_comes() {
    let mut market = Market::new();
    let message_id = market.writes("да");
    let attempted_at = market.bench.now;
    let attempt = market.attempt(message_id, 1);
    market.bench.answer(attempt.job.clone(), Answered::Lost);
    market.bench.advance(1_000);
    let lookup = market.lookup();
    // Ozon reads the history now, takes the message a little later, and answers the first question last of all.
    let early_page = market.ozon.serve(&lookup);
    market.bench.advance(UPSTREAM_TIMEOUT_MS - 2_000);
    let _ = market.ozon.serve(&attempt);
    market.bench.advance(SEND_SETTLE_MS - market.bench.now.since_ms(attempted_at) - 1);
    market.bench.calls.clear();
    market.bench.advance(1);
    market.bench.answer(lookup.job, early_page);
    assert!(market.bench.calls.iter().all(|call| !matches!(call.job, Job::Send { .. })), "sent again");
    market.settle();
    assert_eq!((market.status(message_id).as_str(), market.ozon.accepted[&message_id]), ("sent", 1));
}

#[test]
fn attempts_are_numbered_limited_and_then_the_message_failed() {
    let mut market = Market::new();
    let message_id = market.writes("да");
    let next = market.writes("дальше");
    let mut attempts = Vec::new();
    while market.status(message_id) != "failed" {
        let call = next_call(&mut market).expect("it ends");
        match call.job {
            Job::Send { attempt, .. } => {
                attempts.push(attempt);
                market.bench.answer(call.job, answered(500, ""));
            }
            _ => market.serve(call),
        }
    }
    assert_eq!(attempts, (1..=SEND_ATTEMPTS_MAX).collect::<Vec<_>>());
    assert_eq!(market.bench.status(message_id).1.as_deref(), Some("upstream_unavailable"));
    market.settle();
    assert_eq!(market.status(next), "sent");
    assert!(!market.ozon.accepted.contains_key(&message_id));
}

#[test]
fn a_history_that_cannot_be_read_never_leads_to_a_second_message() {
    for answer in [answered(403, r#"{"code":7}"#), answered(500, ""), answered(200, "{"), limited(None), Answered::Lost]
    {
        let mut market = Market::new();
        let message_id = in_doubt(&mut market, true, Answered::Lost);
        let next = market.writes("дальше");
        let mut lookups = 0;
        let call = loop {
            let call = next_call(&mut market).expect("the next one has its turn");
            match call.job {
                Job::Send { .. } => break call,
                _ => market.bench.answer(call.job, answer.clone()),
            }
            lookups += 1;
        };
        assert_eq!(lookups, LOOKUP_ATTEMPTS_MAX);
        assert_eq!(market.bench.status(message_id), ("failed".into(), Some("delivery_unknown".into())));
        assert_eq!(call.job, Job::Send { message_id: next, attempt: 1, method: TEXT });
        market.serve(call);
        market.settle();
        assert_eq!((market.ozon.accepted[&message_id], market.status(next).as_str()), (1, "sent"));
    }
}

#[test]
fn a_page_that_does_not_show_everything_proves_nothing() {
    let seller =
        |id: u64, text: &str| json!({"message_id": id, "user": {"id": "836", "type": "Seller"}, "data": [text]});
    let first = ozon::FIRST_ID + 10;
    let unreadable =
        json!({"message_id": "30000000001280042740", "user": {"id": "836", "type": "Seller"}, "data": ["да"]});
    for page in [
        // Newer messages fill it, and it does not reach back to where ours could begin.
        json!({"has_next": true, "messages": (0..100).map(|n| seller(first + n, "другое")).collect::<Vec<_>>()}),
        // One of its messages cannot be read.
        json!({"has_next": false, "messages": [seller(first, "другое"), unreadable]}),
    ] {
        let mut market = Market::new();
        let message_id = in_doubt(&mut market, true, Answered::Lost);
        while let Some(call) = next_call(&mut market) {
            assert!(matches!(call.job, Job::Lookup { .. }), "sent again");
            market.bench.answer(call.job, answered(200, &page.to_string()));
        }
        assert_eq!(market.bench.status(message_id), ("failed".into(), Some("delivery_unknown".into())));
    }
}

#[test]
fn a_page_that_reaches_back_far_enough_is_proof_though_older_ones_are_left() {
    let mut market = Market::new();
    for n in 0..150 {
        market.buyer_writes(CHAT, &format!("вопрос {n}"));
    }
    let message_id = in_doubt(&mut market, false, Answered::Lost);
    market.settle();
    assert_eq!((market.status(message_id).as_str(), market.ozon.accepted[&message_id]), ("sent", 1));
}

#[test]
fn an_equal_text_of_the_buyer_or_of_before_is_not_taken_for_ours() {
    let mut market = Market::new();
    let earlier = market.writes("да");
    market.settle();
    market.buyer_writes(CHAT, "да");
    let message_id = in_doubt(&mut market, false, Answered::Lost);
    let call = next_call(&mut market).unwrap();
    market.serve(call);
    assert_eq!(market.status(message_id), "checking", "only the earlier one and the buyer's are there");
    market.settle();
    assert_eq!((market.ozon.accepted[&earlier], market.ozon.accepted[&message_id]), (1, 1));
    assert_ne!(market.bench.upstream_id(earlier), market.bench.upstream_id(message_id));
}

#[test]
fn an_equal_text_from_ozons_own_page_is_not_taken_for_ours_if_it_is_older() {
    let mut market = Market::new();
    market.ozon.seller_writes(CHAT, "да");
    market.buyer_writes(CHAT, "Точно?");
    let message_id = in_doubt(&mut market, false, Answered::Lost);
    market.settle();
    assert_eq!((market.status(message_id).as_str(), market.ozon.accepted[&message_id]), ("sent", 1));
}

#[test]
fn of_two_equal_texts_the_one_that_arrived_is_the_first() {
    let mut market = Market::new();
    let first = market.writes("да");
    let call = market.attempt(first, 1);
    market.serve(call);
    // The first one's id is not looked up yet when the second one's answer is lost.
    let second = market.writes("да");
    let call = market.attempt(second, 1);
    market.bench.answer(call.job, Answered::Lost);
    market.settle();
    assert_eq!((market.ozon.accepted[&first], market.ozon.accepted[&second]), (1, 1));
    assert_eq!((market.status(first), market.status(second)), ("sent".into(), "sent".into()));
}

#[test]
fn a_late_answer_to_an_attempt_in_doubt_settles_it() {
    for (answer, status) in [(accepted(), "sent"), (answered(403, "{}"), "failed")] {
        let mut market = Market::new();
        let message_id = market.writes("да");
        let call = market.attempt(message_id, 1);
        market.bench.advance(UPSTREAM_TIMEOUT_MS + 5_000);
        assert_eq!(market.status(message_id), "checking");
        market.bench.answer(call.job, answer);
        assert_eq!(market.status(message_id), status);
    }
}

#[test]
fn an_old_attempts_answer_says_nothing_about_the_new_one() {
    for answer in [answered(403, "{}"), limited(Some("1")), Answered::Lost] {
        let mut market = Market::new();
        let message_id = in_doubt(&mut market, false, Answered::Lost);
        let again = loop {
            let call = next_call(&mut market).unwrap();
            match call.job {
                Job::Send { .. } => break call,
                _ => market.serve(call),
            }
        };
        market.bench.answer(Job::Send { message_id, attempt: 1, method: TEXT }, answer);
        assert_eq!(market.state(message_id).as_deref(), Some("sending"));
        market.serve(again);
        assert_eq!(market.status(message_id), "sent");
    }
}

#[test]
fn buyers_who_keep_reading_do_not_use_up_the_patience_with_the_history() {
    for accepted_at_once in [true, false] {
        let mut market = Market::new();
        let secret = market.secret.clone();
        let message_id = market.writes("да");
        let call = market.attempt(message_id, 1);
        let answer = if accepted_at_once { accepted() } else { Answered::Lost };
        market.bench.answer(call.job.clone(), answer);
        // The history lags behind; the buyer reads on, and each time it is looked at.
        for n in 0..u64::try_from(LOOKUP_ATTEMPTS_MAX).unwrap() + 2 {
            market.bench.push(&secret, &message_read(CHAT, ozon::FIRST_ID + 100 + n)).unwrap();
            market.serve_all();
            market.bench.advance(100);
        }
        assert_ne!(market.status(message_id), "failed");
        let _ = market.ozon.serve(&call);
        market.settle();
        // The buyer had read up to beyond it.
        assert_eq!(market.status(message_id), "read", "accepted at once: {accepted_at_once}");
        assert_eq!(market.ozon.accepted[&message_id], 1);
    }
}

#[test]
fn a_read_that_comes_before_the_id_is_known_is_not_lost() {
    let mut market = Market::new();
    let message_id = market.writes("да");
    let call = market.attempt(message_id, 1);
    market.serve(call);
    let read = message_read(CHAT, market.ozon.last_id(CHAT));
    market.bench.clear();
    market.bench.push(&market.secret.clone(), &read).unwrap();
    assert_eq!(market.status(message_id), "sent");
    let call = market.lookup();
    market.serve(call);
    assert_eq!(market.status(message_id), "read");
    let names = market.bench.names(market.operator);
    assert_eq!(names, ["message_status", "message_read"]);
    market.settle();
}

#[test]
fn an_id_that_is_never_shown_leaves_the_message_sent() {
    let mut market = Market::new();
    let message_id = market.writes("да");
    let call = market.attempt(message_id, 1);
    market.serve(call);
    market.ozon.forget(CHAT);
    market.settle();
    assert_eq!((market.status(message_id), market.bench.upstream_id(message_id)), ("sent".into(), None));
    assert_eq!(market.ozon.accepted[&message_id], 1);
}
