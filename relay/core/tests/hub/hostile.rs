//! A hub under hostile frames: whatever a socket sends is answered or let pass, everybody else is served on, and what is
//! kept stays whole. (The bench looks after every turn at what must always hold.)

#![allow(clippy::unwrap_used)]

use crate::bench;

use bench::{Bench, people};
use serde_json::{Value, json};
use shared::backoff::Dice;

/// Frames in an ordinary run.
const FRAMES: usize = 4_000;

/// Numbers and texts at the edges of what a decoder takes.
fn odd(dice: &mut Dice) -> Value {
    match dice.below(14) {
        0 => Value::Null,
        1 => json!(0),
        2 => json!(-1),
        3 => json!(9_007_199_254_740_991_i64),
        4 => json!(-9_007_199_254_740_992_i64),
        5 => json!(i64::MAX),
        6 => json!(i64::MIN),
        7 => json!(u64::MAX),
        8 => json!(1.5),
        9 => json!(""),
        10 => json!("\u{0}\u{202e}😀"),
        11 => json!("я".repeat(usize::try_from(dice.below(5_000)).unwrap())),
        12 => json!([[[]]]),
        _ => json!({"user_id": {}}),
    }
}

#[test]
fn whatever_a_socket_sends_is_answered_and_harms_nobody() {
    let mut bench = Bench::new();
    let visitor = bench.connect(&people::visitor(-7));
    let operator = bench.connect(&people::operator("Анна"));
    bench.visitor_writes(visitor, "Здравствуйте");
    let mut dice = Dice::new(7);
    let actions = shared::action::Action::NAMES;
    let members = [
        "user_id",
        "text",
        "client_id",
        "before",
        "after",
        "limit",
        "epoch",
        "offset",
        "filter",
        "last_read_message_id",
        "last_delivered_message_id",
    ];
    let mut granted = 0;
    for _ in 0..FRAMES {
        let conn = if dice.below(2) == 0 { visitor } else { operator };
        let action = actions[usize::try_from(dice.below(actions.len() as u64)).unwrap()];
        let mut frame = json!({"action": action, "user_id": -7, "text": "Да", "last_read_message_id": 1,
            "last_delivered_message_id": 1, "epoch": "e", "offset": 0});
        for _ in 0..dice.below(3) {
            let member = members[usize::try_from(dice.below(members.len() as u64)).unwrap()];
            frame[member] = odd(&mut dice);
        }
        granted += usize::from(bench.ask(conn, frame).is_ok());
    }
    assert!((FRAMES / 10..FRAMES).contains(&granted), "{granted} of {FRAMES}: neither all nor nothing makes sense");
    bench.hibernate();
    assert!(!bench.texts(operator, -7).is_empty(), "it serves on");
}
