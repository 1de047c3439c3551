//! The object's part in files: keeps chunks in its SQLite, gives them out again, and has files removed from the bucket.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use relay_core::files::place::{self as chunks, Place};
use relay_core::hub::{Input, Opened, Request as Asked};
use relay_core::upstream::Answered;
use relay_core::upstream::ozon::chat_send_file::Envelope;
use shared::limits::{FILE_BYTES_MAX, FILE_CHUNK_BYTES, FILE_READ_MS_MAX, UPSTREAM_TIMEOUT_MS};
use shared::problem::{Code, Problem};
use worker::{Delay, Error, Request, Response, Result};

use super::Organization;
use super::shell::Shell;
use crate::place::{self, BYTES_PATH, CHUNK_PATH};
use crate::{clock, fetch, http, log};

impl Organization {
    /// Answers, if the request is about the bytes of a file.
    pub(super) async fn handle_bytes(&self, request: &mut Request) -> Option<Result<Response>> {
        let path = request.path();
        let url = request.url().ok()?;
        let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let number = |name: &str| query(name).and_then(|value| value.parse::<i64>().ok());
        let file_id = query("file_id").unwrap_or_default();
        match path.as_str() {
            CHUNK_PATH => {
                let number = number("number").unwrap_or(-1);
                Some(self.keep_chunk(request, file_id, number).await)
            }
            BYTES_PATH => {
                let (offset, length) = number("offset").zip(number("length"))?;
                let shell = Rc::clone(&self.shell);
                let body = place::stream(offset, length, move |piece| {
                    chunks::read(shell.sql(), &file_id, piece).map_err(|error| Error::RustError(error.to_string()))
                });
                Some(body.and_then(Response::from_body))
            }
            _ => None,
        }
    }

    async fn keep_chunk(&self, request: &mut Request, file_id: String, number: i64) -> Result<Response> {
        let mut bytes = Vec::with_capacity(FILE_CHUNK_BYTES);
        let mut stream = request.stream()?;
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part?);
            if bytes.len() > FILE_CHUNK_BYTES {
                return http::problem(&Problem::new(Code::TooLarge, "a chunk is larger than chunks are"));
            }
        }
        let request = Asked::KeepChunk { file_id, number, bytes };
        let mut turn = self.shell.run(Input::Request { request }).await;
        http::answer(200, http::answer_of(&mut turn))
    }
}

impl Shell {
    /// Makes a call with the bytes of a file in it, all within the time of one call. None if there are no such bytes: nothing
    /// has left then.
    pub(super) async fn call_with_file(&self, envelope: Envelope, file: &Opened) -> Option<Answered> {
        let begun = clock::now();
        let reading = self.read_whole(file);
        let patience = Delay::from(Duration::from_millis(FILE_READ_MS_MAX.unsigned_abs()));
        let read = match select(pin!(reading), patience).await {
            Either::Left((read, _)) => read,
            Either::Right(_) => Err(Error::RustError("timeout".into())),
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => {
                let trouble = relay_core::log::trouble(&error.to_string());
                log::write(log::error("file_not_read").word("trouble", trouble));
                return None;
            }
        };
        let request = envelope.with(&bytes).ok()?;
        // The request has them in its own way.
        drop(bytes);
        let left_ms = UPSTREAM_TIMEOUT_MS.saturating_sub(clock::now().since_ms(begun).max(0));
        Some(fetch::perform(request, None, left_ms).await)
    }

    async fn read_whole(&self, file: &Opened) -> Result<Vec<u8>> {
        let bytes = match file.place {
            Place::Bucket => place::from_bucket(self.env(), &file.key).await?,
            Place::Sqlite => {
                let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or_default().min(FILE_BYTES_MAX));
                for piece in chunks::pieces(0, file.size) {
                    let piece = chunks::read(self.sql(), &file.file_id, piece);
                    bytes.extend_from_slice(&piece.map_err(|error| Error::RustError(error.to_string()))?);
                }
                bytes
            }
        };
        if i64::try_from(bytes.len()) == Ok(file.size) {
            Ok(bytes)
        } else {
            Err(Error::RustError("the file is not as long as it should be".into()))
        }
    }

    /// Removes files from the bucket, beside everything else. What fails is asked for again by the hub's alarm.
    pub(super) fn remove_files(self: &Rc<Self>, keys: Vec<String>) {
        let shell = Rc::clone(self);
        self.wait_until(async move {
            match place::remove(shell.env(), &keys).await {
                Ok(()) => {
                    Box::pin(shell.run(Input::FilesRemoved { keys })).await;
                }
                Err(error) => log::write(
                    log::error("files_not_removed").word("trouble", relay_core::log::trouble(&error.to_string())),
                ),
            }
        });
    }
}
