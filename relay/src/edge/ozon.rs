//! Ozon's own methods with our token instead of the merchant's key: below `/v1/ozon`, and, since the vendor's clients drop
//! what stands before a path, without it for whoever sends the vendor's `Api-Key`.

use js_sys::Uint8Array;
use relay_core::hub::Forwarded;
use relay_core::upstream::ozon::catalogue;
use shared::limits::FORWARD_BODY_BYTES_MAX;
use shared::problem::{Code, Problem};
use shared::route::MESSAGE_ID_HEADER;
use worker::{Env, Method, Request, RequestInit, Response, Result};

use super::Outcome;
use super::asked::{bearer, header, live_claims};
use super::organization::object;
use crate::call::{CLAIMS_HEADER, CLIENT_ID_HEADER, MESSAGE_KEY_HEADER, VENDOR_PATH_HEADER, encode_claims};
use crate::http;
use crate::object::FORWARD_PATH;

/// Whether a request without our prefix is a call of one of the vendor's clients: none of our own carries its headers.
pub(super) fn is_of_a_vendors_client(request: &Request) -> bool {
    header(request, "Api-Key").is_some() && header(request, "Client-Id").is_some()
}

/// Passes a call on. Whatever is wrong with it is told in the vendor's form, which is what its clients read.
pub(super) async fn forward(request: Request, env: &Env, path: &str) -> Result<Response> {
    match attempt(request, env, path).await {
        Ok(response) => Ok(response),
        Err(problem) => refuse(&problem),
    }
}

pub(super) fn refuse(problem: &Problem) -> Result<Response> {
    http::forwarded(&Forwarded::refusal(problem))
}

async fn attempt(mut request: Request, env: &Env, path: &str) -> Outcome<Response> {
    // The vendor's clients have one place for a secret.
    let token = header(&request, "Api-Key").map_or_else(|| bearer(&request), Ok)?;
    let claims = live_claims(env, token.trim())?;
    if request.method() != Method::Post {
        return Err(Problem::new(Code::MethodNotAllowed, "Ozon's methods are called by POST"));
    }
    if catalogue::find(path).is_none() {
        let detail = "this method of Ozon's is not passed on; PROTOCOL.md lists those that are";
        return Err(Problem::new(Code::NotFound, detail));
    }
    let object = object(env, &claims.org)?;
    let body = http::body_bytes(&mut request, FORWARD_BODY_BYTES_MAX).await?;
    let failed = |_| Problem::new(Code::Internal, "the organization did not answer; ask again");
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(Uint8Array::from(body.as_slice()).into()));
    let inner =
        Request::new_with_init(&format!("https://organization.invalid{FORWARD_PATH}"), &init).map_err(failed)?;
    let claims = encode_claims(&claims).unwrap_or_default();
    let named = [
        (CLAIMS_HEADER, Some(claims)),
        (VENDOR_PATH_HEADER, Some(path.to_owned())),
        (CLIENT_ID_HEADER, header(&request, "Client-Id")),
        (MESSAGE_KEY_HEADER, header(&request, MESSAGE_ID_HEADER)),
    ];
    let headers = inner.headers();
    for (name, value) in named {
        if let Some(value) = value {
            headers.set(name, &value).map_err(failed)?;
        }
    }
    object.fetch_with_request(inner).await.map_err(failed)
}
