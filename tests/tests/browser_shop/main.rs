//! What a shop makes of its chat, in a real browser: languages, the form before it, hours, greeting, cards and ratings, triggers,
//! goals, and how it all looks. Each shop here has settings of its own, and pages on a host of its own.

mod comfort;
mod content;
mod counter;
mod form;
mod greeting;
mod languages;
mod looks;
mod shop;
mod triggers;

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{Page, Root, Screen, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: Duration = Duration::from_secs(60);

/// Both screens, and what they are called in names.
const SCREENS: [(Screen, &str); 2] = [(Screen::Wide, "1280"), (Screen::Phone, "360")];

/// Makes `tree` the chat's.
const TREE: &str = "const tree = document.querySelector('prilavok-chat')?.shadowRoot;";

/// Asks the page something about the chat: `tree` is its shadow root.
async fn ask(page: &Page, script: &str) -> Value {
    page.run(&format!("{TREE}{script}")).await
}

/// Waits until the page answers so.
async fn until_is(page: &Page, what: &str, script: &str, expected: Value) {
    let mut seen = Value::Null;
    let found = tokio::time::timeout(DONE_WITHIN, async {
        while seen != expected {
            seen = ask(page, script).await;
        }
    });
    if found.await.is_err() {
        page.picture("stuck").await;
        panic!("{what}: {seen} is no {expected}");
    }
}

/// Opens the chat of a page by its button.
async fn open(page: &Page, url: &str) {
    page.goto(url).await;
    page.click(Root::Widget, ".launcher").await;
    page.find(Root::Widget, ".panel .log").await;
}

/// Writes a message, and waits until the relay has it.
async fn send(page: &Page, text: &str) {
    page.write(Root::Widget, ".composer .input", &format!("{text}\u{e007}")).await;
    until_sent(page, text).await;
}

/// Waits until a message of the visitor is with the relay.
async fn until_sent(page: &Page, text: &str) {
    let sent = format!(
        "return [...tree.querySelectorAll('.msg.mine')].some((message) => message.querySelector('.body').textContent == {} && \
         message.querySelector('.tick:not(.sending)'))",
        json!(text)
    );
    until_is(page, text, &sent, json!(true)).await;
}

/// Calls the page's handle, and waits for the promise.
async fn call(page: &Page, call: &str) -> Value {
    page.run(&format!("return prilavok.{call}.then((value) => value ?? null, (error) => 'refused: ' + error.message)"))
        .await
}

/// What the page has fetched, by the last part of its path.
const FETCHED: &str =
    "return performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.split('/').pop())";

async fn fetched(page: &Page) -> Vec<String> {
    serde_json::from_value(page.run(FETCHED).await).expect("names")
}

async fn until_fetched(page: &Page, name: &str) {
    within(DONE_WITHIN, name, async || fetched(page).await.iter().any(|there| there == name).then_some(())).await;
}

/// Waits until what waits for an idle page has had its turn.
async fn until_idle(page: &Page) {
    page.run("window.idle = 0; const wait = () => { window.idle += 1; if (window.idle < 3) requestIdleCallback(wait) }; requestIdleCallback(wait)")
        .await;
    until_is(page, "an idle page", "return window.idle", json!(3)).await;
}
