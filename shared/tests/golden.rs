//! The golden files of the wire: every frame, event and action has one, and both ends read and write it alike.
//!
//! A file is `<kind>.<name>[.<variant>].json`; the variant `spec` is an example of spec/websocket-events.txt as its page
//! has it, made valid JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use shared::action::{self, Action};
use shared::event::Event;
use shared::frame::{self, Ack, Frame, PING, PONG, PROBE, Refusal};
use shared::problem::Code;
use shared::reply::Reply;
use shared::token::Role;

/// The spec's six with the members of their `data`, word for word.
const SPEC: [(&str, &[&str]); 6] = [
    ("new_chat", &["user_id", "user_name", "username", "source", "first_message"]),
    ("new_message", &["message_id", "user_id", "user_name", "text", "file_path", "source"]),
    ("user_typing", &["user_id", "user_name"]),
    ("message_read", &["user_id", "last_read_message_id"]),
    ("user_online", &["user_id"]),
    ("user_offline", &["user_id"]),
];

/// Members of ours that the spec does not have. A strict reader can ignore them.
const EXTRAS: [(&str, &str); 3] =
    [("new_chat", "message_id"), ("new_message", "client_id"), ("new_message", "attachment")];

fn goldens(kind: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let goldens = files.filter_map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().strip_prefix(kind)?.strip_prefix('.')?.to_owned();
        Some((name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()))
    });
    goldens.collect()
}

fn name_of(golden: &str) -> &str {
    golden.split('.').next().unwrap()
}

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// An event's frame, decoded; the test fails if it is anything else.
fn event_of(name: &str, golden: &Value) -> (Option<i64>, shared::time::Timestamp, Event) {
    match Frame::from_node(golden) {
        Some(Frame::Event { offset, timestamp, event: Some(event) }) => (offset, timestamp, event),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_event_action_and_frame_has_a_golden_file() {
    let named = |kind: &str| goldens(kind).keys().map(|name| name_of(name).to_owned()).collect::<BTreeSet<_>>();
    let expected = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(named("event"), expected(Event::NAMES));
    let mut actions = expected(Action::NAMES);
    actions.insert("ping".into());
    assert_eq!(named("action"), actions);
    assert_eq!(named("frame"), expected(&["welcome", "resync", "ack", "error", "pong", "probe"]));
    let acks = goldens("frame.ack").keys().map(|name| name_of(name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(acks, expected(Action::NAMES));
    for (name, _) in SPEC {
        assert!(goldens("event").contains_key(&format!("{name}.spec")), "{name}");
    }
}

#[test]
fn an_event_reads_and_is_written_the_same() {
    for (name, golden) in goldens("event") {
        let (offset, timestamp, event) = event_of(&name, &golden);
        assert_eq!(event.name(), name_of(&name));
        let written: Value = serde_json::from_str(&event.render(timestamp, offset).unwrap()).unwrap();
        assert_eq!(written, golden, "{name}");
    }
}

#[test]
fn the_specs_six_have_the_specs_members_and_types() {
    for (name, spec_members) in SPEC {
        let example = &goldens("event")[&format!("{name}.spec")];
        assert_eq!(members(example), ["event", "data", "timestamp"].into());
        assert_eq!(members(&example["data"]), spec_members.iter().copied().collect(), "{name}");
        for (golden_name, golden) in goldens("event").iter().filter(|(golden, _)| name_of(golden) == name) {
            let (_, _, event) = event_of(golden_name, golden);
            let written: Value =
                serde_json::from_str(&event.render(shared::time::Timestamp(0), Some(1)).unwrap()).unwrap();
            assert_eq!(members(&written), ["event", "data", "timestamp", "offset"].into());
            assert_eq!(written["timestamp"], "1970-01-01T00:00:00Z");
            let ours: BTreeSet<&str> =
                members(&written["data"]).into_iter().filter(|member| !EXTRAS.contains(&(name, member))).collect();
            assert_eq!(ours, spec_members.iter().copied().collect(), "{golden_name}");
            for member in spec_members.iter() {
                let (theirs, ours) = (&example["data"][member], &golden["data"][member]);
                match *member {
                    "username" | "file_path" => assert!(ours.is_null() || ours.is_string(), "{golden_name} {member}"),
                    _ if theirs.is_number() => assert!(ours.is_i64(), "{golden_name} {member}"),
                    _ => assert!(theirs.is_string() && ours.is_string(), "{golden_name} {member}"),
                }
            }
        }
    }
}

#[test]
fn an_offset_marks_the_events_that_are_in_the_log() {
    for (name, golden) in goldens("event").iter().filter(|(name, _)| !name.ends_with(".spec")) {
        let (offset, _, event) = event_of(name, golden);
        assert_eq!(offset.is_some(), event.is_logged(), "{name}");
    }
}

#[test]
fn an_action_decodes_and_encodes_to_the_same() {
    for (name, golden) in goldens("action").iter().filter(|(name, _)| *name != "ping") {
        let request = action::decode(&golden.to_string());
        let action = request.action.unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        assert_eq!(action.name(), name_of(name));
        let written: Value = serde_json::from_str(&action.encode(request.id.as_deref())).unwrap();
        assert_eq!(&written, golden, "{name}");
    }
}

#[test]
fn ping_and_pong_are_the_runtimes_byte_for_byte() {
    assert_eq!(goldens("action")["ping"].to_string(), PING);
    assert_eq!(goldens("frame")["pong"].to_string(), PONG);
    assert_eq!(Frame::from_node(&goldens("frame")["pong"]), Some(Frame::Pong));
    assert_eq!(goldens("frame")["probe"].to_string(), PROBE);
    assert_eq!(Frame::from_node(&goldens("frame")["probe"]), Some(Frame::Probe));
    assert_eq!(action::decode(PING).action.unwrap_err().code, Code::UnknownAction);
}

#[test]
fn a_frame_about_the_connection_reads_and_is_written_the_same() {
    for (name, golden) in goldens("frame").iter().filter(|(name, _)| matches!(name_of(name), "welcome" | "resync")) {
        let timestamp = shared::time::Timestamp::parse(golden["timestamp"].as_str().unwrap()).unwrap();
        let written = match Frame::from_node(golden) {
            Some(Frame::Welcome(welcome)) => {
                assert_eq!(welcome.user_id.is_some(), welcome.role == Role::Visitor);
                frame::render("welcome", &welcome, timestamp, None)
            }
            Some(Frame::Resync(resync)) => frame::render("resync", &resync, timestamp, None),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(&serde_json::from_str::<Value>(&written.unwrap()).unwrap(), golden, "{name}");
    }
}

#[test]
fn an_acks_result_reads_and_is_written_the_same() {
    for (name, golden) in goldens("frame.ack") {
        let Some(Frame::Ack(Ack { id, reply })) = Frame::from_node(&golden) else { panic!("{name}") };
        assert_eq!(golden["data"]["id"], id);
        assert_eq!(golden["data"]["action"], name_of(&name));
        let written = match reply {
            Reply::Sent(sent) => serde_json::to_value(sent).unwrap(),
            Reply::History(page) => serde_json::to_value(page).unwrap(),
            Reply::Chats(page) => serde_json::to_value(page).unwrap(),
            Reply::Presence(presence) => serde_json::to_value(presence).unwrap(),
            Reply::FileLink(link) => serde_json::to_value(link).unwrap(),
            Reply::Done => Value::Null,
        };
        assert_eq!(written, golden["data"].get("result").cloned().unwrap_or_default(), "{name}");
        let expects_result = matches!(name_of(&name), "send_message" | "history" | "chats" | "presence" | "file_link");
        assert_eq!(written.is_object(), expects_result, "{name}");
    }
}

#[test]
fn an_error_keeps_its_id_code_and_patience() {
    let read = |name: &str| match Frame::from_node(&goldens("frame")[name]) {
        Some(Frame::Refused(refusal)) => refusal,
        other => panic!("{name}: {other:?}"),
    };
    let refusal = |id: Option<&str>, code, detail: &str, retry_after_ms| Refusal {
        id: id.map(Into::into),
        code: Some(code),
        detail: detail.into(),
        retry_after_ms,
    };
    assert_eq!(
        read("error.action"),
        refusal(Some("17"), Code::EmptyText, "a message needs a text that is not blank", None)
    );
    assert_eq!(
        read("error.connection"),
        refusal(None, Code::OriginNotAllowed, "this page's origin is not on the organization's list", None)
    );
    assert_eq!(read("error.later"), refusal(Some("18"), Code::RateLimited, "too much, too fast", Some(2000)));
}

#[test]
fn a_result_of_a_newer_relay_answers_all_the_same() {
    for name in ["send_message", "history", "chats", "presence", "file_link"] {
        let mut golden = goldens("frame.ack")[name].clone();
        golden["data"]["result"] = json!({"shape": "of tomorrow"});
        let id = golden["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(Frame::from_node(&golden), Some(Frame::Ack(Ack { id, reply: Reply::Done })), "{name}");
    }
}

/// One value of each JSON type, and numbers that are no ids.
fn wrong_values() -> [Value; 9] {
    [
        Value::Null,
        json!(true),
        json!(0),
        json!(1.5),
        json!(9_007_199_254_740_992_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!("слово"),
        json!([]),
        json!({}),
    ]
}

fn same_type(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn is_id(value: &Value) -> bool {
    value.as_i64().is_some_and(|number| number.abs() <= shared::id::SAFE_INTEGER_MAX)
}

/// Every golden event with one member of its data removed or retyped, and the member's name.
fn broken_events() -> Vec<(String, String, Value)> {
    let mut broken = Vec::new();
    for (name, golden) in goldens("event") {
        for member in members(&golden["data"]) {
            let mut removed = golden.clone();
            removed["data"].as_object_mut().unwrap().remove(member);
            broken.push((name.clone(), member.to_owned(), removed));
            for wrong in wrong_values() {
                let right = &golden["data"][member];
                if !same_type(right, &wrong) || (right.is_number() && !is_id(&wrong)) {
                    let mut retyped = golden.clone();
                    retyped["data"][member] = wrong;
                    broken.push((name.clone(), member.to_owned(), retyped));
                }
            }
        }
    }
    broken
}

#[test]
fn an_event_with_a_missing_or_retyped_member_is_unknown_but_keeps_its_place() {
    for (name, member, broken) in broken_events() {
        let golden = &goldens("event")[&name];
        let Some(Frame::Event { offset, timestamp: _, event }) = Frame::from_node(&broken) else {
            panic!("{name} without {member}")
        };
        assert_eq!(offset, golden.get("offset").and_then(Value::as_i64));
        let Some(event) = event else { continue };
        // Only what may be absent was taken away, or a place for it was filled: nothing else is different.
        let nullable = broken["data"].get(&member).is_none_or(Value::is_null) || golden["data"][&member].is_null();
        assert!(nullable, "{name} with {member} = {:?}", broken["data"].get(&member));
        let written = serde_json::to_value(&event).unwrap();
        let rest = |value: &Value| {
            let mut rest: Map<String, Value> = value.as_object().unwrap().clone();
            rest.remove(&member);
            rest
        };
        assert_eq!(rest(&written), rest(&golden["data"]), "{name} without {member}");
        let kept = broken["data"].get(&member).cloned().unwrap_or_default();
        assert_eq!(written.get(&member).cloned().unwrap_or_default(), kept, "{name} {member}");
    }
}

#[test]
fn a_frame_without_its_envelope_is_none() {
    for (name, golden) in goldens("event").into_iter().chain(goldens("frame")) {
        for member in members(&golden).into_iter().filter(|member| matches!(*member, "event" | "data")) {
            let mut broken = golden.clone();
            broken.as_object_mut().unwrap().remove(member);
            assert_eq!(Frame::from_node(&broken), None, "{name} without {member}");
        }
    }
}

#[test]
fn a_word_that_is_not_known_makes_an_event_unknown() {
    let mut golden = goldens("event")["message_status"].clone();
    golden["data"]["status"] = json!("teleported");
    assert!(matches!(Frame::from_node(&golden), Some(Frame::Event { event: None, offset: Some(48), .. })));
    golden["event"] = json!("message_teleported");
    assert!(matches!(Frame::from_node(&golden), Some(Frame::Event { event: None, offset: Some(48), .. })));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2026-01-10T15:30:00Z")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any_member(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A member's name: often one that means something.
fn any_member() -> impl Strategy<Value = String> {
    let known =
        ["event", "data", "offset", "timestamp", "id", "action", "result", "code", "user_id", "message_id", "filter"];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), "\\PC{0,8}"]
}

proptest! {
    #[test]
    fn any_json_is_read_without_a_panic(value in any_json()) {
        let _ = Frame::from_node(&value);
        let _ = action::decode(&value.to_string());
    }

    #[test]
    fn any_data_under_a_known_name_is_read_without_a_panic(
        name in proptest::sample::select(Event::NAMES.iter().chain(&["welcome", "resync", "ack", "error"]).copied().collect::<Vec<_>>()),
        data in any_json(),
    ) {
        let _ = Frame::from_node(&json!({"event": name, "data": data, "timestamp": "2026-01-10T15:30:00Z"}));
    }

    #[test]
    fn any_members_under_a_known_action_get_an_answer(
        name in proptest::sample::select(Action::NAMES.to_vec()),
        members in proptest::collection::btree_map(any_member(), any_json(), 0..4),
    ) {
        let mut frame: Map<String, Value> = members.into_iter().collect();
        frame.insert("action".into(), json!(name));
        let request = action::decode(&Value::Object(frame).to_string());
        if let Err(problem) = request.action {
            prop_assert!(matches!(problem.code, Code::Malformed), "{problem:?}");
        }
    }
}
