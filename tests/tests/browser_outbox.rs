//! What a visitor writes is never lost and never comes twice, in a real browser: over reloads, a killed relay, several tabs,
//! and a browser that keeps nothing.

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{Browser, Organization, Page, Root, Screen, World, turn, within};

/// What is shown within one, or the browser did not do it.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);

/// Counts a page's sockets.
const COUNT_SOCKETS: &str = "
window.sockets = [];
window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); window.sockets.push(this); } };";

/// A browser that forbids its store, as some do in private windows.
const NO_STORE: &str = "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') };";

const DATABASES: &str = "return indexedDB.databases().then((all) => all.map((one) => one.name))";
const OPEN_SOCKETS: &str = "return window.sockets.filter((socket) => socket.readyState === 1).length";

async fn demo(world: &World) -> Organization<'_> {
    let origins = [world.url().to_owned(), world.url().replace("127.0.0.1", "localhost")];
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    Organization::create(world, "demo", &origins, Some("pk_demo_storefront")).await
}

/// A visitor on the storefront with an open panel.
async fn visitor(world: &World, browser: &Browser, name: &str, script: &str) -> Page {
    let page = browser.page(name, Screen::Phone).await;
    page.prepare(script).await;
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".panel .empty").await;
    page
}

async fn field(page: &Page) -> String {
    let script = "return document.querySelector('prilavok-chat').shadowRoot.querySelector('.input').value";
    page.run(script).await.as_str().expect("a text").to_owned()
}

async fn until_field(page: &Page, text: &str) {
    within(SHOWN_WITHIN, text, async || (field(page).await == text).then_some(())).await;
}

/// The texts of the only chat, as the relay has them.
async fn kept(shop: &Organization<'_>, token: &str) -> Vec<String> {
    let chats = shop.api(token).get("/v1/chats").await.expect(200);
    let user_id = chats["chats"][0]["user_id"].as_i64().expect("a chat");
    assert_eq!(chats["chats"].as_array().map(Vec::len), Some(1), "one visitor, one chat: {chats}");
    let texts = shop.history(token, user_id).await;
    texts.iter().map(|message| message["text"].as_str().expect("a text").to_owned()).collect()
}

async fn until_kept(shop: &Organization<'_>, token: &str, expected: &[&str]) {
    let texts = within(SHOWN_WITHIN, "the messages", async || {
        let texts = kept(shop, token).await;
        (texts.len() >= expected.len()).then_some(texts)
    });
    assert_eq!(texts.await, expected);
}

#[tokio::test]
async fn the_browser_keeps_nothing_before_the_visitor_has_written() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    let page = visitor(&world, &browser, "unwritten", "").await;
    page.write(Root::Widget, ".input", "ещё думаю").await;
    page.until("it can be sent", Root::Widget, ".send:not([disabled])", |found| found.len() == 1).await;
    let traces = "return [localStorage.length, sessionStorage.length, document.cookie]";
    assert_eq!(page.run(traces).await, json!([0, 0, ""]));
    assert_eq!(page.run(DATABASES).await, json!([]));

    page.write(Root::Widget, ".input", "\u{e007}").await;
    page.find(Root::Widget, ".msg.mine .tick.sent").await;
    assert_eq!(page.run(DATABASES).await, json!(["prilavok"]));
    assert_eq!(page.run("return localStorage.length").await, 1);
    // What is sent is forgotten.
    let count = "return new Promise((done) => { indexedDB.open('prilavok').onsuccess = (event) => { event.target.result
        .transaction('outbox').objectStore('outbox').count().onsuccess = (event) => done(event.target.result) } })";
    within(SHOWN_WITHIN, "an empty store", async || (page.run(count).await == 0).then_some(())).await;
    page.close().await;
}

#[tokio::test]
async fn what_is_written_without_a_relay_goes_out_once_after_a_reload_and_the_draft_is_still_there() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = visitor(&world, &browser, "outbox-360", "").await;
    page.write(Root::Widget, ".input", "Здравствуйте!\u{e007}").await;
    page.find(Root::Widget, ".msg.mine .tick.sent").await;
    page.shoot("1-sent").await;

    world.kill_relay().await;
    page.write(Root::Widget, ".input", "Гайвань на 150 мл есть?\u{e007}").await;
    until_field(&page, "").await;
    page.write(Root::Widget, ".input", "И крышка к нему?\u{e007}").await;
    until_field(&page, "").await;
    page.write(Root::Widget, ".input", "ещё не дописано").await;
    page.until("both wait", Root::Widget, ".msg.mine .tick.sending", |found| found.len() == 2).await;
    page.find(Root::Widget, ".banner").await;
    page.shoot("2-without-relay").await;
    page.goto("about:blank").await;

    world.run_relay().await;
    page.goto(world.url()).await;
    let expected = ["Здравствуйте!", "Гайвань на 150 мл есть?", "И крышка к нему?"];
    // Nobody has opened the panel: a returning visitor's words do not wait for that.
    until_kept(&shop, &token, &expected).await;
    page.click(Root::Widget, ".launcher").await;
    page.until("all three, once", Root::Widget, ".msg.mine .body", |texts| texts == expected).await;
    page.until("all are sent", Root::Widget, ".msg.mine .tick.sent", |found| found.len() == 3).await;
    assert_eq!(field(&page).await, "ещё не дописано");
    page.shoot("3-after-reload").await;
    page.reload().await;
    page.click(Root::Widget, ".launcher").await;
    page.until("all three, once", Root::Widget, ".msg.mine .body", |texts| texts == expected).await;
    assert_eq!(kept(&shop, &token).await, expected);
    page.quit().await;
}

#[tokio::test]
async fn a_relay_that_is_killed_as_it_is_written_to_has_each_message_once() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = visitor(&world, &browser, "killed", "").await;
    let mut expected = Vec::new();
    for round in 0..3 {
        let text = format!("сообщение {round}");
        page.write(Root::Widget, ".input", &format!("{text}\u{e007}")).await;
        // At three moments: as it is written, a little later, and when it should be there.
        tokio::time::sleep(Duration::from_millis(round * 25)).await;
        world.kill_relay().await;
        until_field(&page, "").await;
        world.run_relay().await;
        if round == 1 {
            page.reload().await;
            page.click(Root::Widget, ".launcher").await;
        }
        expected.push(text);
        page.until("it is sent", Root::Widget, ".msg.mine .tick:not(.sending)", |found| found.len() == expected.len())
            .await;
    }
    page.until("each once", Root::Widget, ".msg.mine .body", |texts| texts == expected).await;
    assert_eq!(kept(&shop, &token).await, expected);
    page.quit().await;
}

#[tokio::test]
async fn where_nothing_can_be_kept_the_text_stays_until_the_relay_has_it() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = visitor(&world, &browser, "forbidden", NO_STORE).await;
    page.write(Root::Widget, ".input", "раз\u{e007}").await;
    until_field(&page, "").await;
    world.kill_relay().await;
    page.write(Root::Widget, ".input", "два\u{e007}").await;
    page.find(Root::Widget, ".msg.mine .tick.sending").await;
    // Neither lost nor sent again by impatience.
    page.write(Root::Widget, ".input", "\u{e007}").await;
    assert_eq!(field(&page).await, "два");
    page.find(Root::Widget, ".send[disabled]").await;
    page.goto("about:blank").await;
    world.run_relay().await;
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.until("the first", Root::Widget, ".msg.mine .body", |texts| texts == ["раз"]).await;
    assert_eq!(field(&page).await, "два", "it was not kept, and so was not taken");
    page.write(Root::Widget, ".input", "\u{e007}").await;
    until_field(&page, "").await;
    assert_eq!(kept(&shop, &token).await, ["раз", "два"]);
    page.quit().await;
}

#[tokio::test]
async fn tabs_of_one_browser_share_a_socket_and_what_is_read() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let mut desk = shop.events(&token).await;
    let page = visitor(&world, &browser, "tabs", COUNT_SOCKETS).await;
    page.write(Root::Widget, ".input", "из первой\u{e007}").await;
    page.find(Root::Widget, ".msg.mine .tick.sent").await;
    let user_id = desk.event("new_message").await["data"]["user_id"].as_i64().expect("a chat");

    let [first, second] = page.open_tab().await;
    page.prepare(COUNT_SOCKETS).await;
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.until_text(Root::Widget, ".msg.mine .body", "из первой").await;
    page.write(Root::Widget, ".input", "из второй\u{e007}").await;
    page.until("sent", Root::Widget, ".msg.mine .tick:not(.sending)", |found| found.len() == 2).await;
    assert_eq!(page.run("return window.sockets.length").await, 0, "it follows");
    page.click(Root::Widget, ".panel .close").await;
    page.switch_to(&first).await;
    page.until("both", Root::Widget, ".msg.mine .body", |texts| texts == ["из первой", "из второй"]).await;
    assert_eq!(page.run(OPEN_SOCKETS).await, 1);
    page.click(Root::Widget, ".panel .close").await;

    // An answer counts in both, and is read in both.
    let say = async |text: &str| {
        let path = format!("/v1/chats/{user_id}/messages");
        shop.api(&token).post(&path, &json!({"text": text})).await.expect(201)
    };
    say("слушаю").await;
    for tab in [&first, &second] {
        page.switch_to(tab).await;
        page.until_text(Root::Widget, ".launcher .badge", "1").await;
    }
    page.click(Root::Widget, ".launcher").await;
    page.until_gone(Root::Widget, ".launcher .badge").await;
    page.switch_to(&first).await;
    page.until_gone(Root::Widget, ".launcher .badge").await;
    let read = desk.event("message_read").await;
    assert_eq!(read["data"]["user_id"], user_id);

    // The one that leads is closed, and the other goes on with a socket of its own. Nobody has left.
    page.close_tab().await;
    page.switch_to(&second).await;
    within(SHOWN_WITHIN, "a socket", async || (page.run(OPEN_SOCKETS).await == 1).then_some(())).await;
    say("вы ещё здесь?").await;
    page.until_text(Root::Widget, ".msg.theirs .body", "вы ещё здесь?").await;
    page.write(Root::Widget, ".input", "да\u{e007}").await;
    desk.until("the visitor's word", |frame| frame["event"] == "new_message" && frame["data"]["text"] == "да").await;
    let told: Vec<Value> = desk.frames().into_iter().filter(|frame| frame["event"] == "user_offline").collect();
    assert_eq!(told, Vec::<Value>::new());
    assert_eq!(kept(&shop, &token).await, ["из первой", "из второй", "слушаю", "вы ещё здесь?", "да"]);
    page.quit().await;
}
