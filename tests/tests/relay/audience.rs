//! Who hears of what: filters narrow, and nothing passes from one organization or visitor to another.

use serde_json::json;
use tests::world::World;

#[tokio::test]
async fn a_filter_narrows_the_events_and_taking_it_back_widens_them() {
    let shop = World::shared().await.organization("filter").await;
    let mut integrator = shop.events(&shop.integration("CRM").await).await;
    let (first, second) = (shop.visitor().await, shop.visitor().await);
    let (mut one, mut two) = (shop.widget(&first).await, shop.widget(&second).await);
    let mut round = async |text: &str| {
        for widget in [&mut two, &mut one] {
            widget.result(json!({"action": "send_message", "text": text})).await;
        }
    };
    let heard = |socket: &tests::world::Socket, text: &str| -> Vec<i64> {
        let frames = socket.frames().into_iter();
        let about = frames.filter(|frame| frame["event"] == "new_message" && frame["data"]["text"] == text);
        about.filter_map(|frame| frame["data"]["user_id"].as_i64()).collect()
    };

    // By the spec's own frames, which carry no id and get no answer.
    integrator.send_json(&json!({"action": "subscribe", "filter": {"user_id": first.user_id}}));
    integrator.settle().await;
    round("narrow").await;
    integrator.settle().await;
    assert_eq!(heard(&integrator, "narrow"), [first.user_id]);

    integrator.result(json!({"action": "subscribe", "filter": {"user_id": second.user_id}})).await;
    round("both").await;
    integrator.settle().await;
    assert_eq!(heard(&integrator, "both"), [second.user_id, first.user_id]);

    integrator.result(json!({"action": "unsubscribe", "filter": {"user_id": first.user_id}})).await;
    round("the other").await;
    integrator.settle().await;
    assert_eq!(heard(&integrator, "the other"), [second.user_id]);

    integrator.send_json(&json!({"action": "unsubscribe", "filter": {"user_id": second.user_id}}));
    integrator.settle().await;
    round("all").await;
    integrator.settle().await;
    assert_eq!(heard(&integrator, "all"), [second.user_id, first.user_id]);
}

#[tokio::test]
async fn another_organization_never_hears_any_of_it() {
    let world = World::shared().await;
    let (shop, stranger) = (world.organization("loud").await, world.organization("quiet").await);
    let mut listeners = [
        stranger.events(&stranger.integration("CRM").await).await,
        stranger.events(&stranger.operator("Чужая").await).await,
        stranger.widget(&stranger.visitor().await).await,
    ];
    for listener in &mut listeners {
        listener.event("welcome").await;
    }

    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let neighbour = shop.visitor().await;
    let mut neighbours_widget = shop.widget(&neighbour).await;
    widget.result(json!({"action": "send_message", "text": "Секрет"})).await;
    widget.send_json(&json!({"action": "typing"}));
    operator.event("user_typing").await;
    let answer = json!({"action": "send_message", "user_id": visitor.user_id, "text": "Тоже секрет"});
    let kept = operator.result(answer).await;
    widget.result(json!({"action": "message_read", "last_read_message_id": kept["message"]["message_id"]})).await;
    widget.leave().await;
    operator.event("user_offline").await;

    // Strangers hear nothing at all, nor does another visitor of the same shop.
    for listener in listeners.iter_mut().chain([&mut neighbours_widget]) {
        listener.settle().await;
        let texts = listener.texts();
        assert_eq!(texts.len(), 2, "more than the welcome and an answer: {texts:#?}");
        assert!(!texts.concat().contains("екрет"), "{texts:#?}");
    }

    // And cannot ask for it, either.
    let stranger_token = stranger.operator("Чужая").await;
    for path in ["/v1/chats".to_owned(), format!("/v1/chats/{}/messages", visitor.user_id)] {
        let answer = stranger.api(&stranger_token).get(&path).await;
        assert!(!answer.text.contains("екрет") && !answer.text.contains(&visitor.user_id.to_string()), "{answer:?}");
    }
    let mut prying = stranger.events(&stranger_token).await;
    prying.result(json!({"action": "subscribe", "filter": {"user_id": visitor.user_id}})).await;
    let asked = prying.ask(json!({"action": "history", "user_id": visitor.user_id})).await;
    assert_eq!(asked.unwrap_err()["code"], "not_found");
    for action in ["history", "subscribe", "send_message", "typing"] {
        let about =
            json!({"action": action, "user_id": visitor.user_id, "text": "?", "filter": {"user_id": visitor.user_id}});
        assert_eq!(neighbours_widget.ask(about).await.unwrap_err()["code"], "forbidden", "{action}");
    }
}
