//! `POST /v1/widget/files`, `POST /v1/files?user_id`: takes a file in, looks at its bytes, and has it kept.
//!
//! The edge holds the whole file until it is judged: nothing of what is refused is ever stored, and an object does not wait
//! for a slow phone.

use std::cell::Cell;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use relay_core::files::place::Place;
use relay_core::files::{self, name};
use serde::Deserialize;
use serde_json::Value;
use shared::limits::{FILE_BYTES_MAX, UPLOAD_SILENCE_MS_MAX, UPLOADS_BYTES_MAX};
use shared::problem::{Code, Problem};
use shared::route::FILE_NAME_HEADER;
use worker::{Delay, Env, Request, Response, Result};

use super::Outcome;
use super::asked::{bearer, header, live_claims, number};
use super::organization::{ask_for, object};
use crate::call::Call;
use crate::{http, log, place};

/// How much of a body that is too large is read and dropped before its sender hears so: a photo of today's phones.
const DRAINED_BYTES_MAX: usize = 3 * FILE_BYTES_MAX;

thread_local! {
    /// Bytes of uploads that this instance holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// A file that is arriving, and its share of what may be held.
pub(super) struct Arriving {
    pub(super) bytes: Vec<u8>,
    reserved: usize,
}

impl Arriving {
    fn new() -> Self {
        Self { bytes: Vec::new(), reserved: 0 }
    }

    /// Takes a larger share.
    pub(super) fn reserve(&mut self, more: usize) -> Outcome<()> {
        let held = HELD.get().saturating_add(more);
        if held > UPLOADS_BYTES_MAX {
            return Err(Problem::new(Code::RateLimited, "too many files are being uploaded at the moment; try again"));
        }
        HELD.set(held);
        self.reserved = self.reserved.saturating_add(more);
        Ok(())
    }

    /// Gives back what is over so many bytes.
    pub(super) fn needs_only(&mut self, bytes: usize) {
        let over = self.reserved.saturating_sub(bytes);
        HELD.set(HELD.get().saturating_sub(over));
        self.reserved = self.reserved.saturating_sub(over);
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.reserved));
    }
}

#[derive(Deserialize)]
struct Begun {
    key: String,
    file_id: String,
}

pub(super) async fn take(mut request: Request, env: &Env, is_visitor: bool) -> Result<Response> {
    http::answer(201, upload(&mut request, env, is_visitor).await)
}

async fn upload(request: &mut Request, env: &Env, is_visitor: bool) -> Outcome<Value> {
    let claims = live_claims(env, &bearer(request)?)?;
    if claims.role.is_staff() == is_visitor {
        let detail = format!("a token of role {} does not open this path", claims.role.as_str());
        return Err(Problem::new(Code::Forbidden, detail));
    }
    let user_id = if is_visitor { None } else { number(request, "user_id")? };
    let name = header(request, FILE_NAME_HEADER).ok_or_else(|| {
        Problem::new(
            Code::Invalid,
            format!("the header {FILE_NAME_HEADER} is missing: the file's name, percent-encoded"),
        )
    })?;
    let name = name::from_header(&name)?;
    let declared = header(request, "Content-Type").unwrap_or_default();
    let too_large = format!("a file has at most {FILE_BYTES_MAX} bytes");
    let mut file = receive(request, FILE_BYTES_MAX, &too_large).await?;
    let judged = files::judge(&name, &declared, &file.bytes)?;
    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    let organization = claims.org.clone();
    let at = place::of(env);
    let origin = header(request, "Origin");
    let begin = Call::BeginFile { claims, origin, user_id, judged, size, place: at };
    keep(env, &organization, begin, at, std::mem::take(&mut file.bytes)).await
}

/// Has a file kept that was judged: announced by `begin`, put to its place, and finished. Answers with its attachment.
pub(super) async fn keep(env: &Env, organization: &str, begin: Call, at: Place, bytes: Vec<u8>) -> Outcome<Value> {
    let object = object(env, organization)?;
    let begun: Begun = ask_for(env, organization, begin).await?;
    match place::keep(env, &object, at, &begun.key, &begun.file_id, bytes).await {
        Ok(()) => ask_for(env, organization, Call::FinishFile { file_id: begun.file_id }).await,
        Err(error) => {
            log::write(log::error("file_not_kept").word("trouble", relay_core::log::trouble(&error.to_string())));
            let abandon = Call::AbandonFile { file_id: begun.file_id };
            // If this is lost, too, the organization's alarm lets the file go.
            let _ = ask_for::<Value>(env, organization, abandon).await;
            Err(Problem::new(Code::StorageFailed, "the file could not be kept; try again"))
        }
    }
}

/// The whole body, if it is not too large and does not fall silent.
pub(super) async fn receive(request: &mut Request, bytes_max: usize, refusal: &str) -> Outcome<Arriving> {
    let too_large = || Problem::new(Code::TooLarge, refusal);
    let announced = header(request, "Content-Length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DRAINED_BYTES_MAX) {
        return Err(too_large());
    }
    let mut file = Arriving::new();
    let mut dropped: usize = 0;
    let Ok(mut stream) = request.stream() else { return Ok(file) };
    loop {
        let silence = Delay::from(Duration::from_millis(UPLOAD_SILENCE_MS_MAX.unsigned_abs()));
        let next = match select(stream.next(), silence).await {
            Either::Left((next, _)) => next,
            Either::Right(_) => return Err(Problem::new(Code::Malformed, "the upload fell silent")),
        };
        let Some(part) = next else { return if dropped == 0 { Ok(file) } else { Err(too_large()) } };
        let part = part.map_err(|_| Problem::new(Code::Malformed, "the body could not be read"))?;
        let length = file.bytes.len().saturating_add(part.len());
        if dropped > 0 || length > bytes_max {
            // Read to its end all the same, within reason: a sender that is cut off does not see why.
            dropped = dropped.saturating_add(part.len());
            if file.bytes.len().saturating_add(dropped) > DRAINED_BYTES_MAX {
                return Err(too_large());
            }
            continue;
        }
        file.reserve(part.len())?;
        if file.bytes.capacity() < length {
            // Room for all that was announced, but never more than twice what is here: an announcement costs nothing.
            let room = announced.unwrap_or(bytes_max).min(length.saturating_mul(2)).max(length);
            file.bytes.reserve_exact(room.saturating_sub(file.bytes.len()));
        }
        file.bytes.extend_from_slice(&part);
    }
}
