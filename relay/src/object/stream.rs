//! Where no WebSocket opens: the frames to a client as server-sent events, those from it by POST. The same session, the
//! same hub, the same budget; a stream's end is told by an event `close` with the code.

use std::rc::Rc;
use std::time::Duration;

use relay_core::hub::{ConnId, Input};
use shared::limits::{BODY_BYTES_MAX, STREAM_KNOCK_MS, STREAM_SILENT_MS};
use shared::problem::{Code, Problem};
use shared::token::Claims;
use worker::{Delay, Request, Response, Result};

use super::asked;
use super::line::{Body, EventStream};
use super::shell::Shell;
use crate::call::{ADDRESS_HEADER, CLAIMS_HEADER, decode_claims};
use crate::{clock, http};

/// Opens a stream.
pub async fn open(shell: &Rc<Shell>, request: &Request) -> Result<Response> {
    let opened = claims(request).and_then(|claims| Ok((claims, clock::connection_id()?)));
    let (claims, conn) = match opened {
        Ok(opened) => opened,
        Err(refused) => return http::problem(&refused),
    };
    let (position, budget) = asked(request)?;
    let origin = request.headers().get("Origin")?;
    let address = request.headers().get(ADDRESS_HEADER)?;
    let stream = EventStream::open(conn);
    shell.accept_stream(conn, Rc::clone(&stream));
    shell.run(Input::Connect { conn, claims, origin, position, budget, address }).await;
    let tending = Rc::clone(shell);
    let tended = Rc::clone(&stream);
    wasm_bindgen_futures::spawn_local(async move { tend(&tending, conn, &tended, budget.is_some()).await });
    let leaving = Rc::downgrade(shell);
    let gone = Box::new(move || {
        if let Some(shell) = leaving.upgrade() {
            wasm_bindgen_futures::spawn_local(async move { leave(&shell, conn).await });
        }
    });
    http::event_stream(Response::from_stream(Body { stream, gone: Some(gone) })?)
}

/// Takes the frames of a stream's client, one a line.
pub async fn take_frames(shell: &Rc<Shell>, request: &mut Request) -> Result<Response> {
    match frames(shell, request).await {
        Ok(()) => http::nothing(),
        Err(refused) => http::problem(&refused),
    }
}

async fn frames(shell: &Rc<Shell>, request: &mut Request) -> std::result::Result<(), Problem> {
    let claims = claims(request)?;
    let unknown = || Problem::new(Code::NotFound, "there is no such line; open another one");
    let url = request.url().map_err(|_| unknown())?;
    let conn = url.query_pairs().find(|(key, _)| key == "line").and_then(|(_, value)| value.parse::<ConnId>().ok());
    let body = http::body(request, BODY_BYTES_MAX).await?;
    let conn = conn.ok_or_else(unknown)?;
    let (stream, session) = shell.stream(conn).ok_or_else(unknown)?;
    // The id alone opens nothing: the holder of the token does.
    if (&session.claims.org, session.claims.role, session.claims.sub, &session.claims.name)
        != (&claims.org, claims.role, claims.sub, &claims.name)
    {
        return Err(unknown());
    }
    for text in body.split('\n').filter(|text| !text.is_empty()) {
        if !stream.heard(text) {
            shell.run(Input::Frame { conn, text: text.to_owned() }).await;
        }
    }
    Ok(())
}

/// Knocks now and then, and lets a client of ours go that has not been heard: nobody else would notice, and the stream
/// keeps the object awake.
async fn tend(shell: &Rc<Shell>, conn: ConnId, stream: &EventStream, takes_part: bool) {
    while !stream.is_ended() {
        Delay::from(Duration::from_millis(STREAM_KNOCK_MS)).await;
        let silent_ms = stream.heard_at().map_or(0, |at| clock::now().since_ms(at));
        if takes_part && silent_ms > STREAM_SILENT_MS {
            stream.end();
        } else {
            stream.knock();
        }
    }
    leave(shell, conn).await;
}

async fn leave(shell: &Rc<Shell>, conn: ConnId) {
    if shell.stream(conn).is_some() {
        shell.forget(conn);
        shell.run(Input::Closed { conn }).await;
    }
}

fn claims(request: &Request) -> std::result::Result<Claims, Problem> {
    let header = request.headers().get(CLAIMS_HEADER).ok().flatten();
    header.as_deref().and_then(decode_claims).ok_or_else(|| Problem::new(Code::Unauthorized, "the token is missing"))
}
