//! What the upstreams say.

use relay_core::upstream::ozon::{chat_history, chat_send_message, push};
use relay_core::upstream::{Answered, Response, chatapp as dialect};
use shared::time::Timestamp;

use crate::text;

/// Ozon's notifications.
pub fn ozon_push(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    match push::read(text) {
        Ok(told) => assert!(push::answer(&told, Timestamp(0)).is_object()),
        Err(problem) => assert!(push::refusal(&problem).is_object()),
    }
}

/// Ozon's answers: the first byte is the status in hundreds, the rest the body.
pub fn ozon_answer(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let mut response = Response::new(body.to_vec());
    *response.status_mut() =
        [200, 400, 401, 403, 404, 429, 500, 503][usize::from(*first) % 8].try_into().expect("a status");
    let answered = Answered::Response(response);
    let _ = chat_history::read(&answered);
    let _ = chat_send_message::read(&answered);
}

/// ChatApp's notifications, at a callback's address and on its socket.
pub fn chatapp(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let _ = dialect::decode_webhook(text);
    for name in ["message", "messageStatus", "chatStatus", "chatTag", "employeeStatus", "quickResponse", "unheard of"] {
        let _ = dialect::decode_text(name, text);
    }
}
