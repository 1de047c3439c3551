//! A shop that speaks first: one message beside the button, by its rules.

use serde_json::{Value, json};
use tests::world::{Browser, Page, Root, Screen, World, assert_accessible, turn};

use crate::shop::Shop;
use crate::{SCREENS, ask, call, fetched, open, until_fetched, until_idle};

const TAG: &str = "data-triggers=\"on\"";

/// The mouse leaves the page at its top.
const LEAVE: &str = "document.dispatchEvent(new MouseEvent('mouseout', { clientX: 200, clientY: -1, relatedTarget: null, bubbles: true }))";

/// The mouse goes from one element to the next, and out at the side.
const STAY: &str = "
document.dispatchEvent(new MouseEvent('mouseout', { clientX: 200, clientY: 0, relatedTarget: document.body, bubbles: true }));
document.dispatchEvent(new MouseEvent('mouseout', { clientX: -1, clientY: 300, relatedTarget: null, bubbles: true }));";

async fn shop_with<'w>(world: &'w World, name: &str, triggers: Value) -> Shop<'w> {
    Shop::open_with(world, name, json!({"triggers": triggers})).await
}

/// Opens a page and waits until its rules are looked at. (A call is done after those before it.)
async fn until_watched(page: &Page, url: &str) {
    page.goto(url).await;
    page.find(Root::Widget, ".launcher").await;
    until_fetched(page, "triggers.js").await;
    assert_eq!(call(page, "show()").await, Value::Null);
}

async fn until_said(page: &Page, text: &str) {
    page.until("one message, and the way to be rid of it", Root::Widget, ".teaser button", |there| {
        there == [text, "×"]
    })
    .await;
    assert_eq!(page.texts(Root::Widget, ".teaser").await.len(), 1);
}

async fn assert_silent(page: &Page, why: &str) {
    assert_eq!(page.texts(Root::Widget, ".teaser").await, Vec::<String>::new(), "{why}");
}

#[tokio::test]
async fn a_visitor_who_stays_is_spoken_to_once_and_not_again_after_dismissing_it() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let said = "Помочь <b>выбрать</b>? Расскажем о чайниках, чашках и подносах, подберём чай";
        let rules = json!([
            {"id": "stay", "text": {"ru": said, "en": "Can we help?"}, "after_s": 1},
            {"id": "other", "text": "Ещё одно", "after_s": 1},
        ]);
        let shop = shop_with(world, &format!("stay-{size}"), rules).await;
        let page = browser.page(&format!("stay-{size}"), screen).await;
        let url = shop.page("index.html", TAG);
        until_watched(&page, &url).await;
        until_said(&page, said).await;
        assert_eq!(ask(&page, "return tree.querySelectorAll('.teaser b').length").await, 0, "a text stays a text");
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "a message beside the button").await;
        let inside = "const box = tree.querySelector('.teaser').getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth && box.bottom <= tree.querySelector('.launcher').getBoundingClientRect().top";
        assert_eq!(ask(&page, inside).await, true, "on the screen, above the button");
        page.click(Root::Widget, ".teaser button + button").await;
        page.until_gone(Root::Widget, ".teaser").await;

        until_watched(&page, &url).await;
        page.run(LEAVE).await;
        until_idle(&page).await;
        assert_silent(&page, "dismissed, it stays away").await;
        let names = fetched(&page).await;
        assert!(!names.iter().any(|name| name == "settings"), "the rules are not even asked for: {names:?}");
        page.close().await;
    }
}

#[tokio::test]
async fn the_message_opens_the_chat_and_an_open_chat_is_no_reason_to_speak() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = shop_with(world, "take", json!([{"id": "a", "text": "Помочь?", "after_s": 0}])).await;
    let page = browser.page("take", Screen::Wide).await;
    let url = shop.page("index.html", TAG);
    until_watched(&page, &url).await;
    until_said(&page, "Помочь?").await;
    page.click(Root::Widget, ".teaser button").await;
    page.find(Root::Widget, ".panel .empty").await;
    page.until_gone(Root::Widget, ".teaser").await;
    page.close().await;

    let other = browser.page("take-open", Screen::Wide).await;
    open(&other, &shop.page("index.html", "")).await;
    call(&other, "triggers()").await;
    until_idle(&other).await;
    assert_silent(&other, "the chat is open").await;
    other.close().await;
}

#[tokio::test]
async fn an_address_a_cart_and_the_way_out_are_reasons_of_their_own() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let rules = json!([
        {"id": "url", "text": "Вопрос о доставке?", "url": "*/delivery*"},
        {"id": "cart", "text": "Доставка бесплатна", "cart_from": 3000},
        {"id": "exit", "text": "Уже уходите?", "exit": true},
    ]);
    let shop = shop_with(world, "reasons", rules).await;
    // One at a time: each page is somebody else's.
    for (name, almost, enough, said) in [
        (
            "url",
            "history.pushState({}, '', '/catalogue')",
            "history.pushState({}, '', '/delivery?city=tula')",
            "Вопрос о доставке?",
        ),
        ("cart", "prilavok.setCart(2999)", "prilavok.setCart(3000)", "Доставка бесплатна"),
        ("exit", STAY, LEAVE, "Уже уходите?"),
    ] {
        let page = browser.page(&format!("reason-{name}"), Screen::Wide).await;
        until_watched(&page, &shop.page("index.html", TAG)).await;
        page.run(almost).await;
        // Rules are looked at with each attempt to leave; this one has a side.
        page.run(STAY).await;
        until_idle(&page).await;
        assert_silent(&page, name).await;
        page.run(enough).await;
        until_said(&page, said).await;
        page.close().await;
    }
}

#[tokio::test]
async fn a_rule_may_open_the_chat_itself_where_there_is_room_for_both() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let rules = json!([{"id": "a", "text": "Помочь?", "after_s": 0, "opens": true}]);
        let shop = shop_with(world, &format!("opens-{size}"), rules).await;
        let page = browser.page(&format!("opens-{size}"), screen).await;
        until_watched(&page, &shop.page("index.html", TAG)).await;
        if screen == Screen::Wide {
            page.find(Root::Widget, ".panel .empty").await;
            assert_silent(&page, "the chat is open").await;
        } else {
            until_said(&page, "Помочь?").await;
            page.until_gone(Root::Widget, ".panel").await;
        }
        page.close().await;
    }
}

#[tokio::test]
async fn a_page_that_does_not_ask_for_triggers_has_none() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = shop_with(world, "none", json!([{"id": "a", "text": "Помочь?", "after_s": 0}])).await;
    let page = browser.page("none", Screen::Wide).await;
    page.goto(&shop.page("index.html", "")).await;
    page.find(Root::Widget, ".launcher").await;
    until_idle(&page).await;
    page.run(LEAVE).await;
    let mut names = fetched(&page).await;
    names.retain(|name| name != "favicon.ico");
    assert_eq!(names, ["prilavok.js"]);
    assert_silent(&page, "nobody asked for it").await;
    page.close().await;
}

#[tokio::test]
async fn the_attribute_for_triggers_needs_no_value() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = shop_with(world, "bare", json!([{"id": "a", "text": "Помочь?", "after_s": 0}])).await;
    let page = browser.page("bare", Screen::Wide).await;
    page.goto(&shop.page("index.html", "data-triggers")).await;
    page.find(Root::Widget, ".launcher").await;
    until_said(&page, "Помочь?").await;
    page.close().await;
}
