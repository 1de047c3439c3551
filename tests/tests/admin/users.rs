//! One user's data on the real relay: exported whole, deleted with a receipt, told to everybody, gone after a restart, too.

use reqwest::{Body, Method};
use serde_json::json;
use shared::close;
use shared::problem::Code;
use tests::world::World;

use crate::customers::{customer, secret_of};
use crate::word;

#[tokio::test]
async fn a_user_is_exported_and_deleted_and_nobody_else_is_touched() {
    let world = World::start().await;
    let (shop, other) = (world.organization("erase").await, world.organization("untouched").await);
    let (_, secret) = secret_of(&shop).await;
    let user = customer(&shop, &secret, "42").await;
    let bystander = shop.visitor().await;
    let elsewhere = other.visitor().await;
    let mut socket = shop.widget(&user).await;
    socket.result(json!({"action": "send_message", "text": "Тверская, 1"})).await;
    shop.widget(&bystander).await.result(json!({"action": "send_message", "text": "Я остаюсь"})).await;
    other.widget(&elsewhere).await.result(json!({"action": "send_message", "text": "И я"})).await;
    let token = shop.operator("Анна").await;
    let mut desk = shop.events(&token).await;
    let welcome = desk.event("welcome").await;
    let answer = json!({"action": "send_message", "user_id": user.user_id, "text": "Приедем"});
    desk.result(answer).await;

    let path = format!("/v1/users/{}", user.user_id);
    let asked = format!("?organization={}", shop.id);
    let first = world.admin().get(&format!("{path}/export{asked}&limit=1")).await.expect(200);
    assert_eq!(
        (&first["messages"][0]["text"], &first["customer"]["customer_id"]),
        (&json!("Тверская, 1"), &json!("42"))
    );
    let after = first["next"].as_i64().expect("a second page");
    let second = world.admin().get(&format!("{path}/export{asked}&limit=1&after={after}")).await.expect(200);
    assert_eq!((&second["messages"][0]["text"], second["next"].is_null()), (&json!("Приедем"), true));

    shop.api(&token).call(Method::DELETE, &path, Body::default()).await.expect_problem(Code::Forbidden);
    let there = format!("{path}?organization={}", other.id);
    world.admin().call(Method::DELETE, &there, Body::default()).await.expect_problem(Code::NotFound);
    let deleted = world.admin().call(Method::DELETE, &format!("{path}{asked}"), Body::default()).await.expect(200);
    assert_eq!(
        (&deleted["content"]["counts"]["messages"], &deleted["content"]["counts"]["chats"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(desk.event("chat_deleted").await["data"]["user_id"], user.user_id);
    assert_eq!(socket.closed().await, (close::UNAUTHORIZED, "token_revoked".into()));

    for restarted in [false, true] {
        if restarted {
            world.kill_relay().await;
            world.run_relay().await;
        }
        world.admin().get(&format!("{path}/export{asked}")).await.expect_problem(Code::NotFound);
        shop.api(&token).get(&format!("/v1/chats/{}/messages", user.user_id)).await.expect_problem(Code::NotFound);
        assert_eq!(shop.widget(&user).await.closed().await, (close::UNAUTHORIZED, "token_revoked".into()));
        let receipt = json!({"organization": shop.id, "receipt": word(&deleted, "receipt")});
        assert_eq!(world.admin().post("/v1/receipts", &receipt).await.expect(200)["valid"], true);
        let (epoch, offset) = (word(&welcome["data"], "epoch"), welcome["data"]["offset"].as_i64().expect("an offset"));
        let mut late = shop.events_from(&token, epoch, offset).await;
        late.event("resync").await;
        late.settle().await;
        assert!(!late.texts().join(" ").contains("Тверская"));
        assert_eq!(shop.history(&token, bystander.user_id).await.len(), 1);
        let theirs = other.operator("Чужая").await;
        assert_eq!(other.history(&theirs, elsewhere.user_id).await.len(), 1);
    }
}
