//! Who does not get in with which file.

use reqwest::{Body, Method};
use serde_json::json;
use shared::problem::Code;
use shared::route::{FILES, WIDGET_FILES};
use tests::world::{ORIGIN, World, png};

#[tokio::test]
async fn a_file_is_its_chats_and_its_organizations() {
    let world = World::shared().await;
    let (shop, other) = (world.organization("mine").await, world.organization("theirs").await);
    let (visitor, stranger) = (shop.visitor().await, shop.visitor().await);
    let (operator, outsider) = (shop.operator("Анна").await, other.operator("Борис").await);
    let uploaded = shop.upload_as_visitor(&visitor, "a.png", png(2, 2, 100)).await.expect(201);
    let file_id = uploaded["file_id"].as_str().expect("an id");
    let path = format!("{FILES}/{file_id}");
    assert_eq!(shop.api(&operator).get(&path).await.status, 200);
    assert_eq!(shop.api(&visitor.token).get(&path).await.status, 200);
    shop.api(&stranger.token).get(&path).await.expect_problem(Code::NotFound);
    // The token says whose files are meant: another organization's has no such file.
    other.api(&outsider).get(&path).await.expect_problem(Code::NotFound);
    world.http().get(&path).await.expect_problem(Code::Unauthorized);

    let mut page = shop.widget(&stranger).await;
    let steal = json!({"action": "send_message", "text": "", "file_id": file_id});
    assert_eq!(page.ask(steal).await.expect_err("refused")["code"], "not_found");
    let link = json!({"action": "file_link", "file_id": file_id});
    assert_eq!(page.ask(link).await.expect_err("refused")["code"], "not_found");

    let mut owner = shop.widget(&visitor).await;
    let link = owner.result(json!({"action": "file_link", "file_id": file_id})).await;
    let url = link["url"].as_str().expect("a link");
    assert_eq!(world.http().get(url).await.status, 200);
    let elsewhere = url.replace(&format!("/{}/", shop.id), &format!("/{}/", other.id));
    for forged in [
        elsewhere.as_str(),
        &url.replace("expires=", "expires=9"),
        &url.replace(file_id, "made-up"),
        url.split('?').next().expect("a path"),
    ] {
        world.http().get(forged).await.expect_problem(Code::Unauthorized);
    }
}

#[tokio::test]
async fn an_upload_has_a_token_a_page_a_name_and_bytes_that_fit() {
    let world = World::shared().await;
    let shop = world.organization("upload").await;
    let visitor = shop.visitor().await;
    let operator = shop.operator("Анна").await;
    shop.widget(&visitor).await.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    let post =
        async |http: tests::world::Http, path: &str| http.call(Method::POST, path, Body::from(png(1, 1, 50))).await;
    let named = |token: &str| shop.api(token).with("x-file-name", "a.png");
    let staff_path = format!("{FILES}?user_id={}", visitor.user_id);

    post(world.http().with("x-file-name", "a.png").with("origin", ORIGIN), WIDGET_FILES)
        .await
        .expect_problem(Code::Unauthorized);
    post(named(&visitor.token), WIDGET_FILES).await.expect_problem(Code::OriginNotAllowed);
    post(named(&visitor.token).with("origin", "https://evil.ru"), WIDGET_FILES)
        .await
        .expect_problem(Code::OriginNotAllowed);
    post(shop.api(&visitor.token).with("origin", ORIGIN), WIDGET_FILES).await.expect_problem(Code::Invalid);
    post(named(&operator).with("origin", ORIGIN), WIDGET_FILES).await.expect_problem(Code::Forbidden);
    post(named(&visitor.token), &staff_path).await.expect_problem(Code::Forbidden);
    post(named(&operator), FILES).await.expect_problem(Code::Invalid);
    post(named(&operator), &format!("{FILES}?user_id=-1")).await.expect_problem(Code::NotFound);
    post(named(&operator).with("content-type", "text/html"), &staff_path).await.expect_problem(Code::UnsupportedType);
    assert_eq!(post(named(&operator), &staff_path).await.status, 201);
    let page = shop.upload_as_visitor(&visitor, "a.png", b"<html><script>".to_vec()).await;
    page.expect_problem(Code::UnsupportedType);
    shop.upload_as_visitor(&visitor, "a.csv", Vec::new()).await.expect_problem(Code::Invalid);

    let preflight = world.http().call(Method::OPTIONS, WIDGET_FILES, Body::default()).await;
    assert_eq!(preflight.status, 204);
    assert!(preflight.header("access-control-allow-headers").is_some_and(|names| names.contains("x-file-name")));
}
