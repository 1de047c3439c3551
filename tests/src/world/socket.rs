//! A plain WebSocket client, as an integrator writes one: text frames out, text frames in, nothing resumed or hidden.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::PATIENCE;

/// An open socket. Dropping it cuts the line without a word.
pub struct Socket {
    seen: Arc<Seen>,
    out: mpsc::UnboundedSender<Message>,
    task: JoinHandle<()>,
    /// Frames before this one have been looked at.
    cursor: usize,
    asked: u64,
}

#[derive(Default)]
struct Seen {
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Default)]
struct Inner {
    texts: Vec<String>,
    /// Code and reason; 1006 for a line that broke.
    closed: Option<(u16, String)>,
}

impl Seen {
    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_waiters();
    }

    fn read<T>(&self, read: impl FnOnce(&Inner) -> T) -> T {
        read(&self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is there, however long it takes.
    async fn find<T>(&self, mut find: impl FnMut(&Inner) -> Option<T>) -> T {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if let Some(found) = self.read(&mut find) {
                return found;
            }
            news.await;
        }
    }
}

impl Socket {
    /// Opens one, or fails the test.
    pub async fn open(request: Request) -> Self {
        match Self::try_open(request).await {
            Ok(socket) => socket,
            Err(error) => panic!("the socket did not open: {error}"),
        }
    }

    pub async fn try_open(request: Request) -> Result<Self, Error> {
        let opened = timeout(PATIENCE, tokio_tungstenite::connect_async(request)).await;
        let (socket, _) = opened.expect("an answer to the upgrade")?;
        let (mut sink, mut stream) = socket.split();
        let (out, mut to_send) = mpsc::unbounded_channel();
        let seen = Arc::new(Seen::default());
        let seeing = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                tokio::select! {
                    message = stream.next() => match message {
                        Some(Ok(Message::Text(text))) => seeing.change(|seen| seen.texts.push(text.to_string())),
                        Some(Ok(Message::Close(frame))) => {
                            let closed = frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
                            seeing.change(|seen| seen.closed = Some(closed));
                        }
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    },
                    Some(message) = to_send.recv() => {
                        // Whether it went through shows in what is answered.
                        let _ = sink.send(message).await;
                    }
                }
            }
            seeing.change(|seen| {
                seen.closed.get_or_insert((1006, String::new()));
            });
        });
        Ok(Self { seen, out, task, cursor: 0, asked: 0 })
    }

    pub fn send(&self, text: impl Into<String>) {
        // A socket that is closed by now has said so in `closed`.
        let _ = self.out.send(Message::text(text.into()));
    }

    pub fn send_json(&self, action: &Value) {
        self.send(action.to_string());
    }

    pub fn send_binary(&self, bytes: Vec<u8>) {
        let _ = self.out.send(Message::binary(bytes));
    }

    /// Sends an action under an id and waits for its answer: the `data` of an `ack`, or of an `error`.
    pub async fn ask(&mut self, mut action: Value) -> Result<Value, Value> {
        self.asked += 1;
        let id = format!("ask-{}", self.asked);
        action["id"] = json!(id);
        let from = self.seen.read(|seen| seen.texts.len());
        self.send_json(&action);
        let answers =
            |frame: &Value| (frame["event"] == "ack" || frame["event"] == "error") && frame["data"]["id"] == json!(id);
        let (_, answer) = self.find(&format!("the answer to {action}"), from, answers).await;
        if answer["event"] == "ack" { Ok(answer["data"].clone()) } else { Err(answer["data"].clone()) }
    }

    /// The result of an action that has to be granted.
    pub async fn result(&mut self, action: Value) -> Value {
        match self.ask(action).await {
            Ok(ack) => ack["result"].clone(),
            Err(error) => panic!("refused: {error}"),
        }
    }

    /// The next frame of a kind, after those that were found before.
    pub async fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let (at, frame) = self.find(what, self.cursor, is_it).await;
        self.cursor = at + 1;
        frame
    }

    /// The same, or none if the line ends before.
    pub async fn until_or_end(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        let (at, frame) = self.find_or_end(what, self.cursor, is_it).await?;
        self.cursor = at + 1;
        Some(frame)
    }

    /// The next event of that name.
    pub async fn event(&mut self, name: &str) -> Value {
        self.until(&format!("the event {name}"), |frame| frame["event"] == name).await
    }

    /// Everything that has come so far.
    pub fn frames(&self) -> Vec<Value> {
        self.texts().iter().map(|text| parse(text)).collect()
    }

    /// The same, byte for byte.
    pub fn texts(&self) -> Vec<String> {
        self.seen.read(|seen| seen.texts.clone())
    }

    /// The names of the events that have come so far, by chat if one is given.
    pub fn names(&self, user_id: Option<i64>) -> Vec<String> {
        let mut frames = self.frames();
        frames.retain(|frame| user_id.is_none_or(|user_id| frame["data"]["user_id"] == json!(user_id)));
        frames.iter().filter_map(|frame| frame["event"].as_str().map(Into::into)).collect()
    }

    /// What has come up to now is all of it: the relay answers an action after every event before it.
    pub async fn settle(&mut self) {
        // The chat of nobody: every role is refused it, and nothing changes.
        let _ = self.ask(json!({"action": "history", "user_id": 0})).await;
    }

    /// How it was closed.
    pub async fn closed(&self) -> (u16, String) {
        let closed = self.seen.find(|seen| seen.closed.clone());
        match timeout(PATIENCE, closed).await {
            Ok(closed) => closed,
            Err(_) => panic!("the socket stays open; it has heard {:#?}", self.texts()),
        }
    }

    pub fn is_open(&self) -> bool {
        self.seen.read(|seen| seen.closed.is_none())
    }

    /// Closes it politely and waits for the echo.
    pub async fn leave(self) {
        let _ = self.out.send(Message::Close(None));
        self.closed().await;
    }

    async fn find(&self, what: &str, from: usize, is_it: impl Fn(&Value) -> bool) -> (usize, Value) {
        match self.find_or_end(what, from, is_it).await {
            Some(found) => found,
            None => panic!("closed ({:?}) before {what}; it has heard {:#?}", self.closed().await, self.texts()),
        }
    }

    async fn find_or_end(&self, what: &str, from: usize, is_it: impl Fn(&Value) -> bool) -> Option<(usize, Value)> {
        let found = self.seen.find(|seen| {
            let mut later = seen.texts.iter().enumerate().skip(from).map(|(at, text)| (at, parse(text)));
            later.find(|(_, frame)| is_it(frame)).map(Some).or_else(|| seen.closed.is_some().then_some(None))
        });
        match timeout(PATIENCE, found).await {
            Ok(found) => found,
            Err(_) => panic!("waited {PATIENCE:?} in vain: {what}; it has heard {:#?}", self.texts()),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("a frame is not JSON: {error}: {text}"))
}
