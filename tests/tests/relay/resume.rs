//! Connections end, messages do not: resuming by epoch and offset, repeated messages, and the client machine over a real
//! socket.

use serde_json::{Value, json};
use shared::limits::RESUME_EVENTS_MAX;
use shared::message::Side;
use tests::world::{Organization, Socket, Visitor, World};

/// The logged events of a socket, by offset.
fn logged(socket: &Socket) -> Vec<(i64, String)> {
    let frames = socket.frames().into_iter();
    frames.filter_map(|frame| Some((frame["offset"].as_i64()?, frame["event"].as_str()?.into()))).collect()
}

async fn visitor_with_chat(shop: &Organization<'_>) -> (Visitor, Socket) {
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    widget.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    (visitor, widget)
}

#[tokio::test]
async fn a_client_that_was_cut_off_gets_exactly_what_it_missed_and_then_live() {
    let shop = World::shared().await.organization("cut").await;
    let token = shop.integration("CRM").await;
    let mut steady = shop.events(&token).await;
    let mut cut = shop.events(&token).await;
    let epoch = cut.event("welcome").await["data"]["epoch"].as_str().unwrap().to_owned();
    let (visitor, mut widget) = visitor_with_chat(&shop).await;
    cut.event("new_message").await;
    let before = logged(&cut);
    let offset = before.last().unwrap().0;
    drop(cut);

    for n in 0..5 {
        widget.result(json!({"action": "send_message", "text": format!("Пропущено {n}")})).await;
    }
    let path = format!("/v1/chats/{}/messages", visitor.user_id);
    shop.api(&token).post(&path, &json!({"text": "Ответ"})).await.expect(201);
    widget.send_json(&json!({"action": "typing"}));

    let mut back = shop.events_from(&token, &epoch, offset).await;
    let welcome = back.event("welcome").await;
    assert_eq!((&welcome["data"]["resumed"], &welcome["data"]["epoch"]), (&json!(true), &json!(epoch)));
    widget.result(json!({"action": "send_message", "text": "Снова живьём"})).await;
    back.until("the live message", |frame| frame["data"]["text"] == "Снова живьём").await;
    steady.until("the live message", |frame| frame["data"]["text"] == "Снова живьём").await;
    let mut heard = before;
    heard.extend(logged(&back));
    assert_eq!(heard, logged(&steady));
    let offsets: Vec<i64> = heard.iter().map(|(offset, _)| *offset).collect();
    assert_eq!(offsets, (1..=heard.len() as i64).collect::<Vec<_>>(), "in order, without a gap");

    // A visitor resumes, too, and gets of it only what is theirs and meant for them.
    let (_, mut neighbour) = visitor_with_chat(&shop).await;
    neighbour.result(json!({"action": "resume", "epoch": epoch, "offset": 0})).await;
    neighbour.settle().await;
    let names: Vec<String> = logged(&neighbour).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["new_message", "new_message"], "their own message live and replayed: {:#?}", neighbour.texts());
}

#[tokio::test]
async fn a_position_that_cannot_be_resumed_is_answered_with_resync() {
    let shop = World::shared().await.organization("resync").await;
    let token = shop.integration("CRM").await;
    let mut socket = shop.events(&token).await;
    let epoch = socket.event("welcome").await["data"]["epoch"].as_str().unwrap().to_owned();
    let (_, mut widget) = visitor_with_chat(&shop).await;
    for _ in 0..RESUME_EVENTS_MAX {
        widget.send_json(&json!({"action": "send_message", "text": "Ещё"}));
    }
    widget.settle().await;
    for (epoch, offset) in [("another", 1), (epoch.as_str(), 1_000_000), (epoch.as_str(), -1), (epoch.as_str(), 0)] {
        let mut back = shop.events_from(&token, epoch, offset).await;
        assert_eq!(back.event("welcome").await["data"]["resumed"], false, "{epoch} {offset}");
        let resync = back.event("resync").await;
        assert_eq!(resync["data"]["offset"], RESUME_EVENTS_MAX as i64 + 2, "{epoch} {offset}");
        assert_eq!(logged(&back), [], "{epoch} {offset}");
    }
}

#[tokio::test]
async fn the_same_client_id_is_one_message_over_sockets_and_tabs() {
    let shop = World::shared().await.organization("twice").await;
    let token = shop.operator("Анна").await;
    let mut operator = shop.events(&token).await;
    let visitor = shop.visitor().await;
    let message = json!({"action": "send_message", "text": "Один раз", "client_id": "v-1"});
    let mut widget = shop.widget(&visitor).await;
    let first = widget.result(message.clone()).await;
    assert_eq!(widget.result(message.clone()).await, first);
    drop(widget);
    let mut widget = shop.widget(&visitor).await;
    assert_eq!(widget.result(message.clone()).await, first);

    // The same id of another visitor is another message.
    let mut other = shop.widget(&shop.visitor().await).await;
    assert_ne!(other.result(message).await["message"]["message_id"], first["message"]["message_id"]);

    let answer = json!({"action": "send_message", "user_id": visitor.user_id, "text": "Ответ", "client_id": "v-1"});
    let kept = operator.result(answer.clone()).await;
    let mut again = shop.events(&token).await;
    assert_eq!(again.result(answer).await, kept);
    let texts: Vec<Value> = shop.history(&token, visitor.user_id).await.iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["Один раз", "Ответ"]);
}

#[tokio::test]
async fn two_clients_of_ours_talk_and_a_new_one_finds_the_history() {
    let shop = World::shared().await.organization("drivers").await;
    let token = shop.operator("Анна").await;
    let operator = shop.staff_driver(&token, 1);
    let visitor = shop.visitor().await;
    let widget = shop.visitor_driver(&visitor, 2);
    // Written before there is a connection: it goes out when there is one.
    widget.send(visitor.user_id, "Раз", "v-1").unwrap();
    for n in 2..30 {
        widget.send(visitor.user_id, &format!("Сообщение {n}"), &format!("v-{n}")).unwrap();
    }
    widget.until_sent(visitor.user_id).await;
    operator.until_shows(visitor.user_id, "Сообщение 29").await;
    operator.send(visitor.user_id, "Отвечаю", "o-1").unwrap();
    let answer = widget.until_shows(visitor.user_id, "Отвечаю").await;
    assert_eq!((answer.side, answer.author.as_deref()), (Side::Operator, Some("Анна")));

    widget.typing(visitor.user_id);
    operator.until("typing", |client| client.state().chat(visitor.user_id)?.typing.as_ref().map(|_| ())).await;
    operator.typing(visitor.user_id);
    widget.until("typing", |client| client.state().chat(visitor.user_id)?.typing.as_ref().map(|_| ())).await;
    widget.read(visitor.user_id, answer.message_id);
    operator
        .until("the read mark", |client| {
            (client.state().chat(visitor.user_id)?.user_read == answer.message_id).then_some(())
        })
        .await;

    // The page is loaded again: a new client, the same visitor.
    drop(widget);
    let again = shop.session(Some(&visitor.token)).await;
    assert_eq!(again.user_id, visitor.user_id);
    let widget = shop.visitor_driver(&again, 3);
    widget.until_shows(visitor.user_id, "Отвечаю").await;
    while widget.with(|client| client.state().chat(visitor.user_id).is_some_and(|chat| chat.has_more())) {
        let had = widget.messages(visitor.user_id).len();
        widget.with(|client| client.load_older(tests::world::now(), visitor.user_id));
        widget
            .until("an older page", |client| {
                let chat = client.state().chat(visitor.user_id)?;
                (chat.messages().count() > had || !chat.has_more()).then_some(())
            })
            .await;
    }
    assert_eq!(widget.messages(visitor.user_id).len(), 30);
    assert_eq!(widget.messages(visitor.user_id)[0].text, "Раз");
    for driver in [&widget, &operator] {
        driver.assert_no_duplicates(visitor.user_id);
    }
}
