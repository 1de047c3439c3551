//! What the upstreams say.

use http::StatusCode;
use relay_core::upstream::ozon::chat_history::Direction;
use relay_core::upstream::ozon::{self, files, push, seller};
use relay_core::upstream::{Answered, Failure, Response, chatapp as dialect};
use serde_json::Value;
use shared::problem::Code;
use shared::time::Timestamp;
use shared::upstream_problem::explain;

use crate::text;

/// Ozon's notifications.
pub fn ozon_push(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    match push::read(text) {
        Ok(told) => assert!(push::answer(&told, Timestamp(0)).is_object()),
        Err(problem) => assert!(push::refusal(&problem).is_object()),
    }
}

/// Ozon's answers: `{"status", "body"}`, or the body of a success.
pub fn ozon_answer(bytes: &[u8]) {
    let wrapped = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let status = wrapped["status"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let mut response =
        Response::new(if status.is_some() { wrapped["body"].to_string().into() } else { bytes.to_vec() });
    *response.status_mut() = status.unwrap_or_default();
    let answered = Answered::Response(response);

    let failure = ozon::failure(&answered).err();
    match (&failure, ozon::code(&answered)) {
        (None, None) => {}
        (Some(Failure::Unknown), Some(code)) => assert_eq!(code, Code::UpstreamUnavailable),
        (Some(Failure::Later { .. }), Some(code)) => assert!(code.is_temporary(), "{code:?}"),
        (Some(Failure::Refused(code)), Some(other)) => {
            assert!(*code == other && explain(*code).is_some() && !code.is_temporary(), "{code:?} {other:?}");
        }
        told => panic!("a failure and its code disagree: {told:?}"),
    }
    let said = |result: Option<Failure>| assert!(failure.is_none() || failure == result, "{failure:?} {result:?}");
    said(ozon::chat_start::read(&answered).err());
    said(ozon::chat_send_message::read(&answered).err());
    said(ozon::chat_send_file::read(&answered).err());
    said(ozon::chat_read::read(&answered).err());
    said(seller::analytics_data::read(&answered).err());
    said(seller::info::read(&answered).err());
    said(seller::posting_fbo_list::read(&answered).err());
    said(seller::posting_fbs_list::read(&answered).err());
    said(seller::posting_fbs_list_v3::read(&answered).err());
    said(seller::product_info_list::read(&answered).err());
    said(seller::product_info_stocks::read(&answered).err());
    said(seller::product_list::read(&answered).err());
    said(seller::roles::read(&answered).err());
    said(seller::warehouse_list::read(&answered).err());

    let list = ozon::chat_list::read(&answered);
    said(list.clone().err());
    said(ozon::chat_list_v2::read(&answered).err());
    if let Ok(list) = list {
        assert!(list.chats.iter().all(|chat| !chat.chat_id.is_empty()));
        // What is written in the old form reads as the same chats.
        let old = ozon::chat_list_v2::from_v3(list.clone(), &ozon::chat_list_v2::Query::default()).to_json();
        let again = Answered::Response(Response::new(old.to_string().into_bytes()));
        let again = ozon::chat_list::read(&again).expect("our own old form").chats;
        let ids = |chats: &[ozon::chat_list::Chat]| -> Vec<_> {
            chats
                .iter()
                .map(|chat| (chat.chat_id.clone(), chat.first_unread_message_id, chat.last_message_id))
                .collect()
        };
        assert_eq!(ids(&again), ids(&list.chats));
    }
    let page = ozon::chat_history::read(&answered);
    said(page.clone().err());
    if let Ok(page) = page {
        assert!(page.messages.is_sorted_by(|one, next| one.message_id < next.message_id), "in order, each once");
        let old = ozon::chat_history_v2::from_v3(page.clone(), Direction::Backward).to_json();
        let again = Answered::Response(Response::new(old.to_string().into_bytes()));
        let again = ozon::chat_history::read(&again).expect("our own old form").messages;
        assert!(
            again.iter().map(|message| message.message_id).eq(page.messages.iter().map(|message| message.message_id))
        );
    }
}

/// What clients of Ozon's older methods ask for.
pub fn ozon_request(bytes: &[u8]) {
    if let Ok(query) = ozon::chat_list_v2::parse(bytes) {
        let limit = i64::from(shared::limits::OZON_LIST_LIMIT_MAX);
        assert!((1..=limit).contains(&i64::from(query.limit)));
        assert!(
            ozon::chat_list_v2::to_v3(&query).is_ok_and(|today| i64::from(today.limit) <= limit) || query.offset > 0
        );
    }
    if let Ok(query) = ozon::chat_history_v2::parse(bytes) {
        assert!((1..=shared::limits::OZON_HISTORY_LIMIT_MAX).contains(&query.limit));
    }
    if let Ok(asked) = ozon::chat_send_file::parse(bytes) {
        assert!(ozon::is_chat_id(&asked.chat_id) && !asked.name.trim().is_empty());
        assert!(asked.content.len() <= shared::limits::FILE_BYTES_MAX);
    }
}

/// Texts of Ozon's with files in them, and where a file is said to be.
pub fn ozon_files(bytes: &[u8]) {
    const BASE: &str = "https://api-seller.ozon.ru";
    let Some(text) = text(bytes) else { return };
    let links = files::links(text, BASE);
    assert!(links.len() <= shared::limits::OZON_FILES_MAX);
    for link in links {
        let url = format!("{BASE}/v2/chat/file/{}", link.path);
        assert!(files::may_fetch(BASE, &url).is_ok(), "{url}");
        assert!(url.parse::<http::Uri>().is_ok_and(|uri| uri.host() == Some("api-seller.ozon.ru")), "{url}");
        assert!(!link.name.is_empty() && !link.name.contains(['/', '\\']), "{}", link.name);
    }
    if let Some(follow) = files::may_follow(text, "https://cdn1.ozone.ru/a", BASE) {
        let uri: http::Uri = follow.url.parse().expect("an address");
        let host = uri.host().expect("a host").to_ascii_lowercase();
        let is_ozons = ["ozon.ru", "ozone.ru", "ozonusercontent.com"].iter().any(|known| host.ends_with(known));
        assert!(is_ozons && uri.scheme_str() == Some("https"), "{}", follow.url);
        assert!(!follow.with_key || host == "api-seller.ozon.ru", "{}", follow.url);
    }
}

/// ChatApp's notifications, at a callback's address and on its socket.
pub fn chatapp(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let _ = dialect::decode_webhook(text);
    for name in ["message", "messageStatus", "chatStatus", "chatTag", "employeeStatus", "quickResponse", "unheard of"] {
        let _ = dialect::decode_text(name, text);
    }
}
