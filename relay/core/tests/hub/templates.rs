//! Templates: four are there from the beginning, others are made; what they say is sent whole or not at all.

use crate::bench;

use bench::Bench;
use bench::ozon::{CHAT, Market};
use bench::people::{operator, visitor};
use bench::tools::values;
use relay_core::hub::{Command, Tool};
use serde_json::{Value, json};
use shared::access::Scope;
use shared::limits::{OZON_TEXT_CHARS_MAX, TEMPLATE_TITLE_CHARS_MAX, TEMPLATES_MAX};
use shared::problem::Code;
use shared::token::{Claims, Role};

fn all(bench: &mut Bench) -> Vec<Value> {
    bench.tool(Tool::Templates).unwrap()["templates"].as_array().unwrap().clone()
}

fn ids(bench: &mut Bench) -> Vec<String> {
    all(bench).iter().map(|template| template["template_id"].as_str().unwrap().to_owned()).collect()
}

fn create(bench: &mut Bench, title: &str, text: &str) -> Result<Value, Code> {
    bench.tool(Tool::CreateTemplate { title: title.into(), text: text.into() }).map_err(|problem| problem.code)
}

fn change(bench: &mut Bench, template_id: &str, text: &str) -> Result<Value, Code> {
    let tool = Tool::ChangeTemplate { template_id: template_id.into(), title: "Иначе".into(), text: text.into() };
    bench.tool(tool).map_err(|problem| problem.code)
}

fn remove(bench: &mut Bench, template_id: &str) -> Result<Value, Code> {
    bench.tool(Tool::RemoveTemplate { template_id: template_id.into() }).map_err(|problem| problem.code)
}

fn preview(bench: &mut Bench, template_id: &str, pairs: &[(&str, &str)]) -> Result<Value, String> {
    let tool = Tool::PreviewTemplate { template_id: template_id.into(), variables: values(pairs) };
    bench.tool(tool).map_err(|problem| problem.detail)
}

const BUILT_IN: [&str; 4] = ["order_shipped", "order_delayed", "thank_you", "product_care"];

#[test]
fn four_are_there_from_the_beginning() {
    let mut bench = Bench::new();
    assert_eq!(ids(&mut bench), BUILT_IN);
    let shipped = &all(&mut bench)[0];
    assert_eq!(shipped["title"], "Заказ отправлен");
    assert_eq!(shipped["variables"], json!(["tracking_number", "delivery_date", "tracking_url"]));
    assert_eq!((&shipped["is_builtin"], &shipped["is_changed"]), (&json!(true), &json!(false)));
    assert_eq!(bench.integers("SELECT COUNT(*) FROM templates"), [0]);
}

#[test]
fn the_list_says_whether_who_asks_may_change_it() {
    let mut bench = Bench::new();
    assert_eq!(bench.tool(Tool::Templates).unwrap()["may_change"], true, "the administrator may");
    // Usually a token may only look.
    let anna = operator("Анна");
    assert_eq!(bench.tool_by(&anna, Tool::Templates).unwrap()["may_change"], false);
    let wish = Command::IssueToken {
        role: Role::Operator,
        name: "Мария".into(),
        ttl_s: 3600,
        scopes: Some(vec![Scope::ChatsRead, Scope::ToolsWrite]),
        holder: None,
    };
    let token = bench.administer(wish).unwrap();
    let maria: Claims = bench.claims_of(&token);
    assert_eq!(bench.tool_by(&maria, Tool::Templates).unwrap()["may_change"], true);
    let make = || Tool::CreateTemplate { title: "т".into(), text: "да".into() };
    assert!(bench.tool_by(&maria, make()).is_ok());
    assert_eq!(bench.tool_by(&anna, make()).map_err(|problem| problem.code), Err(Code::Forbidden));
}

#[test]
fn ones_own_are_made_changed_and_removed() {
    let mut bench = Bench::new();
    let made = create(&mut bench, "Скидка", "Скидка {{percent}} до {{day}}").unwrap();
    let id = made["template_id"].as_str().unwrap().to_owned();
    assert_eq!((&made["variables"], &made["is_builtin"]), (&json!(["percent", "day"]), &json!(false)));
    bench.hibernate();
    assert_eq!(all(&mut bench)[4], made);
    let changed = change(&mut bench, &id, "Скидки нет").unwrap();
    assert_eq!((&changed["title"], &changed["variables"]), (&json!("Иначе"), &json!([])));
    assert_eq!(all(&mut bench)[4], changed);
    assert_eq!(remove(&mut bench, &id), Ok(json!({"template_id": id})));
    assert_eq!(ids(&mut bench), BUILT_IN);
    for gone in [change(&mut bench, &id, "Да"), remove(&mut bench, &id)] {
        assert_eq!(gone, Err(Code::NotFound));
    }
    let deeds = bench.column("SELECT action FROM audit ORDER BY entry_id");
    assert_eq!(deeds[deeds.len() - 3..], ["template.changed", "template.changed", "template.removed"]);
}

#[test]
fn a_changed_one_of_the_four_keeps_its_place_and_goes_back() {
    let mut bench = Bench::new();
    let before = all(&mut bench);
    let changed = change(&mut bench, "order_delayed", "Ждём до {{new_date}}").unwrap();
    assert_eq!((&changed["is_builtin"], &changed["is_changed"]), (&json!(true), &json!(true)));
    assert_eq!(ids(&mut bench), BUILT_IN);
    assert_eq!(preview(&mut bench, "order_delayed", &[("new_date", "1 мая")]).unwrap()["text"], "Ждём до 1 мая");
    assert_eq!(remove(&mut bench, "order_delayed").unwrap(), before[1]);
    assert_eq!(all(&mut bench), before);
    // Done again, it is done.
    assert_eq!(remove(&mut bench, "order_delayed").unwrap(), before[1]);
}

#[test]
fn a_preview_says_the_text_or_what_is_wrong_with_the_values() {
    let mut bench = Bench::new();
    let shown = preview(&mut bench, "product_care", &[("care_instructions", "Стирка при 30°C")]).unwrap();
    let text = shown["text"].as_str().unwrap();
    assert!(text.contains("товаром:\n\nСтирка при 30°C\n\n"), "{text}");
    assert_eq!(shown["chars"], json!(text.chars().count()));
    let refused = preview(&mut bench, "order_delayed", &[("reason", "снег"), ("day", "1 мая")]);
    assert_eq!(refused, Err("missing: new_date; unknown: day".into()));
    assert!(preview(&mut bench, "nothing", &[]).unwrap_err().contains("no template"));
}

#[test]
fn what_cannot_be_a_template_is_refused_and_nothing_is_kept() {
    let mut bench = Bench::new();
    let long = "я".repeat(TEMPLATE_TITLE_CHARS_MAX + 1);
    for (title, text, code) in [
        (" ", "да", Code::Invalid),
        (&*long, "да", Code::Invalid),
        ("т", " ", Code::EmptyText),
        ("т", "{{a", Code::Invalid),
        ("т", "{{a b}}", Code::Invalid),
    ] {
        assert_eq!(create(&mut bench, title, text), Err(code), "{title} {text}");
    }
    assert_eq!(bench.integers("SELECT COUNT(*) FROM templates"), [0]);
}

#[test]
fn there_is_room_for_so_many_and_a_change_needs_none() {
    let mut bench = Bench::new();
    for number in 0..TEMPLATES_MAX {
        bench.entropy();
        bench.execute(
            "INSERT INTO templates (template_id, title, text, created_at, updated_at) VALUES (?, 'т', 'да', 0, 0)",
            vec![format!("t{number}").into()],
        );
    }
    assert_eq!(create(&mut bench, "т", "да"), Err(Code::Conflict));
    assert_eq!(change(&mut bench, "thank_you", "да").err(), Some(Code::Conflict));
    assert!(change(&mut bench, "t7", "нет").is_ok());
    remove(&mut bench, "t8").unwrap();
    assert!(create(&mut bench, "т", "да").is_ok());
}

#[test]
fn a_template_is_written_to_a_chat_of_any_source() {
    let mut market = Market::new();
    let page = market.bench.connect(&visitor(-7));
    market.bench.visitor_writes(page, "Где заказ?");
    let clerk = operator("Анна");
    let delay = [("new_date", "1 мая"), ("reason", "снег")];
    for user_id in [-7, market.buyer] {
        let sent = market.bench.send_template(&clerk, user_id, "order_delayed", &delay, None).unwrap();
        let text = sent["message"]["text"].as_str().unwrap();
        assert!(text.contains("1 мая\n💬 Причина: снег"), "{text}");
    }
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT).len(), 1);
    assert_eq!(market.bench.texts(page, -7).len(), 2);
    let deeds = market.bench.column("SELECT action FROM audit ORDER BY entry_id");
    assert_eq!(deeds[deeds.len() - 2..], ["message.sent", "message.sent"]);
}

#[test]
fn a_template_with_a_wrong_value_sends_nothing() {
    let mut market = Market::new();
    let clerk = operator("Анна");
    let code = |answer: Result<Value, shared::problem::Problem>| answer.unwrap_err().code;
    let long = "я".repeat(OZON_TEXT_CHARS_MAX);
    for (pairs, expected) in [
        (vec![], Code::Invalid),
        (vec![("care_instructions", "да"), ("b", "нет")], Code::Invalid),
        (vec![("care_instructions", &*long)], Code::TooLarge),
    ] {
        let refused = market.bench.send_template(&clerk, market.buyer, "product_care", &pairs, None);
        assert_eq!(code(refused), expected);
    }
    let nowhere = market.bench.send_template(&clerk, 99, "thank_you", &[], None);
    assert_eq!(code(nowhere), Code::NotFound);
    let mut stranger = clerk.clone();
    stranger.org = "chuzhaya".into();
    for claims in [stranger, visitor(-7)] {
        let refused = market.bench.send_template(&claims, market.buyer, "thank_you", &[], None);
        assert_eq!(code(refused), Code::Forbidden);
    }
    assert!(market.bench.calls.is_empty());
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM messages"), [1]);
}

#[test]
fn a_repetition_is_the_message_that_was_kept_whatever_the_template_says_now() {
    let mut market = Market::new();
    let clerk = operator("Анна");
    let first = market.bench.send_template(&clerk, market.buyer, "thank_you", &[], Some("c-1")).unwrap();
    change(&mut market.bench, "thank_you", "Иначе, {{name}}").unwrap();
    market.bench.crash();
    let again = market.bench.send_template(&clerk, market.buyer, "thank_you", &[], Some("c-1")).unwrap();
    assert_eq!(again["message"]["text"], first["message"]["text"]);
    assert_eq!(again["message"]["message_id"], first["message"]["message_id"]);
    market.settle();
    assert_eq!(market.ozon.seller_texts(CHAT).len(), 1);
}
