//! What Ozon pushes arrives, and what an operator answers reaches the buyer.

use serde_json::{Value, json};
use shared::limits::OZON_TEXT_CHARS_MAX;
use shared::message::Status;
use shared::problem::Code;
use shared::time::Timestamp;
use tests::ozon::{BuyerMessage, Fault, PostingGiven};
use tests::world::{assert_form, within};

use crate::counter::{Counter, SEND, SETTLED_WITHIN};

#[tokio::test]
async fn a_buyers_message_arrives_and_the_answer_is_sent_and_read() {
    let mut counter = Counter::open("walk").await;
    let frames = counter.operator.frames();
    let new_chat = frames.iter().find(|frame| frame["event"] == "new_chat").unwrap();
    let new_message = frames.iter().find(|frame| frame["event"] == "new_message").unwrap();
    for frame in [new_chat, new_message] {
        assert_form(frame);
        assert_eq!((&frame["data"]["source"], &frame["data"]["user_id"]), (&json!("ozon"), &json!(counter.user_id)));
    }
    assert!(counter.user_id > 0, "only a widget's visitor is negative");

    let text = "Да, крышка от гайвани 150 мл подойдёт. «Проверили» 🫖";
    let message_id = counter.answer(text).await;
    counter.until_status(message_id, Status::Sent).await;
    counter.assert_there_once(text).await;
    counter.seller.buyer_reads(&counter.chat_id).await.unwrap();
    let (statuses, _) = counter.until_status(message_id, Status::Read).await;
    assert_eq!(statuses, ["sent", "read"]);
    let read = counter.operator.event("message_read").await;
    assert_form(&read);
    assert_eq!(read["data"], json!({"user_id": counter.user_id, "last_read_message_id": message_id}));

    // The second message of the chat makes no second chat, and Ozon's long ids are nowhere numbers.
    counter.seller.buyer_says(&counter.chat_id, "Спасибо!").await.unwrap();
    counter.operator.until("the thanks", |frame| frame["data"]["text"] == "Спасибо!").await;
    let names = counter.operator.names(Some(counter.user_id));
    assert_eq!(names.iter().filter(|name| *name == "new_chat").count(), 1);
    let messages = counter.shop.history(&counter.token, counter.user_id).await;
    assert_eq!(
        messages.iter().map(|message| &message["status"]).collect::<Vec<_>>(),
        [&json!(null), &json!("read"), &json!(null)]
    );
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND), 1);
    counter.assert_key_is_secret().await;
}

#[tokio::test]
async fn answers_to_one_buyer_keep_their_order_and_others_do_not_wait() {
    let mut counter = Counter::open("order").await;
    let (other_chat, other_user) = counter.seller.new_chat(&mut counter.operator, "А мне?").await;
    counter.seller.fault(&Fault::status(SEND, 429).times(1)).await.unwrap();
    let texts: Vec<String> = (1..=5).map(|n| format!("Часть {n}")).collect();
    for text in &texts {
        counter.answer(text).await;
    }
    let action = json!({"action": "send_message", "user_id": other_user, "text": "И вам"});
    counter.operator.result(action).await;
    counter.seller.until_has(&other_chat, "И вам").await;
    counter.seller.until_has(&counter.chat_id, "Часть 5").await;
    assert_eq!(counter.seller.texts(&counter.chat_id).await, texts);
}

#[tokio::test]
async fn a_push_that_comes_twice_is_one_message() {
    let mut counter = Counter::open("push").await;
    let posted = counter.seller.buyer_says(&counter.chat_id, "Дважды").await.unwrap();
    counter.operator.until("the message", |frame| frame["data"]["text"] == "Дважды").await;
    for _ in 0..3 {
        counter.seller.push_again(&posted.message_id).await.unwrap();
    }
    counter.seller.buyer_says(&counter.chat_id, "Последнее").await.unwrap();
    counter.operator.until("the last message", |frame| frame["data"]["text"] == "Последнее").await;
    let state = counter.seller.until("the pushes", SETTLED_WITHIN, |state| {
        state.all_pushes_are_delivered().then_some(state.push.deliveries.len())
    });
    assert_eq!(state.await.unwrap(), 6);
    let messages = counter.shop.history(&counter.token, counter.user_id).await;
    let texts: Vec<&Value> = messages.iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["Подойдёт ли крышка?", "Дважды", "Последнее"]);
}

#[tokio::test]
async fn what_is_not_a_buyers_message_gets_its_answer_and_makes_no_chat() {
    let counter = Counter::open("service").await;
    counter.seller.notification("Поставка принята").await.unwrap();
    counter.seller.close_chat(&counter.chat_id).await.unwrap();
    for body in [
        json!({"message_type": "TYPE_NEW_POSTING", "posting_number": "1-1-1", "seller_id": 7}),
        json!({"message_type": "TYPE_OF_THE_FUTURE"}),
    ] {
        let attempt = counter.seller.push(&body).await.unwrap();
        assert!(attempt.error.is_none(), "{attempt:?}");
    }
    let all =
        counter.seller.until("the pushes", SETTLED_WITHIN, |state| state.all_pushes_are_delivered().then_some(()));
    all.await.unwrap();
    let chats = counter.shop.api(&counter.token).get("/v1/chats").await.expect(200);
    let sources: Vec<&Value> =
        chats["chats"].as_array().unwrap().iter().map(|chat| &chat["last_message"]["text"]).collect();
    assert_eq!(sources, ["Подойдёт ли крышка?"]);
}

#[tokio::test]
async fn a_text_over_ozons_limit_is_refused_at_once_and_one_at_the_limit_is_sent() {
    let mut counter = Counter::open("long").await;
    let text = "ы".repeat(OZON_TEXT_CHARS_MAX + 1);
    let action = json!({"action": "send_message", "user_id": counter.user_id, "text": text});
    assert_eq!(counter.operator.ask(action).await.unwrap_err()["code"], Code::TooLarge.as_str());
    let text = "ы".repeat(OZON_TEXT_CHARS_MAX);
    let message_id = counter.answer(&text).await;
    counter.until_status(message_id, Status::Sent).await;
    counter.assert_there_once(&text).await;
}

#[tokio::test]
async fn a_message_that_the_buyer_changes_is_shown_as_it_is_now() {
    let mut counter = Counter::open("edit").await;
    let posted = counter.seller.buyer_says(&counter.chat_id, "А чайник есть?").await.unwrap();
    counter.operator.until("the question", |frame| frame["data"]["text"] == "А чайник есть?").await;
    counter.seller.buyer_edits(&counter.chat_id, &posted.message_id, "А чайник на 500 мл есть?").await.unwrap();
    let updated = counter.operator.event("message_updated").await;
    assert_eq!(updated["data"]["text"], "А чайник на 500 мл есть?");
    // The push of the message itself comes once more, with the text of today: nothing happens.
    counter.seller.push_again(&posted.message_id).await.unwrap();
    counter.seller.buyer_says(&counter.chat_id, "И крышка").await.unwrap();
    counter.operator.until("the next message", |frame| frame["data"]["text"] == "И крышка").await;
    let messages = counter.shop.history(&counter.token, counter.user_id).await;
    let shown: Vec<(&Value, bool)> =
        messages.iter().map(|message| (&message["text"], message["edited_at"].is_string())).collect();
    let [first, changed, next] = ["Подойдёт ли крышка?", "А чайник на 500 мл есть?", "И крышка"].map(Value::from);
    assert_eq!(shown, [(&first, false), (&changed, true), (&next, false)]);
}

#[tokio::test]
async fn a_chat_whose_window_is_closed_is_refused_without_a_call_and_an_open_one_is_not() {
    let mut counter = Counter::open("windows").await;
    let now = Timestamp::parse(&counter.seller.state().await.unwrap().now).unwrap();
    let paid_at = now.plus_ms(-100 * 3_600_000).to_rfc3339();
    let mut chats = Vec::new();
    for (text, minutes_ago) in [("Поздно", 49 * 60), ("Вовремя", 47 * 60)] {
        let given = PostingGiven { paid_at: Some(paid_at.clone()), ..PostingGiven::default() };
        let posting_number = Some(counter.seller.posting(&given).await.unwrap());
        let question = BuyerMessage { text: text.into(), minutes_ago, posting_number, ..BuyerMessage::default() };
        let chat_id = counter.seller.buyer_message(&question).await.unwrap().chat_id;
        let told = counter.operator.until(text, |frame| frame["data"]["text"] == text).await;
        chats.push((chat_id, told["data"]["user_id"].clone()));
    }
    // The next look finds which orders the chats are about.
    for (_, user_id) in &chats {
        let known = within(SETTLED_WITHIN, "the order", async || {
            let frames = counter.operator.frames().into_iter();
            frames.into_iter().find(|frame| frame["event"] == "order_updated" && frame["data"]["user_id"] == *user_id)
        });
        assert_eq!(known.await["data"]["order"]["scheme"], "fbs");
    }
    let [(_, late), (chat_id, early)] = chats.try_into().unwrap();
    let action = json!({"action": "send_message", "user_id": late, "text": "Простите, что не сразу"});
    let refused = counter.operator.ask(action).await.unwrap_err();
    assert_eq!(refused["code"], Code::UpstreamWindowClosed.as_str());
    assert!(refused["detail"].as_str().unwrap().starts_with("reply_over"), "{refused}");
    counter.operator.result(json!({"action": "send_message", "user_id": early, "text": "Да, есть"})).await;
    counter.seller.until_has(&chat_id, "Да, есть").await;
    assert_eq!(counter.seller.state().await.unwrap().calls(SEND), 1, "the late one was never tried");
}
