//! `GET /v2/chat/file/{path}`: a file of a message. Wants the same keys as every other method.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::ozon::market::Market;
use crate::ozon::refusal::Refusal;
use crate::ozon::shop::extension;

/// The file kept under `path`.
pub(crate) fn answer(market: &Market, path: &str) -> Result<Response, Refusal> {
    let (name, content) = market
        .read(|shop| shop.files.get(path).map(|file| (file.name.clone(), file.base64_content.clone())))
        .ok_or_else(|| Refusal::not_found("file"))?;
    let content = BASE64_STANDARD.decode(content).map_err(|_| Refusal::internal())?;
    let content_type = content_type(extension(&name).unwrap_or_default().as_str());
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, content_type)], content).into_response())
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
