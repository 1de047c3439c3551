//! `GET /v1/files/{file_id}` with a token, `GET /v1/files/{organization}/{file_id}` with a signature: hands a file out.

use relay_core::files::link;
use relay_core::files::serving::{Wanted, serve};
use relay_core::hub::Opened;
use shared::problem::{Code, Problem};
use worker::{Env, Headers, Method, Request, Response, ResponseBody, Result};

use super::Outcome;
use super::asked::{bearer, header, live_claims, word};
use super::organization::{ask_for, object};
use crate::call::Call;
use crate::{clock, config, http, log, place};

/// For holders of a token: programs, mostly.
pub(super) async fn by_token(request: &Request, env: &Env, file_id: &str) -> Result<Response> {
    let claims = bearer(request).and_then(|token| live_claims(env, &token));
    match claims {
        Ok(claims) => {
            let organization = claims.org.clone();
            let open = Call::OpenFile { claims: Some(claims), file_id: file_id.into() };
            hand_out(request, env, &organization, open).await
        }
        Err(refused) => http::problem(&refused),
    }
}

/// For browsers: the link says it all.
pub(super) async fn by_link(request: &Request, env: &Env, organization: &str, file_id: &str) -> Result<Response> {
    match check(request, env, organization, file_id) {
        Ok(()) => {
            let open = Call::OpenFile { claims: None, file_id: file_id.into() };
            hand_out(request, env, organization, open).await
        }
        Err(refused) => http::problem(&refused),
    }
}

fn check(request: &Request, env: &Env, organization: &str, file_id: &str) -> Outcome<()> {
    let (expires, signature) = (word(request, "expires")?, word(request, "signature")?);
    let keys = config::signing_keys(env)?;
    link::verify(&keys, organization, file_id, expires.as_deref(), signature.as_deref(), clock::now())
}

async fn hand_out(request: &Request, env: &Env, organization: &str, open: Call) -> Result<Response> {
    let opened = match ask_for::<Opened>(env, organization, open).await {
        Ok(opened) => opened,
        Err(refused) => return http::problem(&refused),
    };
    let asked = |name: &str| header(request, name);
    let (range, if_range, if_none_match) = (asked("Range"), asked("If-Range"), asked("If-None-Match"));
    let wanted = Wanted {
        range: range.as_deref(),
        if_range: if_range.as_deref(),
        if_none_match: if_none_match.as_deref(),
        download: word(request, "download").ok().flatten().is_some(),
    };
    let serving = serve(&opened.file_id, &opened.name, &opened.media_type, opened.size, &wanted);
    let headers = Headers::new();
    for (name, value) in &serving.headers {
        headers.set(name, value)?;
    }
    let body = match serving.bytes.filter(|_| request.method() != Method::Head) {
        None => ResponseBody::Empty,
        Some(bytes) => {
            let object = match object(env, organization) {
                Ok(object) => object,
                Err(refused) => return http::problem(&refused),
            };
            match place::read(env, &object, opened.place, &opened.key, &opened.file_id, bytes).await {
                Ok(body) => body,
                Err(error) => {
                    log::write(
                        log::error("file_not_read").word("trouble", relay_core::log::trouble(&error.to_string())),
                    );
                    return http::problem(&Problem::new(Code::StorageFailed, "the file could not be read; try again"));
                }
            }
        }
    };
    Ok(Response::from_body(body)?.with_status(serving.status).with_headers(headers))
}
