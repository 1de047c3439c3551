//! The HTTP API beside the socket, and the two signs of life.

use serde_json::{Value, json};
use shared::frame::{PING, PONG};
use tests::world::World;

#[tokio::test]
async fn the_api_and_the_socket_show_the_same() {
    let shop = World::shared().await.organization("rest").await;
    let token = shop.integration("CRM").await;
    let api = shop.api(&token);
    assert_eq!(api.get("/v1/chats").await.expect(200)["chats"], json!([]));
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let empty = widget.result(json!({"action": "history"})).await;
    assert_eq!((&empty["messages"], &empty["has_more"]), (&json!([]), &json!(false)));
    widget.result(json!({"action": "send_message", "text": "Первое"})).await;

    let path = format!("/v1/chats/{}/messages", visitor.user_id);
    let body = json!({"text": "Ответ из CRM", "client_id": "crm-1"});
    let posted = api.post(&path, &body).await.expect(201);
    assert_eq!(widget.event("operator_message").await["data"]["message_id"], posted["message"]["message_id"]);
    assert_eq!(api.post(&path, &body).await.expect(201), posted, "the same client_id is the same message");

    let mut socket = shop.events(&token).await;
    let page = api.get(&path).await.expect(200);
    assert_eq!(page, socket.result(json!({"action": "history", "user_id": visitor.user_id})).await);
    let texts: Vec<&Value> = page["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["Первое", "Ответ из CRM"]);
    assert_eq!((&page["unread"], &page["has_more"]), (&json!(1), &json!(false)));

    let chats = api.get("/v1/chats?limit=1").await.expect(200);
    assert_eq!(chats, socket.result(json!({"action": "chats", "limit": 1})).await);
    let chat = &chats["chats"][0];
    assert_eq!((&chat["user_id"], &chat["online"]), (&json!(visitor.user_id), &json!(true)));
    assert_eq!(chat["last_message"]["text"], "Ответ из CRM");

    for n in 0..5 {
        api.post(&path, &json!({"text": format!("Страница {n}")})).await.expect(201);
    }
    let newest = api.get(&format!("{path}?limit=3")).await.expect(200);
    assert_eq!((newest["messages"].as_array().unwrap().len(), &newest["has_more"]), (3, &json!(true)));
    let before = &newest["messages"][0]["message_id"];
    let older = api.get(&format!("{path}?limit=3&before={before}")).await.expect(200);
    assert_eq!(older["messages"][2]["text"], "Страница 1");
    assert_eq!(shop.history(&token, visitor.user_id).await.len(), 7);
}

#[tokio::test]
async fn a_ping_is_answered_byte_for_byte() {
    let shop = World::shared().await.organization("ping").await;
    let visitor = shop.visitor().await;
    for mut socket in [shop.widget(&visitor).await, shop.events(&shop.operator("Анна").await).await] {
        socket.event("welcome").await;
        for _ in 0..3 {
            socket.send(PING);
            socket.event("pong").await;
        }
        assert_eq!(socket.texts().split_off(1), [PONG, PONG, PONG]);
    }
}

#[tokio::test]
async fn the_relay_says_that_it_is_well() {
    let answer = World::shared().await.http().get("/healthz").await;
    assert_eq!(answer.expect(200), json!({"status": "ok", "problems": []}));
}
