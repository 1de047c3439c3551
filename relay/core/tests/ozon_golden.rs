//! What goes to Ozon and comes from it, byte for byte, made from what is known of its API.
//!
//! A method has `<method>.request.json`, on one line as it is sent, `<method>.response.json` and `<method>.error.json` with
//! the HTTP status; a push is `push.<type>[.<variant>].json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use relay_core::upstream::ozon::push::{self, Push};
use relay_core::upstream::ozon::{
    Account, ChatStatus, ChatType, Credentials, ModerateImageStatus, OzonId, UserType, chat_history, chat_history_v2,
    chat_list, chat_list_v2, chat_read, chat_send_file, chat_send_message, chat_start,
};
use relay_core::upstream::{Answered, Failure, Request};
use serde_json::Value;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

const CHAT: &str = "5e767a03-b400-4d1b-a841-75319ca8a5c8";
const NOTICES: &str = "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";
const OTHER: &str = "b646d975-0c9c-4872-9f41-8b1e57181063";

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/ozon").join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&golden(name)).unwrap()
}

fn account() -> Account {
    Account {
        base_url: "https://api-seller.ozon.ru".into(),
        credentials: Credentials { client_id: "836".into(), api_key: "0f9d2a7e-secret".into() },
    }
}

fn answered(name: &str) -> Answered {
    Answered::Response(http::Response::new(golden(name).into_bytes()))
}

fn refused(method: &str) -> Answered {
    let golden = json(&format!("{method}.error"));
    let status = u16::try_from(golden["status"].as_u64().unwrap()).unwrap();
    let body = golden["body"].to_string().into_bytes();
    Answered::Response(http::Response::builder().status(status).body(body).unwrap())
}

fn at(text: &str) -> Option<Timestamp> {
    Some(Timestamp::parse(text).unwrap())
}

/// The call is the vendor's to the byte, goes to its path, and has the headers it wants.
fn assert_call(path: &str, golden_name: &str, request: Result<Request, Problem>) {
    let request = request.unwrap();
    assert_eq!(request.method(), "POST", "{golden_name}");
    assert_eq!(request.uri().to_string(), format!("https://api-seller.ozon.ru{path}"), "{golden_name}");
    let header = |name| request.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("Client-Id"), header("Api-Key"), header("Content-Type")),
        ("836".into(), "0f9d2a7e-secret".into(), "application/json".into())
    );
    let body = String::from_utf8(request.into_body()).unwrap();
    assert_eq!(body, golden(golden_name).trim_end(), "{golden_name}");
}

#[test]
fn chat_start() {
    assert_call("/v1/chat/start", "chat_start.request", chat_start::request(&account(), "33920143-1195-1"));
    assert_eq!(chat_start::read(&answered("chat_start.response")), Ok(CHAT.to_owned()));
    assert_eq!(chat_start::read(&refused("chat_start")), Err(Failure::Refused(Code::UpstreamNotFound)));
}

#[test]
fn chat_send_message() {
    let text = "Здравствуйте! Да, есть — \"Самокат\", 5 990 ₽.\nОтправим завтра 🚚";
    let request = chat_send_message::request(&account(), CHAT, text);
    assert_call("/v1/chat/send/message", "chat_send_message.request", request);
    assert_eq!(chat_send_message::read(&answered("chat_send_message.response")), Ok(()));
    let refused = chat_send_message::read(&refused("chat_send_message"));
    assert_eq!(refused, Err(Failure::Refused(Code::UpstreamSubscription)));
}

#[test]
fn chat_send_file() {
    let name = chat_send_file::name("инструкция", "text/plain");
    let request = chat_send_file::request(&account(), CHAT, &name, "Инструкция".as_bytes());
    assert_call("/v1/chat/send/file", "chat_send_file.request", request);
    assert_eq!(chat_send_file::read(&answered("chat_send_file.response")), Ok(()));
    let refused = chat_send_file::read(&refused("chat_send_file"));
    assert_eq!(refused, Err(Failure::Refused(Code::UpstreamKeyExpired)));
}

#[test]
fn chat_read() {
    let request = chat_read::request(&account(), CHAT, Some(OzonId(3_000_000_000_817_031_943)));
    assert_call("/v2/chat/read", "chat_read.request", request);
    let all = chat_read::request(&account(), CHAT, None).unwrap();
    assert_eq!(all.body(), format!(r#"{{"chat_id":"{CHAT}"}}"#).as_bytes());
    assert_eq!(chat_read::read(&answered("chat_read.response")), Ok(2));
    assert_eq!(chat_read::read(&refused("chat_read")), Err(Failure::Refused(Code::UpstreamUnauthorized)));
}

fn listed(chat_id: &str, chat_type: ChatType, status: ChatStatus, created_at: &str, last: u64) -> chat_list::Chat {
    chat_list::Chat {
        chat_id: chat_id.into(),
        chat_type,
        status,
        created_at: at(created_at),
        first_unread_message_id: None,
        last_message_id: OzonId(last),
        unread_count: 0,
    }
}

#[test]
fn chat_list() {
    let query = chat_list::Query {
        limit: 100,
        cursor: Some("30000002342123123".into()),
        status: chat_list::Filter::Opened,
        unread_only: true,
    };
    assert_call("/v3/chat/list", "chat_list.request", chat_list::request(&account(), &query));
    let unread = chat_list::Chat {
        first_unread_message_id: Some(OzonId(3_000_000_000_118_021_931)),
        unread_count: 1,
        ..listed(CHAT, ChatType::BuyerSeller, ChatStatus::Opened, "2026-02-10T08:07:19.581Z", 3_000_000_000_128_004_274)
    };
    let notices = listed(
        NOTICES,
        ChatType::SellerNotificationLogistics,
        ChatStatus::Closed,
        "2026-01-02T00:00:00Z",
        3_000_000_000_128_004_273,
    );
    let unknown = ChatType::Other("SELLER_OF_NEXT_YEAR".into());
    let other = listed(OTHER, unknown, ChatStatus::Opened, "2026-01-01T00:00:00Z", 3_000_000_000_128_004_272);
    let expected = chat_list::List {
        chats: vec![unread, notices, other],
        total_unread_count: 5,
        cursor: Some("30000002342123122".into()),
        has_next: true,
    };
    assert_eq!(chat_list::read(&answered("chat_list.response")), Ok(expected));
    assert_eq!(chat_list::read(&refused("chat_list")), Err(Failure::Refused(Code::UpstreamUnauthorized)));
}

fn written(id: u64, user_type: UserType, user_id: &str, created_at: &str, text: &str) -> chat_history::HistoryMessage {
    chat_history::HistoryMessage {
        message_id: OzonId(id),
        from_seller: user_type == UserType::Seller,
        user_type,
        user_id: user_id.into(),
        created_at: at(created_at),
        is_read: true,
        is_image: false,
        data: vec![text.into()],
        context: None,
        moderate_image_status: None,
    }
}

#[test]
fn chat_history() {
    let query = chat_history::Query {
        direction: chat_history::Direction::Forward,
        from_message_id: Some(OzonId(3_000_000_000_817_031_942)),
        limit: 1000,
    };
    assert_call("/v3/chat/history", "chat_history.request", chat_history::page(&account(), CHAT, &query));
    let newest = chat_history::request(&account(), CHAT).unwrap();
    assert_eq!(newest.body(), format!(r#"{{"chat_id":"{CHAT}","direction":"Backward","limit":100}}"#).as_bytes());
    let ids = [OzonId(3_000_000_000_817_031_942), OzonId(3_000_000_000_817_031_943)];
    let some: Value = serde_json::from_slice(chat_history::messages(&account(), CHAT, &ids).unwrap().body()).unwrap();
    assert_eq!(some["filter"]["message_ids"], serde_json::json!(["3000000000817031942", "3000000000817031943"]));

    let asked = chat_history::HistoryMessage {
        context: Some(chat_history::Context { order_number: Some("123456789".into()), sku: Some("987654321".into()) }),
        moderate_image_status: Some(ModerateImageStatus::Success),
        ..written(
            3_000_000_000_817_031_942,
            UserType::Customer,
            "115568",
            "2026-02-10T14:15:22Z",
            "Здравствуйте! Подойдёт [модель](https://www.ozon.ru/product/smartfon-1)?",
        )
    };
    let notice = written(
        3_000_000_000_817_031_943,
        UserType::NotificationUser,
        "o3_notification_user_sc",
        "2026-02-10T14:16:00.500Z",
        "Заказ передан в доставку",
    );
    let image = chat_history::HistoryMessage {
        is_read: false,
        is_image: true,
        moderate_image_status: Some(ModerateImageStatus::Moderation),
        ..written(
            3_000_000_000_817_031_944,
            UserType::Seller,
            "836",
            "2026-02-10T14:20:00Z",
            "![](https://api-seller.ozon.ru/v2/chat/file/messenger/836/a1.jpg)",
        )
    };
    // The fourth message's id is none: the page says that it is not whole.
    let expected = chat_history::Page { messages: vec![asked, notice, image], is_whole: false, has_next: true };
    assert_eq!(chat_history::read(&answered("chat_history.response")), Ok(expected));
    assert_eq!(chat_history::read(&refused("chat_history")), Err(Failure::Refused(Code::UpstreamRejected)));
}

#[test]
fn chat_list_v2_in_its_old_form_and_mapped_on_todays() {
    let query = chat_list_v2::parse(golden("chat_list_v2.request").as_bytes()).unwrap();
    assert_call("/v2/chat/list", "chat_list_v2.request", chat_list_v2::request(&account(), &query));
    let today = chat_list_v2::to_v3(&query).unwrap();
    assert_call("/v3/chat/list", "chat_list_v2.v3_request", chat_list::request(&account(), &today));

    let chat = chat_list::Chat {
        first_unread_message_id: Some(OzonId(3_000_000_000_118_021_931)),
        unread_count: 1,
        ..listed(OTHER, ChatType::SellerSupport, ChatStatus::Opened, "2026-01-01T00:00:00Z", 3_000_000_000_128_004_272)
    };
    let expected = chat_list_v2::List {
        chats: vec![chat],
        total_chats_count: Some(25),
        total_unread_count: 5,
        cursor: None,
        has_next: false,
    };
    let read = chat_list_v2::read(&answered("chat_list_v2.response")).unwrap();
    assert_eq!(read, expected);
    // What we write in the old form has all that the old method wrote.
    let (ours, theirs) = (read.to_json(), json("chat_list_v2.response"));
    assert_eq!((&ours["chats"], &ours["total_chats_count"]), (&theirs["chats"], &theirs["total_chats_count"]));

    let today = chat_list::read(&answered("chat_list.response")).unwrap();
    assert_eq!(chat_list_v2::from_v3(today, &query).to_json(), json("chat_list_v2.from_v3"));
    assert_eq!(chat_list_v2::read(&refused("chat_list_v2")), Err(Failure::Refused(Code::UpstreamNotFound)));
}

#[test]
fn chat_history_v2_mapped_on_todays() {
    let query = chat_history_v2::parse(golden("chat_history_v2.request").as_bytes()).unwrap();
    assert_call("/v3/chat/history", "chat_history_v2.v3_request", chat_history_v2::request(&account(), &query));
    let page = chat_history_v2::read(&answered("chat_history.response"), &query).unwrap();
    assert_eq!(page.to_json(), json("chat_history_v2.response"));
    let forward = chat_history_v2::Query { direction: chat_history::Direction::Forward, ..query.clone() };
    let page = chat_history_v2::read(&answered("chat_history.response"), &forward).unwrap();
    assert_eq!(page.to_json()["messages"][0]["message_id"], "3000000000817031942", "oldest first");
    let refused = chat_history_v2::read(&refused("chat_history_v2"), &query);
    assert_eq!(refused, Err(Failure::Refused(Code::UpstreamSubscription)));
}

#[test]
fn pushes() {
    let (chat_id, created_at) = (OTHER.to_owned(), at("2026-07-18T20:58:04.528Z"));
    let id = OzonId(3_000_000_000_817_031_942);
    for (name, expected, is_of_buyer) in [
        (
            "push.new_message",
            Push::NewMessage {
                chat_id: chat_id.clone(),
                chat_type: ChatType::BuyerSeller,
                user_type: UserType::Customer,
                message_id: id,
                text: "Здравствуйте!\n![](https://api-seller.ozon.ru/v2/chat/file/messenger/115568/b2.jpg)".into(),
                created_at,
            },
            true,
        ),
        (
            "push.new_message.support",
            Push::NewMessage {
                chat_id: chat_id.clone(),
                chat_type: ChatType::SellerSupport,
                user_type: UserType::Support,
                message_id: OzonId(3_000_000_000_817_031_943),
                text: "Ответ поддержки".into(),
                created_at,
            },
            false,
        ),
        (
            "push.update_message",
            Push::UpdateMessage {
                chat_id: chat_id.clone(),
                chat_type: ChatType::BuyerSeller,
                user_type: UserType::Customer,
                message_id: id,
                text: "Здравствуйте! Есть синий?".into(),
                created_at,
                updated_at: at("2026-07-18T21:00:00Z"),
            },
            true,
        ),
        (
            "push.message_read",
            Push::MessageRead {
                chat_id: chat_id.clone(),
                chat_type: ChatType::BuyerSellerSelect,
                user_type: UserType::Customer,
                last_read_message_id: OzonId(3_000_000_000_817_031_944),
            },
            true,
        ),
        (
            "push.chat_closed",
            Push::ChatClosed { chat_id, chat_type: ChatType::BuyerSeller, user_type: UserType::Customer },
            true,
        ),
        ("push.ping", Push::Ping, false),
        ("push.new_posting", Push::Other, false),
    ] {
        let read = push::read(&golden(name));
        assert_eq!(read.as_ref(), Ok(&expected), "{name}");
        assert_eq!(expected.is_of_buyer(), is_of_buyer, "{name}");
    }
}

#[test]
fn every_method_has_its_three_goldens_and_every_golden_is_used() {
    let source = include_str!("ozon_golden.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/ozon");
    let mut methods = std::collections::BTreeMap::<String, Vec<String>>::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        let (method, part) = name.split_once('.').unwrap();
        let is_used = source.contains(&format!("\"{name}\""))
            || part == "error" && source.contains(&format!("refused(\"{method}\")"));
        assert!(is_used, "{name}");
        if method != "push" {
            methods.entry(method.to_owned()).or_default().push(part.to_owned());
        }
    }
    assert!(methods.len() >= 8, "{methods:?}");
    for (method, parts) in methods {
        for part in ["request", "response", "error"] {
            assert!(parts.iter().any(|other| other == part), "{method}.{part}");
        }
    }
}
