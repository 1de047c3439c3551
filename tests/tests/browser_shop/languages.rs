//! The seven languages.

use serde_json::json;
use shared::words::{Language, Text, Word};
use tests::world::{Browser, Page, Root, SCHEMES, Screen, World, assert_accessible, turn};

use crate::shop::Shop;
use crate::{FETCHED, ask, call, open, send, until_is};

/// The languages, each with how pages in it say so.
const LANGUAGES: [(Language, &str); 7] = [
    (Language::Ru, "ru-RU"),
    (Language::En, "en-GB"),
    (Language::Kk, "kk"),
    (Language::Uz, "uz-Latn-UZ"),
    (Language::Zh, "zh-Hans-CN"),
    (Language::Tr, "tr"),
    (Language::Ar, "ar-EG"),
];

/// The files of words, once.
fn files_of_words() -> String {
    FETCHED.replacen("return ", "const names = ", 1)
        + ";return [...new Set(names.filter((name) => /^[a-z]{2}(-more)?[.]js$/.test(name)))].sort()"
}

fn text(language: Language, word: Word) -> &'static str {
    match language.word(word) {
        Text::One(text) => text,
        Text::Many(forms) => panic!("{word:?} has forms: {forms:?}"),
    }
}

async fn assert_speaks(page: &Page, language: Language, how: &str) {
    let what = format!("{} by {how}", language.tag());
    page.until_text(Root::Widget, ".panel .presence", text(language, Word::Presence)).await;
    page.until_text(Root::Widget, ".panel .empty h3", text(language, Word::Greeting)).await;
    let look = "const panel = tree.querySelector('.panel'); const input = tree.querySelector('.input'); \
        return [panel.lang, panel.dir, getComputedStyle(panel).direction, input.placeholder, tree.querySelector('.launcher').getAttribute('aria-label')]";
    let (tag, direction) = (language.tag(), language.direction());
    let expected = json!([tag, direction, direction, text(language, Word::Input), text(language, Word::Close)]);
    assert_eq!(ask(page, look).await, expected, "{what}");
    // The menu comes with the second file.
    page.find(Root::Widget, ".more").await;
    assert_eq!(page.run(&files_of_words()).await, json!([format!("{tag}-more.js"), format!("{tag}.js")]), "{what}");
    let wide = "const panel = tree.querySelector('.panel'); return panel.scrollWidth <= panel.clientWidth && tree.querySelector('.log').scrollWidth <= tree.querySelector('.log').clientWidth";
    assert_eq!(ask(page, wide).await, true, "{what}: nothing is wider than the panel");
}

#[tokio::test]
async fn the_chat_speaks_the_language_of_its_tag_or_its_page_and_fetches_no_other() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "languages").await;
    let page = browser.page("language-1280", Screen::Wide).await;
    for (language, lang) in LANGUAGES {
        let tag = language.tag();
        // The tag's word counts more than the page's.
        let other = if language == Language::Ru { "en" } else { "ru" };
        let by_tag = shop.page_with(&format!("tag-{tag}.html"), other, "", &format!("data-locale=\"{tag}\""));
        let by_page = shop.page_with(&format!("page-{tag}.html"), lang, "", "");
        for (url, how) in [(by_tag, "data-locale"), (by_page, "the page's lang")] {
            open(&page, &url).await;
            assert_speaks(&page, language, how).await;
        }
    }
    open(&page, &shop.page_with("german.html", "de", "", "")).await;
    assert_speaks(&page, Language::Ru, "a page in a language that it does not speak").await;
    page.close().await;
}

#[tokio::test]
async fn another_language_changes_every_word_and_leaves_the_conversation() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    let shop = Shop::open(world, "locale").await;
    let page = browser.page("language-switch", Screen::Wide).await;
    open(&page, &shop.page("index.html", "")).await;
    send(&page, "Есть чайник на 600 мл?").await;
    shop.say("Есть, **чёрный**", None).await;
    page.until_text(Root::Widget, ".msg.theirs strong", "чёрный").await;
    page.write(Root::Widget, ".composer .input", "А бел").await;
    for (language, _) in LANGUAGES.into_iter().rev() {
        assert_eq!(call(&page, &format!("setLocale('{}')", language.tag())).await, json!(null));
        page.until_text(Root::Widget, ".panel .presence", text(language, Word::Presence)).await;
        page.until_text(Root::Widget, ".msg.mine .body", "Есть чайник на 600 мл?").await;
        page.until_text(Root::Widget, ".msg.theirs strong", "чёрный").await;
        let look = "const panel = tree.querySelector('.panel'); return [panel.lang, panel.dir, tree.querySelectorAll('.panel').length, tree.querySelector('.input').value]";
        let expected = json!([language.tag(), language.direction(), 1, "А бел"]);
        until_is(&page, "the same conversation, and what was being written", look, expected).await;
        page.find(Root::Widget, ".more").await;
    }
    assert_eq!(shop.messages().await.len(), 2);
    page.close().await;
}

#[tokio::test]
async fn arabic_runs_from_right_to_left_and_chinese_fits_a_phone() {
    let _turn = turn().await;
    let (world, browser) = (World::shared().await, Browser::start().await);
    for (language, said, answer) in [
        (Language::Ar, "هل لديكم إبريق شاي؟", "نعم، لدينا **اثنان**: https://lavka.example/tea"),
        (Language::Zh, "你们有茶壶吗？", "有，**两个**：https://lavka.example/tea"),
    ] {
        let tag = language.tag();
        let shop = Shop::open(world, &format!("phone-{tag}")).await;
        let page = browser.page(&format!("language-{tag}-360"), Screen::Phone).await;
        open(&page, &shop.page_with("index.html", tag, "", "")).await;
        page.until_text(Root::Widget, ".panel .empty h3", text(language, Word::Greeting)).await;
        page.find(Root::Widget, ".more").await;
        page.shoot("1-empty").await;
        send(&page, said).await;
        shop.say(answer, None).await;
        page.find(Root::Widget, ".msg.theirs a").await;
        send(&page, "iPhone 15, 2 шт.").await;
        page.shoot("2-conversation").await;
        let sides = "const box = (css) => tree.querySelector(css).getBoundingClientRect(); \
            const middle = (css) => box(css).left + box(css).width / 2; \
            return [middle('.close') < middle('.title'), middle('.mine') < middle('.log'), middle('.theirs') > middle('.log'), middle('.send') < middle('.input')]";
        let is_rtl = language == Language::Ar;
        let sides = ask(&page, sides).await;
        assert_eq!(sides, json!([is_rtl, is_rtl, is_rtl, is_rtl]), "{tag}: what is at the end of a line");
        page.click(Root::Widget, ".more").await;
        page.find(Root::Widget, ".menu").await;
        let inside = "const box = tree.querySelector('.menu').getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth";
        assert_eq!(ask(&page, inside).await, true, "{tag}: the menu is on the screen");
        for scheme in SCHEMES {
            page.use_scheme(scheme).await;
            page.picture(&format!("3-menu-{scheme}")).await;
        }
        assert_accessible(&page, "prilavok-chat", &format!("the menu in {tag}")).await;
        page.press("\u{e00c}").await;
        page.until_gone(Root::Widget, ".menu").await;
        assert_accessible(&page, "prilavok-chat", &format!("a conversation in {tag}")).await;
        page.close().await;
    }
}
