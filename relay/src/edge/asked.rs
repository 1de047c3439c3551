//! What a request says: its token, its headers, its query, its body.

use relay_core::auth::token;
use serde::de::DeserializeOwned;
use shared::limits::BODY_BYTES_MAX;
use shared::problem::{Code, Problem};
use shared::route::{SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX};
use shared::token::Claims;
use worker::{Env, Request};

use super::Outcome;
use crate::{clock, config, http, limits};

/// What a token says that is ours and has not expired.
pub(super) fn live_claims(env: &Env, token: &str) -> Outcome<Claims> {
    let claims = token::verify_live(&config::signing_keys(env)?, token, clock::now())?;
    limits::holder(env, &claims)?;
    Ok(claims)
}

/// The token of a request: from `Authorization`, or, since a browser cannot set that on a socket, from its subprotocols.
pub(super) fn bearer(request: &Request) -> Outcome<String> {
    let authorization = header(request, "Authorization");
    let bearer =
        authorization.as_deref().and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
    let protocols = header(request, "Sec-WebSocket-Protocol").unwrap_or_default();
    let offered = protocols.split(',').find_map(|offer| offer.trim().strip_prefix(TOKEN_SUBPROTOCOL_PREFIX));
    bearer.or_else(|| offered.map(Into::into)).ok_or_else(|| {
        let detail = format!("a token is missing: send `Authorization: Bearer <token>`, or offer the subprotocols {SUBPROTOCOL} and {TOKEN_SUBPROTOCOL_PREFIX}<token>");
        Problem::new(Code::Unauthorized, detail)
    })
}

/// A header's value.
pub(super) fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).ok().flatten()
}

/// The body as JSON.
pub(super) async fn read<T: DeserializeOwned>(request: &mut Request) -> Outcome<T> {
    read_up_to(request, BODY_BYTES_MAX).await
}

/// The body as JSON, where it may have another length.
pub(super) async fn read_up_to<T: DeserializeOwned>(request: &mut Request, bytes_max: usize) -> Outcome<T> {
    let body = http::body(request, bytes_max).await?;
    serde_json::from_str(&body)
        .map_err(|error| Problem::new(Code::Malformed, format!("the body is not as expected: {error}")))
}

/// A word in the query.
pub(super) fn word(request: &Request, name: &str) -> Outcome<Option<String>> {
    let url = request.url().map_err(|_| Problem::new(Code::Malformed, "the address cannot be read"))?;
    Ok(url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}

/// A whole number in the query.
pub(super) fn number(request: &Request, name: &str) -> Outcome<Option<i64>> {
    word(request, name)?
        .map(|value| value.parse().map_err(|_| Problem::new(Code::Invalid, format!("{name} is a whole number"))))
        .transpose()
}
