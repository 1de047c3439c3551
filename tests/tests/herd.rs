//! Two thousand people lose the relay at the same moment. They come back spread over time, each from where they were, and
//! nobody has lost a word.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream::{self, FuturesUnordered};
use serde_json::json;
use shared::backoff::Backoff;
use tests::world::{Driver, Organization, Runtime, Visitor, World, now, within};
use tokio::sync::Mutex;

/// Visitors with an open widget.
const PEOPLE: usize = 2_000;

/// The same under wrangler, which passes every frame through a proxy of its own that is made for one developer.
const PEOPLE_UNDER_WRANGLER: usize = 300;

/// How many of something are asked for at once: two busy cores do no more anyway.
const AT_ONCE: usize = 32;

/// The window in which not too many may come back.
const WINDOW_MS: i64 = 500;

/// How often everybody has tried in vain before the relay is there again.
const TRIES_IN_VAIN: usize = 3;

/// Two thousand clients in one process on two busy cores.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// The greatest share of them that any window holds.
fn busiest(mut times: Vec<i64>) -> f64 {
    times.sort_unstable();
    let in_window = |(at, from): (usize, &i64)| times[at..].iter().take_while(|time| **time < from + WINDOW_MS).count();
    let most = times.iter().enumerate().map(in_window).max().unwrap_or(0);
    most as f64 / times.len() as f64
}

/// The same of so many clients that do nothing but wait as they are told, until a relay that was away for so long.
fn expected(away_ms: i64) -> f64 {
    const SAMPLE: u64 = 50_000;
    let returns = (0..SAMPLE).map(|seed| {
        let mut backoff = Backoff::new(seed.wrapping_mul(0x9e37_79b9));
        let mut at = backoff.next_ms();
        while at < away_ms {
            at += backoff.next_ms().max(1);
        }
        at
    });
    busiest(returns.collect())
}

struct Person {
    visitor: Visitor,
    driver: Driver,
    said: Vec<String>,
}

impl Person {
    fn say(&mut self, text: &str) {
        let text = format!("{text} {}", self.visitor.user_id);
        self.driver.send(self.visitor.user_id, &text, &text).unwrap();
        self.said.push(text);
    }
}

async fn settled(people: &[Person]) {
    for person in people {
        let what = format!("everything sent by {}", person.visitor.user_id);
        within(PATIENCE, &what, async || {
            person.driver.with(|client| client.outgoing(person.visitor.user_id).next().is_none()).then_some(())
        })
        .await;
    }
}

async fn gather(shop: &Organization<'_>, count: usize) -> Vec<Person> {
    let people = stream::iter(0..count).map(async |n| {
        let visitor = shop.visitor().await;
        let driver = shop.visitor_driver(&visitor, n as u64);
        driver.until_live().await;
        Person { visitor, driver, said: Vec::new() }
    });
    people.buffer_unordered(AT_ONCE).collect().await
}

async fn lose_and_return(runtime: Runtime, count: usize) {
    // One herd at a time: two of them would measure each other.
    static TURN: Mutex<()> = Mutex::const_new(());
    let _turn = TURN.lock().await;
    let world = World::start_on(runtime, &[]).await;
    let shop = world.organization("herd").await;
    let token = shop.operator("Анна").await;
    let mut people = gather(&shop, count).await;
    people.iter_mut().for_each(|person| person.say("до"));
    settled(&people).await;

    let killed = now();
    world.kill_relay().await;
    // They go on writing, and what was sent is not known to have arrived.
    people.iter_mut().for_each(|person| person.say("без связи"));
    let before: Vec<usize> = people.iter().map(|person| person.driver.tries().len()).collect();
    for (person, before) in people.iter().zip(&before) {
        within(PATIENCE, "tries in vain", async || {
            (person.driver.tries().len() >= before + TRIES_IN_VAIN).then_some(())
        })
        .await;
    }
    world.run_relay().await;
    // Some of them are told something before they are back, others after.
    let api = shop.api(&token);
    let told: Vec<&Person> = people.iter().step_by(20).collect();
    let mut telling: FuturesUnordered<_> = (told.iter())
        .map(|person| {
            let (api, path) = (api.clone(), format!("/v1/chats/{}/messages", person.visitor.user_id));
            async move { api.post(&path, &json!({"text": "ответ"})).await.expect(201) }
        })
        .collect();
    while telling.next().await.is_some() {}
    for person in &people {
        within(PATIENCE, "everybody back", async || {
            person.driver.tries().last().is_some_and(|last| last.resumed.is_some()).then_some(())
        })
        .await;
    }
    settled(&people).await;

    // Nothing lost, nothing twice, in every history and on every screen.
    for person in &told {
        person.driver.until_shows(person.visitor.user_id, "ответ").await;
    }
    let told: BTreeSet<i64> = told.iter().map(|person| person.visitor.user_id).collect();
    let checks = stream::iter(&people).map(async |person| {
        let user_id = person.visitor.user_id;
        let history = shop.history(&token, user_id).await;
        let texts: Vec<String> = history.iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect();
        let own: Vec<&String> = texts.iter().filter(|text| *text != "ответ").collect();
        assert_eq!(own, person.said.iter().collect::<Vec<_>>());
        assert_eq!(texts.len() - own.len(), usize::from(told.contains(&user_id)), "{texts:?}");
        let shown: Vec<String> = person.driver.messages(user_id).into_iter().map(|m| m.text).collect();
        assert_eq!(shown, texts, "the screen of {user_id}");
        person.driver.assert_no_duplicates(user_id);
        assert_eq!(person.driver.tries().last().and_then(|last| last.resumed), Some(true), "from where it was");
    });
    checks.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;

    // They came back one by one.
    let back: Vec<i64> = (people.iter())
        .map(|person| {
            let tries = person.driver.tries();
            let back = tries.iter().find(|one| one.at >= killed && one.resumed.is_some()).expect("a way back");
            back.at.since_ms(killed)
        })
        .collect();
    let away_ms = *back.iter().min().unwrap();
    let (share, model) = (busiest(back.clone()), expected(away_ms));
    println!(
        "{runtime:?}: away for {away_ms} ms; the busiest {WINDOW_MS} ms brought back {:.1} % (by chance alone {:.1} %)",
        share * 100.0,
        model * 100.0
    );
    for from in (away_ms..=*back.iter().max().unwrap()).step_by(500) {
        let count = back.iter().filter(|at| (from..from + WINDOW_MS).contains(*at)).count();
        println!("{from:>6} ms {count:>5} {}", "#".repeat(count / 10));
    }
    // Half as many again as chance brings, since timers of a busy machine are late, and late ones come together; and three
    // times the spread that chance has with so few.
    let spread = 3.0 * (model * (1.0 - model) / count as f64).sqrt();
    assert!(share <= model * 1.5 + spread, "{share} of them in one window, {model} expected");
    assert!(model < 0.4, "a relay that was away for {away_ms} ms is not met by all at once: {model}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_come_back_one_by_one_and_nothing_is_lost() {
    lose_and_return(Runtime::Workerd, PEOPLE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_come_back_under_wrangler_too() {
    lose_and_return(Runtime::Wrangler, PEOPLE_UNDER_WRANGLER).await;
}
