//! The methods around the goods: catalogue, stocks, warehouses, postings, analytics; and those that are gone.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::ozon::{AccountChange, OrderedGiven, PostingGiven, Scheme, Simulator, Subscription};

use super::seller::{Seller, market};

const PRODUCTS: &str = "/v3/product/list";
const INFO: &str = "/v3/product/info/list";
const STOCKS: &str = "/v4/product/info/stocks";
const FBS: &str = "/v4/posting/fbs/list";
const OLD_FBS: &str = "/v3/posting/fbs/list";
const FBO: &str = "/v3/posting/fbo/list";
const ANALYTICS: &str = "/v1/analytics/data";
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn texts(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|entry| entry[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_catalogue_is_paged_by_the_last_id_until_a_page_is_empty() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let whole = seller.ok(PRODUCTS, json!({"filter": {"visibility": "ALL"}, "last_id": "", "limit": 1_000})).await;
    let total = whole["result"]["total"].as_u64().unwrap();
    assert!(total >= 12);
    let first = &whole["result"]["items"][0];
    let members: Vec<_> = first.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["archived", "has_fbo_stocks", "has_fbs_stocks", "is_discounted", "offer_id", "product_id", "quants"]
    );
    assert!(first["product_id"].is_u64() && first["offer_id"].is_string());

    let (mut seen, mut last_id) = (Vec::new(), String::new());
    loop {
        let page = seller.ok(PRODUCTS, json!({"filter": {}, "last_id": last_id, "limit": 5})).await;
        assert_eq!(page["result"]["total"], total);
        last_id = page["result"]["last_id"].as_str().unwrap().into();
        let items = texts(&page["result"]["items"], "offer_id");
        assert_eq!(items.is_empty(), last_id.is_empty(), "only an empty page has no last_id");
        if items.is_empty() {
            break;
        }
        seen.extend(items);
    }
    assert_eq!(seen, texts(&whole["result"]["items"], "offer_id"));
}

#[tokio::test]
async fn products_are_found_by_identifiers_of_one_kind() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    for limit in [json!(0), json!(1_001), json!(null)] {
        seller.refused(PRODUCTS, json!({"filter": {"visibility": "ALL"}, "limit": limit}), 400, 3).await;
    }
    seller.refused(PRODUCTS, json!({"filter": {"visibility": "SEEN"}, "limit": 1}), 400, 3).await;
    seller.refused(PRODUCTS, json!({"limit": 1, "last_id": "где-то"}), 400, 3).await;
    let found = seller.ok(PRODUCTS, json!({"filter": {"offer_id": ["TEA-002"]}})).await;
    assert_eq!(texts(&found["result"]["items"], "offer_id"), ["TEA-002"]);
    let product_id = found["result"]["items"][0]["product_id"].as_u64().unwrap();
    let by_text = json!({"filter": {"product_id": [product_id.to_string()]}});
    assert_eq!(texts(&seller.ok(PRODUCTS, by_text).await["result"]["items"], "offer_id"), ["TEA-002"]);
    seller.refused(PRODUCTS, json!({"filter": {"product_id": [product_id]}}), 400, 3).await;
    let both = json!({"filter": {"product_id": [product_id.to_string()], "offer_id": ["TEA-001"]}});
    seller.refused(PRODUCTS, both, 400, 3).await;
    let archived = seller.ok(PRODUCTS, json!({"filter": {"visibility": "ARCHIVED"}, "limit": 100})).await;
    assert!(archived["result"]["items"].as_array().unwrap().iter().all(|item| item["archived"] == true));
}

#[tokio::test]
async fn what_is_known_of_products_has_strings_for_prices() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let known = seller.ok(INFO, json!({"offer_id": ["TEA-001", "TEA-003", "нет такого"]})).await;
    let items = known["items"].as_array().unwrap();
    assert_eq!(texts(&known["items"], "offer_id"), ["TEA-001", "TEA-003"]);
    for price in ["price", "old_price", "min_price", "vat"] {
        assert!(items[0][price].is_string(), "{price}");
    }
    assert_eq!(items[0]["sources"][0]["source"], "sds");
    let (id, sku) = (items[0]["id"].clone(), items[0]["sku"].clone());
    for ids in [json!({"product_id": [id]}), json!({"sku": [sku.to_string()]})] {
        assert_eq!(texts(&seller.ok(INFO, ids).await["items"], "offer_id"), ["TEA-001"]);
    }
    seller.refused(INFO, json!({}), 400, 3).await;
    seller.refused(INFO, json!({"product_id": [id], "sku": [sku]}), 400, 3).await;
    let ids = |count: u64| json!({"product_id": (0..count).collect::<Vec<_>>()});
    seller.ok(INFO, ids(1_000)).await;
    seller.refused(INFO, ids(1_001), 400, 3).await;
}

#[tokio::test]
async fn stocks_come_by_cursor_without_a_result_around_them() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    seller.refused(STOCKS, json!({"limit": 10}), 400, 3).await;
    seller.refused(STOCKS, json!({"filter": {}, "limit": 1_001}), 400, 3).await;
    let (mut seen, mut cursor, mut total) = (BTreeSet::new(), String::new(), 0);
    loop {
        let page = seller.ok(STOCKS, json!({"filter": {"visibility": "ALL"}, "limit": 5, "cursor": cursor})).await;
        let members: Vec<_> = page.as_object().unwrap().keys().collect();
        assert_eq!(members, ["cursor", "items", "total"]);
        seen.extend(texts(&page["items"], "offer_id"));
        total = page["total"].as_u64().unwrap().max(total);
        let kinds = texts(&page["items"][0]["stocks"], "type");
        assert_eq!(kinds, ["fbs", "fbo"]);
        cursor = page["cursor"].as_str().unwrap().into();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len() as u64, total);
}

#[tokio::test]
async fn warehouses_are_the_sellers_own() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    seller.refused("/v2/warehouse/list", json!({}), 400, 3).await;
    let first = seller.ok("/v2/warehouse/list", json!({"limit": 1})).await;
    assert_eq!(first["has_next"], true);
    let second = seller.ok("/v2/warehouse/list", json!({"limit": 1, "cursor": first["cursor"]})).await;
    assert_eq!(second["has_next"], false);
    let rfbs = |page: &Value| page["warehouses"][0]["is_rfbs"].as_bool().unwrap();
    assert_eq!((rfbs(&first), rfbs(&second)), (false, true));
}

/// Seven postings of one month, one of them FBO.
async fn month(ozon: &Simulator) -> Value {
    for number in 1..=7 {
        let given = PostingGiven {
            posting_number: Some(format!("7000000000-{number:04}-1")),
            scheme: [Scheme::Fbs, Scheme::Rfbs, Scheme::Fbo][if number == 7 { 2 } else { number % 2 }],
            paid_at: Some(format!("2026-03-{:02}T10:00:00Z", 2 * number)),
            products: vec![OrderedGiven { offer_id: "TEA-001".into(), quantity: 2 }],
            ..PostingGiven::default()
        };
        ozon.posting(&given).await.unwrap();
    }
    json!({"since": "2026-03-01T00:00:00Z", "to": "2026-03-31T00:00:00Z"})
}

#[tokio::test]
async fn postings_come_by_cursor_in_either_direction() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let march = month(&ozon).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = seller.ok(FBS, json!({"filter": march, "limit": 4, "cursor": cursor, "sort_dir": "DESC"})).await;
        assert!(page.get("result").is_none(), "the postings stand at the top");
        seen.extend(texts(&page["postings"], "posting_number"));
        cursor = page["cursor"].as_str().unwrap().into();
        if page["has_next"] == false {
            break;
        }
    }
    let expected: Vec<_> = (1..=6).rev().map(|number| format!("7000000000-{number:04}-1")).collect();
    assert_eq!(seen, expected);
    for limit in [json!(0), json!(101), json!(null)] {
        seller.refused(FBS, json!({"filter": march, "limit": limit}), 400, 3).await;
    }
    seller.ok(FBS, json!({"filter": march, "limit": 100})).await;
    seller.refused(FBS, json!({"filter": {"since": march["since"]}, "limit": 1}), 400, 3).await;
    seller.refused(FBS, json!({"filter": march, "limit": 1, "cursor": "где-то"}), 400, 3).await;
    let years = json!({"since": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"});
    seller.refused(FBS, json!({"filter": years, "limit": 1}), 400, 3).await;

    let fbo = seller.ok(FBO, json!({"filter": march, "limit": 100})).await;
    assert_eq!(texts(&fbo["postings"], "posting_number"), ["7000000000-0007-1"]);
    let line = &fbo["postings"][0]["products"][0];
    assert_eq!((&line["quantity"], &line["price"]["currency"]), (&json!(2), &json!("RUB")));
}

#[tokio::test]
async fn the_older_list_goes_by_offset_with_lower_case_directions() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let march = month(&ozon).await;
    let page = seller.ok(OLD_FBS, json!({"dir": "asc", "filter": march, "limit": 4, "offset": 4})).await;
    let numbers = texts(&page["result"]["postings"], "posting_number");
    assert_eq!(numbers, ["7000000000-0005-1", "7000000000-0006-1"]);
    assert_eq!(page["result"]["has_next"], false);
    assert!(page["result"]["postings"][0]["products"][0]["price"].is_string());
    seller.refused(OLD_FBS, json!({"dir": "ASC", "filter": march, "limit": 4}), 400, 3).await;
    seller.ok(OLD_FBS, json!({"filter": march, "limit": 50})).await;
    seller.refused(OLD_FBS, json!({"filter": march, "limit": 51}), 400, 3).await;
    let mut none = march.clone();
    none["status"] = json!("cancelled");
    let page = seller.ok(OLD_FBS, json!({"filter": none, "limit": 50})).await;
    assert_eq!(page["result"]["postings"], json!([]));
}

#[tokio::test]
async fn analytics_add_up_once_a_minute() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    month(&ozon).await;
    let minute = Duration::from_secs(60);
    let asked = json!({"date_from": "2026-03-01", "date_to": "2026-03-31", "metrics": ["ordered_units", "revenue", "postings"],
        "dimension": ["sku"], "limit": 1_000, "offset": 0});
    let said = seller.ok(ANALYTICS, asked.clone()).await;
    assert_eq!(said["result"]["totals"], json!([14.0, 14.0 * 490.0, 7.0]));
    assert_eq!(said["result"]["data"][0]["dimensions"][0]["name"], "Заварочный чайник, 800 мл");
    assert_eq!(said["timestamp"].as_str().unwrap().len(), 19);
    seller.refused(ANALYTICS, asked.clone(), 429, 8).await;
    seller.ok("/v1/roles", json!({})).await;

    let with = |member: &str, value: Value| {
        let mut body = asked.clone();
        body[member] = value;
        body
    };
    let metrics = [
        "hits_view",
        "hits_view_pdp",
        "hits_view_search",
        "hits_tocart",
        "hits_tocart_pdp",
        "hits_tocart_search",
        "session_view",
        "session_view_pdp",
        "session_view_search",
        "revenue",
        "returns",
        "cancellations",
        "postings",
        "ordered_units",
        "delivered_units",
    ];
    ozon.advance(minute).await.unwrap();
    seller.ok(ANALYTICS, with("metrics", json!(metrics[..14]))).await;
    for bad in [
        with("metrics", json!(metrics)),
        with("metrics", json!(["revenue", "cancel_rate"])),
        with("metrics", json!(["returns_rate"])),
        with("metrics", json!([])),
        with("dimension", json!(["seller"])),
        with("dimension", json!([])),
        with("date_from", json!("первое марта")),
        with("limit", json!(1_001)),
    ] {
        ozon.advance(minute).await.unwrap();
        seller.refused(ANALYTICS, bad, 400, 3).await;
    }
}

#[tokio::test]
async fn without_premium_plus_analytics_are_short_and_poor() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let plain = AccountChange { subscription: Some(Subscription::Unknown), ..AccountChange::default() };
    ozon.account(&plain).await.unwrap();
    let today = ozon.state().await.unwrap().now[..10].to_owned();
    let ask = |from: &str, metric: &str| json!({"date_from": from, "date_to": today, "metrics": [metric], "dimension": ["day"], "limit": 10});
    seller.ok(ANALYTICS, ask(&today, "revenue")).await;
    ozon.advance(DAY).await.unwrap();
    seller.refused(ANALYTICS, ask(&today, "hits_view"), 403, 7).await;
    ozon.advance(DAY).await.unwrap();
    seller.refused(ANALYTICS, ask("2020-01-01", "revenue"), 403, 7).await;
}

#[tokio::test]
async fn methods_that_are_gone_are_unknown_and_counted_apart() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let gone = [
        "/v2/chat/history",
        "/v1/chat/list",
        "/v2/product/list",
        "/v2/product/info",
        "/v3/product/info/stocks",
        "/v2/posting/fbo/list",
        "/v1/warehouse/list",
    ];
    for path in gone {
        let said = seller.refused(path, json!({}), 404, 5).await;
        assert_ne!(said["message"], "Invalid Api-Key, please check the key and try again", "nothing of keys");
    }
    let state = ozon.state().await.unwrap();
    assert_eq!((state.gone_calls, state.unmatched), (gone.map(Into::into).to_vec(), 0));
    assert_eq!(seller.post("/v5/chat/history", json!({})).await.status, 500, "one that never was is loud");
}

#[tokio::test]
async fn the_deprecated_list_speaks_title_case() {
    let ozon = market().await;
    let seller = Seller::of(&ozon);
    let buyer = ozon.new_buyer_says("Ау").await.unwrap();
    let closed = ozon.new_buyer_says("Пока").await.unwrap();
    ozon.close_chat(&closed.chat_id).await.unwrap();
    let old = "/v2/chat/list";
    let list = seller.ok(old, json!({"limit": 100})).await;
    let members: Vec<_> = list.as_object().unwrap().keys().collect();
    assert_eq!(members, ["chats", "total_chats_count", "total_unread_count"]);
    let total = list["total_chats_count"].as_u64().unwrap();
    assert_eq!(list["chats"].as_array().unwrap().len() as u64, total);
    let entry = &list["chats"][1]["chat"];
    assert_eq!(entry["chat_id"], buyer.chat_id);
    assert_eq!((&entry["chat_type"], &entry["chat_status"]), (&json!("Buyer_Seller"), &json!("Opened")));
    let only = seller.ok(old, json!({"limit": 100, "filter": {"chat_status": "Closed"}})).await;
    assert_eq!(only["total_chats_count"], 1);
    seller.refused(old, json!({"limit": 100, "filter": {"chat_status": "CLOSED"}}), 400, 3).await;
    seller.refused(old, json!({"limit": 101}), 400, 3).await;
    let rest = seller.ok(old, json!({"limit": 100, "offset": 2})).await;
    assert_eq!(rest["chats"].as_array().unwrap().len() as u64, total - 2);
    let after = list["chats"][1]["last_message_id"].to_string();
    assert_eq!(seller.ok(old, json!({"limit": 100, "cursor": after})).await["chats"], rest["chats"]);
}
