//! A hub on a bench: it performs turns as the shell has to, on a real SQLite, with mailboxes for sockets and a clock that
//! stands still until it is moved.
//!
//! After every turn it looks at what must hold whatever a test does: a visitor is sent nothing of another chat, every frame
//! is one a client reads, at most one message of a chat is under way to an upstream, and whatever is due has an alarm.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod ozon;
pub mod people;
pub mod screen;
pub mod store;
pub mod tools;
pub mod visits;

use std::collections::BTreeMap;

use relay_core::auth::keyring::Keyring;
use relay_core::files::place::{self, Place};
use relay_core::hub::{
    Actor, Command, Config, ConnId, Effect, Forwarded, Hub, Input, Job, Opened, Request, Ticket, Turn,
};
use relay_core::storage::{Sql, Store, Value as SqlValue, is_provisioned};
use relay_core::upstream::{self, Answered};
use serde_json::{Value, json};
use shared::frame::Frame;
use shared::id::Position;
use shared::limits::FRAME_OVERHEAD_BYTES;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::Claims;

use store::FlakyStore;

/// 2026-01-10T15:30:00Z
pub const START: Timestamp = Timestamp(1_768_059_000_000);
pub const ORGANIZATION: &str = "lavka";
pub const KEY: &str = "pk_lavka_storefront";
/// Where every socket here comes from.
pub const ADDRESS: &str = "192.0.2.7";
pub const SHOP: &str = "https://shop.ru";
pub const SIGNING: &str = r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;
pub const SEALING: &str = r#"{"k1":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
/// When a hub that lost a turn looks for what is due, as in the shell.
const RESTORE_AFTER_MS: i64 = 1_000;
/// When a turn whose reads failed is tried again, as in the hub.
const RETRY_STORE_MS: i64 = 5_000;
/// More alarms than this without the clock moving are a loop.
const ALARMS_AT_ONCE_MAX: u32 = 64;

struct Socket {
    visitor: Option<i64>,
    attachment: Option<String>,
    mailbox: Vec<Value>,
    /// What everything that was sent weighs.
    weight: usize,
    closed: Option<u16>,
    /// When the runtime last answered a ping of it.
    pinged: Option<Timestamp>,
}

/// A call on its way to an upstream.
pub struct Call {
    pub job: Job,
    pub request: upstream::Request,
    pub at: Timestamp,
}

pub struct Bench {
    pub now: Timestamp,
    pub store: FlakyStore,
    pub config: Config,
    /// Calls that have not been answered yet, oldest first.
    pub calls: Vec<Call>,
    /// Those of chores, which most tests let lie.
    pub chores: Vec<Call>,
    /// Whether chores are answered at once instead, by an upstream that has nothing to tell. Calls that lie take up places
    /// at the gate.
    pub nothing_missed: bool,
    /// Keys of the bucket that were to be removed, and are not reported as gone.
    pub removals: Vec<String>,
    /// What the bucket has.
    pub bucket: BTreeMap<String, Vec<u8>>,
    /// What integrators' calls were answered.
    pub replies: BTreeMap<Ticket, Forwarded>,
    hub: Hub,
    sockets: BTreeMap<ConnId, Socket>,
    alarm: Option<Timestamp>,
    next_conn: ConnId,
    next_action: u64,
    next_entropy: u8,
}

pub fn config() -> Config {
    Config {
        signing: Keyring::parse(SIGNING).unwrap(),
        sealing: Keyring::parse(SEALING).unwrap(),
        ozon_base_url: "https://ozon.test".into(),
        // What is claimed of limits sets its own.
        rate_factor: 1_000_000,
    }
}

pub fn provision(id: &str, origins: &[&str], key: Option<&str>, entropy: [u8; 32]) -> Request {
    Request::Provision {
        id: id.into(),
        name: "Лавка".into(),
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        publishable_key: key.map(Into::into),
        actor: Actor::administrator(None),
        entropy,
    }
}

impl Bench {
    /// A hub over an empty store.
    pub fn empty() -> Self {
        let store = FlakyStore::new();
        let hub = Hub::restore(config(), &store, []).unwrap();
        let mut bench = Self {
            now: START,
            store,
            config: config(),
            calls: Vec::new(),
            chores: Vec::new(),
            nothing_missed: false,
            removals: Vec::new(),
            bucket: BTreeMap::new(),
            replies: BTreeMap::new(),
            hub,
            sockets: BTreeMap::new(),
            alarm: None,
            next_conn: 1,
            next_action: 1,
            next_entropy: 1,
        };
        bench.feed(Input::Boot);
        bench
    }

    /// The organization `lavka`, whose pages are on <https://shop.ru>.
    pub fn new() -> Self {
        let mut bench = Self::empty();
        bench.provision(ORGANIZATION, &[SHOP], Some(KEY)).unwrap();
        bench
    }

    pub fn provision(&mut self, id: &str, origins: &[&str], key: Option<&str>) -> Result<Value, Problem> {
        let entropy = self.entropy();
        self.request(provision(id, origins, key, entropy))
    }

    /// The administrator asks.
    pub fn administer(&mut self, command: Command) -> Result<Value, Problem> {
        self.administer_as(Actor::administrator(Some("192.0.2.1".into())), command)
    }

    /// The holder of a token asks.
    pub fn administer_by(&mut self, claims: &Claims, command: Command) -> Result<Value, Problem> {
        self.administer_as(Actor { claims: Some(claims.clone()), address: None }, command)
    }

    fn administer_as(&mut self, actor: Actor, command: Command) -> Result<Value, Problem> {
        let entropy = self.entropy();
        self.request(Request::Administer { actor, command, entropy })
    }

    /// Chance that is none.
    pub fn entropy(&mut self) -> [u8; 32] {
        self.next_entropy = self.next_entropy.wrapping_add(1);
        [self.next_entropy; 32]
    }

    // What happens.

    pub fn request(&mut self, request: Request) -> Result<Value, Problem> {
        self.feed(Input::Request { request }).expect("a request is answered")
    }

    pub fn feed(&mut self, input: Input) -> Option<Result<Value, Problem>> {
        let turn = self.hub.handle(self.now, &self.store, input);
        let answer = self.perform(turn);
        if self.nothing_missed {
            for call in std::mem::take(&mut self.chores) {
                let nothing = r#"{"chats":[],"messages":[],"has_next":false,"cursor":"","unread_count":0,"total_unread_count":0}"#;
                self.answer(call.job, ozon::answered(200, nothing));
            }
        }
        self.close_what_was_closed();
        self.check();
        answer
    }

    /// The shell's order: the writes in one transaction, then the effects; if they were not kept, `on_failure` and a hub
    /// restored from what is.
    fn perform(&mut self, turn: Turn) -> Option<Result<Value, Problem>> {
        let committed = if turn.writes.is_empty() { Ok(()) } else { self.store.commit(&turn.writes) };
        let (effects, answer) = match committed {
            Ok(()) => (turn.effects, turn.answer),
            Err(error) => {
                self.restore();
                self.wake_at(self.now.plus_ms(RESTORE_AFTER_MS));
                (turn.on_failure, turn.answer.map(|_| Err(Problem::new(Code::StorageFailed, error.0))))
            }
        };
        let mut asked = None;
        let mut unread = Vec::new();
        for effect in effects {
            match effect {
                Effect::Listen { conns } => asked = Some(conns),
                Effect::Send { to, text } => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    assert!(Frame::from_node(&frame).is_some(), "no client reads {text}");
                    for conn in to {
                        self.deliver(conn, &frame, text.len());
                    }
                }
                Effect::Attach { conn, attachment } => {
                    self.sockets.get_mut(&conn).expect("a socket to attach to").attachment = Some(attachment);
                }
                Effect::Close { conn, code, reason: _ } => {
                    if let Some(socket) = self.sockets.get_mut(&conn) {
                        socket.closed.get_or_insert(code);
                    }
                }
                Effect::WakeAt(at) => self.wake_at(at),
                Effect::RemoveFiles { keys } => self.removals.extend(keys),
                Effect::Reply { ticket, answer } => {
                    assert!(self.replies.insert(ticket, *answer).is_none(), "{ticket} is answered once");
                }
                Effect::Call { job: job @ Job::Chore { .. }, request } => {
                    self.chores.push(Call { job, request: *request, at: self.now });
                }
                Effect::Call { job, request } => self.calls.push(Call { job, request: *request, at: self.now }),
                Effect::CallWithFile { job, envelope, file } => match self.read_file(&file) {
                    Some(bytes) => {
                        let request = envelope.with(&bytes).unwrap();
                        self.calls.push(Call { job, request, at: self.now });
                    }
                    None => unread.push(job),
                },
            }
        }
        for job in unread {
            self.feed(Input::NotCalled { job });
        }
        if let Some(conns) = asked {
            let open = |conn: &ConnId| self.sockets.get(conn).filter(|socket| socket.closed.is_none());
            let heard = conns.iter().filter_map(|conn| Some((*conn, open(conn)?.pinged))).collect();
            self.feed(Input::Heard { heard });
        }
        answer
    }

    /// The bytes of a file, if its place has them.
    fn read_file(&self, file: &Opened) -> Option<Vec<u8>> {
        if file.place == Place::Bucket {
            return self.bucket.get(&file.key).cloned();
        }
        let pieces = place::pieces(0, file.size).map(|piece| place::read(&self.store, &file.file_id, piece));
        pieces.collect::<Result<Vec<_>, _>>().ok().map(|pieces| pieces.concat())
    }

    fn deliver(&mut self, conn: ConnId, frame: &Value, bytes: usize) {
        let Some(socket) = self.sockets.get_mut(&conn).filter(|socket| socket.closed.is_none()) else { return };
        if let (Some(visitor), Some(user_id)) = (socket.visitor, frame["data"].get("user_id")) {
            assert_eq!(user_id, &json!(visitor), "a visitor was sent {frame}");
        }
        socket.weight += bytes + FRAME_OVERHEAD_BYTES;
        socket.mailbox.push(frame.clone());
    }

    fn wake_at(&mut self, at: Timestamp) {
        self.alarm = Some(self.alarm.map_or(at, |earlier| earlier.min(at)));
    }

    /// The runtime reports a socket that the relay closed as any other.
    fn close_what_was_closed(&mut self) {
        let closed =
            self.sockets.iter_mut().filter(|(_, socket)| socket.closed.is_some() && socket.attachment.is_some());
        let closed: Vec<ConnId> = closed.map(|(conn, socket)| (*conn, socket.attachment = None).0).collect();
        for conn in closed {
            self.feed(Input::Closed { conn });
        }
    }

    fn restore(&mut self) {
        let open = self.sockets.values().filter(|socket| socket.closed.is_none());
        let attachments: Vec<String> = open.filter_map(|socket| socket.attachment.clone()).collect();
        self.hub = Hub::restore(self.config.clone(), &self.store, attachments).unwrap();
    }

    /// The hub forgets everything and is restored from the sockets' attachments and the store.
    pub fn hibernate(&mut self) {
        self.restore();
        self.feed(Input::Boot);
    }

    /// As [`Bench::hibernate`], and all sockets, all answers of upstreams and the alarm are gone, too: the relay may have
    /// died between keeping a turn and performing it.
    pub fn crash(&mut self) {
        for socket in self.sockets.values_mut() {
            socket.closed.get_or_insert(1006);
            socket.attachment = None;
        }
        self.calls.clear();
        self.chores.clear();
        self.alarm = None;
        self.hibernate();
    }

    /// Moves the clock, with every alarm at its time.
    pub fn advance(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        let mut at_once = 0;
        while let Some(at) = self.alarm.filter(|at| *at <= until) {
            at_once = if at > self.now { 0 } else { at_once + 1 };
            assert!(at_once < ALARMS_AT_ONCE_MAX, "an endless alarm");
            self.now = self.now.max(at);
            self.alarm();
        }
        self.now = until;
    }

    /// The alarm comes, whatever its time.
    pub fn alarm(&mut self) {
        self.alarm = None;
        self.feed(Input::Alarm);
    }

    /// When the alarm is set to.
    pub fn next_alarm(&self) -> Option<Timestamp> {
        self.alarm
    }

    // Sockets.

    pub fn connect(&mut self, claims: &Claims) -> ConnId {
        self.connect_at(claims, Some(SHOP), None)
    }

    pub fn resume(&mut self, claims: &Claims, position: &Position) -> ConnId {
        self.connect_at(claims, Some(SHOP), Some(position.clone()))
    }

    pub fn connect_at(&mut self, claims: &Claims, origin: Option<&str>, position: Option<Position>) -> ConnId {
        self.open_line(claims, origin, position, None)
    }

    /// A line with a budget, as clients of ours open it.
    pub fn open_budgeted(&mut self, claims: &Claims, position: Option<&Position>, budget: usize) -> ConnId {
        self.open_line(claims, Some(SHOP), position.cloned(), Some(budget))
    }

    fn open_line(
        &mut self,
        claims: &Claims,
        origin: Option<&str>,
        position: Option<Position>,
        budget: Option<usize>,
    ) -> ConnId {
        let conn = self.next_conn;
        self.next_conn += 1;
        let visitor = (!claims.role.is_staff()).then_some(claims.sub);
        self.sockets.insert(
            conn,
            Socket { visitor, attachment: None, mailbox: Vec::new(), weight: 0, closed: None, pinged: None },
        );
        self.feed(Input::Connect {
            conn,
            claims: claims.clone(),
            origin: origin.map(Into::into),
            position,
            budget,
            address: Some(ADDRESS.into()),
        });
        conn
    }

    /// What everything that was sent over a line weighs.
    pub fn weight(&self, conn: ConnId) -> usize {
        self.sockets[&conn].weight
    }

    /// The runtime answers a ping without waking the hub.
    pub fn ping(&mut self, conn: ConnId) {
        self.sockets.get_mut(&conn).unwrap().pinged = Some(self.now);
    }

    /// The other end hangs up.
    pub fn hang_up(&mut self, conn: ConnId) {
        if let Some(socket) = self.sockets.get_mut(&conn) {
            socket.closed.get_or_insert(1000);
        }
        self.close_what_was_closed();
    }

    /// A socket loses what was attached to it, as one that another version of the relay accepted.
    pub fn forget(&mut self, conn: ConnId) {
        self.sockets.get_mut(&conn).unwrap().attachment = None;
        self.hibernate();
    }

    pub fn frame(&mut self, conn: ConnId, text: &str) {
        self.feed(Input::Frame { conn, text: text.into() });
    }

    pub fn closed(&self, conn: ConnId) -> Option<u16> {
        self.sockets[&conn].closed
    }

    /// Takes everything out of a mailbox.
    pub fn take(&mut self, conn: ConnId) -> Vec<Value> {
        std::mem::take(&mut self.sockets.get_mut(&conn).unwrap().mailbox)
    }

    /// Takes everything out of a mailbox, by the names of what came.
    pub fn names(&mut self, conn: ConnId) -> Vec<String> {
        self.take(conn).iter().map(|frame| frame["event"].as_str().unwrap().to_owned()).collect()
    }

    /// Takes everything out of a mailbox and keeps the frames of one name.
    pub fn only(&mut self, conn: ConnId, name: &str) -> Vec<Value> {
        self.take(conn).into_iter().filter(|frame| frame["event"] == name).collect()
    }

    pub fn clear(&mut self) {
        self.sockets.values_mut().for_each(|socket| socket.mailbox.clear());
    }

    /// Asks for something and takes the answer out of the mailbox: an ack's result, or an error's code.
    pub fn ask(&mut self, conn: ConnId, mut action: Value) -> Result<Value, String> {
        let id = self.next_action.to_string();
        self.next_action += 1;
        action["id"] = json!(id);
        self.frame(conn, &action.to_string());
        let mailbox = &mut self.sockets.get_mut(&conn).unwrap().mailbox;
        let place =
            mailbox.iter().position(|frame| frame["data"]["id"] == json!(id)).expect("every action is answered");
        let mut answer = mailbox.remove(place);
        match answer["event"].as_str() {
            Some("ack") => {
                assert_eq!(answer["data"]["action"], action["action"]);
                Ok(answer["data"]["result"].take())
            }
            _ => Err(answer["data"]["code"].as_str().unwrap().to_owned()),
        }
    }

    // Upstreams.

    /// Takes the oldest call that has no answer yet.
    pub fn call(&mut self) -> Call {
        assert!(!self.calls.is_empty(), "no call is under way");
        self.calls.remove(0)
    }

    pub fn answer(&mut self, job: Job, answered: Answered) {
        self.feed(Input::Outcome { job, answered });
    }

    // The store.

    pub fn integers(&self, statement: &str) -> Vec<i64> {
        let rows = self.store.query(statement, &[]).unwrap();
        rows.iter().map(|row| row.integer(0).unwrap()).collect()
    }

    pub fn column(&self, statement: &str) -> Vec<String> {
        let rows = self.store.query(statement, &[]).unwrap();
        rows.iter().map(|row| row.text(0).unwrap()).collect()
    }

    pub fn execute(&self, statement: &'static str, params: Vec<SqlValue>) {
        self.store.commit(&[relay_core::storage::Write { statement, params }]).unwrap();
    }

    fn check(&self) {
        if self.store.reads_until_failure.get().is_some() || !is_provisioned(&self.store).unwrap() {
            return;
        }
        let crowded = self.integers(
            "SELECT user_id FROM sends WHERE state IN ('sending', 'checking') GROUP BY user_id HAVING COUNT(*) > 1",
        );
        assert_eq!(crowded, Vec::<i64>::new(), "chats with two messages under way");
        let due = self.integers(
            "SELECT s.due_at FROM sends s WHERE s.state <> 'queued' OR NOT EXISTS
               (SELECT 1 FROM sends e WHERE e.user_id = s.user_id AND e.message_id < s.message_id AND e.state <> 'sent')
             UNION ALL SELECT offline_at FROM chats WHERE offline_at IS NOT NULL UNION ALL SELECT due_at FROM chores
             UNION ALL SELECT tell_at FROM bulks WHERE tell_at IS NOT NULL
             UNION ALL SELECT due_at FROM bulk_rows WHERE state = 'starting'",
        );
        let counted = "(SELECT COUNT(*) FROM bulk_rows r WHERE r.bulk_id = b.bulk_id AND r.state =";
        let miscounted = self.integers(&format!(
            "SELECT bulk_id FROM bulks b WHERE sent <> {counted} 'sent') OR failed <> {counted} 'failed')
               OR cancelled <> {counted} 'cancelled')"
        ));
        assert_eq!(miscounted, Vec::<i64>::new(), "bulk sends whose rows are miscounted");
        if let Some(first) = due.into_iter().min() {
            let latest = first.max(self.now.plus_ms(RETRY_STORE_MS).0);
            assert!(self.alarm.is_some_and(|alarm| alarm.0 <= latest), "{first} is due, the alarm is {:?}", self.alarm);
        }
    }
}
