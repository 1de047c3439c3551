//! Bad networks, as a real browser on the storefront meets them: connections that freeze after 16 KB, that lose one direction,
//! that forbid WebSockets. The chat's own files come from elsewhere, as from a merchant's host; only the relay is behind the
//! bad network (`data-relay`).

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{BadNetwork, Browser, Driver, Organization, Page, Root, Screen, Trouble, World, turn, within};

/// What a page and the relay need to find out about a dead line and to begin another one, on two busy cores.
const RECOVERY: Duration = Duration::from_secs(120);

/// A word of the operator's that fills a good part of a line.
const LONG: usize = 1500;

/// Counts a page's lines by their kind. A stream is asked for with its own media type.
const COUNT_LINES: &str = "
window.lines = { sockets: 0, streams: 0 };
window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); window.lines.sockets++; } };
const plain = window.fetch;
window.fetch = (url, init) => {
  if (init?.headers?.Accept == 'text/event-stream') window.lines.streams++;
  return plain(url, init);
};";

const TEXTS: &str = "
const tree = document.querySelector('prilavok-chat').shadowRoot;
return [...tree.querySelectorAll('.msg:not(.typing) .body')].map((body) => body.textContent)";

const SCROLL_UP: &str = "document.querySelector('prilavok-chat').shadowRoot.querySelector('.log').scrollTop = 0";

/// A storefront whose chat goes through a network, with an operator whose network is fine.
struct Talk<'a> {
    shop: Organization<'a>,
    network: BadNetwork,
    page: Page,
    desk: Driver,
}

impl<'a> Talk<'a> {
    async fn over(world: &'a World, browser: &Browser, name: &str, trouble: Trouble) -> Self {
        let shop = Organization::create(world, name, &[world.url()], None).await;
        let network = BadNetwork::to(world.url(), trouble).await;
        let page = browser.page(&format!("network-{name}"), Screen::Phone).await;
        // The tag is changed before it runs: as a merchant writes it whose relay is elsewhere.
        let tag = format!(
            "new MutationObserver(() => {{
               const tag = document.querySelector('script[data-key]');
               if (tag) Object.assign(tag.dataset, {{ key: '{}', relay: '{}' }});
             }}).observe(document, {{ childList: true, subtree: true }});",
            shop.key,
            network.url()
        );
        page.prepare(&tag).await;
        page.prepare(COUNT_LINES).await;
        page.goto(world.url()).await;
        page.click(Root::Widget, ".launcher").await;
        page.find(Root::Widget, ".panel .empty").await;
        let desk = shop.staff_driver(&shop.operator("Анна").await, 1);
        desk.until_live().await;
        Self { shop, network, page, desk }
    }

    /// The visitor writes.
    async fn ask(&self, text: &str) {
        self.page.write(Root::Widget, ".input", text).await;
        self.page.click(Root::Widget, ".send").await;
    }

    /// The only chat's user, once the desk knows it and has it open.
    async fn user_id(&self) -> i64 {
        let user_id = within(RECOVERY, "the chat", async || {
            self.desk.with(|client| client.state().chats().first().map(|chat| chat.user_id))
        })
        .await;
        self.desk.open_chat(user_id);
        user_id
    }

    /// So many questions, each answered before the next; every fifth answer is long.
    async fn go_on(&self, pairs: usize) -> Vec<String> {
        let mut said = Vec::new();
        for n in 0..pairs {
            let asked = format!("Вопрос {n}");
            let answered =
                if n % 5 == 3 { format!("Ответ {n} {}", "ы".repeat(LONG)) } else { format!("Ответ {n}") };
            self.ask(&asked).await;
            let user_id = self.user_id().await;
            self.desk.until_shows(user_id, &asked).await;
            self.desk.send(user_id, &answered, &format!("d{n}")).unwrap();
            said.extend([asked, answered]);
            self.until_shows(&said).await;
        }
        said
    }

    /// Waits until the page shows these texts and no others, in this order.
    async fn until_shows(&self, texts: &[String]) {
        within(RECOVERY, &format!("{} texts", texts.len()), async || {
            (self.texts().await == json!(texts)).then_some(())
        })
        .await;
    }

    async fn texts(&self) -> Value {
        self.page.run(TEXTS).await
    }

    async fn lines(&self, kind: &str) -> i64 {
        self.page.run(&format!("return window.lines.{kind}")).await.as_i64().expect("a count")
    }

    /// What the relay has, which is what everybody has.
    async fn assert_kept(&self, texts: &[String]) {
        let user_id = self.user_id().await;
        let token = self.shop.operator("Свидетель").await;
        let kept = self.shop.history(&token, user_id).await;
        let kept: Vec<&str> = kept.iter().map(|message| message["text"].as_str().expect("a text")).collect();
        assert_eq!(kept, texts);
        self.desk.assert_no_duplicates(user_id);
    }
}

#[tokio::test]
async fn a_conversation_passes_a_network_that_freezes_every_connection_after_16_kb() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let freezes = Trouble { freezes: true, ..Trouble::default() };
    let talk = Talk::over(&world, &browser, "freeze", freezes).await;
    let said = talk.go_on(30).await;
    talk.assert_kept(&said).await;
    let (network, sockets) = (&talk.network, talk.lines("sockets").await);
    assert_eq!(network.frozen(), 0, "of {} connections; the fullest carried {}", network.connections(), network.most());
    assert!(sockets > 2 && talk.lines("streams").await == 0, "{sockets} sockets");
    talk.page.close().await;
}

#[tokio::test]
async fn where_no_websocket_opens_a_page_goes_over_server_sent_events_by_itself() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    for (name, trouble) in [
        ("forbidden", Trouble { forbids_sockets: true, freezes: true, ..Trouble::default() }),
        ("swallowed", Trouble { swallows_sockets: true, freezes: true, ..Trouble::default() }),
    ] {
        let talk = Talk::over(&world, &browser, name, trouble).await;
        let mut said = talk.go_on(12).await;
        talk.assert_kept(&said).await;
        let streams = talk.lines("streams").await;
        assert!(streams > 1, "{streams} streams");
        // A browser uses a connection for one request after the other, so that one may freeze. That is found out, and
        // another stream goes on from there.

        // Typing and reading go the same way.
        let user_id = talk.user_id().await;
        talk.page.write(Root::Widget, ".input", "Ещё").await;
        talk.desk.until("typing", |client| client.state().chat(user_id)?.typing.is_some().then_some(())).await;
        talk.page.click(Root::Widget, ".send").await;
        said.push("Ещё".to_owned());
        talk.until_shows(&said).await;
        talk.page.find(Root::Widget, ".msg.mine:last-child .tick").await;
        // The visitor comes back, and finds all of it by scrolling up.
        talk.page.reload().await;
        talk.page.click(Root::Widget, ".launcher").await;
        within(RECOVERY, "the whole history", async || {
            talk.page.run(SCROLL_UP).await;
            (talk.texts().await == json!(said)).then_some(())
        })
        .await;
        talk.page.quit().await;
    }
}

#[tokio::test]
async fn a_page_whose_line_loses_one_direction_takes_another_and_loses_nothing() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    for (name, trouble) in [
        ("down", Trouble { loses_down: true, ..Trouble::default() }),
        ("up", Trouble { loses_up: true, ..Trouble::default() }),
    ] {
        let talk = Talk::over(&world, &browser, name, Trouble::default()).await;
        let mut said = talk.go_on(2).await;
        let (user_id, before) = (talk.user_id().await, talk.lines("sockets").await);
        talk.network.set(trouble);
        talk.ask("В пустоту").await;
        // The page notices by itself that nobody answers.
        within(RECOVERY, "another line", async || (talk.lines("sockets").await > before).then_some(())).await;
        talk.page.find(Root::Widget, ".tick.sending").await;
        if trouble.loses_up {
            // What the relay never heard comes after what was written meanwhile.
            talk.desk.send(user_id, "Вы здесь?", "asked").unwrap();
            talk.desk.until_sent(user_id).await;
            talk.network.set(Trouble::default());
            said.extend(["Вы здесь?".to_owned(), "В пустоту".to_owned()]);
        } else {
            talk.desk.until_shows(user_id, "В пустоту").await;
            talk.desk.send(user_id, "Вы здесь?", "asked").unwrap();
            talk.desk.until_sent(user_id).await;
            talk.network.set(Trouble::default());
            said.extend(["В пустоту".to_owned(), "Вы здесь?".to_owned()]);
        }
        talk.until_shows(&said).await;
        talk.page.until_gone(Root::Widget, ".tick.sending").await;
        talk.assert_kept(&said).await;
        talk.page.quit().await;
    }
}
