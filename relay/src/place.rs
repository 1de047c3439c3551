//! The places for files behind one port: the bucket bound as `FILES`, or chunks in the organization's SQLite. Which one a
//! file goes to is decided here, once; where it is after that, the organization's books say.

use futures_util::stream::{self, StreamExt};
use js_sys::Uint8Array;
use relay_core::files::place::{self, Place};
use shared::limits::FILE_CHUNK_BYTES;
use worker::{Bucket, Env, Error, Method, Range, Request, RequestInit, ResponseBody, Result, Stub};

use crate::config;

/// Where an object answers to a chunk that is to be kept.
pub const CHUNK_PATH: &str = "/chunk";
/// Where an object gives bytes out of its chunks.
pub const BYTES_PATH: &str = "/bytes";

/// Keys that R2 removes in one call.
const KEYS_AT_ONCE: usize = 1000;

/// Where new files go.
pub fn of(env: &Env) -> Place {
    if bucket(env).is_ok() { Place::Bucket } else { Place::Sqlite }
}

/// Keeps all bytes of an announced file. The buffer is given up, so that no second copy of it stays.
pub async fn keep(env: &Env, object: &Stub, at: Place, key: &str, file_id: &str, bytes: Vec<u8>) -> Result<()> {
    match at {
        Place::Bucket => {
            bucket(env)?.put(key, bytes).execute().await?;
        }
        Place::Sqlite => {
            for (number, chunk) in bytes.chunks(FILE_CHUNK_BYTES).enumerate() {
                let mut init = RequestInit::new();
                init.with_method(Method::Post).with_body(Some(Uint8Array::from(chunk).into()));
                let address = format!("https://organization.invalid{CHUNK_PATH}?file_id={file_id}&number={number}");
                let mut kept = object.fetch_with_request(Request::new_with_init(&address, &init)?).await?;
                if kept.status_code() >= 400 {
                    return Err(Error::RustError(kept.text().await?));
                }
            }
        }
    }
    Ok(())
}

/// `length` bytes from `offset`, as they come.
pub async fn read(
    env: &Env,
    object: &Stub,
    at: Place,
    key: &str,
    file_id: &str,
    (offset, length): (i64, i64),
) -> Result<ResponseBody> {
    match at {
        Place::Bucket => {
            let range = Range::OffsetWithLength { offset: offset.unsigned_abs(), length: length.unsigned_abs() };
            let found = bucket(env)?.get(key).range(range).execute().await?;
            let body = found.as_ref().and_then(|found| found.body());
            body.ok_or_else(|| Error::RustError("the bucket has no such file".into()))?.response_body()
        }
        Place::Sqlite => {
            let address =
                format!("https://organization.invalid{BYTES_PATH}?file_id={file_id}&offset={offset}&length={length}");
            let response = object.fetch_with_request(Request::new(&address, Method::Get)?).await?;
            if response.status_code() >= 400 {
                return Err(Error::RustError("the organization has no such bytes".into()));
            }
            let (_, body) = response.into_parts();
            Ok(body)
        }
    }
}

/// All bytes of a file in the bucket.
pub async fn from_bucket(env: &Env, key: &str) -> Result<Vec<u8>> {
    let found = bucket(env)?.get(key).execute().await?;
    let body = found.as_ref().and_then(|found| found.body());
    body.ok_or_else(|| Error::RustError("the bucket has no such file".into()))?.bytes().await
}

/// Removes files from the bucket.
pub async fn remove(env: &Env, keys: &[String]) -> Result<()> {
    let bucket = bucket(env)?;
    for keys in keys.chunks(KEYS_AT_ONCE) {
        bucket.delete_multiple(keys.iter().map(String::as_str).collect()).await?;
    }
    Ok(())
}

/// A file's bytes out of SQLite, one chunk at a time.
pub fn stream(
    offset: i64,
    length: i64,
    read: impl FnMut(place::Piece) -> Result<Vec<u8>> + 'static,
) -> Result<ResponseBody> {
    let pieces = stream::iter(place::pieces(offset, length)).map(read);
    let fixed = worker::FixedLengthStream::wrap(pieces, length.unsigned_abs());
    let fixed: worker::worker_sys::FixedLengthStream = fixed.into();
    Ok(ResponseBody::Stream(fixed.readable()))
}

fn bucket(env: &Env) -> Result<Bucket> {
    env.bucket(config::FILES)
}
