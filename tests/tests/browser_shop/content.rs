//! What messages hold besides text: cards, replies, a rating.

use serde_json::{Value, json};
use shared::problem::Code;
use tests::world::{Browser, Page, Root, World, assert_accessible, turn, until};

use crate::shop::Shop;
use crate::{SCREENS, ask, call, open, send, until_is, until_sent};

/// A text that would do something if it were HTML.
const HOSTILE: &str = "<img src=x onerror=\"window.harmed = 1\">";

fn content(picture: &str) -> Value {
    json!({
        "cards": [
            {
                "title": "Чайник «Сажа»", "text": "Чёрная глина, 600 мл", "image": picture,
                "url": "https://lavka.example/teapot", "price": "3 450 ₽",
                "buttons": [{"text": "Купить", "url": "https://lavka.example/buy"}, {"text": "Есть белый?"}],
            },
            {"title": HOSTILE, "text": HOSTILE, "price": HOSTILE, "buttons": [{"text": HOSTILE}]},
        ],
        "replies": ["Беру", HOSTILE],
    })
}

async fn assert_unharmed(page: &Page) {
    let harmed =
        "return [window.harmed ?? null, tree.querySelectorAll('[onerror], script, a[href^=\"javascript\" i]').length]";
    assert_eq!(ask(page, harmed).await, json!([null, 0]));
}

#[tokio::test]
async fn cards_and_replies_are_shown_pressed_and_there_again_after_a_page_load() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    // The relay takes pictures by http of a host of this name only, and so does the chat of the relay's own.
    let relay = world.url().replace("127.0.0.1", "localhost");
    for (screen, size) in SCREENS {
        let shop = Shop::open(world, &format!("cards-{size}")).await;
        let page = browser.page(&format!("cards-{size}"), screen).await;
        open(&page, &shop.page("index.html", &format!("data-relay=\"{relay}\""))).await;
        send(&page, "Покажите чайники").await;
        shop.say("Вот", Some(content(&format!("{relay}/pictures/teapot.svg")))).await;
        page.until("both cards", Root::Widget, ".card strong", |titles| titles == ["Чайник «Сажа»", HOSTILE]).await;
        page.until("their texts", Root::Widget, ".card p", |texts| texts == ["Чёрная глина, 600 мл", HOSTILE]).await;
        page.until("the replies", Root::Widget, ".msg .replies .choice", |texts| texts == ["Беру", HOSTILE]).await;
        assert_unharmed(&page).await;
        until_is(&page, "the picture", "const { complete, naturalWidth, hidden } = tree.querySelector('.card img'); return complete && naturalWidth > 0 && !hidden", json!(true)).await;
        let links = "return [...tree.querySelectorAll('.card a')].map((link) => [link.href, link.target, link.rel, link.textContent])";
        let expected = json!([
            ["https://lavka.example/teapot", "_blank", "noopener", "Подробнее"],
            ["https://lavka.example/buy", "_blank", "noopener", "Купить"],
        ]);
        assert_eq!(ask(&page, links).await, expected);
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "cards and replies").await;

        // A press on a card opens its page beside this one.
        let before = page.tabs().await;
        page.click(Root::Widget, ".card .go").await;
        until("another tab", async || (page.tabs().await.len() > before.len()).then_some(())).await;
        page.switch_to(&before[0]).await;
        page.find(Root::Widget, ".panel .card").await;

        // A button without an address is the visitor's answer; then nothing is left to choose.
        ask(&page, "tree.querySelector('.card button.choice').scrollIntoView()").await;
        page.click(Root::Widget, ".card button.choice").await;
        until_sent(&page, "Есть белый?").await;
        page.until_gone(Root::Widget, ".msg .replies").await;

        shop.say("Беру?", Some(json!({"replies": ["Беру", HOSTILE]}))).await;
        page.until("the replies", Root::Widget, ".msg .replies .choice", |texts| texts == ["Беру", HOSTILE]).await;
        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.until("both cards again", Root::Widget, ".card strong", |titles| titles == ["Чайник «Сажа»", HOSTILE])
            .await;
        page.until("the replies again", Root::Widget, ".msg .replies .choice", |texts| texts == ["Беру", HOSTILE])
            .await;
        page.click(Root::Widget, ".msg .replies:not([hidden]) .choice:last-child").await;
        until_sent(&page, HOSTILE).await;
        page.until_gone(Root::Widget, ".msg .replies").await;
        shop.until_has(HOSTILE).await;
        assert_unharmed(&page).await;
        page.shoot("2-chosen").await;
        // The other tab has complained that there is no such host, if anybody.
        page.quit().await;
    }
}

#[tokio::test]
async fn an_address_that_runs_a_script_is_refused_by_the_relay_and_stays_a_text_in_a_message() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "hostile").await;
    let page = browser.page("hostile", crate::Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    send(&page, "Есть?").await;
    let path = format!("/v1/chats/{}/messages", shop.user_id().await);
    let script = "javascript:window.harmed=1";
    for card in [
        json!({"title": "А", "url": script}),
        json!({"title": "А", "image": script}),
        json!({"title": "А", "image": "data:text/html,<script>window.harmed=1</script>"}),
        json!({"title": "А", "buttons": [{"text": "Б", "url": "JavaScript:window.harmed=1"}]}),
    ] {
        let body = json!({"text": "Вот", "content": {"cards": [card]}});
        shop.organization.api(&shop.token).post(&path, &body).await.expect_problem(Code::Invalid);
    }
    for text in [format!("[Скидка]({script})"), HOSTILE.to_owned()] {
        shop.say(&text, None).await;
        page.until_text(Root::Widget, ".msg.theirs .body", &text).await;
    }
    assert_unharmed(&page).await;
    page.close().await;
}

#[tokio::test]
async fn a_visitor_rates_and_finds_the_rating_again() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = Shop::open_with(world, &format!("rating-{size}"), json!({"rating": true})).await;
        let page = browser.page(&format!("rating-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        send(&page, "Есть чайник?").await;
        shop.say("Есть, приезжайте", None).await;
        page.until_text(Root::Widget, ".msg.theirs .body", "Есть, приезжайте").await;
        // Анна finishes the conversation.
        let close = format!("/v1/chats/{}/close", shop.user_id().await);
        shop.organization.api(&shop.token).post(&close, &json!({})).await.expect(200);
        // The message has no words of its own: each visitor is asked in their language.
        for (language, question) in [("en", "How did we do?"), ("ru", "Оцените, как мы помогли")] {
            call(&page, &format!("setLocale('{language}')")).await;
            page.until_text(Root::Widget, ".rating legend", question).await;
        }
        page.find(Root::Widget, ".rating .stars").await;
        page.shoot("1-asked").await;
        assert_accessible(&page, "prilavok-chat", "a question for a rating").await;
        page.click(Root::Widget, ".stars label:nth-child(4)").await;
        page.write(Root::Widget, ".opinion textarea", "Быстрее <b>везите</b>").await;
        assert_eq!(ask(&page, "return tree.querySelectorAll('.stars .on').length").await, 4);
        page.shoot("2-stars").await;
        assert_accessible(&page, "prilavok-chat", "a rating with a comment").await;
        page.click(Root::Widget, ".opinion .choice").await;
        page.until_text(Root::Widget, ".rating .told", "Спасибо за оценку!").await;
        page.until_gone(Root::Widget, ".opinion").await;
        let rated = json!({"score": 4, "comment": "Быстрее <b>везите</b>"});
        let messages = shop.messages().await;
        assert_eq!(messages.last().unwrap()["content"]["rating"], rated, "{messages:?}");

        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".rating .told", "Спасибо за оценку!").await;
        let shown =
            "return [tree.querySelectorAll('.stars .on').length, tree.querySelector('.stars :checked')?.value ?? null]";
        assert_eq!(ask(&page, shown).await, json!([4, "4"]));
        page.shoot("3-thanked").await;

        // They think better of it, by the keyboard.
        ask(&page, "tree.querySelector('.stars :checked').focus()").await;
        page.press("\u{e014}").await;
        until_is(&page, "five stars", "return tree.querySelectorAll('.stars .on').length", json!(5)).await;
        page.click(Root::Widget, ".opinion .choice").await;
        page.until_text(Root::Widget, ".rating .told", "Спасибо за оценку!").await;
        assert_eq!(shop.messages().await.last().unwrap()["content"]["rating"]["score"], 5);

        // The field for a comment is not the one for messages.
        send(&page, "И ещё вопрос").await;
        shop.until_has("И ещё вопрос").await;
        page.close().await;
    }
}
