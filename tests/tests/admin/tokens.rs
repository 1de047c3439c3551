//! Tokens over HTTP: scopes, the list, a withdrawal that closes what is open and outlives a restart, the audit log.

use reqwest::{Body, Method};
use serde_json::{Value, json};
use shared::close;
use shared::problem::Code;
use tests::world::{Organization, World};

use crate::word;

async fn issue(shop: &Organization<'_>, name: &str, scopes: &[&str]) -> Value {
    let body = json!({"organization": shop.id, "role": "integration", "name": name, "ttl_s": 3600, "scopes": scopes});
    shop.world().admin().post("/v1/tokens", &body).await.expect(201)
}

#[tokio::test]
async fn a_withdrawal_closes_the_socket_and_stays_over_a_restart() {
    let world = World::start().await;
    let shop = world.organization("revoke").await;
    let other = world.organization("untouched").await;
    let made = issue(&shop, "CRM", &["chats:read", "chats:write"]).await;
    let (token, id) = (word(&made, "token"), word(&made, "token_id"));
    let stays = shop.operator("Анна").await;
    let (socket, kept) = (shop.events(token).await, shop.events(&stays).await);
    let foreign_token = other.operator("Чужая").await;
    let foreign = other.events(&foreign_token).await;
    shop.api(token).get("/v1/chats").await.expect(200);

    let path = format!("/v1/tokens/{id}");
    // Another organization's administration does not find it.
    let there = format!("{path}?organization={}", other.id);
    world.admin().call(Method::DELETE, &there, Body::default()).await.expect_problem(Code::NotFound);
    world.admin().call(Method::DELETE, &path, Body::default()).await.expect_problem(Code::Invalid);
    let here = format!("{path}?organization={}", shop.id);
    world.admin().call(Method::DELETE, &here, Body::default()).await.expect(200);

    assert_eq!(socket.closed().await, (close::UNAUTHORIZED, "token_revoked".into()));
    assert!(kept.is_open() && foreign.is_open());
    shop.api(token).get("/v1/chats").await.expect_problem(Code::TokenRevoked);
    world.kill_relay().await;
    world.run_relay().await;
    shop.api(token).get("/v1/chats").await.expect_problem(Code::TokenRevoked);
    assert_eq!(shop.events(token).await.closed().await, (close::UNAUTHORIZED, "token_revoked".into()));
    shop.api(&stays).get("/v1/chats").await.expect(200);
    other.api(&foreign_token).get("/v1/chats").await.expect(200);

    let listed = world.admin().get(&format!("/v1/tokens?organization={}", shop.id)).await.expect(200);
    let states: Vec<(&str, &str)> =
        listed["tokens"].as_array().expect("tokens").iter().map(|t| (word(t, "name"), word(t, "state"))).collect();
    assert_eq!(states, [("Анна", "live"), ("CRM", "revoked")]);
    assert!(!listed.to_string().contains(token));
}

#[tokio::test]
async fn a_token_administers_what_its_scopes_say_in_its_own_organization() {
    let world = World::shared().await;
    let (shop, other) = (world.organization("scopes").await, world.organization("other").await);
    let made = issue(&shop, "Выдача", &["tokens:write", "audit:read"]).await;
    let api = shop.api(word(&made, "token"));
    let body = |scopes: &[&str]| json!({"role": "operator", "name": "Олег", "ttl_s": 60, "scopes": scopes});
    api.post("/v1/tokens", &body(&["audit:read"])).await.expect(201);
    api.post("/v1/tokens", &body(&["chats:read"])).await.expect_problem(Code::Forbidden);
    api.post("/v1/tokens", &body(&["everything"])).await.expect_problem(Code::Malformed);
    api.get("/v1/chats").await.expect_problem(Code::Forbidden);
    let theirs = json!({"organization": other.id, "role": "operator", "name": "Олег", "ttl_s": 60, "scopes": []});
    api.post("/v1/tokens", &theirs).await.expect_problem(Code::Forbidden);
    api.get(&format!("/v1/audit?organization={}", other.id)).await.expect_problem(Code::Forbidden);
    api.post("/v1/organizations", &json!({"id": "mine", "name": "Моя"})).await.expect_problem(Code::Forbidden);

    let log = api.get("/v1/audit").await.expect(200);
    let deeds: Vec<&str> = log["entries"].as_array().expect("entries").iter().map(|e| word(e, "action")).collect();
    assert_eq!(deeds, ["organization.created", "token.issued", "token.issued"]);
    assert_eq!((&log["intact"], &log["entries"][2]["name"]), (&json!(true), &json!("Выдача")));

    let operator = shop.operator("Анна").await;
    for path in ["/v1/tokens", "/v1/audit"] {
        shop.api(&operator).get(path).await.expect_problem(Code::Forbidden);
        shop.api(&shop.visitor().await.token).get(path).await.expect_problem(Code::Forbidden);
        world.http().get(path).await.expect_problem(Code::Unauthorized);
    }
}
