//! The first thing a visitor sees: when the shop answers, its greeting, and what one may want to say.

use serde_json::json;
use tests::world::{Browser, Root, Screen, World, assert_accessible, turn};

use crate::shop::Shop;
use crate::{SCREENS, ask, open, until_is, until_sent};

#[tokio::test]
async fn a_closed_shop_says_so_under_its_name() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let hours = json!({"time_zone": "Europe/Moscow", "week": vec![json!([]); 7]});
    let shop = Shop::open_with(world, "closed", json!({"hours": hours})).await;
    for (screen, size) in SCREENS {
        let page = browser.page(&format!("closed-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.until_text(Root::Widget, ".presence", "Сейчас мы не работаем").await;
        page.find(Root::Widget, ".composer .input").await;
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "a closed shop").await;
        page.close().await;
    }
}

#[tokio::test]
async fn a_shop_that_has_answered_often_says_how_soon_it_does() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "answers").await;
    shop.serve(5).await;
    let page = browser.page("answers-1280", Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    page.until("how soon", Root::Widget, ".presence", |told| {
        // A busy machine may take its minute.
        told.iter().any(|told| told == "Обычно отвечаем сразу" || told.starts_with("Обычно отвечаем за "))
    })
    .await;
    page.shoot("1").await;
    page.close().await;
}

#[tokio::test]
async fn a_greeting_is_in_the_visitors_language_and_its_replies_are_sent_by_a_press() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let widget = json!({
            "greeting": {
                "heading": {"ru": "Чай и посуда", "en": "Tea and pots"},
                "text": {"ru": "Подберём <b>чайник</b> под ваш чай", "en": "We find a pot for your tea"},
            },
            "replies": [{"ru": "Где мой заказ?", "en": "Where is my order?"}, "Доставка", "<i>Подарок</i>"],
        });
        let shop = Shop::open_with(world, &format!("greeting-{size}"), widget).await;
        let page = browser.page(&format!("greeting-{size}"), screen).await;
        open(&page, &shop.page_with("english.html", "en", "", "")).await;
        page.until_text(Root::Widget, ".empty h3", "Tea and pots").await;
        page.until_text(Root::Widget, ".empty .choice", "Where is my order?").await;

        open(&page, &shop.page("index.html", "")).await;
        page.until_text(Root::Widget, ".empty h3", "Чай и посуда").await;
        page.until_text(Root::Widget, ".empty p", "Подберём <b>чайник</b> под ваш чай").await;
        let choices = ["Где мой заказ?", "Доставка", "<i>Подарок</i>"];
        page.until("the replies", Root::Widget, ".empty .replies .choice", |there| there == choices).await;
        assert_eq!(
            ask(&page, "return tree.querySelectorAll('.empty b, .empty i').length").await,
            0,
            "texts stay texts"
        );
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "a greeting with replies").await;

        page.click(Root::Widget, ".empty .choice").await;
        until_sent(&page, "Где мой заказ?").await;
        page.until_gone(Root::Widget, ".empty").await;
        page.until_gone(Root::Widget, ".replies").await;
        // A mouse goes on by writing; a finger's keyboard does not come unasked.
        let focus = if screen == Screen::Wide { "input" } else { "log" };
        let has_focus = format!("return tree.activeElement?.classList.contains('{focus}') ?? false");
        until_is(&page, focus, &has_focus, json!(true)).await;
        let messages = shop.messages().await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert_eq!(messages[0]["text"], "Где мой заказ?");
        page.shoot("2-sent").await;
        page.close().await;
    }
}
