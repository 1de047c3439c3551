//! What goes to Ozon and comes from it, byte for byte, made from what is known of its API.
//!
//! A method has `<method>.request.json`, on one line as it is sent, `<method>.response.json` and `<method>.error.json` with
//! the HTTP status; a push is `push.<type>[.<variant>].json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use relay_core::upstream::ozon::push::{self, Push};
use relay_core::upstream::ozon::seller::{self, posting};
use relay_core::upstream::ozon::{
    Account, ChatStatus, ChatType, Credentials, ModerateImageStatus, OzonId, Subscription, UserType, catalogue,
    chat_history, chat_history_v2, chat_list, chat_list_v2, chat_read, chat_send_file, chat_send_message, chat_start,
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

/// The call is the vendor's to the byte, goes to its path, and has the headers it wants. Clients may make it, too.
fn assert_call(path: &str, golden_name: &str, request: Result<Request, Problem>) {
    assert!(catalogue::find(path).is_some(), "{path}");
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
        ("push.new_posting", Push::Posting { posting_number: "33920143-1195-1".into(), delivered_at: None }, false),
        (
            "push.state_changed",
            Push::Posting { posting_number: "33920143-1195-1".into(), delivered_at: at("2026-02-02T15:07:46.765Z") },
            false,
        ),
    ] {
        let read = push::read(&golden(name));
        assert_eq!(read.as_ref(), Ok(&expected), "{name}");
        assert_eq!(expected.is_of_buyer(), is_of_buyer, "{name}");
    }
}

/// A product's id that a double does not hold.
const PRODUCT: OzonId = OzonId(9_007_199_254_740_993);
const SKU: OzonId = OzonId(1_904_686_181);

fn limit_is<T>(max: u32, call: impl Fn(u32) -> Result<T, Problem>) {
    for (limit, is_taken) in [(0, false), (1, true), (max, true), (max + 1, false)] {
        assert_eq!(call(limit).is_ok(), is_taken, "{limit} of {max}");
    }
}

#[test]
fn product_list() {
    let products = seller::Products { offer_ids: vec!["S-1".into()], product_ids: vec![PRODUCT] };
    let call = |limit| seller::product_list::request(&account(), &products, "", limit);
    assert_call("/v3/product/list", "product_list.request", call(1000));
    limit_is(1000, call);
    let product = seller::product_list::Product {
        product_id: PRODUCT,
        offer_id: "S-1".into(),
        has_fbo_stocks: false,
        has_fbs_stocks: true,
        archived: false,
        is_discounted: false,
    };
    let expected = seller::product_list::Page {
        products: vec![product],
        total: 2,
        last_id: "WzMzOTc5MTc2ODAsMzM5NzkxNzY4MF0=".into(),
    };
    assert_eq!(seller::product_list::read(&answered("product_list.response")), Ok(expected));
    let later = seller::product_list::read(&refused("product_list"));
    assert_eq!(later, Err(Failure::Later { retry_after_ms: None }));
}

#[test]
fn product_info_list() {
    use seller::product_info_list::{Product, Query, Source, Statuses, read, request};
    let query = Query { offer_ids: vec!["S-1".into()], product_ids: vec![PRODUCT], skus: vec![SKU] };
    assert_call("/v3/product/info/list", "product_info_list.request", request(&account(), &query));
    limit_is(1000, |count| request(&account(), &Query { skus: vec![SKU; count as usize], ..Query::default() }));
    let product = Product {
        id: PRODUCT,
        offer_id: "S-1".into(),
        sku: Some(SKU),
        name: "Самокат".into(),
        price: Some("5990.00".into()),
        old_price: Some("7490.00".into()),
        min_price: Some(String::new()),
        currency_code: Some("RUB".into()),
        barcodes: vec!["4600000000017".into()],
        images: vec!["https://cdn1.ozone.ru/s3/1.jpg".into()],
        primary_image: vec!["https://cdn1.ozone.ru/s3/1.jpg".into()],
        is_archived: false,
        sources: vec![Source { sku: SKU, source: "sds".into() }],
        statuses: Statuses { status: "price_sent".into(), status_name: "Продаётся".into() },
    };
    assert_eq!(read(&answered("product_info_list.response")), Ok(vec![product]));
    assert_eq!(read(&refused("product_info_list")), Err(Failure::Refused(Code::UpstreamRoleMissing)));
}

#[test]
fn product_info_stocks() {
    use seller::product_info_stocks::{Page, Product, Stock, read, request};
    let products = seller::Products { offer_ids: vec!["S-1".into()], product_ids: vec![] };
    let call = |limit| request(&account(), &products, "", limit);
    assert_call("/v4/product/info/stocks", "product_info_stocks.request", call(100));
    limit_is(1000, call);
    let stock = Stock {
        kind: "fbs".into(),
        present: 12,
        reserved: 2,
        sku: SKU,
        warehouse_ids: vec![OzonId(20_605_650_762_000)],
    };
    let product = Product { product_id: PRODUCT, offer_id: "S-1".into(), stocks: vec![stock] };
    let expected = Page { products: vec![product], total: 1, cursor: "anVzdCBhIGN1cnNvcg==".into() };
    assert_eq!(read(&answered("product_info_stocks.response")), Ok(expected));
    assert_eq!(read(&refused("product_info_stocks")), Err(Failure::Refused(Code::UpstreamKeyRestricted)));
}

fn delivering(price: &str, delivering_date: Option<Timestamp>) -> posting::Posting {
    posting::Posting {
        posting_number: "0208245774-0029-1".into(),
        order_id: PRODUCT,
        order_number: "0208245774-0029".into(),
        status: "delivering".into(),
        substatus: "posting_on_way_to_city".into(),
        in_process_at: at("2026-05-14T08:00:00Z"),
        shipment_date: at("2026-05-18T12:00:00Z"),
        delivering_date,
        tracking_number: "TRK1234567890".into(),
        tpl_integration_type: "ozon".into(),
        products: vec![posting::Product {
            sku: SKU,
            offer_id: "S-1".into(),
            name: "Самокат".into(),
            quantity: 2,
            price: Some(price.into()),
            currency: Some("RUB".into()),
        }],
    }
}

#[test]
fn posting_fbs_list() {
    use seller::posting_fbs_list::{Query, read, request};
    let call = |limit| {
        let query = Query {
            since: at("2026-05-01T00:00:00Z").unwrap(),
            to: at("2026-06-01T00:00:00Z").unwrap(),
            statuses: vec!["awaiting_deliver".into(), "delivering".into()],
            order_numbers: vec![],
            limit,
            cursor: String::new(),
        };
        request(&account(), &query)
    };
    assert_call("/v4/posting/fbs/list", "posting_fbs_list.request", call(100));
    limit_is(100, call);
    let postings = vec![delivering("5990.00", at("2026-05-19T15:30:00Z"))];
    let expected = posting::Page { postings, cursor: "eyJmaWVsZHMiOltdfQ==".into(), has_next: true };
    assert_eq!(read(&answered("posting_fbs_list.response")), Ok(expected));
    assert_eq!(read(&refused("posting_fbs_list")), Err(Failure::Refused(Code::UpstreamRejected)));
}

#[test]
fn posting_fbs_list_in_its_old_form() {
    use seller::posting_fbs_list_v3::{Query, read, request};
    let call = |limit| {
        let query = Query {
            since: at("2026-05-01T00:00:00Z").unwrap(),
            to: at("2026-06-01T00:00:00Z").unwrap(),
            status: String::new(),
            limit,
            offset: 100,
        };
        request(&account(), &query)
    };
    assert_call("/v3/posting/fbs/list", "posting_fbs_list_v3.request", call(50));
    limit_is(50, call);
    let expected =
        posting::Page { postings: vec![delivering("5990.0000", None)], cursor: String::new(), has_next: false };
    assert_eq!(read(&answered("posting_fbs_list_v3.response")), Ok(expected));
    assert_eq!(read(&refused("posting_fbs_list_v3")), Err(Failure::Refused(Code::UpstreamNotFound)));
}

#[test]
fn posting_fbo_list() {
    use seller::posting_fbo_list::{Query, read, request};
    let call = |limit| {
        let query = Query {
            since: at("2026-05-01T00:00:00Z").unwrap(),
            to: at("2026-06-01T00:00:00Z").unwrap(),
            statuses: vec![],
            order_numbers: vec![],
            limit,
            cursor: "next".into(),
        };
        request(&account(), &query)
    };
    assert_call("/v3/posting/fbo/list", "posting_fbo_list.request", call(1));
    limit_is(100, call);
    let page = read(&answered("posting_fbo_list.response")).unwrap();
    let found = &page.postings[0];
    assert_eq!((found.posting_number.as_str(), found.order_id), ("9121072335-0187-1", OzonId(39_127_012_767)));
    assert_eq!(found.products.len(), 1, "a product whose id is none is left out");
    assert_eq!((found.products[0].price.as_deref(), found.products[0].sku), (Some("28990"), OzonId(9_880_276_314)));
    assert_eq!(read(&refused("posting_fbo_list")), Err(Failure::Refused(Code::UpstreamRejected)));
}

#[test]
fn warehouse_list() {
    use seller::warehouse_list::{Page, Warehouse, read, request};
    let call = |limit| request(&account(), "next", limit);
    assert_call("/v2/warehouse/list", "warehouse_list.request", call(200));
    limit_is(200, call);
    let warehouse = Warehouse {
        warehouse_id: OzonId(20_605_650_762_000),
        name: "17023".into(),
        status: "created".into(),
        is_rfbs: true,
    };
    let expected = Page { warehouses: vec![warehouse], cursor: String::new(), has_next: false };
    assert_eq!(read(&answered("warehouse_list.response")), Ok(expected));
    assert_eq!(read(&refused("warehouse_list")), Err(Failure::Refused(Code::UpstreamUnauthorized)));
}

#[test]
fn analytics_data() {
    use seller::analytics_data::{Dimension, Figures, Query, Row, read, request};
    let call = |metrics: &[&str], limit| {
        let query = Query {
            date_from: "2026-05-01".into(),
            date_to: "2026-05-31".into(),
            metrics: metrics.iter().map(|metric| (*metric).to_owned()).collect(),
            dimension: vec!["sku".into()],
            limit,
            offset: 0,
        };
        request(&account(), &query)
    };
    assert_call("/v1/analytics/data", "analytics_data.request", call(&["revenue", "ordered_units"], 1000));
    limit_is(1000, |limit| call(&["revenue"], limit));
    limit_is(14, |metrics| call(&vec!["revenue"; metrics as usize], 1));
    let about = Dimension { id: Some("1904686181".into()), name: "Самокат".into() };
    let expected =
        Figures { rows: vec![Row { dimensions: vec![about], metrics: vec![5990.5, 2.0] }], totals: vec![5990.5, 2.0] };
    assert_eq!(read(&answered("analytics_data.response")), Ok(expected));
    assert_eq!(read(&refused("analytics_data")), Err(Failure::Refused(Code::UpstreamSubscription)));
}

#[test]
fn roles() {
    use seller::roles::{Role, Roles, read, request};
    assert_call("/v1/roles", "roles.request", request(&account()));
    let role = Role { name: "Chat".into(), methods: vec!["/v3/chat/list".into(), "/v3/chat/history".into()] };
    let roles = read(&answered("roles.response")).unwrap();
    assert_eq!(roles, Roles { expires_at: at("2027-01-01T10:00:00Z"), roles: vec![role] });
    assert!(roles.may_call("/v3/chat/list") && !roles.may_call("/v1/chat/start"));
    assert!(Roles { expires_at: None, roles: vec![] }.may_call("/v1/chat/start"), "nothing is said");
    assert!(matches!(read(&refused("roles")), Err(Failure::Later { retry_after_ms: Some(_) })));
}

#[test]
fn seller_info() {
    use seller::info::{Company, Info, read, request};
    assert_call("/v1/seller/info", "seller_info.request", request(&account()));
    let company =
        Company {
            name: "Прилавок".into(), legal_name: "ООО «Прилавок»".into(), inn: Some("7700000000".into())
        };
    let info = read(&answered("seller_info.response")).unwrap();
    assert_eq!(info, Info { company, subscription: Subscription::PremiumPlus });
    for (subscription, may_chat) in [
        ("PREMIUM_PLUS", Some(true)),
        ("premium_pro", Some(true)),
        ("PREMIUM", Some(false)),
        ("UNKNOWN", Some(false)),
        ("PREMIUM_OF_NEXT_YEAR", None),
    ] {
        let info = Info { subscription: Subscription::parse(subscription), ..info.clone() };
        assert_eq!(info.may_chat(), may_chat, "{subscription}");
    }
    assert_eq!(read(&refused("seller_info")), Err(Failure::Unknown));
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
    assert_eq!(methods.len(), catalogue::ENTRIES.len(), "{methods:?}");
    for (method, parts) in methods {
        for part in ["request", "response", "error"] {
            assert!(parts.iter().any(|other| other == part), "{method}.{part}");
        }
    }
}
