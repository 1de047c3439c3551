//! Sends under chance: any order of answers, losses, crashes, failed commits, alarms and time, against a model of Ozon that
//! counts what it took.

use crate::bench;

use bench::ozon::{CHAT, Market, answered, limited, message_read};
use bench::{Bench, Call};
use proptest::prelude::*;
use relay_core::hub::Job;
use relay_core::upstream::Answered;
use shared::id::UserId;
use shared::limits::UPSTREAM_TIMEOUT_MS;
use shared::time::Timestamp;

const CHATS: [&str; 2] = [CHAT, "0b1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10"];

/// What Ozon makes of a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Done,
    /// It acts, and answers with something else than the truth.
    DoneBut(u16),
    /// It does not act.
    Not(u16),
    Limited(Option<&'static str>),
}

#[derive(Clone, Debug)]
enum Step {
    Write(usize),
    /// Ozon gets the n-th call that is on its way.
    Arrive(usize, Fate),
    /// The relay gets the answer to the n-th call, or learns that there is none.
    Return(usize),
    Advance(i64),
    Crash,
    Sleep,
    Alarm,
    FailCommits(u32),
    BuyerReads(usize),
    BuyerWrites(usize),
}

/// A call between the relay and Ozon.
struct Flight {
    call: Call,
    answer: Option<Answered>,
    has_arrived: bool,
    is_awaited: bool,
}

impl Flight {
    fn deadline(&self) -> Timestamp {
        self.call.at.plus_ms(UPSTREAM_TIMEOUT_MS)
    }

    fn is_over(&self) -> bool {
        self.has_arrived && !self.is_awaited
    }
}

struct World {
    market: Market,
    buyers: [UserId; 2],
    flights: Vec<Flight>,
    written: Vec<i64>,
    /// Our messages in the order in which Ozon took them, by chat.
    taken: [Vec<i64>; 2],
    equal_texts: bool,
}

impl World {
    fn new(equal_texts: bool) -> Self {
        let mut market = Market::new();
        let buyers = CHATS.map(|chat| market.buyer_writes(chat, "Есть?"));
        Self { market, buyers, flights: Vec::new(), written: Vec::new(), taken: Default::default(), equal_texts }
    }

    fn bench(&mut self) -> &mut Bench {
        &mut self.market.bench
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Write(chat) => self.write(chat),
            Step::Arrive(n, fate) => {
                let on_their_way: Vec<usize> =
                    (0..self.flights.len()).filter(|n| !self.flights[*n].has_arrived).collect();
                if let Some(place) = on_their_way.get(n % on_their_way.len().max(1)) {
                    self.arrive(*place, fate);
                }
            }
            Step::Return(n) => {
                let awaited: Vec<usize> = (0..self.flights.len()).filter(|n| self.flights[*n].is_awaited).collect();
                if let Some(place) = awaited.get(n % awaited.len().max(1)) {
                    self.give_back(*place);
                }
            }
            Step::Advance(ms) => self.advance(ms),
            Step::Crash => {
                self.bench().crash();
                self.flights.iter_mut().for_each(|flight| flight.is_awaited = false);
                let anna = bench::people::operator("Анна");
                self.market.operator = self.bench().connect(&anna);
            }
            Step::Sleep => self.bench().hibernate(),
            Step::Alarm => self.bench().alarm(),
            Step::FailCommits(count) => self.bench().store.failing_commits.set(count),
            Step::BuyerReads(chat) => {
                let id = self.market.ozon.last_id(CHATS[chat]);
                let secret = self.market.secret.clone();
                let _ = self.bench().push(&secret, &message_read(CHATS[chat], id));
            }
            Step::BuyerWrites(chat) => {
                let id = self.market.ozon.buyer_writes(CHATS[chat], "да");
                let secret = self.market.secret.clone();
                let _ = self.bench().push(&secret, &bench::ozon::new_message(CHATS[chat], id, "да"));
            }
        }
        self.depart();
        self.flights.retain(|flight| !flight.is_over());
    }

    fn write(&mut self, chat: usize) {
        let text = if self.equal_texts { "да".into() } else { format!("номер {}", self.written.len()) };
        let ask = serde_json::json!({"action": "send_message", "user_id": self.buyers[chat], "text": text});
        let operator = self.market.operator;
        if let Ok(answer) = self.bench().ask(operator, ask) {
            self.written.push(answer["message"]["message_id"].as_i64().unwrap());
        }
    }

    fn depart(&mut self) {
        while !self.bench().calls.is_empty() {
            let call = self.bench().call();
            if self.equal_texts && matches!(call.job, Job::Lookup { .. }) {
                // Of equal texts nobody could tell which arrived while the history stays silent: here it never does.
                self.market.serve(call);
            } else {
                self.flights.push(Flight { call, answer: None, has_arrived: false, is_awaited: true });
            }
        }
    }

    fn arrive(&mut self, place: usize, fate: Fate) {
        let flight = &mut self.flights[place];
        flight.has_arrived = true;
        flight.answer = Some(match fate {
            Fate::Done => self.market.ozon.serve(&flight.call),
            Fate::DoneBut(status) => {
                let _ = self.market.ozon.serve(&flight.call);
                answered(status, "<html>")
            }
            Fate::Not(status) => answered(status, "{}"),
            Fate::Limited(retry_after) => limited(retry_after),
        });
        if let (Job::Send { message_id, .. }, Fate::Done | Fate::DoneBut(_)) = (&flight.call.job, fate) {
            let path = serde_json::from_slice::<serde_json::Value>(flight.call.request.body()).unwrap();
            let chat = CHATS.iter().position(|chat| path["chat_id"] == *chat).unwrap();
            self.taken[chat].push(*message_id);
        }
    }

    fn give_back(&mut self, place: usize) {
        self.flights[place].is_awaited = false;
        let answer = self.flights[place].answer.clone().unwrap_or(Answered::Lost);
        let job = self.flights[place].call.job.clone();
        self.bench().answer(job, answer);
    }

    /// Moves the clock. A call is over after its time: Ozon gets it no more, and the relay waits no longer.
    fn advance(&mut self, ms: i64) {
        let until = self.bench().now.plus_ms(ms);
        loop {
            self.depart();
            let next_alarm = self.bench().next_alarm();
            let deadline = self.flights.iter().map(Flight::deadline).min();
            let now = self.bench().now;
            let next = [next_alarm, deadline].into_iter().flatten().min().filter(|next| *next <= until);
            let Some(next) = next else { break };
            self.bench().advance(next.since_ms(now).max(0));
            self.depart();
            let now = self.bench().now;
            while let Some(place) = self.flights.iter().position(|flight| flight.deadline() <= now) {
                if self.flights[place].is_awaited {
                    self.flights[place].answer = None;
                    self.give_back(place);
                }
                self.flights.remove(place);
                self.depart();
            }
        }
        let now = self.bench().now;
        self.bench().advance(until.since_ms(now));
    }

    /// From now on everything works: whatever waits comes to its end.
    fn settle(&mut self) {
        self.bench().store.failing_commits.set(0);
        for _ in 0..5_000 {
            self.depart();
            while let Some(place) = self.flights.iter().position(|flight| flight.is_awaited) {
                if !self.flights[place].has_arrived {
                    self.arrive(place, Fate::Done);
                }
                self.give_back(place);
                self.depart();
            }
            if self.bench().integers("SELECT 1 FROM sends").is_empty() {
                return;
            }
            let now = self.bench().now;
            let next = self.bench().next_alarm().expect("something waits, so an alarm is set");
            self.advance(next.since_ms(now).max(0));
        }
        panic!("nothing settles");
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        for message_id in self.written.clone() {
            let times = self.market.ozon.accepted.get(&message_id).copied().unwrap_or(0);
            prop_assert!(times <= 1, "message {} was taken {} times", message_id, times);
            let (status, reason) = self.bench().status(message_id);
            match (status.as_str(), reason.as_deref()) {
                ("sent" | "read", _) => {
                    prop_assert_eq!(times, 1, "message {} is {} and never arrived", message_id, status)
                }
                ("failed", Some("delivery_unknown")) => {}
                ("failed", reason) => {
                    prop_assert_eq!(times, 0, "message {} failed ({:?}) and arrived", message_id, reason)
                }
                other => prop_assert!(false, "message {} ended as {:?}", message_id, other),
            }
        }
        for taken in &self.taken {
            prop_assert!(taken.is_sorted(), "out of order: {:?}", taken);
        }
        Ok(())
    }
}

fn any_step(fates: BoxedStrategy<Fate>) -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..2usize).prop_map(Step::Write),
        5 => (0..4usize, fates).prop_map(|(n, fate)| Step::Arrive(n, fate)),
        4 => (0..4usize).prop_map(Step::Return),
        5 => prop_oneof![Just(1), Just(400), Just(1_000), Just(4_000), Just(29_000), Just(36_000), Just(70_000)]
            .prop_map(Step::Advance),
        1 => Just(Step::Crash),
        1 => Just(Step::Sleep),
        1 => Just(Step::Alarm),
        1 => (1..3u32).prop_map(Step::FailCommits),
        1 => (0..2usize).prop_map(Step::BuyerReads),
        1 => (0..2usize).prop_map(Step::BuyerWrites),
    ]
}

fn any_fate() -> BoxedStrategy<Fate> {
    prop_oneof![
        4 => Just(Fate::Done),
        2 => prop_oneof![Just(200), Just(500), Just(504)].prop_map(Fate::DoneBut),
        2 => prop_oneof![Just(500), Just(403), Just(400)].prop_map(Fate::Not),
        1 => prop_oneof![Just(None), Just(Some("3"))].prop_map(Fate::Limited),
    ]
    .boxed()
}

/// An Ozon that does what it is asked, whatever becomes of the answers.
fn honest_fate() -> BoxedStrategy<Fate> {
    prop_oneof![3 => Just(Fate::Done), 1 => Just(Fate::Limited(None))].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn no_message_is_taken_twice_and_each_has_a_true_end(steps in proptest::collection::vec(any_step(any_fate()), 0..60)) {
        let mut world = World::new(false);
        steps.into_iter().for_each(|step| world.run(step));
        world.settle();
        world.check()?;
    }

    #[test]
    fn equal_texts_are_not_confused_while_the_history_can_be_read(
        steps in proptest::collection::vec(any_step(honest_fate()), 0..60),
    ) {
        let mut world = World::new(true);
        steps.into_iter().for_each(|step| world.run(step));
        world.settle();
        world.check()?;
    }
}
