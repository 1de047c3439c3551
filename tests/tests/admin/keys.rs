//! Signing and sealing keys rotate over restarts of the real relay: first both live, then the old ones are gone.

use serde_json::{Value, json};
use shared::close;
use shared::problem::Code;
use tests::world::World;

use crate::customers::{customer, secret_of};

const NEWER: &str = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM";

fn with_a_newer(keys: &str) -> String {
    let mut keys: Value = serde_json::from_str(keys).expect("keys");
    keys["k2"] = json!(NEWER);
    keys.to_string()
}

#[tokio::test]
async fn old_tokens_live_as_long_as_their_key_and_what_was_sealed_outlives_it() {
    let world = World::start().await;
    let shop = world.organization("rotate").await;
    let (_, secret) = secret_of(&shop).await;
    let known = customer(&shop, &secret, "42").await;
    let (operator, visitor) = (shop.operator("Анна").await, shop.visitor().await);
    shop.widget(&visitor).await.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;

    let (signing, sealing) = (world.signing_keys().await, world.sealing_keys().await);
    world.run_with_keys(&with_a_newer(&signing), &with_a_newer(&sealing)).await;
    shop.api(&operator).get("/v1/chats").await.expect(200);
    assert_eq!(shop.session(Some(&visitor.token)).await.user_id, visitor.user_id);
    assert_eq!(customer(&shop, &secret, "42").await.user_id, known.user_id);
    let (new_operator, new_visitor) = (shop.operator("Анна").await, shop.session(Some(&visitor.token)).await);

    let only = json!({"k2": NEWER}).to_string();
    world.run_with_keys(&only, &only).await;
    shop.api(&operator).get("/v1/chats").await.expect_problem(Code::TokenExpired);
    assert_eq!(shop.events(&operator).await.closed().await, (close::UNAUTHORIZED, "token_expired".into()));
    assert_eq!(shop.widget(&visitor).await.closed().await.0, close::UNAUTHORIZED);
    // A widget with the old token starts over; one that renewed in time goes on.
    assert_ne!(shop.session(Some(&visitor.token)).await.user_id, visitor.user_id);
    assert_eq!(shop.session(Some(&new_visitor.token)).await.user_id, visitor.user_id);
    shop.api(&new_operator).get("/v1/chats").await.expect(200);
    assert_eq!(customer(&shop, &secret, "42").await.user_id, known.user_id);
}
