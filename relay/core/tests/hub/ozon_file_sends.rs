//! A file to an Ozon buyer: sent as a text is, so once, in order, and never again for a lost answer.

use crate::bench;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bench::ozon::{CHAT, FILE, Market, TEXT, answered, limited, path_and_body};
use bench::people::operator;
use relay_core::files::place::Place;
use relay_core::hub::{Job, Request};
use relay_core::upstream::Answered;
use serde_json::json;
use shared::limits::{FILE_BYTES_MAX, FILE_ROOM_AGAIN_MS, FILES_SENDING_BYTES_MAX, SEND_SETTLE_MS};

const OTHER_CHAT: &str = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";
const RECEIPT: &str = "чек.pdf";
const PICTURE: &str = "фото.jpg";

/// How many files the buyer has.
fn copies(market: &Market) -> usize {
    market.ozon.seller_texts(CHAT).iter().filter(|text| text.contains("/v2/chat/file/")).count()
}

/// Serves looks into the history and lets time pass, until a message is about to be sent.
fn until_sent(market: &mut Market) {
    for _ in 0..1_000 {
        while let Some(Job::Lookup { .. }) = market.bench.calls.first().map(|call| &call.job) {
            let call = market.bench.call();
            market.serve(call);
        }
        if !market.bench.calls.is_empty() {
            return;
        }
        market.bench.advance(500);
    }
    panic!("nothing is sent");
}

fn ask(market: &mut Market, text: &str, file_id: &str) -> Result<i64, String> {
    let send = json!({"action": "send_message", "user_id": market.buyer, "text": text, "file_id": file_id});
    let operator = market.operator;
    market.bench.ask(operator, send).map(|sent| sent["message"]["message_id"].as_i64().unwrap())
}

#[test]
fn a_file_goes_from_queued_to_sent_and_its_id_is_found() {
    for (name, place) in [(RECEIPT, Place::Sqlite), (PICTURE, Place::Bucket), ("цены.csv", Place::Sqlite)] {
        let mut market = Market::new();
        let file_id = market.uploads(name, b"bytes", place);
        let message_id = ask(&mut market, "", &file_id).unwrap();
        let told = market.bench.only(market.operator, "operator_message");
        assert_eq!((&told[0]["data"]["status"], &told[0]["data"]["text"]), (&json!("queued"), &json!("")));
        assert_eq!(told[0]["data"]["attachment"]["name"], json!(name));
        let call = market.attempt(message_id, 1);
        assert_eq!(
            (call.request.uri().path(), &call.request.headers()["Api-Key"]),
            (FILE, &"0f9d2a7e-secret".parse().unwrap())
        );
        let content = BASE64_STANDARD.encode(b"bytes");
        assert_eq!(path_and_body(&call.request).1, json!({"chat_id": CHAT, "base64_content": content, "name": name}));
        market.serve(call);
        assert_eq!(market.told(message_id), ["sent"]);
        market.settle();
        assert_eq!(market.bench.upstream_id(message_id), Some(market.ozon.last_id(CHAT).to_string()), "{name}");
        market.bench.advance(3_600_000);
        assert!(market.bench.calls.is_empty());
    }
}

#[test]
fn a_file_of_several_chunks_arrives_whole() {
    let mut market = Market::new();
    let bytes: Vec<u8> = (0..1_300_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    let message_id = market.sends(RECEIPT, &bytes);
    let call = market.attempt(message_id, 1);
    let body = path_and_body(&call.request).1;
    assert_eq!(BASE64_STANDARD.decode(body["base64_content"].as_str().unwrap()).unwrap(), bytes);
}

#[test]
fn a_text_and_a_file_in_one_message_are_refused_before_anything_is_kept() {
    let mut market = Market::new();
    let file_id = market.uploads(RECEIPT, b"bytes", Place::Sqlite);
    assert_eq!(ask(&mut market, "Вот чек", &file_id), Err("invalid".into()));
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [1]);
    assert!(market.bench.calls.is_empty());
    // Apart they go, in order.
    let file = ask(&mut market, "", &file_id).unwrap();
    let text = market.writes("Вот чек");
    market.settle();
    assert_eq!((market.status(file), market.status(text)), ("sent".into(), "sent".into()));
    let there = market.ozon.seller_texts(CHAT);
    assert!(there[0].starts_with("[чек.pdf (1KB)](") && there[1] == "Вот чек", "{there:?}");
}

#[test]
fn a_refusal_fails_the_file_for_its_reason_and_the_next_message_goes_out() {
    let mut market = Market::new();
    let file = market.sends(RECEIPT, b"bytes");
    let next = market.writes("дальше");
    let call = market.attempt(file, 1);
    market.bench.answer(call.job, answered(403, r#"{"code":7,"message":"Offer not signed"}"#));
    assert_eq!(market.told(file), ["failed:upstream_offer_not_signed"]);
    market.settle();
    assert_eq!((market.status(next).as_str(), copies(&market)), ("sent", 0));
}

#[test]
fn a_wait_that_ozon_asks_for_is_no_attempt() {
    let mut market = Market::new();
    let file = market.sends(RECEIPT, b"bytes");
    let call = market.attempt(file, 1);
    market.bench.answer(call.job, limited(Some("3")));
    assert_eq!(market.told(file), ["queued:upstream_rate_limited"]);
    market.bench.advance(3_000);
    let call = market.attempt(file, 1);
    market.serve(call);
    market.settle();
    assert_eq!((market.status(file).as_str(), copies(&market)), ("sent", 1));
}

#[test]
fn a_file_whose_answer_was_lost_is_found_and_not_sent_again() {
    for name in [RECEIPT, PICTURE] {
        let mut market = Market::new();
        // What the buyer and the merchant's own page have sent before is not it.
        market.ozon.seller_writes(CHAT, "[другой.pdf (1KB)](https://ozon.test/v2/chat/file/a/b)");
        let file = market.sends(name, b"bytes");
        let call = market.attempt(file, 1);
        let _ = market.ozon.serve(&call);
        market.bench.answer(call.job, Answered::Lost);
        assert_eq!(market.told(file), ["checking:upstream_unavailable"]);
        market.settle();
        assert_eq!((market.status(file).as_str(), copies(&market)), ("sent", 2), "{name}");
        assert_eq!(market.bench.upstream_id(file), Some(market.ozon.last_id(CHAT).to_string()));
    }
}

#[test]
fn a_file_that_surely_did_not_arrive_is_sent_again_and_once() {
    for name in [RECEIPT, PICTURE] {
        let mut market = Market::new();
        let file = market.sends(name, b"bytes");
        let call = market.attempt(file, 1);
        let began = market.bench.now;
        market.bench.answer(call.job, Answered::Lost);
        until_sent(&mut market);
        assert!(market.bench.now.since_ms(began) >= SEND_SETTLE_MS, "a copy under way could still arrive");
        let call = market.attempt(file, 2);
        assert_eq!(path_and_body(&call.request).1["name"], json!(name));
        market.serve(call);
        market.settle();
        assert_eq!((market.status(file).as_str(), copies(&market)), ("sent", 1), "{name}");
    }
}

#[test]
fn a_crash_at_any_point_neither_repeats_nor_loses_a_file() {
    for point in 0..4 {
        for arrived in [true, false] {
            for downtime_ms in [0, SEND_SETTLE_MS, 3_600_000] {
                let mut market = Market::new();
                let file = market.sends(PICTURE, b"bytes");
                let next = market.writes("дальше");
                let call = market.attempt(file, 1);
                if arrived {
                    let _ = market.ozon.serve(&call);
                }
                if point > 0 {
                    market.bench.answer(call.job, Answered::Lost);
                }
                if point > 1 {
                    market.bench.advance(1_000);
                    let lookup = market.lookup();
                    if point > 2 {
                        market.serve(lookup);
                    }
                }
                market.bench.now = market.bench.now.plus_ms(downtime_ms);
                market.bench.crash();
                market.settle();
                let shown = format!("point {point}, arrived {arrived}, down for {downtime_ms} ms");
                assert_eq!(copies(&market), 1, "{shown}");
                assert_eq!(market.ozon.seller_texts(CHAT).len(), 2, "{shown}");
                assert_eq!((market.status(file), market.status(next)), ("sent".into(), "sent".into()), "{shown}");
            }
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_has_surely_not_been_sent() {
    // Its bytes are gone; its row is gone while it waited behind another message.
    for statement in ["DELETE FROM file_chunks", "DELETE FROM files"] {
        let mut market = Market::new();
        let first = market.writes("первое");
        let file = market.sends(RECEIPT, b"bytes");
        let next = market.writes("дальше");
        market.bench.execute(statement, vec![]);
        let call = market.attempt(first, 1);
        market.serve(call);
        assert_eq!(market.told(file), ["failed:file_gone"], "{statement}");
        market.settle();
        assert_eq!((market.status(next).as_str(), copies(&market)), ("sent", 0), "{statement}");
        assert_eq!(market.ozon.seller_texts(CHAT), ["первое", "дальше"], "{statement}");
    }
}

#[test]
fn that_a_file_was_not_read_is_heard_once_and_of_its_own_attempt_only() {
    let mut market = Market::new();
    let file = market.sends(RECEIPT, b"bytes");
    let call = market.attempt(file, 1);
    for (message_id, attempt) in [(file, 0), (file, 2), (99, 1)] {
        let job = Job::Send { message_id, attempt, method: FILE };
        market.bench.feed(relay_core::hub::Input::NotCalled { job });
    }
    assert_eq!(market.state(file).as_deref(), Some("sending"));
    market.serve(call);
    let job = Job::Send { message_id: file, attempt: 1, method: FILE };
    market.bench.feed(relay_core::hub::Input::NotCalled { job });
    market.settle();
    assert_eq!((market.status(file).as_str(), copies(&market)), ("sent", 1));
}

#[test]
fn two_equal_files_meant_twice_arrive_twice_and_are_told_apart() {
    for name in [RECEIPT, PICTURE] {
        let mut market = Market::new();
        let ids = [market.sends(name, b"bytes"), market.sends(name, b"bytes")];
        let call = market.attempt(ids[0], 1);
        let _ = market.ozon.serve(&call);
        market.bench.answer(call.job, Answered::Lost);
        market.settle();
        assert_eq!(copies(&market), 2, "{name}");
        let found = ids.map(|id| market.bench.upstream_id(id).unwrap().parse::<u64>().unwrap());
        assert!(found[0] < found[1], "{found:?}");
    }
}

#[test]
fn a_file_and_a_text_count_at_the_gate_by_their_own_methods() {
    let mut market = Market::new();
    let file = market.sends(RECEIPT, b"bytes");
    let call = market.attempt(file, 1);
    assert!(matches!(call.job, Job::Send { method: FILE, .. }), "{:?}", call.job);
    // Ozon closes the one; the other goes on.
    market.bench.answer(call.job, answered(503, r#"{"code":14,"message":"Circle is open"}"#));
    assert_eq!(market.told(file), ["queued:upstream_circle_open"]);
    let other = market.buyer_writes(OTHER_CHAT, "А у вас?");
    let text = market.bench.operator_writes(market.operator, other, "Есть");
    let call = market.attempt(text, 1);
    assert!(matches!(call.job, Job::Send { method: TEXT, .. }), "{:?}", call.job);
}

#[test]
fn files_on_their_way_take_up_so_many_bytes_at_once_and_texts_do_not_wait_for_them() {
    let mut market = Market::new();
    let buyers = [OTHER_CHAT, "c", "d", "e"].map(|chat| market.buyer_writes(chat, "Ау?"));
    let half = vec![b'a'; usize::try_from(FILES_SENDING_BYTES_MAX / 2).unwrap()];
    let mut files = Vec::new();
    // Together they are at the limit, and the last one is over it.
    for (user_id, bytes) in buyers.into_iter().zip([half.as_slice(), &half, b"a"]) {
        let (claims, entropy, size) = (operator("Анна"), market.bench.entropy(), i64::try_from(bytes.len()).unwrap());
        let (judged, named, place) = (bench::ozon::judged(RECEIPT), Some(user_id), Place::Bucket);
        let begin = Request::BeginFile { claims, origin: None, user_id: named, judged, size, place, entropy };
        let begun = market.bench.request(begin).unwrap();
        let file_id = market.bench.keep_file(&begun, bytes, place);
        let send = json!({"action": "send_message", "user_id": user_id, "text": "", "file_id": file_id});
        let sent = market.bench.ask(market.operator, send).unwrap();
        files.push(sent["message"]["message_id"].as_i64().unwrap());
    }
    let text = market.bench.operator_writes(market.operator, buyers[3], "Есть");
    let first = market.attempt(files[0], 1);
    let _ = market.attempt(files[1], 1);
    let _ = market.attempt(text, 1);
    market.bench.advance(5 * FILE_ROOM_AGAIN_MS);
    assert!(market.bench.calls.is_empty(), "the third one waits");
    market.serve(first);
    let freed = market.bench.now;
    until_sent(&mut market);
    market.attempt(files[2], 1);
    assert!(market.bench.now.since_ms(freed) <= FILE_ROOM_AGAIN_MS);
    assert!(FILES_SENDING_BYTES_MAX >= i64::try_from(FILE_BYTES_MAX).unwrap(), "the largest has room");
}

#[test]
fn a_file_of_ours_is_not_taken_for_one_of_the_merchants_own() {
    let mut market = Market::new();
    market.bench.look().unwrap();
    let file = market.sends(RECEIPT, b"bytes");
    let call = market.attempt(file, 1);
    market.bench.answer(call.job, Answered::Lost);
    // Nobody can read the history, until the message is given up. It was there all the same.
    while market.status(file) != "failed" {
        while !market.bench.calls.is_empty() {
            let call = market.bench.call();
            market.bench.answer(call.job, answered(500, ""));
        }
        market.bench.chores.clear();
        market.bench.advance(1_000);
    }
    assert_eq!(market.bench.status(file).1.as_deref(), Some("delivery_unknown"));
    market.ozon.seller_writes(CHAT, "[чек.pdf (1KB)](https://ozon.test/v2/chat/file/messenger/1)");
    market.ozon.seller_writes(CHAT, "[акт.pdf (1KB)](https://ozon.test/v2/chat/file/messenger/2)");
    market.bench.execute("UPDATE chores SET due_at = 0", vec![]);
    market.bench.hibernate();
    for _ in 0..600 {
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            let answered = market.ozon.serve(&call);
            market.bench.answer(call.job, answered);
        }
        market.bench.advance(1_000);
    }
    assert_eq!(market.status(file), "sent");
    let (operator, buyer) = (market.operator, market.buyer);
    let texts = market.bench.texts(operator, buyer);
    // The merchant's own one is another message; ours is shown once.
    assert_eq!(texts.iter().filter(|text| text.contains("акт.pdf")).count(), 1, "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.contains("чек.pdf")).count(), 0, "{texts:?}");
}
