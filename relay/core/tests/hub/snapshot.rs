//! Applying the events to the old state equals fetching the new state: a page that followed, over cuts, sleeps, crashes and
//! trimmed logs, shows what a page shows that was opened just now.

use crate::bench;

use bench::Bench;
use bench::ozon::{CHAT, Market, answered, message_read};
use bench::people::{operator, visitor};
use bench::screen::Screen;
use proptest::prelude::*;
use relay_core::hub::ConnId;
use relay_core::upstream::Answered;
use serde_json::json;
use shared::client::{Chat, LinkStatus};
use shared::id::{MessageId, UserId};
use shared::limits::CHATS_PAGE;

const VISITORS: [UserId; 3] = [-7, -8, -9];
/// The visitor whose page is followed.
const FOLLOWED: UserId = -7;

#[derive(Clone, Copy, Debug)]
enum Step {
    VisitorWrites(usize),
    /// Enough to fill more than a page of history.
    VisitorWritesALot(usize),
    VisitorReads(usize, u8),
    VisitorComes(usize),
    VisitorLeaves(usize),
    OperatorWrites(usize),
    OperatorReads(usize, u8),
    BuyerWrites,
    /// Their last message, somewhat later than it was written.
    BuyerEdits(u8),
    BuyerReads,
    OzonAnswers(u8),
    Advance(i64),
    Sleep,
    Crash,
    FailCommit,
    TrimLog,
    // What the followed pages do themselves.
    DeskWrites(usize),
    DeskReads(usize),
    DeskOpens(usize),
    DeskScrolls(usize),
    DeskIsCut,
    DeskIsBack,
    PageWrites,
    PageReads,
    PageScrolls,
    PageIsCut,
    PageIsBack,
}

struct World {
    market: Market,
    /// An operator's page and a visitor's page that are followed.
    desk: Screen,
    page: Screen,
    visitors: [Option<ConnId>; 3],
    count: u32,
    /// The store refused something, and a page is about to ask for it again.
    asks_again: bool,
}

impl World {
    fn new() -> Self {
        let mut market = Market::new();
        let desk = Screen::open(&mut market.bench, &operator("Ольга"));
        let page = Screen::open(&mut market.bench, &visitor(FOLLOWED));
        Self { market, desk, page, visitors: [None; 3], count: 0, asks_again: false }
    }

    fn chat(&self, n: usize) -> UserId {
        *VISITORS.get(n).unwrap_or(&self.market.buyer)
    }

    fn last_message(&self, user_id: UserId) -> Option<MessageId> {
        let ids = self.market.bench.integers(&format!("SELECT last_message_id FROM chats WHERE user_id = {user_id}"));
        ids.first().copied()
    }

    /// A message somewhere in a chat: `part` of 255 of the way to its end.
    fn some_message(&self, user_id: UserId, part: u8) -> i64 {
        self.last_message(user_id).unwrap_or(1) * i64::from(part) / 255
    }

    fn next_client_id(&mut self) -> String {
        self.count += 1;
        // Two clients that count alike: each side's ids are its own.
        format!("c-{}", self.count / 2)
    }

    fn visitor(&mut self, n: usize) -> ConnId {
        let bench = &mut self.market.bench;
        match self.visitors[n].filter(|conn| bench.closed(*conn).is_none()) {
            Some(conn) => conn,
            None => *self.visitors[n].insert(bench.connect(&visitor(VISITORS[n]))),
        }
    }

    fn colleague(&mut self) -> ConnId {
        if self.market.bench.closed(self.market.operator).is_some() {
            self.market.operator = self.market.bench.connect(&operator("Анна"));
        }
        self.market.operator
    }

    fn frame(&mut self, conn: ConnId, action: serde_json::Value) {
        self.market.bench.frame(conn, &action.to_string());
    }

    fn run(&mut self, step: Step) {
        let now = self.market.bench.now;
        let failing = self.market.bench.store.failing_commits.get();
        match step {
            Step::VisitorWrites(n) => {
                let conn = self.visitor(n);
                let client_id = self.next_client_id();
                self.frame(conn, json!({"action": "send_message", "text": format!("от {n}"), "client_id": client_id}));
            }
            Step::VisitorWritesALot(n) => {
                let conn = self.visitor(n);
                for _ in 0..25 {
                    self.frame(conn, json!({"action": "send_message", "text": "ещё"}));
                }
            }
            Step::VisitorReads(n, part) => {
                let conn = self.visitor(n);
                let up_to = self.some_message(VISITORS[n], part);
                self.frame(conn, json!({"action": "message_read", "last_read_message_id": up_to}));
            }
            Step::VisitorComes(n) => drop(self.visitor(n).to_string()),
            Step::VisitorLeaves(n) => {
                if let Some(conn) = self.visitors[n].take() {
                    self.market.bench.hang_up(conn);
                }
            }
            Step::OperatorWrites(n) => {
                let (conn, user_id) = (self.colleague(), self.chat(n));
                self.frame(conn, json!({"action": "send_message", "user_id": user_id, "text": format!("для {n}")}));
            }
            Step::OperatorReads(n, part) => {
                let (conn, user_id) = (self.colleague(), self.chat(n));
                let up_to = self.some_message(user_id, part);
                self.frame(conn, json!({"action": "message_read", "user_id": user_id, "last_read_message_id": up_to}));
            }
            Step::BuyerWrites => {
                let id = self.market.ozon.buyer_writes(CHAT, "от покупателя");
                let secret = self.market.secret.clone();
                let _ = self.market.bench.push(&secret, &bench::ozon::new_message(CHAT, id, "от покупателя"));
            }
            Step::BuyerEdits(after_s) => {
                let (id, at) = (self.market.ozon.last_id(CHAT), now.plus_ms(1_000 * i64::from(after_s)));
                let edit = bench::ozon::update_message(CHAT, id, &format!("правка {after_s}"), &at.to_rfc3339());
                let secret = self.market.secret.clone();
                let _ = self.market.bench.push(&secret, &edit);
            }
            Step::BuyerReads => {
                let read = message_read(CHAT, self.market.ozon.last_id(CHAT));
                let secret = self.market.secret.clone();
                let _ = self.market.bench.push(&secret, &read);
            }
            Step::OzonAnswers(how) => {
                if !self.market.bench.calls.is_empty() {
                    let call = self.market.bench.call();
                    let done = self.market.ozon.serve(&call);
                    let answer = match how {
                        0 => Answered::Lost,
                        1 => answered(403, "{}"),
                        2 => bench::ozon::limited(None),
                        _ => done,
                    };
                    self.market.bench.answer(call.job, answer);
                }
            }
            Step::Advance(ms) => self.market.bench.advance(ms),
            Step::Sleep => self.market.bench.hibernate(),
            Step::Crash => self.market.bench.crash(),
            Step::FailCommit => self.market.bench.store.failing_commits.set(1),
            Step::TrimLog => {
                let statement = "DELETE FROM events WHERE event_offset < (SELECT MAX(event_offset) - 1 FROM events)";
                self.market.bench.store.failing_commits.set(0);
                self.market.bench.execute(statement, vec![]);
            }
            Step::DeskWrites(n) => {
                let (user_id, client_id) = (self.chat(n), self.next_client_id());
                if self.desk.client.state().chat(user_id).is_some() {
                    self.desk.client.send(now, user_id, "с пульта", client_id).unwrap();
                }
            }
            Step::DeskReads(n) => {
                let user_id = self.chat(n);
                let newest =
                    self.desk.client.state().chat(user_id).and_then(Chat::newest).map(|newest| newest.message_id);
                if let Some(newest) = newest {
                    self.desk.client.read(now, user_id, newest);
                }
            }
            Step::DeskOpens(n) => {
                let user_id = self.chat(n);
                if self.desk.client.state().chat(user_id).is_some() {
                    self.desk.client.open_chat(now, user_id);
                }
            }
            Step::DeskScrolls(n) => self.desk.client.load_older(now, self.chat(n)),
            Step::DeskIsCut => self.desk.lose_connection(&mut self.market.bench),
            Step::DeskIsBack => self.desk.reconnect(&mut self.market.bench),
            Step::PageWrites => {
                let client_id = self.next_client_id();
                self.page.client.send(now, FOLLOWED, "со страницы", client_id).unwrap();
            }
            Step::PageReads => {
                let newest =
                    self.page.client.state().chat(FOLLOWED).and_then(Chat::newest).map(|newest| newest.message_id);
                if let Some(newest) = newest {
                    self.page.client.read(now, FOLLOWED, newest);
                }
            }
            Step::PageScrolls => self.page.client.load_older(now, FOLLOWED),
            Step::PageIsCut => self.page.lose_connection(&mut self.market.bench),
            Step::PageIsBack => self.page.reconnect(&mut self.market.bench),
        }
        // Each may bring the other something.
        for _ in 0..2 {
            self.desk.tick(&mut self.market.bench);
            self.page.tick(&mut self.market.bench);
        }
        if self.market.bench.store.failing_commits.get() < failing {
            self.asks_again = true;
        } else if matches!(step, Step::Advance(6_000..)) {
            self.asks_again = false;
        }
    }

    /// Both pages are there and nothing is on its way to the relay.
    fn come_to_rest(&mut self) {
        self.market.bench.store.failing_commits.set(0);
        for _ in 0..100 {
            self.desk.reconnect(&mut self.market.bench);
            self.page.reconnect(&mut self.market.bench);
            self.run(Step::Advance(6_000));
            if self.desk.client.unsent() == 0 && self.page.client.unsent() == 0 && self.is_live() {
                return;
            }
        }
        panic!("{} and {} messages are still unsent", self.desk.client.unsent(), self.page.client.unsent());
    }

    fn is_live(&self) -> bool {
        self.desk.client.status() == LinkStatus::Live && self.page.client.status() == LinkStatus::Live
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        let bench = &mut self.market.bench;
        if bench.store.failing_commits.get() > 0 || self.asks_again {
            return Ok(());
        }
        if self.desk.client.status() == LinkStatus::Live {
            let mut fresh = Screen::open(bench, &operator("Новая"));
            let listed: Vec<UserId> = fresh.client.state().chats().iter().map(|chat| chat.user_id).collect();
            for user_id in &listed {
                fresh.client.open_chat(bench.now, *user_id);
            }
            fresh.run(bench);
            let followed: Vec<UserId> = self.desk.client.state().chats().iter().map(|chat| chat.user_id).collect();
            prop_assert_eq!(&followed, &listed);
            for user_id in listed {
                let (old, new) =
                    (self.desk.client.state().chat(user_id).unwrap(), fresh.client.state().chat(user_id).unwrap());
                prop_assert_eq!((&old.user_name, &old.source, old.online), (&new.user_name, &new.source, new.online));
                same_chat(bench, old, new)?;
            }
            prop_assert_eq!(self.desk.client.state().unread(), fresh.client.state().unread());
            fresh.leave(bench);
        }
        if self.page.client.status() == LinkStatus::Live {
            let fresh = Screen::open(bench, &visitor(FOLLOWED));
            let (old, new) =
                (self.page.client.state().chat(FOLLOWED).unwrap(), fresh.client.state().chat(FOLLOWED).unwrap());
            same_chat(bench, old, new)?;
            fresh.leave(bench);
        }
        self.desk.run(&mut self.market.bench);
        Ok(())
    }
}

/// `old` has followed, `new` has just loaded its newest page.
fn same_chat(bench: &Bench, old: &Chat, new: &Chat) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        (old.user_id, old.unread, old.user_read, old.operator_read),
        (new.user_id, new.unread, new.user_read, new.operator_read)
    );
    prop_assert_eq!(
        (old.user_delivered, old.operator_delivered),
        (new.user_delivered, new.operator_delivered),
        "chat {}",
        old.user_id
    );
    prop_assert_eq!(old.newest(), new.newest());
    if !old.is_loaded() {
        return Ok(());
    }
    let old_messages: Vec<_> = old.messages().collect();
    let new_messages: Vec<_> = new.messages().collect();
    prop_assert!(old_messages.len() >= new_messages.len(), "chat {} lacks messages", old.user_id);
    prop_assert_eq!(&old_messages[old_messages.len() - new_messages.len()..], &new_messages[..]);
    let oldest = old_messages.first().map_or(i64::MAX, |message| message.message_id);
    let user_id = old.user_id;
    let kept = bench.integers(&format!(
        "SELECT message_id FROM messages WHERE user_id = {user_id} AND message_id >= {oldest} ORDER BY 1"
    ));
    prop_assert_eq!(old_messages.iter().map(|message| message.message_id).collect::<Vec<_>>(), kept);
    let has_older = !bench
        .integers(&format!("SELECT 1 FROM messages WHERE user_id = {user_id} AND message_id < {oldest}"))
        .is_empty();
    prop_assert_eq!(old.has_more(), has_older && !old_messages.is_empty());
    Ok(())
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3usize).prop_map(Step::VisitorWrites),
        1 => (0..3usize).prop_map(Step::VisitorWritesALot),
        2 => (0..3usize, any::<u8>()).prop_map(|(n, part)| Step::VisitorReads(n, part)),
        1 => (0..3usize).prop_map(Step::VisitorComes),
        1 => (0..3usize).prop_map(Step::VisitorLeaves),
        4 => (0..4usize).prop_map(Step::OperatorWrites),
        2 => (0..4usize, any::<u8>()).prop_map(|(n, part)| Step::OperatorReads(n, part)),
        1 => Just(Step::BuyerWrites),
        1 => any::<u8>().prop_map(Step::BuyerEdits),
        1 => Just(Step::BuyerReads),
        3 => (0..6u8).prop_map(Step::OzonAnswers),
        3 => prop_oneof![Just(500), Just(6_000), Just(40_000)].prop_map(Step::Advance),
        1 => Just(Step::Sleep),
        1 => Just(Step::Crash),
        1 => Just(Step::FailCommit),
        1 => Just(Step::TrimLog),
        2 => (0..4usize).prop_map(Step::DeskWrites),
        2 => (0..4usize).prop_map(Step::DeskReads),
        2 => (0..4usize).prop_map(Step::DeskOpens),
        1 => (0..4usize).prop_map(Step::DeskScrolls),
        2 => Just(Step::DeskIsCut),
        2 => Just(Step::DeskIsBack),
        2 => Just(Step::PageWrites),
        1 => Just(Step::PageReads),
        1 => Just(Step::PageScrolls),
        2 => Just(Step::PageIsCut),
        2 => Just(Step::PageIsBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn following_the_events_equals_fetching_the_snapshot(steps in proptest::collection::vec(any_step(), 0..40)) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
            world.check()?;
        }
        world.come_to_rest();
        world.check()?;
        // Nothing that a page sent was lost or came twice.
        let doubles = world.market.bench.integers("SELECT COUNT(*) FROM messages GROUP BY user_id, writer, client_id HAVING client_id IS NOT NULL AND COUNT(*) > 1");
        prop_assert!(doubles.is_empty());
    }
}

#[test]
fn a_chat_from_beyond_the_list_comes_up_with_its_name_and_counts() {
    let mut bench = Bench::new();
    let count = i64::try_from(CHATS_PAGE + 10).unwrap();
    let pages: Vec<ConnId> = (1..=count).map(|n| bench.connect(&visitor(-n))).collect();
    for page in &pages {
        bench.visitor_writes(*page, "раз");
        bench.visitor_writes(*page, "два");
    }
    let mut desk = Screen::open(&mut bench, &operator("Анна"));
    let shown = desk.client.state().chats().len();
    assert!((CHATS_PAGE..CHATS_PAGE + 10).contains(&shown), "a first screen, in pieces: {shown}");
    bench.visitor_writes(pages[0], "три");
    let colleague = bench.connect(&operator("Олег"));
    bench.operator_writes(colleague, -2, "слушаю");
    desk.run(&mut bench);
    let fresh = Screen::open(&mut bench, &operator("Новая"));
    for user_id in [-1, -2] {
        assert_eq!(desk.client.state().chat(user_id).unwrap().user_name, format!("Посетитель {:04}", -user_id));
    }
    let top = |screen: &Screen| {
        let chats = screen.client.state().chats();
        chats
            .iter()
            .take(CHATS_PAGE)
            .map(|chat| (chat.user_id, chat.unread, chat.online, chat.user_name.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(top(&desk), top(&fresh));
    assert!(desk.client.state().next_chats().is_some());
}
