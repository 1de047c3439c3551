//! The playground, in a real browser: a merchant sets the chat up, sees it on a shop's page, and copies the tag.

use std::time::Duration;

use serde_json::{Value, json};
use tests::world::{Browser, Organization, Page, Root, Screen, World, assert_accessible, turn, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: Duration = Duration::from_secs(60);

const KEY: &str = "pk_demo_storefront";

/// Ctrl and V, as WebDriver spells keys (section 17.4.2).
const PASTE: &str = "\u{e009}v";

async fn demo(world: &World) -> Organization<'_> {
    Organization::create(world, "demo", &[world.url()], Some(KEY)).await
}

async fn open(page: &Page, world: &World, hash: &str) {
    page.goto(&format!("{}/playground/{hash}", world.url())).await;
    page.until("the tag", Root::Page, "#code", |code| code.iter().any(|code| code.contains("/prilavok.js"))).await;
}

/// Sets a field as a person does, whatever kind it is.
async fn set(page: &Page, name: &str, value: &str) {
    let script = format!(
        "const field = document.querySelector('form').elements['{name}']; field.value = {}; \
         (field.length ? [...field].find((one) => one.checked) : field).dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(value)
    );
    page.run(&script).await;
}

async fn code(page: &Page) -> String {
    page.texts(Root::Page, "#code").await.concat()
}

/// Looks into the preview until it is as it should be.
async fn until_preview(page: &Page, what: &str, look: &str, expected: &Value) {
    let look = format!(
        "const preview = document.querySelector('iframe').contentDocument; \
         const chat = preview?.querySelector('prilavok-chat'); if (!chat?.shadowRoot) return null; {look}"
    );
    within(DONE_WITHIN, &format!("{what}: {expected}"), async || (&page.run(&look).await == expected).then_some(()))
        .await;
}

#[tokio::test]
async fn what_is_set_is_seen_and_what_is_shown_is_copied() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    for (screen, name) in [(Screen::Wide, "playground-1280"), (Screen::Phone, "playground-360")] {
        let page = browser.page(name, screen).await;
        // Where the demo shop runs, its key stands there already.
        open(&page, &world, "").await;
        assert_eq!(
            code(&page).await,
            format!("<script async src=\"{}/prilavok.js\" data-key=\"{KEY}\"></script>", world.url())
        );
        until_preview(&page, "the chat", "return chat.dataset.position == 'left'", &json!(false)).await;
        page.shoot("begun").await;
        assert_accessible(&page, "body", "a fresh playground").await;
        let sideways = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(page.run(sideways).await, json!(0), "{name}: nothing is wider than the screen");

        set(&page, "accent", "#f2b705").await;
        set(&page, "width", "420").await;
        set(&page, "contact", "mailto:help@lavka.example").await;
        page.click(Root::Page, "[name=position][value=left]").await;
        page.until_text(Root::Page, "#on-black dd", "11,5\u{a0}:\u{a0}1").await;
        page.until_text(Root::Page, "#on-white dd", "1,8\u{a0}:\u{a0}1").await;
        let look = "const style = preview.defaultView.getComputedStyle(chat); \
                    return [chat.dataset.position, style.getPropertyValue('--prilavok-accent'), style.getPropertyValue('--prilavok-width')]";
        until_preview(&page, "the changed chat", look, &json!(["left", "#f2b705", "420px"])).await;
        let expected = format!(
            "<style>\n  prilavok-chat {{\n    --prilavok-accent: #f2b705;\n    --prilavok-width: 420px;\n  }}\n</style>\n\
             <script async src=\"{}/prilavok.js\"\n  data-key=\"{KEY}\"\n  data-position=\"left\"\n  \
             data-contact=\"mailto:help@lavka.example\"></script>",
            world.url()
        );
        assert_eq!(code(&page).await, expected);
        page.run("document.querySelector('.preview').scrollIntoView()").await;
        page.shoot("set").await;
        assert_accessible(&page, "body", "a playground with settings").await;

        // What the button copies is what a paste brings.
        page.click(Root::Page, "#copy").await;
        page.until_text(Root::Page, "#copy", "Скопировано").await;
        page.until_text(Root::Page, "#copied", "Скопировано").await;
        page.write(Root::Page, "#greeting", PASTE).await;
        let pasted = page.run("return document.querySelector('#greeting').value").await;
        assert_eq!(pasted, json!(expected));
        set(&page, "greeting", "").await;

        // The address brings all of it back.
        let hash = page.run("return location.hash").await;
        page.goto("about:blank").await;
        open(&page, &world, hash.as_str().expect("a hash")).await;
        assert_eq!(code(&page).await, expected);

        // For a page that is bundled, by the keyboard.
        page.run("document.querySelector('#tab-page').focus()").await;
        page.press("\u{e014}").await;
        page.until("the package", Root::Page, "#code", |code| {
            code.iter().any(|code| code.starts_with("import { prilavok } from \"prilavok\";"))
        })
        .await;
        assert!(code(&page).await.contains(&format!("relay: \"{}\"", world.url())));
        page.click(Root::Page, "[name=device][value=phone]").await;
        page.run("document.querySelector('.preview').scrollIntoView()").await;
        page.shoot("phone").await;
        page.close().await;
    }
}

#[tokio::test]
async fn a_chat_in_the_preview_is_a_real_one_and_leaves_the_fields_their_focus() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = demo(&world).await;
    let token = shop.operator("Анна").await;
    let page = browser.page("playground-chat", Screen::Wide).await;
    open(&page, &world, "").await;
    until_preview(&page, "the chat", "return 1", &json!(1)).await;
    page.run("document.querySelector('iframe').contentDocument.querySelector('prilavok-chat').shadowRoot.querySelector('.launcher').click()").await;
    until_preview(&page, "an open chat", "return !!chat.shadowRoot.querySelector('.panel .empty')", &json!(true)).await;
    // (Inside, so that what moves there comes to its end.)
    page.enter_frame("iframe").await;
    page.shoot("open").await;
    page.leave_frame().await;
    // Set while the chat is open: it opens again, and who types goes on typing.
    page.click(Root::Page, "#greeting").await;
    page.press("Есть ли чайник?").await;
    let look = "return chat.shadowRoot.querySelector('.input')?.value ?? null";
    until_preview(&page, "the text in the field", look, &json!("Есть ли чайник?")).await;
    assert_eq!(page.run("return document.activeElement.id").await, "greeting");
    page.run("document.querySelector('iframe').contentDocument.querySelector('prilavok-chat').shadowRoot.querySelector('.send').click()").await;
    within(DONE_WITHIN, "the message at the desk", async || {
        let chats = shop.api(&token).get("/v1/chats").await.expect(200);
        chats["chats"].as_array().is_some_and(|chats| !chats.is_empty()).then_some(())
    })
    .await;
    page.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_stays_there() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    for (screen, name) in [(Screen::Wide, "playground-wrong-1280"), (Screen::Phone, "playground-wrong-360")] {
        let page = browser.page(name, screen).await;
        open(&page, &world, "").await;
        set(&page, "key", "adm_0123456789").await;
        set(&page, "relay", "chat.lavka").await;
        set(&page, "contact", "help@lavka.example").await;
        for (name, word) in [("key", "pk_"), ("relay", "https://"), ("contact", "mailto:")] {
            let css = format!("#{name}-wrong");
            page.until("it is told", Root::Page, &css, |texts| texts.iter().any(|text| text.contains(word))).await;
            let field = format!(
                "const field = document.querySelector('#{name}'); return [field.ariaInvalid, field.getAttribute('aria-describedby').split(' ')[0]]"
            );
            assert_eq!(page.run(&field).await, json!(["true", format!("{name}-wrong")]));
        }
        let typed = "return ['key', 'relay', 'contact'].map((name) => document.getElementById(name).value)";
        assert_eq!(page.run(typed).await, json!(["adm_0123456789", "chat.lavka", "help@lavka.example"]));
        // None of it is in the tag or in the address: it might be a secret.
        assert!(!code(&page).await.contains("adm_"));
        assert_eq!(page.run("return location.hash").await, "");
        page.shoot("1").await;
        assert_accessible(&page, "body", "a playground with mistakes").await;
        // Nothing is copied; the first mistake gets the focus.
        page.click(Root::Page, "#copy").await;
        within(DONE_WITHIN, "the mistake's focus", async || {
            (page.run("return document.activeElement.id").await == "key").then_some(())
        })
        .await;
        assert_eq!(page.texts(Root::Page, "#copy").await, ["Скопировать"]);
        set(&page, "key", KEY).await;
        page.until_gone(Root::Page, "#key-wrong").await;
        page.close().await;
    }
}

#[tokio::test]
async fn an_address_names_another_relay_but_no_script_of_it_runs_here() {
    let _turn = turn().await;
    let (world, browser) = (World::start().await, Browser::start().await);
    let _shop = demo(&world).await;
    let page = browser.page("playground-other", Screen::Wide).await;
    open(&page, &world, "#relay=https%3A%2F%2Fother.example&contact=javascript%3Aalert(1)").await;
    assert!(code(&page).await.contains("src=\"https://other.example/prilavok.js\""));
    assert!(!code(&page).await.contains("javascript:"));
    page.until("a warning", Root::Page, "#relay-hint.careful", |texts| texts.len() == 1).await;
    let look = "return [preview.querySelector('script[data-key]').src, preview.querySelector('script[data-key]').dataset.relay, preview.querySelector('script[data-key]').dataset.contact ?? null]";
    let own = format!("{}/prilavok.js", world.url());
    until_preview(&page, "its own script", look, &json!([own, "https://other.example", null])).await;
    let policy = world.http().get("/playground/").await;
    let policy = policy.header("content-security-policy").expect("a policy");
    for part in ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "require-trusted-types-for 'script'"] {
        assert!(policy.contains(part), "{part} is in {policy}");
    }
    page.close().await;
}
