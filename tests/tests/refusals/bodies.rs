//! Bodies over a limit, and notifications that are not an upstream's.

use futures_util::stream;
use reqwest::{Body, Method};
use serde_json::json;
use shared::limits::{BODY_BYTES_MAX, HOOK_BYTES_MAX};
use shared::problem::Code;
use shared::route::WIDGET_SESSIONS;
use tests::world::World;

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let world = World::shared().await;
    let shop = world.organization("body").await;
    let (operator, visitor) = (shop.operator("Анна").await, shop.visitor().await);
    shop.widget(&visitor).await.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    let seller = shop.connect_ozon().await;
    let chat = format!("/v1/chats/{}/messages", visitor.user_id);
    let padded = |body: &str, bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
    let message = |bytes: usize| padded(r#"{"text":"Впору"}"#, bytes);
    let in_pieces = |body: String| {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.into_bytes().chunks(4096).map(|c| Ok(c.into())).collect();
        Body::wrap_stream(stream::iter(pieces))
    };
    let post = async |path: &str, body: Body| shop.api(&operator).call(Method::POST, path, body).await;

    assert_eq!(post(&chat, message(BODY_BYTES_MAX).into()).await.status, 201);
    assert_eq!(post(&chat, in_pieces(message(BODY_BYTES_MAX))).await.status, 201);
    for path in [chat.as_str(), WIDGET_SESSIONS] {
        post(path, message(BODY_BYTES_MAX + 1).into()).await.expect_problem(Code::TooLarge);
        post(path, in_pieces(message(BODY_BYTES_MAX + 1))).await.expect_problem(Code::TooLarge);
        post(path, in_pieces(message(20 * BODY_BYTES_MAX))).await.expect_problem(Code::TooLarge);
    }
    let large = post("/v1/organizations", message(BODY_BYTES_MAX + 1).into()).await;
    large.expect_problem(Code::Forbidden);
    world
        .admin()
        .call(Method::POST, "/v1/organizations", in_pieces(message(BODY_BYTES_MAX + 1)))
        .await
        .expect_problem(Code::TooLarge);

    let push = |bytes: usize| padded(r#"{"message_type":"TYPE_PING","time":"2026-01-01T10:00:00Z"}"#, bytes);
    assert_eq!(shop.post_hook(&seller.hook, push(HOOK_BYTES_MAX)).await.status, 200);
    assert_eq!(shop.post_hook(&seller.hook, push(HOOK_BYTES_MAX + 1)).await.status, 413);
    assert_eq!(shop.post_hook(&seller.hook, in_pieces(push(HOOK_BYTES_MAX + 1))).await.status, 413);
}

#[tokio::test]
async fn a_hook_opens_with_its_secret_only_and_answers_in_the_vendors_words() {
    let world = World::shared().await;
    let shop = world.organization("hook").await;
    let other = world.organization("hookless").await;
    let seller = shop.connect_ozon().await;
    let secret = seller.hook.rsplit('/').next().unwrap();
    let ping = r#"{"message_type":"TYPE_PING","time":"2026-01-01T10:00:00.000Z"}"#;
    assert_eq!(shop.post_hook(&seller.hook, ping).await.status, 200);
    let rows = [
        (format!("/hooks/ozon/{}/wrong", shop.id), ping, 404),
        (format!("/hooks/ozon/{}/{secret}", other.id), ping, 404),
        (format!("/hooks/ozon/nobody-here/{secret}"), ping, 404),
        (format!("/hooks/ozon/Nobody/{secret}"), ping, 404),
        (seller.hook.clone(), "", 400),
        (seller.hook.clone(), "{}", 400),
        (seller.hook.clone(), "<html>", 400),
        (seller.hook.clone(), r#"{"message_type":"TYPE_NEW_MESSAGE"}"#, 400),
    ];
    for (path, body, status) in rows {
        let answer = shop.post_hook(&path, body).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let said: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        let code = if status == 400 { "ERROR_PARAMETER_VALUE_MISSED" } else { "ERROR_UNKNOWN" };
        assert_eq!(said["error"]["code"], code, "{said}");
        assert!(said["error"]["message"].is_string() && said["error"]["details"].is_null(), "{said}");
    }
    // A source that nobody speaks gets the relay's own form.
    shop.post_hook(&format!("/hooks/amazon/{}/{secret}", shop.id), ping).await.expect_problem(Code::NotFound);
}
