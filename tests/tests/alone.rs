//! The relay alone on a server: plain workerd, files of its own, one folder that is saved and brought back.

use serde_json::{Value, json};
use tests::world::{Http, OZON_HOST, Organization, Runtime, World, place, until};

/// Calls as a browser that takes compressed files.
fn browser(world: &World, encodings: &str) -> Http {
    world.http().with("accept-encoding", encodings)
}

#[tokio::test]
async fn files_come_with_their_type_compressed_and_are_not_sent_twice() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    let part = |name: &str| format!("/widget/{}/{name}", place::parts());
    let (wasm, glue) = (part("widget_bg.wasm"), part("widget.js"));
    for (path, file, content_type) in [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/inbox/", "inbox/index.html", "text/html; charset=utf-8"),
        ("/prilavok.js", "prilavok.js", "text/javascript; charset=utf-8"),
        (wasm.as_str(), wasm.trim_start_matches('/'), "application/wasm"),
        ("/storefront.css", "storefront.css", "text/css; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ] {
        let plain = browser(&world, "identity").get(path).await;
        assert_eq!((plain.status, plain.header("content-type")), (200, Some(content_type)), "{path}");
        let built = std::fs::read(place::root().join("dist/www").join(file)).unwrap();
        assert_eq!(plain.text, String::from_utf8_lossy(&built), "{path}");
        assert_eq!(plain.header("x-content-type-options"), Some("nosniff"), "{path}: the rules of _headers hold");
        let etag = plain.header("etag").expect("an etag");
        let again = world.http().with("if-none-match", etag).get(path).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
    }
    let header = async |path: &str, name: &str| world.http().get(path).await.header(name).map(str::to_owned);
    let any_page = async |path: &str| header(path, "access-control-allow-origin").await;
    assert_eq!(any_page(&glue).await.as_deref(), Some("*"), "other sites' pages load it");
    for (path, cached) in [(glue.as_str(), "public, max-age=31536000, immutable"), ("/prilavok.js", "no-cache")] {
        assert_eq!(header(path, "cache-control").await.as_deref(), Some(cached), "{path}");
    }
    assert_eq!(any_page("/inbox/inbox.js").await, None);
    for (accepted, encoding) in
        [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("zstd", None), ("broken", None)]
    {
        let answer = browser(&world, accepted).get(&wasm).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
    }
}

#[tokio::test]
async fn a_path_is_the_relays_or_a_files_or_nothing() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    let get = async |path: &str| {
        let answer = world.http().get(path).await;
        (answer.status, answer.header("location").map(str::to_owned), answer.header("content-type").map(str::to_owned))
    };
    assert_eq!(get("/inbox?x=1").await.1.as_deref(), Some("/inbox/?x=1"));
    assert_eq!(get("/inbox/index.html").await.1.as_deref(), Some("/inbox/"));
    for path in ["/nothing", "/inbox/nothing", "/_headers", "/__proto__", "/constructor", "/%2e%2e/secrets.env", "//"] {
        assert_eq!(get(path).await.0, 404, "{path}");
    }
    for path in ["/v1/nothing", "/hooks/x", "/v1/chats"] {
        assert_eq!(get(path).await.2.as_deref(), Some("application/problem+json"), "{path}");
    }
    let posted = world.http().post("/inbox/", &Value::Null).await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
    assert_eq!(get("/healthz").await.0, 200);
    // Who calls the host for Ozon's clients is answered as Ozon answers.
    let refused = world.http().with("host", OZON_HOST).post("/v3/chat/list", &json!({"limit": 1})).await;
    assert_eq!(refused.expect(401)["code"], 16);
}

/// A chat's texts by message id, as the API tells them.
async fn told(shop: &Organization<'_>, token: &str, user_id: i64) -> Vec<(i64, String)> {
    let messages = shop.history(token, user_id).await.into_iter();
    messages.map(|m| (m["message_id"].as_i64().unwrap(), m["text"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn a_copy_made_in_mid_conversation_brings_everything_back_and_nobody_is_left_ahead_of_it() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    let shop = world.organization("kept").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let (widget, inbox) = (shop.visitor_driver(&visitor, 1), shop.staff_driver(&token, 2));
    let say = |n: usize| widget.send(visitor.user_id, &format!("слово {n}"), &format!("c-{n}")).unwrap();
    (0..10).for_each(say);
    widget.until_sent(visitor.user_id).await;
    let before = told(&shop, &token, visitor.user_id).await;
    let mut plain = shop.events(&token).await;
    let welcome = plain.event("welcome").await;
    let epoch = welcome["data"]["epoch"].as_str().unwrap().to_owned();
    let offset = welcome["data"]["offset"].as_i64().unwrap();

    // The copy is made while messages come in.
    let file = place::temporary("copy").join("kept.tar");
    let (kept, to) = (world.kept().await, file.clone());
    let saving = tokio::task::spawn_blocking(move || backup::save(&kept, &to).unwrap());
    (10..40).for_each(say);
    let saved = saving.await.unwrap();
    assert_eq!(saved.databases, 2, "the organization's and the runtime's own");
    widget.until_sent(visitor.user_id).await;
    let latest = told(&shop, &token, visitor.user_id).await;
    assert_eq!(latest.len(), 40);
    inbox.until_shows(visitor.user_id, "слово 39").await;

    world.kill_relay().await;
    let kept = world.kept().await;
    std::fs::remove_dir_all(&kept).unwrap();
    assert_eq!(backup::restore(&file, &kept).unwrap(), saved);
    world.run_relay().await;

    // What was there before the copy is there, what came after it is either there or was not copied: no hole between.
    let restored = told(&shop, &token, visitor.user_id).await;
    assert!(restored.len() >= before.len() && restored.len() <= latest.len(), "{restored:?}");
    assert_eq!(restored, latest[..restored.len()]);
    // Tokens of before are good. A position of before is answered, also one that the copy has not reached.
    for offset in [0, offset, offset + 1_000] {
        let mut back = shop.events_from(&token, &epoch, offset).await;
        let welcome = back.event("welcome").await;
        assert_eq!(welcome["data"]["resumed"], false, "{offset}");
        assert_ne!(welcome["data"]["epoch"], json!(epoch), "{offset}");
        back.event("resync").await;
    }
    // Clients that have seen more than the copy knows come back by themselves and show what is.
    say(40);
    widget.until_sent(visitor.user_id).await;
    for driver in [&widget, &inbox] {
        driver.until_shows(visitor.user_id, "слово 40").await;
    }
    let now = told(&shop, &token, visitor.user_id).await;
    assert_eq!(now.len(), restored.len() + 1);
    for driver in [&widget, &inbox] {
        until("the same messages everywhere", async || {
            let shown = driver.messages(visitor.user_id).into_iter().map(|m| (m.message_id, m.text));
            let shown: Vec<_> = shown.collect();
            // A page of history is what a client asks for; what it shows is the end of what there is.
            (!shown.is_empty() && now.ends_with(&shown)).then_some(())
        })
        .await;
    }
    let _ = std::fs::remove_dir_all(file.parent().unwrap());
}
