//! The wire: what clients send, what clients read, addresses and times.

use relay_core::storefront;
use serde_json::Value;
use shared::action;
use shared::content::{Content, Raw};
use shared::frame::Frame;
use shared::limits::{ACTION_ID_BYTES_MAX, CONTENT_BYTES_MAX, FRAME_BYTES_MAX, WIDGET_BYTES_MAX};
use shared::problem::Code;
use shared::route::Route;
use shared::time::Timestamp;

use crate::text;

/// A client's frame, at the relay.
pub fn action(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let request = action::decode(text);
    assert!(request.id.as_ref().is_none_or(|id| id.len() <= ACTION_ID_BYTES_MAX), "{:?}", request.id);
    if text.len() > FRAME_BYTES_MAX {
        assert_eq!(request.action.as_ref().map_err(|problem| problem.code), Err(Code::TooLarge));
    }
    if let Ok(action) = &request.action {
        let again = action.encode(request.id.as_deref());
        if again.len() <= FRAME_BYTES_MAX {
            assert_eq!(action::decode(&again), request);
        }
    }
}

/// A relay's frame, at a client.
pub fn frame(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(bytes) else { return };
    let Some(Frame::Event { offset, timestamp, event: Some(event) }) = Frame::from_node(&json) else { return };
    let told = event.render(timestamp, offset).expect("an event that was read can be told");
    let again = serde_json::from_str::<Value>(&told).ok().and_then(|json| Frame::from_node(&json));
    let seconds = Timestamp(timestamp.seconds() * 1000);
    assert_eq!(again, Some(Frame::Event { offset, timestamp: seconds, event: Some(event) }), "{told}");
}

/// What a message is to carry beside its text, as staff sends it.
pub fn content(bytes: &[u8]) {
    let Ok(raw) = serde_json::from_slice::<Raw>(bytes) else { return };
    let Ok(content) = Content::asked(&raw, "") else { return };
    assert!(raw.as_str().len() <= CONTENT_BYTES_MAX);
    let kept = content.to_raw().expect("a content is told");
    assert_eq!(Content::kept(&kept), Some(content.clone()), "{kept:?}");
    let rated = kept.rated(5, Some(raw.as_str()));
    let rating = Content::kept(&rated).expect("a rated content is one").rating;
    assert_eq!(
        rating.map(|rating| (rating.score, rating.comment)),
        content.rating.map(|_| (Some(5), Some(raw.as_str().into())))
    );
    assert_eq!(rated.rated(1, None), kept.rated(1, None));
}

/// The settings of a storefront's widget, as an administrator sends them.
pub fn storefront(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(bytes) else { return };
    match storefront::judge(&document) {
        Ok(()) => assert!(document.to_string().len() <= WIDGET_BYTES_MAX),
        Err(problem) => assert!(problem.detail.starts_with("widget"), "{problem:?}"),
    }
}

/// An address of the relay.
pub fn route(bytes: &[u8]) {
    let Some(path) = text(bytes) else { return };
    if let Some(route) = Route::parse(path) {
        assert!(path.starts_with('/') && !route.methods().is_empty());
        for method in route.methods() {
            // Every route has its answer to who may.
            let _ = route.access(method);
        }
    }
}

/// A time on the wire.
pub fn time(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Some(time) = Timestamp::parse(text) {
        let told = time.to_rfc3339();
        assert_eq!(Timestamp::parse(&told), Some(Timestamp(time.seconds() * 1000)), "{told}");
    }
}
