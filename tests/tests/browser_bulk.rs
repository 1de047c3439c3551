//! Bulk sends and the report in a real browser: a table, a dry run, the beginning, a pause, the results; and the figures of it all.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::ozon::Scheme;
use tests::world::{
    Browser, Http, Organization, Page, Root, Screen, Seller, World, assert_accessible, place, turn, until,
};

const TABLE: &str = ".bulk-form textarea";

/// Keeps what the page gives the operator to save.
const KEEP_SAVED: &str = "
const make = URL.createObjectURL.bind(URL);
URL.createObjectURL = (blob) => { window.saved = blob.text(); return make(blob); };";

/// An operator who may use the tools.
async fn operator(shop: &Organization<'_>) -> String {
    let scopes = ["chats:read", "chats:write", "files:write", "tools:write"];
    let asked = json!({"organization": shop.id, "role": "operator", "name": "Анна", "ttl_s": 3600, "scopes": scopes});
    let made = shop.world().admin().post("/v1/tokens", &asked).await.expect(201);
    made["token"].as_str().unwrap().to_owned()
}

/// A shop with an account at Ozon, an operator and a template.
struct Shop<'w> {
    seller: Seller,
    token: String,
    api: Http,
    shop: Organization<'w>,
}

impl<'w> Shop<'w> {
    async fn open(world: &'w World) -> Self {
        let shop = world.organization("bulk").await;
        let (seller, token) = (shop.connect_ozon().await, operator(&shop).await);
        let api = shop.api(&token);
        let made =
            json!({"title": "Когда ждать заказ", "text": "Здравствуйте! Привезём заказ {{day}}, ждите курьера."});
        api.post("/v1/templates", &made).await.expect(201);
        Self { seller, token, api, shop }
    }

    async fn enter(&self, browser: &Browser, name: &str, screen: Screen) -> Page {
        let size = if screen == Screen::Wide { "1280" } else { "360" };
        let page = browser.page(&format!("{name}-{size}"), screen).await;
        page.prepare(KEEP_SAVED).await;
        page.goto(&format!("{}/inbox/#token={}", self.shop.world().url(), self.token)).await;
        page.click(Root::Page, ".rail a[href='#bulk']").await;
        page
    }
}

async fn postings(seller: &Seller, count: usize) -> Vec<String> {
    let mut postings = Vec::new();
    for _ in 0..count {
        postings.push(seller.new_posting(Scheme::Fbs).await);
    }
    postings
}

fn file(table: &str) -> PathBuf {
    let path = place::temporary("table").join("postings.csv");
    std::fs::write(&path, table).unwrap();
    path
}

/// Puts something in a field, as pasting does.
async fn fill(page: &Page, css: &str, value: &str, event: &str) {
    let script = format!(
        "const field = document.querySelector('{css}'); field.value = {};
         field.dispatchEvent(new Event('{event}', {{ bubbles: true }}))",
        Value::from(value)
    );
    page.find(Root::Page, css).await;
    page.run(&script).await;
}

/// Opens the form and fills in all but the table.
async fn begin(page: &Page, rate: &str) {
    page.click(Root::Page, ".new-bulk").await;
    page.until("the templates", Root::Page, ".bulk-form select", |texts| {
        texts.iter().any(|text| text.contains("Когда ждать заказ"))
    })
    .await;
    let choose = "const field = document.querySelector('.bulk-form select');
        field.value = [...field.options].find((option) => option.text === 'Когда ждать заказ').value;
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    page.run(choose).await;
    page.find(Root::Page, ".bulk-form .quote").await;
    fill(page, ".bulk-form .rate", rate, "input").await;
}

/// Nothing is wider than the page.
async fn assert_fits(page: &Page) {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth
        + (document.querySelector('.tools-page').scrollWidth - document.querySelector('.tools-page').clientWidth)";
    assert_eq!(page.run(wide).await, 0, "something is wider than the page");
}

#[tokio::test]
async fn a_bulk_send_is_checked_begun_paused_and_counted_on_a_wide_screen() {
    walk(Screen::Wide).await;
}

#[tokio::test]
async fn a_bulk_send_is_checked_begun_paused_and_counted_on_a_phone() {
    walk(Screen::Phone).await;
}

async fn walk(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Shop::open(&world).await;
    let postings = postings(&shop.seller, 4).await;
    let page = shop.enter(&browser, "bulk", screen).await;
    page.until_text(Root::Page, ".empty h2", "Рассылок пока нет").await;
    page.shoot("1-empty").await;
    check_and_begin(&page, &shop, &postings).await;
    pause_and_resume(&page, &shop).await;
    look_at_the_results(&page, &shop, &postings).await;
    read_the_report(&page, &shop).await;
    page.close().await;
    shop.seller.assert_no_unmatched_call().await;
}

async fn check_and_begin(page: &Page, shop: &Shop<'_>, postings: &[String]) {
    begin(page, "15").await;
    let row = |at: usize, day: &str| format!("{},{day}\n", postings[at]);
    let faulty = format!("posting_number,day\n{}{}{}{}", row(0, "1 мая"), row(1, ""), row(2, "3 мая"), row(3, "4 мая"));
    page.write(Root::Page, ".bulk-form .upload input", file(&faulty).to_str().unwrap()).await;
    let loaded = "return document.querySelector('.bulk-form textarea').value";
    until("the file in the field", async || (page.run(loaded).await == faulty.as_str()).then_some(())).await;

    // A missing value is named, and nothing was sent.
    page.click(Root::Page, ".bulk-form .check").await;
    page.until("the fault", Root::Page, ".bulk-form tr.bad td", |texts| {
        texts == ["2", postings[1].as_str(), "Нет значения: day"]
    })
    .await;
    page.until("the sum", Root::Page, ".found", |texts| {
        texts.iter().all(|text| text.starts_with("Из 4 строк с ошибками: 1"))
    })
    .await;
    page.until_gone(Root::Page, ".bulk-form .ask").await;
    assert_accessible(page, "#bulk-page", "a dry run with a fault").await;
    assert_fits(page).await;
    page.shoot("2-fault").await;
    assert_eq!(shop.seller.state().await.unwrap().calls("/v1/chat/start"), 0);

    // Put right in the field itself.
    fill(page, TABLE, &faulty.replace(&row(1, ""), &row(1, "2 мая")), "input").await;
    page.until_gone(Root::Page, ".bulk-form .found").await;
    page.click(Root::Page, ".bulk-form .check").await;
    page.until_text(Root::Page, ".bulk-form tbody td:last-child", "Здравствуйте! Привезём заказ 2 мая, ждите курьера.")
        .await;
    assert_eq!(shop.seller.state().await.unwrap().calls("/v1/chat/start"), 0, "still nothing is sent");
    page.click(Root::Page, ".bulk-form .ask").await;
    page.until_text(Root::Page, ".bulk-form .start", "Отправить 4 покупателям").await;
    assert_accessible(page, "#bulk-page", "the last question").await;
    page.shoot("3-sure").await;
    // Pressed twice.
    page.run("const start = document.querySelector('.bulk-form .start'); start.click(); start.click()").await;
    page.find(Root::Page, ".bulk[data-state=running]").await;
    page.until_gone(Root::Page, ".bulk-form").await;
}

async fn pause_and_resume(page: &Page, shop: &Shop<'_>) {
    // It comes further by itself.
    page.until_text(Root::Page, ".bulk .counts .sent dd", "1").await;
    page.click(Root::Page, ".bulk .pause").await;
    page.until_text(Root::Page, ".bulk .state", "На паузе").await;
    let begun = shop.seller.state().await.unwrap().calls("/v1/chat/start");
    assert!((1..4).contains(&begun), "the pause came in the middle: {begun} of 4");
    page.click(Root::Page, ".bulk .cancel").await;
    page.find(Root::Page, ".bulk .sure").await;
    assert_accessible(page, "#bulk-page", "paused, and asked whether to cancel").await;
    assert_fits(page).await;
    page.shoot("4-paused").await;
    page.click(Root::Page, ".bulk .keep").await;
    page.until_gone(Root::Page, ".bulk .sure").await;
    assert_eq!(shop.seller.state().await.unwrap().calls("/v1/chat/start"), begun, "nothing is begun in a pause");
    page.click(Root::Page, ".bulk .resume").await;
    page.until_text(Root::Page, ".bulk .state", "Завершена").await;
    page.until_text(Root::Page, ".bulk .counts .sent dd", "4").await;
    let bulks = shop.api.get("/v1/bulk").await.expect(200);
    assert_eq!(bulks["bulks"].as_array().unwrap().len(), 1, "pressed twice, begun once");
}

async fn look_at_the_results(page: &Page, shop: &Shop<'_>, postings: &[String]) {
    page.click(Root::Page, ".bulk .rows").await;
    page.until("all rows sent", Root::Page, ".outcomes .outcome", |texts| texts == ["отправлено"; 4]).await;
    let shown = page.texts(Root::Page, ".outcomes tbody td:nth-child(2)").await;
    assert_eq!(shown, postings);
    assert_accessible(page, "#bulk-page", "the results").await;
    assert_fits(page).await;
    page.shoot("5-done").await;

    let rows = shop.api.get("/v1/bulk/1/rows").await.expect(200);
    for (at, row) in rows["rows"].as_array().unwrap().iter().enumerate() {
        let texts = shop.seller.texts(row["chat_id"].as_str().unwrap()).await;
        assert_eq!(texts, [format!("Здравствуйте! Привезём заказ {} мая, ждите курьера.", at + 1)], "one message each");
    }
    page.click(Root::Page, ".bulk .download").await;
    until("the table", async || page.run("return window.saved !== undefined").await.as_bool()?.then_some(())).await;
    let saved = page.run("return window.saved").await;
    let lines: Vec<&str> = saved.as_str().unwrap().split("\r\n").collect();
    assert_eq!(lines.len(), 6, "{saved}");
    assert!(lines[0].ends_with("row,posting_number,state,reason,chat_id,user_id,message_id"), "{saved}");
    for (line, posting) in lines[1..].iter().zip(postings) {
        assert!(line.contains(posting) && line.contains("\"sent\""), "{saved}");
    }
}

async fn read_the_report(page: &Page, shop: &Shop<'_>) {
    let mut events = shop.shop.events(&shop.token).await;
    let (_, user_id) = shop.seller.new_chat(&mut events, "А завтра можно?").await;
    events.result(json!({"action": "send_message", "user_id": user_id, "text": "Можно"})).await;

    page.click(Root::Page, ".rail a[href='#report']").await;
    let tile = |name: &str| format!("[data-figure={name}] dd");
    for (name, figure) in [
        ("messages_in", "1"),
        ("messages_out", "1"),
        ("automatic_messages", "4"),
        ("answers", "1"),
        ("total_chats", "5"),
    ] {
        page.until_text(Root::Page, &tile(name), figure).await;
    }
    page.until("who answered", Root::Page, ".operators tbody tr > :nth-child(-n+2)", |texts| texts == ["Анна", "1"])
        .await;
    page.until("a day for each", Root::Page, "#plot-messages .slot", |slots| slots.len() == 7).await;
    assert_accessible(page, "#report-page", "the report").await;
    assert_fits(page).await;
    page.shoot("6-report").await;
    page.run("document.querySelector('#plot-response').scrollIntoView()").await;
    page.shoot("7-report-charts").await;

    // The keys lead from day to day, and each day says what it has.
    page.run("document.querySelector('#plot-messages .slot[tabindex=\"0\"]').focus()").await;
    let said = "от покупателей 1, ответов 1, автоматических 4";
    page.until("today", Root::Page, "#plot-messages .readout", |texts| texts.iter().any(|text| text.ends_with(said)))
        .await;
    page.press("\u{e012}").await;
    let yesterday = "от покупателей 0, ответов 0, автоматических 0";
    page.until("the day before", Root::Page, "#plot-messages .readout", |texts| {
        texts.iter().any(|text| text.ends_with(yesterday))
    })
    .await;
    page.click(Root::Page, ".by-day summary").await;
    page.until("the same as a table", Root::Page, ".by-day tbody tr", |rows| rows.len() == 7).await;
    assert_accessible(page, "#report-page", "the table of the days").await;
    page.shoot("8-report-days").await;

    // Thirty days; then days of one's own, of which nobody knows anything.
    page.click(Root::Page, ".choice .tool:nth-child(3)").await;
    page.until("a month", Root::Page, "#plot-messages .slot", |slots| slots.len() == 30).await;
    page.run("document.querySelector('#plot-messages').scrollIntoView()").await;
    page.shoot("9-report-month").await;
    page.click(Root::Page, ".choice .tool:nth-child(4)").await;
    fill(page, ".dates [name=from]", "2020-02-01", "input").await;
    fill(page, ".dates [name=to]", "2020-02-03", "input").await;
    page.click(Root::Page, ".dates .primary").await;
    page.until_text(Root::Page, "#report-page .nothing", "За эти дни никто не писал").await;
    assert_accessible(page, "#report-page", "a report of nothing").await;
    fill(page, ".dates [name=from]", "2020-02-04", "input").await;
    page.click(Root::Page, ".dates .primary").await;
    page.until_text(Root::Page, "#report-page .why", "Первая дата позже второй").await;
    page.click(Root::Page, ".choice .tool:nth-child(1)").await;
    page.until_text(Root::Page, &tile("messages_in"), "1").await;

    page.run("delete window.saved").await;
    page.click(Root::Page, ".report-head .csv").await;
    until("the table", async || page.run("return window.saved !== undefined").await.as_bool()?.then_some(())).await;
    let saved = page.run("return window.saved").await;
    assert!(saved.as_str().unwrap().contains("\"operator\",\"Анна\""), "{saved}");
    page.run("delete window.saved").await;
    page.click(Root::Page, ".report-head .json").await;
    until("the JSON", async || page.run("return window.saved !== undefined").await.as_bool()?.then_some(())).await;
    let saved: Value = serde_json::from_str(page.run("return window.saved").await.as_str().unwrap()).unwrap();
    assert_eq!((&saved["messages_in"], &saved["automatic_messages"]), (&json!(1), &json!(4)), "{saved}");
}

#[tokio::test]
async fn what_is_typed_outlives_a_call_that_fails_and_a_look_at_another_page() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Shop::open(&world).await;
    let table = format!("posting_number,day\n{},1 мая\n", postings(&shop.seller, 1).await[0]);
    let page = shop.enter(&browser, "bulk-typed", Screen::Wide).await;
    begin(&page, "120").await;
    fill(&page, TABLE, &table, "input").await;
    page.throttle(-1, 0).await;
    page.click(Root::Page, ".bulk-form .check").await;
    page.until("why", Root::Page, ".bulk-form .why", |texts| texts.iter().any(|text| text.contains("Нет связи"))).await;
    page.throttle(0, 0).await;
    page.click(Root::Page, ".rail a[href='#report']").await;
    page.find(Root::Page, "#report-page").await;
    page.click(Root::Page, ".rail a[href='#bulk']").await;
    page.find(Root::Page, ".bulk-form .quote").await;
    let kept = page
        .run("return [...document.querySelectorAll('.bulk-form textarea, .bulk-form .rate')].map((f) => f.value)")
        .await;
    assert_eq!(kept, json!([table, "120"]));

    // The beginning gets lost on its way back: pressed again, it is the same one.
    page.click(Root::Page, ".bulk-form .check").await;
    page.click(Root::Page, ".bulk-form .ask").await;
    let lose = "const real = window.fetch; window.fetch = (...asked) => real(...asked).then((answer) => {
        if (asked[1]?.method === 'POST') { window.fetch = real; throw new TypeError('lost'); } return answer; })";
    page.run(lose).await;
    page.run("document.querySelector('.bulk-form .start').click()").await;
    // Either the list shows it, or the page asks to press again.
    page.until("it is found or asked for again", Root::Page, ".bulk, .bulk-form .do .why", |texts| !texts.is_empty())
        .await;
    page.run("document.querySelector('.bulk-form .start')?.click()").await;
    page.until_text(Root::Page, ".bulk .state", "Завершена").await;
    page.until_gone(Root::Page, ".bulk-form").await;
    assert_eq!(shop.api.get("/v1/bulk").await.expect(200)["bulks"].as_array().unwrap().len(), 1);
    assert_eq!(shop.seller.state().await.unwrap().calls("/v1/chat/send/message"), 1);
    page.quit().await;
}

#[tokio::test]
async fn who_may_only_read_is_told_so_and_cannot_begin_anything() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = world.organization("reader").await;
    let token = shop.operator("Анна").await;
    let page = browser.page("bulk-reader", Screen::Wide).await;
    page.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    page.click(Root::Page, ".rail a[href='#bulk']").await;
    page.until_text(Root::Page, ".note", "По вашему токену здесь можно только смотреть. Чтобы менять, попросите у администратора токен с правом tools:write.").await;
    page.until_text(Root::Page, ".empty h2", "Рассылок пока нет").await;
    page.until_gone(Root::Page, ".new-bulk").await;
    assert_accessible(&page, "#bulk-page", "for reading only").await;
    page.shoot("1-note").await;
    page.close().await;
}
