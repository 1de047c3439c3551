//! Windows of Ozon's chats: what is known of their orders, and what is refused because of it before Ozon is asked.

use crate::bench;

use bench::ozon::{CHAT, Market, answered, order_number, posting};
use bench::{Bench, Call};
use relay_core::hub::Tool;
use relay_core::hub::{Chore, Job};
use relay_core::tools::bulk::{Asked, Table};
use serde_json::{Value, json};
use shared::limits::{OZON_ORDER_FOLLOW_MS, OZON_ORDER_HOLDS_MS, OZON_ORDER_LOOK_MS};
use shared::time::Timestamp;

const HOUR_MS: i64 = 3_600_000;

/// What a chore is about, and what it asked.
fn chore_of(call: &Call) -> Option<Chore> {
    if let Job::Chore { errand } = &call.job { Some(errand.chore) } else { None }
}

/// Serves the chores that are due, and says which they were.
fn serve_chores(market: &mut Market) -> Vec<Chore> {
    let mut served = Vec::new();
    for _ in 0..20 {
        market.bench.advance(1);
        if market.bench.chores.is_empty() {
            return served;
        }
        let call = market.bench.chores.remove(0);
        served.extend(chore_of(&call));
        market.serve(call);
    }
    panic!("chores without an end: {served:?}");
}

/// A market whose buyer wrote so long ago about an order, which is known; nothing but that order's chores is left to do.
fn market(order: Value, wrote_ago_ms: i64) -> Market {
    let mut market = Market::new();
    market.ozon.orders.insert(CHAT.into(), order_number(&order));
    market.ozon.fbs.push(order);
    let wrote_at = market.bench.now.plus_ms(-wrote_ago_ms);
    market.ozon.now = wrote_at.to_rfc3339();
    market.bench.execute("UPDATE messages SET created_at = ?", vec![wrote_at.0.into()]);
    let id = market.ozon.last_id(CHAT);
    market.ozon.date(CHAT, id, &wrote_at.to_rfc3339());
    read_history(&mut market);
    market
}

fn read_history(market: &mut Market) {
    market.bench.execute("INSERT INTO chores (kind, chat_id, due_at) VALUES ('catch', ?, 0)", vec![CHAT.into()]);
    market.bench.hibernate();
    let served = serve_chores(market);
    assert_eq!(served.first(), Some(&Chore::Catch), "{served:?}");
}

/// A message of the operator's: taken, or the refusal's code.
fn write(market: &mut Market) -> Result<(), String> {
    let (operator, buyer) = (market.operator, market.buyer);
    let taken = market.bench.ask(operator, json!({"action": "send_message", "user_id": buyer, "text": "Добрый день"}));
    taken.map(|_| ())
}

fn order(market: &mut Market) -> Value {
    let listed = market.bench.ask(market.operator, json!({"action": "chats"})).unwrap();
    listed["chats"][0]["order"].clone()
}

fn bench_now() -> Timestamp {
    Bench::new().now
}

fn paid(hours_ago: i64) -> Value {
    posting("0136-0001-1", "delivering", bench_now().plus_ms(-hours_ago * HOUR_MS))
}

#[test]
fn what_is_known_of_an_order_is_told_and_shown() {
    let mut market = market(paid(10), HOUR_MS);
    let told = market.bench.only(market.operator, "order_updated");
    assert_eq!(told.len(), 1);
    let expected = json!({"order_number": "0136-0001", "scheme": "fbs", "paid_at": "2026-01-10T05:30:00Z",
        "delivered_at": null, "delivered_by": null, "user_wrote_at": "2026-01-10T14:30:00Z"});
    assert_eq!((&told[0]["data"]["order"], order(&mut market)), (&expected, expected.clone()));
    assert_eq!(write(&mut market), Ok(()));
}

#[test]
fn a_chat_is_open_at_the_last_millisecond_and_refused_at_the_next_without_a_call() {
    for (paid_ago, wrote_ago_ms, code) in
        [(100, 48 * HOUR_MS, "upstream_window_closed"), (200, 48 * HOUR_MS, "upstream_window_closed")]
    {
        for (late_ms, expected) in [(0_i64, Ok(())), (1, Err(code.to_owned()))] {
            let mut market = market(paid(paid_ago), 0);
            let user_wrote_at = market.bench.now.plus_ms(-late_ms - wrote_ago_ms);
            market.bench.execute("UPDATE messages SET created_at = ?", vec![user_wrote_at.0.into()]);
            market.bench.execute("UPDATE ozon_orders SET user_wrote_at = NULL", vec![]);
            market.bench.calls.clear();
            assert_eq!(write(&mut market), expected, "{paid_ago} {late_ms}");
            assert_eq!(market.bench.calls.len(), usize::from(expected.is_ok()));
            let kept = market.bench.integers("SELECT COUNT(*) FROM messages WHERE side = 'operator'");
            assert_eq!(kept, [i64::from(expected.is_ok())], "nothing is reserved that is refused");
        }
    }
}

#[test]
fn of_an_fbo_order_only_the_buyers_message_opens_the_chat() {
    let mut market = Market::new();
    let order_of_ozon = paid(1);
    market.ozon.orders.insert(CHAT.into(), order_number(&order_of_ozon));
    market.ozon.fbo.push(order_of_ozon);
    read_history(&mut market);
    assert_eq!(order(&mut market)["scheme"], "fbo");
    assert_eq!(write(&mut market), Ok(()));
    market.settle();
    market.bench.advance(49 * HOUR_MS);
    serve_chores(&mut market);
    assert_eq!(write(&mut market), Err("upstream_window_closed".into()));
    market.bench.execute("UPDATE ozon_orders SET user_wrote_at = NULL", vec![]);
    market.bench.execute("DELETE FROM messages WHERE side = 'user'", vec![]);
    assert_eq!(write(&mut market), Err("upstream_start_not_allowed".into()));
    let chat = CHAT.to_owned();
    market.buyer_writes(&chat, "Ау");
    assert_eq!(write(&mut market), Ok(()));
}

#[test]
fn whoever_knows_nothing_asks_ozon() {
    // No history has named an order.
    let mut unnamed = Market::new();
    unnamed.bench.execute("UPDATE messages SET created_at = 0", vec![]);
    assert_eq!(write(&mut unnamed), Ok(()));
    // The order is in no list, or Ozon does not let the key see it.
    let mut missing = market(paid(100), 60 * HOUR_MS);
    assert_eq!(write(&mut missing), Err("upstream_window_closed".into()));
    missing.ozon.fbs.clear();
    push_state(&mut missing, "posting_in_carriage", "2026-01-10T15:00:00Z");
    let served = serve_chores(&mut missing);
    assert!(served.contains(&Chore::Order) && served.contains(&Chore::FboOrder), "{served:?}");
    assert_eq!((order(&mut missing), write(&mut missing)), (Value::Null, Ok(())));
    // Two orders.
    let mut several = market(paid(100), 60 * HOUR_MS);
    several.ozon.orders.insert(CHAT.into(), "0999-0001".into());
    read_history(&mut several);
    assert_eq!((order(&mut several), write(&mut several)), (Value::Null, Ok(())));
    // Something of the chat is being read.
    let mut reading = market(paid(100), 60 * HOUR_MS);
    let later = reading.bench.now.plus_ms(HOUR_MS);
    reading.bench.execute(
        "INSERT INTO chores (kind, chat_id, due_at) VALUES ('catch', ?, ?)",
        vec![CHAT.into(), later.0.into()],
    );
    assert_eq!(write(&mut reading), Ok(()));
}

#[test]
fn what_cannot_be_looked_at_any_more_holds_for_a_while_and_no_longer() {
    for (late_ms, expected) in [(0, Err("upstream_window_closed".to_owned())), (1, Ok(()))] {
        let mut market = market(paid(100), 60 * HOUR_MS);
        let looked_at = market.bench.now.plus_ms(-OZON_ORDER_HOLDS_MS - late_ms);
        market.bench.execute("UPDATE ozon_orders SET looked_at = ?", vec![looked_at.0.into()]);
        assert_eq!(write(&mut market), expected, "{late_ms}");
    }
    // Clients are told when it does not, and when it is refused.
    let mut market = market(paid(100), 60 * HOUR_MS);
    market.bench.clear();
    market.bench.advance(OZON_ORDER_LOOK_MS);
    let call = market.bench.chores.remove(0);
    assert_eq!(chore_of(&call), Some(Chore::Order));
    market
        .bench
        .answer(call.job, answered(403, r#"{"code":7,"message":"Api-Key is missing a required role for a method"}"#));
    assert_eq!(market.bench.only(market.operator, "order_updated")[0]["data"]["order"], Value::Null);
    assert_eq!(write(&mut market), Ok(()));
}

fn push_state(market: &mut Market, state: &str, at: &str) {
    let secret = market.secret.clone();
    let push = json!({"message_type": "TYPE_STATE_CHANGED", "posting_number": "0136-0001-1", "new_state": state,
        "changed_state_date": at, "warehouse_id": 0, "seller_id": 7});
    assert_eq!(market.bench.push(&secret, &push), Ok(json!({"result": true})));
}

#[test]
fn a_delivery_opens_the_chat_by_its_own_time_if_a_push_tells_it() {
    let mut market = market(paid(100), 60 * HOUR_MS);
    assert_eq!(write(&mut market), Err("upstream_window_closed".into()));
    market.ozon.fbs[0]["status"] = json!("delivered");
    push_state(&mut market, "posting_delivered", "2026-01-07T15:30:00.001Z");
    assert_eq!(serve_chores(&mut market), [Chore::Order]);
    let known = order(&mut market);
    assert_eq!(
        (&known["delivered_at"], &known["delivered_by"]),
        (&json!("2026-01-07T15:30:00Z"), &json!("2026-01-07T15:30:00Z"))
    );
    // 72 hours to the millisecond; serving has taken two of them.
    market
        .bench
        .execute("UPDATE ozon_orders SET delivered_by = ?", vec![market.bench.now.plus_ms(-72 * HOUR_MS).0.into()]);
    assert_eq!(write(&mut market), Ok(()));
    market.bench.advance(1);
    assert_eq!(write(&mut market), Err("upstream_window_closed".into()));
    // Nothing more can become of it: it is not looked at again.
    market.bench.advance(2 * OZON_ORDER_LOOK_MS);
    assert!(market.bench.chores.iter().all(|call| chore_of(call) != Some(Chore::Order)));
}

#[test]
fn a_delivery_that_was_only_seen_opens_the_chat_until_it_is_surely_over() {
    let mut market = market(paid(100), 60 * HOUR_MS);
    market.ozon.fbs[0]["status"] = json!("delivered");
    market.bench.advance(OZON_ORDER_LOOK_MS);
    assert_eq!(serve_chores(&mut market), [Chore::Order]);
    let known = order(&mut market);
    assert!(known["delivered_at"].is_null() && known["delivered_by"].is_string(), "{known}");
    assert_eq!(write(&mut market), Ok(()));
    market.bench.advance(72 * HOUR_MS);
    assert_eq!(write(&mut market), Err("upstream_window_closed".into()));
}

#[test]
fn an_order_is_looked_at_seldom_and_not_for_ever() {
    // While the chat is open, a delivery would change nothing.
    let mut open = market(paid(1), HOUR_MS);
    open.bench.advance(60 * HOUR_MS);
    assert!(open.bench.chores.iter().all(|call| chore_of(call) != Some(Chore::Order)));
    let mut market = market(paid(100), 60 * HOUR_MS);
    market.bench.advance(OZON_ORDER_LOOK_MS - 100);
    assert!(serve_chores(&mut market).is_empty());
    market.bench.advance(100);
    assert_eq!(serve_chores(&mut market), [Chore::Order]);
    market.bench.advance(OZON_ORDER_LOOK_MS);
    // A millisecond before its time is over. What is written has whole seconds.
    market.bench.advance(999 - market.bench.now.0 % 1_000);
    let paid_at = market.bench.now.plus_ms(1 - OZON_ORDER_FOLLOW_MS);
    market.ozon.fbs[0]["in_process_at"] = json!(paid_at.to_rfc3339());
    let call = market.bench.chores.remove(0);
    market.serve(call);
    assert!(order(&mut market).is_object());
    assert_eq!(serve_chores(&mut market), [Chore::Order]);
    assert_eq!(order(&mut market), Value::Null, "it may be delivered unseen");
    market.bench.advance(2 * OZON_ORDER_LOOK_MS);
    assert!(serve_chores(&mut market).is_empty());
}

#[test]
fn a_row_of_a_bulk_send_whose_chat_is_closed_fails_without_a_call_and_the_next_one_goes() {
    let mut market = market(paid(100), 60 * HOUR_MS);
    let asked = |dry_run| Asked {
        template_id: None,
        text: Some("Да".into()),
        source: "ozon".into(),
        table: Table::of_csv("posting_number\n0136-0001-1\n0777-0001-1\n").unwrap(),
        rate_per_minute: None,
        client_id: Some("b-1".into()),
        dry_run,
    };
    let rehearsed = market.bench.tool(Tool::StartBulk(asked(true))).unwrap();
    let until = &rehearsed["rows"][0]["window"]["until"];
    assert_eq!((&rehearsed["closed"], &rehearsed["faults"]), (&json!(1), &json!(0)));
    assert_eq!(rehearsed["rows"][0]["window"]["reason"], "reply_over");
    assert_eq!((until, &rehearsed["rows"][1].get("window")), (&json!("2026-01-10T03:30:00Z"), &None));
    market.bench.tool(Tool::StartBulk(asked(false))).unwrap();
    market.bench.advance(0);
    market.bench.advance(1);
    market.serve_all();
    assert_eq!(market.ozon.begun.keys().collect::<Vec<_>>(), ["0777-0001-1"]);
    let reasons = market.bench.column("SELECT reason FROM bulk_rows WHERE state = 'failed'");
    assert_eq!(reasons, ["upstream_window_closed"]);
}

#[test]
fn everything_of_an_order_goes_with_its_user() {
    let mut market = market(paid(100), 60 * HOUR_MS);
    let user_id = market.buyer;
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM ozon_orders"), [1]);
    market.bench.administer(relay_core::hub::Command::DeleteUser { user_id }).unwrap();
    assert_eq!(market.bench.integers("SELECT COUNT(*) FROM ozon_orders"), [0]);
}
