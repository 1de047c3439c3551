//! Organizations over HTTP: read, changed, their key replaced, their end; retention and consents on the real relay.

use reqwest::{Body, Method};
use serde_json::{Value, json};
use shared::close;
use shared::problem::Code;
use shared::route::WIDGET_SETTINGS;
use tests::world::{Organization, World};

use crate::word;

async fn patch(shop: &Organization<'_>, change: Value) -> tests::world::Answer {
    let path = format!("/v1/organizations/{}", shop.id);
    shop.world().admin().call(Method::PATCH, &path, change.to_string().into()).await
}

#[tokio::test]
async fn an_organization_is_changed_and_its_key_replaced_without_a_page_noticing() {
    let world = World::start().await;
    let (shop, other) = (world.organization("change").await, world.organization("stays").await);
    patch(&shop, json!({"name": "Новая", "retention_days": 30})).await.expect(200);
    patch(&shop, json!({"retention": 30})).await.expect_problem(Code::Malformed);
    patch(&shop, json!({"retention_days": 0})).await.expect_problem(Code::Invalid);
    let path = format!("/v1/organizations/{}/publishable-key", shop.id);
    let rotated = world.admin().post(&path, &json!({})).await.expect(201);
    assert_ne!(word(&rotated, "publishable_key"), shop.key);
    world.kill_relay().await;
    world.run_relay().await;
    let seen = world.admin().get(&format!("/v1/organizations/{}", shop.id)).await.expect(200);
    assert_eq!(
        (&seen["name"], &seen["retention_days"], &seen["former_key"]),
        (&json!("Новая"), &json!(30), &json!(shop.key))
    );
    shop.session(None).await;
    shop.session_with(json!({"key": word(&rotated, "publishable_key")})).await.expect(201);
    let again = world.admin().post(&path, &json!({"grace_s": 0})).await.expect(201);
    shop.session_with(json!({})).await.expect_problem(Code::UnknownKey);
    shop.session_with(json!({"key": word(&again, "publishable_key")})).await.expect(201);
    patch(&shop, json!({"origins": ["https://elsewhere.example"]})).await.expect(200);
    shop.session_with(json!({"key": word(&again, "publishable_key")})).await.expect_problem(Code::OriginNotAllowed);
    let stays = world.admin().get(&format!("/v1/organizations/{}", other.id)).await.expect(200);
    assert_eq!((&stays["name"], &stays["publishable_key"]), (&json!("Лавка"), &json!(other.key)));
}

#[tokio::test]
async fn a_deleted_organization_is_gone_for_its_people_and_its_id_stays_taken() {
    let world = World::start().await;
    let (shop, other) = (world.organization("gone").await, world.organization("goes-on").await);
    let (token, visitor) = (shop.operator("Анна").await, shop.visitor().await);
    let (desk, widget) = (shop.events(&token).await, shop.widget(&visitor).await);
    let path = format!("/v1/organizations/{}", shop.id);
    shop.api(&token).call(Method::DELETE, &path, Body::default()).await.expect_problem(Code::Forbidden);
    world.admin().call(Method::DELETE, &path, Body::default()).await.expect(200);
    assert_eq!(desk.closed().await.0, close::NOT_FOUND);
    assert_eq!(widget.closed().await.0, close::NOT_FOUND);
    for _ in 0..2 {
        shop.api(&token).get("/v1/chats").await.expect_problem(Code::NotFound);
        shop.session_with(json!({})).await.expect_problem(Code::NotFound);
        let again = json!({"id": shop.id, "name": "Снова", "origins": []});
        world.admin().post("/v1/organizations", &again).await.expect_problem(Code::Conflict);
        other.visitor().await;
        world.kill_relay().await;
        world.run_relay().await;
    }
}

#[tokio::test]
async fn a_consent_is_asked_for_kept_and_exported() {
    let world = World::shared().await;
    let shop = world.organization("consent").await;
    patch(&shop, json!({"consent": {"version": "2026-01", "text": "Согласен на обработку"}})).await.expect(200);
    let asked = shop.session_with(json!({})).await.expect(201);
    assert_eq!(
        (&asked["consent"]["required"], &asked["consent"]["text"]),
        (&json!(true), &json!("Согласен на обработку"))
    );
    let visitor = shop.visitor().await;
    let token = shop.operator("Анна").await;
    let mut desk = shop.events(&token).await;
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "consent", "version": "2026-01", "given": true})).await;
    assert_eq!(desk.event("consent").await["data"]["user_id"], visitor.user_id);
    let again = shop.session_with(json!({"token": visitor.token})).await.expect(201);
    assert_eq!(again["consent"]["required"], false);
    // A form says it with the request for its session.
    let said = json!({"consent": {"version": "2026-01", "given": true}, "token": shop.visitor().await.token});
    assert_eq!(shop.session_with(said).await.expect(201)["consent"]["required"], false);
    let unknown = json!({"consent": {"version": "2025-01", "given": true}});
    shop.session_with(unknown).await.expect_problem(Code::NotFound);
    let path = format!("/v1/consents?organization={}", shop.id);
    let ledger = world.admin().get(&path).await.expect(200);
    assert_eq!(
        (&ledger["consents"][0]["user_id"], &ledger["consents"][0]["given"]),
        (&json!(visitor.user_id), &json!(true))
    );
    let table = world.admin().get(&format!("{path}&format=csv")).await;
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<&str> = table.text.lines().collect();
    assert!(lines.len() == 3 && lines[1].starts_with(&format!("1,{},\"2026-01\"", visitor.user_id)), "{}", table.text);
}

#[tokio::test]
async fn the_widgets_settings_reach_pages_with_and_without_a_visitor() {
    let shop = World::shared().await.organization("storefront").await;
    let widget =
        json!({"greeting": {"heading": "Здравствуйте!"}, "replies": [{"ru": "Где заказ?", "en": "My order?"}]});
    patch(&shop, json!({"widget": widget})).await.expect(200);
    let wrong = patch(&shop, json!({"widget": {"greeting": {"titel": "Привет"}}})).await;
    wrong.expect_problem(Code::Invalid);
    assert!(wrong.text.contains("widget.greeting.titel"), "{}", wrong.text);
    assert_eq!(shop.session_with(json!({})).await.expect(201)["widget"], widget);

    let anybody = shop.world().http();
    let answer = anybody.get(&format!("{WIDGET_SETTINGS}?key={}", shop.key)).await;
    assert_eq!(answer.expect(200)["widget"], widget);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let unknown = anybody.get(&format!("{WIDGET_SETTINGS}?key=pk_{}_somethingelse", shop.id)).await;
    unknown.expect_problem(Code::UnknownKey);
    assert_eq!(unknown.header("cache-control"), Some("no-store"));
    anybody.get(&[WIDGET_SETTINGS, "?key=nonsense"].concat()).await.expect_problem(Code::UnknownKey);
    anybody.get(WIDGET_SETTINGS).await.expect_problem(Code::Invalid);
}

#[tokio::test]
async fn pages_are_told_whether_an_operator_is_here_and_how_soon_they_answer() {
    let shop = World::shared().await.organization("answers").await;
    let answers = async || shop.session_with(json!({})).await.expect(201)["answers"].clone();
    assert_eq!(answers().await, json!({"online": false, "median_s": null}));
    let mut desk = shop.events(&shop.operator("Анна").await).await;
    desk.event("welcome").await;
    assert_eq!(answers().await["online"], true);
    for _ in 0..5 {
        let visitor = shop.visitor().await;
        let mut widget = shop.widget(&visitor).await;
        widget.result(json!({"action": "send_message", "text": "Есть?"})).await;
        desk.result(json!({"action": "send_message", "user_id": visitor.user_id, "text": "Да"})).await;
    }
    let median_s = answers().await["median_s"].as_i64();
    assert!(median_s.is_some_and(|median_s| (0..60).contains(&median_s)), "{median_s:?}");
}
