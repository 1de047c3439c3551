//! `GET /v1/widget/socket`, `GET /v1/events`: the token is checked here, all else by the organization. A WebSocket, or,
//! where none opens, server-sent events, whose client's frames come by `POST` on the same path.

use shared::limits::{BODY_BYTES_MAX, PROTOCOL_VERSION};
use shared::problem::{Code, Problem};
use shared::route::{SUBPROTOCOL, SUBPROTOCOL_FAMILY};
use shared::token::{Claims, Role};
use worker::{Env, Headers, Method, Request, RequestInit, Response, Result};

use super::Outcome;
use super::asked::{bearer, header, live_claims, word};
use super::organization::object;
use crate::call::{ADDRESS_HEADER, CLAIMS_HEADER, encode_claims};
use crate::http;
use crate::object::{FRAMES_PATH, STREAM_PATH};

/// The subprotocol of ours, if it is offered.
pub(super) fn subprotocol(request: &Request) -> Option<&'static str> {
    let offered = header(request, "Sec-WebSocket-Protocol")?;
    offered.split(',').any(|offer| offer.trim() == SUBPROTOCOL).then_some(SUBPROTOCOL)
}

/// Opens a socket for holders of these roles. What the token does not allow is told over the socket, and closes it.
pub(super) async fn open(request: Request, env: &Env, roles: &[Role]) -> Result<Response> {
    let subprotocol = subprotocol(&request);
    let claims = bearer(&request).and_then(|token| live_claims(env, &token)).and_then(|claims| {
        if roles.contains(&claims.role) {
            Ok(claims)
        } else {
            Err(Problem::new(
                Code::Forbidden,
                format!("a token of role {} does not open this path", claims.role.as_str()),
            ))
        }
    });
    if !http::is_upgrade(&request) {
        return match claims.and_then(|claims| Ok((without_socket(&request)?, claims))) {
            Ok((path, claims)) => forward(request, env, &claims, path, None).await,
            Err(refused) => http::problem(&refused),
        };
    }
    // A client that speaks versions of the protocol, and none that is spoken here.
    let offered = header(&request, "Sec-WebSocket-Protocol").unwrap_or_default();
    if subprotocol.is_none() && offered.split(',').any(|offer| offer.trim().starts_with(SUBPROTOCOL_FAMILY)) {
        let refused = Problem::new(Code::UnsupportedVersion, ["this relay speaks ", SUBPROTOCOL].concat());
        return http::refuse_socket(&refused, None);
    }
    match claims.and_then(|claims| object(env, &claims.org).map(|_| claims)) {
        Ok(claims) => forward(request, env, &claims, "/socket", subprotocol).await,
        Err(refused) => http::refuse_socket(&refused, subprotocol),
    }
}

/// What is wanted where no socket is.
fn without_socket(request: &Request) -> Outcome<&'static str> {
    let version = word(request, "protocol")?;
    if version.is_some_and(|version| version != PROTOCOL_VERSION.to_string()) {
        return Err(Problem::new(Code::UnsupportedVersion, format!("this relay speaks version {PROTOCOL_VERSION}")));
    }
    if request.method() == Method::Post {
        Ok(FRAMES_PATH)
    } else if http::wants_events(request) {
        Ok(STREAM_PATH)
    } else {
        Err(Problem::new(Code::Invalid, "this path speaks WebSocket: send an Upgrade, or accept text/event-stream"))
    }
}

/// Hands a request to the organization, with what the token says instead of the token.
async fn forward(
    mut request: Request,
    env: &Env,
    claims: &Claims,
    path: &str,
    subprotocol: Option<&str>,
) -> Result<Response> {
    let object = match object(env, &claims.org) {
        Ok(object) => object,
        Err(refused) => return http::problem(&refused),
    };
    let headers = Headers::new();
    headers.set(CLAIMS_HEADER, &encode_claims(claims).unwrap_or_default())?;
    if let Some(address) = crate::address::of(&request, env) {
        headers.set(ADDRESS_HEADER, &address.to_string())?;
    }
    if http::is_upgrade(&request) {
        headers.set("Upgrade", "websocket")?;
    }
    if let Some(subprotocol) = subprotocol {
        headers.set("Sec-WebSocket-Protocol", subprotocol)?;
    }
    let mut address = request.url()?;
    // A browser sends no `Origin` with a GET to where its page came from, but says that it is one.
    let is_same = header(&request, "Sec-Fetch-Site").is_some_and(|site| site == "same-origin");
    let same = is_same.then(|| address.origin().ascii_serialization());
    if let Some(origin) = header(&request, "Origin").or(same) {
        headers.set("Origin", &origin)?;
    }
    address.set_path(path);
    let mut init = RequestInit::new();
    init.with_headers(headers);
    if request.method() == Method::Post {
        let body = match http::body(&mut request, BODY_BYTES_MAX).await {
            Ok(body) => body,
            Err(refused) => return http::problem(&refused),
        };
        init.with_method(Method::Post).with_body(Some(body.into()));
    }
    object.fetch_with_request(Request::new_with_init(address.as_str(), &init)?).await
}
