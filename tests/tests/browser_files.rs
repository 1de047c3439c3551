//! Files in a real browser: picked, pasted, dropped, stopped, tried again, looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use shared::limits::OZON_FILE_BYTES_MAX;
use tests::ozon::{Fault, FileQuirk, Quirks};
use tests::world::{Browser, Organization, Page, Root, Screen, World, place, turn, within};

/// What is shown within one, or the browser did not do it.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);

/// The widget's tree, for scripts.
const TREE: &str = "const tree = document.querySelector('prilavok-chat').shadowRoot;";

/// A picture that a browser can show.
fn picture() -> PathBuf {
    place::root().join("www/pictures/inbox.png")
}

async fn pick(page: &Page, root: Root, file: &Path) {
    page.write(root, ".pick", file.to_str().expect("a path in UTF-8")).await;
}

/// Waits until so many pictures are really there.
async fn until_shown(page: &Page, pictures: &str, count: usize) {
    let script = format!("{pictures}.filter((e) => e.complete && e.naturalWidth > 0).length");
    within(SHOWN_WITHIN, &format!("{count} pictures"), async || {
        (page.run(&format!("return {script}")).await == json!(count)).then_some(())
    })
    .await;
}

const IN_WIDGET: &str = "[...document.querySelector('prilavok-chat').shadowRoot.querySelectorAll('.pic img')]";
const IN_INBOX: &str = "[...document.querySelectorAll('.pic img')]";

#[tokio::test]
async fn files_go_both_ways_on_a_wide_screen() {
    walk(Screen::Wide).await;
}

#[tokio::test]
async fn files_go_both_ways_on_a_phone() {
    walk(Screen::Phone).await;
}

async fn walk(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let token = shop.operator("Анна").await;
    let size = if screen == Screen::Wide { "1280" } else { "360" };
    let widget = browser.page(&format!("files-widget-{size}"), screen).await;
    let inbox = browser.page(&format!("files-inbox-{size}"), screen).await;
    widget.goto(world.url()).await;
    inbox.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    let folder = place::temporary("picked");
    std::fs::create_dir_all(&folder).expect("a folder for what is picked");

    // A first message may be a picture. It keeps its place from the start.
    widget.click(Root::Widget, ".launcher").await;
    pick(&widget, Root::Widget, &picture()).await;
    widget.until("no file on its way", Root::Widget, ".up", |rows| rows.is_empty()).await;
    until_shown(&widget, IN_WIDGET, 1).await;
    widget.find(Root::Widget, ".msg.mine .tick.sent, .msg.mine .tick.delivered").await;
    inbox.click(Root::Page, ".row").await;
    until_shown(&inbox, IN_INBOX, 1).await;

    // A table from the operator, under a name in Russian.
    let table = folder.join("Цены на чай.csv");
    std::fs::write(&table, "чай;цена\nулун;1200\n").expect("a table");
    pick(&inbox, Root::Page, &table).await;
    inbox.until_text(Root::Page, ".msg.out .doc .name", "Цены на чай.csv").await;
    widget.until_text(Root::Widget, ".msg.theirs .doc .name", "Цены на чай.csv").await;

    // Pasted, and dropped.
    let transfer =
        "const data = new DataTransfer(); data.items.add(new File(['a;b\\n1;2\\n'], 'NAME', {type: 'text/csv'}));";
    let paste = "tree.querySelector('.input').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))";
    widget.run(&format!("{TREE}{}{paste}", transfer.replace("NAME", "pasted.csv"))).await;
    widget.until_text(Root::Widget, ".msg.mine .doc .name", "pasted.csv").await;
    let drop = "document.querySelector('.chat').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}))";
    inbox.run(&format!("{}{drop}", transfer.replace("NAME", "dropped.csv"))).await;
    inbox.until_text(Root::Page, ".msg.out .doc .name", "dropped.csv").await;
    widget.until_text(Root::Widget, ".msg.theirs .doc .name", "dropped.csv").await;

    // Nobody answers: it can be tried again, and goes.
    let lose = "const send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function () { XMLHttpRequest.prototype.send = send; setTimeout(() => this.dispatchEvent(new ProgressEvent('loadend'))) };";
    let again = folder.join("again.csv");
    std::fs::write(&again, "a;b\n").expect("a table");
    for (page, root, own, why) in
        [(&widget, Root::Widget, ".msg.mine", "Нет связи"), (&inbox, Root::Page, ".msg.out", "Нет связи с сервером")]
    {
        page.run(lose).await;
        pick(page, root, &again).await;
        page.until_text(root, ".up .why", why).await;
        page.shoot("2-failed").await;
        page.click(root, ".up .retry").await;
        page.until_text(root, &format!("{own} .doc .name"), "again.csv").await;
        page.until_gone(root, ".up").await;
    }

    // Under way, and stopped.
    let stall = "const send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function () { XMLHttpRequest.prototype.send = send; setTimeout(() => this.upload.onprogress({loaded: 2})) };";
    for (page, root) in [(&widget, Root::Widget), (&inbox, Root::Page)] {
        page.run(stall).await;
        pick(page, root, &again).await;
        page.find(root, ".up progress").await;
        page.shoot("3-under-way").await;
        page.click(root, ".up .stop").await;
        page.until_gone(root, ".up").await;
    }

    // In full, and put away again.
    widget.click(Root::Widget, ".msg.mine .pic").await;
    widget.find(Root::Widget, ".viewer .save").await;
    within(SHOWN_WITHIN, "the picture in full", async || {
        let there =
            format!("{TREE}const e = tree.querySelector('.viewer img'); return e.complete && e.naturalWidth > 0");
        (widget.run(&there).await == json!(true)).then_some(())
    })
    .await;
    widget.shoot("4-viewer").await;
    widget.click(Root::Widget, ".viewer .close").await;
    widget.until_gone(Root::Widget, ".viewer").await;
    widget.find(Root::Widget, ".panel .log").await;
    inbox.click(Root::Page, ".msg.in .pic").await;
    inbox.find(Root::Page, ".viewer .save").await;
    inbox.shoot("4-viewer").await;
    inbox.click(Root::Page, ".viewer .away").await;
    inbox.until_gone(Root::Page, ".viewer").await;

    // The whole conversation, after a reload, pictures and all.
    widget.reload().await;
    widget.click(Root::Widget, ".launcher").await;
    until_shown(&widget, IN_WIDGET, 1).await;
    widget.shoot("5-conversation").await;
    inbox.shoot("5-conversation").await;
    let _ = std::fs::remove_dir_all(folder);
    widget.close().await;
    inbox.close().await;
}

#[tokio::test]
async fn a_buyers_files_at_ozon_are_seen_on_a_wide_screen() {
    at_ozon(Screen::Wide).await;
}

#[tokio::test]
async fn a_buyers_files_at_ozon_are_seen_on_a_phone() {
    at_ozon(Screen::Phone).await;
}

/// The words of a message with a link, a picture from elsewhere, and what only looks like a link.
const MARKED: &str =
    "Вот [модель](https://www.ozon.ru/product/x), ![схема](https://evil.example/a.png) и [это](javascript:alert(1))";

async fn at_ozon(screen: Screen) {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let seller = shop.connect_ozon().await;
    let token = shop.operator("Анна").await;
    let size = if screen == Screen::Wide { "1280" } else { "360" };
    let mut inbox = browser.page(&format!("ozon-files-{size}"), screen).await;
    inbox.goto(&format!("{}/inbox/#token={token}", world.url())).await;
    inbox.find(Root::Page, ".list .empty").await;

    // In the list a message is words.
    let chat_id = seller.new_buyer_says(MARKED).await.unwrap().chat_id;
    inbox.until_text(Root::Page, ".row .last", "Вот модель, схема и [это](javascript:alert(1))").await;
    let photo = std::fs::read(picture()).expect("a picture");
    seller.buyer_sends(&chat_id, "скол.png", &photo).await;
    inbox.until_text(Root::Page, ".row .last", "Фото").await;
    seller.buyer_sends(&chat_id, "Чек на гайвань 150 мл.pdf", b"%PDF-1.4\n%%EOF\n").await;
    inbox.until_text(Root::Page, ".row .last", "Чек на гайвань 150 мл.pdf").await;

    // In the conversation links are links and nothing of elsewhere is loaded; the picture is shown, the receipt is a row.
    inbox.click(Root::Page, ".row").await;
    until_shown(&inbox, IN_INBOX, 1).await;
    let links =
        "return [...document.querySelectorAll('.msg.in a')].map((e) => [e.textContent, e.href, e.target, e.rel])";
    let link = |text: &str, href: &str| json!([text, href, "_blank", "noopener noreferrer nofollow"]);
    let expected = [link("модель", "https://www.ozon.ru/product/x"), link("схема", "https://evil.example/a.png")];
    assert_eq!(inbox.run(links).await, json!(expected));
    let sources = inbox.run("return [...document.images].map((e) => e.src.split(':')[0])").await;
    assert_eq!(sources, json!(["blob"]));
    inbox.until_text(Root::Page, ".msg.in .doc .name", "Чек на гайвань 150 мл.pdf").await;
    inbox.shoot("1-conversation").await;
    inbox.click(Root::Page, ".photo .pic").await;
    inbox.find(Root::Page, ".viewer .save").await;
    inbox.shoot("2-viewer").await;
    inbox.click(Root::Page, ".viewer .away").await;
    inbox.until_gone(Root::Page, ".viewer").await;

    // It is saved under its name, from memory.
    let listen = "window.saved = []; HTMLElement.prototype.click = function () { window.saved.push([this.download, this.href.split(':')[0]]) }";
    inbox.run(listen).await;
    inbox.run("document.querySelector('.msg.in .doc').dispatchEvent(new MouseEvent('click', {bubbles: true}))").await;
    within(SHOWN_WITHIN, "the file", async || {
        (inbox.run("return window.saved").await == json!([["Чек на гайвань 150 мл.pdf", "blob"]])).then_some(())
    })
    .await;

    // One that does not come says so, and comes when it is asked for again; one that is too large says what to do.
    let refuse = FileQuirk { bytes: Some(OZON_FILE_BYTES_MAX as u64 + 1), ..FileQuirk::default() };
    seller.quirks(&Quirks { files: refuse, ..Quirks::default() }).await.unwrap();
    seller.buyer_sends(&chat_id, "видео.png", &photo).await;
    inbox.until_text(Root::Page, ".photo .why", "Файл больше 10 МБ. Откройте его в кабинете Ozon").await;
    assert_eq!(inbox.texts(Root::Page, ".photo .retry").await, Vec::<String>::new());
    seller.quirks(&Quirks::default()).await.unwrap();
    seller.fault(&Fault::status("/v2/chat/file/*", 403)).await.unwrap();
    seller.buyer_sends(&chat_id, "трещина.png", &photo).await;
    inbox.until("why", Root::Page, ".photo .why", |texts| texts.len() == 2 && texts[1] == "Ozon не отдал файл").await;
    inbox.shoot("3-failed").await;
    inbox.click(Root::Page, ".photo .retry").await;
    until_shown(&inbox, IN_INBOX, 2).await;
    inbox.until_gone(Root::Page, ".photo .retry").await;

    // What was held goes with the view: nothing of it can be opened any more.
    let held = inbox.run("window.held = document.querySelector('.photo img').src; return window.held").await;
    assert!(held.as_str().unwrap().starts_with("blob:"));
    inbox.run("document.querySelector('.leave').dispatchEvent(new MouseEvent('click', {bubbles: true}))").await;
    inbox.find(Root::Page, ".signin").await;
    let is_gone = "return fetch(window.held).then(() => false, () => true)";
    assert_eq!(inbox.run(is_gone).await, json!(true));
    // The browser's own words about the two answers that were refusals, and about the one that was revoked; of the page's
    // policy not one.
    let complaints = inbox.complaints().await;
    assert!(!complaints.iter().any(|line| line.contains("Security Policy")), "{complaints:#?}");
    inbox.quit().await;
}
