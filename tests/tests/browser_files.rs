//! Files in a real browser: picked, pasted, dropped, stopped, tried again, looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
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
