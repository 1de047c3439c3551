//! The relay is killed without warning in mid-conversation and started again on the same state, by either runtime: what was acknowledged is
//! there once, clients come back by themselves, and no buyer gets a copy.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use shared::message::{Side, Status};
use tests::ozon::Fault;
use tests::world::{Driver, Organization, Runtime, Socket, Visitor, World, until, within};

/// How many messages have to be through before each kill: the conversation is under way.
const BEFORE_A_KILL: usize = 40;

/// A message that was under way at the kill is decided once no copy of it can be on its way any more.
const DECIDED_WITHIN: Duration = Duration::from_secs(120);

/// How often a text is in a chat's history.
async fn copies(shop: &Organization<'_>, token: &str, user_id: i64) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for message in shop.history(token, user_id).await {
        *copies.entry(message["text"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    copies
}

/// Writes on and on, with up to twenty messages under way so that a kill always finds some, until the line is gone.
/// Returns how many were sent and which of them were acknowledged.
async fn write_until_cut(mut socket: Socket, name: &str) -> (usize, Vec<usize>) {
    socket.event("welcome").await;
    let mut sent: usize = 0;
    loop {
        let action = json!({"action": "send_message", "text": format!("{name} {sent}"), "id": sent.to_string()});
        socket.send_json(&action);
        sent += 1;
        if let Some(first_under_way) = sent.checked_sub(20) {
            let id = json!(first_under_way.to_string());
            let is_it = |frame: &Value| frame["event"] == "ack" && frame["data"]["id"] == id;
            if socket.until_or_end("room for the next", is_it).await.is_none() {
                break;
            }
        }
    }
    let frames = socket.frames();
    let acked = frames.iter().filter(|frame| frame["event"] == "ack");
    (sent, acked.map(|frame| frame["data"]["id"].as_str().unwrap().parse().unwrap()).collect())
}

/// A visitor and an operator who go on talking whatever happens.
struct Talk<'a> {
    visitor: &'a Visitor,
    widget: Driver,
    inbox: Driver,
    said: usize,
}

impl Talk<'_> {
    /// Both write so many more, whether there is a relay or not.
    fn say(&mut self, count: usize) {
        for _ in 0..count {
            let (n, user_id) = (self.said, self.visitor.user_id);
            self.widget.send(user_id, &format!("вопрос {n}"), &format!("v-{n}")).unwrap();
            self.inbox.send(user_id, &format!("ответ {n}"), &format!("o-{n}")).unwrap();
            self.said += 1;
        }
    }

    async fn until_all_is_said(&self) {
        for driver in [&self.widget, &self.inbox] {
            driver.until_sent(self.visitor.user_id).await;
            for side in ["вопрос", "ответ"] {
                if let Some(last) = self.said.checked_sub(1) {
                    driver.until_shows(self.visitor.user_id, &format!("{side} {last}")).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_kill_in_mid_conversation_loses_nothing_that_was_acknowledged_and_doubles_nothing() {
    kill_in_mid_conversation(World::start_on(Runtime::Wrangler, &[]).await).await;
}

#[tokio::test]
async fn nor_does_a_kill_of_a_relay_alone_on_a_server() {
    kill_in_mid_conversation(World::start_on(Runtime::Workerd, &[]).await).await;
}

#[tokio::test]
async fn answers_under_way_to_ozon_at_the_kill_reach_the_buyer_once() {
    kill_with_answers_under_way(World::start_on(Runtime::Wrangler, &[]).await).await;
}

#[tokio::test]
async fn and_so_do_those_of_a_relay_alone_on_a_server() {
    kill_with_answers_under_way(World::start_on(Runtime::Workerd, &[]).await).await;
}

async fn kill_in_mid_conversation(world: World) {
    let shop = world.organization("talk").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let plain_visitor = shop.visitor().await;
    let mut talk = Talk {
        visitor: &visitor,
        widget: shop.visitor_driver(&visitor, 1),
        inbox: shop.staff_driver(&token, 2),
        said: 0,
    };
    talk.widget.send(visitor.user_id, "начало", "v-start").unwrap();
    talk.inbox.until_shows(visitor.user_id, "начало").await;
    // A log that has grown too long meanwhile is not replayed: a chat that is open is read anew.
    talk.inbox.open_chat(visitor.user_id);
    // A chat begins with its first message, and only then has a history to look at.
    let mut first = shop.widget(&plain_visitor).await;
    first.result(json!({"action": "send_message", "text": "начало"})).await;

    let mut written = Vec::new();
    for round in 0..2 {
        talk.say(15);
        talk.until_all_is_said().await;
        let plain = shop.widget(&plain_visitor).await;
        let name = format!("поток {round}");
        let kill = async {
            until("a conversation", async || {
                let there = copies(&shop, &token, plain_visitor.user_id).await;
                (there.keys().filter(|text| text.starts_with(&name)).count() >= BEFORE_A_KILL).then_some(())
            })
            .await;
            talk.say(10);
            world.kill_relay().await;
            talk.say(5);
        };
        let ((sent, acked), ()) = tokio::join!(write_until_cut(plain, &name), kill);
        assert!(!acked.is_empty() && acked.len() < sent, "the kill came in the middle: {} of {sent}", acked.len());
        written.push((name, sent, acked));
        world.run_relay().await;
    }
    talk.until_all_is_said().await;

    // The plain client: acknowledged is there once, sent is there at most once.
    let there = copies(&shop, &token, plain_visitor.user_id).await;
    for (name, sent, acked) in &written {
        for n in 0..*sent {
            let count = there.get(&format!("{name} {n}")).copied().unwrap_or(0);
            assert!(count == 1 || (count == 0 && !acked.contains(&n)), "{name} {n}: {count} copies");
        }
    }

    // The clients of ours: everything is there once, in the order each side wrote it, and shown once.
    let messages = shop.history(&token, visitor.user_id).await;
    for (side, word) in [(Side::User, "вопрос"), (Side::Operator, "ответ")] {
        let texts = messages.iter().filter(|message| message["side"] == side.as_str());
        let texts: Vec<&str> =
            texts.map(|message| message["text"].as_str().unwrap()).filter(|t| *t != "начало").collect();
        let expected: Vec<String> = (0..talk.said).map(|n| format!("{word} {n}")).collect();
        assert_eq!(texts, expected);
    }
    for driver in [&talk.widget, &talk.inbox] {
        driver.assert_no_duplicates(visitor.user_id);
        assert!(driver.connections() >= 3, "it came back by itself, twice");
    }

    // Who was here at the kill and is not here any more goes offline.
    let mut watching = shop.events(&token).await;
    let gone = |frame: &Value| frame["event"] == "user_offline" && frame["data"]["user_id"] == plain_visitor.user_id;
    let chats = shop.api(&token).get("/v1/chats").await.expect(200);
    let chat = chats["chats"].as_array().unwrap().iter().find(|chat| chat["user_id"] == plain_visitor.user_id);
    if chat.unwrap()["online"] == true {
        watching.until("the departure", gone).await;
    }
}

async fn kill_with_answers_under_way(world: World) {
    let shop = world.organization("ozon").await;
    let token = shop.operator("Анна").await;
    let mut operator = shop.events(&token).await;
    let seller = shop.connect_ozon().await;

    // Three answers: one that Ozon has and never confirmed, one that it never got, and one that waits behind the first.
    let (acted_chat, acted_user) = seller.new_chat(&mut operator, "Первый вопрос").await;
    let (idle_chat, idle_user) = seller.new_chat(&mut operator, "Второй вопрос").await;
    let send = "/v1/chat/send/message";
    let mut answer = async |user_id: i64, text: &str| {
        let action = json!({"action": "send_message", "user_id": user_id, "text": text});
        operator.result(action).await["message"]["message_id"].clone()
    };
    seller.fault(&Fault::no_answer(send).after()).await.unwrap();
    let mut ids = vec![answer(acted_user, "Дошло без ответа").await];
    seller.until_has(&acted_chat, "Дошло без ответа").await;
    ids.push(answer(acted_user, "В очереди").await);
    seller.fault(&Fault::no_answer(send)).await.unwrap();
    ids.push(answer(idle_user, "Не дошло").await);
    until("the third call", async || (seller.state().await.unwrap().calls(send) == 2).then_some(())).await;

    world.kill_relay().await;
    // A buyer writes into the silence: Ozon's push is repeated until it is heard.
    let late = seller.buyer_says(&idle_chat, "Вы здесь?").await.unwrap();
    world.run_relay().await;

    let mut operator = shop.events(&token).await;
    // Nothing runs in an object until somebody or its alarm wakes it; the alarm has survived.
    let sent = async |id: &Value, user_id: i64| {
        within(DECIDED_WITHIN, &format!("the message {id} sent"), async || {
            let history = shop.history(&token, user_id).await;
            let message = history.into_iter().find(|message| message["message_id"] == *id)?;
            (message["status"] == Status::Sent.as_str()).then_some(())
        })
        .await;
    };
    sent(&ids[0], acted_user).await;
    sent(&ids[1], acted_user).await;
    sent(&ids[2], idle_user).await;
    assert_eq!(seller.texts(&acted_chat).await, ["Дошло без ответа", "В очереди"]);
    assert_eq!(seller.texts(&idle_chat).await, ["Не дошло"]);
    let heard = |frame: &Value| frame["event"] == "new_message" && frame["data"]["text"] == "Вы здесь?";
    let history = shop.history(&token, idle_user).await;
    if !history.iter().any(|message| message["text"] == "Вы здесь?") {
        operator.until("the buyer's message", heard).await;
    }
    seller.push_again(&late.message_id).await.unwrap();
    seller.until("the pushes", DECIDED_WITHIN, |s| s.all_pushes_are_delivered().then_some(())).await.unwrap();
    let texts: Vec<Value> = shop.history(&token, idle_user).await.iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts.iter().filter(|text| *text == "Вы здесь?").count(), 1);
    seller.assert_no_unmatched_call().await;
}
