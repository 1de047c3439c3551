//! An answer to an Ozon buyer: each answer of Ozon's leads to one fate, in order, and to no second message.

use crate::bench;

use bench::ozon::{CHAT, Market, TEXT, accepted, answered, limited, message_read, path_and_body};
use bench::people::operator;
use relay_core::auth::keyring::Keyring;
use relay_core::hub::Job;
use relay_core::upstream::Answered;
use serde_json::{Value, json};
use shared::limits::{OZON_CIRCLE_OPEN_MS, OZON_TEXT_CHARS_MAX};

const OTHER_CHAT: &str = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";
/// How long the hub waits when Ozon asks for patience without saying how long.
const LATER_MS: i64 = 2_000;
/// How long a message may wait for an Ozon that asks for patience.
const GIVE_UP_MS: i64 = 10 * 60_000;

#[test]
fn an_answer_goes_from_queued_to_sent_to_read() {
    let mut market = Market::new();
    let message_id = market.writes("Да, есть!");
    let told = market.bench.only(market.operator, "operator_message");
    assert_eq!((&told[0]["data"]["status"], &told[0]["data"]["source"]), (&json!("queued"), &json!("ozon")));

    let call = market.attempt(message_id, 1);
    assert_eq!(call.request.uri(), "https://ozon.test/v1/chat/send/message");
    assert_eq!(call.request.headers()["Api-Key"], "0f9d2a7e-secret");
    assert_eq!(path_and_body(&call.request).1, json!({"chat_id": CHAT, "text": "Да, есть!"}));
    market.serve(call);
    assert_eq!(market.told(message_id), ["sent"]);

    market.bench.advance(1_000);
    let call = market.lookup();
    let (path, body) = path_and_body(&call.request);
    assert_eq!(
        (path.as_str(), &body["chat_id"], &body["direction"]),
        ("/v3/chat/history", &json!(CHAT), &json!("Backward"))
    );
    market.serve(call);
    assert_eq!(market.bench.upstream_id(message_id), Some(market.ozon.last_id(CHAT).to_string()));
    assert_eq!(market.state(message_id), None, "nothing is left to do");
    assert!(market.told(message_id).is_empty());

    let read = message_read(CHAT, market.ozon.last_id(CHAT));
    market.bench.push(&market.secret.clone(), &read).unwrap();
    let told = market.bench.take(market.operator);
    assert_eq!(
        told[0]["data"],
        json!({"message_id": message_id, "user_id": market.buyer, "status": "read", "reason": null})
    );
    assert_eq!(told[1]["event"], "message_read");
    assert_eq!(told[1]["data"], json!({"user_id": market.buyer, "last_read_message_id": message_id}));
    market.bench.advance(3_600_000);
    assert!(market.bench.calls.is_empty());
}

#[test]
fn each_refusal_fails_the_message_for_its_reason_and_the_next_one_goes_out() {
    for (status, body, code) in [
        (400, r#"{"code":3,"message":"text is too long"}"#, "upstream_rejected"),
        (401, r#"{"code":16,"message":"Client-Id and Api-Key headers are required"}"#, "upstream_unauthorized"),
        (
            403,
            r#"{"code":7,"message":"Information is only available with a Premium Plus subscription."}"#,
            "upstream_subscription",
        ),
        (404, r#"{"code":5,"message":"Invalid Api-Key, please check the key and try again"}"#, "upstream_unauthorized"),
        (403, r#"{"code":7,"message":"Offer not signed"}"#, "upstream_offer_not_signed"),
        (403, "{}", "upstream_forbidden"),
        (404, r#"{"code":5,"message":"chat not found"}"#, "upstream_not_found"),
        (400, r#"{"code":"TIME_LIMIT_EXCEEDED","message":"..."}"#, "upstream_window_closed"),
        (409, "{}", "upstream_conflict"),
        (307, "", "upstream_rejected"),
    ] {
        let mut market = Market::new();
        let refused = market.writes("первое");
        let next = market.writes("второе");
        let call = market.attempt(refused, 1);
        assert!(market.bench.calls.is_empty(), "the second one waits");
        market.bench.answer(call.job, answered(status, body));
        assert_eq!(market.told(refused), [format!("failed:{code}")], "{status} {body}");
        let call = market.attempt(next, 1);
        market.serve(call);
        market.settle();
        assert_eq!((market.status(refused), market.status(next)), ("failed".into(), "sent".into()));
        assert_eq!(market.ozon.seller_texts(CHAT), ["второе"]);
        market.bench.advance(3_600_000);
        assert!(market.bench.calls.is_empty(), "a refused message stays refused");
    }
}

#[test]
fn a_wait_that_ozon_asks_for_is_kept_to_the_millisecond_and_the_order_too() {
    for (retry_after, wait_ms) in
        [(None, LATER_MS), (Some("7"), 7_000), (Some("soon"), LATER_MS), (Some("0"), LATER_MS)]
    {
        let mut market = Market::new();
        let first = market.writes("первое");
        let second = market.writes("второе");
        let call = market.attempt(first, 1);
        market.bench.answer(call.job, limited(retry_after));
        assert_eq!(market.told(first), ["queued:upstream_rate_limited"]);
        market.bench.advance(wait_ms - 1);
        assert!(market.bench.calls.is_empty(), "{retry_after:?}");
        market.writes("третье");
        assert!(market.bench.calls.is_empty(), "a new message does not pass those that wait");
        market.bench.advance(1);
        let call = market.attempt(first, 1);
        market.serve(call);
        let call = market.attempt(second, 1);
        market.serve(call);
        market.settle();
        assert_eq!(market.ozon.seller_texts(CHAT)[..2], ["первое", "второе"]);
    }
}

/// The longest wait between two tries, with its jitter: a second, doubled four times, and half as much again.
const WAIT_MAX_MS: i64 = 24_000;

/// Lets time pass until the next try, or until there will be none.
fn patiently(market: &mut Market, message_id: i64) {
    let since = market.bench.now;
    while market.bench.calls.is_empty() && market.status(message_id) != "failed" {
        market.bench.advance(100);
        assert!(market.bench.now.since_ms(since) <= WAIT_MAX_MS, "no try for too long");
    }
}

#[test]
fn patience_has_an_end_and_the_next_message_is_tried() {
    let mut market = Market::new();
    let first = market.writes("первое");
    market.bench.advance(1);
    let second = market.writes("второе");
    let mut tries = 0;
    let (mut last_try, start) = (market.bench.now, market.bench.now);
    while market.status(first) != "failed" {
        let call = market.bench.call();
        assert_eq!(
            call.job,
            Job::Send { message_id: first, attempt: 1, method: TEXT },
            "being asked to wait is no attempt"
        );
        last_try = market.bench.now;
        tries += 1;
        market.bench.answer(call.job, limited(None));
        patiently(&mut market, first);
    }
    assert_eq!(market.bench.status(first).1.as_deref(), Some("upstream_rate_limited"));
    let waited_ms = last_try.since_ms(start);
    assert!((GIVE_UP_MS - WAIT_MAX_MS..=GIVE_UP_MS + WAIT_MAX_MS).contains(&waited_ms), "{waited_ms} ms");
    assert!((25..100).contains(&tries), "{tries}: it is asked less and less often, and not given up");
    patiently(&mut market, second);
    let call = market.attempt(second, 1);
    market.serve(call);
    assert_eq!(market.status(second), "sent");
}

#[test]
fn a_method_that_ozon_has_closed_is_left_alone_for_minutes_and_the_reason_is_told() {
    let mut market = Market::new();
    let message_id = market.writes("первое");
    let call = market.attempt(message_id, 1);
    market.bench.answer(call.job, answered(503, r#"{"code":14,"message":"Circle is open"}"#));
    assert_eq!(market.told(message_id), ["queued:upstream_circle_open"]);
    market.bench.advance(OZON_CIRCLE_OPEN_MS - 1);
    assert!(market.bench.calls.is_empty());
    market.bench.advance(1);
    let call = market.attempt(message_id, 1);
    market.serve(call);
    assert_eq!(market.status(message_id), "sent");
}

#[test]
fn a_message_that_waits_for_long_does_not_flood_the_log() {
    let mut market = Market::new();
    let message_id = market.writes("первое");
    for _ in 0..20 {
        let call = market.attempt(message_id, 1);
        market.bench.answer(call.job, limited(None));
        patiently(&mut market, message_id);
    }
    assert_eq!(market.told(message_id), ["queued:upstream_rate_limited"]);
}

#[test]
fn one_message_of_a_chat_is_under_way_and_chats_do_not_wait_for_each_other() {
    let mut market = Market::new();
    let other = market.buyer_writes(OTHER_CHAT, "А у вас?");
    let texts = ["раз", "два", "три", "четыре"];
    for text in texts {
        market.writes(text);
        market.bench.operator_writes(market.operator, other, text);
    }
    assert_eq!(market.bench.calls.len(), 2);
    // The other chat stands still; this one goes on.
    let stuck = market.bench.calls.pop().unwrap();
    for _ in texts {
        assert_eq!(market.bench.calls.len(), 1);
        let call = market.bench.call();
        market.serve(call);
    }
    assert_eq!(market.ozon.seller_texts(CHAT), texts);
    assert!(market.ozon.seller_texts(OTHER_CHAT).is_empty());
    market.serve(stuck);
    market.settle();
    assert_eq!(market.ozon.seller_texts(OTHER_CHAT), texts);
}

#[test]
fn two_equal_texts_meant_twice_arrive_twice_and_are_told_apart() {
    let mut market = Market::new();
    let ids = [market.writes("да"), market.writes("да"), market.writes("да")];
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT), ["да", "да", "да"]);
    let upstream = ids.map(|id| market.bench.upstream_id(id).unwrap().parse::<u64>().unwrap());
    assert!(upstream.is_sorted() && upstream[0] != upstream[1] && upstream[1] != upstream[2], "{upstream:?}");
}

#[test]
fn a_text_is_found_though_ozon_trims_and_folds_its_white_space() {
    let mut market = Market::new();
    let message_id = market.writes("  Да,\n\nесть  ");
    let mut call = market.attempt(message_id, 1);
    *call.request.body_mut() = json!({"chat_id": CHAT, "text": "Да, есть"}).to_string().into_bytes();
    let _ = market.ozon.serve(&call);
    market.bench.answer(call.job, Answered::Lost);
    market.settle();
    assert_eq!(market.status(message_id), "sent");
    assert_eq!(market.ozon.seller_texts(CHAT).len(), 1);
}

#[test]
fn ozons_limit_of_a_text_is_told_before_anything_is_kept() {
    let mut market = Market::new();
    let send = |text: String| json!({"action": "send_message", "user_id": 1, "text": text});
    let refused = market.bench.ask(market.operator, send("я".repeat(OZON_TEXT_CHARS_MAX + 1)));
    assert_eq!(refused, Err("too_large".into()));
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [1]);
    assert!(market.bench.ask(market.operator, send("я".repeat(OZON_TEXT_CHARS_MAX))).is_ok());
}

#[test]
fn without_an_account_a_new_answer_is_refused() {
    let mut market = Market::new();
    market.bench.execute("DELETE FROM accounts", vec![]);
    let refused = market.bench.ask(market.operator, json!({"action": "send_message", "user_id": 1, "text": "да"}));
    assert_eq!(refused, Err("upstream_not_connected".into()));
    assert!(market.bench.calls.is_empty());
}

#[test]
fn a_sealing_key_that_is_gone_fails_the_message_and_says_why() {
    let mut market = Market::new();
    market.bench.config.sealing = Keyring::parse(r#"{"k9":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk"}"#).unwrap();
    market.bench.hibernate();
    let message_id = market.writes("да");
    assert_eq!(market.told(message_id), ["failed:not_configured"]);
    assert!(market.bench.calls.is_empty());
    market.bench.advance(3_600_000);
    assert_eq!(market.state(message_id), None);
}

/// Two hundred messages wait in one chat, the first of them under way, and one in another chat is in doubt.
fn long_queue() -> (Market, Vec<i64>, i64) {
    let mut market = Market::new();
    let other = market.buyer_writes(OTHER_CHAT, "А у вас?");
    let queued: Vec<i64> = (0..200).map(|n| market.writes(&format!("номер {n}"))).collect();
    let in_doubt = market.bench.operator_writes(market.operator, other, "другой чат");
    let call = market.bench.calls.pop().unwrap();
    market.bench.answer(call.job, Answered::Lost);
    (market, queued, in_doubt)
}

#[test]
fn a_long_queue_neither_spins_the_alarm_nor_starves_another_chat() {
    let (mut market, queued, in_doubt) = long_queue();
    let stuck = market.attempt(queued[0], 1);
    // An alarm that finds the whole queue due.
    market.bench.advance(1_000);
    let next = market.bench.next_alarm().expect("the watchdog of the one under way");
    assert!(next.since_ms(market.bench.now) > 1_000, "the alarm comes again in {} ms", next.since_ms(market.bench.now));
    let call = market.lookup();
    market.serve(call);
    market.serve(stuck);
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT).len(), 200);
    assert!(market.ozon.accepted.values().all(|times| *times == 1));
    assert_eq!(market.status(in_doubt), "sent");
    assert!(queued.iter().all(|id| market.status(*id) == "sent"));
}

#[test]
fn an_account_that_is_disconnected_fails_a_long_queue_at_once_and_ends() {
    let (mut market, queued, in_doubt) = long_queue();
    market.bench.execute("DELETE FROM accounts", vec![]);
    let call = market.attempt(queued[0], 1);
    market.serve(call);
    for id in &queued[1..] {
        assert_eq!(market.bench.status(*id), ("failed".into(), Some("upstream_not_connected".into())));
    }
    market.settle();
    assert_eq!(market.status(queued[0]), "sent");
    // It may have arrived; whether it did cannot be asked any more.
    assert_eq!(market.bench.status(in_doubt), ("failed".into(), Some("delivery_unknown".into())));
    assert!(market.bench.calls.is_empty());
}

#[test]
fn an_account_connected_again_sends_again() {
    let mut market = Market::new();
    market.bench.execute("DELETE FROM accounts", vec![]);
    market.bench.connect_ozon().unwrap();
    let message_id = market.writes("да");
    market.settle();
    assert_eq!(market.status(message_id), "sent");
}

#[test]
fn an_answer_sent_twice_by_a_client_is_sent_once_to_the_buyer() {
    let mut market = Market::new();
    let send = json!({"action": "send_message", "user_id": market.buyer, "text": "да", "client_id": "c-1"});
    let first = market.bench.ask(market.operator, send.clone()).unwrap();
    market.serve_all();
    market.bench.crash();
    let desk = market.bench.connect(&operator("Анна"));
    let again = market.bench.ask(desk, send).unwrap();
    assert_eq!(again["message"]["message_id"], first["message"]["message_id"]);
    assert_eq!(again["message"]["status"], "sent", "how far it has come since");
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT), ["да"]);
}

#[test]
fn outcomes_that_come_late_or_twice_change_nothing() {
    let mut market = Market::new();
    let message_id = market.writes("да");
    let call = market.attempt(message_id, 1);
    market.serve(call);
    market.settle();
    market.bench.clear();
    for attempt in 0..3 {
        for outcome in [accepted(), answered(403, "{}"), limited(None), Answered::Lost] {
            market.bench.answer(Job::Send { message_id, attempt, method: TEXT }, outcome);
            market.bench.answer(Job::Send { message_id: 99, attempt, method: TEXT }, accepted());
        }
    }
    assert_eq!(market.bench.take(market.operator), Vec::<Value>::new());
    assert_eq!(market.status(message_id), "sent");
    assert!(market.bench.calls.is_empty());
}
