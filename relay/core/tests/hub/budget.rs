//! Lines with a budget: none carries more than it may, and a conversation goes on over as many as it takes.

use crate::bench;

use bench::Bench;
use bench::people::{integration, operator, visitor};
use bench::screen::Screen;
use relay_core::hub::ConnId;
use serde_json::{Value, json};
use shared::close;
use shared::id::{Offset, Position};
use shared::limits::{
    CHATS_PAGE_MAX, EVENT_LOG_MAX, FRAME_OVERHEAD_BYTES, HISTORY_PAGE_MAX, LINE_BYTES_MAX, LINE_BYTES_MIN,
    LINE_BYTES_SOFT, LINE_HEAD_BYTES_MAX, PAGE_BYTES, PAGE_BYTES_MAX, PING_AFTER_MS, PRESENCE_USERS_MAX,
    RESUME_EVENTS_MAX, TEXT_CHARS_MAX,
};
use shared::token::Claims;

const USER: i64 = -7;

fn long() -> String {
    "Ы".repeat(TEXT_CHARS_MAX)
}

fn offsets(frames: &[Value]) -> Vec<Offset> {
    frames.iter().filter_map(|frame| frame["offset"].as_i64()).collect()
}

/// Where a client of an organization stands that has seen everything up to an offset.
fn position(bench: &mut Bench, offset: Offset) -> Position {
    let conn = bench.connect(&operator("Лев"));
    let epoch = bench.take(conn)[0]["data"]["epoch"].as_str().unwrap().to_owned();
    bench.hang_up(conn);
    Position { epoch, offset }
}

/// Resumes over as many lines as it takes; what each brought, without its `welcome`.
fn resume_in_pieces(bench: &mut Bench, claims: &Claims, from: &Position) -> Vec<Vec<Value>> {
    let mut at = from.clone();
    let mut pieces = Vec::new();
    loop {
        let conn = bench.open_budgeted(claims, Some(&at), LINE_BYTES_MAX);
        let mut frames = bench.take(conn);
        assert!(bench.weight(conn) <= LINE_BYTES_MAX, "{}", bench.weight(conn));
        assert_eq!(frames.remove(0)["event"], "welcome");
        at.offset = offsets(&frames).last().copied().unwrap_or(at.offset);
        pieces.push(frames);
        match bench.closed(conn) {
            Some(close::CONTINUE) => {}
            None => return pieces,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_line_is_closed_for_another_before_it_carries_more_than_its_budget() {
    for claims in [visitor(USER), operator("Анна"), integration("CRM")] {
        let mut bench = Bench::new();
        let writer = bench.connect(&visitor(USER));
        bench.visitor_writes(writer, "раз");
        let line = bench.open_budgeted(&claims, None, LINE_BYTES_MAX);
        let mut seen = Vec::new();
        while bench.closed(line).is_none() {
            bench.visitor_writes(writer, &"у".repeat(300));
            seen.append(&mut bench.take(line));
        }
        assert_eq!(bench.closed(line), Some(close::CONTINUE));
        let frame = seen.last().unwrap().to_string().len() + FRAME_OVERHEAD_BYTES;
        let weight = bench.weight(line);
        assert!(weight <= LINE_BYTES_MAX && weight + frame > LINE_BYTES_MAX, "{weight} and {frame}");
        // What was held back comes over the next one.
        let last = *offsets(&seen).last().unwrap();
        let from = position(&mut bench, last);
        let pieces = resume_in_pieces(&mut bench, &claims, &from);
        assert_eq!(offsets(&pieces[0]), [last + 1]);
    }
}

#[test]
fn a_line_without_a_budget_carries_whatever_comes() {
    let mut bench = Bench::new();
    let listener = bench.connect(&integration("CRM"));
    let writer = bench.connect(&visitor(USER));
    for _ in 0..20 {
        bench.visitor_writes(writer, &long());
    }
    assert_eq!((bench.closed(listener), bench.closed(writer)), (None, None));
    assert!(bench.weight(listener) > LINE_BYTES_MAX * 10);
}

#[test]
fn a_budget_is_what_is_asked_for_within_what_makes_sense() {
    for (asked, granted) in [(0, LINE_BYTES_MIN), (4000, 4000), (usize::MAX, LINE_BYTES_MAX)] {
        let mut bench = Bench::new();
        let writer = bench.connect(&visitor(USER));
        let line = bench.open_budgeted(&operator("Анна"), None, asked);
        while bench.closed(line).is_none() {
            bench.visitor_writes(writer, "да");
        }
        assert!(bench.weight(line) <= granted && bench.weight(line) + 500 > granted, "{asked}: {}", bench.weight(line));
    }
}

#[test]
fn what_a_line_has_carried_is_known_after_hibernation() {
    let mut bench = Bench::new();
    let writer = bench.connect(&visitor(USER));
    let line = bench.open_budgeted(&operator("Анна"), None, LINE_BYTES_MAX);
    while bench.closed(line).is_none() {
        bench.visitor_writes(writer, "да");
        bench.hibernate();
    }
    assert!(bench.weight(line) <= LINE_BYTES_MAX);
}

#[test]
fn the_pongs_of_the_runtime_are_reckoned_with() {
    let mut bench = Bench::new();
    let writer = bench.connect(&visitor(USER));
    bench.visitor_writes(writer, "раз");
    let line = bench.open_budgeted(&operator("Анна"), None, LINE_BYTES_MAX);
    for _ in 0..4 {
        bench.visitor_writes(writer, &"у".repeat(200));
    }
    // As many pings as fit the rest: nothing was written in the meantime, and the line is full.
    for _ in 0..200 {
        bench.advance(PING_AFTER_MS);
        bench.ping(line);
    }
    assert_eq!(bench.closed(line), None);
    bench.visitor_writes(writer, "два");
    assert_eq!(bench.closed(line), Some(close::CONTINUE));
}

#[test]
fn a_text_of_the_greatest_length_gets_through_to_everybody() {
    let mut bench = Bench::new();
    let mut page = Screen::open(&mut bench, &visitor(USER));
    let mut desk = Screen::open(&mut bench, &operator("Анна"));
    for n in 0..4 {
        let text = format!("{n}{}", &long()[2..]);
        page.client.send(bench.now, USER, &text, format!("p{n}")).unwrap();
        desk.client.send(bench.now, USER, &text, format!("d{n}")).unwrap();
        for _ in 0..8 {
            page.run(&mut bench);
            desk.run(&mut bench);
        }
        desk.client.open_chat(bench.now, USER);
        desk.run(&mut bench);
        for screen in [&page, &desk] {
            let chat = screen.client.state().chat(USER).unwrap();
            assert_eq!(chat.messages().filter(|message| message.text == text).count(), 2, "{n}");
            assert_eq!(screen.client.outgoing(USER).count(), 0);
            assert!(screen.heaviest <= LINE_BYTES_MAX, "{}", screen.heaviest);
        }
    }
}

#[test]
fn a_whole_conversation_passes_over_many_lines_and_changes_them_in_time() {
    let mut bench = Bench::new();
    let mut page = Screen::open(&mut bench, &visitor(USER));
    let mut desk = Screen::open(&mut bench, &operator("Анна"));
    page.client.send(bench.now, USER, "начало", "c".into()).unwrap();
    page.run(&mut bench);
    desk.run(&mut bench);
    desk.client.open_chat(bench.now, USER);
    for n in 0..150 {
        page.client.send(bench.now, USER, &format!("вопрос {n}"), format!("p{n}")).unwrap();
        page.run(&mut bench);
        desk.client.send(bench.now, USER, &format!("ответ {n}"), format!("d{n}")).unwrap();
        desk.run(&mut bench);
        page.run(&mut bench);
        bench.advance(700);
        page.tick(&mut bench);
        desk.tick(&mut bench);
    }
    for screen in [&page, &desk] {
        let texts: Vec<&str> =
            screen.client.state().chat(USER).unwrap().messages().map(|message| message.text.as_str()).collect();
        let expected: Vec<String> = std::iter::once("начало".to_owned())
            .chain((0..150).flat_map(|n| [format!("вопрос {n}"), format!("ответ {n}")]))
            .collect();
        assert_eq!(texts, expected);
        assert!(screen.heaviest <= LINE_BYTES_MAX && screen.opened > 10, "{} {}", screen.heaviest, screen.opened);
        assert!(screen.ended.is_empty(), "lines change before they are full: {:?}", screen.ended);
    }
}

#[test]
fn a_resume_comes_in_pieces_in_order_and_each_event_once() {
    for claims in [visitor(USER), operator("Анна")] {
        let mut bench = Bench::new();
        let writer = bench.connect(&visitor(USER));
        bench.visitor_writes(writer, "начало");
        let from = position(&mut bench, 2);
        for n in 0..60 {
            let text = if n == 30 { long() } else { "у".repeat(n * 7 + 1) };
            bench.visitor_writes(writer, &text);
        }
        let pieces = resume_in_pieces(&mut bench, &claims, &from);
        assert!(pieces.len() > 3, "{}", pieces.len());
        let all: Vec<Offset> = pieces.iter().flat_map(|piece| offsets(piece)).collect();
        assert_eq!(all, (3..=62).collect::<Vec<_>>());
        for piece in &pieces {
            let size: usize = piece.iter().map(|frame| frame.to_string().len()).sum();
            assert!(size <= LINE_BYTES_SOFT || offsets(piece).len() == 1, "{size}");
        }
    }
}

#[test]
fn a_log_that_is_trimmed_between_two_pieces_is_owned_up_to() {
    let mut bench = Bench::new();
    let writer = bench.connect(&visitor(USER));
    let from = position(&mut bench, 0);
    for _ in 0..100 {
        bench.visitor_writes(writer, &"у".repeat(100));
    }
    let line = bench.open_budgeted(&visitor(USER), Some(&from), LINE_BYTES_MAX);
    let reached = *offsets(&bench.take(line)).last().unwrap();
    assert_eq!(bench.closed(line), Some(close::CONTINUE));
    bench.execute("DELETE FROM events WHERE event_offset <= ?", vec![(reached + 1).into()]);
    for epoch in [from.epoch.clone(), "another".into()] {
        let line = bench.open_budgeted(&visitor(USER), Some(&Position { epoch, offset: reached }), LINE_BYTES_MAX);
        let frames = bench.take(line);
        assert_eq!((&frames[0]["data"]["resumed"], &frames[1]["event"]), (&json!(false), &json!("resync")));
        assert_eq!((frames.len(), bench.closed(line)), (2, None));
    }
}

#[test]
fn a_log_that_is_trimmed_exactly_up_to_where_a_client_stands_still_resumes() {
    let mut bench = Bench::new();
    let writer = bench.connect(&visitor(USER));
    for _ in 0..9 {
        bench.visitor_writes(writer, "да");
    }
    for (trimmed, resumed) in [(5, true), (6, false)] {
        bench.execute("DELETE FROM events WHERE event_offset <= ?", vec![trimmed.into()]);
        let from = position(&mut bench, 5);
        let line = bench.open_budgeted(&visitor(USER), Some(&from), LINE_BYTES_MAX);
        assert_eq!(bench.take(line)[0]["data"]["resumed"], resumed, "{trimmed}");
    }
}

#[test]
fn more_than_a_replay_is_a_resync_whatever_the_pieces() {
    let mut bench = Bench::new();
    let writer = bench.connect(&visitor(USER));
    let from = position(&mut bench, 0);
    for _ in 0..=RESUME_EVENTS_MAX {
        bench.visitor_writes(writer, "да");
    }
    let line = bench.open_budgeted(&visitor(USER), Some(&from), LINE_BYTES_MAX);
    let frames = bench.take(line);
    assert_eq!((&frames[0]["data"]["resumed"], &frames[1]["event"]), (&json!(false), &json!("resync")));
    assert!(EVENT_LOG_MAX > i64::try_from(RESUME_EVENTS_MAX).unwrap());
}

/// Walks through all pages of an action's results.
fn pages(
    bench: &mut Bench,
    claims: &Claims,
    budget: Option<usize>,
    mut page: impl FnMut(&mut Bench, ConnId) -> Option<Value>,
) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut line = None;
    loop {
        let conn = *line.get_or_insert_with(|| match budget {
            Some(budget) => bench.open_budgeted(claims, None, budget),
            None => bench.connect(claims),
        });
        bench.clear();
        match page(bench, conn) {
            Some(answer) => {
                let done = answer["has_more"] == json!(false) || answer.get("next") == Some(&Value::Null);
                pages.push(answer);
                if done {
                    return pages;
                }
            }
            None => {
                assert_eq!(bench.closed(conn), Some(close::CONTINUE));
                line = None;
            }
        }
    }
}

#[test]
fn pages_are_bounded_by_bytes_too_and_one_message_is_always_on_them() {
    for (budget, most) in [(Some(LINE_BYTES_MAX), PAGE_BYTES), (None, PAGE_BYTES_MAX)] {
        let mut bench = Bench::new();
        let writer = bench.connect(&visitor(USER));
        let mut written = Vec::new();
        for n in 0..HISTORY_PAGE_MAX {
            let text = if n % 10 == 0 { long() } else { "у".repeat(n) + "!" };
            written.push(bench.visitor_writes(writer, &text));
        }
        let mut before = None;
        let read = pages(&mut bench, &operator("Анна"), budget, |bench, conn| {
            let action =
                json!({"action": "history", "user_id": USER, "before": before, "limit": HISTORY_PAGE_MAX, "id": "1"});
            bench.frame(conn, &action.to_string());
            let answer = bench.take(conn).pop()?["data"]["result"].clone();
            before = answer["messages"][0]["message_id"].as_i64();
            Some(answer)
        });
        let mut ids = Vec::new();
        for page in read.iter().rev() {
            let messages = page["messages"].as_array().unwrap();
            let size: usize = messages.iter().map(|message| message.to_string().len()).sum();
            assert!(messages.len() == 1 || size <= most, "{} messages of {size} bytes", messages.len());
            ids.extend(messages.iter().map(|message| message["message_id"].as_i64().unwrap()));
        }
        assert_eq!(ids, written);
        assert_eq!(read.len() > 1, budget.is_some(), "{}", read.len());
    }
}

#[test]
fn the_list_of_chats_comes_in_pages_that_fit() {
    let mut bench = Bench::new();
    let count = i64::try_from(CHATS_PAGE_MAX).unwrap();
    for n in 1..=count {
        let writer = bench.connect(&visitor(-n));
        bench.visitor_writes(writer, &if n % 20 == 0 { long() } else { "Здравствуйте!".into() });
        bench.hang_up(writer);
    }
    let mut before = None;
    let read = pages(&mut bench, &operator("Анна"), Some(LINE_BYTES_MAX), |bench, conn| {
        let action = json!({"action": "chats", "before": before, "limit": CHATS_PAGE_MAX, "id": "1"});
        bench.frame(conn, &action.to_string());
        let answer = bench.take(conn).pop()?["data"]["result"].clone();
        before = answer["next"].as_i64();
        Some(answer)
    });
    let ids: Vec<i64> = read
        .iter()
        .flat_map(|page| page["chats"].as_array().unwrap().iter().map(|chat| chat["user_id"].as_i64().unwrap()))
        .collect();
    assert_eq!(ids, (1..=count).rev().map(|n| -n).collect::<Vec<_>>());
    assert!(read.len() > 5);
}

#[test]
fn who_is_here_is_asked_for_and_bounded_where_a_plain_line_is_told_by_events() {
    let mut bench = Bench::new();
    let count = i64::try_from(PRESENCE_USERS_MAX).unwrap();
    let mut expected = Vec::new();
    for n in 1..=count + 1 {
        let page = bench.connect(&visitor(-n));
        bench.visitor_writes(page, "да");
        expected.insert(0, -n);
        if n >= count {
            let line = bench.open_budgeted(&operator("Анна"), None, LINE_BYTES_MAX);
            assert_eq!(bench.names(line), ["welcome"]);
            let answer = bench.ask(line, json!({"action": "presence"})).unwrap();
            assert_eq!(answer["complete"], n == count);
            expected.truncate(PRESENCE_USERS_MAX);
            assert_eq!(answer["online"], json!(expected));
            bench.hang_up(line);
        }
    }
    let plain = bench.connect(&integration("CRM"));
    assert_eq!(bench.only(plain, "user_online").len(), PRESENCE_USERS_MAX + 1);
    let page = bench.open_budgeted(&visitor(-1), None, LINE_BYTES_MAX);
    assert!(bench.ask(page, json!({"action": "presence"})).is_err(), "not for visitors");
}

#[test]
fn a_welcome_is_a_head_and_the_longest_message_fits_behind_it() {
    let mut bench = Bench::new();
    let line = bench.open_budgeted(&operator("Анна"), None, LINE_BYTES_MAX);
    assert!(bench.weight(line) <= LINE_HEAD_BYTES_MAX, "{}", bench.weight(line));
    let writer = bench.connect(&visitor(USER));
    bench.visitor_writes(writer, &long());
    assert!(bench.weight(line) <= LINE_BYTES_MAX, "{}", bench.weight(line));
    assert!(bench.weight(line) > LINE_BYTES_SOFT);
}
