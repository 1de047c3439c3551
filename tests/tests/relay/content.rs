//! What messages of the organization carry beside their text, over HTTP and the socket.

use serde_json::{Value, json};
use shared::problem::Code;
use shared::route::WIDGET_RATING;
use tests::world::{ORIGIN, World};

#[tokio::test]
async fn a_card_sent_by_a_program_reaches_the_visitor_and_the_history() {
    let shop = World::shared().await.organization("content").await;
    let token = shop.integration("CRM").await;
    let api = shop.api(&token);
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Есть самокат?"})).await;

    let path = format!("/v1/chats/{}/messages", visitor.user_id);
    let content = json!({
        "cards": [{"title": "Самокат", "url": "https://shop.ru/s", "buttons": [{"text": "Есть синий?"}]}],
        "replies": ["Беру"],
    });
    let posted = api.post(&path, &json!({"text": "", "content": content})).await.expect(201);
    assert_eq!(posted["message"]["content"], content);
    assert_eq!(widget.event("operator_message").await["data"]["content"], content);
    let page = widget.result(json!({"action": "history"})).await;
    assert_eq!(page["messages"][1], posted["message"]);

    for (content, code) in [
        (json!({"cards": [{"title": "Самокат", "url": "http://shop.ru/s"}]}), Code::Invalid),
        (json!({"cards": [{"title": "Самокат", "script": "1"}]}), Code::Invalid),
        (json!("карточка"), Code::Malformed),
    ] {
        api.post(&path, &json!({"text": "Вот", "content": content})).await.expect_problem(code);
    }
    let refused = widget.ask(json!({"action": "send_message", "text": "Я", "content": content})).await;
    assert_eq!(refused.expect_err("a visitor sends no cards")["code"], "forbidden");
    assert_eq!(shop.history(&token, visitor.user_id).await.len(), 2);
}

#[tokio::test]
async fn a_visitor_rates_and_staff_hears_it() {
    let shop = World::shared().await.organization("rating").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let mut desk = shop.events(&token).await;
    widget.result(json!({"action": "send_message", "text": "Спасибо"})).await;
    let path = format!("/v1/chats/{}/messages", visitor.user_id);
    let asked = shop.api(&token).post(&path, &json!({"text": "", "content": {"rating": true}})).await.expect(201);
    let message_id = &asked["message"]["message_id"];

    let page = shop.api(&visitor.token).with("origin", ORIGIN);
    let body = json!({"message_id": message_id, "score": 5, "comment": "Быстро"});
    let answer = page.post(WIDGET_RATING, &body).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    answer.expect(200);
    assert_eq!(desk.event("rating").await["data"]["score"], 5);
    let history = widget.result(json!({"action": "history"})).await;
    assert_eq!(history["messages"][1]["content"]["rating"], json!({"score": 5, "comment": "Быстро"}));

    page.post(WIDGET_RATING, &json!({"message_id": message_id, "score": 6})).await.expect_problem(Code::Invalid);
    page.post(WIDGET_RATING, &json!({"message_id": 1, "score": 5})).await.expect_problem(Code::NotFound);
    shop.api(&visitor.token).post(WIDGET_RATING, &body).await.expect_problem(Code::OriginNotAllowed);
    shop.api(&token).with("origin", ORIGIN).post(WIDGET_RATING, &body).await.expect_problem(Code::Forbidden);
}

#[tokio::test]
async fn a_closed_chat_asks_to_rate_once_and_is_opened_by_its_visitor() {
    let world = World::shared().await;
    let shop = world.organization("closing").await;
    let settings = json!({"widget": {"rating": true}}).to_string();
    let path = format!("/v1/organizations/{}", shop.id);
    world.admin().call(reqwest::Method::PATCH, &path, settings.into()).await.expect(200);
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let mut desk = shop.events(&token).await;
    widget.result(json!({"action": "send_message", "text": "Есть?"})).await;
    desk.result(json!({"action": "send_message", "user_id": visitor.user_id, "text": "Да"})).await;
    let close = format!("/v1/chats/{}/close", visitor.user_id);
    for _ in 0..2 {
        shop.api(&token).post(&close, &json!({})).await.expect(200);
    }
    assert_eq!(desk.event("chat_updated").await["data"]["status"], "closed");
    let history = shop.history(&token, visitor.user_id).await;
    assert_eq!((history.len(), &history[2]["content"]["rating"]["score"]), (3, &Value::Null));
    assert_eq!(history[2]["author"], "Анна");
    let chats = shop.api(&token).get("/v1/chats").await.expect(200);
    assert_eq!(chats["chats"][0]["status"], "closed");
    widget.result(json!({"action": "send_message", "text": "И ещё"})).await;
    assert_eq!(desk.event("chat_updated").await["data"]["status"], "open");
    shop.api(&visitor.token).post(&close, &json!({})).await.expect_problem(Code::Forbidden);
}
