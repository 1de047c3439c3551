//! Ozon as values: a call in, an answer out. It keeps what it accepts, counts it by message, and can be told to fail.

use std::collections::BTreeMap;

use relay_core::files::Judged;
use relay_core::files::place::Place;
use relay_core::hub::{Command, ConnId, Forward, Input, Job, Request, Ticket, Tool};
use relay_core::tools::bulk::{Asked, Table};
use relay_core::upstream::ozon::Credentials;
use relay_core::upstream::{self, Answered};
use serde_json::{Value, json};
use shared::file::FileType;
use shared::id::{MessageId, UserId};
use shared::limits::{FILE_CHUNK_BYTES, OZON_WINDOW_MS};
use shared::problem::Problem;

use super::people::operator;
use super::{Bench, Call};

pub const CHAT: &str = "5e767a03-b400-4d1b-a841-75319ca8a5c8";
/// The methods by which the seller writes.
pub const TEXT: &str = "/v1/chat/send/message";
pub const FILE: &str = "/v1/chat/send/file";
/// Ozon's ids are about this large.
pub const FIRST_ID: u64 = 3_000_000_000_817_031_942;

#[derive(Clone, Debug)]
pub struct Kept {
    pub id: u64,
    pub seller: bool,
    pub text: String,
    pub at: String,
    pub is_read: bool,
}

#[derive(Default)]
pub struct FakeOzon {
    count: u64,
    chats: BTreeMap<String, Vec<Kept>>,
    /// What its clock says; a little after the bench's beginning if nothing else was said.
    pub now: String,
    /// Chats of Ozon's own, by their last message.
    notifications: Vec<u64>,
    /// How far the merchant has read.
    read: BTreeMap<String, u64>,
    /// How often each of our messages was accepted.
    pub accepted: BTreeMap<MessageId, u32>,
    /// The chats of postings that were begun, and how often.
    pub begun: BTreeMap<String, u32>,
    /// The order that a chat is about, by the chat's id.
    pub orders: BTreeMap<String, String>,
    /// Postings that the merchant hands over or sends.
    pub fbs: Vec<Value>,
    /// Postings that Ozon sends.
    pub fbo: Vec<Value>,
    /// Postings whose chats are refused, with the status and the body.
    pub refused: BTreeMap<String, (u16, String)>,
}

impl FakeOzon {
    fn keep(&mut self, chat_id: &str, seller: bool, text: &str) -> u64 {
        self.count += 1;
        let id = FIRST_ID + self.count;
        let at = if self.now.is_empty() { "2026-01-10T15:31:00Z".into() } else { self.now.clone() };
        let kept = Kept { id, seller, text: text.into(), at, is_read: false };
        self.chats.entry(chat_id.into()).or_default().push(kept);
        id
    }

    /// So many notifications, newer than all chats with buyers.
    pub fn crowd(&mut self, chats: usize) {
        for _ in 0..chats {
            self.count += 1;
            self.notifications.push(FIRST_ID + self.count);
        }
    }

    /// Both sides have read everything.
    pub fn all_read(&mut self, chat_id: &str) {
        for kept in self.chats.get_mut(chat_id).into_iter().flatten() {
            kept.is_read = true;
        }
    }

    pub fn read_up_to(&self, chat_id: &str) -> u64 {
        self.read.get(chat_id).copied().unwrap_or_default()
    }

    /// A page of the list, newest first, by a cursor that is the last message's id.
    fn list(&self, body: &Value) -> Answered {
        let last = |kept: &Vec<Kept>| kept.last().map_or(0, |kept| kept.id);
        let buyers = self.chats.iter().map(|(chat_id, kept)| (last(kept), chat_id.clone(), "BUYER_SELLER"));
        let own = self.notifications.iter().map(|id| (*id, format!("n-{id}"), "SELLER_NOTIFICATION_LOGISTICS"));
        let mut chats: Vec<_> = buyers.chain(own).collect();
        chats.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
        let after = body["cursor"].as_str().map_or(u64::MAX, |cursor| cursor.parse().unwrap());
        let limit = usize::try_from(body["limit"].as_u64().unwrap()).unwrap();
        let rest: Vec<_> = chats.into_iter().filter(|(id, ..)| *id < after).collect();
        let page: Vec<Value> = rest.iter().take(limit).map(|(id, chat_id, kind)| {
            json!({"chat": {"chat_id": chat_id, "chat_type": kind, "chat_status": "OPENED", "created_at": "2026-01-10T08:07:19.581Z"},
                   "first_unread_message_id": 0, "last_message_id": id, "unread_count": 0})
        }).collect();
        let cursor = rest.get(limit.saturating_sub(1)).map(|(id, ..)| id.to_string()).unwrap_or_default();
        answered(
            200,
            &json!({"chats": page, "total_unread_count": 0, "cursor": cursor, "has_next": rest.len() > limit})
                .to_string(),
        )
    }

    /// A page of a chat from a message on, which comes again itself.
    fn history(&self, chat_id: &str, body: &Value) -> Answered {
        let kept = self.chats.get(chat_id).map_or(&[] as &[Kept], Vec::as_slice);
        let limit = usize::try_from(body["limit"].as_u64().unwrap()).unwrap();
        let from = body["from_message_id"].as_u64();
        let there: Vec<&Kept> = match body["direction"].as_str().unwrap() {
            "Forward" => kept.iter().filter(|kept| kept.id >= from.unwrap()).collect(),
            "Backward" => kept.iter().rev().filter(|kept| from.is_none_or(|from| kept.id <= from)).collect(),
            other => panic!("{other} is no direction"),
        };
        let mut page: Vec<Value> = there.iter().take(limit).map(|kept| shown(kept)).collect();
        if let Some(order_number) = self.orders.get(chat_id) {
            page.iter_mut().for_each(|message| message["context"] = json!({"order_number": order_number, "sku": "1"}));
        }
        answered(200, &json!({"messages": page, "has_next": there.len() > limit}).to_string())
    }

    pub fn buyer_writes(&mut self, chat_id: &str, text: &str) -> u64 {
        self.keep(chat_id, false, text)
    }

    /// The merchant writes on Ozon's own page.
    pub fn seller_writes(&mut self, chat_id: &str, text: &str) -> u64 {
        self.keep(chat_id, true, text)
    }

    /// A message says something else now.
    pub fn edit(&mut self, chat_id: &str, id: u64, text: &str) {
        let kept = self.chats.get_mut(chat_id).unwrap().iter_mut().find(|kept| kept.id == id).unwrap();
        kept.text = text.into();
    }

    /// A message was written at another time.
    pub fn date(&mut self, chat_id: &str, id: u64, at: &str) {
        let kept = self.chats.get_mut(chat_id).unwrap().iter_mut().find(|kept| kept.id == id).unwrap();
        kept.at = at.into();
    }

    pub fn seller_texts(&self, chat_id: &str) -> Vec<&str> {
        let kept = self.chats.get(chat_id).into_iter().flatten();
        kept.filter(|kept| kept.seller).map(|kept| kept.text.as_str()).collect()
    }

    pub fn last_id(&self, chat_id: &str) -> u64 {
        self.chats[chat_id].last().unwrap().id
    }

    /// Acts on a call as Ozon does: takes the message, or shows the newest page.
    pub fn serve(&mut self, call: &Call) -> Answered {
        let body: Value = serde_json::from_slice(call.request.body()).unwrap();
        let chat_id = body["chat_id"].as_str().unwrap_or_default();
        match (call.request.uri().path(), &call.job) {
            ("/v1/chat/start", Job::StartChat { .. }) => {
                let posting_number = body["posting_number"].as_str().unwrap();
                if let Some((status, body)) = self.refused.get(posting_number) {
                    return answered(*status, body);
                }
                *self.begun.entry(posting_number.into()).or_default() += 1;
                answered(200, &json!({"result": {"chat_id": chat_of(posting_number)}}).to_string())
            }
            ("/v1/chat/send/message", Job::Send { message_id, .. }) => {
                self.keep(chat_id, true, body["text"].as_str().unwrap());
                *self.accepted.entry(*message_id).or_default() += 1;
                accepted()
            }
            (FILE, Job::Send { message_id, method: FILE, .. }) => {
                let name = body["name"].as_str().unwrap();
                let size = body["base64_content"].as_str().unwrap().len() / 4 * 3;
                let at = format!("https://ozon.test/v2/chat/file/messenger/{}", self.count);
                let is_image = [".jpg", ".jpeg", ".png", ".webp"].iter().any(|ending| name.ends_with(ending));
                let kilobytes = size.div_ceil(1_024);
                let shown = if is_image { format!("![]({at})") } else { format!("[{name} ({kilobytes}KB)]({at})") };
                self.keep(chat_id, true, &shown);
                *self.accepted.entry(*message_id).or_default() += 1;
                accepted()
            }
            ("/v1/chat/send/message", Job::Forward { .. }) => {
                self.keep(chat_id, true, body["text"].as_str().unwrap());
                accepted()
            }
            ("/v3/chat/history", Job::Lookup { .. } | Job::Chore { .. }) => self.history(chat_id, &body),
            ("/v3/chat/list", Job::Chore { .. }) => self.list(&body),
            ("/v4/posting/fbs/list", Job::Chore { .. }) => listed(&self.fbs, &body),
            ("/v3/posting/fbo/list", Job::Chore { .. }) => listed(&self.fbo, &body),
            ("/v2/chat/read", Job::Chore { .. }) => {
                self.read.insert(chat_id.into(), body["from_message_id"].as_u64().unwrap());
                answered(200, r#"{"unread_count":0}"#)
            }
            (path, job) => panic!("{path} is not what {job:?} is for"),
        }
    }

    /// Loses what a chat has: an upstream that says it took a message and shows none.
    pub fn forget(&mut self, chat_id: &str) {
        self.chats.remove(chat_id);
    }
}

/// The postings of the orders that were asked for.
fn listed(postings: &[Value], body: &Value) -> Answered {
    let asked = body["filter"]["order_numbers"].as_array().unwrap();
    let found: Vec<&Value> = postings.iter().filter(|posting| asked.contains(&posting["order_number"])).collect();
    answered(200, &json!({"postings": found, "cursor": "", "has_next": false}).to_string())
}

/// A posting, as Ozon's lists show it.
pub fn posting(posting_number: &str, status: &str, paid_at: shared::time::Timestamp) -> Value {
    json!({"posting_number": posting_number, "order_number": posting_number.rsplit_once('-').unwrap().0,
           "status": status, "in_process_at": paid_at, "tpl_integration_type": "ozon", "products": []})
}

pub fn order_number(posting: &Value) -> String {
    posting["order_number"].as_str().unwrap().into()
}

/// The chat of a posting: the same however often it is begun.
pub fn chat_of(posting_number: &str) -> String {
    format!("chat-of-{posting_number}")
}

fn shown(kept: &Kept) -> Value {
    let kind = if kept.seller { "Seller" } else { "Customer" };
    json!({"message_id": kept.id, "user": {"id": "836", "type": kind}, "data": [kept.text],
           "created_at": kept.at, "is_read": kept.is_read})
}

pub fn answered(status: u16, body: &str) -> Answered {
    Answered::Response(http::Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
}

pub fn accepted() -> Answered {
    answered(200, r#"{"result":"success"}"#)
}

pub fn limited(retry_after: Option<&str>) -> Answered {
    let mut response = http::Response::builder().status(429);
    if let Some(value) = retry_after {
        response = response.header("Retry-After", value);
    }
    Answered::Response(
        response.body(br#"{"code":8,"message":"You have reached request rate limit"}"#.to_vec()).unwrap(),
    )
}

pub fn new_message(chat_id: &str, id: u64, text: &str) -> Value {
    json!({"message_type": "TYPE_NEW_MESSAGE", "chat_id": chat_id, "chat_type": "Buyer_Seller",
           "message_id": id.to_string(), "created_at": "2026-01-10T15:30:58.528Z",
           "user": {"id": "115568", "type": "Customer"}, "data": [text], "seller_id": "7"})
}

pub fn update_message(chat_id: &str, id: u64, text: &str, at: &str) -> Value {
    let mut push = new_message(chat_id, id, text);
    push["message_type"] = json!("TYPE_UPDATE_MESSAGE");
    push["updated_at"] = json!(at);
    push
}

pub fn message_read(chat_id: &str, id: u64) -> Value {
    json!({"message_type": "TYPE_MESSAGE_READ", "chat_id": chat_id, "chat_type": "Buyer_Seller",
           "message_id": id.to_string(), "user": {"id": "115568", "type": "Customer"},
           "last_read_message_id": id.to_string(), "seller_id": "7"})
}

impl Bench {
    /// A bulk send to one posting, and its first progress.
    pub fn begins_a_bulk_send(&mut self) {
        let asked = Asked {
            template_id: None,
            text: Some("Да".into()),
            source: "ozon".into(),
            table: Table::of_csv("posting_number\n1-1\n").unwrap(),
            rate_per_minute: None,
            client_id: Some("b-1".into()),
            dry_run: false,
        };
        self.tool(Tool::StartBulk(asked)).unwrap();
        self.advance(0);
    }

    /// Connects an account. It does not look for what it missed unless [`Bench::look`] is called: most tests are about
    /// something else, and some about months.
    pub fn connect_ozon(&mut self) -> Result<Value, Problem> {
        let connected = self.look();
        self.execute("DELETE FROM chores WHERE kind = 'walk'", vec![]);
        connected
    }

    /// Connects an account that looks through Ozon's chats from then on.
    pub fn look(&mut self) -> Result<Value, Problem> {
        let credentials = Credentials { client_id: "836".into(), api_key: "0f9d2a7e-secret".into() };
        self.administer(Command::ConnectOzon { credentials })
    }

    pub fn hook_secret(&mut self) -> String {
        let answer = self.connect_ozon().unwrap();
        answer["hook"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    pub fn push(&mut self, secret: &str, body: &Value) -> Result<Value, Problem> {
        self.request(Request::Hook { source: "ozon".into(), secret: secret.into(), body: body.to_string() })
    }

    /// Keeps the bytes of a file that was announced; its id.
    pub fn keep_file(&mut self, begun: &Value, bytes: &[u8], place: Place) -> String {
        let file_id = begun["file_id"].as_str().unwrap().to_owned();
        match place {
            Place::Bucket => {
                self.bucket.insert(begun["key"].as_str().unwrap().into(), bytes.to_vec());
            }
            Place::Sqlite => {
                for (number, chunk) in (0..).zip(bytes.chunks(FILE_CHUNK_BYTES)) {
                    let (file_id, bytes) = (file_id.clone(), chunk.to_vec());
                    self.request(Request::KeepChunk { file_id, number, bytes }).unwrap();
                }
            }
        }
        self.request(Request::FinishFile { file_id: file_id.clone() }).unwrap();
        file_id
    }

    pub fn status(&self, message_id: MessageId) -> (String, Option<String>) {
        use relay_core::storage::Sql;
        let row = self.store.first("SELECT status, reason FROM messages WHERE message_id = ?", &[message_id.into()]);
        let row = row.unwrap().unwrap();
        (row.text(0).unwrap(), row.optional_text(1).unwrap())
    }

    pub fn upstream_id(&self, message_id: MessageId) -> Option<String> {
        use relay_core::storage::Sql;
        let row = self.store.first("SELECT upstream_id FROM messages WHERE message_id = ?", &[message_id.into()]);
        row.unwrap().unwrap().optional_text(0).unwrap()
    }
}

/// A shop with an Ozon account, an operator at work, and one buyer's chat.
pub struct Market {
    pub bench: Bench,
    pub ozon: FakeOzon,
    pub operator: ConnId,
    pub secret: String,
    /// The buyer of [`CHAT`].
    pub buyer: UserId,
}

impl Market {
    pub fn new() -> Self {
        let mut bench = Bench::new();
        let secret = bench.hook_secret();
        let operator = bench.connect(&operator("Анна"));
        let mut market = Self { bench, ozon: FakeOzon::default(), operator, secret, buyer: 0 };
        market.buyer = market.buyer_writes(CHAT, "Есть в наличии?");
        market.bench.clear();
        market
    }

    /// One whose gate is old enough for all of its places.
    pub fn aged() -> Self {
        let mut market = Self::new();
        market.bench.advance(OZON_WINDOW_MS);
        market
    }

    /// A vendor's client calls. The ticket of a call that waits for its answer, or the refusal.
    pub fn forward(&mut self, forward: Forward) -> Result<Ticket, Problem> {
        let ticket = forward.ticket;
        match self.bench.feed(Input::Request { request: Request::Forward { forward } }) {
            Some(Err(problem)) => Err(problem),
            Some(Ok(answer)) => panic!("{answer} is no vendor's answer"),
            None => Ok(ticket),
        }
    }

    /// A history shows which order [`CHAT`] is about, and the order is looked at.
    pub fn shows_an_order(&mut self) {
        let order = posting("0136123457-0001-1", "delivering", self.bench.now);
        self.ozon.orders.insert(CHAT.into(), order_number(&order));
        self.ozon.fbs.push(order);
        self.bench.execute("INSERT INTO chores (kind, chat_id, due_at) VALUES ('catch', ?, 0)", vec![CHAT.into()]);
        self.bench.hibernate();
        for _ in 0..4 {
            self.bench.advance(1);
            for call in std::mem::take(&mut self.bench.chores) {
                self.serve(call);
            }
        }
    }

    /// A buyer's message, pushed; the chat's id here.
    pub fn buyer_writes(&mut self, chat_id: &str, text: &str) -> UserId {
        use relay_core::storage::Sql;
        let id = self.ozon.buyer_writes(chat_id, text);
        let mut push = new_message(chat_id, id, text);
        push["created_at"] = json!(self.bench.now);
        self.bench.push(&self.secret, &push).unwrap();
        let statement = "SELECT user_id FROM chats WHERE external_id = ?";
        self.bench.store.first(statement, &[chat_id.into()]).unwrap().unwrap().integer(0).unwrap()
    }

    /// An operator's answer to the buyer of [`CHAT`]; its id.
    pub fn writes(&mut self, text: &str) -> MessageId {
        self.bench.operator_writes(self.operator, self.buyer, text)
    }

    /// A file of the operator's for the buyer of [`CHAT`], uploaded and not sent.
    pub fn uploads(&mut self, name: &str, bytes: &[u8], place: Place) -> String {
        let (claims, user_id, size) = (operator("Анна"), Some(self.buyer), i64::try_from(bytes.len()).unwrap());
        let (judged, entropy) = (judged(name), self.bench.entropy());
        let begin = Request::BeginFile { claims, origin: None, user_id, judged, size, place, entropy };
        let begun = self.bench.request(begin).unwrap();
        self.bench.keep_file(&begun, bytes, place)
    }

    /// An operator's file to the buyer of [`CHAT`]; the message's id.
    pub fn sends(&mut self, name: &str, bytes: &[u8]) -> MessageId {
        let file_id = self.uploads(name, bytes, Place::Sqlite);
        let (operator, buyer) = (self.operator, self.buyer);
        let send = json!({"action": "send_message", "user_id": buyer, "text": "", "file_id": file_id});
        self.bench.ask(operator, send).unwrap()["message"]["message_id"].as_i64().unwrap()
    }

    /// Takes the oldest call, which has to be the message's n-th attempt.
    pub fn attempt(&mut self, message_id: MessageId, attempt: i64) -> Call {
        let call = self.bench.call();
        let method = if call.request.uri().path() == FILE { FILE } else { TEXT };
        assert_eq!(call.job, Job::Send { message_id, attempt, method });
        call
    }

    /// Takes the oldest call, which has to be a look into the history.
    pub fn lookup(&mut self) -> Call {
        let call = self.bench.call();
        assert!(matches!(call.job, Job::Lookup { .. }), "{:?}", call.job);
        call
    }

    /// Ozon acts on the call and its answer arrives.
    pub fn serve(&mut self, call: Call) {
        let answered = self.ozon.serve(&call);
        self.bench.answer(call.job, answered);
    }

    /// Ozon acts on the oldest call and on all that follow from it at once.
    pub fn serve_all(&mut self) {
        while !self.bench.calls.is_empty() {
            let call = self.bench.call();
            self.serve(call);
        }
    }

    /// Serves and lets time pass until nothing waits any more.
    pub fn settle(&mut self) {
        for _ in 0..10_000 {
            self.serve_all();
            if self.bench.integers("SELECT 1 FROM sends").is_empty() {
                return;
            }
            let next = self.bench.next_alarm().expect("something waits, so an alarm is set");
            let wait_ms = next.since_ms(self.bench.now).max(0);
            self.bench.advance(wait_ms);
        }
        panic!("nothing settles");
    }

    pub fn status(&self, message_id: MessageId) -> String {
        self.bench.status(message_id).0
    }

    pub fn state(&self, message_id: MessageId) -> Option<String> {
        use relay_core::storage::Sql;
        let row = self.bench.store.first("SELECT state FROM sends WHERE message_id = ?", &[message_id.into()]);
        row.unwrap().map(|row| row.text(0).unwrap())
    }

    /// The statuses that the operator was told of a message, as `status` or `status:reason`.
    pub fn told(&mut self, message_id: MessageId) -> Vec<String> {
        let frames = self.bench.only(self.operator, "message_status");
        let own = frames.into_iter().filter(|frame| frame["data"]["message_id"] == json!(message_id));
        own.map(|frame| match frame["data"]["reason"].as_str() {
            Some(reason) => format!("{}:{reason}", frame["data"]["status"].as_str().unwrap()),
            None => frame["data"]["status"].as_str().unwrap().to_owned(),
        })
        .collect()
    }
}

/// What the edge would say of a file by this name.
pub fn judged(name: &str) -> Judged {
    let ending = name.rsplit('.').next().unwrap();
    let file_type = *FileType::ALL.iter().find(|file_type| file_type.extensions().contains(&ending)).unwrap();
    Judged { file_type, name: name.into(), dimensions: file_type.is_image().then_some((640, 480)) }
}

/// The path and body of a call.
pub fn path_and_body(request: &upstream::Request) -> (String, Value) {
    (request.uri().path().to_owned(), serde_json::from_slice(request.body()).unwrap())
}
