//! The object's part in files: keeps chunks in its SQLite, gives them out again, and has files removed from the bucket.

use std::rc::Rc;

use futures_util::StreamExt;
use relay_core::files::place as chunks;
use relay_core::hub::{Input, Request as Asked};
use shared::limits::FILE_CHUNK_BYTES;
use shared::problem::{Code, Problem};
use worker::{Error, Request, Response, Result};

use super::Organization;
use super::shell::Shell;
use crate::http;
use crate::log;
use crate::place::{self, BYTES_PATH, CHUNK_PATH};

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
