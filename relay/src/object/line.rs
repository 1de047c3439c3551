//! A line as the shell holds it: a socket, which the runtime keeps while the object sleeps, or a stream of server-sent
//! events, which keeps the object awake. The hub does not tell them apart.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use relay_core::hub::{ConnId, Session};
use shared::frame::{PING, PONG};
use shared::time::Timestamp;
use worker::WebSocket;

use crate::{clock, log};

/// One line.
#[derive(Clone)]
pub enum Line {
    /// A WebSocket.
    Socket(WebSocket),
    /// The answer to a `GET`, without an end.
    Stream(Rc<EventStream>),
}

impl Line {
    pub fn send(&self, text: &str) {
        match self {
            // A socket that cannot be written to is on its way out; its close event follows.
            Self::Socket(socket) => drop(socket.send_with_str(text)),
            Self::Stream(stream) => stream.push(&["data: ", text, "\n\n"]),
        }
    }

    pub fn attach(&self, attachment: String) {
        match self {
            Self::Socket(socket) => {
                if socket.serialize_attachment(attachment).is_err() {
                    log::write(log::error("attach_failed"));
                }
            }
            Self::Stream(stream) => drop(stream.attachment.replace(Some(attachment))),
        }
    }

    pub fn attachment(&self) -> Option<String> {
        match self {
            Self::Socket(socket) => attachment_of(socket),
            Self::Stream(stream) => stream.attachment.borrow().clone(),
        }
    }

    pub fn close(&self, code: u16, reason: &str) {
        match self {
            Self::Socket(socket) => drop(socket.close(Some(code), Some(reason))),
            Self::Stream(stream) => {
                stream.push(&["event: close\ndata: ", &code.to_string(), "\n\n"]);
                stream.end();
            }
        }
    }
}

/// What is stored with a socket.
pub fn attachment_of(socket: &WebSocket) -> Option<String> {
    socket.deserialize_attachment::<String>().ok().flatten()
}

/// The id that the hub knows a socket by.
pub fn conn_of(socket: &WebSocket) -> Option<ConnId> {
    serde_json::from_str::<Session>(&attachment_of(socket)?).ok().map(|session| session.conn)
}

/// Frames on their way to a client that reads them as server-sent events.
#[derive(Default)]
pub struct EventStream {
    queue: RefCell<VecDeque<Vec<u8>>>,
    ended: Cell<bool>,
    waker: RefCell<Option<Waker>>,
    attachment: RefCell<Option<String>>,
    heard: Cell<Option<Timestamp>>,
}

impl EventStream {
    /// A stream whose first event names the line, for the frames that come back by POST.
    pub fn open(conn: ConnId) -> Rc<Self> {
        let stream = Rc::new(Self::default());
        stream.heard.set(Some(clock::now()));
        stream.push(&["event: line\ndata: ", &conn.to_string(), "\n\n"]);
        stream
    }

    /// Notes a frame from the client. True if it was a ping, which is answered here as the runtime does it for sockets.
    pub fn heard(&self, text: &str) -> bool {
        self.heard.set(Some(clock::now()));
        let is_ping = text == PING;
        if is_ping {
            self.push(&["data: ", PONG, "\n\n"]);
        }
        is_ping
    }

    /// When the client was heard last.
    pub fn heard_at(&self) -> Option<Timestamp> {
        self.heard.get()
    }

    /// Something without a meaning, so that a dead network is found out.
    pub fn knock(&self) {
        self.push(&[":\n\n"]);
    }

    pub fn is_ended(&self) -> bool {
        self.ended.get()
    }

    pub fn end(&self) {
        self.ended.set(true);
        self.wake();
    }

    fn push(&self, parts: &[&str]) {
        if !self.ended.get() {
            self.queue.borrow_mut().push_back(parts.concat().into_bytes());
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The body of the answer. Dropped by the runtime when the client is gone.
pub struct Body {
    pub stream: Rc<EventStream>,
    pub gone: Option<Box<dyn FnOnce()>>,
}

impl futures_util::Stream for Body {
    type Item = Result<Vec<u8>, worker::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(bytes) = self.stream.queue.borrow_mut().pop_front() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if self.stream.ended.get() {
            return Poll::Ready(None);
        }
        self.stream.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.stream.end();
        if let Some(gone) = self.gone.take() {
            gone();
        }
    }
}
