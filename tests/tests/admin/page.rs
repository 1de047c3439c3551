//! A customer whom the shop's page vouches for, in a real browser.

use serde_json::json;
use tests::world::{Browser, Organization, Root, Screen, World, now, until};

use crate::customers::{identity, secret_of};

#[tokio::test]
async fn a_page_vouches_for_its_customer_and_the_browser_keeps_nothing_of_them() {
    let (world, browser) = (World::start().await, Browser::start().await);
    let shop = Organization::create(&world, "demo", &[world.url()], Some("pk_demo_storefront")).await;
    let (_, secret) = secret_of(&shop).await;
    let token = shop.operator("Анна").await;
    let page = browser.page("vouched", Screen::Wide).await;
    page.goto(world.url()).await;
    let jwt = identity(&secret, &json!({"sub": "42", "exp": now().seconds() + 300, "name": "Анна Павловна"}));
    page.run(&format!("window.prilavokIdentity = () => Promise.resolve('{jwt}')")).await;
    page.click(Root::Widget, ".launcher").await;
    page.write(Root::Widget, ".input", "Это я\u{e007}").await;
    let chat = until("the customer's chat", async || {
        let chats = shop.api(&token).get("/v1/chats").await.expect(200);
        chats["chats"].as_array().and_then(|chats| chats.first().cloned())
    })
    .await;
    assert_eq!(chat["user_name"], "Анна Павловна");
    page.until_text(Root::Widget, ".msg.mine .body", "Это я").await;
    assert_eq!(page.run("return localStorage.length").await, 0, "a customer's token is not kept");

    // The next one on this computer is not them.
    page.reload().await;
    page.click(Root::Widget, ".launcher").await;
    page.write(Root::Widget, ".input", "А я другой\u{e007}").await;
    until("another chat", async || {
        let chats = shop.api(&token).get("/v1/chats").await.expect(200);
        (chats["chats"].as_array().map(Vec::len) == Some(2)).then_some(())
    })
    .await;
    page.until_text(Root::Widget, ".msg.mine .body", "А я другой").await;
    assert_eq!(page.texts(Root::Widget, ".msg .body").await, ["А я другой"]);
    page.close().await;
}
