//! Bulk sends: judged as a whole, sent at their pace, each row once.

use crate::bench;

use bench::Bench;
use bench::ozon::{Market, answered, chat_of, limited};
use bench::people::{integration, operator, visitor};
use relay_core::hub::{BulkStep, Command, Job, Tool, bulk_rows_csv};
use relay_core::storage::mark_restored;
use relay_core::tools::bulk::{Asked, JsonRow, Table};
use relay_core::upstream::Answered;
use serde_json::{Value, json};
use shared::access::Scope;
use shared::limits::{
    BULK_LOST_MAX, BULK_PREVIEWS_MAX, BULK_PROGRESS_EVERY_MS, BULK_RATE_MAX, BULKS_KEPT, BULKS_LIVE_MAX,
    CLIENT_ID_BYTES_MAX, OZON_TEXT_CHARS_MAX, SWEEP_EVERY_MS,
};
use shared::problem::{Code, Problem};
use shared::token::{Claims, Role};

const TEXT: &str = "Ждём {{day}}";

fn table(count: usize) -> Table {
    let row = |number: usize| JsonRow {
        posting_number: format!("{number}-1"),
        variables: [("day".to_owned(), format!("{number} мая"))].into(),
    };
    Table::of_json((1..=count).map(row).collect()).unwrap()
}

fn asked(count: usize, client_id: &str) -> Asked {
    Asked {
        template_id: None,
        text: Some(TEXT.into()),
        source: "ozon".into(),
        table: table(count),
        rate_per_minute: None,
        client_id: Some(client_id.into()),
        dry_run: false,
    }
}

fn start(bench: &mut Bench, asked: Asked) -> Result<Value, Problem> {
    bench.tool(Tool::StartBulk(asked))
}

/// A market whose chores are seen to.
fn open() -> Market {
    let mut market = Market::new();
    market.bench.nothing_missed = true;
    market
}

/// A market with a bulk send of so many rows, and its id.
pub fn market(count: usize) -> (Market, i64) {
    let mut market = open();
    let bulk = start(&mut market.bench, asked(count, "b-1")).unwrap();
    (market, bulk["bulk"]["bulk_id"].as_i64().unwrap())
}

pub fn bulk(bench: &mut Bench, bulk_id: i64) -> Value {
    bench.tool(Tool::Bulk { bulk_id }).unwrap()["bulk"].clone()
}

fn state(bench: &mut Bench, bulk_id: i64) -> String {
    bulk(bench, bulk_id)["state"].as_str().unwrap().to_owned()
}

pub fn step(bench: &mut Bench, bulk_id: i64, step: BulkStep) -> Result<String, Code> {
    let answer = bench.tool(Tool::StepBulk { bulk_id, step });
    answer.map(|answer| answer["bulk"]["state"].as_str().unwrap().to_owned()).map_err(|problem| problem.code)
}

fn rows(bench: &mut Bench, bulk_id: i64) -> Vec<Value> {
    let page = bench.tool(Tool::BulkRows { bulk_id, after: None, limit: Some(1000) }).unwrap();
    page["rows"].as_array().unwrap().clone()
}

/// What became of each row, as `state` or `state:reason`.
pub fn states(bench: &mut Bench, bulk_id: i64) -> Vec<String> {
    let said = |row: &Value| match row["reason"].as_str() {
        Some(reason) => format!("{}:{reason}", row["state"].as_str().unwrap()),
        None => row["state"].as_str().unwrap().to_owned(),
    };
    rows(bench, bulk_id).iter().map(said).collect()
}

/// Serves and lets time pass until the bulk send is over.
pub fn finish(market: &mut Market, bulk_id: i64) {
    for _ in 0..10_000 {
        market.serve_all();
        let over = ["done", "cancelled"].contains(&state(&mut market.bench, bulk_id).as_str());
        if over && market.bench.integers("SELECT 1 FROM sends").is_empty() {
            return;
        }
        let next = market.bench.next_alarm().expect("something waits, so an alarm is set");
        let wait_ms = next.since_ms(market.bench.now).max(0);
        market.bench.advance(wait_ms);
    }
    let sends = market.bench.column("SELECT state || ' ' || attempts || ' ' || lookups || ' ' || due_at FROM sends");
    let (now, shown) = (market.bench.now, bulk(&mut market.bench, bulk_id));
    panic!(
        "the bulk send has no end: {:?} at {now:?}: {shown} {sends:?} {:?}",
        states(&mut market.bench, bulk_id),
        market.bench.next_alarm()
    );
}

/// That every row was sent, once.
pub fn all_sent(market: &mut Market, bulk_id: i64, count: usize, shown: &str) {
    for number in 1..=count {
        let chat = chat_of(&format!("{number}-1"));
        assert_eq!(market.ozon.seller_texts(&chat), [format!("Ждём {number} мая")], "{shown}, row {number}");
    }
    assert_eq!(states(&mut market.bench, bulk_id), vec!["sent"; count], "{shown}");
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["sent"]), (&json!("done"), &json!(count)), "{shown}");
    assert!(market.ozon.accepted.values().all(|times| *times == 1), "{shown}");
}

/// Where the relay dies, counted for the row that it is at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Point {
    /// The bulk send is kept, nothing was begun.
    Kept,
    /// The chat is being begun; Ozon has not heard of it.
    Starting,
    /// Ozon has begun the chat; the relay does not know.
    Started,
    /// The message is kept, and not sent.
    Reserved,
    /// It is being sent; Ozon has not heard of it.
    Sending,
    /// Ozon has it; the relay does not know.
    Arrived,
    /// Its answer was lost.
    InDoubt,
    /// It is sent, and its id is not known.
    Sent,
}

pub const POINTS: [Point; 8] = [
    Point::Kept,
    Point::Starting,
    Point::Started,
    Point::Reserved,
    Point::Sending,
    Point::Arrived,
    Point::InDoubt,
    Point::Sent,
];

/// Lets the alarm ring that is due now.
pub fn ring(market: &mut Market) {
    market.bench.advance(0);
}

/// Takes the row that is next to a point.
pub fn take_to(market: &mut Market, point: Point) {
    if point == Point::Kept {
        return;
    }
    ring(market);
    let call = market.bench.call();
    assert!(matches!(call.job, Job::StartChat { .. }), "{:?}", call.job);
    if point == Point::Starting {
        return;
    }
    let answer = market.ozon.serve(&call);
    if point == Point::Started {
        return;
    }
    market.bench.answer(call.job, answer);
    if point == Point::Reserved {
        return;
    }
    ring(market);
    let call = market.bench.call();
    assert!(matches!(call.job, Job::Send { .. }), "{:?}", call.job);
    if point == Point::Sending {
        return;
    }
    let answer = market.ozon.serve(&call);
    if point == Point::Arrived {
        return;
    }
    let answer = if point == Point::InDoubt { Answered::Lost } else { answer };
    market.bench.answer(call.job, answer);
}

#[test]
fn each_postings_buyer_is_written_to_at_the_pace_that_was_asked_for() {
    let mut market = open();
    let begun = market.bench.now;
    let answer = start(&mut market.bench, Asked { rate_per_minute: Some(120), ..asked(3, "b-1") }).unwrap();
    let bulk_id = answer["bulk"]["bulk_id"].as_i64().unwrap();
    assert_eq!((&answer["bulk"]["state"], &answer["bulk"]["total"]), (&json!("running"), &json!(3)));
    let mut starts = Vec::new();
    while starts.len() < 3 {
        let wait_ms = market.bench.next_alarm().unwrap().since_ms(market.bench.now).max(0);
        market.bench.advance(wait_ms);
        for call in std::mem::take(&mut market.bench.calls) {
            if let Job::StartChat { row, .. } = call.job {
                starts.push((row, call.at.since_ms(begun)));
            }
            market.serve(call);
        }
    }
    assert_eq!(starts, [(1, 0), (2, 500), (3, 1_000)]);
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 3, "all");
    let seen = rows(&mut market.bench, bulk_id);
    let message_id = seen[1]["message_id"].as_i64().unwrap();
    assert_eq!(
        (&seen[1]["row"], &seen[1]["posting_number"], &seen[1]["chat_id"]),
        (&json!(2), &json!("2-1"), &json!("chat-of-2-1"))
    );
    assert_eq!(market.status(message_id), "sent");
    let kept = market
        .bench
        .column("SELECT writer || ' ' || client_id FROM messages WHERE writer = 'bulk' ORDER BY message_id");
    assert_eq!(kept, ["bulk bulk-1-1", "bulk bulk-1-2", "bulk bulk-1-3"]);
    market.bench.advance(3_600_000);
    assert!(market.bench.calls.is_empty());
    assert!(bulk(&mut market.bench, bulk_id)["finished_at"].is_string());
}

#[test]
fn a_chat_that_is_known_is_used_and_a_new_one_is_told_of() {
    let mut market = open();
    let known = market.buyer_writes(&chat_of("1-1"), "Где?");
    market.bench.clear();
    let answer = start(&mut market.bench, asked(2, "b-1")).unwrap();
    finish(&mut market, answer["bulk"]["bulk_id"].as_i64().unwrap());
    let seen = rows(&mut market.bench, 1);
    assert_eq!(seen[0]["user_id"], known);
    assert!(seen[1]["user_id"].as_i64().unwrap() > known);
    let told = market.bench.take(market.operator);
    let new: Vec<&Value> = told.iter().filter(|frame| frame["event"] == "new_chat").collect();
    assert_eq!((new.len(), &new[0]["data"]["user_id"]), (1, &seen[1]["user_id"]));
    assert_eq!(market.bench.texts(market.operator, known), ["Где?", "Ждём 1 мая"]);
}

#[test]
fn the_progress_is_told_to_staff_at_most_once_a_second_and_to_its_end() {
    let mut market = open();
    let page = market.bench.connect(&visitor(-7));
    let narrow = market.bench.connect(&operator("Олег"));
    market.bench.ask(narrow, json!({"action": "subscribe", "filter": {"user_id": -7}})).unwrap();
    market.bench.clear();
    let answer = start(&mut market.bench, Asked { rate_per_minute: Some(120), ..asked(5, "b-1") }).unwrap();
    let bulk_id = answer["bulk"]["bulk_id"].as_i64().unwrap();
    let mut told = Vec::new();
    for _ in 0..200 {
        market.serve_all();
        let at = market.bench.now;
        told.extend(market.bench.only(narrow, "bulk_progress").into_iter().map(|frame| (at, frame["data"].clone())));
        if told.last().is_some_and(|(_, data)| data["state"] == "done") {
            break;
        }
        let wait_ms = market.bench.next_alarm().unwrap().since_ms(market.bench.now).max(0);
        market.bench.advance(wait_ms);
    }
    for pair in told.windows(2) {
        assert!(pair[1].0.since_ms(pair[0].0) >= BULK_PROGRESS_EVERY_MS, "{pair:?}");
        assert!(pair[1].1["sent"].as_i64() >= pair[0].1["sent"].as_i64());
    }
    assert_eq!(
        told[0].1,
        json!({"bulk_id": bulk_id, "state": "running", "reason": null, "total": 5, "sent": 0, "failed": 0, "cancelled": 0})
    );
    assert_eq!(told.last().unwrap().1["sent"], 5);
    assert!(market.bench.only(page, "bulk_progress").is_empty());
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM events WHERE body LIKE '%bulk_progress%'"), [0]);
}

#[test]
fn a_dry_run_says_what_would_be_sent_and_what_is_wrong_and_sends_nothing() {
    let mut market = open();
    let mut table = table(BULK_PREVIEWS_MAX + 1);
    table.rows[1].values[0] = None;
    table.rows[2].posting_number = "1-1".into();
    let answer = start(&mut market.bench, Asked { dry_run: true, client_id: None, table, ..asked(1, "") }).unwrap();
    assert_eq!(
        (&answer["bulk"], &answer["total"], &answer["faults"]),
        (&Value::Null, &json!(BULK_PREVIEWS_MAX + 1), &json!(2))
    );
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows[0], json!({"row": 1, "posting_number": "1-1", "chars": 10, "text": "Ждём 1 мая"}));
    assert_eq!(rows[1], json!({"row": 2, "posting_number": "2-1", "code": "invalid", "detail": "missing: day"}));
    assert_eq!(rows[2]["code"], "conflict");
    assert_eq!(
        (rows[BULK_PREVIEWS_MAX - 1]["text"].is_string(), &rows[BULK_PREVIEWS_MAX]["text"]),
        (true, &Value::Null)
    );
    assert_eq!(market.bench.integers("SELECT (SELECT COUNT(*) FROM bulks) + (SELECT COUNT(*) FROM bulk_rows)"), [0]);
    market.bench.advance(60_000);
    assert!(market.bench.calls.is_empty());
}

#[test]
fn one_wrong_row_refuses_the_whole_before_anything_is_sent() {
    let mut market = open();
    let long = "я".repeat(OZON_TEXT_CHARS_MAX);
    let with = |at: usize, change: &dyn Fn(&mut Table)| {
        let mut asked = asked(at, "b-1");
        change(&mut asked.table);
        asked
    };
    for (wrong, code, said) in [
        (with(3, &|table| table.rows[2].values[0] = None), Code::Invalid, "row 3: missing: day"),
        (with(3, &|table| table.names[0] = "days".into()), Code::Invalid, "row 1: missing: day; unknown: days; row 2"),
        (
            with(2, &|table| table.rows[0].values[0] = Some(long.clone())),
            Code::Invalid,
            "row 1: a message's text has at most 1000",
        ),
        (
            with(2, &|table| table.rows[1].posting_number = "1-1".into()),
            Code::Invalid,
            "row 2: the posting_number is that of row 1",
        ),
        (with(2, &|table| table.rows[1].posting_number = " ".into()), Code::Invalid, "row 2: posting_number"),
        (Asked { source: "widget".into(), ..asked(1, "b-1") }, Code::Invalid, "source is ozon"),
        (Asked { text: None, ..asked(1, "b-1") }, Code::Invalid, "a template_id or a text"),
        (Asked { template_id: Some("thank_you".into()), ..asked(1, "b-1") }, Code::Invalid, "not both"),
        (Asked { text: None, template_id: Some("nothing".into()), ..asked(1, "b-1") }, Code::NotFound, "no template"),
        (Asked { text: Some("{{a".into()), ..asked(1, "b-1") }, Code::Invalid, "has no }}"),
        (Asked { client_id: None, ..asked(1, "b-1") }, Code::Invalid, "client_id is missing"),
        (asked(1, &"c".repeat(CLIENT_ID_BYTES_MAX + 1)), Code::Invalid, "client_id has 1 to"),
        (Asked { rate_per_minute: Some(0), ..asked(1, "b-1") }, Code::Invalid, "rate_per_minute"),
        (Asked { rate_per_minute: Some(BULK_RATE_MAX + 1), ..asked(1, "b-1") }, Code::Invalid, "rate_per_minute"),
    ] {
        let refused = start(&mut market.bench, wrong).unwrap_err();
        assert_eq!(refused.code, code, "{said}: {}", refused.detail);
        assert!(refused.detail.contains(said), "{said}: {}", refused.detail);
    }
    assert_eq!(market.bench.integers("SELECT (SELECT COUNT(*) FROM bulks) + (SELECT COUNT(*) FROM bulk_rows)"), [0]);
    assert!(
        start(
            &mut market.bench,
            Asked { rate_per_minute: Some(BULK_RATE_MAX), ..asked(1, &"c".repeat(CLIENT_ID_BYTES_MAX)) }
        )
        .is_ok()
    );
    let mut bench = Bench::new();
    assert_eq!(start(&mut bench, asked(1, "b-1")).unwrap_err().code, Code::UpstreamNotConnected);
}

#[test]
fn a_template_is_sent_as_it_was_when_it_began() {
    let mut market = open();
    let change = |bench: &mut Bench, text: &str| {
        let tool = Tool::ChangeTemplate { template_id: "thank_you".into(), title: "т".into(), text: text.into() };
        bench.tool(tool).unwrap();
    };
    change(&mut market.bench, TEXT);
    let answer =
        start(&mut market.bench, Asked { text: None, template_id: Some("thank_you".into()), ..asked(2, "b-1") });
    change(&mut market.bench, "Иначе");
    finish(&mut market, answer.unwrap()["bulk"]["bulk_id"].as_i64().unwrap());
    all_sent(&mut market, 1, 2, "as it was");
}

#[test]
fn the_same_client_id_is_the_same_bulk_send() {
    let (mut market, bulk_id) = market(2);
    market.bench.crash();
    let again = start(&mut market.bench, asked(5, "b-1")).unwrap();
    assert_eq!((&again["bulk"]["bulk_id"], &again["bulk"]["total"]), (&json!(bulk_id), &json!(2)));
    finish(&mut market, bulk_id);
    let again = start(&mut market.bench, asked(2, "b-1")).unwrap();
    assert_eq!(again["bulk"]["state"], "done");
    market.bench.advance(60_000);
    all_sent(&mut market, bulk_id, 2, "once");
    // Another holder's id is another one.
    let wish = Command::IssueToken {
        role: Role::Integration,
        name: "CRM".into(),
        ttl_s: 3600,
        scopes: Some(vec![Scope::ToolsWrite]),
        holder: None,
    };
    let token = market.bench.administer(wish).unwrap();
    let claims: Claims = market.bench.claims_of(&token);
    let other = market.bench.tool_by(&claims, Tool::StartBulk(asked(1, "b-1"))).unwrap();
    assert_eq!((&other["bulk"]["bulk_id"], &other["bulk"]["author"]), (&json!(bulk_id + 1), &json!("CRM")));
}

#[test]
fn who_may_only_read_starts_nothing() {
    let (mut market, bulk_id) = market(1);
    let claims = integration("CRM");
    assert!(market.bench.tool_by(&claims, Tool::Bulks).is_ok());
    assert!(market.bench.tool_by(&claims, Tool::BulkRows { bulk_id, after: None, limit: None }).is_ok());
    for tool in [Tool::StartBulk(asked(1, "b-2")), Tool::StepBulk { bulk_id, step: BulkStep::Cancel }] {
        assert_eq!(market.bench.tool_by(&claims, tool).unwrap_err().code, Code::Forbidden);
    }
}

#[test]
fn what_ozon_refuses_one_posting_fails_its_row_alone() {
    let (mut market, bulk_id) = market(3);
    for (posting, status, body) in [
        ("1-1", 400, r#"{"code":"TIME_LIMIT_EXCEEDED","message":"x"}"#),
        ("2-1", 404, r#"{"code":5,"message":"posting not found"}"#),
    ] {
        market.ozon.refused.insert(posting.into(), (status, body.into()));
    }
    finish(&mut market, bulk_id);
    assert_eq!(
        states(&mut market.bench, bulk_id),
        ["failed:upstream_window_closed", "failed:upstream_not_found", "sent"]
    );
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["sent"], &seen["failed"]), (&json!("done"), &json!(1), &json!(2)));
}

#[test]
fn what_ozon_refuses_the_whole_account_pauses_until_somebody_has_seen_to_it() {
    let premium = r#"{"code":7,"message":"Information is only available with a Premium Plus subscription."}"#;
    let (mut market, bulk_id) = market(3);
    market.ozon.refused.insert("1-1".into(), (403, premium.into()));
    market.serve_all();
    ring(&mut market);
    market.serve_all();
    market.bench.advance(600_000);
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("paused"), &json!("upstream_subscription")));
    let told = market.bench.only(market.operator, "bulk_progress");
    assert_eq!(told.last().unwrap()["data"]["reason"], "upstream_subscription");
    assert_eq!((states(&mut market.bench, bulk_id), market.bench.calls.len()), (vec!["queued".into(); 3], 0));
    market.ozon.refused.clear();
    step(&mut market.bench, bulk_id, BulkStep::Resume).unwrap();
    assert_eq!(bulk(&mut market.bench, bulk_id)["reason"], Value::Null);
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 3, "after the subscription");
}

#[test]
fn an_account_that_is_gone_pauses_too_and_is_asked_for_again() {
    let (mut market, bulk_id) = market(2);
    market.bench.execute("DELETE FROM accounts", vec![]);
    ring(&mut market);
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("paused"), &json!("upstream_not_connected")));
    assert_eq!(step(&mut market.bench, bulk_id, BulkStep::Resume), Err(Code::UpstreamNotConnected));
    market.bench.connect_ozon().unwrap();
    step(&mut market.bench, bulk_id, BulkStep::Resume).unwrap();
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 2, "connected again");
}

#[test]
fn a_message_that_ozon_refuses_fails_its_row_for_its_reason() {
    let (mut market, bulk_id) = market(2);
    take_to(&mut market, Point::Reserved);
    ring(&mut market);
    let call = market.bench.call();
    market.bench.answer(call.job, answered(400, r#"{"code":3,"message":"text is wrong"}"#));
    finish(&mut market, bulk_id);
    assert_eq!(states(&mut market.bench, bulk_id), ["failed:upstream_rejected", "sent"]);
}

#[test]
fn patience_that_ozon_asks_for_is_kept_by_the_whole() {
    let (mut market, bulk_id) = market(3);
    ring(&mut market);
    let call = market.bench.call();
    market.bench.answer(call.job, limited(Some("20")));
    market.bench.advance(19_999);
    assert!(market.bench.calls.is_empty(), "{:?}", market.bench.calls.first().map(|call| &call.job));
    market.bench.advance(1);
    assert_eq!(market.bench.calls.len(), 1);
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 3, "after patience");
}

#[test]
fn a_beginning_that_is_lost_is_tried_so_often_and_then_the_next_has_its_turn() {
    let (mut market, bulk_id) = market(2);
    let mut tries = 0;
    while states(&mut market.bench, bulk_id)[0] != "failed:upstream_unavailable" {
        let wait_ms = market.bench.next_alarm().unwrap().since_ms(market.bench.now).max(0);
        market.bench.advance(wait_ms);
        for call in std::mem::take(&mut market.bench.calls) {
            match call.job {
                Job::StartChat { row: 1, .. } => {
                    tries += 1;
                    market.bench.answer(call.job, Answered::Lost);
                }
                _ => market.serve(call),
            }
        }
    }
    assert_eq!(tries, BULK_LOST_MAX);
    finish(&mut market, bulk_id);
    assert_eq!(states(&mut market.bench, bulk_id), ["failed:upstream_unavailable", "sent"]);
}

#[test]
fn an_answer_that_comes_late_or_twice_changes_nothing() {
    let (mut market, bulk_id) = market(2);
    take_to(&mut market, Point::Sent);
    finish(&mut market, bulk_id);
    let chat = r#"{"result":{"chat_id":"another"}}"#;
    for attempt in 0..3 {
        for row in 0..4 {
            for outcome in [answered(200, chat), answered(403, "{}"), limited(None), Answered::Lost] {
                market.bench.answer(Job::StartChat { bulk_id, row, attempt }, outcome.clone());
                market.bench.answer(Job::StartChat { bulk_id: 99, row, attempt }, outcome);
            }
        }
    }
    market.bench.advance(60_000);
    assert!(market.bench.calls.is_empty());
    all_sent(&mut market, bulk_id, 2, "unmoved");
}

#[test]
fn rows_come_in_pages_and_as_a_table_without_formulas() {
    let mut market = open();
    let mut table = table(3);
    table.rows[1].posting_number = "=HYPERLINK(1)".into();
    start(&mut market.bench, Asked { table, ..asked(3, "b-1") }).unwrap();
    let page = |bench: &mut Bench, after: Option<i64>| {
        bench.tool(Tool::BulkRows { bulk_id: 1, after, limit: Some(2) }).unwrap()
    };
    let first = page(&mut market.bench, None);
    assert_eq!((first["rows"].as_array().unwrap().len(), &first["next"]), (2, &json!(2)));
    let second = page(&mut market.bench, Some(2));
    assert_eq!((&second["rows"][0]["row"], &second["next"]), (&json!(3), &Value::Null));
    assert_eq!(
        bulk_rows_csv(&first),
        "row,posting_number,state,reason,chat_id,user_id,message_id\r\n1,\"1-1\",\"queued\",,,,\r\n2,\"'=HYPERLINK(1)\",\"queued\",,,,\r\n"
    );
    assert_eq!(
        market.bench.tool(Tool::BulkRows { bulk_id: 7, after: None, limit: None }).unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn so_many_run_at_a_time_and_so_many_are_kept() {
    let mut market = open();
    for number in 0..BULKS_LIVE_MAX {
        start(&mut market.bench, asked(1, &format!("b-{number}"))).unwrap();
    }
    assert_eq!(start(&mut market.bench, asked(1, "more")).unwrap_err().code, Code::Conflict);
    step(&mut market.bench, 2, BulkStep::Cancel).unwrap();
    start(&mut market.bench, asked(1, "more")).unwrap();
    finish(&mut market, 6);
    for number in 0..BULKS_KEPT {
        let answer = start(&mut market.bench, asked(1, &format!("c-{number}"))).unwrap();
        let bulk_id = answer["bulk"]["bulk_id"].as_i64().unwrap();
        step(&mut market.bench, bulk_id, BulkStep::Cancel).unwrap();
    }
    let kept = market.bench.tool(Tool::Bulks).unwrap();
    let ids: Vec<i64> =
        kept["bulks"].as_array().unwrap().iter().map(|bulk| bulk["bulk_id"].as_i64().unwrap()).collect();
    assert_eq!((ids.len() as i64, ids[0]), (BULKS_KEPT, 6 + BULKS_KEPT));
    assert_eq!(
        market.bench.integers("SELECT COUNT(*) FROM bulk_rows WHERE bulk_id NOT IN (SELECT bulk_id FROM bulks)"),
        [0]
    );
}

#[test]
fn of_a_deleted_user_only_how_their_row_ended_is_left() {
    for point in [Point::Reserved, Point::Sent] {
        let (mut market, bulk_id) = market(2);
        take_to(&mut market, point);
        let user_id = rows(&mut market.bench, bulk_id)[0]["user_id"].as_i64().unwrap();
        let receipt = market.bench.administer(Command::DeleteUser { user_id }).unwrap();
        assert_eq!(receipt["content"]["counts"]["bulk_rows"], 1);
        market.bench.calls.retain(|call| matches!(call.job, Job::StartChat { .. }));
        finish(&mut market, bulk_id);
        let first = if point == Point::Sent { "sent" } else { "failed:not_found" };
        assert_eq!(states(&mut market.bench, bulk_id), [first, "sent"]);
        let left = rows(&mut market.bench, bulk_id)[0].clone();
        assert_eq!(
            (&left["posting_number"], &left["chat_id"], &left["user_id"]),
            (&json!(""), &Value::Null, &Value::Null)
        );
        assert_eq!(market.bench.column("SELECT variables FROM bulk_rows WHERE number = 1"), ["[]"]);
    }
}

#[test]
fn what_is_over_goes_with_what_is_too_old() {
    let (mut market, bulk_id) = market(1);
    finish(&mut market, bulk_id);
    let change = serde_json::from_value(json!({"retention_days": 1})).unwrap();
    market.bench.administer(Command::ChangeOrganization { change }).unwrap();
    market.bench.advance(24 * 3_600_000 - 60_000);
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM bulk_rows"), [1]);
    market.bench.advance(60_000 + SWEEP_EVERY_MS);
    assert_eq!(market.bench.integers("SELECT (SELECT COUNT(*) FROM bulks) + (SELECT COUNT(*) FROM bulk_rows)"), [0]);
    // Its number is not given again: messages are told apart by it.
    let next = start(&mut market.bench, asked(1, "b-1")).unwrap();
    assert_eq!(next["bulk"]["bulk_id"], bulk_id + 1);
}

#[test]
fn a_copy_of_the_data_sends_nothing_until_somebody_says_so() {
    let (mut market, bulk_id) = market(2);
    take_to(&mut market, Point::Sent);
    assert!(mark_restored(&market.bench.store, &[1; 16]).unwrap());
    market.bench.crash();
    market.bench.advance(3_600_000);
    market.serve_all();
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("paused"), &json!("delivery_unknown")));
    assert_eq!(market.ozon.begun.len(), 1);
    step(&mut market.bench, bulk_id, BulkStep::Resume).unwrap();
    finish(&mut market, bulk_id);
    all_sent(&mut market, bulk_id, 2, "resumed");
}

#[test]
fn a_row_that_counted_as_lost_is_recognised_when_its_message_shows() {
    let mut market = Market::new();
    market.bench.look().unwrap();
    market.buyer_writes(&chat_of("1-1"), "Здравствуйте");
    // Serves what nobody waits for, and lets a second pass.
    let second = |market: &mut Market| {
        while !market.bench.chores.is_empty() {
            let call = market.bench.chores.remove(0);
            let answer = market.ozon.serve(&call);
            market.bench.answer(call.job, answer);
        }
        market.bench.advance(1_000);
    };
    for _ in 0..60 {
        second(&mut market);
    }
    let answer = start(&mut market.bench, asked(1, "b-1")).unwrap();
    let bulk_id = answer["bulk"]["bulk_id"].as_i64().unwrap();
    // Ozon takes the message, and nobody can say so until it is given up.
    while states(&mut market.bench, bulk_id) != ["failed:delivery_unknown"] {
        for call in std::mem::take(&mut market.bench.calls) {
            let answer = match call.job {
                Job::StartChat { .. } => market.ozon.serve(&call),
                _ => answered(500, ""),
            };
            market.bench.answer(call.job, answer);
        }
        market.bench.chores.clear();
        market.bench.advance(1_000);
    }
    for _ in 0..5 {
        second(&mut market);
    }
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["failed"], &seen["sent"]), (&json!("done"), &json!(1), &json!(0)));
    market.ozon.seller_writes(&chat_of("1-1"), "Ждём 1 мая");
    market.buyer_writes(&chat_of("1-1"), "Спасибо");
    for _ in 0..1_200 {
        second(&mut market);
        if states(&mut market.bench, bulk_id) == ["sent"] {
            break;
        }
    }
    let seen = bulk(&mut market.bench, bulk_id);
    assert_eq!((&seen["state"], &seen["failed"], &seen["sent"]), (&json!("done"), &json!(0), &json!(1)));
}
