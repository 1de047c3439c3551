//! Requests of the operator's page over HTTP, for what the socket has no place.

use js_sys::Array;
use js_sys::futures::JsFuture;
use leptos::prelude::window;
use shared::limits::{ANSWER_TIMEOUT_MS, UPSTREAM_TIMEOUT_MS};
use shared::node::Node;
use shared::problem::Code;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Blob, RequestInit, Response};
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

/// How long a table may be on its way: two megabytes over the line of a phone.
const TABLE_TIMEOUT_MS: i32 = 120_000;

/// What is sent along.
enum Body<'a> {
    Nothing,
    Json(&'a str),
    Csv(&'a str),
}

/// What came back.
struct Answer {
    is_good: bool,
    text: String,
    next: Option<String>,
}

/// Asks the relay, which is where the page came from.
///
/// # Errors
/// See [`Refusal`].
pub async fn ask(method: &str, path: &str, token: &str, body: Option<&str>) -> Result<JsNode, Refusal> {
    node(fetch(method, path, token, &body.map_or(Body::Nothing, Body::Json)).await)
}

/// Hands the relay a table (CSV).
///
/// # Errors
/// See [`Refusal`].
pub async fn hand_over(path: &str, token: &str, table: &str) -> Result<JsNode, Refusal> {
    node(fetch("POST", path, token, &Body::Csv(table)).await)
}

/// Asks for something that is to be saved as it is, and after what the next page of it begins, if there is one.
///
/// # Errors
/// See [`Refusal`].
pub async fn ask_text(path: &str, token: &str) -> Result<(String, Option<String>), Refusal> {
    match fetch("GET", path, token, &Body::Nothing).await {
        Some(Answer { is_good: true, text, next }) => Ok((text, next)),
        answer => Err(node(answer).err().unwrap_or_default()),
    }
}

fn node(answer: Option<Answer>) -> Result<JsNode, Refusal> {
    let Answer { is_good, text, .. } = answer.ok_or_else(Refusal::default)?;
    let node = JsNode::parse(&text).ok_or_else(Refusal::default)?;
    if is_good {
        return Ok(node);
    }
    let word = |key| node.get(key).and_then(|value| value.string());
    Err(Refusal { code: word("code").and_then(|code| Code::parse(&code)), detail: word("detail").unwrap_or_default() })
}

/// Fetches a file from the relay.
///
/// # Errors
/// See [`Refusal`]. What the upstream says in words of its own is [`Code::UpstreamRejected`].
pub async fn fetch_file(path: &str, token: &str) -> Result<Blob, Refusal> {
    let controller = AbortController::new().map_err(|_| Refusal::default())?;
    let signal = controller.signal();
    let _limit = Timer::after(UPSTREAM_TIMEOUT_MS as i32, move || controller.abort());
    let init = request("GET", token, None);
    init.set_signal(Some(&signal));
    let read = async {
        let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.ok()?;
        let response: Response = response.unchecked_into();
        if response.ok() {
            let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
            return Some(Ok(blob.unchecked_into::<Blob>()));
        }
        let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
        let told = JsNode::parse(&text).and_then(|node| {
            let word = |key| node.get(key).and_then(|value| value.string());
            word("problem").or_else(|| word("code")).and_then(|code| Code::parse(&code))
        });
        Some(Err(Refusal { code: Some(told.unwrap_or(Code::UpstreamRejected)), detail: String::new() }))
    };
    read.await.unwrap_or_else(|| Err(Refusal::default()))
}

async fn fetch(method: &str, path: &str, token: &str, body: &Body<'_>) -> Option<Answer> {
    let (body, limit_ms) = match body {
        Body::Nothing => (None, ANSWER_TIMEOUT_MS as i32),
        Body::Json(text) => (Some(("application/json", *text)), ANSWER_TIMEOUT_MS as i32),
        Body::Csv(text) => (Some(("text/csv", *text)), TABLE_TIMEOUT_MS),
    };
    let init = request(method, token, body);
    let controller = AbortController::new().ok()?;
    init.set_signal(Some(&controller.signal()));
    let _limit = Timer::after(limit_ms, move || controller.abort());
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.ok()?;
    let response: Response = response.unchecked_into();
    let next = response.headers().get("X-Next").ok().flatten();
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some(Answer { is_good: response.ok(), text, next })
}

/// `body`: its media type and itself.
fn request(method: &str, token: &str, body: Option<(&str, &str)>) -> RequestInit {
    let header = |name: &str, value: &str| Array::of2(&JsValue::from_str(name), &JsValue::from_str(value));
    let headers = Array::of1(&header("Authorization", &["Bearer ", token].concat()));
    let init = RequestInit::new();
    init.set_method(method);
    if let Some((content_type, body)) = body {
        headers.push(&header("Content-Type", content_type));
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    init
}
