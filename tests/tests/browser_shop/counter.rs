//! What the page and its counter learn of the chat, and the chat of the page: goals in Yandex.Metrica, the page's context.

use serde_json::{Value, json};
use tests::world::{Browser, Page, Root, Screen, World, turn};

use crate::shop::Shop;
use crate::{call, open, send, until_fetched, until_is};

/// A counter that writes down its goals.
const COUNTER: &str = "<script>window.reached = []; window.ym = (...told) => { reached.push(told) };</script>";

/// One that was begun with a number, as Metrica's snippet does before its script has come.
const BEGUN: &str = "<script>window.reached = []; window.ym = function (...told) { (ym.a = ym.a || []).push(told); if (told[1] == 'reachGoal') reached.push(told) }; ym(555, 'init', {});</script>";

/// One that is broken.
const BROKEN: &str =
    "<script>window.reached = []; window.ym = (...told) => { reached.push(told); throw Error('blocked') };</script>";

/// What leaves the page by fetch: the texts of requests.
const LISTEN: &str = "
window.left = [];
const plain = window.fetch;
window.fetch = function (resource, options) {
  left.push(String(options?.body ?? ''));
  return plain.apply(this, arguments);
};";

/// Waits until a counter has these goals, and no other counter has any.
async fn until_reached(page: &Page, counter: i64, goals: &[&str]) {
    let expected: Vec<Value> = goals.iter().map(|goal| json!([counter, "reachGoal", goal])).collect();
    until_is(page, "goals", "return reached.map((told) => told.slice(0, 3))", json!(expected)).await;
}

/// By name: the page's counter, the shop's settings, the counter that is to be told.
fn counters() -> [(&'static str, &'static str, Value, i64); 4] {
    [
        ("one", COUNTER, json!({"metrica": 4711}), 4711),
        ("two", BEGUN, json!({"metrica": 4711}), 4711),
        ("unnamed", BEGUN, json!({"replies": ["Доставка"]}), 555),
        ("broken", BROKEN, json!({"metrica": 4711}), 4711),
    ]
}

#[tokio::test]
async fn the_shops_counter_is_told_of_each_opening() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (name, head, settings, counter) in counters() {
        let name = format!("opened-{name}");
        let shop = Shop::open_with(world, &name, settings).await;
        let page = browser.page(&name, Screen::Wide).await;
        open(&page, &shop.page_with("index.html", "ru", head, "")).await;
        until_reached(&page, counter, &["prilavok_opened"]).await;
        call(&page, "close()").await;
        page.until_gone(Root::Widget, ".panel").await;
        page.click(Root::Widget, ".launcher").await;
        until_reached(&page, counter, &["prilavok_opened", "prilavok_opened"]).await;
        page.close().await;
    }
}

#[tokio::test]
async fn the_shops_counter_is_told_of_messages_and_which_was_the_first() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (name, head, settings, counter) in counters() {
        let name = format!("goals-{name}");
        let shop = Shop::open_with(world, &name, settings).await;
        let page = browser.page(&name, Screen::Wide).await;
        open(&page, &shop.page_with("index.html", "ru", head, "")).await;
        until_fetched(&page, "around.js").await;
        send(&page, "Раз").await;
        send(&page, "Два").await;
        // Openings are another test's.
        let forget = "window.reached = reached.filter(([, , name]) => name != 'prilavok_opened')";
        page.run(forget).await;
        until_reached(&page, counter, &["prilavok_first_message", "prilavok_message", "prilavok_message"]).await;
        // Whoever has written before has no first message any more.
        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".msg.mine .body", "Два").await;
        until_fetched(&page, "around.js").await;
        send(&page, "Три").await;
        page.run(forget).await;
        until_reached(&page, counter, &["prilavok_message"]).await;
        // Nothing of a broken counter is on the console.
        page.close().await;
    }
}

#[tokio::test]
async fn a_page_without_a_counter_goes_without() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open_with(world, "goalless", json!({"metrica": 4711})).await;
    let page = browser.page("goalless", Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    send(&page, "Раз").await;
    assert_eq!(page.run("return typeof window.ym").await, "undefined");
    page.close().await;
}

#[tokio::test]
async fn the_pages_context_leaves_it_with_consent_only() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let product = "<script type=\"application/ld+json\">{\"@context\": \"https://schema.org\", \"@type\": \"Product\", \
        \"name\": \"Чайник «Сажа»\", \"sku\": \"T-600\", \"offers\": {\"@type\": \"Offer\", \"price\": \"3450\", \"priceCurrency\": \"RUB\"}}</script>";
    let shop = Shop::open_with(world, "context", json!({"context": true})).await;
    shop.set(json!({"consent": {"version": "1", "text": "Согласен на обработку данных"}})).await;
    let page = browser.page("context", Screen::Wide).await;
    page.prepare(LISTEN).await;
    let url = shop.page_with("teapot.html", "ru", product, "") + "?utm_source=yandex&utm_campaign=autumn#about";
    open(&page, &url).await;
    page.find(Root::Widget, "form.ask").await;
    let told = "return left.filter((text) => /utm_|Сажа|teapot/.test(text)).length";
    assert_eq!(page.run(told).await, 0, "nothing leaves the page before the consent");
    page.click(Root::Widget, ".ask [type=checkbox]").await;
    page.click(Root::Widget, ".ask .start").await;
    page.find(Root::Widget, ".composer .input").await;
    send(&page, "Он есть?").await;
    shop.until_known(&[
        ("page", url.trim_end_matches("#about")),
        ("page_title", "Посуда"),
        ("utm_source", "yandex"),
        ("utm_campaign", "autumn"),
        ("product", "Чайник «Сажа»"),
        ("product_price", "3450 RUB"),
        ("product_sku", "T-600"),
        ("product_url", url.trim_end_matches("#about")),
    ])
    .await;
    page.close().await;

    // Where nobody can consent, nothing is told at all.
    let shop = Shop::open_with(world, "context-unasked", json!({"context": true})).await;
    let page = browser.page("context-unasked", Screen::Wide).await;
    open(&page, &(shop.page_with("teapot.html", "ru", product, "") + "?utm_source=yandex")).await;
    assert_eq!(call(&page, "setAttributes({ city: 'Тула' })").await, Value::Null);
    send(&page, "Он есть?").await;
    shop.until_known(&[("city", "Тула")]).await;
    assert_eq!(shop.attributes(shop.user_id().await).await, json!({"city": {"value": "Тула", "verified": false}}));
    page.close().await;
}

#[tokio::test]
async fn what_a_page_says_of_somebody_who_has_written_is_known_at_once() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "said").await;
    let page = browser.page("said", Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    send(&page, "Он есть?").await;
    assert_eq!(call(&page, "setAttributes({ city: 'Тула' })").await, Value::Null);
    shop.until_known(&[("city", "Тула")]).await;
    // On the next page as well, before the visitor writes again.
    page.reload().await;
    assert_eq!(call(&page, "setAttributes({ city: 'Орёл' })").await, Value::Null);
    page.click(Root::Widget, ".launcher").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Он есть?").await;
    shop.until_known(&[("city", "Орёл")]).await;
    page.close().await;
}
