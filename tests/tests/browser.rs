//! The main job in a real browser: a visitor on the storefront, an operator in the inbox, a buyer on Ozon.

use std::time::Duration;

use serde_json::{Value, json};
use shared::time::Timestamp;
use tests::ozon::{BuyerMessage, PostingGiven};
use tests::world::{Browser, Organization, Page, Root, Screen, World, turn, within};

/// What is shown within one, or the browser did not do it.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);

/// A look at Ozon that no push asks for lies within, and the wait of one that was refused.
const SETTLED_WITHIN: Duration = Duration::from_secs(100);

/// The organization of the storefront, whose key is in its page.
async fn demo(world: &World) -> Organization<'_> {
    let origins = [world.url().to_owned(), world.url().replace("127.0.0.1", "localhost")];
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    Organization::create(world, "demo", &origins, Some("pk_demo_storefront")).await
}

#[tokio::test]
async fn before_the_visitors_tap_nothing_is_fetched_but_the_loader_and_nothing_is_kept() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let page = browser.page("untouched", Screen::Wide).await;
    page.goto(world.url()).await;
    page.find(Root::Widget, ".launcher").await;
    // Everything that waits for an idle page has had its turn when this has, twice.
    page.run("window.idle = 0; const wait = () => { window.idle += 1; if (window.idle < 3) requestIdleCallback(wait) }; requestIdleCallback(wait)").await;
    within(SHOWN_WITHIN, "an idle page", async || (page.run("return window.idle").await == 3).then_some(())).await;

    let fetched =
        page.run("return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)").await;
    let fetched: Vec<String> = serde_json::from_value(fetched).unwrap();
    let of_the_page = |path: &str| path == "/storefront.css" || path == "/icon.svg" || path.starts_with("/pictures/");
    let ours: Vec<&String> = fetched.iter().filter(|path| !of_the_page(path)).collect();
    assert_eq!(ours, ["/prilavok.js"]);
    assert_eq!(page.run("return document.scripts.length").await, 1, "exactly one script tag");
    let kept = page.run("return [localStorage.length, sessionStorage.length, document.cookie]").await;
    assert_eq!(kept, json!([0, 0, ""]));
    let shifts = "return new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().reduce((sum, e) => sum + e.value, 0))).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 200))";
    assert_eq!(page.run(shifts).await, 0, "the launcher shifts nothing");
    page.close().await;
}

#[tokio::test]
async fn a_visitor_an_operator_and_a_buyer_talk_on_a_wide_screen() {
    walk(Screen::Wide).await;
}

#[tokio::test]
async fn a_visitor_an_operator_and_a_buyer_talk_on_a_phone() {
    walk(Screen::Phone).await;
}

async fn walk(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let seller = shop.connect_ozon().await;
    let token = shop.operator("Анна").await;
    let size = if screen == Screen::Wide { "1280" } else { "360" };
    let widget = browser.page(&format!("widget-{size}"), screen).await;
    let inbox = browser.page(&format!("inbox-{size}"), screen).await;
    widget.goto(world.url()).await;
    inbox.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    inbox.find(Root::Page, ".list .empty").await;
    assert!(!inbox.run("return location.href").await.as_str().unwrap().contains(&token), "the address keeps no token");
    inbox.shoot("1-empty").await;
    widget.shoot("0-closed").await;

    write_and_answer(&widget, &inbox).await;
    read_when_seen(&widget, &inbox).await;
    find_the_history_again(&widget).await;
    come_and_go(&world, &widget, &inbox).await;
    serve_a_buyer(&seller, &inbox).await;

    widget.close().await;
    inbox.close().await;
    seller.assert_no_unmatched_call().await;
}

/// The first message makes a chat, typing shows on both sides, the answer arrives.
async fn write_and_answer(widget: &Page, inbox: &Page) {
    widget.click(Root::Widget, ".launcher").await;
    widget.find(Root::Widget, ".panel .empty").await;
    widget.shoot("1-open").await;
    widget.write(Root::Widget, ".input", "Здравствуйте! Гайвань на 150 мл есть в наличии?\u{e007}").await;
    widget.until_text(Root::Widget, ".msg.mine .body", "Здравствуйте! Гайвань на 150 мл есть в наличии?").await;

    inbox.until_text(Root::Page, ".row .last", "Здравствуйте! Гайвань на 150 мл есть в наличии?").await;
    inbox.until("one unread", Root::Page, ".row .unread", |texts| texts.len() == 1 && texts[0].ends_with('1')).await;
    inbox.until_text(Root::Page, ".row .source", "Сайт").await;
    inbox.shoot("2-new-chat").await;
    inbox.click(Root::Page, ".row").await;
    inbox.until_text(Root::Page, ".msg.in .body", "Здравствуйте! Гайвань на 150 мл есть в наличии?").await;
    inbox.until_text(Root::Page, ".who .state", "В сети").await;
    widget.find(Root::Widget, ".msg.mine .tick.read").await;

    inbox.write(Root::Page, ".composer .input", "Здравствуйте! Да, ").await;
    widget.find(Root::Widget, ".typing").await;
    widget.shoot("2-typing").await;
    widget.write(Root::Widget, ".input", "И доставка").await;
    inbox.find(Root::Page, ".msg.in.typing").await;
    inbox.shoot("3-typing").await;
    inbox.write(Root::Page, ".composer .input", "три штуки. Отложить для вас?\u{e007}").await;
    let answer = "Здравствуйте! Да, три штуки. Отложить для вас?";
    inbox.until_text(Root::Page, ".msg.out .body", answer).await;
    widget.until_text(Root::Widget, ".msg.theirs .body", answer).await;
    // The panel is open and in view, so the answer is read.
    inbox.until_text(Root::Page, ".msg.out .status", "прочитано").await;
    widget
        .write(
            Root::Widget,
            ".input",
            " завтра возможна? Мне нужно к вечеру, в подарок, вместе с чаем «Осенний сбор».\u{e007}",
        )
        .await;
    inbox.until("both messages", Root::Page, ".msg.in .body", |texts| texts.len() == 2).await;
    widget.shoot("3-answered").await;
    inbox.shoot("4-answered").await;
}

/// An answer to a closed panel counts on the badge, and is read when the panel is opened.
async fn read_when_seen(widget: &Page, inbox: &Page) {
    widget.click(Root::Widget, ".panel .close").await;
    widget.until_gone(Root::Widget, ".panel").await;
    inbox.write(Root::Page, ".composer .input", "Да, привезём до 18:00\u{e007}").await;
    widget.until_text(Root::Widget, ".launcher .badge", "1").await;
    widget.shoot("4-badge").await;
    inbox
        .until("delivered, not read", Root::Page, ".msg.out .status", |texts| texts == ["прочитано", "доставлено"])
        .await;
    widget.click(Root::Widget, ".launcher").await;
    widget.until_text(Root::Widget, ".msg.theirs .body", "Да, привезём до 18:00").await;
    inbox.until("read", Root::Page, ".msg.out .status", |texts| texts == ["прочитано", "прочитано"]).await;
    widget.until_gone(Root::Widget, ".launcher .badge").await;
}

/// The page is loaded again: the same visitor, the same conversation, once.
async fn find_the_history_again(widget: &Page) {
    let before = widget.texts(Root::Widget, ".msg .body").await;
    assert_eq!(before.len(), 4, "{before:#?}");
    widget.reload().await;
    widget.click(Root::Widget, ".launcher").await;
    widget.until("the history", Root::Widget, ".msg .body", |texts| texts == before).await;
    widget.shoot("5-reloaded").await;
}

/// The dot follows the visitor, and a page load in between does not make it blink.
async fn come_and_go(world: &World, widget: &Page, inbox: &Page) {
    inbox.until_text(Root::Page, ".who .state", "В сети").await;
    widget.goto("about:blank").await;
    inbox.until_text(Root::Page, ".who .state", "Не в сети").await;
    inbox.shoot("5-offline").await;
    widget.goto(world.url()).await;
    // Who has written before is connected as soon as the page is idle.
    inbox.until_text(Root::Page, ".who .state", "В сети").await;
}

/// A marketplace's buyer in the same inbox.
async fn serve_a_buyer(seller: &tests::world::Seller, inbox: &Page) {
    let question = "Подойдёт ли крышка к гайвани на 150 мл? Заказ 47102233.";
    let posted = seller.new_buyer_says(question).await.unwrap();
    let back = inbox.texts(Root::Page, ".who .back").await;
    if !back.is_empty() {
        inbox.click(Root::Page, ".who .back").await;
    }
    inbox.until_text(Root::Page, ".row .source", "Ozon").await;
    inbox.until_text(Root::Page, ".row .last", question).await;
    inbox.shoot("6-two-sources").await;
    inbox.click(Root::Page, ".row:has(.source.ozon)").await;
    inbox.until_text(Root::Page, ".msg.in .body", question).await;
    // Two days, of which some seconds are over.
    inbox.until_text(Root::Page, ".who .window", "47 ч на ответ").await;
    let answer = "Да, подойдёт: диаметр 9,5 см";
    inbox.write(Root::Page, ".composer .input", &format!("{answer}\u{e007}")).await;
    inbox.until_text(Root::Page, ".msg.out .body", answer).await;
    seller.until_has(&posted.chat_id, answer).await;
    inbox.until_text(Root::Page, ".msg.out .status", "отправлено").await;
    seller.buyer_reads(&posted.chat_id).await.unwrap();
    inbox.until_text(Root::Page, ".msg.out .status", "прочитано").await;
    assert_eq!(seller.texts(&posted.chat_id).await, [answer]);
    inbox.shoot("7-ozon").await;
    send_in_parts(seller, inbox, &posted.chat_id).await;
    come_too_late(seller, inbox).await;
    let errors: Value = inbox.run("return document.querySelectorAll('[role=alert]').length").await;
    assert_eq!(errors, 0);
}

/// A chat whose time is over takes nothing, and says why.
async fn come_too_late(seller: &tests::world::Seller, inbox: &Page) {
    const HOUR_MS: i64 = 3_600_000;
    let now = Timestamp::parse(&seller.state().await.unwrap().now).unwrap();
    let paid_at = Some(now.plus_ms(-100 * HOUR_MS).to_rfc3339());
    let posting_number = Some(seller.posting(&PostingGiven { paid_at, ..PostingGiven::default() }).await.unwrap());
    let question = "А чаша для сравнения у вас есть?";
    let said = BuyerMessage { text: question.into(), minutes_ago: 49 * 60, posting_number, ..BuyerMessage::default() };
    seller.buyer_message(&said).await.unwrap();
    if !inbox.texts(Root::Page, ".who .back").await.is_empty() {
        inbox.click(Root::Page, ".who .back").await;
    }
    inbox.until_text(Root::Page, ".row .last", question).await;
    inbox.run("[...document.querySelectorAll('.row')].find((row) => row.textContent.includes('чаша')).click()").await;
    // Which order it is about is found at the next look.
    let why = "Прошло больше 48 часов с последнего сообщения покупателя";
    within(SETTLED_WITHIN, why, async || (inbox.texts(Root::Page, ".composer .shut").await == [why]).then_some(()))
        .await;
    inbox.until_text(Root::Page, ".who .window", "Срок вышел").await;
    let shut = inbox
        .run("return [...document.querySelectorAll('.composer .input, .composer .send')].every((one) => one.disabled)");
    assert_eq!(shut.await, true);
    inbox.shoot("9-too-late").await;
}

/// What is too long for Ozon goes in parts, if the operator says so, cut between sentences.
async fn send_in_parts(seller: &tests::world::Seller, inbox: &Page, chat_id: &str) {
    let sentence = "Ополосните гайвань кипятком и дайте ей остыть.";
    let text = vec![sentence; 30].join(" ");
    let fill = format!(
        "const field = document.querySelector('.composer .input'); field.value = {};
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        Value::from(text.as_str())
    );
    inbox.run(&fill).await;
    inbox.until_text(Root::Page, ".composer .counter.over", &format!("{} / 1000", text.chars().count())).await;
    inbox.until_text(Root::Page, ".composer .parts", "Отправить частями: 2").await;
    inbox.shoot("8-too-long").await;
    inbox.click(Root::Page, ".composer .parts").await;
    inbox.until("both parts", Root::Page, ".msg.out .body", |texts| texts.len() == 3).await;
    inbox.until_gone(Root::Page, ".composer .parts:not([hidden])").await;
    tests::world::until("both parts at Ozon", async || (seller.texts(chat_id).await.len() == 3).then_some(())).await;
    let parts = seller.texts(chat_id).await.split_off(1);
    assert!(parts.iter().all(|part| part.chars().count() <= 1000 && part.ends_with('.')), "{parts:#?}");
    assert_eq!(parts.join(" "), text);
}
