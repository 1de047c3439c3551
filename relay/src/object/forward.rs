//! An integrator's call to Ozon, as it passes the object: the hub decides, the answer comes in this turn or a later one.

use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use relay_core::hub::{Forward, Forwarded, ForwardedFile, Input, Request as Asked};
use shared::limits::{FORWARD_BODY_BYTES_MAX, FORWARD_PATIENCE_MS, UPSTREAM_TIMEOUT_MS};
use shared::problem::{Code, Problem};
use worker::{Delay, Request, Response, Result};

use super::shell::Shell;
use crate::call::{
    CLAIMS_HEADER, CLIENT_ID_HEADER, FORWARDED_FILE_HEADER, MESSAGE_KEY_HEADER, VENDOR_PATH_HEADER, decode_claims,
};
use crate::{clock, http};

/// Longer than the hub lets anybody wait: its answer is lost if there is none by then.
const LOST_AFTER: Duration = Duration::from_millis((FORWARD_PATIENCE_MS + UPSTREAM_TIMEOUT_MS).unsigned_abs());

pub async fn answer(shell: &Rc<Shell>, request: &mut Request) -> Result<Response> {
    let answered = match read(request).await {
        Ok(forward) => run(shell, forward).await,
        Err(problem) => Err(problem),
    };
    http::forwarded(answered.unwrap_or_else(|problem| Forwarded::refusal(&problem)))
}

async fn read(request: &mut Request) -> std::result::Result<Forward, Problem> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let claims = header(CLAIMS_HEADER).as_deref().and_then(decode_claims);
    let claims = claims.ok_or_else(|| Problem::new(Code::Unauthorized, "the token is missing"))?;
    let (path, client_id, key) =
        (header(VENDOR_PATH_HEADER).unwrap_or_default(), header(CLIENT_ID_HEADER), header(MESSAGE_KEY_HEADER));
    let file_id = header(FORWARDED_FILE_HEADER);
    let body = http::body_bytes(request, FORWARD_BODY_BYTES_MAX).await?;
    let (file, body) = match file_id {
        Some(file_id) => {
            let chat_id = String::from_utf8(body).map_err(|_| Problem::new(Code::Internal, "a chat's id is a text"))?;
            (Some(ForwardedFile { chat_id, file_id }), Vec::new())
        }
        None => (None, body),
    };
    Ok(Forward { claims, ticket: clock::connection_id()?, path, body, file, client_id, key })
}

async fn run(shell: &Rc<Shell>, forward: Forward) -> std::result::Result<Forwarded, Problem> {
    let ticket = forward.ticket;
    let (tell, told) = oneshot::channel();
    shell.expect_reply(ticket, tell);
    let turn = shell.run(Input::Request { request: Asked::Forward { forward } }).await;
    if let Some(Err(problem)) = turn.answer {
        shell.forget_reply(ticket);
        return Err(problem);
    }
    match select(told, Delay::from(LOST_AFTER)).await {
        Either::Left((Ok(answer), _)) => Ok(answer),
        _ => {
            shell.forget_reply(ticket);
            Err(Problem::new(Code::StorageFailed, "the relay began anew meanwhile; ask again: nothing is sent twice"))
        }
    }
}
