//! What buyers put into Ozon's chats reaches staff through the relay, and the merchant's key reaches Ozon's file path alone.

use serde_json::json;
use shared::limits::OZON_FILE_BYTES_MAX;
use shared::route::OZON;
use tests::ozon::{FileQuirk, Quirks, Seen};
use tests::world::{Answer, Http, World, png};

use crate::counter::Counter;

const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

/// The calls that came to where a simulator keeps its files for redirects to lead to.
async fn stored(counter: &Counter<'static>) -> Vec<Seen> {
    let calls = counter.seller.requests(100).await.unwrap();
    calls.into_iter().filter(|call| call.path.starts_with("/_sim/cdn/")).collect()
}

fn refused(answer: &Answer, status: u16, problem: &str) {
    let body = answer.expect(status);
    assert_eq!(body["problem"], problem, "{body}");
    assert!(body["code"].is_i64() && body["message"].is_string() && body["details"].is_array(), "{body}");
}

#[tokio::test]
async fn a_picture_and_a_document_come_through_the_relay_for_whoever_may_read_chats() {
    let mut counter = Counter::open("files").await;
    let picture = png(3, 2, 2_000);
    let photo = counter.seller.buyer_sends(&counter.chat_id, "скол.png", &picture).await;
    let receipt = counter.seller.buyer_sends(&counter.chat_id, "чек.pdf", PDF).await;
    // The operator is told as Ozon tells: in Markdown.
    for (path, sign) in [(&photo, "![]("), (&receipt, "[чек.pdf (1KB)](")] {
        let heard = counter
            .operator
            .until("the file", |frame| frame["data"]["text"].as_str().is_some_and(|text| text.contains(path.as_str())))
            .await;
        assert!(heard["data"]["text"].as_str().unwrap().starts_with(sign), "{heard}");
    }
    let world = World::shared().await;
    let integration = counter.shop.integration("CRM").await;
    let client_id = counter.seller.client_id.to_string();
    let vendors = Http::to(world.url(), None).with("client-id", &client_id).with("api-key", &integration);
    for (by, prefix) in [(counter.shop.api(&counter.token), OZON), (vendors, "")] {
        let answer = by.get(&format!("{prefix}{photo}")).await;
        assert_eq!((answer.status, &answer.bytes), (200, &picture), "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("image/png"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; sandbox"));
        assert!(answer.header("content-disposition").unwrap().starts_with("inline;"));
        assert!(answer.header("cache-control").unwrap().starts_with("private"));
        let answer = by.get(&format!("{prefix}{receipt}")).await;
        assert_eq!((answer.status, answer.bytes.as_slice()), (200, PDF));
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment;"));
    }
    // Who is nobody here, and what is no file there.
    let nobody = Http::to(world.url(), None);
    refused(&nobody.get(&format!("{OZON}{photo}")).await, 401, "unauthorized");
    let visitor = counter.shop.visitor().await;
    refused(&counter.shop.api(&visitor.token).get(&format!("{OZON}{photo}")).await, 403, "forbidden");
    let staff = counter.shop.api(&counter.token);
    let gone = staff.get(&format!("{OZON}/v2/chat/file/messenger/no/such.png")).await;
    assert_eq!((gone.status, &gone.expect(404)["code"]), (404, &json!(5)), "in the vendor's own words");
    refused(&staff.get(&format!("{OZON}/v2/chat/file/a%2f..%2fb")).await, 404, "not_found");
    counter.seller.assert_no_unmatched_call().await;
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn a_redirect_is_followed_to_ozon_only_and_takes_no_key_along() {
    let counter = Counter::open("led-on").await;
    let picture = png(3, 2, 2_000);
    let path = counter.seller.buyer_sends(&counter.chat_id, "скол.png", &picture).await;
    let staff = counter.shop.api(&counter.token);
    let get = async || staff.get(&format!("{OZON}{path}")).await;
    let lead = async |to: String, status| {
        let files = FileQuirk { redirect_to: Some(to), redirect_status: Some(status), ..FileQuirk::default() };
        counter.seller.quirks(&Quirks { files, ..Quirks::default() }).await.unwrap();
    };
    for status in [301, 302, 307, 308] {
        lead(counter.seller.storage.clone(), status).await;
        let answer = get().await;
        assert_eq!((answer.status, &answer.bytes), (200, &picture), "{status} {}", answer.text);
    }
    let there = stored(&counter).await;
    assert_eq!(there.len(), 4);
    // Another host, by http: nothing comes there at all.
    lead(counter.seller.cdn_url(), 302).await;
    refused(&get().await, 502, "upstream_rejected");
    // In a circle.
    let own = format!("{}/v2/chat/file", counter.seller.storage.split("/_sim").next().unwrap());
    lead(own, 302).await;
    refused(&get().await, 502, "upstream_rejected");
    let there = stored(&counter).await;
    assert_eq!(there.len(), 4);
    for call in there {
        let names: Vec<&String> = call.headers.keys().collect();
        assert!(!call.headers.contains_key("api-key") && !call.headers.contains_key("client-id"), "{names:?}");
        assert!(!call.headers.contains_key("authorization"), "{names:?}");
        assert!(!format!("{call:?}").contains(&counter.seller.api_key));
    }
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn what_is_too_large_stays_out_and_what_could_run_is_bytes() {
    let counter = Counter::open("odd-files").await;
    let path = counter.seller.buyer_sends(&counter.chat_id, "скол.png", &png(3, 2, 100)).await;
    let staff = counter.shop.api(&counter.token);
    let get = async |files: FileQuirk| {
        counter.seller.quirks(&Quirks { files, ..Quirks::default() }).await.unwrap();
        staff.get(&format!("{OZON}{path}")).await
    };
    let largest = OZON_FILE_BYTES_MAX as u64;
    for is_chunked in [false, true] {
        let of = |bytes| FileQuirk { bytes: Some(bytes), is_chunked, ..FileQuirk::default() };
        let answer = get(of(largest)).await;
        assert_eq!((answer.status, answer.bytes.len()), (200, OZON_FILE_BYTES_MAX), "{is_chunked}");
        refused(&get(of(largest + 1)).await, 413, "too_large");
    }
    for content_type in ["text/html", "image/svg+xml", "text/javascript", ""] {
        let answer = get(FileQuirk { content_type: Some(content_type.into()), ..FileQuirk::default() }).await;
        assert_eq!(answer.status, 200, "{content_type}");
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"), "{content_type}");
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment;"), "{content_type}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{content_type}");
    }
}
