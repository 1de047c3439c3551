//! What the hub really says has the form of the golden files, and every golden file is something that the hub says.

use crate::bench;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bench::ozon::{CHAT, FIRST_ID, Market, answered, message_read, update_message};
use bench::people::{operator, visitor};
use bench::{Bench, SHOP};
use relay_core::files::Judged;
use relay_core::files::place::Place;
use relay_core::hub::{Command, ConnId, Rating, Request};
use serde_json::{Value, json};
use shared::action::Action;
use shared::event::Event;
use shared::file::FileType;
use shared::id::Position;
use shared::limits::PRESENCE_GRACE_MS;
use shared::time::Timestamp;

fn goldens() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
        })
        .collect()
}

/// What a frame is, with acks apart by their action.
fn name_of(frame: &Value) -> String {
    let event = frame["event"].as_str().unwrap();
    if event == "ack" { format!("ack {}", frame["data"]["action"].as_str().unwrap()) } else { event.to_owned() }
}

/// Members that are left out where there is nothing to say.
const OPTIONAL: [&str; 14] = [
    "client_id",
    "id",
    "retry_after_ms",
    "message_id",
    "attachment",
    "content",
    "cards",
    "replies",
    "rating",
    "url",
    "width",
    "height",
    "edited_at",
    "order",
];

/// Whether two values have the same members and types. Null is no type: a member that may be null is there all the same.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => true,
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().all(|name| match (a.get(name), b.get(name)) {
                (Some(a), Some(b)) => alike(a, b),
                _ => OPTIONAL.contains(&name.as_str()),
            })
        }
        (Value::Array(a), Value::Array(b)) => a.iter().all(|a| b.iter().all(|b| alike(a, b))),
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// A visitor's picture, in the bucket.
fn upload(bench: &mut Bench) -> String {
    let entropy = bench.entropy();
    let begin = Request::BeginFile {
        claims: visitor(-7),
        origin: Some(SHOP.into()),
        user_id: None,
        judged: Judged { file_type: FileType::Png, name: "a.png".into(), dimensions: Some((2, 1)) },
        size: 9,
        place: Place::Bucket,
        entropy,
    };
    let file_id = bench.request(begin).unwrap()["file_id"].as_str().unwrap().to_owned();
    bench.request(Request::FinishFile { file_id: file_id.clone() }).unwrap();
    file_id
}

/// Everything that is said on a walk past every event, action and refusal.
fn everything_said() -> Vec<Value> {
    let mut said = Vec::new();
    let mut market = Market::new();
    let page = market.bench.connect(&visitor(-7));
    let desk = market.bench.connect(&operator("Анна"));
    let text = json!({"consent": {"version": "1", "text": "Согласен"}});
    let change = serde_json::from_value(text).unwrap();
    market.bench.administer(Command::ChangeOrganization { change }).unwrap();
    let file_id = upload(&mut market.bench);
    let walk: [(ConnId, Value); 20] = [
        (page, json!({"action": "history", "id": "1"})),
        (page, json!({"action": "send_message", "text": "Привет!", "client_id": "c-1", "id": "2"})),
        (page, json!({"action": "typing", "id": "3"})),
        (desk, json!({"action": "send_message", "user_id": -7, "text": "Слушаю", "client_id": "c-1", "id": "4"})),
        (desk, json!({"action": "typing", "user_id": -7, "id": "5"})),
        (desk, json!({"action": "message_delivered", "user_id": -7, "last_delivered_message_id": 2, "id": "14"})),
        (page, json!({"action": "message_delivered", "last_delivered_message_id": 3, "id": "15"})),
        (desk, json!({"action": "message_read", "user_id": -7, "last_read_message_id": 2, "id": "6"})),
        (page, json!({"action": "message_read", "last_read_message_id": 3, "id": "7"})),
        (page, json!({"action": "history", "id": "8"})),
        (desk, json!({"action": "chats", "limit": 1, "id": "9"})),
        (desk, json!({"action": "subscribe", "filter": {"user_id": -7}, "id": "10"})),
        (desk, json!({"action": "unsubscribe", "filter": {"user_id": -7}, "id": "11"})),
        (desk, json!({"action": "resume", "epoch": "another", "offset": 0, "id": "12"})),
        (page, json!({"action": "consent", "version": "1", "given": true, "id": "16"})),
        (desk, json!({"action": "presence", "id": "17"})),
        (page, json!({"action": "send_message", "text": "", "file_id": file_id, "id": "18"})),
        (desk, json!({"action": "file_link", "file_id": file_id, "id": "19"})),
        (desk, json!({"action": "close_chat", "user_id": -7, "id": "20"})),
        (page, json!({"action": "dance"})),
    ];
    for (conn, action) in walk {
        market.bench.frame(conn, &action.to_string());
        said.extend(market.bench.take(page).into_iter().chain(market.bench.take(desk)));
    }
    let carrying = json!({
        "cards": [{"title": "т", "text": "т", "image": SHOP, "url": SHOP, "price": "1", "buttons": [{"text": "т", "url": SHOP}]}],
        "replies": ["Да"], "rating": true,
    });
    let carrying =
        json!({"action": "send_message", "user_id": -7, "text": "Вот", "client_id": "c-2", "content": carrying});
    let message_id = market.bench.ask(desk, carrying).unwrap()["message"]["message_id"].as_i64().unwrap();
    let rating = Rating { message_id, score: 5, comment: Some("Спасибо".into()) };
    market.bench.request(Request::Rate { claims: visitor(-7), origin: Some(SHOP.into()), rating }).unwrap();
    said.extend(market.bench.take(page).into_iter().chain(market.bench.take(desk)));
    let epoch =
        said.iter().find(|frame| frame["event"] == "welcome").unwrap()["data"]["epoch"].as_str().unwrap().to_owned();
    let resumed = market.bench.resume(&visitor(-7), &Position { epoch, offset: 1 });
    let refused = market.bench.connect_at(&visitor(-7), None, None);
    let [failed, read] = [market.writes("раз"), market.writes("два")];
    let call = market.attempt(failed, 1);
    market.bench.answer(call.job, answered(403, "{}"));
    market.settle();
    let up_to = message_read(CHAT, market.ozon.last_id(CHAT));
    market.bench.push(&market.secret.clone(), &up_to).unwrap();
    assert_eq!(market.status(read), "read");
    let edit = update_message(CHAT, FIRST_ID + 1, "Есть на складе?", "2026-01-10T15:31:00Z");
    market.bench.push(&market.secret.clone(), &edit).unwrap();
    market.shows_an_order();
    market.bench.hang_up(page);
    for conn in [resumed, refused, market.operator] {
        said.extend(market.bench.take(conn));
    }
    market.bench.hang_up(resumed);
    market.bench.advance(PRESENCE_GRACE_MS);
    market.bench.frame(desk, r#"{"action":"chats","id":"13"}"#);
    market.bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
    market.bench.begins_a_bulk_send();
    said.extend(market.bench.take(desk));
    said
}

#[test]
fn each_frame_of_the_hub_has_the_form_of_its_golden_file() {
    let goldens = goldens();
    for frame in everything_said() {
        let name = name_of(&frame);
        let own: Vec<&Value> = goldens
            .iter()
            .filter(|(file, golden)| {
                !file.starts_with("action.") && !file.ends_with(".spec") && name_of(golden) == name
            })
            .map(|(_, golden)| golden)
            .collect();
        assert!(!own.is_empty(), "{name} has no golden file");
        for golden in own {
            assert!(alike(&frame, golden), "{frame}\nis not of the form of\n{golden}");
        }
    }
}

#[test]
fn every_event_and_answer_is_said_on_the_walk() {
    let said: BTreeSet<String> = everything_said().iter().map(name_of).collect();
    let mut expected: BTreeSet<String> = Event::NAMES.iter().map(|name| (*name).to_owned()).collect();
    expected.extend(Action::NAMES.iter().map(|name| format!("ack {name}")));
    expected.extend(["welcome", "resync", "error"].map(str::to_owned));
    assert_eq!(said, expected);
}

#[test]
fn every_frame_has_a_timestamp_in_whole_seconds_and_only_logged_events_an_offset() {
    for frame in everything_said() {
        let timestamp = frame["timestamp"].as_str().unwrap();
        assert_eq!(timestamp.len(), "2026-01-10T15:30:00Z".len(), "{timestamp}");
        assert!(Timestamp::parse(timestamp).is_some());
        let event = Event::from_node(frame["event"].as_str().unwrap(), &frame["data"]);
        assert_eq!(frame.get("offset").is_some(), event.is_some_and(|event| event.is_logged()), "{frame}");
    }
}

#[test]
fn a_strict_reader_of_the_spec_finds_its_six_events_complete() {
    let goldens = goldens();
    for (file, example) in goldens.iter().filter(|(file, _)| file.starts_with("event.") && file.ends_with(".spec")) {
        let said = everything_said();
        let own: Vec<&Value> = said.iter().filter(|frame| frame["event"] == example["event"]).collect();
        assert!(!own.is_empty(), "{file}");
        for frame in own {
            for (member, value) in example["data"].as_object().unwrap() {
                let ours = frame["data"].get(member).unwrap_or_else(|| panic!("{frame} lacks {member}"));
                let nullable = matches!(member.as_str(), "username" | "file_path");
                assert!(alike(ours, value) && (nullable || !ours.is_null()), "{frame} {member}");
            }
        }
    }
}
