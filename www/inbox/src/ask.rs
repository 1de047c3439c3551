//! Requests of the operator's page over HTTP, for what the socket has no place.

use js_sys::Array;
use js_sys::futures::JsFuture;
use leptos::prelude::window;
use shared::limits::ANSWER_TIMEOUT_MS;
use shared::node::Node;
use shared::problem::Code;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit, Response};
use widget::browser::Timer;
use widget::node::JsNode;

/// Why there is no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The relay's reason. Without one nobody has answered, or somebody on the way.
    pub code: Option<Code>,
    /// What a developer reads; may be empty.
    pub detail: String,
}

/// Asks the relay, which is where the page came from.
///
/// # Errors
/// See [`Refusal`].
pub async fn ask(method: &str, path: &str, token: &str, body: Option<&str>) -> Result<JsNode, Refusal> {
    let (is_good, text) = fetch(method, path, token, body).await.ok_or_else(Refusal::default)?;
    let node = JsNode::parse(&text).ok_or_else(Refusal::default)?;
    if is_good {
        return Ok(node);
    }
    let word = |key| node.get(key).and_then(|value| value.string());
    Err(Refusal { code: word("code").and_then(|code| Code::parse(&code)), detail: word("detail").unwrap_or_default() })
}

async fn fetch(method: &str, path: &str, token: &str, body: Option<&str>) -> Option<(bool, String)> {
    let header = |name: &str, value: &str| Array::of2(&JsValue::from_str(name), &JsValue::from_str(value));
    let headers = Array::of1(&header("Authorization", &["Bearer ", token].concat()));
    let init = RequestInit::new();
    init.set_method(method);
    if let Some(body) = body {
        headers.push(&header("Content-Type", "application/json"));
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let controller = AbortController::new().ok()?;
    init.set_signal(Some(&controller.signal()));
    let _limit = Timer::after(ANSWER_TIMEOUT_MS as i32, move || controller.abort());
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.ok()?;
    let response: Response = response.unchecked_into();
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response.ok(), text))
}
