//! Bulk sends and the report on the real relay, as a program uses them: tables in and out, and a restart in the middle.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::ozon::{Fault, Scheme};
use tests::world::{Http, Organization, Runtime, Seller, World, until, within};

const SEND: &str = "/v1/chat/send/message";
const START: &str = "/v1/chat/start";

/// A message that was under way at a kill is decided once no copy of it can be on its way any more.
const DONE_WITHIN: Duration = Duration::from_secs(150);

/// A program that may use the tools.
async fn program(shop: &Organization<'_>) -> Http {
    let scopes = ["chats:read", "chats:write", "tools:write"];
    let asked = json!({"organization": shop.id, "role": "integration", "name": "CRM", "ttl_s": 3600, "scopes": scopes});
    let made = shop.world().admin().post("/v1/tokens", &asked).await.expect(201);
    shop.api(made["token"].as_str().unwrap())
}

/// A template with one variable.
async fn template(api: &Http) -> String {
    let made =
        api.post("/v1/templates", &json!({"title": "Когда ждать", "text": "Привезём {{day}}"})).await.expect(201);
    made["template_id"].as_str().unwrap().to_owned()
}

async fn postings(seller: &Seller, count: usize) -> Vec<String> {
    let mut postings = Vec::new();
    for _ in 0..count {
        postings.push(seller.new_posting(Scheme::Fbs).await);
    }
    postings
}

/// A table as Excel saves it in Russia, but for its encoding.
fn table(postings: &[String]) -> String {
    let rows = postings.iter().enumerate().map(|(at, posting)| format!("{} мая;{posting}\r\n", at + 1));
    format!("\u{feff}day;posting_number\r\n{}", rows.collect::<String>())
}

async fn hand_over(api: &Http, query: &str, table: &str) -> tests::world::Answer {
    let api = api.clone().with("content-type", "text/csv");
    api.call(Method::POST, &format!("/v1/bulk?{query}"), table.to_owned().into()).await
}

async fn bulk(api: &Http, bulk_id: &Value) -> Value {
    api.get(&format!("/v1/bulk/{bulk_id}")).await.expect(200)["bulk"].clone()
}

async fn until_done(api: &Http, bulk_id: &Value) -> Value {
    within(DONE_WITHIN, "the end of the bulk send", async || {
        Some(bulk(api, bulk_id).await).filter(|bulk| bulk["state"] == "done")
    })
    .await
}

/// That the buyer of each row has exactly its message.
async fn assert_each_has_one(api: &Http, seller: &Seller, bulk_id: &Value, postings: &[String]) {
    let rows = api.get(&format!("/v1/bulk/{bulk_id}/rows")).await.expect(200)["rows"].clone();
    let rows: BTreeMap<String, Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["posting_number"].as_str().unwrap().into(), row.clone()))
        .collect();
    assert_eq!(rows.len(), postings.len());
    for (at, posting) in postings.iter().enumerate() {
        let row = &rows[posting];
        assert_eq!(row["state"], "sent", "{row}");
        let texts = seller.texts(row["chat_id"].as_str().unwrap()).await;
        assert_eq!(texts, [format!("Привезём {} мая", at + 1)], "{posting}");
    }
    seller.assert_no_unmatched_call().await;
    seller.assert_within_limits().await;
}

#[tokio::test]
async fn a_table_goes_in_each_buyer_gets_one_message_and_a_table_comes_out() {
    let shop = World::shared().await.organization("tables").await;
    let (seller, api) = (shop.connect_ozon().await, program(&shop).await);
    let (template_id, postings) = (template(&api).await, postings(&seller, 3).await);
    let query = format!("template_id={template_id}&rate_per_minute=120");

    // A dry run says what is wrong, row by row, and touches nobody.
    let faulty = format!("posting_number,day\n{},1 мая\n{},\n", postings[0], postings[1]);
    let found = hand_over(&api, &format!("{query}&dry_run=true"), &faulty).await.expect(200);
    assert_eq!((&found["total"], &found["faults"]), (&json!(2), &json!(1)), "{found}");
    assert_eq!(
        (&found["rows"][0]["text"], &found["rows"][1]["detail"]),
        (&json!("Привезём 1 мая"), &json!("missing: day"))
    );
    let refused = hand_over(&api, &format!("{query}&client_id=b-0"), &faulty).await;
    assert!(refused.status == 422 || refused.status == 400, "{}", refused.text);
    assert!(refused.text.contains("row 2: missing: day"), "{}", refused.text);
    assert_eq!(seller.state().await.unwrap().calls(START), 0);
    assert_eq!(api.get("/v1/bulk").await.expect(200)["bulks"], json!([]));

    // Asked for twice it is one.
    let first = hand_over(&api, &format!("{query}&client_id=b-1"), &table(&postings)).await.expect(201);
    let again = hand_over(&api, &format!("{query}&client_id=b-1"), &table(&postings)).await.expect(201);
    let bulk_id = first["bulk"]["bulk_id"].clone();
    assert_eq!(again["bulk"]["bulk_id"], bulk_id);
    let done = until_done(&api, &bulk_id).await;
    assert_eq!((&done["sent"], &done["failed"], &done["total"]), (&json!(3), &json!(0), &json!(3)));
    assert_each_has_one(&api, &seller, &bulk_id, &postings).await;
    assert_eq!(seller.state().await.unwrap().calls(SEND), 3);

    // A table in pages: each with the names, and where the next begins.
    let page = api.get(&format!("/v1/bulk/{bulk_id}/rows?format=csv&limit=2")).await;
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")), "{:?}", page.headers);
    let lines: Vec<&str> = page.text.split("\r\n").collect();
    assert_eq!(lines[0], "row,posting_number,state,reason,chat_id,user_id,message_id");
    assert!(lines[1].starts_with(&format!("1,\"{}\",\"sent\",,", postings[0])), "{}", page.text);
    assert_eq!((lines.len(), page.header("x-next")), (4, Some("2")));
    let rest = api.get(&format!("/v1/bulk/{bulk_id}/rows?format=csv&limit=2&after=2")).await;
    assert!(rest.text.contains(&postings[2]) && rest.header("x-next").is_none(), "{}", rest.text);
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_bulk_send_leaves_nobody_out_and_writes_to_nobody_twice() {
    kill_in_the_middle(World::start_on(Runtime::Wrangler, &[]).await).await;
}

#[tokio::test]
async fn nor_does_a_kill_of_a_relay_alone_on_a_server() {
    kill_in_the_middle(World::start_on(Runtime::Workerd, &[]).await).await;
}

async fn kill_in_the_middle(world: World) {
    let shop = world.organization("restart").await;
    let (seller, api) = (shop.connect_ozon().await, program(&shop).await);
    let (template_id, postings) = (template(&api).await, postings(&seller, 6).await);
    // The first message reaches Ozon, and nobody ever says so.
    seller.fault(&Fault::no_answer(SEND).after().times(1)).await.unwrap();
    let query = format!("template_id={template_id}&rate_per_minute=120&client_id=b-1");
    let bulk_id = hand_over(&api, &query, &table(&postings)).await.expect(201)["bulk"]["bulk_id"].clone();
    until("two messages on their way", async || (seller.state().await.unwrap().calls(SEND) >= 2).then_some(())).await;
    world.kill_relay().await;
    let begun = seller.state().await.unwrap().calls(START);
    assert!((2..6).contains(&begun), "the kill came in the middle: {begun} of 6");
    world.run_relay().await;

    // Whoever asks again after the restart begins nothing new.
    let again = hand_over(&api, &query, &table(&postings)).await.expect(201);
    assert_eq!(again["bulk"]["bulk_id"], bulk_id);
    let done = until_done(&api, &bulk_id).await;
    assert_eq!((&done["sent"], &done["failed"]), (&json!(6), &json!(0)), "{done}");
    assert_each_has_one(&api, &seller, &bulk_id, &postings).await;
}

#[tokio::test]
async fn the_report_counts_what_was_done_and_is_a_table_too() {
    let shop = World::shared().await.organization("report").await;
    let (seller, api) = (shop.connect_ozon().await, program(&shop).await);
    let token = shop.operator("Анна").await;
    let mut operator = shop.events(&token).await;
    let (_, user_id) = seller.new_chat(&mut operator, "Когда привезёте?").await;
    operator.result(json!({"action": "send_message", "user_id": user_id, "text": "Завтра"})).await;
    let postings = postings(&seller, 2).await;
    let query = format!("template_id={}&rate_per_minute=120&client_id=b-1", template(&api).await);
    let bulk_id = hand_over(&api, &query, &table(&postings)).await.expect(201)["bulk"]["bulk_id"].clone();
    until_done(&api, &bulk_id).await;

    let report = api.get("/v1/reports?utc_offset=%2B03:00").await.expect(200);
    let figures = ["total_chats", "messages_in", "messages_out", "automatic_messages", "answers", "recent_activity"];
    assert_eq!(figures.map(|name| report[name].as_i64().unwrap()), [3, 1, 1, 2, 1, 3], "{report}");
    assert!(report["average_first_response_ms"].as_i64().is_some_and(|ms| (0..60_000).contains(&ms)), "{report}");
    assert_eq!(report["operators"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&report["operators"][0]["operator"], &report["operators"][0]["messages_out"]),
        (&json!("Анна"), &json!(1))
    );
    let days = report["days"].as_array().unwrap();
    assert_eq!(days.iter().map(|day| day["automatic_messages"].as_i64().unwrap()).sum::<i64>(), 2);

    let answer = api.get("/v1/reports?utc_offset=%2B03:00&format=csv").await;
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")), "{:?}", answer.headers);
    let lines: Vec<Vec<&str>> = answer.text.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| lines[0].iter().position(|there| *there == name).unwrap();
    let of = |part: &str| lines.iter().find(|line| line[0] == format!("\"{part}\"")).unwrap();
    assert_eq!((of("total")[column("messages_in")], of("total")[column("automatic_messages")]), ("1", "2"));
    assert_eq!((of("operator")[column("name")], of("operator")[column("answers")]), ("\"Анна\"", "1"));
    assert_eq!(lines.iter().filter(|line| line[0] == "\"day\"").count(), days.len());
}
