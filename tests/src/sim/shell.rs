//! The relay's shell, as hub/mod.rs asks for it: a turn's writes in one transaction, then its effects in order; on failure
//! `on_failure`, and a hub restored from what was kept. It sleeps, it crashes, and its store fails now and then.

use std::collections::{BTreeMap, BTreeSet};

use relay_core::auth::keyring::Keyring;
use relay_core::hub::{Actor, Command, Config, ConnId, ENTROPY_BYTES, Effect, Hub, Input, Job, Request, Turn};
use relay_core::storage::Store;
use relay_core::upstream;
use relay_core::upstream::ozon::Credentials;
use serde_json::Value as Json;
use shared::problem::{Code, Problem};
use shared::token::{Claims, Role};

use super::neighbour::Shop;
use super::network::RelayEnd;
use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::store::Flaky;
use super::world::{BEGIN_MS, World};

pub(super) const ORIGIN: &str = "https://shop.example";
/// When a hub that lost a turn looks for what is due.
const RESTORE_AFTER_MS: i64 = 1_000;

/// A call to the upstream, under way.
pub(super) struct Flight {
    pub(super) job: Job,
    pub(super) request: upstream::Request,
    /// What the upstream answers, once it has.
    pub(super) answer: Option<upstream::Answered>,
    incarnation: u64,
}

pub(super) struct Relay {
    pub(super) store: Flaky,
    config: Config,
    hub: Option<Hub>,
    up: bool,
    /// Grows with every crash: what was under way before is not heard of again.
    pub(super) incarnation: u64,
    pub(super) alarm: super::alarm::AlarmClock,
    pub(super) calls: BTreeMap<u64, Flight>,
    /// For a shell that forgets idempotency: the `client_id`s it has seen.
    pub(super) resent: BTreeSet<String>,
}

/// What is to become of a turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    DiesBeforeCommit,
    DiesAfterCommit,
    NotKept,
}

impl Relay {
    pub(super) fn new() -> Self {
        let keys = || Keyring::parse(&format!("{{\"k1\":\"{}\"}}", "A".repeat(43))).expect("32 bytes of zeros");
        Self {
            store: Flaky::new(),
            config: Config {
                signing: keys(),
                sealing: keys(),
                ozon_base_url: "https://ozon.example".into(),
                rate_factor: 1_000_000,
            },
            hub: None,
            up: true,
            incarnation: 0,
            alarm: super::alarm::AlarmClock::default(),
            calls: BTreeMap::new(),
            resent: BTreeSet::new(),
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.up
    }
}

pub(super) fn claims(shop: Shop, role: Role, sub: i64, name: &str, exp_ms: i64) -> Claims {
    Claims {
        org: shop.id().into(),
        role,
        sub,
        name: name.into(),
        iat: BEGIN_MS / 1000,
        exp: (BEGIN_MS + exp_ms) / 1000,
        jti: "j".into(),
    }
}

impl World {
    /// Before anything goes wrong: the organization, and its account at the marketplace.
    pub(super) fn open_shops(&mut self) {
        let shops = self.shops();
        let bad = std::mem::take(&mut self.weather);
        let entropy = self.chance.entropy();
        for shop in shops {
            self.at(*shop, |world| world.provision(entropy));
        }
        self.connect_ozon(entropy);
        self.weather = bad;
    }

    fn provision(&mut self, entropy: [u8; ENTROPY_BYTES]) {
        self.ask(Request::Provision {
            id: self.shop.id().into(),
            name: "Лавка".into(),
            origins: vec![ORIGIN.into()],
            publishable_key: None,
            actor: Actor::administrator(None),
            entropy,
        });
    }

    fn connect_ozon(&mut self, entropy: [u8; ENTROPY_BYTES]) {
        let credentials = Credentials { client_id: "836".into(), api_key: "secret-key-1".into() };
        let answer = self.ask(Request::Administer {
            actor: Actor::administrator(None),
            command: Command::ConnectOzon { credentials },
            entropy,
        });
        let hook = answer.and_then(|answer| Some(answer.ok()?["hook"].as_str()?.to_owned())).expect("the hook's path");
        self.ozon.secret = hook.rsplit('/').next().unwrap_or_default().to_owned();
    }

    /// A request over HTTP. No answer if the relay is down, or dies over it.
    pub(super) fn ask(&mut self, request: Request) -> Option<Result<Json, Problem>> {
        self.feed(Input::Request { request })
    }

    /// Runs the loop for one input.
    pub(super) fn feed(&mut self, input: Input) -> Option<Result<Json, Problem>> {
        if !self.relay.up || self.broken.is_some() {
            return None;
        }
        if self.relay.hub.is_none() && !self.boot() {
            let problem = Problem::new(Code::StorageFailed, "the hub could not be restored");
            // A socket that was just accepted is told; the others find out by themselves.
            if let Input::Connect { conn, .. } = input {
                self.close_from_relay(conn, shared::close::code_of(problem.code));
            }
            return self.relay.up.then_some(Err(problem));
        }
        self.note(|| super::trace::brief(&input));
        let asker = match input {
            Input::Frame { conn, .. } | Input::Connect { conn, .. } => Some(conn),
            Input::Boot
            | Input::Alarm
            | Input::Heard { .. }
            | Input::Closed { .. }
            | Input::Outcome { .. }
            | Input::NotCalled { .. }
            | Input::FilesRemoved { .. }
            | Input::Request { .. } => None,
        };
        let now = self.relay_now();
        self.relay.store.fail_in(None);
        if self.chance.permille(self.weather.read_fails) {
            self.saw("read failed");
            self.note(|| "the store hiccups".into());
            self.relay.store.fail_in(Some(self.chance.index(6) as u32));
        }
        let relay = &mut self.relay;
        let turn = relay.hub.as_mut()?.handle(now, &relay.store, input);
        relay.store.fail_in(None);
        let answer = self.perform(turn, asker);
        if self.chance.permille(self.weather.nap) {
            self.hibernate();
        }
        answer
    }

    fn boot(&mut self) -> bool {
        let attachments: Vec<String> = self
            .conns
            .values()
            .filter(|conn| conn.relay == RelayEnd::Open && conn.shop == self.shop)
            .filter_map(|conn| conn.attachment.clone())
            .collect();
        self.note(|| format!("the hub is restored with {} sockets", attachments.len()));
        self.saw("hub restored");
        let restored = Hub::restore(self.relay.config.clone(), &self.relay.store, attachments);
        self.relay.hub = Some(restored.expect("the store can be read"));
        let now = self.relay_now();
        let relay = &mut self.relay;
        if let Some(hub) = &mut relay.hub {
            let turn = hub.handle(now, &relay.store, Input::Boot);
            self.perform(turn, None);
        }
        self.relay.hub.is_some()
    }

    fn perform(&mut self, turn: Turn, asker: Option<ConnId>) -> Option<Result<Json, Problem>> {
        let Turn { writes, effects, answer, on_failure } = self.tampered(turn);
        let fate = if self.chance.permille(self.weather.crash_in_turn) {
            if self.chance.percent(50) { Fate::DiesBeforeCommit } else { Fate::DiesAfterCommit }
        } else if !writes.is_empty() && self.chance.permille(self.weather.commit_fails) {
            Fate::NotKept
        } else {
            Fate::Done
        };
        let speaks_first = self.is_sabotaged(Sabotage::SpeaksBeforeCommit);
        match fate {
            Fate::DiesBeforeCommit => {
                self.saw("crash before commit");
                if speaks_first {
                    self.effects(effects, usize::MAX);
                }
                if self.is_sabotaged(Sabotage::CommitsByHalves) {
                    self.commit(&writes[..writes.len() / 2]);
                }
                self.crash();
                None
            }
            Fate::DiesAfterCommit => {
                self.saw("crash after commit");
                self.commit(&writes);
                let done = self.chance.index(effects.len() + 1);
                self.effects(effects, done);
                self.crash();
                None
            }
            Fate::NotKept => {
                self.saw("commit failed");
                self.note(|| "the turn is not kept".into());
                let tells = |effect: &Effect| matches!(effect, Effect::Send { to, .. } if to.iter().copied().eq(asker));
                if asker.is_some() && !on_failure.iter().any(tells) {
                    self.blame(|| "what was asked is not kept, and whoever asked is not told".into());
                }
                let problem = Problem::new(Code::StorageFailed, "the relay could not keep it");
                self.relay.hub = None;
                // Both are allowed: to restore at once and have an alarm look for what is due, or at the next input.
                self.set_alarm(self.now() + RESTORE_AFTER_MS);
                self.effects(on_failure, usize::MAX);
                if self.chance.percent(50) {
                    self.restore_silently();
                }
                answer.map(|_| Err(problem))
            }
            Fate::Done => {
                if !(self.is_sabotaged(Sabotage::KeepsNothingAtTimes) && self.chance.permille(10)) {
                    self.commit(&writes);
                }
                self.effects(effects, usize::MAX);
                answer
            }
        }
    }

    /// As the Durable Object's shell does it after a failed commit: the alarm, not a boot, comes first.
    fn restore_silently(&mut self) {
        let attachments = self.conns.values().filter(|conn| conn.relay == RelayEnd::Open && conn.shop == self.shop);
        let attachments: Vec<String> = attachments.filter_map(|conn| conn.attachment.clone()).collect();
        let restored = Hub::restore(self.relay.config.clone(), &self.relay.store, attachments);
        self.relay.hub = Some(restored.expect("the store can be read"));
    }

    pub(super) fn commit(&mut self, writes: &[relay_core::storage::Write]) {
        if !writes.is_empty()
            && let Err(error) = self.relay.store.commit(writes)
        {
            self.blame(|| format!("a turn's writes do not fit the store: {error}"));
        }
    }

    fn effects(&mut self, effects: Vec<Effect>, most: usize) {
        let mut wake: Option<i64> = None;
        let mut replayed = false;
        let (mut asked, mut unread) = (Vec::new(), Vec::new());
        for effect in effects.into_iter().take(most) {
            match effect {
                Effect::Listen { conns } => asked.extend(conns),
                Effect::Send { to, text } => {
                    if self.skips(&text, &mut replayed) {
                        continue;
                    }
                    self.note(|| format!("to {to:x?}: {text}"));
                    for conn in to {
                        self.send_down(conn, text.clone());
                    }
                }
                Effect::Attach { conn, attachment } => {
                    if let Some(link) = self.conns.get_mut(&conn)
                        && link.relay == RelayEnd::Open
                    {
                        link.attachment = Some(attachment);
                    }
                }
                Effect::Close { conn, code, .. } => self.close_from_relay(conn, code),
                Effect::WakeAt(at) => {
                    let at = at.0 - BEGIN_MS - self.relay_skew_ms;
                    wake = Some(wake.map_or(at, |earlier| earlier.min(at)));
                }
                // The simulated relay has no bucket.
                Effect::RemoveFiles { .. } => {}
                // Nor an integrator that calls the vendor through it.
                Effect::Reply { .. } => {}
                Effect::Call { job, request } => self.call(job, *request),
                Effect::CallWithFile { job, envelope, file } => match self.read_file(&file) {
                    Some(bytes) => self.call(job, envelope.with(&bytes).expect("a file of ours")),
                    None => unread.push(job),
                },
            }
        }
        if let Some(at) = wake {
            self.set_alarm(at);
        }
        if !asked.is_empty() {
            let always = self.is_sabotaged(Sabotage::OverlooksDepartures).then(|| self.relay_now());
            let open = |conn: &ConnId| self.conns.get(conn).filter(|link| link.relay == RelayEnd::Open);
            let heard = asked.iter().filter_map(|conn| Some((*conn, always.or(open(conn)?.pinged)))).collect();
            self.feed(Input::Heard { heard });
        }
        for job in unread {
            self.feed(Input::NotCalled { job });
        }
    }

    /// A replay that forgets its first event.
    fn skips(&mut self, text: &str, replayed: &mut bool) -> bool {
        if !self.is_sabotaged(Sabotage::SkipsOneOnResume) {
            return false;
        }
        let was = std::mem::replace(replayed, text.contains("\"resumed\":true"));
        was && text.contains(",\"offset\":")
    }

    /// The runtime takes the object out of memory; sockets and store stay.
    pub(super) fn hibernate(&mut self) {
        if self.relay.hub.take().is_some() {
            self.note(|| "the hub sleeps".into());
            self.saw("hibernation");
            if self.is_sabotaged(Sabotage::LosesAttachments)
                && let Some(conn) = self.conns.values_mut().find(|conn| conn.attachment.is_some() && conn.client_holds)
            {
                conn.attachment = None;
            }
        }
    }

    /// The process dies, and with it every socket and everything under way.
    pub(super) fn crash(&mut self) {
        self.note(|| "the relay crashes".into());
        self.saw("crash");
        for relay in [&mut self.relay, &mut self.aside.relay] {
            relay.hub = None;
            relay.up = false;
            relay.incarnation += 1;
        }
        self.all_sockets_die();
        let down = self.chance.between(50, 3_000);
        self.schedule.after(down, Happening::RelayUp);
    }

    pub(super) fn relay_up(&mut self) {
        self.relay.up = true;
        self.aside.relay.up = true;
        self.note(|| "the relay is up".into());
    }

    pub(super) fn new_flight(&mut self, job: Job, request: upstream::Request) -> u64 {
        let call = self.chance.roll();
        let incarnation = self.relay.incarnation;
        self.relay.calls.insert(call, Flight { job, request, answer: None, incarnation });
        call
    }

    /// A call is over, with or without an answer. Its outcome is heard of by the relay that made it.
    pub(super) fn call_over(&mut self, call: u64, answered: upstream::Answered) {
        if let Some(flight) = self.relay.calls.remove(&call)
            && flight.incarnation == self.relay.incarnation
        {
            self.feed(Input::Outcome { job: flight.job, answered });
        }
    }

    /// Every open socket of which the relay knows whose it is.
    pub(super) fn open_conns(&self) -> Vec<ConnId> {
        let open = self.conns.iter().filter(|(_, conn)| conn.relay == RelayEnd::Open && conn.client_holds);
        open.map(|(conn, _)| *conn).collect()
    }
}
