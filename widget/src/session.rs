//! `POST /v1/widget/sessions`: who this visitor is, and the token that says so.

use shared::json::Object;
use shared::limits::CONNECT_TIMEOUT_MS;
use shared::node::{Node, member};
use shared::problem::Code;
use shared::{id::UserId, route};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use crate::browser::{self, Timer};
use crate::node::JsNode;
use crate::text::Obstacle;

/// What the relay said.
#[derive(Clone, Debug)]
pub struct Session {
    /// The token for the socket.
    pub token: String,
    /// The visitor.
    pub user_id: UserId,
    /// The shop's name.
    pub name: String,
    /// Whether the merchant vouches for the visitor: then the token is worth nothing without their word, and is not kept.
    pub verified: bool,
    /// All that the relay said, for scripts.
    pub answer: JsNode,
}

/// Why there is no session.
#[derive(Clone, Debug)]
pub enum Refused {
    /// Nobody answered, or not now.
    Later,
    /// The same question gets the same answer.
    Never {
        /// What the visitor is shown.
        obstacle: Obstacle,
        /// What a developer reads.
        detail: String,
    },
}

/// Asks for a session: the one of whom the merchant vouches for, or of an earlier token if it is still good for that, or a
/// new one.
///
/// # Errors
/// See [`Refused`].
pub async fn ask(relay: &str, key: &str, token: Option<&str>, identity: Option<&str>) -> Result<Session, Refused> {
    let body = Object::new().string("key", key).optional_string("token", token);
    let body = body.optional_string("identity", identity).finish();
    let url = [relay, route::WIDGET_SESSIONS].concat();
    let (status, text) = post(&url, &body).await.ok_or(Refused::Later)?;
    let node = JsNode::parse(&text);
    if (200..300).contains(&status) {
        // A page of somebody else's in between (a hotel's login) is no answer of the relay.
        return node.as_ref().and_then(Session::read).ok_or(Refused::Later);
    }
    let code = node.as_ref().and_then(|node| node.get("code")?.string()).and_then(|word| Code::parse(&word));
    let temporary = code.map_or(status >= 500 || status == 429, Code::is_temporary);
    if temporary {
        return Err(Refused::Later);
    }
    let detail = node.and_then(|node| node.get("detail")?.string());
    Err(Refused::Never {
        obstacle: match code {
            Some(Code::UnknownKey) => Obstacle::UnknownKey,
            Some(Code::OriginNotAllowed) => Obstacle::OriginNotAllowed,
            Some(Code::NotFound) => Obstacle::Gone,
            _ => Obstacle::Broken,
        },
        detail: detail.unwrap_or_else(|| ["POST ", &url, " answers ", &status.to_string()].concat()),
    })
}

impl Session {
    /// Reads it as the relay sends it, and as it is kept.
    pub(crate) fn read(node: &JsNode) -> Option<Self> {
        Some(Self {
            token: member(node, "token")?,
            user_id: member(node, "user_id")?,
            name: member(node, "name")?,
            verified: member::<Option<bool>, _>(node, "verified")?.unwrap_or_default(),
            answer: node.clone(),
        })
    }
}

/// Status and body. As plain text, which the relay reads all the same: a browser asks for no leave first (CORS) then, and
/// that is a whole round trip on a slow line.
async fn post(url: &str, body: &str) -> Option<(u16, String)> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let controller = AbortController::new().ok()?;
    init.set_signal(Some(&controller.signal()));
    let _limit = Timer::after(CONNECT_TIMEOUT_MS as i32, move || controller.abort());
    let response = JsFuture::from(browser::window()?.fetch_with_str_and_init(url, &init)).await.ok()?;
    let response: Response = response.unchecked_into();
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response.status(), text))
}
