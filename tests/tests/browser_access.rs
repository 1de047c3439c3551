//! Whoever cannot see the chat, or sees it otherwise, can use it: axe-core over every state of widget and inbox in both
//! colour schemes, and the keyboard alone.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::world::{Browser, Organization, Page, Root, Screen, World, assert_accessible, place, turn, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: Duration = Duration::from_secs(60);

fn picture() -> PathBuf {
    place::root().join("www/pictures/inbox.png")
}

#[tokio::test]
async fn every_state_of_the_chat_is_accessible_on_a_wide_screen() {
    walk(Screen::Wide).await;
}

#[tokio::test]
async fn every_state_of_the_chat_is_accessible_on_a_phone() {
    walk(Screen::Phone).await;
}

async fn walk(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let token = shop.operator("Анна").await;
    let settings = json!({"widget": {"rating": true}}).to_string();
    world.admin().call(Method::PATCH, "/v1/organizations/demo", settings.into()).await.expect(200);
    let size = if screen == Screen::Wide { "1280" } else { "360" };
    let widget = browser.page(&format!("access-widget-{size}"), screen).await;
    let inbox = browser.page(&format!("access-inbox-{size}"), screen).await;
    let own = async |state: &str| assert_accessible(&widget, "prilavok-chat", state).await;
    let desk = async |state: &str| assert_accessible(&inbox, "body", state).await;

    inbox.goto(&format!("{}/inbox/", world.url())).await;
    inbox.find(Root::Page, "input").await;
    desk("the inbox's door").await;
    inbox.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    inbox.reload().await;
    inbox.find(Root::Page, ".side").await;
    desk("an empty inbox").await;

    widget.goto(world.url()).await;
    widget.find(Root::Widget, ".launcher").await;
    own("the button").await;
    widget.click(Root::Widget, ".launcher").await;
    widget.find(Root::Widget, ".panel .empty").await;
    own("an empty chat").await;
    widget.write(Root::Widget, ".input", "Есть ли чайник?\u{e007}").await;
    widget.find(Root::Widget, ".msg.mine .tick:not(.sending)").await;
    widget.write(Root::Widget, ".pick", picture().to_str().expect("a path")).await;
    widget.find(Root::Widget, ".msg.mine .pic").await;
    inbox.click(Root::Page, ".row").await;
    inbox.find(Root::Page, ".msg.in .pic").await;
    inbox.write(Root::Page, ".input", "Есть **два**: https://lavka.example\u{e007}").await;
    widget.find(Root::Widget, ".msg.theirs a").await;
    own("a conversation").await;
    desk("a conversation at the desk").await;
    cards_the_visitor_and_an_end(&widget, &inbox, screen).await;
    inbox.write(Root::Page, ".input", "И ещё").await;
    widget.find(Root::Widget, ".typing").await;
    own("somebody typing").await;

    // A message that the relay refuses: on its way its text is lost. Why is said at once.
    let spoil = "const { send } = WebSocket.prototype; WebSocket.prototype.send = function (frame) { if (!frame.includes('send_message')) return send.call(this, frame); WebSocket.prototype.send = send; this.send(JSON.stringify({ ...JSON.parse(frame), text: '' })) };";
    widget.run(spoil).await;
    widget.write(Root::Widget, ".composer .input", "Отложите оба\u{e007}").await;
    widget.until_text(Root::Widget, ".msg.mine.failed .why[role=alert]", "Пустое сообщение").await;
    widget.shoot("refused").await;
    own("a message that was refused").await;

    // A file that does not go, a picture in full.
    let lose = "const send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function () { XMLHttpRequest.prototype.send = send; setTimeout(() => this.dispatchEvent(new ProgressEvent('loadend'))) };";
    for (page, root) in [(&widget, Root::Widget), (&inbox, Root::Page)] {
        page.run(lose).await;
        page.write(root, ".pick", picture().to_str().expect("a path")).await;
        page.find(root, ".up .why").await;
    }
    own("a file that was not sent").await;
    desk("a file that was not sent from the desk").await;
    for (page, root) in [(&widget, Root::Widget), (&inbox, Root::Page)] {
        page.click(root, ".up .stop").await;
        page.click(root, ".pic").await;
        page.find(root, ".viewer .save").await;
    }
    own("a picture in full").await;
    desk("a picture in full at the desk").await;
    widget.click(Root::Widget, ".viewer .close").await;

    // Too long, closed with something unread, no line.
    widget.run("const input = document.querySelector('prilavok-chat').shadowRoot.querySelector('.composer .input'); input.value = 'ы'.repeat(4001); input.dispatchEvent(new Event('input', { bubbles: true }))").await;
    widget.find(Root::Widget, ".counter.over").await;
    own("a text that is too long").await;
    widget.run("const input = document.querySelector('prilavok-chat').shadowRoot.querySelector('.composer .input'); input.value = ''; input.dispatchEvent(new Event('input', { bubbles: true }))").await;
    widget.throttle(-1, 0).await;
    widget.find(Root::Widget, ".banner").await;
    own("no line").await;
    widget.throttle(0, 0).await;
    widget.click(Root::Widget, ".close").await;
    widget.until_gone(Root::Widget, ".panel").await;
    own("a closed chat").await;
    widget.quit().await;
    inbox.quit().await;

    // A key that nobody knows.
    let blocked = browser.page("access-blocked", screen).await;
    blocked
        .prepare("new MutationObserver(() => { const tag = document.querySelector('script[data-key]'); if (tag) tag.dataset.key = 'pk_demo_wrong'; }).observe(document, { childList: true, subtree: true })")
        .await;
    blocked.goto(world.url()).await;
    blocked.click(Root::Widget, ".launcher").await;
    blocked.find(Root::Widget, ".fatal").await;
    assert_accessible(&blocked, "prilavok-chat", "a chat that cannot be").await;
    blocked.quit().await;
}

/// What the desk has besides writing: a form for a card, what is known of the visitor, the end of a conversation.
async fn cards_the_visitor_and_an_end(widget: &Page, inbox: &Page, screen: Screen) {
    let desk = async |state: &str| {
        inbox.shoot(&state.replace(' ', "-")).await;
        assert_accessible(inbox, "body", state).await;
    };
    inbox.click(Root::Page, ".plus").await;
    inbox.find(Root::Page, "#enclosure [name=title]").await;
    desk("the form for a card").await;
    inbox.write(Root::Page, "#enclosure [name=price]", "3 450 ₽").await;
    inbox.click(Root::Page, "#enclosure .primary").await;
    inbox
        .until("what is wrong", Root::Page, "#enclosure .why", |texts| texts.iter().any(|text| !text.is_empty()))
        .await;
    inbox.find(Root::Page, "#enclosure [name=title][aria-invalid=true]").await;
    desk("the form for a card with what is wrong in it").await;
    inbox.write(Root::Page, "#enclosure [name=title]", "Чайник «Сажа»").await;
    inbox.write(Root::Page, "#enclosure [name=url]", "https://lavka.example/teapot").await;
    inbox.write(Root::Page, "#enclosure [name=replies]", "Беру, Подумаю").await;
    desk("the form for a card filled in").await;
    inbox.click(Root::Page, "#enclosure .primary").await;
    inbox.find(Root::Page, ".msg .cards .card").await;
    inbox.find(Root::Page, ".msg .replies .choice").await;
    desk("a card at the desk").await;
    widget.find(Root::Widget, ".msg .cards .card").await;
    widget.find(Root::Widget, ".msg .replies .choice").await;
    assert_accessible(widget, "prilavok-chat", "a card").await;

    inbox.find(Root::Page, ".who .tool.finish").await;
    inbox.click(Root::Page, ".who .tool.info").await;
    inbox.find(Root::Page, "section.about#about .fact").await;
    desk("what is known of the visitor").await;
    inbox.click(Root::Page, "#about .stop").await;
    inbox.until_gone(Root::Page, "#about").await;

    inbox.click(Root::Page, ".who .tool.finish").await;
    inbox.until_text(Root::Page, ".who .finished", "Завершён").await;
    inbox.find(Root::Page, ".msg .rating .wait").await;
    desk("a finished conversation").await;
    if screen == Screen::Phone {
        inbox.click(Root::Page, ".who .back").await;
    }
    inbox.find(Root::Page, ".row.closed").await;
    // The message that asks to rate has no text of its own.
    inbox.until_text(Root::Page, ".row .last", "Вы: Просьба об оценке").await;
    desk("a finished chat in the list").await;
    if screen == Screen::Phone {
        inbox.click(Root::Page, ".row").await;
    }
    widget.until_text(Root::Widget, ".rating legend", "Оцените, как мы помогли").await;
}

#[tokio::test]
async fn back_closes_the_chat_on_a_phone_and_leaves_the_page_where_it_was() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    // By the browser's own word for it, and without.
    for (name, script) in [("access-watched", ""), ("access-unwatched", "delete window.CloseWatcher;")] {
        let page = browser.page(name, Screen::Phone).await;
        page.prepare(script).await;
        page.goto(world.url()).await;
        let url = page.run("history.replaceState({ of: 'the page' }, ''); return [location.href, history.state]").await;
        for _ in 0..2 {
            page.click(Root::Widget, ".launcher").await;
            page.find(Root::Widget, ".panel .empty").await;
            // An Android phone's "back" is the same request to close as the Escape of a keyboard.
            if script.is_empty() {
                page.press("\u{e00c}").await
            } else {
                page.back().await
            }
            page.until_gone(Root::Widget, ".panel").await;
            assert_eq!(page.run("return [location.href, history.state]").await, url, "{name}");
        }
        // Closed by its own button, it leaves no entry behind.
        page.click(Root::Widget, ".launcher").await;
        page.click(Root::Widget, ".close").await;
        page.until_gone(Root::Widget, ".panel").await;
        within(DONE_WITHIN, "the page's own entry", async || {
            (page.run("return [location.href, history.state]").await == url).then_some(())
        })
        .await;
        page.close().await;
    }
}

/// The element that has the focus, within the chat.
const FOCUS: &str = "const focused = document.querySelector('prilavok-chat').shadowRoot.activeElement; return focused && (focused.className || focused.localName)";

#[tokio::test]
async fn the_keyboard_is_enough() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let page = browser.page("access-keyboard", Screen::Wide).await;
    page.goto(world.url()).await;
    page.find(Root::Widget, ".launcher").await;
    page.run("document.querySelector('prilavok-chat').shadowRoot.querySelector('.launcher').focus()").await;
    let focus = async |class: &str| {
        within(DONE_WITHIN, class, async || {
            let now = page.run(FOCUS).await;
            now.as_str().is_some_and(|now| now.split(' ').any(|one| one == class)).then_some(())
        })
        .await;
    };
    // Enter opens, and the field has the focus.
    page.press("\u{e007}").await;
    focus("input").await;
    page.press("Здравствуйте").await;
    page.press("\u{e007}").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Здравствуйте").await;
    // Shift and Enter is a new line, no message.
    page.press("раз\u{e008}\u{e007}\u{e000}два").await;
    let field = "return document.querySelector('prilavok-chat').shadowRoot.querySelector('.composer .input').value";
    assert_eq!(page.run(field).await, "раз\nдва");
    // Through everything in the order in which it is seen, and out again: no trap.
    let mut seen = Vec::new();
    for _ in 0..8 {
        page.press("\u{e004}").await;
        match page.run(FOCUS).await {
            Value::String(name) => seen.push(name),
            _ => seen.push("the page".into()),
        }
    }
    assert_eq!(seen.first().map(String::as_str), Some("send"), "{seen:?}");
    assert!(seen.iter().any(|name| name == "the page"), "{seen:?}");
    page.run("document.querySelector('prilavok-chat').shadowRoot.querySelector('.composer .input').focus()").await;
    // Escape closes, and gives the focus back to the button; what was written stays.
    page.press("\u{e00c}").await;
    page.until_gone(Root::Widget, ".panel").await;
    focus("launcher").await;
    page.press("\u{e007}").await;
    focus("input").await;
    assert_eq!(page.run(field).await, "раз\nдва");
    // The log says what it is. What is loaded into it is not read out.
    let log = "const log = document.querySelector('prilavok-chat').shadowRoot.querySelector('.log'); return [log.role, log.ariaLabel, log.ariaLive]";
    assert_eq!(page.run(log).await, json!(["log", "Переписка", "off"]));
    page.close().await;
}
