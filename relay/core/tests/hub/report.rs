//! Reports: what SQLite counts is what happened, over all sources, by day and by operator.

use crate::bench;

use std::collections::{BTreeMap, BTreeSet};

use bench::ozon::{CHAT, Market, chat_of};
use bench::people::{integration, operator, visitor};
use bench::{Bench, START};
use relay_core::hub::{Command, Tool};
use relay_core::tools::bulk::{Asked, JsonRow, Table};
use relay_core::tools::report::table;
use serde_json::{Value, json};
use shared::limits::SWEEP_EVERY_MS;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

const DAY_MS: i64 = 24 * 3_600_000;

fn ask(bench: &mut Bench, from: Option<&str>, to: Option<&str>, utc_offset: Option<&str>) -> Result<Value, Problem> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    bench.tool(Tool::Report { from: own(from), to: own(to), utc_offset: own(utc_offset) })
}

fn report(bench: &mut Bench) -> Value {
    ask(bench, None, None, None).unwrap()
}

fn open() -> Market {
    let mut market = Market::new();
    market.bench.nothing_missed = true;
    market
}

fn one<'a>(report: &'a Value, list: &str, kind: &str, name: &str) -> &'a Value {
    let list = report[list].as_array().unwrap();
    list.iter().find(|figures| figures[kind] == name).unwrap_or_else(|| panic!("no {name} in {list:?}"))
}

#[test]
fn a_shop_without_chats_has_a_report_of_zeros() {
    let mut bench = Bench::new();
    let report = report(&mut bench);
    for name in [
        "total_chats",
        "open_chats",
        "closed_chats",
        "unread_chats",
        "total_unread_messages",
        "recent_activity",
        "messages_in",
        "messages_out",
        "automatic_messages",
        "answers",
    ] {
        assert_eq!(report[name], 0, "{name}");
    }
    assert_eq!(
        (&report["average_first_response_ms"], &report["sources"], &report["operators"]),
        (&Value::Null, &json!([]), &json!([]))
    );
    // Seven days to half past three are on eight.
    assert_eq!(report["days"].as_array().unwrap().len(), 8);
    assert_eq!(report["days"][7]["day"], "2026-01-10");
}

#[test]
fn the_figures_are_those_of_all_sources_and_of_each() {
    let mut market = open();
    let page = market.bench.connect(&visitor(-7));
    market.bench.visitor_writes(page, "Есть?");
    market.bench.visitor_writes(page, "Ау");
    market.bench.advance(60_000);
    market.writes("Да");
    market.bench.advance(30_000);
    let boris = market.bench.connect(&operator("Борис"));
    market.bench.operator_writes(boris, -7, "Да");
    market.bench.operator_writes(boris, -7, "Есть");
    market.bench.ask(boris, json!({"action": "message_read", "user_id": -7, "last_read_message_id": 99})).unwrap();
    market.bench.ask(boris, json!({"action": "close_chat", "user_id": -7})).unwrap();
    market.settle();
    let report = report(&mut market.bench);
    let figures = |of: &Value| {
        [
            "total_chats",
            "open_chats",
            "closed_chats",
            "unread_chats",
            "total_unread_messages",
            "recent_activity",
            "messages_in",
            "messages_out",
            "answers",
            "average_first_response_ms",
        ]
        .map(|name| of[name].as_i64().unwrap())
    };
    assert_eq!(figures(&report), [2, 1, 1, 1, 1, 2, 3, 3, 2, 75_000]);
    assert_eq!(figures(one(&report, "sources", "source", "ozon")), [1, 1, 0, 1, 1, 1, 1, 1, 1, 60_000]);
    assert_eq!(figures(one(&report, "sources", "source", "widget")), [1, 0, 1, 0, 0, 1, 2, 2, 1, 90_000]);
    let day = one(&report, "days", "day", "2026-01-10");
    assert_eq!((&day["new_chats"], &day["active_chats"], &day["answers"]), (&json!(2), &json!(2), &json!(2)));
    assert_eq!(
        report["operators"],
        json!([
            {"operator": "Борис", "messages_out": 2, "active_chats": 1, "answers": 1, "average_first_response_ms": 90_000},
            {"operator": "Анна", "messages_out": 1, "active_chats": 1, "answers": 1, "average_first_response_ms": 60_000},
        ])
    );
    // What a page is told of answers is of visitors alone, as before.
    assert_eq!(market.bench.integers("SELECT waited_ms FROM answers"), [90_000]);
}

#[test]
fn a_machine_answers_nobody() {
    let mut market = open();
    let rule = json!({"id": "a", "title": "т", "keywords": ["где"], "text": "Там"});
    market.bench.tool(Tool::ChangeAutoReplies { document: json!({"enabled": true, "rules": [rule]}) }).unwrap();
    market.bench.advance(1_000);
    market.buyer_writes(CHAT, "Где?");
    let row = JsonRow { posting_number: "1-1".into(), variables: BTreeMap::new() };
    let asked = Asked {
        template_id: None,
        text: Some("Да".into()),
        source: "ozon".into(),
        table: Table::of_json(vec![row]).unwrap(),
        rate_per_minute: None,
        client_id: Some("b-1".into()),
        dry_run: false,
    };
    market.bench.tool(Tool::StartBulk(asked)).unwrap();
    for _ in 0..20 {
        market.bench.advance(1_000);
        market.serve_all();
    }
    assert_eq!(market.ozon.seller_texts(&chat_of("1-1")), ["Да"]);
    let report = report(&mut market.bench);
    let counted = (&report["automatic_messages"], &report["messages_out"], &report["answers"], &report["operators"]);
    assert_eq!(counted, (&json!(2), &json!(0), &json!(0), &json!([])));
    // A person's answer counts from the buyer's first message.
    market.writes("Вот");
    let waited_ms = market.bench.now.since_ms(START);
    let after = ask(&mut market.bench, None, Some("2026-01-10"), None).unwrap();
    assert_eq!(after["average_first_response_ms"], json!(waited_ms));
}

#[test]
fn a_period_ends_before_its_last_moment_and_days_are_those_of_the_shops_clock() {
    let mut bench = Bench::new();
    let (desk, page) = (bench.connect(&operator("Анна")), bench.connect(&visitor(-7)));
    // 23:59:59 in Moscow, and the midnight after it.
    bench.now = Timestamp::parse("2026-01-10T20:59:59Z").unwrap();
    bench.visitor_writes(page, "раз");
    bench.advance(1_000);
    bench.operator_writes(desk, -7, "два");
    let day = |bench: &mut Bench, day: &str| ask(bench, Some(day), Some(day), Some("+03:00")).unwrap();
    let (first, second) = (day(&mut bench, "2026-01-10"), day(&mut bench, "2026-01-11"));
    assert_eq!([&first["messages_in"], &first["messages_out"], &first["answers"]], [1, 0, 0]);
    assert_eq!([&second["messages_in"], &second["messages_out"], &second["answers"]], [0, 1, 1]);
    assert_eq!((first["days"].as_array().unwrap().len(), &first["days"][0]["messages_in"]), (1, &json!(1)));
    let whole = ask(&mut bench, Some("2026-01-10T20:59:59Z"), Some("2026-01-10T21:00:00Z"), None).unwrap();
    assert_eq!([&whole["messages_in"], &whole["messages_out"]], [1, 0]);
    for wrong in [("вчера", "+03:00"), ("2026-01-11", "МСК"), ("2027-01-01", "Z")] {
        assert_eq!(ask(&mut bench, Some(wrong.0), None, Some(wrong.1)).unwrap_err().code, Code::Invalid, "{wrong:?}");
    }
}

#[test]
fn whoever_may_read_chats_may_read_reports_and_a_table_says_the_same() {
    let mut market = open();
    market.writes("Да");
    let read = Tool::Report { from: None, to: None, utc_offset: None };
    let report = market.bench.tool_by(&integration("CRM"), read).unwrap();
    let csv = table(&report);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("part,name,total_chats,") && lines[1].starts_with("\"total\",,1,1,0,1,1,1,"), "{csv}");
    assert_eq!(lines.len(), 1 + 1 + 1 + 8 + 1);
    assert!(lines[lines.len() - 1].starts_with("\"operator\",\"Анна\","), "{csv}");
}

#[test]
fn what_is_deleted_is_no_longer_counted() {
    let mut bench = Bench::new();
    let desk = bench.connect(&operator("Анна"));
    for sub in [-7, -8] {
        let page = bench.connect(&visitor(sub));
        bench.visitor_writes(page, "Есть?");
        bench.operator_writes(desk, sub, "Да");
    }
    let receipt = bench.administer(Command::DeleteUser { user_id: -7 }).unwrap();
    assert_eq!(receipt["content"]["counts"]["responses"], 1);
    assert_eq!(report(&mut bench)["answers"], 1);
    let change = serde_json::from_value(json!({"retention_days": 1})).unwrap();
    bench.administer(Command::ChangeOrganization { change }).unwrap();
    bench.advance(DAY_MS + SWEEP_EVERY_MS);
    assert_eq!(bench.integers("SELECT COUNT(*) FROM responses"), [0]);
    assert_eq!(report(&mut bench)["total_chats"], 0);
}

/// What happened, kept as simply as can be.
#[derive(Default)]
struct Diary {
    /// When, in which chat, who: nothing for the user.
    messages: Vec<(i64, i64, Option<&'static str>)>,
    /// When each answer came, by whom, and how long it was waited for.
    answers: Vec<(i64, &'static str, i64)>,
    waiting: BTreeMap<i64, i64>,
    closed: BTreeSet<i64>,
    read: BTreeMap<i64, usize>,
}

impl Diary {
    fn user_writes(&mut self, at: i64, user_id: i64) {
        self.messages.push((at, user_id, None));
        self.waiting.entry(user_id).or_insert(at);
        self.closed.remove(&user_id);
    }

    fn operator_writes(&mut self, at: i64, user_id: i64, name: &'static str) {
        self.messages.push((at, user_id, Some(name)));
        if let Some(since) = self.waiting.remove(&user_id) {
            self.answers.push((at, name, at - since));
        }
    }

    fn users(&self) -> BTreeSet<i64> {
        self.messages.iter().map(|(_, user_id, _)| *user_id).collect()
    }

    fn unread(&self, user_id: i64) -> usize {
        let after = self.read.get(&user_id).copied().unwrap_or(0);
        self.messages.iter().skip(after).filter(|(_, of, who)| *of == user_id && who.is_none()).count()
    }

    fn average(answers: &[&(i64, &'static str, i64)]) -> Value {
        match i64::try_from(answers.len()).unwrap() {
            0 => Value::Null,
            count => json!(answers.iter().map(|(_, _, waited)| waited).sum::<i64>() / count),
        }
    }

    fn compare(&self, report: &Value, from: i64, to: i64, offset_ms: i64, shown: &str) {
        let within = |at: i64| (from..to).contains(&at);
        let messages: Vec<_> = self.messages.iter().filter(|(at, _, _)| within(*at)).collect();
        let answers: Vec<_> = self.answers.iter().filter(|(at, _, _)| within(*at)).collect();
        let last_of = |user_id: i64| self.messages.iter().rev().find(|(_, of, _)| *of == user_id).unwrap().0;
        let users = self.users();
        let expected = json!([
            users.len(),
            users.len() - self.closed.len(),
            self.closed.len(),
            users.iter().filter(|user_id| self.unread(**user_id) > 0).count(),
            users.iter().map(|user_id| self.unread(*user_id)).sum::<usize>(),
            users.iter().filter(|user_id| within(last_of(**user_id))).count(),
            messages.iter().filter(|(_, _, who)| who.is_none()).count(),
            messages.iter().filter(|(_, _, who)| who.is_some()).count(),
            answers.len(),
            Self::average(&answers),
        ]);
        let names = [
            "total_chats",
            "open_chats",
            "closed_chats",
            "unread_chats",
            "total_unread_messages",
            "recent_activity",
            "messages_in",
            "messages_out",
            "answers",
            "average_first_response_ms",
        ];
        assert_eq!(json!(names.map(|name| report[name].clone())), expected, "{shown}");
        let day_of = |at: i64| (at + offset_ms).div_euclid(DAY_MS);
        for (day, figures) in (day_of(from)..=day_of(to - 1)).zip(report["days"].as_array().unwrap()) {
            let of_day: Vec<_> = messages.iter().filter(|(at, _, _)| day_of(*at) == day).collect();
            let answered: Vec<_> = answers.iter().copied().filter(|(at, _, _)| day_of(*at) == day).collect();
            let active = of_day.iter().map(|(_, user_id, _)| user_id).collect::<BTreeSet<_>>().len();
            let seen = ["active_chats", "messages_in", "answers", "average_first_response_ms"]
                .map(|name| figures[name].clone());
            let came = of_day.iter().filter(|(_, _, who)| who.is_none()).count();
            assert_eq!(
                json!(seen),
                json!([active, came, answered.len(), Self::average(&answered)]),
                "{shown}, {figures}"
            );
        }
        for name in ["Анна", "Борис"] {
            let own: Vec<_> = messages.iter().filter(|(_, _, who)| *who == Some(name)).collect();
            let answered: Vec<_> = answers.iter().copied().filter(|(_, who, _)| *who == name).collect();
            let chats = own.iter().map(|(_, user_id, _)| user_id).collect::<BTreeSet<_>>().len();
            let seen = report["operators"].as_array().unwrap().iter().find(|seen| seen["operator"] == name);
            let Some(seen) = seen else {
                assert!(own.is_empty(), "{shown}, {name}");
                continue;
            };
            let seen =
                ["messages_out", "active_chats", "answers", "average_first_response_ms"].map(|name| seen[name].clone());
            assert_eq!(
                json!(seen),
                json!([own.len(), chats, answered.len(), Self::average(&answered)]),
                "{shown}, {name}"
            );
        }
    }
}

#[test]
fn whatever_happens_the_figures_are_what_happened() {
    for seed in 0..12_u64 {
        let mut dice = seed;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((dice >> 33) % sides).unwrap()
        };
        let mut market = open();
        let mut diary = Diary::default();
        diary.user_writes(START.0, market.buyer);
        let desks = [market.operator, market.bench.connect(&operator("Борис"))];
        for _ in 0..80 {
            let at = market.bench.now.0;
            let users: Vec<i64> = diary.users().into_iter().collect();
            let user_id = users[roll(users.len() as u64) as usize];
            match roll(8) {
                0 | 1 => {
                    let sub = -1 - roll(4);
                    let page = market.bench.connect(&visitor(sub));
                    market.bench.visitor_writes(page, "раз");
                    market.bench.hang_up(page);
                    diary.user_writes(at, sub);
                }
                2 => {
                    let user_id = market.buyer_writes(&format!("chat-{}", roll(3)), "два");
                    diary.user_writes(at, user_id);
                }
                3 | 4 => {
                    let who = roll(2) as usize;
                    market.bench.operator_writes(desks[who], user_id, "три");
                    diary.operator_writes(at, user_id, ["Анна", "Борис"][who]);
                }
                5 => {
                    market.bench.ask(desks[0], json!({"action": "close_chat", "user_id": user_id})).unwrap();
                    diary.closed.insert(user_id);
                    diary.waiting.remove(&user_id);
                }
                6 => {
                    let read = json!({"action": "message_read", "user_id": user_id, "last_read_message_id": 9_999});
                    market.bench.ask(desks[0], read).unwrap();
                    diary.read.insert(user_id, diary.messages.len());
                }
                _ => market.bench.hibernate(),
            }
            market.serve_all();
            // In whole seconds, as Ozon's notifications say their time.
            market.bench.advance(roll(5 * 3_600) * 1_000);
        }
        let days = |count: i64| START.plus_ms(count * DAY_MS);
        for (from, to, offset, offset_ms) in [
            (days(-1), market.bench.now.plus_ms(1), "Z", 0),
            (days(1), days(4), "+03:00", 3 * 3_600_000),
            (days(2), days(3), "-05:30", -19_800_000),
        ] {
            let report =
                ask(&mut market.bench, Some(&from.to_rfc3339()), Some(&to.to_rfc3339()), Some(offset)).unwrap();
            // A moment is said in whole seconds.
            let (from, to) = (from.seconds() * 1000, to.seconds() * 1000);
            diary.compare(&report, from, to, offset_ms, &format!("seed {seed}, {offset}"));
        }
    }
}
