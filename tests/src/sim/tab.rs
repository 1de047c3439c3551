//! The shell of a client machine: a page in somebody's browser. It performs the machine's effects, wakes it when asked,
//! falls asleep in the background, and is reloaded, closed and opened again.

use std::collections::{BTreeMap, VecDeque};

use relay_core::hub::ConnId;
use shared::client::{Client, Effect, Identity, LineId, LinkStatus, OutgoingState};
use shared::frame::{Frame, PONG};
use shared::id::{Position, UserId};
use shared::limits::{LIVENESS_TIMEOUT_MS, TYPING_TTL_MS};
use shared::time::Timestamp;
use shared::token::Role;

use super::neighbour::Shop;
use super::network::End;
use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::shell::claims;
use super::world::{BEGIN_MS, World};

/// A timer that fires more often than this within one millisecond waits for nothing.
const SPIN_MAX: u32 = 20;
/// How late a page may take a sign of typing away.
const TYPING_SLACK_MS: i64 = 1_000;

/// Something that reaches a page.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    Open(ConnId),
    Frame { conn: ConnId, text: String, copy: bool },
    Close { conn: ConnId, code: u16 },
}

pub(super) struct Tab {
    pub(super) name: String,
    pub(super) identity: Identity,
    pub(super) shop: Shop,
    pub(super) client: Client,
    /// The lines it holds.
    pub(super) lines: BTreeMap<LineId, ConnId>,
    /// Whether the page is open at all.
    pub(super) here: bool,
    pub(super) gone_for_good: bool,
    pub(super) asleep: bool,
    /// Its clock is ahead of the world's by this much.
    pub(super) skew_ms: i64,
    /// When its clock last jumped, by the world's.
    pub(super) jumped_at: i64,
    /// Whether its clock stands still while it sleeps, as a machine's does that was closed.
    stands_still: Option<i64>,
    /// Since when it has been awake, with its timers on time.
    awake_since: i64,
    token_exp_ms: i64,
    timer: Option<i64>,
    spins: (i64, u32),
    /// What came while it slept.
    inbox: VecDeque<Heard>,
    /// Which of its lives this is: a reload begins a new one.
    pub(super) life: u32,
    pub(super) written: u32,
}

impl Tab {
    fn local(&self, now: i64) -> Timestamp {
        Timestamp(BEGIN_MS + now + self.skew_ms)
    }

    pub(super) fn own_chat(&self) -> Option<UserId> {
        match self.identity {
            Identity::Visitor(user_id) => Some(user_id),
            Identity::Staff => None,
        }
    }

    /// Whose outbox it shares: all tabs of a visitor are in one browser, each operator has their own.
    pub(super) fn browser(&self) -> String {
        let of = self.own_chat().map_or_else(|| self.name.clone(), |user_id| user_id.to_string());
        format!("{}/{of}", self.shop.id())
    }

    pub(super) fn can_act(&self) -> bool {
        self.here && !self.asleep
    }

    pub(super) fn next_client_id(&mut self) -> String {
        self.written += 1;
        format!("{}.{}.{}", self.name, self.life, self.written)
    }
}

impl World {
    pub(super) fn new_tab(&mut self, name: &str, identity: Identity) {
        let seed = self.chance.roll();
        let skew_ms = self.chance.between(-3_600_000, 3_600_000);
        let mut tab = Tab {
            name: name.into(),
            identity,
            shop: self.shop,
            client: Client::new(identity, seed),
            lines: BTreeMap::new(),
            here: true,
            gone_for_good: false,
            asleep: false,
            skew_ms,
            jumped_at: i64::MIN / 2,
            stands_still: None,
            awake_since: self.now(),
            token_exp_ms: 0,
            timer: None,
            spins: (0, 0),
            inbox: VecDeque::new(),
            life: 1,
            written: 0,
        };
        tab.token_exp_ms = self.token_exp_ms(identity);
        tab.client.connect(tab.local(self.now()));
        self.tabs.push(tab);
        self.pump(self.tabs.len() - 1);
    }

    fn token_exp_ms(&self, identity: Identity) -> i64 {
        match identity {
            Identity::Visitor(_) => self.now() + self.weather.token_ttl_s * 1000,
            // Staff signs in again by hand, which nobody here does.
            Identity::Staff => 24 * 3_600_000,
        }
    }

    /// Lets a person do something with their page, and the page do what follows.
    pub(super) fn with_tab<T>(&mut self, tab: usize, act: impl FnOnce(&mut Client, Timestamp) -> T) -> T {
        let now = self.tabs[tab].local(self.now());
        let result = act(&mut self.tabs[tab].client, now);
        self.pump(tab);
        result
    }

    pub(super) fn tab_hears(&mut self, tab: usize, heard: Heard) {
        if self.tabs[tab].asleep {
            self.tabs[tab].inbox.push_back(heard);
        } else {
            self.hear(tab, heard);
        }
    }

    fn hear(&mut self, tab: usize, heard: Heard) {
        let (Heard::Open(conn) | Heard::Frame { conn, .. } | Heard::Close { conn, .. }) = heard;
        if let Heard::Frame { text, .. } = &heard {
            self.check_privacy(conn, text);
        }
        // A socket that the page has let go of has nothing to say any more.
        let Some(line) = self.tabs[tab].lines.iter().find_map(|(line, of)| (*of == conn).then_some(*line)) else {
            return;
        };
        match heard {
            Heard::Open(_) => self.with_tab(tab, |client, now| client.handle_open(now, line)),
            Heard::Frame { text, copy, .. } => {
                let name = self.tabs[tab].name.clone();
                if text != PONG {
                    self.note(|| format!("{name} {} {text}", if copy { "hears again" } else { "hears" }));
                }
                let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else {
                    return self.blame(|| format!("the relay sent what is not JSON: {text}"));
                };
                let Some(frame) = Frame::from_node(&json) else {
                    return self.blame(|| format!("the client cannot read {text}"));
                };
                self.check_frame(tab, conn, &frame, copy);
                if self.is_sabotaged(Sabotage::LosesAFrameInThePage) && self.chance.percent(1) {
                    return;
                }
                self.with_tab(tab, |client, now| client.handle_frame(now, line, text.len(), Some(frame)));
            }
            Heard::Close { code, .. } => {
                self.tabs[tab].lines.remove(&line);
                if code == shared::close::CONTINUE {
                    self.saw("line to be continued");
                }
                let name = self.tabs[tab].name.clone();
                self.note(|| format!("{name} learns that its connection is closed: {code}"));
                self.with_tab(tab, |client, now| client.handle_close(now, line, code));
            }
        }
    }

    /// Performs what the machine asks for.
    fn pump(&mut self, tab: usize) {
        while let Some(effect) = self.tabs[tab].client.take_effect() {
            match effect {
                Effect::Open { line, via: _, position, renew } => self.tab_dials(tab, line, position, renew),
                Effect::Transmit { line, text } => {
                    if let Some(conn) = self.tabs[tab].lines.get(&line) {
                        self.send_up(*conn, text);
                    }
                }
                Effect::Close { line, code } => {
                    if let Some(conn) = self.tabs[tab].lines.remove(&line) {
                        if code == shared::close::SILENT {
                            self.saw("silent connection given up");
                        }
                        self.hang_up(conn);
                    }
                }
                Effect::Keep(outgoing) => {
                    let browser = self.tabs[tab].browser();
                    let kept = self.kept.entry(browser).or_default();
                    if kept.iter().all(|kept| kept.client_id != outgoing.client_id) {
                        kept.push(outgoing);
                    }
                }
                Effect::Forget { client_id } => {
                    let browser = self.tabs[tab].browser();
                    self.kept.entry(browser).or_default().retain(|kept| kept.client_id != client_id);
                }
                Effect::Arrived { user_id, message_id } => self.check_arrived(tab, user_id, message_id),
            }
        }
        self.set_timer(tab);
        self.check_view(tab);
    }

    fn tab_dials(&mut self, tab: usize, line: LineId, position: Option<Position>, renew: bool) {
        let renew = renew && !self.is_sabotaged(Sabotage::KeepsOldTokens);
        let too_far = i64::from(self.is_sabotaged(Sabotage::ResumesTooFar));
        let position = position.map(|position| Position { offset: position.offset + too_far, ..position });
        if !self.tabs[tab].lines.is_empty() {
            self.saw("line opened beside another");
        }
        let identity = self.tabs[tab].identity;
        let mut extra_ms = 0;
        if renew {
            self.saw("token renewed");
            self.tabs[tab].token_exp_ms = self.token_exp_ms(identity);
            extra_ms = self.chance.between(20, 400);
        }
        let name = self.tabs[tab].name.clone();
        let exp_ms = self.tabs[tab].token_exp_ms;
        let shop = self.tabs[tab].shop;
        let claims = match identity {
            Identity::Visitor(user_id) => claims(shop, Role::Visitor, user_id, "", exp_ms),
            Identity::Staff => claims(shop, Role::Operator, 0, &name, exp_ms),
        };
        let conn = self.dial(End::Tab(tab), claims, position, extra_ms);
        self.tabs[tab].lines.insert(line, conn);
    }

    fn set_timer(&mut self, tab: usize) {
        let now = self.now();
        let page = &mut self.tabs[tab];
        if !page.here || page.asleep {
            return;
        }
        if self.plan.sabotage == Some(Sabotage::ForgetsTimers) {
            return;
        }
        let Some(next) = page.client.next_timeout() else { return };
        let at = (next.0 - BEGIN_MS - page.skew_ms).max(now);
        if page.timer.is_none_or(|timer| at < timer) {
            page.timer = Some(at);
            self.schedule.at(at, Happening::Timer { tab, at });
        }
    }

    pub(super) fn timer(&mut self, tab: usize, at: i64) {
        let now = self.now();
        let page = &mut self.tabs[tab];
        if page.timer != Some(at) {
            return;
        }
        page.timer = None;
        if !page.can_act() {
            return;
        }
        page.spins = (now, if page.spins.0 == now { page.spins.1 + 1 } else { 1 });
        if page.spins.1 > SPIN_MAX {
            let name = page.name.clone();
            self.blame(|| format!("{name} asks to be woken at once, again and again"));
        }
        self.with_tab(tab, |client, now| client.handle_timeout(now));
    }

    /// The page goes to the background: no timer fires, and what arrives waits.
    pub(super) fn falls_asleep(&mut self, tab: usize, ms: i64) {
        if self.tabs[tab].can_act() {
            let name = self.tabs[tab].name.clone();
            self.note(|| format!("{name} sleeps for {ms} ms"));
            self.saw("tab asleep");
            self.tabs[tab].asleep = true;
            self.tabs[tab].stands_still = self.chance.percent(30).then_some(self.schedule.now());
            self.schedule.after(ms, Happening::Wakes(tab));
        }
    }

    pub(super) fn wakes(&mut self, tab: usize) {
        let page = &mut self.tabs[tab];
        if !page.asleep {
            return;
        }
        page.asleep = false;
        page.awake_since = self.schedule.now();
        if let Some(since) = page.stands_still.take() {
            page.skew_ms -= page.awake_since - since;
        }
        page.timer = None;
        let inbox = std::mem::take(&mut page.inbox);
        let name = page.name.clone();
        self.note(|| format!("{name} wakes, {} things are waiting", inbox.len()));
        // Browsers promise no order between the timers and the messages that were held back.
        if self.chance.percent(50) {
            self.with_tab(tab, |client, now| client.handle_timeout(now));
        }
        for heard in inbox {
            self.hear(tab, heard);
        }
        if self.tabs[tab].here {
            self.with_tab(tab, |client, now| client.handle_timeout(now));
        }
    }

    /// The page is loaded anew.
    pub(super) fn reload(&mut self, tab: usize) {
        self.saw("reload");
        self.closes_page(tab);
        self.loads_page(tab);
    }

    pub(super) fn closes_page(&mut self, tab: usize) {
        let name = self.tabs[tab].name.clone();
        self.note(|| format!("{name} closes the page"));
        for conn in std::mem::take(&mut self.tabs[tab].lines).into_values() {
            self.hang_up(conn);
        }
        self.witness.life_over(&name);
        let seed = self.chance.roll();
        let page = &mut self.tabs[tab];
        page.here = false;
        page.asleep = false;
        page.stands_still = None;
        page.inbox.clear();
        page.timer = None;
        page.client = Client::new(page.identity, seed);
        page.life += 1;
    }

    fn loads_page(&mut self, tab: usize) {
        let name = self.tabs[tab].name.clone();
        self.note(|| format!("{name} loads the page"));
        // A session is fetched with the page.
        self.tabs[tab].token_exp_ms = self.token_exp_ms(self.tabs[tab].identity);
        self.tabs[tab].here = true;
        self.with_tab(tab, |client, now| client.connect(now));
        let mut kept = self.kept.get(&self.tabs[tab].browser()).cloned().unwrap_or_default();
        if self.is_sabotaged(Sabotage::LosesTheOutbox) {
            kept.clear();
        }
        if !kept.is_empty() {
            self.saw("outbox restored");
            self.with_tab(tab, |client, now| client.restore(now, kept));
        }
    }

    pub(super) fn returns(&mut self, tab: usize) {
        if !self.tabs[tab].here && !self.tabs[tab].gone_for_good {
            self.loads_page(tab);
        }
    }

    /// A page that is awake notices a dead connection in time.
    pub(super) fn check_liveness(&mut self) {
        for tab in 0..self.tabs.len() {
            self.check_typing_ends(tab);
            let page = &self.tabs[tab];
            let Some(dead_since) = page.lines.values().filter_map(|conn| self.dead_since(*conn)).min() else {
                continue;
            };
            let since = dead_since.max(page.awake_since);
            if page.can_act() && self.now() - since > LIVENESS_TIMEOUT_MS {
                let name = page.name.clone();
                self.blame(|| format!("{name} has been deaf since {since}, and has not noticed"));
            }
        }
    }

    /// Nobody who is awake is shown a typing that is over.
    fn check_typing_ends(&mut self, tab: usize) {
        let page = &self.tabs[tab];
        let now = page.local(self.now());
        let just_woken = self.now() - page.awake_since < TYPING_SLACK_MS;
        // Timers run by themselves: what was shown before the jump goes in its own time.
        let just_jumped = self.now() - page.jumped_at < TYPING_TTL_MS + TYPING_SLACK_MS;
        if !page.can_act() || just_woken || just_jumped {
            return;
        }
        let chats = page.client.state().chats();
        let sticks = chats.iter().find(|chat| {
            chat.typing.as_ref().is_some_and(|(until, _)| {
                let left = until.since_ms(now);
                !(-TYPING_SLACK_MS..=TYPING_TTL_MS).contains(&left)
            })
        });
        if let Some(chat) = sticks {
            let what = format!("{} is shown {:?} type in {} at {now:?}", page.name, chat.typing, chat.user_id);
            self.blame(|| what);
        }
    }

    /// What the open pages still wait for.
    pub(super) fn tabs_unrest(&self) -> Option<String> {
        for page in self.tabs.iter().filter(|page| page.here) {
            let client = &page.client;
            let unrest = if page.asleep {
                "sleeps"
            } else if client.status() != LinkStatus::Live {
                "is not connected"
            } else if client.is_loading() || client.is_loading_chats() {
                "has not loaded"
            } else if client.state().chats().iter().any(|chat| client.is_loading_history(chat.user_id)) {
                "waits for a history"
            } else if client.state().chats().iter().any(|chat| {
                client.outgoing(chat.user_id).any(|outgoing| !matches!(outgoing.state, OutgoingState::Failed(_)))
            }) {
                "has messages on their way"
            } else {
                continue;
            };
            return Some(format!("{} {unrest} ({:?})", page.name, client.status()));
        }
        None
    }
}
