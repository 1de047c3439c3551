//! Pages as merchants have them, each on a host of its own: the chat looks and works the same on all of them, and the page
//! stays as it was. One fixture a case, in pages/.

mod shop;

use std::time::Duration;

use serde_json::{Value, json};
use shop::Shop;
use tests::world::{Browser, Organization, Page, Root, Screen, World, turn, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: Duration = Duration::from_secs(60);

/// The pages on which the chat is to be as on a plain one.
const ALIKE: [&str; 11] = [
    "bootstrap.html",
    "resets.html",
    "unset.html",
    "rtl.html",
    "csp.html",
    "two_tags.html",
    "framed.html",
    "tilda.html",
    "insales.html",
    "bitrix.html",
    "broken.html",
];

/// Where things are and how they look: what a page's own styles would change first.
const LOOK: &str = "
const tree = document.querySelector('prilavok-chat').shadowRoot;
const look = (css, names) => {
  const element = tree.querySelector(css);
  const style = getComputedStyle(element);
  const { left, top, width, height } = element.getBoundingClientRect();
  return [css, [left, top, width, height].map(Math.round), ...names.map((name) => name + ': ' + style[name])];
};
const text = ['fontSize', 'fontWeight', 'lineHeight', 'letterSpacing', 'textTransform', 'color', 'direction', 'textAlign'];
const box = ['display', 'position', 'visibility', 'opacity', 'backgroundColor', 'boxSizing', 'cursor', 'filter'];
return [
  look('.launcher', box), look('.panel', box.concat('zIndex')), look('.title', text), look('.input', text.concat(box)),
  look('.send', box), look('.send svg', ['width', 'stroke', 'fill']), look('.msg.mine', text.concat(box)), look('.clip', box),
];";

/// What a page has: its height, its own elements, its cookies and its storage.
const PAGE: &str = "return [
  document.documentElement.scrollHeight,
  document.querySelectorAll('body *:not(prilavok-chat):not(script)').length,
  document.cookie, Object.keys(localStorage), Object.keys(sessionStorage),
];";

/// What of the page's content has been moved, when and from where, as browsers measure it.
const SHIFTS: &str = "
window.shifts = [];
const name = (node) => (node ? [node.localName, node.className, node.getRootNode().host?.localName].filter(Boolean).join('.') : 'gone');
const place = ({ x, y, width, height }) => [x, y, width, height].join(' ');
new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, sources }) => {
  for (const { node, previousRect, currentRect } of sources) window.shifts.push([startTime, name(node), place(previousRect), place(currentRect)].join(', '));
})).observe({ type: 'layout-shift', buffered: true });";

async fn until_sent(page: &Page, text: &str) {
    page.until_text(Root::Widget, ".msg.mine .body", text).await;
    page.find(Root::Widget, ".msg.mine .tick:not(.sending)").await;
}

/// Opens the page, its frame if it has one, and the chat; writes, and looks at everything.
async fn walk(page: &Page, shop: &Shop, name: &str) -> Value {
    page.prepare(SHIFTS).await;
    page.goto(&shop.url(name)).await;
    if name == "framed.html" {
        page.enter_frame("iframe").await;
    }
    page.find(Root::Widget, ".launcher").await;
    let before = page.run(PAGE).await;
    assert_eq!(before[2], "", "{name}: no cookie");
    assert_eq!((&before[3], &before[4]), (&json!([]), &json!([])), "{name}: nothing is kept before the visitor writes");
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".panel .empty").await;
    page.write(Root::Widget, ".input", "где/Чай?").await;
    page.click(Root::Widget, ".send").await;
    until_sent(page, "где/Чай?").await;
    page.run("document.querySelector('prilavok-chat').shadowRoot.querySelector('.input').blur()").await;
    // What is fetched when the page is idle takes some of the composer's room.
    page.find(Root::Widget, ".smile").await;
    let mut looks = Value::Null;
    // Until nothing moves any more.
    within(DONE_WITHIN, "a quiet page", async || {
        let now = page.run(LOOK).await;
        let is_quiet = now == looks;
        looks = now;
        is_quiet.then_some(())
    })
    .await;
    let after = page.run(PAGE).await;
    assert_eq!(after[2], "", "{name}: still no cookie");
    if name != "bitrix.html" {
        // (That one puts something in by itself.)
        assert_eq!(before[1], after[1], "{name}: the page has its own elements and no others");
        assert_eq!(before[0], after[0], "{name}: its height is the same");
        assert_eq!(page.run("return window.shifts").await, json!([]), "{name}: nothing on it has moved");
    }
    looks
}

#[tokio::test]
async fn the_chat_is_the_same_on_every_page() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    for (screen, size) in [(Screen::Wide, "1280"), (Screen::Phone, "360")] {
        let shop = Shop::start(world.url()).await;
        let name = format!("hosts-{size}");
        let organization = Organization::create(&world, &name, &[shop.origin()], None).await;
        shop.use_key(&organization.key);
        let plain = browser.page(&format!("host-plain-{size}"), screen).await;
        let expected = walk(&plain, &shop, "plain.html").await;
        plain.close().await;
        for page_name in ALIKE {
            let page = browser.page(&format!("host-{}-{size}", page_name.trim_end_matches(".html")), screen).await;
            let mut looks = walk(&page, &shop, page_name).await;
            page.shoot("1").await;
            let mut expected = expected.clone();
            if page_name == "framed.html" || page_name == "resets.html" {
                // Pages without a scroll bar of their own are wider.
                for looks in [&mut looks, &mut expected] {
                    looks.as_array_mut().expect("looks").iter_mut().for_each(|look| look[1][0] = Value::Null);
                }
            }
            assert_eq!(looks, expected, "{page_name} at {size}");
            // Pages that make mistakes complain of them.
            if page_name == "broken.html" { page.quit().await } else { page.close().await }
        }
    }
}

#[tokio::test]
async fn a_page_that_forbids_wasm_is_told_what_to_allow_and_its_visitor_whom_to_ask() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Shop::start(world.url()).await;
    let organization = Organization::create(&world, "nowasm", &[shop.origin()], None).await;
    shop.use_key(&format!("{}\" data-contact=\"https://lavka.example/contacts", organization.key));
    let mut page = browser.page("host-no-wasm", Screen::Phone).await;
    page.goto(&shop.url("no_wasm.html")).await;
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".oops").await;
    page.until_text(Root::Widget, ".oops a", "Написать нам").await;
    let link = "return document.querySelector('prilavok-chat').shadowRoot.querySelector('.oops a').href";
    assert_eq!(page.run(link).await, "https://lavka.example/contacts");
    page.shoot("1").await;
    let complaints = page.complaints().await;
    let advice = format!("script-src {} 'wasm-unsafe-eval'", world.url());
    assert!(complaints.iter().any(|line| line.contains("[prilavok]") && line.contains(&advice)), "{complaints:?}");
    page.quit().await;
}

#[tokio::test]
async fn on_a_slow_line_the_button_is_there_at_once_and_shows_that_it_works() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Shop::start(world.url()).await;
    let organization = Organization::create(&world, "slow", &[shop.origin()], None).await;
    shop.use_key(&organization.key);
    let page = browser.page("host-slow", Screen::Phone).await;
    // What browsers' own tools call "Slow 3G".
    page.throttle(400, 50_000).await;
    page.goto(&shop.url("plain.html")).await;
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".launcher.loading").await;
    page.shoot("1-loading").await;
    page.find(Root::Widget, ".panel .empty").await;
    page.write(Root::Widget, ".input", "Чай?\u{e007}").await;
    until_sent(&page, "Чай?").await;
    // No line at all: the message waits, and goes as soon as there is one.
    page.throttle(-1, 0).await;
    page.write(Root::Widget, ".input", "Ещё\u{e007}").await;
    page.find(Root::Widget, ".tick.sending").await;
    page.find(Root::Widget, ".banner").await;
    page.shoot("2-offline").await;
    page.throttle(0, 0).await;
    page.until_gone(Root::Widget, ".tick.sending").await;
    page.until_gone(Root::Widget, ".banner").await;
    page.quit().await;
}

#[tokio::test]
async fn a_visitor_who_only_looks_costs_one_request() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Shop::start(world.url()).await;
    let organization = Organization::create(&world, "look", &[shop.origin()], None).await;
    shop.use_key(&organization.key);
    let page = browser.page("host-look", Screen::Wide).await;
    page.prepare(SHIFTS).await;
    page.goto(&shop.url("plain.html")).await;
    page.find(Root::Widget, ".launcher").await;
    // A page is quiet once it is idle, twice.
    let idle = "return new Promise((done) => requestIdleCallback(() => requestIdleCallback(() => done(null))))";
    page.run(idle).await;
    // (The icon is the browser's own wish.)
    let requests = "return performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).filter((path) => path != '/favicon.ico')";
    assert_eq!(page.run(requests).await, json!(["/prilavok.js"]));
    // (How long it works is browser_impact's matter.)
    assert_eq!(page.run("return window.shifts").await, json!([]), "nothing has moved");
    assert_eq!(page.run("return indexedDB.databases().then((all) => all.length)").await, 0);
    page.close().await;
}
