//! Ozon's notifications: kept once, told in the spec's form, and answered in Ozon's words.

use crate::bench;

use bench::Bench;
use bench::ozon::{CHAT, FIRST_ID, FakeOzon, Market, message_read, new_message};
use bench::people::{integration, operator};
use relay_core::hub::Request;
use relay_core::upstream::ozon::push;
use serde_json::{Value, json};
use shared::limits::HOOK_BYTES_MAX;
use shared::problem::{Code, Problem};

fn hook(bench: &mut Bench, source: &str, secret: &str, body: &str) -> Result<Value, Problem> {
    bench.request(Request::Hook { source: source.into(), secret: secret.into(), body: body.into() })
}

#[test]
fn a_buyers_first_message_is_a_new_chat_in_the_specs_form() {
    let mut bench = Bench::new();
    let secret = bench.hook_secret();
    let crm = bench.connect(&integration("CRM"));
    bench.clear();
    let answer = bench.push(&secret, &new_message(CHAT, FIRST_ID, "Есть в наличии?")).unwrap();
    assert_eq!(answer, json!({"result": true}));
    assert_eq!(
        bench.take(crm),
        [
            json!({"event": "new_chat", "timestamp": "2026-01-10T15:30:00Z", "offset": 1, "data": {
                "user_id": 1, "user_name": "Покупатель Ozon", "username": null, "source": "ozon",
                "first_message": "Есть в наличии?", "message_id": 1}}),
            json!({"event": "new_message", "timestamp": "2026-01-10T15:30:00Z", "offset": 2, "data": {
                "message_id": 1, "user_id": 1, "user_name": "Покупатель Ozon", "text": "Есть в наличии?",
                "file_path": null, "source": "ozon"}}),
        ],
        "a buyer is not online: nobody knows"
    );
    bench.push(&secret, &new_message(CHAT, FIRST_ID + 1, "Ау?")).unwrap();
    assert_eq!(bench.names(crm), ["new_message"]);
}

#[test]
fn each_ozon_chat_is_a_user_of_its_own_with_a_positive_id() {
    let mut market = Market::new();
    let other = market.buyer_writes("another", "Здравствуйте");
    assert_eq!((market.buyer, other), (1, 2));
    market.bench.crash();
    assert_eq!(market.buyer_writes(CHAT, "снова я"), 1);
    assert_eq!(market.buyer_writes("third", "Здравствуйте"), 3);
}

#[test]
fn a_notification_that_is_repeated_is_one_message_and_a_success_each_time() {
    let mut market = Market::new();
    let secret = market.secret.clone();
    let body = new_message(CHAT, FIRST_ID + 50, "повтор");
    let as_number = {
        let mut body = body.clone();
        body["message_id"] = json!(FIRST_ID + 50);
        body
    };
    for body in [&body, &body, &as_number] {
        assert_eq!(market.bench.push(&secret, body), Ok(json!({"result": true})));
        market.bench.hibernate();
    }
    assert_eq!(market.bench.names(market.operator), ["new_message"]);
    market.bench.crash();
    assert_eq!(market.bench.push(&secret, &body), Ok(json!({"result": true})));
    let desk = market.bench.connect(&operator("Анна"));
    assert_eq!(market.bench.texts(desk, 1), ["Есть в наличии?", "повтор"]);
}

#[test]
fn the_same_id_in_another_chat_is_another_message() {
    let mut market = Market::new();
    let secret = market.secret.clone();
    for chat in ["first", "second"] {
        market.bench.push(&secret, &new_message(chat, FIRST_ID + 50, "да")).unwrap();
    }
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages WHERE text = 'да'"), [2]);
}

#[test]
fn a_wrong_secret_a_wrong_source_and_no_account_look_the_same() {
    let mut bench = Bench::new();
    let body = new_message(CHAT, FIRST_ID, "да").to_string();
    let without_account = hook(&mut bench, "ozon", "x", &body).unwrap_err();
    let secret = bench.hook_secret();
    let shorter = &secret[..secret.len() - 1];
    let longer = format!("{secret}A");
    for (source, secret) in [
        ("ozon", ""),
        ("ozon", shorter),
        ("ozon", longer.as_str()),
        ("OZON", secret.as_str()),
        ("wildberries", secret.as_str()),
        ("' OR 1=1 --", secret.as_str()),
    ] {
        let refused = hook(&mut bench, source, secret, &body).unwrap_err();
        assert_eq!((refused.code, &refused), (Code::NotFound, &without_account), "{source}");
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM chats"), [0]);
    assert!(hook(&mut bench, "ozon", &secret, &body).is_ok());
}

#[test]
fn another_organizations_secret_opens_nothing_here() {
    let mut other = Bench::empty();
    other.provision("drugaya", &[], None).unwrap();
    other.entropy();
    let foreign = other.hook_secret();
    let mut bench = Bench::new();
    let own = bench.hook_secret();
    assert_ne!(own, foreign);
    let refused = bench.push(&foreign, &new_message(CHAT, FIRST_ID, "да")).unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
}

#[test]
fn what_is_not_a_notification_is_refused_in_ozons_words_and_changes_nothing() {
    let mut market = Market::new();
    let secret = market.secret.clone();
    let good = new_message(CHAT, FIRST_ID + 9, "да");
    let without = |member: &str| {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(member);
        body.to_string()
    };
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body.to_string()
    };
    for body in [
        String::new(),
        "{".into(),
        "[]".into(),
        "null".into(),
        "{}".into(),
        without("message_type"),
        without("chat_id"),
        without("message_id"),
        with("chat_id", json!("")),
        with("chat_id", json!(7)),
        with("message_id", json!("30000000001280042740")),
        with("message_id", json!(-1)),
        with("data", json!("не список")),
        with("message_type", json!(1)),
    ] {
        let refused = hook(&mut market.bench, "ozon", &secret, &body).unwrap_err();
        assert_eq!(refused.code, Code::Malformed, "{body}");
        assert_eq!(push::refusal(&refused)["error"]["code"], "ERROR_PARAMETER_VALUE_MISSED", "{body}");
    }
    let large = with("data", json!(["я".repeat(HOOK_BYTES_MAX)]));
    let refused = hook(&mut market.bench, "ozon", &secret, &large).unwrap_err();
    assert_eq!(refused.code, Code::TooLarge);
    assert_eq!(push::refusal(&refused)["error"]["code"], "ERROR_UNKNOWN");
    assert!(market.bench.take(market.operator).is_empty());
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [1]);
}

#[test]
fn a_ping_is_answered_and_what_is_none_of_ours_is_taken() {
    let mut market = Market::new();
    let secret = market.secret.clone();
    let answer = market.bench.push(&secret, &json!({"message_type": "TYPE_PING", "time": "2026-01-01T10:00:00.000Z"}));
    let answer = answer.unwrap();
    assert_eq!(answer["time"], "2026-01-10T15:30:00Z");
    assert!(answer["name"].is_string() && answer["version"].is_string());
    let mut of_support = new_message(CHAT, FIRST_ID + 9, "мы из поддержки");
    of_support["user"]["type"] = json!("Support");
    let mut in_support = new_message("support", FIRST_ID + 9, "мы из поддержки");
    in_support["chat_type"] = json!("Seller_Support");
    for body in [
        of_support,
        in_support,
        json!({"message_type": "TYPE_NEW_POSTING", "posting_number": "1", "seller_id": 7}),
        json!({"message_type": "TYPE_OF_TOMORROW"}),
        message_read("no-such-chat", FIRST_ID),
    ] {
        assert_eq!(market.bench.push(&secret, &body), Ok(json!({"result": true})), "{body}");
    }
    assert!(market.bench.take(market.operator).is_empty());
}

#[test]
fn a_message_of_several_parts_is_one_text_and_markdown_stays_as_it_came() {
    let mut market = Market::new();
    let mut body = new_message(CHAT, FIRST_ID + 9, "");
    body["data"] = json!(["Здравствуйте!", "![](https://api-seller.ozon.ru/v2/chat/file/x)"]);
    market.bench.push(&market.secret.clone(), &body).unwrap();
    let told = market.bench.take(market.operator);
    assert_eq!(told[0]["data"]["text"], "Здравствуйте!\n![](https://api-seller.ozon.ru/v2/chat/file/x)");
}

#[test]
fn reading_moves_forward_only_and_a_repeat_is_silent() {
    let mut market = Market::new();
    let ids = [market.writes("раз"), market.writes("два")];
    market.settle();
    let upstream = ids.map(|id| market.bench.upstream_id(id).unwrap().parse::<u64>().unwrap());
    market.bench.clear();
    let secret = market.secret.clone();
    for (up_to, told) in [
        (upstream[0] - 1, 0),
        // The message's status, and the mark.
        (upstream[0], 2),
        (upstream[0], 0),
        (upstream[1], 2),
        (upstream[0], 0),
        (upstream[1] + 100, 0),
    ] {
        market.bench.push(&secret, &message_read(CHAT, up_to)).unwrap();
        assert_eq!(market.bench.take(market.operator).len(), told, "up to {up_to}");
    }
    assert_eq!(ids.map(|id| market.status(id)), ["read", "read"]);
}

#[test]
fn one_reading_covers_all_messages_before_it() {
    let mut market = Market::new();
    let ids: Vec<i64> = (0..3).map(|n| market.writes(&format!("номер {n}"))).collect();
    market.settle();
    market.bench.clear();
    let read = message_read(CHAT, market.ozon.last_id(CHAT));
    market.bench.push(&market.secret.clone(), &read).unwrap();
    let told = market.bench.take(market.operator);
    let statuses: Vec<i64> = told[..3].iter().map(|frame| frame["data"]["message_id"].as_i64().unwrap()).collect();
    assert_eq!(statuses, ids);
    assert_eq!(told[3]["data"]["last_read_message_id"], json!(ids[2]));
    assert_eq!(told.len(), 4, "one mark for all of them");
}

#[test]
fn a_failed_message_is_not_read() {
    let mut market = Market::new();
    let refused = market.writes("раз");
    let call = market.attempt(refused, 1);
    market.bench.answer(call.job, bench::ozon::answered(403, "{}"));
    let read = message_read(CHAT, FIRST_ID + 1_000);
    market.bench.push(&market.secret.clone(), &read).unwrap();
    assert_eq!(market.status(refused), "failed");
}

#[test]
fn two_buyers_who_write_at_once_do_not_mix() {
    let mut bench = Bench::new();
    let secret = bench.hook_secret();
    let mut ozon = FakeOzon::default();
    for n in 0..20 {
        let chat = if n % 2 == 0 { "even" } else { "odd" };
        let id = ozon.buyer_writes(chat, &n.to_string());
        bench.push(&secret, &new_message(chat, id, &n.to_string())).unwrap();
    }
    let desk = bench.connect(&operator("Анна"));
    assert_eq!(bench.texts(desk, 1), ["0", "2", "4", "6", "8", "10", "12", "14", "16", "18"]);
    assert_eq!(bench.texts(desk, 2), ["1", "3", "5", "7", "9", "11", "13", "15", "17", "19"]);
}

#[test]
fn a_chat_that_ozon_closes_is_closed_here_once_and_the_buyer_opens_it_again() {
    let mut market = Market::new();
    let secret = market.secret.clone();
    let closed = |chat_type: &str| json!({"message_type": "TYPE_CHAT_CLOSED", "chat_id": CHAT, "chat_type": chat_type, "user": {}, "seller_id": "7"});
    market.bench.push(&secret, &closed("Seller_Support")).unwrap();
    assert!(market.bench.only(market.operator, "chat_updated").is_empty());
    for _ in 0..2 {
        market.bench.push(&secret, &closed("Buyer_Seller")).unwrap();
    }
    let told = market.bench.only(market.operator, "chat_updated");
    assert_eq!((told.len(), &told[0]["data"]["status"]), (1, &json!("closed")));
    market.buyer_writes(CHAT, "Ещё вопрос");
    let told = market.bench.only(market.operator, "chat_updated");
    assert_eq!((told.len(), &told[0]["data"]["status"]), (1, &json!("open")));
}
