use serde_json::{Value, json};
use shared::client::Identity;
use shared::frame::Frame;

use super::*;

const VISITOR: UserId = -7;
/// A client's first line.
const LINE: shared::client::LineId = 1;
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A visitor's client with this history.
fn client(messages: Value, operator_read: MessageId) -> Client {
    let mut client = Client::new(Identity::Visitor(VISITOR), 1);
    client.connect(NOW);
    client.handle_open(NOW, LINE);
    let limits = json!({"text_chars_max": 4000, "frame_bytes_max": 32768, "liveness_timeout_ms": 10000});
    let welcome = json!({
        "role": "visitor", "user_id": VISITOR, "epoch": "e", "offset": 1, "resumed": false, "protocol": 1,
        "limits": limits,
    });
    hear(&mut client, "welcome", welcome);
    let page = json!({
        "user_id": VISITOR, "messages": messages, "has_more": false, "user_read": 0, "operator_read": operator_read,
        "user_delivered": 0, "operator_delivered": 0,
        "unread": 0,
    });
    hear(&mut client, "ack", json!({"id": "1", "action": "history", "result": page}));
    assert!(!client.is_loading());
    client
}

fn hear(client: &mut Client, event: &str, data: Value) {
    let frame = json!({"event": event, "data": data, "timestamp": NOW.to_rfc3339()});
    client.handle_frame(NOW, LINE, 0, Some(Frame::from_node(&frame).expect("a frame")));
}

fn message(message_id: MessageId, author: Option<&str>, client_id: Option<&str>, days_ago: i64) -> Value {
    let side = if author.is_some() { "operator" } else { "user" };
    json!({
        "message_id": message_id, "user_id": VISITOR, "side": side, "text": message_id.to_string(), "author": author,
        "client_id": client_id, "timestamp": NOW.plus_ms(-days_ago * DAY_MS).to_rfc3339(),
    })
}

/// The wall clock in Greenwich.
fn local(at: Timestamp) -> LocalTime {
    let text = at.to_rfc3339();
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().expect("digits");
    let day = Day { year: number(0, 4), month: number(5, 7) - 1, day: number(8, 10) };
    LocalTime { day, hour: number(11, 13), minute: number(14, 16) }
}

fn shown(client: &Client) -> Vec<Line> {
    lines(client, VISITOR, None, NOW, local)
}

fn tick_of(line: &Line) -> Tick {
    match line.kind {
        Kind::Mine { tick, .. } => tick,
        _ => panic!("not the visitor's own: {line:?}"),
    }
}

#[test]
fn a_message_keeps_its_line_from_the_first_echo_until_it_is_read() {
    let mut client = client(json!([]), 0);
    client.send(NOW, VISITOR, "Здравствуйте", "c1".into()).expect("taken");
    let echo = shown(&client);
    assert_eq!(echo.iter().map(tick_of_own).collect::<Vec<_>>(), [None, Some(Tick::Sending)]);

    let sent = json!({"message": message(5, None, Some("c1"), 0)});
    hear(&mut client, "ack", json!({"id": "2", "action": "send_message", "result": sent}));
    let kept = shown(&client);
    assert_eq!(kept.iter().map(tick_of_own).collect::<Vec<_>>(), [None, Some(Tick::Sent)]);

    hear(&mut client, "operator_delivered", json!({"user_id": VISITOR, "last_delivered_message_id": 5}));
    assert_eq!(shown(&client).iter().map(tick_of_own).collect::<Vec<_>>(), [None, Some(Tick::Delivered)]);

    hear(&mut client, "operator_read", json!({"user_id": VISITOR, "last_read_message_id": 5, "unread": 0}));
    let read = shown(&client);
    assert_eq!(read.iter().map(tick_of_own).collect::<Vec<_>>(), [None, Some(Tick::Read)]);

    let keys = |lines: &[Line]| lines.iter().map(|line| line.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&echo), keys(&kept));
    assert_eq!(keys(&kept), keys(&read));
}

fn tick_of_own(line: &Line) -> Option<Tick> {
    matches!(line.kind, Kind::Mine { .. }).then(|| tick_of(line))
}

#[test]
fn a_refused_message_stays_with_its_reason() {
    let mut client = client(json!([]), 0);
    client.send(NOW, VISITOR, "Здравствуйте", "c1".into()).expect("taken");
    hear(&mut client, "error", json!({"id": "2", "code": "forbidden", "detail": "no"}));
    assert_eq!(shown(&client).last().map(tick_of), Some(Tick::Failed(Code::Forbidden)));
    client.retry(NOW, "c1");
    assert_eq!(shown(&client).last().map(tick_of), Some(Tick::Sending));
}

#[test]
fn an_author_is_named_above_the_first_of_a_row() {
    let messages = json!([
        message(1, Some("Анна"), None, 0),
        message(2, Some("Анна"), None, 0),
        message(3, Some("Пётр"), None, 0),
        message(4, None, Some("c1"), 0),
        message(5, Some("Пётр"), None, 0),
    ]);
    let authors: Vec<_> = shown(&client(messages, 0))
        .into_iter()
        .filter_map(|line| if let Kind::Theirs { author, .. } = line.kind { Some(author) } else { None })
        .collect();
    assert_eq!(authors, [Some("Анна".to_owned()), None, Some("Пётр".to_owned()), Some("Пётр".to_owned())]);
}

#[test]
fn each_day_begins_with_its_name_and_names_its_author_again() {
    let days = [400, 3, 1, 0];
    let messages: Vec<_> = (1..).zip(days).map(|(id, days_ago)| message(id, Some("Анна"), None, days_ago)).collect();
    let lines = shown(&client(json!(messages), 0));
    let names: Vec<_> =
        lines.iter().filter_map(|line| if let Kind::Day(name) = line.kind { Some(name) } else { None }).collect();
    let date = |days_ago: i64, is_other_year| DayName::Date { at: NOW.plus_ms(-days_ago * DAY_MS), is_other_year };
    assert_eq!(names, [date(400, true), date(3, false), DayName::Yesterday, DayName::Today]);
    assert!(lines.iter().all(|line| !matches!(line.kind, Kind::Theirs { author: None, .. })));
}

#[test]
fn who_is_writing_stands_last() {
    let mut client = client(json!([message(1, None, Some("c1"), 0)]), 1);
    hear(&mut client, "operator_typing", json!({"user_id": VISITOR, "operator_name": "Анна"}));
    assert_eq!(shown(&client).pop().map(|line| line.kind), Some(Kind::Typing("Анна".into())));
}

#[test]
fn the_counter_appears_near_the_limit_and_counts_characters() {
    let draft = |count: usize| Draft { text: "ы".repeat(count), ..Draft::default() };
    assert_eq!(draft(TEXT_CHARS_MAX - COUNTER_FROM_CHARS).counter(), Counter::Silent);
    assert_eq!(draft(TEXT_CHARS_MAX - 1).counter(), Counter::Left(1));
    assert!(draft(TEXT_CHARS_MAX).can_send());
    assert_eq!(draft(TEXT_CHARS_MAX + 2).counter(), Counter::Over(2));
    assert!(!draft(TEXT_CHARS_MAX + 2).can_send());
    assert!(!Draft { text: " \n".into(), ..Draft::default() }.can_send());
}

#[test]
fn what_the_visitor_has_not_seen_has_a_heading_once_and_names_its_author_again() {
    let messages = json!([
        message(1, Some("Анна"), None, 0),
        message(2, None, Some("c1"), 0),
        message(3, Some("Анна"), None, 0),
        message(4, Some("Анна"), None, 0),
    ]);
    let client = client(messages, 2);
    let kinds = |seen: Option<MessageId>| -> Vec<String> {
        let name = |line: Line| match line.kind {
            Kind::Day(_) => "day".to_owned(),
            Kind::New => "new".into(),
            Kind::Mine { .. } => "mine".into(),
            Kind::Theirs { author, .. } => ["theirs", if author.is_some() { " named" } else { "" }].concat(),
            other => panic!("{other:?}"),
        };
        lines(&client, VISITOR, seen, NOW, local).into_iter().map(name).collect()
    };
    assert_eq!(kinds(Some(1)), ["day", "theirs named", "mine", "new", "theirs named", "theirs"]);
    assert_eq!(kinds(Some(3)), ["day", "theirs named", "mine", "theirs named", "new", "theirs named"]);
    assert_eq!(kinds(Some(4)), kinds(None));
}
