//! Every example of the vendor's page, and every looseness seen in the wild, reads as the event it is.
//!
//! A golden file is a body: `<event>.json` or `<event>.<variant>.json`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use relay_core::upstream::chatapp::event::{
    Change, ChatState, Delivery, Membership, MessageType, Permission, Pin, Presence, Process, ReactionAction, Side,
    Workday,
};
use relay_core::upstream::chatapp::{
    DecodeErrorKind, Event, JsonType, Notification, decode, decode_text, decode_webhook,
};
use serde_json::{Value, json};

fn goldens() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/chatapp");
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

fn event_name(golden: &str) -> &str {
    golden.split('.').next().unwrap()
}

fn notification(golden: &str) -> Notification {
    let body = &goldens()[golden];
    decode(event_name(golden), body).unwrap()
}

/// The golden's events, every one of the variant `pick` takes; nothing was skipped.
fn events<T>(golden: &str, pick: fn(Event) -> Option<T>) -> Vec<T> {
    let notification = notification(golden);
    assert_eq!(notification.skipped, [], "{golden}");
    let picked = notification.events.into_iter().map(pick);
    picked.map(|event| event.unwrap_or_else(|| panic!("{golden}: another variant"))).collect()
}

/// The one event of a golden, as the variant named.
macro_rules! only {
    ($golden:expr, $variant:ident) => {{
        let mut events = events($golden, |event| match event {
            Event::$variant(event) => Some(event),
            _ => None,
        });
        assert_eq!(events.len(), 1, "{}", $golden);
        events.remove(0)
    }};
}

#[test]
fn every_golden_reads_and_its_name_is_its_meta_type() {
    for (golden, body) in goldens() {
        let notification = decode(event_name(&golden), &body).unwrap();
        assert_eq!(notification.meta.event.as_deref(), Some(event_name(&golden)), "{golden}");
        assert!(!notification.events.is_empty(), "{golden}");
        let unknown = |event: &Event| matches!(event, Event::Unknown { .. });
        assert!(!notification.events.iter().any(unknown), "{golden}");
        if golden != "message.one-bad-item" {
            assert_eq!(notification.skipped, [], "{golden}");
        }
    }
}

#[test]
fn every_documented_event_has_a_golden() {
    let goldens = goldens();
    let names: BTreeSet<_> = goldens.keys().map(|golden| event_name(golden)).collect();
    let documented = "message messageStatus messageDestroy messageReaction chatTag chatStatus chatResponsible \
        chatResponsiblePin chatProducer chatAccomplice chatAuditor chatLevel chatConversation chatRead chatProcess \
        employeeStatus employeeWorkday quickResponseList quickResponse";
    assert_eq!(names, documented.split(' ').collect());
}

#[test]
fn a_message_keeps_what_the_vendor_says() {
    let message = only!("message", Message);
    assert_eq!(message.id.as_str(), "123");
    assert_eq!(message.side, Side::In);
    assert_eq!((message.from_api, message.from_me), (Some(false), Some(false)));
    assert_eq!(message.time_s, Some(1_637_319_282));
    assert_eq!(message.message_type, Some(MessageType::Text));
    assert_eq!(message.content.text.as_deref(), Some("Test"));
    assert_eq!(message.content.file, None);
    let quoted = message.quoted_message.unwrap();
    assert_eq!(quoted.id.unwrap().as_str(), "122");
    assert_eq!(quoted.content.text.as_deref(), Some("test"));
    let author = message.from_user.unwrap();
    assert_eq!(author.id.unwrap().as_str(), "1480675234");
    assert_eq!(author.phone.as_deref(), Some("7000000000"));
    let chat = message.chat;
    assert_eq!(chat.id.as_str(), "private-1480005234h1360003129730259258");
    assert_eq!(chat.hash.unwrap().as_str(), "h1360003129730259258");
    assert_eq!(chat.tags[0].category.as_ref().unwrap().id.as_str(), "13");
    assert_eq!(chat.responsible.unwrap().id.as_str(), "685");
    assert_eq!(chat.accomplices[0].id.as_str(), "100");
    assert_eq!(chat.auditors, []);
    assert_eq!(chat.status, Some(ChatState::Close));
    assert_eq!((chat.level, chat.process), (None, None));
    assert_eq!(chat.responsible_pin, Some(false));
    assert_eq!(message.from_app, None);

    let meta = notification("message").meta;
    assert_eq!(meta.license_id.unwrap().as_str(), "1229");
    assert_eq!(meta.messenger_type.as_deref(), Some("telegram"));
    assert_eq!((meta.company_id, meta.user_id), (None, None));
}

#[test]
fn a_message_with_text_for_numbers_and_null_for_arrays_is_the_same_message() {
    let message = only!("message.strings-and-nulls", Message);
    assert!(message.id.as_str().starts_with("wamid."));
    assert_eq!(message.side, Side::Out);
    assert_eq!(message.time_s, Some(1_637_319_282));
    assert_eq!(message.quoted_message, None);
    assert_eq!(message.from_app.unwrap().tracking, Some(json!("order-17")));
    let chat = message.chat;
    assert_eq!((chat.tags, chat.accomplices, chat.auditors), (vec![], vec![], vec![]));
    assert_eq!((chat.responsible, chat.producer, chat.status), (None, None, None));
    assert_eq!(chat.level.unwrap().id.as_str(), "555");
    assert_eq!(chat.process, Some(Process::InWork));
    let meta = notification("message.strings-and-nulls").meta;
    assert_eq!(meta.license_id.unwrap().as_str(), "1229");
}

#[test]
fn a_file_and_a_message_with_the_fewest_members_are_read() {
    let message = only!("message.file", Message);
    let file = message.content.file.unwrap();
    assert_eq!(file.link.as_deref(), Some("https://files.example/receipt.pdf"));
    assert_eq!(file.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(message.content.caption.as_deref(), Some("Чек"));
    assert_eq!(message.message_type, Some(MessageType::Other("file".into())));

    let message = only!("message.minimal", Message);
    assert_eq!(message.chat.id.as_str(), "private-1");
    assert_eq!((message.time_s, message.from_api), (None, None));
}

#[test]
fn message_statuses_deletions_and_reactions_are_read() {
    let status = only!("messageStatus", MessageStatus);
    assert_eq!((status.id.as_str(), status.delivery), ("42213", Delivery::Delivered));
    assert_eq!(status.chat.phone.as_deref(), Some("70000000000"));
    assert_eq!(status.from_app.unwrap().sender.as_deref(), Some("system"));
    let status = only!("messageStatus.failed", MessageStatus);
    assert_eq!((status.id.as_str(), status.delivery), ("wamid.42213", Delivery::Failed));
    assert_eq!(status.time_s, Some(1_706_175_215));
    assert_eq!(status.error.unwrap()["code"], "131047");

    assert_eq!(only!("messageDestroy", MessageDestroy).id.as_str(), "1252");
    let destroyed = only!("messageDestroy.numbers", MessageDestroy);
    assert_eq!(destroyed.id.as_str(), "1252");
    assert_eq!(destroyed.chat.id.as_str(), "5444116472189911315");

    let reaction = only!("messageReaction", MessageReaction);
    assert_eq!(reaction.action, ReactionAction::React);
    assert_eq!(reaction.reaction.as_deref(), Some("😂"));
    assert_eq!(reaction.time_s, Some(1_697_795_977));
    assert_eq!(reaction.from_user.unwrap().id.unwrap().as_str(), "79899725000");
    let reaction = only!("messageReaction.unreact", MessageReaction);
    assert_eq!(reaction.action, ReactionAction::Unreact);
    assert_eq!(reaction.time_s, Some(1_697_795_977));
    assert_eq!((reaction.reaction, reaction.from_user), (None, None));
}

#[test]
fn labels_states_windows_and_reads_of_a_chat_are_read() {
    let tag = only!("chatTag", ChatTag);
    assert_eq!((tag.membership, tag.tag.id.as_str()), (Membership::Add, "29"));
    assert_eq!(tag.tag.color.as_deref(), Some("#123df55"));
    assert_eq!(tag.chat.id.as_str(), "group-54911000655");
    let tag = only!("chatTag.destroy", ChatTag);
    assert_eq!((tag.membership, tag.tag.category), (Membership::Destroy, None));

    for golden in ["chatConversation", "chatConversation.strings"] {
        let window = only!(golden, ChatConversation).conversation;
        assert_eq!(window.id.as_str(), "ccb637d17ba3aced8051abc263bd72e4");
        assert_eq!(window.conversation_type.as_deref(), Some("BIC"));
        assert_eq!(window.end_time_s.unwrap() - window.start_time_s.unwrap(), 86_400);
    }

    assert_eq!(only!("chatStatus", ChatStatus).state, Some(ChatState::Close));
    for golden in ["chatRead", "chatRead.socket", "chatRead.number-license"] {
        assert_eq!(only!(golden, ChatRead).chat.id.as_str(), "7000000000@c.us");
        assert_eq!(notification(golden).meta.license_id.unwrap().as_str(), "1229");
    }
}

#[test]
fn people_levels_and_work_on_a_chat_are_read_set_and_cleared() {
    let event = only!("chatResponsible", ChatResponsible);
    assert_eq!(event.responsible.unwrap().id.as_str(), "685");
    assert_eq!(event.from_app.unwrap().id.unwrap().as_str(), "app_123_1");
    assert_eq!(event.edited.unwrap().id.as_str(), "685");
    assert_eq!(only!("chatResponsible.cleared", ChatResponsible).responsible, None);
    assert_eq!(only!("chatProducer", ChatProducer).producer.unwrap().id.as_str(), "685");
    assert_eq!(only!("chatProducer.cleared", ChatProducer).producer, None);
    assert_eq!(only!("chatLevel", ChatLevel).level.unwrap().id.as_str(), "555");
    assert_eq!(only!("chatLevel.cleared", ChatLevel).level, None);
    assert_eq!(only!("chatProcess", ChatProcess).process, Some(Process::InWork));
    assert_eq!(only!("chatProcess.cleared", ChatProcess).process, None);

    assert_eq!(only!("chatResponsiblePin", ChatResponsiblePin).pin, Pin::Pin);
    assert_eq!(only!("chatResponsiblePin.unpin", ChatResponsiblePin).pin, Pin::Unpin);

    let event = only!("chatAccomplice", ChatAccomplice);
    assert_eq!((event.membership, event.accomplice.id.as_str()), (Membership::Add, "685"));
    let event = only!("chatAccomplice.destroy", ChatAccomplice);
    assert_eq!((event.membership, event.accomplice.id.as_str()), (Membership::Destroy, "685"));
    let event = only!("chatAuditor", ChatAuditor);
    assert_eq!((event.membership, event.auditor.id.as_str()), (Membership::Add, "685"));
    let event = only!("chatAuditor.destroy", ChatAuditor);
    assert_eq!((event.membership, event.auditor.id.as_str()), (Membership::Destroy, "685"));
}

#[test]
fn employees_and_quick_responses_are_read() {
    let event = only!("employeeStatus", EmployeeStatus);
    assert_eq!((event.presence, event.employee.id.as_str()), (Presence::Online, "685"));
    assert_eq!(only!("employeeWorkday.start", EmployeeWorkday).workday, Workday::Start);
    assert_eq!(only!("employeeWorkday.end", EmployeeWorkday).workday, Workday::End);
    for golden in ["employeeStatus", "employeeStatus.unknown-type"] {
        assert_eq!(notification(golden).meta.company_id.unwrap().as_str(), "2226");
    }

    let event = only!("quickResponseList.create", QuickResponseList);
    assert_eq!((event.change, event.list.id.as_str()), (Change::Create, "1338"));
    assert_eq!(event.list.sort, Some(100));
    assert_eq!(event.list.access[0].user_id.as_str(), "685");
    assert_eq!(event.list.access[0].permission, Some(Permission::Write));
    assert_eq!(event.list.access[1].permission, Some(Permission::Read));
    let event = only!("quickResponseList.edit", QuickResponseList);
    assert_eq!((event.change, event.list.sort), (Change::Edit, Some(100)));
    assert_eq!(event.list.access, []);
    let event = only!("quickResponseList.destroy", QuickResponseList);
    assert_eq!((event.change, event.list.name), (Change::Destroy, None));

    let event = only!("quickResponse.create", QuickResponse);
    assert_eq!((event.change, event.list.id.as_str()), (Change::Create, "1339"));
    assert_eq!(event.response.text.as_deref(), Some("Detail text"));
    assert_eq!(event.response.keywords.as_deref(), Some("test test2 test4"));
    assert_eq!(event.response.enable_ai, Some(true));
    assert_eq!(only!("quickResponse.edit", QuickResponse).response.enable_ai, Some(false));
    assert_eq!(only!("quickResponse.destroy", QuickResponse).change, Change::Destroy);
    let gone = events("quickResponse.destroy-many", |event| match event {
        Event::QuickResponse(event) => Some(event.response.id.to_string()),
        _ => None,
    });
    assert_eq!(gone, ["1197", "1198"]);
    for golden in ["quickResponse.create", "quickResponse.edit"] {
        assert_eq!(notification(golden).meta.user_id.unwrap().as_str(), "685");
    }
}

#[test]
fn a_word_we_do_not_know_is_kept() {
    let event = only!("employeeStatus.unknown-type", EmployeeStatus);
    assert_eq!(event.presence, Presence::Other("inMeeting".into()));
    assert_eq!(event.presence.as_str(), "inMeeting");
}

#[test]
fn an_event_we_do_not_know_is_kept_whole() {
    let body = json!({"data": [{"x": 1}], "meta": {"type": "chatCall", "licenseId": 7}});
    let notification = decode("chatCall", &json!({"payload": body.clone()})).unwrap();
    let name = "chatCall".to_owned();
    assert_eq!(notification.events, [Event::Unknown { name, body }]);
    assert_eq!(notification.meta.license_id.unwrap().as_str(), "7");
}

#[test]
fn a_bad_item_is_named_by_its_path_and_costs_no_other_item() {
    let notification = notification("message.one-bad-item");
    let ids = notification.events.iter().map(|event| match event {
        Event::Message(message) => message.id.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(ids.collect::<Vec<_>>(), ["1", "4"]);
    let paths = notification.skipped.iter().map(|error| error.path.to_string());
    assert_eq!(paths.collect::<Vec<_>>(), ["data[1].chat.id", "data[2]"]);
    let kinds = notification.skipped.iter().map(|error| error.kind);
    let wrong = |found| DecodeErrorKind::WrongType { found };
    assert_eq!(kinds.collect::<Vec<_>>(), [wrong(JsonType::Null), wrong(JsonType::String)]);
}

#[test]
fn a_path_leads_through_arrays_and_loose_members() {
    let mut body = goldens()["message"].clone();
    let path = |body: &Value| {
        let notification = decode("message", body).unwrap();
        notification.skipped[0].to_string()
    };
    body["data"][0]["chat"]["tags"][0]["category"] = json!({"id": 1.5});
    assert_eq!(path(&body), "data[0].chat.tags[0].category.id: unusable value");
    body["data"][0]["chat"]["tags"] = json!([{"name": "no id"}]);
    assert_eq!(path(&body), "data[0].chat.tags[0].id: missing");
    body["data"][0]["chat"]["tags"] = Value::Null;
    body["data"][0]["time"] = json!("yesterday");
    assert_eq!(path(&body), "data[0].time: unusable value");
    body["data"][0]["time"] = Value::Null;
    body["data"][0]["fromUser"] = json!([1]);
    assert_eq!(path(&body), "data[0].fromUser: unexpected Array");
    body["data"][0]["fromUser"] = json!([]);
    assert_eq!(decode("message", &body).unwrap().skipped, []);
}

#[test]
fn a_body_that_is_no_notification_is_an_error_with_a_path() {
    let error = |body: &str| decode_text("message", body).unwrap_err().to_string();
    assert_eq!(error("{"), ".: not JSON at line 1 column 1");
    assert_eq!(error("[]"), ".: unexpected Array");
    assert_eq!(error("{}"), "data: missing");
    assert_eq!(error(r#"{"data":{}}"#), "data: unexpected Object");
    assert_eq!(error(r#"{"data":[],"meta":{"licenseId":true}}"#), "meta.licenseId: unexpected Bool");
    let empty = decode_text("message", r#"{"data":null,"meta":[]}"#).unwrap();
    assert_eq!((empty.events, empty.skipped), (vec![], vec![]));
}

#[test]
fn a_callback_is_named_by_its_meta_and_reads_like_the_socket() {
    for (golden, body) in goldens() {
        let callback = decode_webhook(&body.to_string()).unwrap();
        assert_eq!(callback, notification(&golden), "{golden}");
    }
    let nameless = decode_webhook(r#"{"data":[],"meta":{}}"#).unwrap_err();
    assert_eq!(nameless.to_string(), "meta.type: missing");
    assert!(decode_webhook("").is_err());
}

#[test]
fn a_frame_whose_data_is_text_reads_like_its_object() {
    for (golden, body) in goldens() {
        let text = Value::String(body.to_string());
        let from_text = decode(event_name(&golden), &text).unwrap();
        assert_eq!(from_text, notification(&golden), "{golden}");
    }
    assert_eq!(notification("message.socket"), notification("message"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof!["(data|meta|payload|type|id|chat|message|time|tags|licenseId)", ".{0,4}"];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// How many values a tree holds, itself included.
fn size(tree: &Value) -> usize {
    1 + match tree {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// Replaces the value that a walk meets as number `at`.
fn replace(tree: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *tree = with.clone();
    }
    *at = at.wrapping_sub(1);
    match tree {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, with)),
        Value::Object(members) => members.values_mut().for_each(|item| replace(item, at, with)),
        _ => {}
    }
}

/// A golden, one value of which was replaced by any JSON.
fn damaged_golden() -> impl Strategy<Value = (String, Value)> {
    let goldens: Vec<_> = goldens().into_iter().collect();
    (prop::sample::select(goldens), any::<prop::sample::Index>(), any_json()).prop_map(
        |((golden, mut body), at, with)| {
            let mut at = at.index(size(&body));
            replace(&mut body, &mut at, &with);
            (event_name(&golden).to_owned(), body)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_gets_an_answer(body in any_json(), (name, _) in damaged_golden()) {
        let _ = decode(&name, &body);
        let _ = decode(&name, &json!({"data": [body.clone(), body.clone()], "meta": {}}));
        let _ = decode_webhook(&body.to_string());
    }

    #[test]
    fn any_text_gets_an_answer(text in ".{0,64}") {
        let _ = decode_text("message", &text);
        let _ = decode_webhook(&text);
    }

    #[test]
    fn every_item_of_a_damaged_body_is_either_read_or_reported((name, body) in damaged_golden()) {
        let inner = body.get("payload").filter(|payload| payload.is_object()).unwrap_or(&body);
        if let (Ok(read), Some(items)) = (decode(&name, &body), inner.get("data").and_then(Value::as_array)) {
            prop_assert_eq!(read.events.len() + read.skipped.len(), items.len());
            for error in &read.skipped {
                prop_assert!(error.path.to_string().starts_with("data["));
            }
        }
    }

    #[test]
    fn wrapped_is_bare((name, body) in damaged_golden()) {
        prop_assume!(body.is_object() && body.get("payload").is_none());
        let wrapped = decode(&name, &json!({"payload": body.clone()}));
        prop_assert_eq!(wrapped, decode(&name, &body));
    }
}
