//! The pages beside the chats, in a real browser: a template is written and goes into a conversation, an automatic reply is switched
//! on and answers; both by a wide screen and on a phone, and nothing on them shuts anybody out.

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{Browser, Organization, Page, Root, Screen, World, assert_accessible, turn, within};

/// What is shown within one, or the browser did not do it.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);

/// A token of an operator who may change the tools.
async fn token_with_tools(world: &World, shop: &Organization<'_>) -> String {
    let scopes = ["chats:read", "chats:write", "files:write", "tools:write"];
    let body = json!({"organization": shop.id, "role": "operator", "name": "Анна", "ttl_s": 3600, "scopes": scopes});
    let made = world.admin().post("/v1/tokens", &body).await.expect(201);
    made["token"].as_str().expect("a token").to_owned()
}

async fn sign_in(page: &Page, world: &World, token: &str) {
    page.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    page.find(Root::Page, ".side").await;
    assert_eq!(page.run("return location.hash").await, "", "the token does not stay in the address");
}

/// Puts another text into a field.
async fn replace(page: &Page, css: &str, text: &str) {
    page.find(Root::Page, css).await;
    let set = "const field = document.querySelector(CSS); field.value = ''; field.dispatchEvent(new Event('input', { bubbles: true }))";
    page.run(&set.replace("CSS", &json!(css).to_string())).await;
    page.write(Root::Page, css, text).await;
}

async fn value_of(page: &Page, css: &str) -> Value {
    page.run(&format!("return document.querySelector({})?.value", json!(css))).await
}

async fn look(page: &Page, state: &str) {
    page.shoot(&state.replace(' ', "-")).await;
    assert_accessible(page, "body", state).await;
}

#[tokio::test]
async fn a_template_is_written_and_inserted_and_an_automatic_reply_answers_on_a_wide_screen() {
    walk(Screen::Wide).await;
}

#[tokio::test]
async fn a_template_is_written_and_inserted_and_an_automatic_reply_answers_on_a_phone() {
    walk(Screen::Phone).await;
}

async fn walk(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let token = token_with_tools(&world, &shop).await;
    let size = if screen == Screen::Wide { "1280" } else { "360" };
    let widget = browser.page(&format!("tools-widget-{size}"), screen).await;
    let inbox = browser.page(&format!("tools-{size}"), screen).await;
    sign_in(&inbox, &world, &token).await;
    look(&inbox, "chats with the rail").await;

    a_template(&inbox).await;
    automatic_replies(&inbox).await;

    // "Back" goes the way back, "forward" there again.
    inbox.back().await;
    inbox.find(Root::Page, "#templates-page").await;
    inbox.run("history.forward()").await;
    inbox.find(Root::Page, "#auto-replies-page").await;
    inbox.until_text(Root::Page, ".rail [aria-current=page] .to", "Автоответы").await;

    // A visitor asks, and is answered at once.
    widget.goto(world.url()).await;
    widget.click(Root::Widget, ".launcher").await;
    widget.write(Root::Widget, ".input", "Вы работаете в воскресенье?\u{e007}").await;
    widget
        .until("an automatic reply", Root::Widget, ".msg.theirs", |texts| {
            texts.iter().any(|text| text.contains("🤖 Работаем каждый день"))
        })
        .await;
    inbox.click(Root::Page, ".rail a[href='#chats']").await;
    inbox.click(Root::Page, ".row").await;
    inbox.until_text(Root::Page, ".msg.out .author", "Автоответ").await;
    look(&inbox, "a conversation with an automatic reply").await;

    in_the_conversation(&inbox).await;
    widget
        .until("the template's text", Root::Widget, ".msg.theirs", |texts| {
            texts.iter().any(|text| text.contains("Скидка 15 % до пятницы"))
        })
        .await;
    widget.close().await;
    inbox.close().await;
}

/// One is made, refused, mended, changed and shown.
async fn a_template(inbox: &Page) {
    inbox.click(Root::Page, ".rail a[href='#templates']").await;
    inbox.until("the built-in ones", Root::Page, ".index .item", |items| items.len() == 4).await;
    assert_eq!(inbox.run("return [location.hash, document.title]").await, json!(["#templates", "Шаблоны — Прилавок"]));
    look(inbox, "templates").await;
    inbox.click(Root::Page, ".index .new").await;
    inbox.click(Root::Page, ".editor .primary").await;
    inbox.until_text(Root::Page, "#title-why", "Назовите шаблон").await;
    inbox.write(Root::Page, ".editor [name=title]", "Скидка").await;
    inbox.write(Root::Page, ".editor [name=text]", "Скидка {{percent}} % до {{day").await;
    inbox.until_text(Root::Page, "#text-why", "Скобки не закрыты: «{{day». Допишите }}").await;
    look(inbox, "a template with an open brace").await;
    inbox.write(Root::Page, ".editor [name=text]", "}}").await;
    inbox.until_text(Root::Page, ".editor .said .body", "Скидка [percent] % до [day]").await;
    inbox.click(Root::Page, ".editor .primary").await;
    inbox.until_text(Root::Page, ".editor .done", "Сохранено").await;
    // Changed, and not lost on the way to another page and back.
    inbox.write(Root::Page, ".editor [name=title]", " недели").await;
    inbox.click(Root::Page, ".rail a[href='#report']").await;
    inbox.find(Root::Page, "#report-page").await;
    inbox.click(Root::Page, ".rail a[href='#templates']").await;
    inbox.find(Root::Page, ".editor").await;
    assert_eq!(value_of(inbox, ".editor [name=title]").await, "Скидка недели");
    inbox.click(Root::Page, ".editor .primary").await;
    inbox.until_text(Root::Page, ".editor .done", "Сохранено").await;
    inbox.until_text(Root::Page, ".editor h2", "Скидка недели").await;
    look(inbox, "a template that is saved").await;
    // Whether it is to be deleted is asked.
    inbox.click(Root::Page, ".editor .do .bad").await;
    inbox.find(Root::Page, ".sure-of-it").await;
    look(inbox, "a template to be deleted").await;
    inbox.click(Root::Page, ".sure-of-it button:last-child").await;
    inbox.until_gone(Root::Page, ".sure-of-it").await;
}

/// A rule of the shop's own is put in, and all are switched on.
async fn automatic_replies(inbox: &Page) {
    inbox.click(Root::Page, ".rail a[href='#auto-replies']").await;
    inbox.until("the four rules", Root::Page, ".rules .rule", |rules| rules.len() == 4).await;
    look(inbox, "automatic replies").await;
    // It may be below the buttons that stay at the end, from where a person scrolls it up.
    inbox.run("document.querySelector('.replies-form .new').scrollIntoView({ block: 'center' })").await;
    inbox.click(Root::Page, ".replies-form .new").await;
    replace(inbox, ".replies-form [name=pause]", "0").await;
    inbox.write(Root::Page, ".rule:last-child [name=title]", "Часы работы").await;
    inbox.click(Root::Page, ".replies-form .primary").await;
    inbox.until_text(Root::Page, "#pause-why", "От 1 минуты до 7 дней").await;
    inbox.until_text(Root::Page, ".rule:last-child .why", "Напишите хотя бы одно слово").await;
    look(inbox, "automatic replies with what is wrong in them").await;
    replace(inbox, ".replies-form [name=pause]", "1").await;
    inbox.write(Root::Page, ".rule:last-child [name=keywords]", "работаете, воскресен").await;
    inbox.write(Root::Page, ".rule:last-child [name=text]", "Работаем каждый день с 9 до 21.").await;
    inbox.run("document.querySelector('.switch').scrollIntoView({ block: 'center' })").await;
    inbox.click(Root::Page, ".switch").await;
    inbox.write(Root::Page, "[name=check]", "А в воскресенье?").await;
    inbox
        .until("what would be replied", Root::Page, ".check .said", |texts| {
            texts.iter().any(|text| text.contains("«Часы работы»") && text.contains("🤖 Работаем каждый день"))
        })
        .await;
    inbox.click(Root::Page, ".replies-form .primary").await;
    inbox.until_text(Root::Page, ".replies-form .done", "Сохранено").await;
    look(inbox, "automatic replies that are on").await;
}

/// By the sign, by the keyboard, and no sooner than all is filled in.
async fn in_the_conversation(inbox: &Page) {
    let field = ".composer .input";
    inbox.write(Root::Page, field, "/").await;
    inbox.find(Root::Page, ".picker [role=listbox]").await;
    look(inbox, "choosing a template").await;
    // Who meant the sign has it.
    inbox.press("\u{e00c}").await;
    inbox.until_gone(Root::Page, ".picker").await;
    within(SHOWN_WITHIN, "the sign", async || (value_of(inbox, field).await == "/").then_some(())).await;
    replace(inbox, field, "Здравствуйте!").await;
    inbox.click(Root::Page, ".composer .quick").await;
    inbox.write(Root::Page, ".picker [name=search]", "недели").await;
    inbox
        .until("the one that is meant", Root::Page, ".picker [role=option] .name", |names| names == ["Скидка недели"])
        .await;
    inbox.write(Root::Page, ".picker [name=search]", "\u{e007}").await;
    inbox.write(Root::Page, ".picker [name=percent]", "15\u{e007}").await;
    inbox.until_text(Root::Page, "#why-day", "Заполните").await;
    assert_eq!(value_of(inbox, field).await, "Здравствуйте!", "nothing goes in before all is filled in");
    look(inbox, "a template that is not filled in").await;
    inbox.write(Root::Page, ".picker [name=day]", "пятницы").await;
    inbox.until_text(Root::Page, ".picker .said .body", "Скидка 15 % до пятницы").await;
    inbox.click(Root::Page, ".picker .primary").await;
    inbox.until_gone(Root::Page, ".picker").await;
    within(SHOWN_WITHIN, "the text in the field", async || {
        (value_of(inbox, field).await == "Здравствуйте!\nСкидка 15 % до пятницы").then_some(())
    })
    .await;
    assert!(
        !inbox.texts(Root::Page, ".msg.out .body").await.iter().any(|text| text.contains("Скидка")),
        "it is not sent"
    );
    inbox.click(Root::Page, ".composer .send").await;
    inbox
        .until("the message", Root::Page, ".msg.out .body", |texts| {
            texts.iter().any(|text| text.contains("Скидка 15 %"))
        })
        .await;
}

#[tokio::test]
async fn who_may_only_look_is_told_so_and_changes_nothing() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let token = shop.operator("Анна").await;
    let inbox = browser.page("tools-read-only", Screen::Wide).await;
    sign_in(&inbox, &world, &token).await;
    for page in ["templates", "auto-replies"] {
        inbox.click(Root::Page, &format!(".rail a[href='#{page}']")).await;
        inbox.find(Root::Page, &format!("#{page}-page .note")).await;
        assert!(inbox.texts(Root::Page, ".primary").await.is_empty(), "nothing is offered that would be refused");
        look(&inbox, &format!("{page} to look at")).await;
    }
    inbox.close().await;

    // What the relay does not answer can be asked for again.
    let alone = browser.page("tools-failed", Screen::Wide).await;
    sign_in(&alone, &world, &token).await;
    alone.throttle(-1, 0).await;
    alone.click(Root::Page, ".rail a[href='#templates']").await;
    alone.find(Root::Page, "#templates-page [role=alert] .earlier").await;
    look(&alone, "templates that did not come").await;
    alone.throttle(0, 0).await;
    alone.click(Root::Page, "#templates-page .earlier").await;
    alone.until("the built-in ones", Root::Page, ".index .item", |items| items.len() == 4).await;
    alone.quit().await;
}
