//! The HTTP API: tokens, methods, paths, and who may administer.

use reqwest::{Body, Method};
use serde_json::json;
use shared::limits::{NAME_CHARS_MAX, ORIGINS_MAX, TOKEN_TTL_MAX_S};
use shared::problem::Code;
use shared::route::{EVENTS, WIDGET_SESSIONS, WIDGET_SOCKET};
use tests::world::World;

use crate::tokens::{expired_token, forged};

#[tokio::test]
async fn the_api_refuses_with_a_problem() {
    let world = World::shared().await;
    let shop = world.organization("api").await;
    let (operator, visitor) = (shop.operator("Анна").await, shop.visitor().await);
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    let path = format!("/v1/chats/{}/messages", visitor.user_id);

    let expired = expired_token(&shop).await;
    let [bad_signature, bad_claims] = forged(&operator);
    for (token, code) in [
        ("garbage", Code::Unauthorized),
        (&bad_signature, Code::Unauthorized),
        (&bad_claims, Code::Unauthorized),
        (&expired, Code::TokenExpired),
        (&visitor.token, Code::Forbidden),
    ] {
        let api = shop.api(token);
        api.get("/v1/chats").await.expect_problem(code);
        api.get(&path).await.expect_problem(code);
        api.post(&path, &json!({"text": "?"})).await.expect_problem(code);
    }
    world.http().get("/v1/chats").await.expect_problem(Code::Unauthorized);
    world.http().with("authorization", "Basic YTpi").get("/v1/chats").await.expect_problem(Code::Unauthorized);

    // A token opens its own organization only: the chat of another one is not there.
    let stranger = world.organization("stranger").await;
    let foreign = shop.api(&stranger.operator("Чужая").await);
    foreign.get(&path).await.expect_problem(Code::NotFound);
    foreign.post(&path, &json!({"text": "?"})).await.expect_problem(Code::NotFound);

    let api = shop.api(&operator);
    for (body, code) in [
        (json!({}), Code::Malformed),
        (json!({"text": 7}), Code::Malformed),
        (json!({"text": " \n "}), Code::EmptyText),
        (json!({"text": "я".repeat(4001)}), Code::TooLarge),
        (json!({"text": "?", "client_id": ""}), Code::Invalid),
    ] {
        api.post(&path, &body).await.expect_problem(code);
    }
    for query in ["limit=0", "limit=101", "limit=many", "before=x"] {
        api.get(&format!("{path}?{query}")).await.expect_problem(Code::Invalid);
        api.get(&format!("/v1/chats?{query}")).await.expect_problem(Code::Invalid);
    }
    api.get("/v1/chats/1/messages").await.expect_problem(Code::NotFound);
    assert_eq!(shop.history(&operator, visitor.user_id).await.len(), 1, "nothing that was refused has left a trace");
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones_and_an_unknown_path_is_a_problem() {
    let world = World::shared().await;
    let rows = [
        (Method::GET, WIDGET_SESSIONS, "POST"),
        (Method::DELETE, WIDGET_SOCKET, "GET, POST"),
        (Method::DELETE, EVENTS, "GET, POST"),
        (Method::DELETE, "/v1/chats", "GET"),
        (Method::PUT, "/v1/chats/-1/messages", "GET, POST"),
        (Method::GET, "/v1/organizations", "POST"),
        (Method::PATCH, "/v1/tokens", "GET, POST"),
        (Method::GET, "/v1/tokens/t", "DELETE"),
        (Method::POST, "/v1/audit", "GET"),
        (Method::GET, "/v1/integrations", "POST"),
        (Method::POST, "/healthz", "GET"),
        (Method::GET, "/hooks/ozon/demo/secret", "POST"),
    ];
    for (method, path, allowed) in rows {
        let answer = world.http().call(method, path, Body::default()).await;
        answer.expect_problem(Code::MethodNotAllowed);
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
    for path in [
        "/v1",
        "/v1/",
        "/v1/chat",
        "/v1/chats/x/messages",
        "/v1/chats/1",
        "/v1/events/",
        "/hooks/ozon/demo/",
        "/v1/%00",
    ] {
        world.http().get(path).await.expect_problem(Code::NotFound);
    }
}

#[tokio::test]
async fn only_the_administrator_provisions_and_only_what_makes_sense() {
    let world = World::shared().await;
    let shop = world.organization("admin").await;
    let body = json!({"id": "intruder", "name": "Нет", "origins": []});
    for path in ["/v1/organizations", "/v1/tokens", "/v1/integrations"] {
        world.http().post(path, &body).await.expect_problem(Code::Unauthorized);
        shop.api("adm_wrong").post(path, &body).await.expect_problem(Code::Unauthorized);
        shop.api(&shop.visitor().await.token).post(path, &body).await.expect_problem(Code::Forbidden);
    }
    let operator = shop.api(&shop.operator("Анна").await);
    operator.post("/v1/organizations", &body).await.expect_problem(Code::Forbidden);
    let wish = json!({"role": "operator", "name": "Ещё одна", "ttl_s": 60});
    operator.post("/v1/tokens", &wish).await.expect_problem(Code::Forbidden);
    let account = json!({"source": "ozon", "client_id": "836", "api_key": "key-0123456789"});
    operator.post("/v1/integrations", &account).await.expect_problem(Code::Forbidden);
    for path in ["/v1/tokens", "/v1/integrations"] {
        operator.post(path, &body).await.expect_problem(Code::Malformed);
    }
    let admin = world.admin();
    let organization = |id: &str, name: &str, origins: &[&str], key: Option<&str>| json!({"id": id, "name": name, "origins": origins, "publishable_key": key});
    let many = vec!["https://a.ru"; ORIGINS_MAX + 1];
    let token = |role: &str, name: &str, ttl_s: i64| json!({"organization": shop.id, "role": role, "name": name, "ttl_s": ttl_s});
    let ozon = |source: &str, client_id: &str, api_key: &str| json!({"organization": shop.id, "source": source, "client_id": client_id, "api_key": api_key});
    let long = "я".repeat(NAME_CHARS_MAX + 1);
    let rows = [
        ("/v1/organizations", organization(&shop.id, "Снова", &[], None), Code::Conflict),
        ("/v1/organizations", organization("Лавка", "Имя", &[], None), Code::NotFound),
        ("/v1/organizations", organization("a/b", "Имя", &[], None), Code::NotFound),
        ("/v1/organizations", organization("fresh", " ", &[], None), Code::Invalid),
        ("/v1/organizations", organization("fresh", &long, &[], None), Code::Invalid),
        ("/v1/organizations", organization("fresh", "Имя", &["shop.ru"], None), Code::Invalid),
        ("/v1/organizations", organization("fresh", "Имя", &many, None), Code::Invalid),
        ("/v1/organizations", organization("fresh", "Имя", &[], Some("pk_other_0123456789")), Code::Invalid),
        ("/v1/organizations", organization("fresh", "Имя", &[], Some("key")), Code::UnknownKey),
        ("/v1/organizations", json!({"id": "fresh"}), Code::Malformed),
        ("/v1/tokens", token("visitor", "Имя", 60), Code::Invalid),
        ("/v1/tokens", token("king", "Имя", 60), Code::Malformed),
        ("/v1/tokens", token("operator", "", 60), Code::Invalid),
        ("/v1/tokens", token("operator", "Имя", 0), Code::Invalid),
        ("/v1/tokens", token("operator", "Имя", TOKEN_TTL_MAX_S + 1), Code::Invalid),
        (
            "/v1/tokens",
            json!({"organization": "nobody-here", "role": "operator", "name": "Имя", "ttl_s": 60}),
            Code::NotFound,
        ),
        ("/v1/integrations", ozon("amazon", "836", "key-0123456789"), Code::Invalid),
        ("/v1/integrations", ozon("ozon", "eight", "key-0123456789"), Code::Invalid),
        ("/v1/integrations", ozon("ozon", "836", "ключ-0123456789"), Code::Invalid),
    ];
    for (path, body, code) in rows {
        let answer = admin.post(path, &body).await;
        assert_eq!(answer.status, code.status(), "{path} {body}: {}", answer.text);
        answer.expect_problem(code);
    }
}
