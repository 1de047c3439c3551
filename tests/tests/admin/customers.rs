//! Customers whom the merchant vouches for, over the real relay: one chat on every device, over a restart, and nobody else's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Body, Method};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::problem::Code;
use tests::world::{Organization, Visitor, World, now};

use crate::word;

/// What a merchant's server does, in any language.
pub fn identity(secret: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

pub async fn secret_of(shop: &Organization<'_>) -> (String, String) {
    let path = format!("/v1/organizations/{}/identity-secrets", shop.id);
    let made = shop.world().admin().post(&path, &json!({})).await.expect(201);
    (word(&made, "kid").to_owned(), word(&made, "secret").to_owned())
}

pub async fn customer(shop: &Organization<'_>, secret: &str, id: &str) -> Visitor {
    let claims = json!({"sub": id, "exp": now().seconds() + 300, "name": "Анна", "attributes": {"vip": true}});
    let made = shop.session_with(json!({"identity": identity(secret, &claims)})).await.expect(201);
    assert_eq!(made["verified"], true);
    Visitor { token: word(&made, "token").to_owned(), user_id: made["user_id"].as_i64().expect("an id") }
}

#[tokio::test]
async fn a_customer_has_one_chat_everywhere_and_nobody_gets_it_without_a_fresh_identity() {
    let world = World::start().await;
    let (shop, other) = (world.organization("vouch").await, world.organization("vouch-other").await);
    let (kid, secret) = secret_of(&shop).await;
    let before = shop.visitor().await;
    shop.widget(&before).await.result(json!({"action": "send_message", "text": "До входа"})).await;
    let phone = customer(&shop, &secret, "42").await;
    shop.widget(&phone).await.result(json!({"action": "send_message", "text": "С телефона"})).await;
    world.kill_relay().await;
    world.run_relay().await;
    let laptop = customer(&shop, &secret, "42").await;
    assert_eq!(laptop.user_id, phone.user_id);
    let mut socket = shop.widget(&laptop).await;
    let history = socket.result(json!({"action": "history"})).await;
    assert_eq!(history["messages"].as_array().expect("messages").len(), 1);
    let theirs = json!({"action": "history", "user_id": before.user_id});
    assert_eq!(socket.ask(theirs).await.expect_err("refused")["code"], "forbidden");

    // The token of a customer, without the merchant's word, makes an anonymous visitor; so does one of another shop's.
    let left = shop.session(Some(&laptop.token)).await;
    assert!(left.user_id != laptop.user_id && left.user_id != before.user_id);
    let fresh = json!({"sub": "42", "exp": now().seconds() + 300});
    other.session_with(json!({"identity": identity(&secret, &fresh)})).await.expect_problem(Code::Unauthorized);
    let old = json!({"sub": "42", "exp": now().seconds() - 1});
    shop.session_with(json!({"identity": identity(&secret, &old)})).await.expect_problem(Code::TokenExpired);
    shop.session_with(json!({"identity": identity("guess", &fresh)})).await.expect_problem(Code::Unauthorized);
    let path = format!("/v1/organizations/{}/identity-secrets/{kid}", shop.id);
    world.admin().call(Method::DELETE, &path, Body::default()).await.expect(200);
    shop.session_with(json!({"identity": identity(&secret, &fresh)})).await.expect_problem(Code::Unauthorized);

    let operator = shop.operator("Олег").await;
    let seen = shop.api(&operator).get(&format!("/v1/users/{}", phone.user_id)).await.expect(200);
    assert_eq!((&seen["customer_id"], &seen["attributes"]["vip"]["verified"]), (&json!("42"), &json!(true)));
    other
        .api(&other.operator("Чужая").await)
        .get(&format!("/v1/users/{}", phone.user_id))
        .await
        .expect_problem(Code::NotFound);
}
