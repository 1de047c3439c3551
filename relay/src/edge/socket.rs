//! `GET /v1/widget/socket`, `GET /v1/events`: the token is checked here, all else by the organization.

use shared::problem::{Code, Problem};
use shared::route::SUBPROTOCOL;
use shared::token::Role;
use worker::{Env, Headers, Request, RequestInit, Response, Result};

use super::asked::{bearer, header, live_claims};
use super::organization::object;
use crate::call::{CLAIMS_HEADER, encode_claims};
use crate::http;

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
        let refused =
            claims.err().unwrap_or_else(|| Problem::new(Code::Invalid, "this path speaks WebSocket: send an Upgrade"));
        return http::problem(&refused);
    }
    match claims.and_then(|claims| Ok((object(env, &claims.org)?, claims))) {
        Ok((object, claims)) => {
            let headers = Headers::new();
            headers.set("Upgrade", "websocket")?;
            headers.set(CLAIMS_HEADER, &encode_claims(&claims).unwrap_or_default())?;
            if let Some(subprotocol) = subprotocol {
                headers.set("Sec-WebSocket-Protocol", subprotocol)?;
            }
            if let Some(origin) = request.headers().get("Origin")? {
                headers.set("Origin", &origin)?;
            }
            let mut address = request.url()?;
            address.set_path("/socket");
            let mut init = RequestInit::new();
            init.with_headers(headers);
            object.fetch_with_request(Request::new_with_init(address.as_str(), &init)?).await
        }
        Err(refused) => http::refuse_socket(&refused, subprotocol),
    }
}
