//! A merchant's own host: static files on another origin than the relay's.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

type Read = Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// The host. Gone when dropped.
pub struct Files {
    origin: String,
    task: JoinHandle<()>,
}

impl Files {
    /// The files of a folder.
    pub async fn serve(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self::serve_by(move |name| std::fs::read(folder.join(name)).ok()).await
    }

    /// What `read` gives for a path without its first slash.
    pub async fn serve_by(read: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        // For a browser this is another host than the relay's 127.0.0.1.
        let origin = format!("http://localhost:{}", listener.local_addr().expect("its address").port());
        let router = Router::new().fallback(answer).with_state(Arc::new(read) as Read);
        let task = tokio::spawn(crate::ozon::serve::serve(listener, router));
        Self { origin, task }
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(read): State<Read>, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    match read(name) {
        Some(bytes) => ([(header::CONTENT_TYPE, content_type(name))], bytes).into_response(),
        // A browser asks for an icon of its own accord, and complains if there is none.
        None if name == "favicon.ico" => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
