//! Frames that are malformed, unknown or over a limit: three different answers, and the connection goes on as if nothing
//! had been.

use serde_json::{Value, json};
use shared::limits::{ACTION_ID_BYTES_MAX, CLIENT_ID_BYTES_MAX, FILTER_USERS_MAX, FRAME_BYTES_MAX, TEXT_CHARS_MAX};
use shared::problem::Code;
use tests::world::{Organization, Socket, World};

/// The next answer of the relay: an `ack`, or the code of an `error`.
async fn answer(socket: &mut Socket) -> Result<Value, String> {
    let frame = socket.until("an answer", |frame| frame["event"] == "ack" || frame["event"] == "error").await;
    if frame["event"] == "ack" {
        return Ok(frame["data"].clone());
    }
    assert!(frame["data"]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{frame}");
    Err(frame["data"]["code"].as_str().unwrap().to_owned())
}

/// An action of exactly so many bytes.
fn padded(action: &Value, bytes: usize) -> String {
    let text = action.to_string();
    let room = bytes - text.len();
    format!("{text}{}", " ".repeat(room))
}

async fn texts(shop: &Organization<'_>, token: &str, user_id: i64) -> Vec<String> {
    let history = shop.history(token, user_id).await;
    history.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_wrong_frame_gets_its_own_answer_and_the_connection_goes_on() {
    let shop = World::shared().await.organization("frames").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let mut operator = shop.events(&token).await;
    widget.event("welcome").await;
    operator.event("welcome").await;

    let say = |text: &str| json!({"action": "send_message", "text": text, "id": "1"});
    let long_id = "i".repeat(ACTION_ID_BYTES_MAX + 1);
    let long_client_id = "c".repeat(CLIENT_ID_BYTES_MAX + 1);
    let rows: Vec<(String, Code)> = vec![
        (String::new(), Code::Malformed),
        ("{".into(), Code::Malformed),
        ("{\"action\":\"typing\"".into(), Code::Malformed),
        ("привет".into(), Code::Malformed),
        ("[]".into(), Code::Malformed),
        ("null".into(), Code::Malformed),
        ("7".into(), Code::Malformed),
        ("{}".into(), Code::Malformed),
        (r#"{"action":null}"#.into(), Code::Malformed),
        (r#"{"action":"typing"}{"action":"typing"}"#.into(), Code::Malformed),
        (r#"{"action":"send_message","id":"1"}"#.into(), Code::Malformed),
        (r#"{"action":"send_message","text":["a"],"id":"1"}"#.into(), Code::Malformed),
        (r#"{"action":"send_message","text":"a","id":1}"#.into(), Code::Malformed),
        (r#"{"action":"message_read","last_read_message_id":"1"}"#.into(), Code::Malformed),
        (r#"{"action":"message_read","last_read_message_id":1.5}"#.into(), Code::Malformed),
        (r#"{"action":"message_read","last_read_message_id":1e400}"#.into(), Code::Malformed),
        (r#"{"action":"history","before":99999999999999999999}"#.into(), Code::Malformed),
        (format!("{}{}", r#"{"action":"typing","deep":"#, "[".repeat(5_000)), Code::Malformed),
        (json!({"action": "typing", "id": long_id}).to_string(), Code::Malformed),
        (r#"{"action":"dance","id":"1"}"#.into(), Code::UnknownAction),
        (r#"{"action":""}"#.into(), Code::UnknownAction),
        (r#"{"action":"Typing"}"#.into(), Code::UnknownAction),
        (padded(&say("a"), FRAME_BYTES_MAX + 1), Code::TooLarge),
        (padded(&say("a"), 30 * FRAME_BYTES_MAX), Code::TooLarge),
        ("x".repeat(FRAME_BYTES_MAX + 1), Code::TooLarge),
        (say(&"я".repeat(TEXT_CHARS_MAX + 1)).to_string(), Code::TooLarge),
        (say("").to_string(), Code::EmptyText),
        (say(" \n\t\u{a0}").to_string(), Code::EmptyText),
        (json!({"action": "send_message", "text": "a", "client_id": ""}).to_string(), Code::Invalid),
        (json!({"action": "send_message", "text": "a", "client_id": long_client_id}).to_string(), Code::Invalid),
        (r#"{"action":"message_read","last_read_message_id":-1}"#.into(), Code::Invalid),
        (r#"{"action":"history","limit":0}"#.into(), Code::Invalid),
        (r#"{"action":"history","limit":101}"#.into(), Code::Invalid),
        (r#"{"action":"chats"}"#.into(), Code::Forbidden),
        (r#"{"action":"typing","user_id":1}"#.into(), Code::Forbidden),
    ];
    let mut said = Vec::new();
    for (number, (frame, code)) in rows.iter().enumerate() {
        // A good message before each: nothing that was on its way is lost.
        let text = format!("Хорошее {number}");
        widget.send(say(&text).to_string());
        widget.send(frame.clone());
        assert!(answer(&mut widget).await.is_ok(), "the message before {frame:.80}");
        assert_eq!(answer(&mut widget).await, Err(code.as_str().into()), "{frame:.80}");
        said.push(text);
    }
    widget.send_binary(vec![0, 1, 2, 255]);
    assert_eq!(answer(&mut widget).await, Err("malformed".into()));
    assert!(widget.is_open());
    assert_eq!(texts(&shop, &token, visitor.user_id).await, said);

    for (frame, code) in [
        (json!({"action": "send_message", "text": "кому?"}), Code::Invalid),
        (json!({"action": "send_message", "user_id": 5, "text": "никому"}), Code::NotFound),
        (json!({"action": "typing", "user_id": 5}), Code::NotFound),
        (json!({"action": "message_read", "user_id": 5, "last_read_message_id": 1}), Code::NotFound),
        (json!({"action": "chats", "limit": 101}), Code::Invalid),
        (json!({"action": "subscribe", "filter": 7}), Code::Malformed),
        (json!({"action": "resume", "epoch": "e"}), Code::Malformed),
    ] {
        operator.send(frame.to_string());
        assert_eq!(answer(&mut operator).await, Err(code.as_str().into()), "{frame}");
    }
    assert_eq!(operator.names(Some(visitor.user_id)).len(), rows.len() + 2, "all messages, a new chat, its presence");
}

#[tokio::test]
async fn what_is_just_within_a_limit_is_taken_whole() {
    let shop = World::shared().await.organization("limits").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    // The longest texts: of the widest characters, and of those that JSON escapes at six bytes each.
    let widest = "🫖".repeat(TEXT_CHARS_MAX / 2);
    let escaped = "\u{1}".repeat(TEXT_CHARS_MAX / 3);
    let action = |text: &str| {
        json!({
            "action": "send_message", "text": text, "id": "i".repeat(ACTION_ID_BYTES_MAX),
            "client_id": text.chars().next().map(|c| if c == '🫖' { "w" } else { "e" }.repeat(CLIENT_ID_BYTES_MAX)),
        })
    };
    for text in [&widest, &escaped] {
        widget.send(action(text).to_string());
        let kept = answer(&mut widget).await.unwrap();
        assert_eq!(kept["result"]["message"]["text"], json!(text));
    }
    widget.send(padded(&json!({"action": "send_message", "text": "Впритык", "id": "2"}), FRAME_BYTES_MAX));
    assert!(answer(&mut widget).await.is_ok());
    assert_eq!(texts(&shop, &token, visitor.user_id).await, [widest, escaped, "Впритык".into()]);
}

#[tokio::test]
async fn a_filter_takes_as_many_users_as_it_may_and_survives_one_more() {
    let shop = World::shared().await.organization("filters").await;
    let mut integrator = shop.events(&shop.integration("CRM").await).await;
    integrator.event("welcome").await;
    let visitor = shop.visitor().await;
    integrator.result(json!({"action": "subscribe", "filter": {"user_id": visitor.user_id}})).await;
    for n in 1..FILTER_USERS_MAX {
        integrator.send_json(&json!({"action": "subscribe", "filter": {"user_id": 9_000_000_000_000_000 + n}}));
    }
    let one_more = json!({"action": "subscribe", "filter": {"user_id": 1}});
    assert_eq!(integrator.ask(one_more).await.unwrap_err()["code"], Code::TooLarge.as_str());
    // One that is in it already is no further one.
    integrator.result(json!({"action": "subscribe", "filter": {"user_id": visitor.user_id}})).await;
    shop.widget(&visitor).await.result(json!({"action": "send_message", "text": "Слышно?"})).await;
    integrator.event("new_message").await;
}
