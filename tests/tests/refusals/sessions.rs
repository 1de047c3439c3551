//! Which pages get a visitor's session.

use reqwest::{Body, Method};
use serde_json::json;
use shared::problem::Code;
use shared::route::WIDGET_SESSIONS;
use tests::world::{ORIGIN, World};

use crate::tokens::forged;

#[tokio::test]
async fn only_a_page_on_the_list_with_the_right_key_gets_a_session() {
    let world = World::shared().await;
    let shop = world.organization("session").await;
    let wrong_key = format!("{}0", shop.key);
    let rows = [
        (Some(ORIGIN), wrong_key.as_str(), Code::UnknownKey),
        (Some(ORIGIN), "pk_nobody-here_0123456789", Code::NotFound),
        (Some(ORIGIN), "no key at all", Code::UnknownKey),
        (Some("https://evil.example"), &shop.key, Code::OriginNotAllowed),
        (Some("http://lavka.example"), &shop.key, Code::OriginNotAllowed),
        (Some("https://lavka.example.evil.example"), &shop.key, Code::OriginNotAllowed),
        (Some("null"), &shop.key, Code::OriginNotAllowed),
        (None, &shop.key, Code::OriginNotAllowed),
    ];
    for (origin, key, code) in rows {
        let page = origin.map_or(world.http(), |origin| world.http().with("origin", origin));
        let answer = page.post(WIDGET_SESSIONS, &json!({"key": key})).await;
        answer.expect_problem(code);
        // The widget's page has to be able to read why.
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    let page = world.http().with("origin", ORIGIN);
    for body in ["", "{", "[]", "{}", r#"{"key":7}"#] {
        page.call(Method::POST, WIDGET_SESSIONS, body.into()).await.expect_problem(Code::Malformed);
    }

    // A token that is no token any more, or one of elsewhere, is no obstacle and no way in: its holder starts over.
    let stranger = world.organization("elsewhere").await.visitor().await;
    let own = shop.visitor().await;
    for token in ["garbage", stranger.token.as_str(), &forged(&own.token)[0], &shop.operator("Анна").await] {
        let fresh = shop.session(Some(token)).await;
        assert!(fresh.user_id != own.user_id && fresh.user_id != stranger.user_id && fresh.user_id < 0);
    }
    assert_eq!(shop.session(Some(&own.token)).await.user_id, own.user_id);
}

#[tokio::test]
async fn a_browser_may_ask_for_a_session_from_any_page() {
    let http = World::shared().await.http().with("origin", ORIGIN);
    let answer = http.call(Method::OPTIONS, WIDGET_SESSIONS, Body::default()).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert!(answer.header("access-control-allow-methods").is_some_and(|methods| methods.contains("POST")));
    assert!(answer.header("access-control-allow-headers").is_some_and(|names| names.contains("content-type")));
    // The rest is for servers: no page is let in.
    for path in ["/v1/chats", "/v1/tokens"] {
        let answer = http.call(Method::OPTIONS, path, Body::default()).await;
        answer.expect_problem(Code::MethodNotAllowed);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
