//! The exact form of the six events of spec/websocket-events.txt: its own examples, and a comparison with them.

use serde_json::{Value, json};

/// The examples, as they stand there.
fn example(event: &str) -> Value {
    match event {
        "new_chat" => json!({
            "user_id": 123_456_789, "user_name": "Иван Петров", "username": "ivan_petrov", "source": "telegram",
            "first_message": "Привет!",
        }),
        "new_message" => json!({
            "message_id": 123, "user_id": 123_456_789, "user_name": "Иван Петров", "text": "Когда будет доставка?",
            "file_path": null, "source": "telegram",
        }),
        "user_typing" => json!({"user_id": 123_456_789, "user_name": "Иван Петров"}),
        "message_read" => json!({"user_id": -1_234_567_890, "last_read_message_id": 125}),
        "user_online" | "user_offline" => json!({"user_id": 123_456_789}),
        other => panic!("the spec has no event {other}"),
    }
}

/// Members that are ours: a strict reader of the spec can pass them over.
fn ours(event: &str) -> &'static [&'static str] {
    match event {
        "new_chat" => &["message_id"],
        "new_message" => &["client_id"],
        _ => &[],
    }
}

/// Members that may be null in the spec, in either direction.
const NULLABLE: [&str; 2] = ["username", "file_path"];

/// Fails unless a frame has the spec's form: every member of its example with the same type, and none but ours beside.
#[track_caller]
pub fn assert_form(frame: &Value) {
    let name = frame["event"].as_str().expect("an event's name");
    let is_logged = !matches!(name, "user_typing" | "user_online" | "user_offline");
    let mut members: Vec<&str> = frame.as_object().expect("an object").keys().map(String::as_str).collect();
    members.retain(|member| !(is_logged && *member == "offset" && frame["offset"].is_i64()));
    members.sort_unstable();
    assert_eq!(members, ["data", "event", "timestamp"], "{frame}");
    assert!(is_spec_time(frame["timestamp"].as_str().unwrap_or_default()), "{frame}");

    let (data, example) = (frame["data"].as_object().expect("data"), example(name));
    let example = example.as_object().expect("an object");
    for (member, shown) in example {
        let got = data.get(member).unwrap_or_else(|| panic!("{member} is missing: {frame}"));
        let is_null = NULLABLE.contains(&member.as_str()) && (got.is_null() || got.is_string());
        assert!(is_null || kind(got) == kind(shown), "{member} has another type: {frame}");
    }
    for member in data.keys() {
        assert!(example.contains_key(member) || ours(name).contains(&member.as_str()), "{member} is new: {frame}");
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        // The ids of the spec are whole numbers that JavaScript holds exactly.
        Value::Number(number) if number.as_i64().is_some_and(|id| id.abs() <= shared::id::SAFE_INTEGER_MAX) => "id",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// `2026-01-10T15:30:00Z`, and no other spelling of a time.
pub fn is_spec_time(text: &str) -> bool {
    let pattern = "dddd-dd-ddTdd:dd:ddZ";
    text.len() == pattern.len()
        && text.chars().zip(pattern.chars()).all(|(c, p)| if p == 'd' { c.is_ascii_digit() } else { c == p })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specs_times_are_told_from_others() {
        assert!(is_spec_time("2026-01-10T15:30:00Z"));
        for text in ["2026-01-10T15:30:00.5Z", "2026-01-10 15:30:00Z", "2026-01-10T15:30:00+00:00", ""] {
            assert!(!is_spec_time(text), "{text}");
        }
    }
}
