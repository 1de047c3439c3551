//! Integrators' calls to Ozon through the relay: the vendor's own bodies in both directions, within the vendor's limits,
//! and no second copy to a buyer however often a client repeats itself.

use crate::bench;

use bench::ozon::{CHAT, FakeOzon, Market, answered, limited, path_and_body};
use bench::people::{integration, visitor};
use relay_core::hub::{Forward, Forwarded, Job, Ticket};
use relay_core::upstream::Answered;
use serde_json::{Value, json};
use shared::limits::{
    CLIENT_ID_BYTES_MAX, FORWARD_CACHE_MS, FORWARD_PATIENCE_MS, FORWARD_REPEAT_MS, FORWARDS_MAX, GATE_SHARE_FORWARDS,
    GATE_SHARE_YOUNG, OZON_CALLS_PER_SECOND, OZON_WINDOW_MS,
};
use shared::problem::{Code, Problem};

const SEND: &str = "/v1/chat/send/message";
const LIST: &str = "/v3/chat/list";
const HISTORY: &str = "/v3/chat/history";
const UNKNOWN_CHAT: &str = "7c1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";

struct Client {
    market: Market,
    ticket: Ticket,
}

impl Client {
    fn new() -> Self {
        Self { market: Market::aged(), ticket: 0 }
    }

    fn call(&mut self, path: &str, body: &str) -> Ticket {
        self.try_call(|forward| (forward.path, forward.body) = (path.into(), body.into())).unwrap()
    }

    fn send(&mut self, text: &str) -> Ticket {
        self.call(SEND, &json!({"chat_id": CHAT, "text": text}).to_string())
    }

    fn try_call(&mut self, change: impl FnOnce(&mut Forward)) -> Result<Ticket, Problem> {
        self.ticket += 1;
        let ticket = self.ticket;
        let (claims, body) = (integration("CRM"), b"{}".to_vec());
        let mut forward = Forward { claims, ticket, path: LIST.into(), body, file: None, client_id: None, key: None };
        change(&mut forward);
        self.market.forward(forward)
    }

    fn reply(&self, ticket: Ticket) -> Option<(u16, Value)> {
        let reply: &Forwarded = self.market.bench.replies.get(&ticket)?;
        Some((reply.status, serde_json::from_slice(&reply.body).unwrap()))
    }

    fn answer(&mut self, answered: Answered) {
        let call = self.market.bench.call();
        self.market.bench.answer(call.job, answered);
    }

    fn copies(&self, text: &str) -> usize {
        self.market.ozon.seller_texts(CHAT).iter().filter(|there| **there == text).count()
    }
}

fn success() -> Option<(u16, Value)> {
    Some((200, json!({"result": "success"})))
}

#[test]
fn a_call_goes_out_with_the_merchants_key_and_comes_back_untouched() {
    let mut client = Client::new();
    // The vendor reads what it can and so do its clients: not a byte is changed.
    let body = "{ \"limit\": 30,\n\"filter\":{\"chat_status\":\"All\"}, \"new\": 3000000000817031943 }";
    let ticket = client.call(LIST, body);
    let call = client.market.bench.call();
    assert_eq!(call.request.uri(), "https://ozon.test/v3/chat/list");
    assert_eq!(
        (&call.request.headers()["Client-Id"], &call.request.headers()["Api-Key"]),
        (&"836".parse().unwrap(), &"0f9d2a7e-secret".parse().unwrap())
    );
    assert_eq!(call.request.body(), body.as_bytes());
    let answer = "{\"chats\":[ {\"last_message_id\":3000000000817031943} ]}";
    client.market.bench.answer(call.job, answered(200, answer));
    let reply = &client.market.bench.replies[&ticket];
    assert_eq!((reply.status, reply.body.as_slice()), (200, answer.as_bytes()));
}

#[test]
fn the_vendors_refusals_are_passed_on_word_for_word_and_nothing_is_tried_again() {
    for (status, body) in [
        (400, r#"{"code":3,"message":"invalid ChatListRequest.Limit","details":[]}"#),
        (403, r#"{"code":7,"message":"Information is only available with a Premium Plus subscription.","details":[]}"#),
        (404, r#"{"code":5,"message":"Invalid Api-Key, please check the key and try again","details":[]}"#),
        (500, r#"{"code":2,"message":"Circle is open","details":[]}"#),
    ] {
        let mut client = Client::new();
        let ticket = client.call(LIST, "{}");
        client.answer(answered(status, body));
        assert_eq!(client.reply(ticket), Some((status, serde_json::from_str(body).unwrap())));
        client.market.bench.advance(FORWARD_PATIENCE_MS);
        assert!(client.market.bench.calls.is_empty());
    }
}

#[test]
fn reading_is_tried_again_and_the_last_answer_is_the_vendors() {
    let mut client = Client::new();
    let ticket = client.call(HISTORY, "{}");
    client.answer(Answered::Lost);
    client.market.bench.advance(1_999);
    assert!(client.market.bench.calls.is_empty());
    client.market.bench.advance(1);
    client.answer(answered(502, r#"{"code":14,"message":"upstream"}"#));
    client.market.bench.advance(4_000);
    client.answer(answered(503, r#"{"code":14,"message":"still"}"#));
    assert_eq!(client.reply(ticket), Some((503, json!({"code": 14, "message": "still"}))));
    // Nothing came at all: said in the vendor's form.
    let mut client = Client::new();
    let ticket = client.call(HISTORY, "{}");
    for wait in [2_000, 4_000, 0] {
        client.answer(Answered::Lost);
        client.market.bench.advance(wait);
    }
    let (status, body) = client.reply(ticket).unwrap();
    assert_eq!((status, &body["code"], &body["problem"]), (503, &json!(14), &json!("upstream_unavailable")));
    assert!(client.market.bench.calls.is_empty());
}

#[test]
fn patience_that_ozon_asks_for_is_had_for_the_client_and_ends_before_the_clients_own() {
    let mut client = Client::new();
    let ticket = client.call(HISTORY, "{}");
    client.answer(limited(Some("3")));
    client.market.bench.advance(2_999);
    assert_eq!((client.market.bench.calls.len(), client.reply(ticket)), (0, None));
    client.market.bench.advance(1);
    client.answer(answered(200, "{}"));
    assert_eq!(client.reply(ticket), Some((200, json!({}))));
    // Longer than a client waits: it gets the vendor's own words in time.
    let ticket = client.call(HISTORY, "{}");
    client.answer(limited(Some("60")));
    client.market.bench.advance(FORWARD_PATIENCE_MS);
    assert_eq!(client.reply(ticket).unwrap().0, 429);
    // A call that is never answered is given up, too.
    client.market.bench.advance(60_000);
    let ticket = client.call(HISTORY, "{}");
    client.market.bench.advance(FORWARD_PATIENCE_MS);
    assert_eq!(client.reply(ticket).unwrap().0, 503);
    let call = client.market.bench.call();
    client.market.bench.answer(call.job, answered(200, "{}"));
}

#[test]
fn never_more_than_the_vendor_allows_begin_in_one_second_and_buyers_come_first() {
    let mut client = Client::new();
    for number in 0..100 {
        client.call(HISTORY, &json!({"number": number}).to_string());
    }
    assert_eq!(client.market.bench.calls.len(), GATE_SHARE_FORWARDS);
    // Integrators' calls leave room for answers to buyers.
    let message_id = client.market.writes("Да, есть!");
    let calls = client.market.bench.calls.len();
    assert_eq!(
        (calls, &client.market.bench.calls[calls - 1].job),
        (GATE_SHARE_FORWARDS + 1, &Job::Send { message_id, attempt: 1, method: SEND })
    );
    let mut begun: Vec<i64> = Vec::new();
    for _ in 0..400 {
        while !client.market.bench.calls.is_empty() {
            let call = client.market.bench.call();
            begun.push(call.at.0);
            let answered = if call.request.uri().path() == HISTORY {
                answered(200, "{}")
            } else {
                client.market.ozon.serve(&call)
            };
            client.market.bench.answer(call.job, answered);
        }
        client.market.bench.advance(10);
    }
    assert_eq!(client.market.bench.replies.len(), 100);
    let most = begun.iter().map(|from| begun.iter().filter(|at| (*from..from + 1_000).contains(at)).count()).max();
    assert!(most.unwrap() <= OZON_CALLS_PER_SECOND, "{most:?}");
    assert!(begun[begun.len() - 1] - begun[0] < 3_500, "it uses what it may: {begun:?}");
}

#[test]
fn a_restored_hub_counts_on_what_the_one_before_has_called() {
    for called in [GATE_SHARE_YOUNG, GATE_SHARE_YOUNG + 1] {
        let mut client = Client::new();
        for number in 0..called {
            client.call(HISTORY, &json!({"number": number}).to_string());
        }
        assert_eq!(client.market.bench.calls.len(), called);
        client.market.bench.crash();
        for number in 0..OZON_CALLS_PER_SECOND {
            client.call(HISTORY, &json!({"number": number}).to_string());
        }
        let fresh = client.market.bench.calls.len();
        assert!(called + fresh <= OZON_CALLS_PER_SECOND, "{called} and {fresh}");
        assert_eq!(fresh > 0, called == GATE_SHARE_YOUNG);
    }
}

#[test]
fn a_list_is_kept_for_a_while_and_forgotten_when_something_happens() {
    let mut client = Client::new();
    let ask = |client: &mut Client| {
        let ticket = client.call(LIST, r#"{"limit":100}"#);
        let was_called = !client.market.bench.calls.is_empty();
        if was_called {
            client.answer(answered(200, r#"{"chats":[]}"#));
        }
        assert_eq!(client.reply(ticket), Some((200, json!({"chats": []}))));
        was_called
    };
    assert!(ask(&mut client));
    client.market.bench.advance(FORWARD_CACHE_MS - 1);
    assert!(!ask(&mut client), "kept");
    client.market.bench.advance(1);
    assert!(ask(&mut client), "too old");
    assert!(!ask(&mut client));
    client.market.buyer_writes(CHAT, "Ау?");
    assert!(ask(&mut client), "a buyer has written");
    let sent = client.send("Да");
    client.market.serve_all();
    assert_eq!(client.reply(sent), success());
    assert!(ask(&mut client), "we have written");
    // Another question is another answer, and what is not a list is asked each time.
    client.call(LIST, r#"{"limit":99}"#);
    assert_eq!(client.market.bench.calls.len(), 1);
    client.answer(answered(200, "{}"));
    for _ in 0..2 {
        client.call(HISTORY, "{}");
        client.answer(answered(200, "{}"));
    }
}

#[test]
fn a_message_that_a_client_repeats_reaches_the_buyer_once() {
    let mut client = Client::new();
    let first = client.send("Заказ собран");
    assert_eq!(client.reply(first), None, "the fate is not known yet");
    // The client has lost its line and comes again, and again after it was sent.
    let second = client.send("Заказ собран");
    client.market.serve_all();
    assert_eq!((client.reply(first), client.reply(second)), (success(), success()));
    client.market.bench.advance(FORWARD_REPEAT_MS - 1);
    client.market.settle();
    let third = client.send("Заказ собран");
    assert_eq!((client.reply(third), client.copies("Заказ собран")), (success(), 1));
    // Later it is meant anew.
    client.market.bench.advance(2);
    client.send("Заказ собран");
    client.market.settle();
    assert_eq!(client.copies("Заказ собран"), 2);
    // Another caller's same words are another message.
    let ticket = client.try_call(|forward| {
        forward.claims = integration("Робот");
        (forward.path, forward.body) =
            (SEND.into(), json!({"chat_id": CHAT, "text": "Заказ собран"}).to_string().into());
    });
    client.market.settle();
    assert_eq!((client.reply(ticket.unwrap()), client.copies("Заказ собран")), (success(), 3));
}

#[test]
fn an_id_of_the_clients_own_says_what_is_the_same_message() {
    let mut client = Client::new();
    let send = |client: &mut Client, key: &str| {
        let ticket = client.try_call(|forward| {
            (forward.path, forward.body) = (SEND.into(), json!({"chat_id": CHAT, "text": "Да"}).to_string().into());
            forward.key = Some(key.into());
        });
        client.market.settle();
        ticket
    };
    for (key, copies) in [("a", 1), ("a", 1), ("b", 2), ("b", 2)] {
        let ticket = send(&mut client, key).unwrap();
        assert_eq!((client.reply(ticket), client.copies("Да")), (success(), copies), "{key}");
    }
    client.market.bench.advance(FORWARD_REPEAT_MS * 2);
    send(&mut client, "a").unwrap();
    assert_eq!(client.copies("Да"), 2, "it does not wear out");
    assert!(send(&mut client, &"k".repeat(CLIENT_ID_BYTES_MAX)).is_ok());
    for key in [String::new(), "k".repeat(CLIENT_ID_BYTES_MAX + 1)] {
        assert_eq!(send(&mut client, &key).unwrap_err().code, Code::Invalid);
    }
}

#[test]
fn a_lost_answer_is_found_out_and_told_as_a_success_not_as_an_error() {
    let mut client = Client::new();
    let ticket = client.send("Один экземпляр");
    let call = client.market.bench.call();
    // Ozon took it; the answer is lost.
    let _ = client.market.ozon.serve(&call);
    client.market.bench.answer(call.job, Answered::Lost);
    assert_eq!(client.reply(ticket), None);
    client.market.settle();
    assert_eq!((client.reply(ticket), client.copies("Один экземпляр")), (success(), 1));

    // It never came there, and nobody can know before a copy under way has died: the client is told that it is reserved.
    let ticket = client.send("Потом");
    let call = client.market.bench.call();
    client.market.bench.answer(call.job, Answered::Lost);
    for _ in 0..FORWARD_PATIENCE_MS / 500 {
        client.market.bench.advance(500);
        client.market.serve_all();
    }
    assert_eq!(client.reply(ticket), Some((202, json!({"result": "success"}))));
    let again = client.send("Потом");
    client.market.settle();
    assert_eq!((client.reply(again), client.copies("Потом")), (success(), 1));
}

#[test]
fn a_refusal_is_told_in_the_vendors_words_and_the_same_may_be_sent_again() {
    let mut client = Client::new();
    let ticket = client.send("Привет");
    let body = r#"{"code":7,"message":"Information is only available with a Premium Plus subscription.","details":[]}"#;
    client.answer(answered(403, body));
    assert_eq!(client.reply(ticket), Some((403, serde_json::from_str(body).unwrap())));
    let ticket = client.send("Привет");
    client.market.settle();
    assert_eq!((client.reply(ticket), client.copies("Привет")), (success(), 1));
}

#[test]
fn what_ozon_would_refuse_it_refuses_itself_and_once() {
    let mut client = Client::new();
    let long = "я".repeat(1_001);
    for body in [
        "{".to_owned(),
        json!({"text": "Да"}).to_string(),
        json!({"chat_id": CHAT, "text": ""}).to_string(),
        json!({"chat_id": CHAT, "text": long}).to_string(),
        json!({"chat_id": "", "text": "Да"}).to_string(),
    ] {
        let ticket = client.call(SEND, &body);
        let call = client.market.bench.call();
        assert_eq!(call.request.body(), body.as_bytes());
        client.market.bench.answer(call.job, Answered::Lost);
        assert_eq!(client.reply(ticket).unwrap().0, 503);
        client.market.bench.advance(FORWARD_PATIENCE_MS);
        assert!(client.market.bench.calls.is_empty(), "nothing that may have reached a buyer is repeated blindly");
    }
    let edge = "я".repeat(1_000);
    let ticket = client.send(&edge);
    client.market.settle();
    assert_eq!((client.reply(ticket), client.copies(&edge)), (success(), 1));
}

#[test]
fn a_chat_that_the_relay_has_not_met_begins_with_the_message() {
    let mut client = Client::new();
    let ticket = client.call(SEND, &json!({"chat_id": UNKNOWN_CHAT, "text": "Ваш заказ"}).to_string());
    let call = client.market.bench.call();
    assert_eq!(path_and_body(&call.request).1, json!({"chat_id": UNKNOWN_CHAT, "text": "Ваш заказ"}));
    client.market.serve(call);
    assert_eq!(client.reply(ticket), success());
    let frames = client.market.bench.take(client.market.operator);
    let events: Vec<&str> = frames.iter().map(|frame| frame["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["new_chat", "operator_message", "message_status"]);
    assert_eq!(frames[1]["data"]["operator_name"], "CRM");
    // The buyer's answer comes to the same chat.
    let user_id = client.market.buyer_writes(UNKNOWN_CHAT, "Спасибо");
    assert_eq!(frames[0]["data"]["user_id"], json!(user_id));
    client.market.settle();
}

#[test]
fn who_may_not_and_what_is_not_offered_is_refused_before_anything_is_called() {
    let mut client = Client::new();
    let mut refused = |change: fn(&mut Forward)| {
        let problem = client.try_call(change).unwrap_err();
        assert!(client.market.bench.calls.is_empty());
        problem.code
    };
    assert_eq!(refused(|forward| forward.claims = visitor(-1)), Code::Forbidden);
    assert_eq!(refused(|forward| forward.claims.org = "another".into()), Code::Forbidden);
    assert_eq!(refused(|forward| forward.client_id = Some("837".into())), Code::Forbidden);
    for path in
        ["/v1/finance/balance", "/v3/chat/list/", "/v3/chat/../chat/list", "//v3/chat/list", "/v3/Chat/list", ""]
    {
        let problem = client.try_call(|forward| forward.path = path.into()).unwrap_err();
        assert_eq!(problem.code, Code::NotFound, "{path}");
    }
    assert!(client.try_call(|forward| forward.client_id = Some("836".into())).is_ok());
}

#[test]
fn those_who_wait_are_not_without_number() {
    let mut client = Client::new();
    for number in 0..FORWARDS_MAX {
        client.call(HISTORY, &json!({"number": number}).to_string());
    }
    let problem = client.try_call(|forward| forward.path = HISTORY.into()).unwrap_err();
    assert_eq!(problem.code, Code::RateLimited);
    assert!(problem.retry_after_ms.is_some());
    // Who has waited too long is told; then there is room again.
    client.market.bench.calls.clear();
    client.market.bench.advance(FORWARD_PATIENCE_MS);
    assert_eq!(client.market.bench.replies.len(), FORWARDS_MAX);
    client.call(HISTORY, "{}");
}

#[test]
fn without_an_account_there_is_nothing_to_call() {
    let mut client = Client::new();
    client.market.bench.execute("DELETE FROM accounts", vec![]);
    assert_eq!(client.try_call(|_| ()).unwrap_err().code, Code::UpstreamNotConnected);
}

#[test]
fn a_message_through_the_relay_survives_a_crash_and_is_sent_once() {
    let mut client = Client::new();
    client.send("Переживёт");
    let call = client.market.bench.call();
    // Ozon has it, and the relay dies before it hears so.
    let _: Answered = FakeOzon::serve(&mut client.market.ozon, &call);
    client.market.bench.crash();
    client.market.bench.advance(OZON_WINDOW_MS);
    // What became of it can be known only when no copy of it can be under way any more: until then it is reserved.
    let again = client.send("Переживёт");
    client.market.settle();
    assert_eq!((client.reply(again), client.copies("Переживёт")), (Some((202, json!({"result": "success"}))), 1));
    let third = client.send("Переживёт");
    assert_eq!((client.reply(third), client.copies("Переживёт")), (success(), 1));
}

#[test]
fn a_method_that_is_gone_is_answered_by_todays_in_its_own_form_and_says_so() {
    let mut client = Client::new();
    let ticket = client.call("/v2/chat/history", &json!({"chat_id": CHAT, "limit": 10}).to_string());
    let call = client.market.bench.call();
    let (path, body) = path_and_body(&call.request);
    assert_eq!((path.as_str(), &body["chat_id"], &body["direction"]), (HISTORY, &json!(CHAT), &json!("Backward")));
    let page = json!({"has_next": false, "messages": [{"message_id": 3_000_000_000_817_031_942_u64,
        "user": {"id": "115568", "type": "Customer"}, "data": ["Есть?"], "created_at": "2026-01-10T15:31:00Z", "is_read": true}]});
    client.market.bench.answer(call.job, answered(200, &page.to_string()));
    assert!(client.market.bench.replies[&ticket].is_deprecated);
    let (status, body) = client.reply(ticket).unwrap();
    assert_eq!((status, &body["has_next"], &body["messages"][0]["data"]), (200, &json!(false), &json!(["Есть?"])));
    assert!(body["messages"][0]["messageId"].is_string() || body["messages"][0]["messageId"].is_number());
    // A question that is none is refused without a call, and the vendor's refusal is the vendor's.
    let ticket = client.call("/v2/chat/history", "[]");
    assert_eq!((client.market.bench.calls.len(), client.reply(ticket).unwrap().0), (0, 400));
    let ticket = client.call("/v2/chat/history", &json!({"chat_id": CHAT}).to_string());
    client.answer(answered(403, r#"{"code":7,"message":"no"}"#));
    assert_eq!(client.reply(ticket), Some((403, json!({"code": 7, "message": "no"}))));
    // The one that still answers is called as it is.
    client.call("/v2/chat/list", "{}");
    assert_eq!(client.market.bench.call().request.uri().path(), "/v2/chat/list");
}
