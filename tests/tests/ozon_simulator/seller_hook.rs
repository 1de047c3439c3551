//! The seller's push URL: notes what comes and answers as it is told to.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::seller::PATIENCE;

/// How the hook answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Manner {
    Well,
    Plainly,
    Failing,
    Absurdly,
}

struct Noted {
    bodies: Vec<Value>,
    manner: Manner,
}

pub struct SellerHook {
    pub url: String,
    noted: Arc<watch::Sender<Noted>>,
    server: JoinHandle<()>,
}

impl SellerHook {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/ozon", listener.local_addr().unwrap());
        let noted = Arc::new(watch::Sender::new(Noted { bodies: Vec::new(), manner: Manner::Well }));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&noted));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, noted, server }
    }

    pub fn answers(&self, manner: Manner) {
        self.noted.send_modify(|noted| noted.manner = manner);
    }

    /// Everything that came, pings left out.
    pub fn pushes(&self) -> Vec<Value> {
        pushes(&self.noted.borrow())
    }

    /// How many checks of the URL came.
    pub fn pings(&self) -> usize {
        self.noted.borrow().bodies.iter().filter(|body| body["message_type"] == "TYPE_PING").count()
    }

    /// Waits until so many pushes have come and answers them.
    pub async fn until(&self, count: usize) -> Vec<Value> {
        let mut noted = self.noted.subscribe();
        let come = noted.wait_for(|noted| pushes(noted).len() >= count);
        let come = tokio::time::timeout(PATIENCE, come).await.is_ok();
        assert!(come, "{count} pushes did not come, only {:#?}", self.pushes());
        self.pushes()
    }
}

fn pushes(noted: &Noted) -> Vec<Value> {
    noted.bodies.iter().filter(|body| body["message_type"] != "TYPE_PING").cloned().collect()
}

impl Drop for SellerHook {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(noted): State<Arc<watch::Sender<Noted>>>, body: String) -> Response {
    let body: Value = serde_json::from_str(&body).unwrap();
    let is_ping = body["message_type"] == "TYPE_PING";
    noted.send_modify(|noted| noted.bodies.push(body));
    let manner = noted.borrow().manner;
    let text = if is_ping {
        json!({"version": "1.0", "name": "hook", "time": "2026-01-01T10:00:00.123Z"}).to_string()
    } else {
        json!({"result": true}).to_string()
    };
    match manner {
        Manner::Well => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Manner::Plainly => ([(header::CONTENT_TYPE, "text/plain")], text).into_response(),
        Manner::Failing => (StatusCode::BAD_GATEWAY, "").into_response(),
        Manner::Absurdly => axum::Json(json!({"result": "ok"})).into_response(),
    }
}
