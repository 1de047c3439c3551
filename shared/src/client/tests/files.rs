//! Messages with files, and the links under which files open.

use super::*;
use crate::file::Attachment;
use crate::limits::{FILE_LINK_TTL_S, TEXT_CHARS_MAX};
use crate::node::FromNode;

fn picture() -> Attachment {
    Attachment {
        file_id: "f1".into(),
        name: "чайник.png".into(),
        media_type: "image/png".into(),
        size: 9,
        width: Some(2),
        height: Some(1),
    }
}

fn link(page: &mut Page) -> Option<String> {
    let url = page.client.file_url(page.now, "f1");
    page.perform();
    url
}

#[test]
fn a_message_with_a_file_is_kept_and_sent_like_any_other() {
    let mut page = Page::visitor();
    page.client.send_file(page.now, VISITOR, "", picture(), "c1".into()).unwrap();
    page.perform();
    assert_eq!(page.kept[0].attachment, Some(picture()));
    let written: Value = serde_json::from_str(&page.kept[0].to_json()).unwrap();
    assert_eq!(Outgoing::from_node(&written).unwrap().attachment, Some(picture()));
    let sent = page.take("send_message");
    assert_eq!((&sent["text"], &sent["file_id"], &sent["client_id"]), (&json!(""), &json!("f1"), &json!("c1")));
    // The line dies, and it goes out again, under the same id and with the same file.
    page.close(1006);
    page.connect(0, true);
    let again = page.take("send_message");
    assert_eq!((&again["file_id"], &again["client_id"]), (&json!("f1"), &json!("c1")));
}

#[test]
fn a_text_beside_a_file_is_checked_if_there_is_one() {
    let mut page = Page::visitor();
    let send = |page: &mut Page, text: &str| page.client.send_file(page.now, VISITOR, text, picture(), text.into());
    assert_eq!(send(&mut page, " ").unwrap_err().code, Code::EmptyText);
    assert_eq!(send(&mut page, &"я".repeat(TEXT_CHARS_MAX + 1)).unwrap_err().code, Code::TooLarge);
    assert!(send(&mut page, &"я".repeat(TEXT_CHARS_MAX)).is_ok());
}

#[test]
fn a_link_is_asked_for_once_and_handed_out_for_half_its_life() {
    let mut page = Page::visitor();
    assert_eq!((link(&mut page), link(&mut page)), (None, None));
    let asked = page.answer("file_link", json!({"url": "/v1/files/a/f1?x", "expires_at": "2026-01-10T15:40:00Z"}));
    assert_eq!(asked["file_id"], "f1");
    assert!(page.sent.is_empty(), "asked once");
    assert_eq!(link(&mut page).as_deref(), Some("/v1/files/a/f1?x"));
    page.now = page.now.plus_ms(FILE_LINK_TTL_S * 500 - 1);
    assert!(link(&mut page).is_some() && page.sent.is_empty());
    page.now = page.now.plus_ms(1);
    assert_eq!(link(&mut page), None);
    page.take("file_link");
    assert_eq!(page.client.last_file_url("f1"), Some("/v1/files/a/f1?x"), "what is loaded stays");
}

#[test]
fn a_file_that_is_gone_is_not_asked_for_at_every_look() {
    let mut page = Page::visitor();
    link(&mut page);
    let asked = page.take("file_link");
    page.event("error", json!({"id": asked["id"], "code": "not_found", "detail": "gone"}), None);
    assert_eq!((link(&mut page), page.sent.len()), (None, 0));
}
