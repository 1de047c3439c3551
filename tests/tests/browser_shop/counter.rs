//! What the page and its counter learn of the chat, and the chat of the page: goals in Yandex.Metrica, the page's context.

use serde_json::{Value, json};
use tests::world::{Browser, Page, Root, Screen, World, turn};

use crate::shop::Shop;
use crate::{call, open, send, until_is};

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

async fn until_reached(page: &Page, counter: i64, goals: &[&str]) {
    let expected: Vec<Value> = goals.iter().map(|goal| json!([counter, "reachGoal", goal])).collect();
    until_is(page, "goals", "return reached.map((told) => told.slice(0, 3))", json!(expected)).await;
}

#[tokio::test]
async fn the_shops_counter_is_told_its_goals() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (name, head, settings, counter) in [
        ("goals", COUNTER, json!({"metrica": 4711}), 4711),
        ("goals-of-two", BEGUN, json!({"metrica": 4711}), 4711),
        ("goals-unnamed", BEGUN, json!({"replies": ["Доставка"]}), 555),
        ("goals-broken", BROKEN, json!({"metrica": 4711}), 4711),
    ] {
        let shop = Shop::open_with(world, name, settings).await;
        let page = browser.page(name, Screen::Wide).await;
        open(&page, &shop.page_with("index.html", "ru", head, "")).await;
        until_reached(&page, counter, &["prilavok_opened"]).await;
        send(&page, "Раз").await;
        send(&page, "Два").await;
        let goals = ["prilavok_opened", "prilavok_first_message", "prilavok_message", "prilavok_message"];
        until_reached(&page, counter, &goals).await;
        call(&page, "close()").await;
        page.until_gone(Root::Widget, ".panel").await;
        page.click(Root::Widget, ".launcher").await;
        let goals = [&goals[..], &["prilavok_opened"]].concat();
        until_reached(&page, counter, &goals).await;
        // Whoever has written before has no first message any more.
        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".msg.mine .body", "Два").await;
        send(&page, "Три").await;
        until_reached(&page, counter, &["prilavok_opened", "prilavok_message"]).await;
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
    send(&page, "Он есть?").await;
    assert_eq!(call(&page, "setAttributes({ city: 'Тула' })").await, Value::Null);
    shop.until_known(&[("city", "Тула")]).await;
    assert_eq!(shop.attributes(shop.user_id().await).await, json!({"city": {"value": "Тула", "verified": false}}));
    page.close().await;
}
