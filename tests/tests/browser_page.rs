//! The page and its chat, in a real browser: calls of `window.prilavok` before and after the chat is there, what a page hears,
//! pages that change without being loaded, and an end that leaves nothing behind.

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{Browser, Organization, Page, Root, Screen, World, turn, until, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: Duration = Duration::from_secs(60);

/// A page that has asked for something before its script has come, and writes down what it hears.
const QUEUE: &str = "
window.heard = [];
window.prilavok = window.prilavok || [];
for (const name of ['ready', 'open', 'close', 'message', 'unread', 'typing', 'status', 'error'])
  prilavok.push(['on', name, (detail) => heard.push([name, detail])]);";

/// Counts what a page holds on to: sockets, timers, listeners of the window and the document, and the module's memory.
const COUNT: &str = "
window.held = { sockets: new Set(), timers: new Set(), listeners: [] };
window.WebSocket = class extends WebSocket {
  constructor(...all) {
    super(...all);
    held.sockets.add(this);
    this.addEventListener('close', () => held.sockets.delete(this));
  }
};
for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
  const [plain, plain_clear] = [window[set].bind(window), window[clear].bind(window)];
  window[set] = (work, ...rest) => {
    const id = plain((...all) => { if (set == 'setTimeout') held.timers.delete(id); work(...all); }, ...rest);
    held.timers.add(id);
    return id;
  };
  window[clear] = (id) => { held.timers.delete(id); plain_clear(id); };
}
const start = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = async (...all) => {
  const started = await start.apply(WebAssembly, all);
  held.memory = started.instance.exports.memory;
  return started;
};
for (const target of [window, document]) {
  const [add, remove] = [target.addEventListener, target.removeEventListener];
  const same = (type, work) => ([there, known, of]) => there == type && known == work && of == target;
  target.addEventListener = function (type, work, how) {
    if (!how?.once && !held.listeners.some(same(type, work))) held.listeners.push([type, work, target]);
    return add.call(this, type, work, how);
  };
  target.removeEventListener = function (type, work, how) {
    held.listeners = held.listeners.filter((one) => !same(type, work)(one));
    return remove.call(this, type, work, how);
  };
}";

const HELD: &str = "return {
  held: [held.sockets.size, held.timers.size, held.listeners.length],
  memory: held.memory.buffer.byteLength,
}";

/// By so many bytes a module's memory grows at least: it may have been full just before.
const WASM_PAGE: i64 = 65_536;

/// Writes down what is put into the region that is read out, from the chat's first moment on.
const LISTEN: &str = "
window.read_out = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  const listener = new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes)
      if (target.ariaLive == 'polite') addedNodes.forEach((node) => read_out.push(node.textContent));
  });
  listener.observe(root, { childList: true, characterData: true, subtree: true });
  return root;
};";

async fn demo(world: &World) -> Organization<'_> {
    Organization::create(world, "demo", &[world.url()], Some("pk_demo_storefront")).await
}

/// Calls the page's handle, and waits for the promise.
async fn call(page: &Page, call: &str) -> Value {
    page.run(&format!("return prilavok.{call}.then((value) => value ?? null, (error) => 'refused: ' + error.message)"))
        .await
}

async fn until_heard(page: &Page, what: &Value) {
    within(DONE_WITHIN, &format!("{what} heard"), async || {
        let heard = page.run("return window.heard").await;
        heard.as_array().is_some_and(|heard| heard.contains(what)).then_some(())
    })
    .await;
}

async fn heard(page: &Page, name: &str) -> Vec<Value> {
    let heard = page.run(&format!("return heard.filter(([of]) => of == '{name}').map(([, detail]) => detail)")).await;
    heard.as_array().cloned().expect("a list")
}

async fn the_chat(shop: &Organization<'_>, token: &str) -> Value {
    until("the chat", async || {
        let chats = shop.api(token).get("/v1/chats").await.expect(200);
        chats["chats"].as_array().and_then(|chats| chats.first().cloned())
    })
    .await
}

#[tokio::test]
async fn a_page_calls_its_chat_and_hears_of_it() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = browser.page("page-calls", Screen::Wide).await;
    // Queued before the script is there: listeners, then a text for the field, then the chat opens.
    page.prepare(&format!("{QUEUE}prilavok.push(['prefill', 'Есть ли чайник?'], ['open']);")).await;
    page.goto(world.url()).await;
    page.find(Root::Widget, ".panel .input").await;
    until_heard(&page, &json!(["ready", {}])).await;
    until_heard(&page, &json!(["open", {}])).await;
    until_heard(&page, &json!(["status", {"status": "online"}])).await;
    let field = "return document.querySelector('prilavok-chat').shadowRoot.querySelector('.input').value";
    assert_eq!(page.run(field).await, "Есть ли чайник?");
    page.click(Root::Widget, ".send").await;
    until_heard(&page, &json!(["message", {"side": "user", "text": "Есть ли чайник?", "message_id": null}])).await;

    // A text of the page's own, with an attribute that an operator sees.
    assert_eq!(call(&page, "setAttributes({ cart: 3200, city: 'Тула' })").await, Value::Null);
    assert_eq!(call(&page, "send('Заказ 17')").await, Value::Null);
    page.until_text(Root::Widget, ".msg.mine .body", "Заказ 17").await;
    let user_id = the_chat(&shop, &token).await["user_id"].as_i64().expect("a user");
    until("the attributes", async || {
        let user = shop.api(&token).get(&format!("/v1/users/{user_id}")).await.expect(200);
        (user["attributes"]["cart"] == json!({"value": 3200, "verified": false})).then_some(())
    })
    .await;

    // Closed, an answer counts; open, it is read.
    assert_eq!(call(&page, "close()").await, Value::Null);
    until_heard(&page, &json!(["close", {}])).await;
    let mut desk = shop.events(&token).await;
    let answer =
        json!({"action": "send_message", "user_id": user_id, "text": "Есть, **два**: https://lavka.example/tea."});
    desk.result(answer).await;
    until_heard(&page, &json!(["unread", {"count": 1}])).await;
    let told = heard(&page, "message").await;
    assert_eq!(told.last().unwrap()["side"], "operator");
    assert!(told.last().unwrap()["message_id"].is_i64());
    assert_eq!(call(&page, "toggle()").await, Value::Null);
    until_heard(&page, &json!(["unread", {"count": 0}])).await;

    // Markdown of the shop's became elements; the address ends where the sentence does.
    page.until_text(Root::Widget, ".msg.theirs .body strong", "два").await;
    let link = "const a = document.querySelector('prilavok-chat').shadowRoot.querySelector('.theirs .body a'); return [a.href, a.textContent, a.rel, a.target]";
    let expected =
        json!(["https://lavka.example/tea", "https://lavka.example/tea", "noopener noreferrer nofollow", "_blank"]);
    assert_eq!(page.run(link).await, expected);

    let inbox = browser.page("page-inbox", Screen::Wide).await;
    inbox.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    inbox.click(Root::Page, ".row").await;
    inbox.until_text(Root::Page, ".msg.out .body strong", "два").await;
    inbox.until_text(Root::Page, ".msg.out .body a", "https://lavka.example/tea").await;
    inbox.shoot("1-rich").await;
    inbox.close().await;
    page.shoot("1-rich").await;

    // Typing is heard of, and ends.
    desk.send_json(&json!({"action": "typing", "user_id": user_id}));
    until_heard(&page, &json!(["typing", {"typing": true}])).await;
    until_heard(&page, &json!(["typing", {"typing": false}])).await;

    // Themes and languages.
    let background = "return getComputedStyle(document.querySelector('prilavok-chat').shadowRoot.querySelector('.panel')).backgroundColor";
    for (theme, colour) in
        [("dark", "rgb(23, 27, 25)"), ("light", "rgb(255, 255, 255)"), ("auto", "rgb(255, 255, 255)")]
    {
        call(&page, &format!("setTheme('{theme}')")).await;
        within(DONE_WITHIN, theme, async || (page.run(background).await == colour).then_some(())).await;
    }
    call(&page, "setLocale('en')").await;
    page.find(Root::Widget, ".input[placeholder='Message']").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Заказ 17").await;

    // Wrong calls are told what is right, and harm nobody.
    for (wrong, why) in [
        ("opne()", "there is no call \"opne\""),
        ("send(17)", "send takes a text"),
        ("send('')", "send: "),
        ("setTheme('blue')", "setTheme takes"),
        ("setAttributes({ a: {} })", "the attribute a is no text"),
        ("on('open', 1)", "on takes a name and a function"),
    ] {
        let answer = call(&page, wrong).await;
        assert!(answer.as_str().is_some_and(|answer| answer.contains(why)), "{wrong}: {answer}");
    }
    // Hidden and shown.
    call(&page, "hide()").await;
    page.until_gone(Root::Widget, ".launcher").await;
    call(&page, "show()").await;
    page.find(Root::Widget, ".launcher").await;

    // Somebody else sits down: nothing of the first visitor is left.
    call(&page, "logout()").await;
    assert_eq!(page.run("return Object.keys(localStorage)").await, json!([]));
    call(&page, "open()").await;
    page.find(Root::Widget, ".panel .empty").await;
    page.close().await;
}

#[tokio::test]
async fn what_arrives_is_read_out_once_and_what_is_loaded_is_not() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = browser.page("page-aloud", Screen::Wide).await;
    page.prepare(LISTEN).await;
    page.goto(world.url()).await;
    page.find(Root::Widget, ".launcher").await;
    assert_eq!(call(&page, "send('Здравствуйте')").await, Value::Null);
    let user_id = the_chat(&shop, &token).await["user_id"].as_i64().expect("a user");
    page.goto("about:blank").await;
    let mut desk = shop.events(&token).await;
    let say = |text: &str| json!({"action": "send_message", "user_id": user_id, "text": text});
    for number in 1..=40 {
        desk.result(say(&format!("Раньше {number}"))).await;
    }

    // Opened, with what was written meanwhile; then back to the first of it.
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.until_text(Root::Widget, ".msg.theirs .body", "Раньше 40").await;
    within(DONE_WITHIN, "the first message", async || {
        let to_the_top = "const log = document.querySelector('prilavok-chat').shadowRoot.querySelector('.log'); log.scrollTop = 0; return log.querySelector('.msg .body').textContent";
        (page.run(to_the_top).await == "Здравствуйте").then_some(())
    })
    .await;
    let read_out = async || page.run("return read_out").await;
    assert_eq!(read_out().await, json!([]));
    let region = "const tree = document.querySelector('prilavok-chat').shadowRoot; const [log, voice] = ['.log', '.voice'].map((css) => tree.querySelector(css)); return [log.role, log.ariaLive, voice.ariaLive, voice.childElementCount, voice.getBoundingClientRect().width]";
    assert_eq!(page.run(region).await, json!(["log", "off", "polite", 0, 1]));

    // What the visitor writes is theirs; what is answered is said once, by whom, as it is shown.
    assert_eq!(call(&page, "send('Есть чайник?')").await, Value::Null);
    desk.result(say("Есть, **два**: [фото](https://lavka.example/tea)")).await;
    let mut expected = vec!["Анна: Есть, два: фото"];
    let until_read_out = async |expected: &[&str]| {
        within(DONE_WITHIN, &format!("{expected:?}"), async || {
            let now = read_out().await;
            assert!(now.as_array().is_some_and(|now| now.len() <= expected.len()), "{now}");
            (now == json!(expected)).then_some(())
        })
        .await;
    };
    until_read_out(&expected).await;
    // What has no text is called by what it carries.
    let carrying =
        |content: Value| json!({"action": "send_message", "user_id": user_id, "text": "", "content": content});
    desk.result(carrying(json!({"cards": [{"title": "Чайник «Сажа»"}], "replies": ["Беру", "Подумаю"]}))).await;
    expected.extend(["Анна: Чайник «Сажа»", "Беру", "Подумаю"]);
    until_read_out(&expected).await;
    desk.result(carrying(json!({"rating": true}))).await;
    expected.push("Анна: Оцените, как мы помогли");
    until_read_out(&expected).await;

    // To whom it is closed its button counts; opened again, it reads nothing that was missed.
    assert_eq!(call(&page, "close()").await, Value::Null);
    desk.result(say("Пока вас не было")).await;
    page.until_text(Root::Widget, ".badge", "1").await;
    assert_eq!(call(&page, "open()").await, Value::Null);
    page.until_text(Root::Widget, ".msg.theirs .body", "Пока вас не было").await;
    desk.result(say("С возвращением")).await;
    expected.push("Анна: С возвращением");
    until_read_out(&expected).await;
    page.close().await;
}

#[tokio::test]
async fn a_page_that_changes_without_being_loaded_keeps_its_chat() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = browser.page("page-router", Screen::Wide).await;
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.write(Root::Widget, ".input", "Раз\u{e007}").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Раз").await;
    the_chat(&shop, &token).await;
    // As Turbo does: another body, with the tag in it again. As routers do: an emptied one. As a page does: the tag twice.
    let tag = "const tag = document.createElement('script'); tag.src = '/prilavok.js'; tag.dataset.key = 'pk_demo_storefront';";
    for change in [
        "const body = document.createElement('body'); body.append('Другая страница', tag); document.body.replaceWith(body);",
        "document.body.textContent = '';",
        "document.body.append(tag);",
        "history.pushState({}, '', '/?catalogue'); document.body.innerHTML = '<main>Каталог</main>';",
    ] {
        page.run(&format!("{tag}{change}")).await;
        page.until_text(Root::Widget, ".msg.mine .body", "Раз").await;
        assert_eq!(page.run("return document.querySelectorAll('prilavok-chat').length").await, 1);
    }
    page.write(Root::Widget, ".input", "Два\u{e007}").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Два").await;
    // A second tag of another shop is told so, and ignored.
    page.run(&format!("{tag}tag.dataset.key = 'pk_other'; document.body.append(tag);")).await;
    page.run("history.back()").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Два").await;
    assert_eq!(page.run("return document.querySelectorAll('prilavok-chat').length").await, 1);
    page.quit().await;
}

#[tokio::test]
async fn an_element_of_the_page_is_a_chat_as_well() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    let page = browser.page("page-element", Screen::Wide).await;
    // The tag has no key: the element has it, and more.
    page.prepare(
        "new MutationObserver((_, observer) => {
           const tag = document.querySelector('script[data-key]');
           if (!tag) return;
           observer.disconnect();
           delete tag.dataset.key;
           const chat = document.createElement('prilavok-chat');
           Object.assign(chat.dataset, { key: 'pk_demo_storefront', locale: 'en', position: 'left' });
           document.body.prepend(chat);
         }).observe(document, { childList: true, subtree: true });",
    )
    .await;
    page.goto(world.url()).await;
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".input[placeholder='Message']").await;
    let left = "return document.querySelector('prilavok-chat').shadowRoot.querySelector('.launcher').getBoundingClientRect().left";
    assert_eq!(page.run(left).await, 20);
    page.close().await;
}

#[tokio::test]
async fn a_chat_that_is_destroyed_leaves_nothing_however_often() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    let page = browser.page("page-destroy", Screen::Wide).await;
    page.prepare(COUNT).await;
    page.goto(world.url()).await;
    page.find(Root::Widget, ".launcher").await;
    let round = "
      const tag = document.createElement('script');
      tag.src = '/prilavok.js';
      tag.dataset.key = 'pk_demo_storefront';
      await prilavok.open();
      await new Promise((done) => { prilavok.on('status', ({ status }) => status == 'online' && done()); });
      await prilavok.destroy();
      const left = document.querySelectorAll('prilavok-chat').length;
      document.body.append(tag);
      await new Promise((done) => (tag.onload = done));
      tag.remove();
      while (!document.querySelector('prilavok-chat')) await new Promise((done) => requestAnimationFrame(done));
      return left;";
    let rounds = |count: usize| {
        let body = format!("for (let n = 0; n < {count}; n++) {{ left += await (async () => {{ {round} }})(); }}");
        format!("return (async () => {{ let left = 0; {body} return left; }})()")
    };
    // A visitor who has written is the same one in every round: new ones are limited.
    assert_eq!(call(&page, "send('Я здесь')").await, Value::Null);
    page.run("return prilavok.destroy().then(() => prilavok.again({}))").await;
    // What is made once for all (the module, its tables) is there after some rounds.
    assert_eq!(page.run(&rounds(5)).await, 0);
    call(&page, "destroy()").await;
    let settled = async || {
        within(DONE_WITHIN, "no socket is left", async || (page.run(HELD).await["held"][0] == 0).then_some(())).await;
        page.run(HELD).await
    };
    let before = settled().await;
    page.run("prilavok.again({})").await;
    page.find(Root::Widget, ".launcher").await;
    for _ in 0..10 {
        assert_eq!(page.run(&rounds(10)).await, 0);
    }
    call(&page, "destroy()").await;
    let after = settled().await;
    assert_eq!(after["held"], before["held"], "sockets, timers and listeners: no more of them a hundred rounds later");
    let grown = after["memory"].as_i64().unwrap() - before["memory"].as_i64().unwrap();
    assert!(grown <= WASM_PAGE, "a leak of a kilobyte a round would be two pages: {grown}");
    assert_eq!(page.run("return document.querySelectorAll('prilavok-chat').length").await, 0);
    page.quit().await;
}
