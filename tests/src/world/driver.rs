//! The client machine of the widget and the inbox, over real lines and the real clock. It reconnects by itself.

mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::client::{Client, Effect, Identity, LineId, LinkStatus, Via};
use shared::close;
use shared::frame::Frame;
use shared::id::{MessageId, Position, UserId};
use shared::message::Message as Kept;
use shared::problem::Problem;
use shared::route::{EVENTS, WIDGET_SESSIONS, WIDGET_SOCKET, line_query};
use shared::time::Timestamp;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::organization::{browser_request, request};
use super::{Http, ORIGIN, Visitor, within};

/// A kill and a start of the relay lie within this, and the longest reconnect delay.
const PATIENCE: Duration = Duration::from_secs(120);

/// A code that says the line broke.
const BROKEN: u16 = 1006;

/// A running client.
pub struct Driver {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    machine: Mutex<Machine>,
    /// The machine was told something.
    nudge: Notify,
}

struct Machine {
    client: Client,
    arrived: Vec<(UserId, MessageId)>,
    opened: usize,
    /// Lines that were given up since nothing was heard over them.
    silent: usize,
    streams: usize,
    tries: Vec<Try>,
}

/// One attempt to connect.
#[derive(Clone, Copy, Debug)]
pub struct Try {
    pub at: Timestamp,
    /// What the `welcome` said of a position that was given; none if there was no `welcome`.
    pub resumed: Option<bool>,
}

/// How a connection is opened.
#[derive(Clone)]
enum Entry {
    Staff { url: String, token: String },
    Visitor { url: String, key: String, token: String },
}

enum News {
    Open,
    Frame(String),
    Closed(u16),
}

impl Driver {
    pub(super) fn staff(url: &str, token: &str, seed: u64) -> Self {
        let entry = Entry::Staff { url: url.into(), token: token.into() };
        Self::run(Client::new(Identity::Staff, seed), entry)
    }

    pub(super) fn visitor(url: &str, key: &str, visitor: &Visitor, seed: u64) -> Self {
        let entry = Entry::Visitor { url: url.into(), key: key.into(), token: visitor.token.clone() };
        Self::run(Client::new(Identity::Visitor(visitor.user_id), seed), entry)
    }

    fn run(mut client: Client, entry: Entry) -> Self {
        client.connect(now());
        let machine = Machine { client, arrived: Vec::new(), opened: 0, silent: 0, streams: 0, tries: Vec::new() };
        let machine = Mutex::new(machine);
        let shared = Arc::new(Shared { machine, nudge: Notify::new() });
        let task = tokio::spawn(drive(Arc::clone(&shared), entry));
        Self { shared, task }
    }

    /// Looks at the client, or asks something of it.
    pub fn with<T>(&self, act: impl FnOnce(&mut Client) -> T) -> T {
        let result = act(&mut self.shared.lock().client);
        self.shared.nudge.notify_one();
        result
    }

    pub fn send(&self, user_id: UserId, text: &str, client_id: &str) -> Result<(), Problem> {
        self.with(|client| client.send(now(), user_id, text, client_id.to_owned()))
    }

    pub fn typing(&self, user_id: UserId) {
        self.with(|client| client.typing(now(), user_id));
    }

    pub fn read(&self, user_id: UserId, message_id: MessageId) {
        self.with(|client| client.read(now(), user_id, message_id));
    }

    pub fn open_chat(&self, user_id: UserId) {
        self.with(|client| client.open_chat(now(), user_id));
    }

    /// Waits until the client knows something.
    pub async fn until<T>(&self, what: &str, mut find: impl FnMut(&Client) -> Option<T>) -> T {
        within(PATIENCE, what, async || find(&self.shared.lock().client)).await
    }

    pub async fn until_live(&self) {
        self.until("a connection", |client| (client.status() == LinkStatus::Live).then_some(())).await;
    }

    /// A chat's messages as they would be shown.
    pub fn messages(&self, user_id: UserId) -> Vec<Kept> {
        let machine = self.shared.lock();
        let chat = machine.client.state().chat(user_id);
        chat.map(|chat| chat.messages().cloned().collect()).unwrap_or_default()
    }

    /// Waits until a chat shows a text; returns the message.
    pub async fn until_shows(&self, user_id: UserId, text: &str) -> Kept {
        let what = format!("the message {text:?}");
        self.until(&what, |client| client.state().chat(user_id)?.messages().find(|m| m.text == text).cloned()).await
    }

    /// Waits until nothing is on its way any more.
    pub async fn until_sent(&self, user_id: UserId) {
        self.until("an empty outbox", |client| client.outgoing(user_id).next().is_none().then_some(())).await;
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.lock().opened
    }

    /// Every attempt to connect, in order.
    pub fn tries(&self) -> Vec<Try> {
        self.shared.lock().tries.clone()
    }

    /// How many lines were given up, since nothing was heard over them.
    pub fn silent(&self) -> usize {
        self.shared.lock().silent
    }

    /// How many lines were streams.
    pub fn streams(&self) -> usize {
        self.shared.lock().streams
    }

    /// Fails if a message was announced as new twice, or is shown twice.
    #[track_caller]
    pub fn assert_no_duplicates(&self, user_id: UserId) {
        let arrived = self.shared.lock().arrived.clone();
        let distinct: BTreeSet<_> = arrived.iter().collect();
        assert_eq!(distinct.len(), arrived.len(), "announced twice: {arrived:?}");
        let mut texts: Vec<String> = self.messages(user_id).into_iter().map(|message| message.text).collect();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count, "shown twice: {:#?}", self.messages(user_id));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shell: performs effects, reports what happens, wakes the machine.
async fn drive(shared: Arc<Shared>, mut entry: Entry) {
    let (report, mut news) = mpsc::unbounded_channel();
    let mut lines: BTreeMap<LineId, Line> = BTreeMap::new();
    loop {
        while let Some(effect) = take_effect(&shared) {
            match effect {
                Effect::Open { line, via, position, renew } => {
                    shared.lock().tries.push(Try { at: now(), resumed: None });
                    if renew {
                        entry = entry.renewed().await;
                    }
                    let opened = match via {
                        Via::Socket => Line::open(line, entry.request(position.as_ref()), report.clone()),
                        Via::Stream => stream::open(line, &entry, position.as_ref(), report.clone()),
                    };
                    lines.insert(line, opened);
                }
                Effect::Transmit { line, text } => {
                    if let Some(line) = lines.get(&line) {
                        line.send(Message::text(text));
                    }
                }
                Effect::Close { line, code } => {
                    if let Some(line) = lines.remove(&line) {
                        line.close(code);
                    }
                }
                // Noted by `take_effect`.
                Effect::Arrived { .. } => {}
                // This one has no other life.
                Effect::Keep(_) | Effect::Forget { .. } => {}
            }
        }
        let wait_ms = shared.lock().client.next_timeout().map_or(i64::MAX, |at| at.since_ms(now()).max(0));
        let wait = Duration::from_millis(wait_ms.unsigned_abs().min(60_000));
        tokio::select! {
            Some((from, what)) = news.recv() => {
                if lines.contains_key(&from) {
                    shared.lock().hear(from, what);
                }
            }
            () = shared.nudge.notified() => {}
            () = tokio::time::sleep(wait) => shared.lock().client.handle_timeout(now()),
        }
    }
}

fn take_effect(shared: &Shared) -> Option<Effect> {
    let mut machine = shared.lock();
    let effect = machine.client.take_effect();
    match &effect {
        Some(Effect::Arrived { user_id, message_id }) => machine.arrived.push((*user_id, *message_id)),
        Some(Effect::Close { code: close::SILENT, .. }) => machine.silent += 1,
        Some(Effect::Open { via: Via::Stream, .. }) => machine.streams += 1,
        _ => {}
    }
    effect
}

impl Machine {
    fn hear(&mut self, line: LineId, news: News) {
        match news {
            News::Open => {
                self.opened += 1;
                self.client.handle_open(now(), line);
            }
            News::Frame(text) => {
                let node: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                let frame = Frame::from_node(&node).unwrap_or_else(|| panic!("a frame that no client reads: {text}"));
                if let (Frame::Welcome(welcome), Some(last)) = (&frame, self.tries.last_mut()) {
                    last.resumed = Some(welcome.resumed);
                }
                self.client.handle_frame(now(), line, text.len(), Some(frame));
            }
            News::Closed(code) => self.client.handle_close(now(), line, code),
        }
    }
}

impl Entry {
    fn request(&self, position: Option<&Position>) -> tokio_tungstenite::tungstenite::handshake::client::Request {
        let query = line_query(position);
        match self {
            Self::Staff { url, token } => request(url, EVENTS, &query, Some(token), None),
            Self::Visitor { url, token, .. } => browser_request(url, WIDGET_SOCKET, &query, token, ORIGIN),
        }
    }

    async fn renewed(self) -> Self {
        match self {
            Self::Visitor { url, key, token } => {
                let page = Http::to(&url, None).with("origin", ORIGIN);
                let made = page.post(WIDGET_SESSIONS, &json!({"key": key, "token": token})).await.expect(201);
                let token = made["token"].as_str().expect("a token").to_owned();
                Self::Visitor { url, key, token }
            }
            // Nobody but an administrator can renew it.
            Self::Staff { .. } => self,
        }
    }
}

/// One connection. Dropping it cuts it.
struct Line {
    out: mpsc::UnboundedSender<Message>,
    is_closing: bool,
    task: JoinHandle<()>,
}

impl Line {
    fn open(
        number: LineId,
        request: tokio_tungstenite::tungstenite::handshake::client::Request,
        report: mpsc::UnboundedSender<(LineId, News)>,
    ) -> Self {
        let (out, mut to_send) = mpsc::unbounded_channel::<Message>();
        let task = tokio::spawn(async move {
            let tell = |news| report.send((number, news)).is_ok();
            let Ok((mut socket, _)) = tokio_tungstenite::connect_async(request).await else {
                tell(News::Closed(BROKEN));
                return;
            };
            tell(News::Open);
            let mut code = BROKEN;
            loop {
                tokio::select! {
                    message = socket.next() => match message {
                        Some(Ok(Message::Text(text))) => { tell(News::Frame(text.to_string())); }
                        Some(Ok(Message::Close(frame))) => code = frame.map_or(1005, |frame| frame.code.into()),
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => break,
                    },
                    Some(message) = to_send.recv() => {
                        if socket.send(message).await.is_err() {
                            break;
                        }
                    }
                }
            }
            tell(News::Closed(code));
        });
        Self { out, is_closing: false, task }
    }

    fn send(&self, message: Message) {
        // A line that is gone reports so by itself.
        let _ = self.out.send(message);
    }

    /// Says good-bye and lets the echo be awaited by nobody.
    fn close(mut self, code: u16) {
        self.is_closing = true;
        self.send(Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() })));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_closing {
            self.task.abort();
        }
    }
}

/// The real clock, as the client machine takes it.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
