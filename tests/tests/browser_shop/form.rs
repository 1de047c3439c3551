//! The form before a chat: who the visitor is, and their consent.

use serde_json::{Value, json};
use tests::world::{Browser, Page, Root, Screen, World, assert_accessible, turn, until};

use crate::shop::{HEAR, Shop};
use crate::{SCREENS, ask, open, send, until_is};

const CONSENT: &str = "Согласен на [обработку данных](https://lavka.example/privacy) по 152-ФЗ";

/// What the browser keeps for the page, by name.
const KEPT: &str = "return indexedDB.databases().then((stores) => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie, stores.map(({ name }) => name)])";

fn fields() -> Value {
    json!([
        {"name": "name", "label": {"ru": "Как вас зовут", "en": "Your name"}, "type": "text", "required": true},
        {"name": "email", "label": "Почта", "type": "email", "required": true},
        {"name": "phone", "label": "Телефон", "type": "phone"},
        {"name": "topic", "label": "О чём вопрос", "type": "select", "required": true, "options": ["О заказе", "О товаре"]},
    ])
}

async fn shop_that_asks<'w>(world: &'w World, name: &str) -> Shop<'w> {
    let shop = Shop::open(world, name).await;
    let consent = json!({"version": "2026-11", "text": CONSENT});
    shop.set(json!({"consent": consent, "widget": {"form": {"when": "always", "fields": fields()}}})).await;
    shop
}

async fn choose(page: &Page, css: &str, value: &str) {
    let script = format!(
        "const field = tree.querySelector('{css}'); field.value = '{value}'; field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    ask(page, &script).await;
}

async fn fill(page: &Page) {
    page.write(Root::Widget, ".ask [autocomplete=name]", "Ольга").await;
    page.write(Root::Widget, ".ask [type=email]", "olga@lavka.example").await;
    page.write(Root::Widget, ".ask [type=tel]", "8 (912) 345-67-89").await;
    choose(page, ".ask select", "О товаре").await;
    page.click(Root::Widget, ".ask [type=checkbox]").await;
}

#[tokio::test]
async fn a_shop_that_asks_first_keeps_what_was_given_and_asks_once() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = shop_that_asks(world, &format!("form-{size}")).await;
        let page = browser.page(&format!("form-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, "form.ask").await;
        page.until_gone(Root::Widget, ".composer").await;
        page.until_text(Root::Widget, ".ask h3", "Познакомимся?").await;
        page.until_text(Root::Widget, ".ask .consent a", "обработку данных").await;
        page.shoot("1-asked").await;
        assert_accessible(&page, "prilavok-chat", "the form before a chat").await;
        let start = "const box = tree.querySelector('.ask .start').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight";
        assert_eq!(ask(&page, start).await, true, "{size}: the button is in view");

        // Everything is wrong, and each mistake is told where it is.
        page.write(Root::Widget, ".ask [type=email]", "olga@").await;
        page.write(Root::Widget, ".ask [type=tel]", "12").await;
        page.click(Root::Widget, ".ask .start").await;
        let wrong = [
            "Заполните это поле",
            "Проверьте адрес почты",
            "Проверьте номер телефона",
            "Выберите",
            "Без согласия мы не можем начать чат",
        ];
        page.until("every mistake", Root::Widget, ".ask .wrong", |told| told == wrong).await;
        let told = "return [...tree.querySelectorAll('.ask [aria-describedby]')].map((input) => [input.type, input.getAttribute('aria-invalid'), tree.getElementById(input.getAttribute('aria-describedby')).textContent])";
        let expected: Vec<Value> = ["text", "email", "tel", "select-one", "checkbox"]
            .iter()
            .zip(wrong)
            .map(|(kind, why)| json!([kind, "true", why]))
            .collect();
        assert_eq!(ask(&page, told).await, json!(expected), "each mistake belongs to its field");
        assert_eq!(
            ask(&page, "return tree.activeElement.autocomplete").await,
            "name",
            "the first mistake has the focus"
        );
        page.shoot("2-wrong").await;
        assert_accessible(&page, "prilavok-chat", "a form with mistakes").await;
        assert_eq!(page.run(KEPT).await, json!([[], [], "", []]), "nothing is kept before it is given");
        assert_eq!(shop.consents().await, Vec::<Value>::new());

        // What is mended is no mistake any more, also before it is sent again.
        page.write(Root::Widget, ".ask [type=email]", "lavka.example").await;
        page.until("three mistakes of fields", Root::Widget, ".ask .wrong", |told| told.len() == 4).await;
        ask(&page, "for (const input of tree.querySelectorAll('.ask input.field')) input.value = ''").await;
        fill(&page).await;
        page.until_gone(Root::Widget, ".ask .wrong").await;
        page.shoot("3-filled").await;
        page.click(Root::Widget, ".ask .start").await;
        page.until_gone(Root::Widget, "form.ask").await;
        page.find(Root::Widget, ".composer .input").await;
        until_is(&page, "the visitor writes on", "return tree.activeElement?.className ?? ''", json!("input")).await;

        send(&page, "Здравствуйте, есть чайник?").await;
        shop.until_known(&[
            ("name", "Ольга"),
            ("email", "olga@lavka.example"),
            ("phone", "+79123456789"),
            ("topic", "О товаре"),
        ])
        .await;
        let (user_id, ledger) = (shop.user_id().await, shop.consents().await);
        let said: Vec<_> = ledger.iter().map(|one| [&one["user_id"], &one["version"], &one["given"]]).collect();
        assert_eq!(said, [[&json!(user_id), &json!("2026-11"), &json!(true)]]);
        page.shoot("4-written").await;

        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".msg.mine .body", "Здравствуйте, есть чайник?").await;
        send(&page, "Ау").await;
        assert_eq!(page.texts(Root::Widget, "form.ask").await.len(), 0, "asked again");
        assert_eq!(shop.consents().await.len(), 1);
        page.close().await;
    }
}

#[tokio::test]
async fn a_greeting_above_the_form_is_whole_or_not_there_also_when_the_form_grows() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = shop_that_asks(world, &format!("form-greeting-{size}")).await;
        let page = browser.page(&format!("form-greeting-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, "form.ask").await;
        let is_cut = "const log = tree.querySelector('.log'); return tree.querySelector('.empty').getClientRects().length > 0 && log.scrollHeight > log.clientHeight";
        until_is(&page, "a greeting in full, or none", is_cut, json!(false)).await;
        page.click(Root::Widget, ".ask .start").await;
        page.find(Root::Widget, ".ask .wrong").await;
        until_is(&page, "a greeting in full, or none, above a form with mistakes", is_cut, json!(false)).await;
        page.close().await;
    }
}

#[tokio::test]
async fn who_loads_the_page_again_before_the_first_message_has_consented_all_the_same_or_is_asked_again() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = shop_that_asks(world, "form-reload").await;
    let page = browser.page("form-reload", Screen::Wide).await;
    page.prepare(HEAR).await;
    open(&page, &shop.page("index.html", "")).await;
    page.find(Root::Widget, "form.ask").await;
    fill(&page).await;
    page.click(Root::Widget, ".ask .start").await;
    page.find(Root::Widget, ".composer .input").await;

    page.reload().await;
    page.click(Root::Widget, ".launcher").await;
    let is_online =
        "return (window.heard || []).some(([name, detail]) => name == 'status' && detail.status == 'online')";
    until_is(&page, "a session", is_online, json!(true)).await;
    // The form or the composer: `asks` stands for neither yet.
    let settled = "return !!tree.querySelector('form.ask') || !tree.querySelector('.panel').classList.contains('asks')";
    until_is(&page, "the form or the composer", settled, json!(true)).await;
    if !page.texts(Root::Widget, "form.ask").await.is_empty() {
        fill(&page).await;
        page.click(Root::Widget, ".ask .start").await;
    }
    send(&page, "Вы здесь?").await;
    let user_id = shop.user_id().await;
    until(&format!("a consent of {user_id}, who writes"), async || {
        shop.consents().await.iter().any(|one| one["user_id"] == user_id && one["given"] == true).then_some(())
    })
    .await;
    shop.until_known(&[("name", "Ольга"), ("email", "olga@lavka.example")]).await;
    page.close().await;
}

#[tokio::test]
async fn a_form_for_a_closed_shop_comes_only_when_it_is_closed() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let always = json!(vec![json!([["00:00", "24:00"]]); 7]);
    let never = json!(vec![json!([]); 7]);
    for (name, week, is_asked) in [("form-open", always, false), ("form-closed", never, true)] {
        let hours = json!({"time_zone": "Europe/Moscow", "week": week});
        let form = json!({"when": "closed", "fields": [{"name": "email", "label": "Почта", "type": "email", "required": true}]});
        let shop = Shop::open_with(world, name, json!({"hours": hours, "form": form})).await;
        let page = browser.page(name, Screen::Wide).await;
        open(&page, &shop.page("index.html", "")).await;
        if is_asked {
            page.until_text(Root::Widget, ".ask h3", "Оставьте контакт, и мы ответим, когда откроемся").await;
            page.until_gone(Root::Widget, ".composer").await;
            page.until_text(Root::Widget, ".presence", "Сейчас мы не работаем").await;
            page.shoot("1").await;
            assert_accessible(&page, "prilavok-chat", "the form of a closed shop").await;
            page.write(Root::Widget, ".ask [type=email]", "olga@lavka.example").await;
            page.click(Root::Widget, ".ask .start").await;
        }
        send(&page, "Во сколько откроетесь?").await;
        assert_eq!(page.texts(Root::Widget, "form.ask").await.len(), 0, "{name}");
        if is_asked {
            shop.until_known(&[("email", "olga@lavka.example")]).await;
        }
        page.close().await;
    }
}
