//! What a file goes through: uploaded, sent, opened by link and by token, kept over a restart.

use reqwest::{Body, Method};
use serde_json::{Value, json};
use shared::limits::FILE_BYTES_MAX;
use shared::problem::Code;
use tests::world::{Organization, Runtime, World, png};

async fn link(socket: &mut tests::world::Socket, file_id: &str) -> String {
    let answer = socket.result(json!({"action": "file_link", "file_id": file_id})).await;
    answer["url"].as_str().expect("a link").to_owned()
}

/// Uploads, sends and opens the largest file there may be; the links that open it, from both sides.
async fn tell(shop: &Organization<'_>) -> (Value, Vec<u8>, String) {
    let (visitor, operator) = (shop.visitor().await, shop.operator("Анна").await);
    let mut page = shop.widget(&visitor).await;
    let mut desk = shop.events(&operator).await;
    let bytes = png(1600, 1200, FILE_BYTES_MAX);
    let uploaded = shop.upload_as_visitor(&visitor, "%D1%87%D0%B0%D0%B9%D0%BD%D0%B8%D0%BA.PNG", bytes.clone()).await;
    assert_eq!(uploaded.header("access-control-allow-origin"), Some("*"));
    let attachment = uploaded.expect(201);
    let file_id = attachment["file_id"].as_str().expect("an id").to_owned();
    let expected = json!({
        "file_id": file_id, "name": "чайник.png", "type": "image/png", "size": FILE_BYTES_MAX,
        "width": 1600, "height": 1200,
    });
    assert_eq!(attachment, expected);

    let send = json!({"action": "send_message", "text": "", "client_id": "c1", "file_id": file_id});
    let sent = page.result(send.clone()).await;
    assert_eq!(sent["message"]["attachment"], expected);
    assert_eq!(page.result(send).await, sent, "the same message, once");
    let told = desk.event("new_message").await;
    assert_eq!(told["data"]["attachment"], expected);
    let path = told["data"]["file_path"].as_str().expect("a path").to_owned();

    // A program opens it by what the event says.
    let whole = shop.api(&operator).get(&path).await;
    assert_eq!((whole.status, whole.header("content-length")), (200, Some(FILE_BYTES_MAX.to_string().as_str())));
    assert!(whole.bytes == bytes, "the bytes are those that were sent");
    assert_eq!(whole.header("content-type"), Some("image/png"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(whole.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    assert_eq!(whole.header("cache-control"), Some("private, max-age=600"));
    let disposition = whole.header("content-disposition").expect("a disposition");
    assert_eq!(
        disposition,
        "inline; filename=\"______.png\"; filename*=UTF-8''%D1%87%D0%B0%D0%B9%D0%BD%D0%B8%D0%BA.png"
    );

    // A browser opens it by a link, whole or in parts, across chunks.
    for socket in [&mut page, &mut desk] {
        let url = link(socket, &file_id).await;
        let nobody = shop.world().http();
        assert!(nobody.get(&url).await.bytes == bytes);
        for (range, first, last) in [
            ("bytes=0-15999", 0, 15_999),
            ("bytes=524280-524300", 524_280, 524_300),
            ("bytes=-10", FILE_BYTES_MAX - 10, FILE_BYTES_MAX - 1),
        ] {
            let part = shop.world().http().with("range", range).get(&url).await;
            assert_eq!(part.status, 206, "{range}");
            assert_eq!(part.header("content-range"), Some(format!("bytes {first}-{last}/{FILE_BYTES_MAX}").as_str()));
            assert_eq!(part.header("content-length"), Some((last - first + 1).to_string().as_str()));
            assert!(part.bytes == bytes[first..=last], "{range}");
        }
        let beyond = shop.world().http().with("range", "bytes=99999999-").get(&url).await;
        assert_eq!((beyond.status, beyond.bytes.len()), (416, 0));
        let head = nobody.call(Method::HEAD, &url, Body::default()).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        assert_eq!(head.header("content-length"), Some(FILE_BYTES_MAX.to_string().as_str()));
        let etag = head.header("etag").expect("an etag").to_owned();
        let again = shop.world().http().with("if-none-match", &etag).get(&url).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        let saved = nobody.get(&format!("{url}&download=1")).await;
        assert!(saved.header("content-disposition").is_some_and(|value| value.starts_with("attachment;")));
    }

    // One byte more is refused, announced or not.
    let too_large = || png(1, 1, FILE_BYTES_MAX + 1);
    shop.upload_as_visitor(&visitor, "a.png", too_large()).await.expect_problem(Code::TooLarge);
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        too_large().chunks(65_536).map(|piece| Ok(piece.into())).collect();
    let body = Body::wrap_stream(futures_util::stream::iter(pieces));
    let api = shop.api(&operator).with("x-file-name", "a.png");
    let path = format!("/v1/files?user_id={}", visitor.user_id);
    api.call(Method::POST, &path, body).await.expect_problem(Code::TooLarge);

    // The other side answers with a document.
    let pdf = b"%PDF-1.7 guarantee".to_vec();
    let uploaded = shop.upload_as_staff(&operator, visitor.user_id, "warranty.pdf", pdf.clone()).await.expect(201);
    let action = json!({"action": "send_message", "user_id": visitor.user_id, "text": "Гарантия", "file_id": uploaded["file_id"]});
    desk.result(action).await;
    let told = page.event("operator_message").await;
    assert_eq!(told["data"]["attachment"]["type"], "application/pdf");
    let url = link(&mut page, told["data"]["attachment"]["file_id"].as_str().expect("an id")).await;
    let saved = shop.world().http().get(&url).await;
    assert!(
        saved.bytes == pdf && saved.header("content-disposition").is_some_and(|value| value.starts_with("attachment;"))
    );
    (expected, bytes, url)
}

#[tokio::test]
async fn a_bucket_keeps_files_over_a_restart() {
    let world = World::start().await;
    let shop = world.organization("bucket").await;
    let (_, _, url) = tell(&shop).await;
    world.kill_relay().await;
    world.run_relay().await;
    assert_eq!(world.http().get(&url).await.bytes, b"%PDF-1.7 guarantee");
}

#[tokio::test]
async fn without_a_bucket_sqlite_keeps_files_over_a_restart() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    let shop = world.organization("sqlite").await;
    let (attachment, bytes, url) = tell(&shop).await;
    world.kill_relay().await;
    world.run_relay().await;
    assert_eq!(world.http().get(&url).await.bytes, b"%PDF-1.7 guarantee");
    let operator = shop.operator("Борис").await;
    let path = format!("/v1/files/{}", attachment["file_id"].as_str().expect("an id"));
    assert!(shop.api(&operator).get(&path).await.bytes == bytes);
}
