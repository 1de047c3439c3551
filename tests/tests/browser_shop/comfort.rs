//! What makes the chat comfortable: the menu, emoji, copying, the way to the newest, what is new, the page's title.

use serde_json::json;
use tests::world::{Browser, Root, Screen, World, assert_accessible, turn, until};

use crate::shop::Shop;
use crate::{SCREENS, ask, call, open, send, until_is, until_sent};

/// Ctrl and V, as WebDriver spells keys (section 17.4.2).
const PASTE: &str = "\u{e009}v";

/// A browser that is asked for notifications, and what its owner says.
fn notifications(answer: &str) -> String {
    format!(
        "Notification.requestPermission = async () => (window.said = '{answer}'); \
         Object.defineProperty(Notification, 'permission', {{ get: () => window.said ?? 'default' }});"
    )
}

#[tokio::test]
async fn the_menu_keeps_what_the_visitor_chooses() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = Shop::open(world, &format!("menu-{size}")).await;
        let page = browser.page(&format!("menu-{size}"), screen).await;
        page.prepare(&notifications("denied")).await;
        open(&page, &shop.page("index.html", "")).await;
        page.click(Root::Widget, ".more").await;
        // A phone has the rest of it elsewhere.
        let all = ["Звук", "Уведомления", "В отдельном окне"];
        let expected = if screen == Screen::Wide { &all[..] } else { &all[..1] };
        page.until("the menu", Root::Widget, ".menu button", |items| items == expected).await;
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "the menu").await;
        let checked = "return [...tree.querySelectorAll('.menu [role=menuitemcheckbox]')].map((item) => item.getAttribute('aria-checked'))";
        assert_eq!(ask(&page, checked).await[0], "true", "the sound is on");
        page.click(Root::Widget, ".menu button").await;
        until_is(
            &page,
            "no sound",
            &format!("{}[0]", checked.replacen("return ", "return (", 1) + ")"),
            json!("false"),
        )
        .await;
        let place = format!("prilavok:{}:quiet", shop.organization.key);
        assert_eq!(page.run(&format!("return localStorage['{place}'] ?? null")).await, "1");
        if screen == Screen::Wide {
            page.click(Root::Widget, ".menu button:nth-child(2)").await;
            page.until_text(Root::Widget, ".notice", "Уведомления запрещены в браузере").await;
            assert_eq!(ask(&page, checked).await, json!(["false", "false"]));
            page.picture("2-denied").await;
        }
        // Escape is for the menu first.
        page.press("\u{e00c}").await;
        page.until_gone(Root::Widget, ".menu").await;
        page.find(Root::Widget, ".panel .log").await;

        page.reload().await;
        page.click(Root::Widget, ".launcher").await;
        page.click(Root::Widget, ".more").await;
        page.find(Root::Widget, ".menu").await;
        assert_eq!(ask(&page, checked).await[0], "false", "still no sound");
        page.close().await;
    }
}

#[tokio::test]
async fn the_menu_is_walked_by_the_arrows_and_takes_a_yes_to_notifications() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "menu-keys").await;
    let page = browser.page("menu-keys", Screen::Wide).await;
    page.prepare(&notifications("granted")).await;
    open(&page, &shop.page("index.html", "")).await;
    page.find(Root::Widget, ".more").await;
    ask(&page, "tree.querySelector('.more').focus()").await;
    let focus = "return tree.activeElement?.textContent || tree.activeElement?.className || ''";
    for (key, expected) in [
        ("\u{e007}", "Звук"),
        ("\u{e015}", "Уведомления"),
        ("\u{e015}", "В отдельном окне"),
        ("\u{e015}", "Звук"),
        ("\u{e013}", "В отдельном окне"),
        ("\u{e013}", "Уведомления"),
    ] {
        page.press(key).await;
        until_is(&page, "the next of the menu", focus, json!(expected)).await;
    }
    page.press("\u{e007}").await;
    let checked = "return tree.querySelector('.menu button:nth-child(2)').getAttribute('aria-checked')";
    until_is(&page, "notifications", checked, json!("true")).await;
    page.press("\u{e00c}").await;
    until_is(&page, "the focus is back", focus, json!("more")).await;
    page.close().await;
}

#[tokio::test]
async fn a_window_of_its_own_has_the_same_conversation() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "window").await;
    let page = browser.page("window", Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    send(&page, "Есть чайник?").await;
    let first = page.tabs().await.remove(0);
    page.click(Root::Widget, ".more").await;
    page.click(Root::Widget, ".menu [role=menuitem]").await;
    page.until_gone(Root::Widget, ".panel").await;
    let other = until("another window", async || page.tabs().await.into_iter().find(|tab| *tab != first)).await;
    page.switch_to(&other).await;
    page.until_text(Root::Widget, ".msg.mine .body", "Есть чайник?").await;
    send(&page, "Из окна").await;
    page.picture("1").await;
    page.click(Root::Widget, ".panel .close").await;
    until("the window is gone", async || (page.tabs().await.len() == 1).then_some(())).await;
    page.switch_to(&first).await;
    page.click(Root::Widget, ".launcher").await;
    page.until_text(Root::Widget, ".msg.mine .body", "Из окна").await;
    page.close().await;
}

#[tokio::test]
async fn an_emoji_goes_where_the_caret_is() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = Shop::open(world, &format!("emoji-{size}")).await;
        let page = browser.page(&format!("emoji-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, ".smile").await;
        page.write(Root::Widget, ".composer .input", "Спасибо, жду").await;
        ask(&page, "tree.querySelector('.input').setSelectionRange(7, 7)").await;
        page.click(Root::Widget, ".smile").await;
        page.find(Root::Widget, ".emoji").await;
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "the emoji").await;
        page.click(Root::Widget, ".emoji button:nth-child(2)").await;
        assert_eq!(ask(&page, "return tree.querySelector('.input').value").await, "Спасибо😊, жду");
        page.click(Root::Widget, ".send").await;
        until_sent(&page, "Спасибо😊, жду").await;
        shop.until_has("Спасибо😊, жду").await;
        page.close().await;
    }
}

#[tokio::test]
async fn a_message_is_copied_by_the_mouse_and_by_the_keyboard_also_without_a_clipboard_of_the_browsers() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let refused = "Object.defineProperty(navigator, 'clipboard', { value: undefined });";
    for (name, script) in [("copy", ""), ("copy-refused", refused)] {
        let shop = Shop::open(world, name).await;
        let page = browser.page(name, Screen::Wide).await;
        page.prepare(script).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, ".more").await;
        send(&page, "Есть чайник?").await;
        shop.say("Есть, **два**\nЗавтра будет третий", None).await;
        page.until_text(Root::Widget, ".msg.theirs strong", "два").await;

        page.hover(Root::Widget, ".msg.theirs").await;
        page.find(Root::Widget, ".msg.theirs .copy").await;
        page.picture("1").await;
        assert_accessible(&page, "prilavok-chat", "the button that copies").await;
        page.click(Root::Widget, ".copy").await;
        page.until_text(Root::Widget, ".notice", "Скопировано").await;
        page.write(Root::Widget, ".composer .input", PASTE).await;
        let value = "return tree.querySelector('.input').value";
        until_is(&page, "what was copied", value, json!("Есть, два\nЗавтра будет третий")).await;

        // By the arrows from the log, then the button after the message.
        ask(&page, "const input = tree.querySelector('.input'); input.value = ''; input.dispatchEvent(new Event('input')); tree.querySelector('.log').focus()").await;
        page.hover(Root::Widget, ".title").await;
        page.press("\u{e013}\u{e013}").await;
        let focused = "return tree.activeElement?.querySelector('.body')?.textContent ?? ''";
        until_is(&page, "the first message", focused, json!("Есть чайник?")).await;
        page.press("\u{e004}\u{e007}").await;
        page.until_text(Root::Widget, ".notice", "Скопировано").await;
        page.write(Root::Widget, ".composer .input", PASTE).await;
        until_is(&page, "what was copied", value, json!("Есть чайник?")).await;
        page.close().await;
    }
}

#[tokio::test]
async fn whoever_reads_what_is_old_is_told_of_what_is_new_and_led_there() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = Shop::open(world, &format!("newest-{size}")).await;
        let page = browser.page(&format!("newest-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, ".more").await;
        send(&page, "Какие есть чаи?").await;
        for n in 1..=25 {
            shop.say(&format!("Чай № {n}, горный, весенний сбор"), None).await;
        }
        page.until_text(Root::Widget, ".msg.theirs .body", "Чай № 25, горный, весенний сбор").await;
        page.until_gone(Root::Widget, ".newest").await;
        ask(&page, "tree.querySelector('.log').scrollTop = 200").await;
        page.find(Root::Widget, ".newest").await;
        let label = "const button = tree.querySelector('.newest'); return [button.dataset.count, button.getAttribute('aria-label')]";
        assert_eq!(ask(&page, label).await, json!(["", "К новым сообщениям"]));
        let place = ask(&page, "return tree.querySelector('.log').scrollTop").await;
        shop.say("Пока вы читали", None).await;
        shop.say("Ещё один", None).await;
        until_is(&page, "two are new", label, json!(["2", "2 новых сообщения"])).await;
        assert_eq!(
            ask(&page, "return tree.querySelector('.log').scrollTop").await,
            place,
            "what is read stays in its place"
        );
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", "the way to the newest").await;
        page.click(Root::Widget, ".newest").await;
        page.until_gone(Root::Widget, ".newest").await;
        let left =
            "const log = tree.querySelector('.log'); return log.scrollHeight - log.scrollTop - log.clientHeight < 2";
        until_is(&page, "the end", left, json!(true)).await;
        page.close().await;
    }
}

#[tokio::test]
async fn what_came_while_the_chat_was_closed_is_counted_in_the_title_and_parted_from_the_rest() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (screen, size) in SCREENS {
        let shop = Shop::open(world, &format!("unread-{size}")).await;
        let page = browser.page(&format!("unread-{size}"), screen).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, ".more").await;
        send(&page, "Есть чайник?").await;
        shop.say("Сейчас посмотрю", None).await;
        page.until_text(Root::Widget, ".msg.theirs .body", "Сейчас посмотрю").await;
        let count = "return [document.title, tree.querySelector('.badge').textContent]";
        assert_eq!(page.run("return document.title").await, "Посуда");
        call(&page, "close()").await;
        page.until_gone(Root::Widget, ".panel").await;
        shop.say("Есть", None).await;
        until_is(&page, "one waits", count, json!(["(1) Посуда", "1"])).await;
        shop.say("Даже два", None).await;
        until_is(&page, "two wait", count, json!(["(2) Посуда", "2"])).await;
        // The title is the page's.
        page.run("document.title = 'Чашки'").await;
        until_is(&page, "the page's other title", "return document.title", json!("(2) Чашки")).await;
        page.shoot("1-closed").await;
        assert_accessible(&page, "prilavok-chat", "a closed chat with something new").await;

        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".day.new", "Новые сообщения").await;
        let order = "return [...tree.querySelectorAll('.log > *')].filter((line) => line.matches('.msg, .new')).map((line) => line.querySelector('.body')?.textContent ?? 'new')";
        assert_eq!(ask(&page, order).await, json!(["Есть чайник?", "Сейчас посмотрю", "new", "Есть", "Даже два"]));
        until_is(&page, "nothing waits", "return document.title", json!("Чашки")).await;
        page.shoot("2-open").await;
        assert_accessible(&page, "prilavok-chat", "a divider above what is new").await;

        // Opened again, it is not new any more.
        call(&page, "close()").await;
        page.until_gone(Root::Widget, ".panel").await;
        page.click(Root::Widget, ".launcher").await;
        page.until_text(Root::Widget, ".msg.theirs .body", "Даже два").await;
        page.until_gone(Root::Widget, ".day.new").await;
        page.close().await;
    }
}
