//! What a visitor and the organization's people see of each other.

use serde_json::json;
use tests::world::{World, assert_form, is_spec_time};

#[tokio::test]
async fn a_visitors_message_reaches_staff_in_the_specs_form() {
    let shop = World::shared().await.organization("form").await;
    let mut integrator = shop.events(&shop.integration("CRM").await).await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    for (socket, role) in [(&mut integrator, "integration"), (&mut operator, "operator")] {
        let welcome = socket.event("welcome").await;
        assert_eq!(welcome["data"]["role"], role);
        assert_eq!(welcome["data"]["offset"], 0);
        assert_eq!(welcome["data"]["resumed"], false);
        assert_eq!(welcome["data"]["protocol"], 1);
        assert!(is_spec_time(welcome["timestamp"].as_str().unwrap()), "{welcome}");
    }

    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    assert_eq!(widget.event("welcome").await["data"]["user_id"], visitor.user_id);
    let text = "Здравствуйте! Есть ли чайник «Гайвань» на 150 мл? 🫖 <b>&amp;</b>";
    let sent = widget.result(json!({"action": "send_message", "text": text, "client_id": "c-1"})).await;

    for socket in [&mut integrator, &mut operator] {
        let new_chat = socket.event("new_chat").await;
        let new_message = socket.event("new_message").await;
        let online = socket.event("user_online").await;
        for frame in [&new_chat, &new_message, &online] {
            assert_form(frame);
            assert_eq!(frame["data"]["user_id"], visitor.user_id);
        }
        assert_eq!(new_chat["data"]["first_message"], text);
        assert_eq!(new_message["data"]["text"], text);
        assert_eq!(new_message["data"]["message_id"], sent["message"]["message_id"]);
        assert_eq!(new_chat["data"]["message_id"], sent["message"]["message_id"]);
        assert_eq!((&new_chat["offset"], &new_message["offset"]), (&json!(1), &json!(2)));
        for frame in [&new_chat, &new_message] {
            assert_eq!(frame["data"]["source"], "widget");
        }
        // Presence is true for a moment only and has no place in the log.
        assert_eq!(online.get("offset"), None);
    }

    widget.result(json!({"action": "send_message", "text": "И ещё вопрос"})).await;
    assert_eq!(integrator.event("new_message").await["data"]["text"], "И ещё вопрос");
    assert_eq!(integrator.names(None).iter().filter(|name| *name == "new_chat").count(), 1);
}

#[tokio::test]
async fn the_answer_reaches_the_visitor_and_reading_it_reaches_staff() {
    let shop = World::shared().await.organization("answer").await;
    let mut integrator = shop.events(&shop.integration("CRM").await).await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let mut other_tab = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Доставите завтра?"})).await;
    assert_eq!(other_tab.event("new_message").await["data"]["text"], "Доставите завтра?");

    let user_id = operator.event("new_message").await["data"]["user_id"].clone();
    let answer = json!({"action": "send_message", "user_id": user_id, "text": "Да, до 18:00", "client_id": "o-1"});
    let kept = operator.result(answer).await["message"].clone();
    for socket in [&mut widget, &mut other_tab, &mut integrator, &mut operator] {
        let heard = socket.event("operator_message").await;
        assert_eq!(heard["data"]["text"], "Да, до 18:00");
        assert_eq!(heard["data"]["operator_name"], "Анна");
        assert_eq!(heard["data"]["message_id"], kept["message_id"]);
        assert_eq!(heard["data"]["status"], "sent");
    }

    widget.result(json!({"action": "message_read", "last_read_message_id": kept["message_id"]})).await;
    for socket in [&mut integrator, &mut operator] {
        let read = socket.event("message_read").await;
        assert_form(&read);
        assert_eq!(read["data"], json!({"user_id": user_id, "last_read_message_id": kept["message_id"]}));
    }
    // The visitor's other tab shows the same, and a mark never goes back.
    other_tab.event("message_read").await;
    widget.result(json!({"action": "message_read", "last_read_message_id": 1})).await;
    operator.settle().await;
    assert_eq!(operator.names(None).iter().filter(|name| *name == "message_read").count(), 1);

    // An operator's reading is told to the visitor and to other staff.
    operator.result(json!({"action": "message_read", "user_id": user_id, "last_read_message_id": 1})).await;
    assert_eq!(widget.event("operator_read").await["data"]["last_read_message_id"], 1);
    assert_eq!(integrator.event("operator_read").await["data"]["unread"], 0);
}

#[tokio::test]
async fn typing_shows_on_the_other_side_and_not_on_ones_own() {
    let shop = World::shared().await.organization("typing").await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    // Before the first message there is no chat that typing could show in.
    assert!(widget.ask(json!({"action": "typing"})).await.is_ok());
    widget.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    widget.send_json(&json!({"action": "typing"}));
    let typing = operator.event("user_typing").await;
    assert_form(&typing);
    assert_eq!(typing["data"]["user_id"], visitor.user_id);

    operator.send_json(&json!({"action": "typing", "user_id": visitor.user_id}));
    let typing = widget.event("operator_typing").await;
    assert_eq!(typing["data"]["operator_name"], "Анна");
    operator.settle().await;
    widget.settle().await;
    assert!(!operator.names(None).contains(&"operator_typing".into()), "{:?}", operator.names(None));
    assert!(!widget.names(None).contains(&"user_typing".into()), "{:?}", widget.names(None));
}

#[tokio::test]
async fn a_visitor_who_leaves_goes_offline_and_a_page_load_is_no_departure() {
    let shop = World::shared().await.organization("presence").await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Я тут"})).await;
    operator.event("user_online").await;
    widget.leave().await;
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Страница перезагрузилась"})).await;
    operator.until("the second message", |frame| frame["data"]["text"] == "Страница перезагрузилась").await;

    // Who connects later is told who is there.
    let mut late = shop.events(&shop.operator("Борис").await).await;
    assert_eq!(late.event("user_online").await["data"]["user_id"], visitor.user_id);

    drop(widget);
    let offline = operator.event("user_offline").await;
    assert_form(&offline);
    assert_eq!(offline["data"]["user_id"], visitor.user_id);
    assert_eq!(offline.get("offset"), None);
    let mut presence = operator.names(Some(visitor.user_id));
    presence.retain(|name| name.starts_with("user_o"));
    assert_eq!(presence, ["user_online", "user_offline"]);
}
