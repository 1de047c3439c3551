//! The Durable Object of one organization: a loop around its hub.
//!
//! 1. An event of the runtime becomes an input.
//! 2. The hub decides, reading SQLite.
//! 3. Its writes are committed in one transaction.
//! 4. Its effects are performed in order.
//! 5. Upstream calls run beside, and their outcomes are inputs again.
//!
//! Steps 2 to 4 have no await in them, so no other event comes between, and the runtime's output gate holds every frame
//! back until the commit is on disk: nobody hears of a fact that was not kept. If the commit fails, the hub is dropped and
//! restored from what was kept, as after hibernation.

// The macro's exports are the runtime's, and have no documentation of their own.
#![allow(missing_docs)]

mod files;
mod forward;
mod line;
mod shell;
mod storage;
mod stream;

use std::rc::Rc;

use relay_core::hub::Input;
use relay_core::metrics::Counter;
use shared::close;
use shared::frame::{PING, PONG};
use shared::id::Position;
use shared::problem::{Code, Problem};
use shared::route::SUBPROTOCOL;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object, wasm_bindgen,
};

use crate::call::{ADDRESS_HEADER, CLAIMS_HEADER, Call, decode_claims};
use crate::{clock, http, metrics};
use shell::Shell;

/// The largest internal call: the table of a bulk send of 2 MB, with a `null` for each value that it leaves out, and escaped as
/// JSON; a hook's body is far below it.
const CALL_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Where the edge sends what opens a stream.
pub const STREAM_PATH: &str = "/stream";

/// Where the edge sends an integrator's call to Ozon.
pub const FORWARD_PATH: &str = "/forward";

/// Where the edge sends the frames of a stream's client.
pub const FRAMES_PATH: &str = "/frames";

/// Where a line is to resume, and how many bytes it may be sent, by its address.
fn asked(request: &Request) -> Result<(Option<Position>, Option<usize>)> {
    let url = request.url()?;
    let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let position = query("epoch").zip(query("offset").and_then(|offset| offset.parse().ok()));
    let position = position.map(|(epoch, offset)| Position { epoch, offset });
    Ok((position, query("budget").and_then(|budget| budget.parse().ok())))
}

/// One organization.
#[durable_object]
pub struct Organization {
    shell: Rc<Shell>,
}

impl DurableObject for Organization {
    fn new(state: State, env: Env) -> Self {
        // Pings are answered by the runtime, without waking the object.
        if let Ok(pair) = worker::worker_sys::WebSocketRequestResponsePair::new(PING, PONG) {
            state.set_websocket_auto_response(&pair);
        }
        Self { shell: Rc::new(Shell::new(state, env)) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if http::is_upgrade(&request) {
            return self.open_socket(&request).await;
        }
        match request.path().as_str() {
            "/health" => {
                let status = if self.shell.can_read() { 200 } else { 503 };
                return Response::empty().map(|answer| answer.with_status(status));
            }
            STREAM_PATH => return stream::open(&self.shell, &request).await,
            FORWARD_PATH => return forward::answer(&self.shell, &mut request).await,
            FRAMES_PATH => return stream::take_frames(&self.shell, &mut request).await,
            _ => {}
        }
        if let Some(answer) = self.handle_bytes(&mut request).await {
            return answer;
        }
        let status =
            request.url()?.query_pairs().find(|(key, _)| key == "status").and_then(|(_, value)| value.parse().ok());
        http::answer(status.unwrap_or(200), self.ask_hub(&mut request).await)
    }

    async fn alarm(&self) -> Result<Response> {
        self.shell.run(Input::Alarm).await;
        Response::ok("")
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if let Some(conn) = line::conn_of(&socket) {
            let text = match message {
                WebSocketIncomingMessage::String(text) => text,
                // No frame of the protocol is binary; the hub refuses this as it refuses any other text.
                WebSocketIncomingMessage::Binary(_) => String::new(),
            };
            metrics::count(Counter::FramesIn);
            self.shell.trap_if_asked(&text);
            self.shell.run(Input::Frame { conn, text }).await;
        } else {
            // Its session was lost, and with it whose it is. Its token may be good: it only has to come again.
            let _ = socket.close(Some(close::INTERNAL), Some("this connection is not known any more"));
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, reason: String, _was_clean: bool) -> Result<()> {
        // 1005 and 1006 say that there was no code; they cannot be sent.
        let code = u16::try_from(code).ok().filter(|code| *code == 1000 || (3000..=4999).contains(code));
        let _ = socket.close(Some(code.unwrap_or(1000)), Some(reason));
        self.gone(&socket).await;
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        let _ = socket.close(Some(close::INTERNAL), Some("the connection failed"));
        self.gone(&socket).await;
        Ok(())
    }
}

impl Organization {
    async fn open_socket(&self, request: &Request) -> Result<Response> {
        let offered = request.headers().get("Sec-WebSocket-Protocol")?;
        let subprotocol = offered.filter(|offer| offer == SUBPROTOCOL);
        let claims = request.headers().get(CLAIMS_HEADER)?.as_deref().and_then(decode_claims);
        let opened = claims
            .ok_or_else(|| Problem::new(Code::Unauthorized, "the token is missing"))
            .and_then(|claims| Ok((claims, clock::connection_id()?)));
        let (claims, conn) = match opened {
            Ok(opened) => opened,
            Err(refused) => return http::refuse_socket(&refused, subprotocol.as_deref()),
        };
        let (position, budget) = asked(request)?;
        let origin = request.headers().get("Origin")?;
        let address = request.headers().get(ADDRESS_HEADER)?;

        let pair = WebSocketPair::new()?;
        self.shell.accept(conn, &pair.server);
        self.shell.run(Input::Connect { conn, claims, origin, position, budget, address }).await;
        http::upgraded(pair.client, subprotocol.as_deref())
    }

    async fn ask_hub(&self, request: &mut Request) -> std::result::Result<serde_json::Value, Problem> {
        let body = http::body(request, CALL_BYTES_MAX).await?;
        let call: Call = serde_json::from_str(&body)
            .map_err(|_| Problem::new(Code::Internal, "an internal call was not understood"))?;
        let request = call.into_request(clock::entropy()?)?;
        let mut turn = self.shell.run(Input::Request { request }).await;
        http::answer_of(&mut turn)
    }

    async fn gone(&self, socket: &WebSocket) {
        if let Some(conn) = line::conn_of(socket) {
            self.shell.forget(conn);
            self.shell.run(Input::Closed { conn }).await;
        }
    }
}
