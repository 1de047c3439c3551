//! Ozon's own methods with our token instead of the merchant's key: below `/v1/ozon`, and, since the vendor's clients drop
//! what stands before a path, without it: on hosts of its own, and for whoever sends the vendor's headers.

use js_sys::Uint8Array;
use relay_core::files;
use relay_core::hub::Forwarded;
use relay_core::upstream::ozon::chat_send_file::{self, Asked};
use relay_core::upstream::ozon::{catalogue, files as chat_files, host};
use serde_json::Value;
use shared::limits::{FORWARD_BODY_BYTES_MAX, FORWARD_FILE_BODY_BYTES_MAX};
use shared::problem::{Code, Problem};
use shared::route::{MESSAGE_ID_HEADER, Route};
use shared::token::Claims;
use worker::{Env, Method, Request, RequestInit, Response, Result};

use super::Outcome;
use super::asked::{bearer, header, live_claims};
use super::organization::object;
use super::upload::{keep, receive};
use crate::call::{
    CLAIMS_HEADER, CLIENT_ID_HEADER, Call, FORWARDED_FILE_HEADER, MESSAGE_KEY_HEADER, VENDOR_PATH_HEADER, encode_claims,
};
use crate::object::FORWARD_PATH;
use crate::{config, http, place};

/// What is said of a body that is larger than any file of ours could make it.
const TOO_LARGE: &str = "a file has at most 10 MB";

/// Whether a request without our prefix is a call of one of the vendor's clients: it is made to a host that is for them, or
/// to a path that we do not have, with headers that none of our own clients sends.
pub(super) fn is_of_a_vendors_client(request: &Request, env: &Env, route: Option<&Route>) -> bool {
    match route {
        Some(Route::Ozon(_) | Route::OzonFile(_)) => false,
        None if header(request, "Api-Key").is_some() && header(request, "Client-Id").is_some() => true,
        _ => request
            .url()
            .is_ok_and(|url| host::is_named(&config::ozon_host(env), url.host_str().unwrap_or_default(), url.port())),
    }
}

/// Passes a call on. Whatever is wrong with it is told in the vendor's form, which is what its clients read.
pub(super) async fn forward(request: Request, env: &Env, path: &str) -> Result<Response> {
    match attempt(request, env, path).await {
        Ok(response) => Ok(response),
        Err(problem) => refuse(&problem),
    }
}

pub(super) fn refuse(problem: &Problem) -> Result<Response> {
    http::forwarded(Forwarded::refusal(problem))
}

/// Whether a path is one that is passed on, called as Ozon has it called.
fn check(method: &Method, path: &str) -> Outcome<()> {
    match method {
        Method::Get if chat_files::path_of(path).is_some() => Ok(()),
        Method::Get if path.starts_with(catalogue::FILE.path) => {
            Err(Problem::new(Code::NotFound, "there is no file of Ozon's at this path"))
        }
        Method::Post if catalogue::find(path).is_some() => Ok(()),
        Method::Post if chat_files::path_of(path).is_none() => {
            let detail = "this method of Ozon's is not passed on; PROTOCOL.md lists those that are";
            Err(Problem::new(Code::NotFound, detail))
        }
        _ => Err(Problem::new(Code::MethodNotAllowed, "Ozon's methods are called by POST, its files by GET")),
    }
}

async fn attempt(mut request: Request, env: &Env, path: &str) -> Outcome<Response> {
    // The vendor's clients have one place for a secret.
    let missing = |_| Problem::new(Code::Unauthorized, "a token of the relay's is missing: send one as `Api-Key`");
    let token = header(&request, "Api-Key").map_or_else(|| bearer(&request).map_err(missing), Ok)?;
    let claims = live_claims(env, token.trim())?;
    check(&request.method(), path)?;
    let (client_id, key) = (header(&request, "Client-Id"), header(&request, MESSAGE_ID_HEADER));
    let (file_id, body) = if path == chat_send_file::PATH {
        let (file_id, chat_id) = take_file(&mut request, env, &claims, client_id.clone()).await?;
        (Some(file_id), chat_id.into_bytes())
    } else {
        (None, http::body_bytes(&mut request, FORWARD_BODY_BYTES_MAX).await?)
    };
    let object = object(env, &claims.org)?;
    let failed = |_| Problem::new(Code::Internal, "the organization did not answer; ask again");
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(Uint8Array::from(body.as_slice()).into()));
    let inner =
        Request::new_with_init(&format!("https://organization.invalid{FORWARD_PATH}"), &init).map_err(failed)?;
    let claims = encode_claims(&claims).unwrap_or_default();
    let named = [
        (CLAIMS_HEADER, Some(claims)),
        (VENDOR_PATH_HEADER, Some(path.to_owned())),
        (CLIENT_ID_HEADER, client_id),
        (MESSAGE_KEY_HEADER, key),
        (FORWARDED_FILE_HEADER, file_id),
    ];
    let headers = inner.headers();
    for (name, value) in named {
        if let Some(value) = value {
            headers.set(name, &value).map_err(failed)?;
        }
    }
    object.fetch_with_request(inner).await.map_err(failed)
}

/// Takes a file out of a call that sends one, and has it kept as an upload is: the message that carries it is sent from there,
/// again if it has to be. Says which file it is, and for which chat.
async fn take_file(
    request: &mut Request,
    env: &Env,
    claims: &Claims,
    client_id: Option<String>,
) -> Outcome<(String, String)> {
    let mut body = receive(request, FORWARD_FILE_BODY_BYTES_MAX, TOO_LARGE).await?;
    // It is here twice for a moment: as it came, and decoded.
    body.reserve(body.bytes.len())?;
    let Asked { chat_id, name, content } = chat_send_file::parse(&body.bytes)?;
    body.bytes = Vec::new();
    body.needs_only(content.len());
    let judged = files::judge(&name, "", &content)?;
    let (size, digest) = (i64::try_from(content.len()).unwrap_or(i64::MAX), files::digest(&content));
    let (at, organization) = (place::of(env), claims.org.clone());
    let (claims, named) = (claims.clone(), chat_id.clone());
    let begin = Call::BeginForward { claims, client_id, chat_id: named, judged, size, digest, place: at };
    let kept = keep(env, &organization, begin, at, content).await?;
    let file_id = kept.get("file_id").and_then(Value::as_str);
    let file_id = file_id.ok_or_else(|| Problem::new(Code::Internal, "the file that was kept has no id"))?;
    Ok((file_id.to_owned(), chat_id))
}
