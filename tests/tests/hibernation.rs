//! An organization's object sleeps whenever nobody says anything, with its sockets open. Whoever is connected must not
//! notice: what a socket needs lives in its attachment and in SQLite.

use serde_json::{Value, json};
use shared::frame::{PING, PONG};
use tests::ozon::Fault;
use tests::world::{World, within};

#[tokio::test]
async fn a_sleep_between_any_two_steps_is_not_noticed_by_anybody() {
    let world = World::start_in_harness().await;
    let shop = world.organization("sleepy").await;
    let (visitor, other) = (shop.visitor().await, shop.visitor().await);
    let mut widget = shop.widget(&visitor).await;
    let mut others_widget = shop.widget(&other).await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let mut narrowed = shop.events(&shop.integration("CRM").await).await;
    let said = |text: &str| json!({"action": "send_message", "text": text, "client_id": text});
    widget.result(said("раз")).await;
    others_widget.result(said("чужое раз")).await;
    narrowed.result(json!({"action": "subscribe", "filter": {"user_id": visitor.user_id}})).await;

    world.put_to_sleep(&shop).await;
    widget.send(PING);
    widget.event("pong").await;
    assert_eq!(widget.texts().last().map(String::as_str), Some(PONG));
    assert!(!world.put_to_sleep(&shop).await, "a ping is answered without waking it");

    widget.result(said("два")).await;
    world.put_to_sleep(&shop).await;
    assert_eq!(widget.result(said("два")).await, widget.result(said("два")).await, "known by its client_id still");
    world.put_to_sleep(&shop).await;
    others_widget.result(said("чужое два")).await;
    world.put_to_sleep(&shop).await;
    widget.send_json(&json!({"action": "typing"}));
    operator.event("user_typing").await;
    world.put_to_sleep(&shop).await;
    let answer = json!({"action": "send_message", "user_id": visitor.user_id, "text": "ответ"});
    let kept = operator.result(answer).await;
    assert_eq!(kept["message"]["author"], "Анна", "who she is, is with her socket");
    world.put_to_sleep(&shop).await;
    widget.event("operator_message").await;
    widget.result(json!({"action": "message_read", "last_read_message_id": kept["message"]["message_id"]})).await;
    operator.event("message_read").await;

    // The filter has outlived every sleep, offsets go on without a gap, and a visitor hears only of themselves.
    narrowed.settle().await;
    let texts = |socket: &tests::world::Socket| -> Vec<Value> {
        let frames = socket.frames().into_iter();
        frames.filter(|frame| frame["event"] == "new_message").map(|frame| frame["data"]["text"].clone()).collect()
    };
    assert_eq!(texts(&narrowed), ["раз", "чужое раз", "два"]);
    assert_eq!(texts(&operator), ["раз", "чужое раз", "два", "чужое два"]);
    others_widget.settle().await;
    assert_eq!(texts(&others_widget), ["чужое раз", "чужое два"]);
    let offsets: Vec<i64> = operator.frames().iter().filter_map(|frame| frame["offset"].as_i64()).collect();
    assert_eq!(offsets, (1..=offsets.len() as i64).collect::<Vec<_>>());

    // The alarm wakes it for a departure.
    drop(widget);
    world.put_to_sleep(&shop).await;
    let offline = operator.event("user_offline").await;
    assert_eq!(offline["data"]["user_id"], visitor.user_id);
    assert_eq!(operator.names(Some(visitor.user_id)).iter().filter(|name| *name == "user_offline").count(), 1);
}

#[tokio::test]
async fn a_sleeper_wakes_by_itself_for_what_it_owes_to_a_buyer() {
    let world = World::start_in_harness().await;
    let shop = world.organization("owing").await;
    let seller = shop.connect_ozon().await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let (chat_id, user_id) = seller.new_chat(&mut operator, "Вопрос").await;
    let send = "/v1/chat/send/message";
    for fault in [Fault::status(send, 500).after(), Fault::busy(send, 1)] {
        seller.fault(&fault).await.unwrap();
        let text = format!("После {:?}", fault.kind);
        let kept = operator.result(json!({"action": "send_message", "user_id": user_id, "text": text})).await;
        let of_it = |frame: &Value, status: &str| {
            frame["event"] == "message_status"
                && frame["data"]["message_id"] == kept["message"]["message_id"]
                && frame["data"]["status"] == status
        };
        operator.until("doubt or patience", |frame| of_it(frame, "checking") || of_it(frame, "queued")).await;
        world.put_to_sleep(&shop).await;
        // Nobody says anything: its alarm alone can bring this.
        operator.until("the message sent", |frame| of_it(frame, "sent")).await;
        within(tests::world::PATIENCE, "one copy", async || {
            (seller.texts(&chat_id).await.iter().filter(|there| **there == text).count() == 1).then_some(())
        })
        .await;
    }
    seller.assert_no_unmatched_call().await;
}
