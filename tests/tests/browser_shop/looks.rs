//! How the chat looks: themes, the merchant's own styles, forced colours, a page that is read at twice its size.

use serde_json::json;
use tests::world::{Browser, Root, SCHEMES, Screen, World, assert_accessible, turn};

use crate::shop::Shop;
use crate::{ask, open, send, until_is};

const DARK: &str = "rgb(23, 27, 25)";
const LIGHT: &str = "rgb(255, 255, 255)";

const BACKGROUND: &str = "return getComputedStyle(tree.querySelector('.panel')).backgroundColor";

#[tokio::test]
async fn the_theme_of_the_tag_counts_more_than_the_systems() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (theme, colours) in [("dark", [DARK, DARK]), ("light", [LIGHT, LIGHT]), ("auto", [DARK, LIGHT])] {
        let name = format!("theme-{theme}");
        let shop = Shop::open_with(world, &name, json!({"replies": ["Доставка"]})).await;
        let page = browser.page(&name, Screen::Wide).await;
        open(&page, &shop.page("index.html", &format!("data-theme=\"{theme}\""))).await;
        page.find(Root::Widget, ".empty .choice").await;
        page.find(Root::Widget, ".more").await;
        for (scheme, colour) in SCHEMES.into_iter().zip(colours) {
            page.use_scheme(scheme).await;
            until_is(&page, &format!("{theme} in {scheme}"), BACKGROUND, json!(colour)).await;
        }
        page.shoot("1").await;
        assert_accessible(&page, "prilavok-chat", &name).await;
        page.close().await;
    }
}

#[tokio::test]
async fn a_message_beside_the_button_has_the_theme_of_the_tag() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let rules = json!([{"id": "a", "text": "Помочь?", "after_s": 0}]);
    let shop = Shop::open_with(world, "theme-teaser", json!({"triggers": rules})).await;
    for (theme, colour) in [("dark", DARK), ("light", LIGHT)] {
        let page = browser.page(&format!("theme-teaser-{theme}"), Screen::Wide).await;
        page.use_scheme(if theme == "dark" { "light" } else { "dark" }).await;
        page.goto(&shop.page("index.html", &format!("data-triggers=\"on\" data-theme=\"{theme}\""))).await;
        page.find(Root::Widget, ".teaser button").await;
        page.picture("1").await;
        until_is(&page, theme, "return getComputedStyle(tree.querySelector('.teaser')).backgroundColor", json!(colour))
            .await;
        page.close().await;
    }
}

#[tokio::test]
async fn the_pages_styles_reach_the_parts_and_the_measures() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let style = "<style>
        prilavok-chat { --prilavok-width: 440px; --prilavok-accent: #f2b705; --prilavok-radius: 4px }
        prilavok-chat::part(message) { border-radius: 3px }
        prilavok-chat::part(mine) { background: rgb(10, 20, 30); color: #fff }
        prilavok-chat::part(header) { border-bottom: 5px solid rgb(1, 2, 3) }
        prilavok-chat::part(launcher) { border-radius: 12px }
    </style>";
    let shop = Shop::open(world, "parts").await;
    let page = browser.page("parts", Screen::Wide).await;
    open(&page, &shop.page_with("index.html", "ru", style, "")).await;
    send(&page, "Есть чайник?").await;
    shop.say("Есть", None).await;
    page.find(Root::Widget, ".msg.theirs").await;
    page.find(Root::Widget, ".more").await;
    let look = "const look = (css, name) => getComputedStyle(tree.querySelector(css))[name]; return [
        tree.querySelector('.panel').offsetWidth, look('.panel', 'borderTopLeftRadius'), look('.msg.mine', 'backgroundColor'),
        look('.msg.mine', 'borderTopLeftRadius'), look('.msg.theirs', 'borderTopLeftRadius'), look('.top', 'borderBottomColor'),
        look('.launcher', 'borderTopLeftRadius'), look('.top', 'backgroundColor'), look('.top', 'color'),
    ]";
    let expected = json!([
        440,
        "4px",
        "rgb(10, 20, 30)",
        "3px",
        "3px",
        "rgb(1, 2, 3)",
        "12px",
        "rgb(242, 183, 5)",
        "color(srgb-linear 0 0 0)"
    ]);
    until_is(&page, "the page's styles", look, expected).await;
    page.shoot("1").await;
    // What comes later has its part as well.
    send(&page, "Ещё вопрос").await;
    let last = "return getComputedStyle([...tree.querySelectorAll('.msg.mine')].at(-1)).backgroundColor";
    until_is(&page, "the newest message", last, json!("rgb(10, 20, 30)")).await;
    page.close().await;
}

#[tokio::test]
async fn forced_colours_leave_every_part_to_be_seen() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let team = json!([{"name": "Анна"}]);
    let shop = Shop::open_with(world, "forced", json!({"replies": ["Доставка"], "team": team})).await;
    let page = browser.page("forced", Screen::Wide).await;
    let forced = [("forced-colors", "active"), ("prefers-color-scheme", "dark")];
    page.use_media(&forced).await;
    open(&page, &shop.page("index.html", "")).await;
    page.find(Root::Widget, ".empty .choice").await;
    assert_eq!(page.run("return matchMedia('(forced-colors: active)').matches").await, true);
    page.picture("1-empty").await;
    send(&page, "Есть чайник?").await;
    shop.say("Есть", Some(json!({"cards": [{"title": "Сажа", "price": "3 450 ₽", "url": "https://lavka.example/a"}], "replies": ["Беру"], "rating": true}))).await;
    page.find(Root::Widget, ".rating").await;
    page.click(Root::Widget, ".stars label:nth-child(3)").await;
    page.picture("2-conversation").await;
    // Colours are the system's: what parts one thing from the next is a line.
    let lines = "return ['.panel', '.msg.mine', '.msg.theirs', '.input', '.choice', '.card', '.launcher', '.send'].filter((css) => { const { borderTopWidth, borderTopStyle } = getComputedStyle(tree.querySelector(css)); return borderTopStyle == 'none' || parseFloat(borderTopWidth) == 0 })";
    assert_eq!(ask(&page, lines).await, json!([]), "these have no line around them");
    let stars = "const fill = (css) => getComputedStyle(tree.querySelector(css)).fill; return fill('.stars label.on svg') != fill('.stars label:not(.on) svg')";
    assert_eq!(ask(&page, stars).await, true, "given stars differ from others");
    page.close().await;
}

#[tokio::test]
async fn a_page_at_twice_its_size_has_a_chat_to_write_in() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let fields: Vec<_> = [("name", "Имя"), ("city", "Город"), ("street", "Улица"), ("house", "Дом")]
        .iter()
        .map(|(name, label)| json!({"name": name, "label": label, "type": "text", "required": false}))
        .collect();
    let shop = Shop::open_with(world, "zoom", json!({"form": {"when": "always", "fields": fields}})).await;
    // 1280 by 800 at 200 %, and at 400 % as WCAG asks for it (1.4.10).
    for (width, height) in [(640, 400), (320, 256)] {
        let page = browser.page(&format!("zoom-{width}"), Screen::Wide).await;
        page.zoom(width, height).await;
        open(&page, &shop.page("index.html", "")).await;
        page.find(Root::Widget, "form.ask").await;
        let on_screen = |css: &str| {
            format!(
                "return '{css}'.split(', ').filter((css) => {{ const box = tree.querySelector(css).getBoundingClientRect(); \
                 return !box.height || box.left < 0 || box.top < 0 || Math.floor(box.right) > innerWidth || Math.floor(box.bottom) > innerHeight }})"
            )
        };
        page.picture("1-form").await;
        assert_eq!(ask(&page, &on_screen(".close, .ask .start")).await, json!([]), "{width}: these are off the screen");
        assert_accessible(&page, "prilavok-chat", "a form at twice its size").await;
        page.click(Root::Widget, ".ask .start").await;
        send(&page, &format!("Вижу при {width}")).await;
        page.picture("2-written").await;
        assert_eq!(
            ask(&page, &on_screen(".close, .composer .input, .send, .msg.mine")).await,
            json!([]),
            "{width}: these are off the screen"
        );
        let log = ask(&page, "return tree.querySelector('.log').clientHeight").await;
        assert!(log.as_i64().is_some_and(|height| height >= 60), "{width}: there is room to read in: {log}");
        page.close().await;
    }
}
