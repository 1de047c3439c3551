//! The running marketplace: the kept state behind one lock, what this process alone has seen, and its background tasks.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::auth::Account;
use super::clock::Clock;
use super::fault::Faults;
use super::options::Options;
use super::push::courier::Due;
use super::push::manner::{Manners, PushManner};
use super::quirk::Quirks;
use super::rate::Rate;
use super::record::Record;
use super::shop::{Shop, keep};

/// The shared heart of one simulator.
pub(crate) struct Market {
    options: Options,
    base_url: String,
    clock: Clock,
    shop: Mutex<Shop>,
    account: Mutex<Account>,
    rate: Mutex<Rate>,
    record: Mutex<Record>,
    faults: Mutex<Faults>,
    manners: Mutex<Manners>,
    quirks: Mutex<Quirks>,
    pushes: mpsc::UnboundedSender<Due>,
    tasks: Mutex<JoinSet<()>>,
}

impl Market {
    /// Opens the kept state, or a first day. The receiver gets the ids of deliveries that are due for a first attempt.
    pub(crate) fn open(options: Options, base_url: String) -> io::Result<(Arc<Self>, mpsc::UnboundedReceiver<Due>)> {
        let kept = options.state.as_deref().map(keep::load).transpose()?.flatten();
        let clock = Clock::ahead_by(kept.as_ref().map_or(0, |shop| shop.clock_ahead_ms));
        let shop = kept.unwrap_or_else(|| Shop::opened(options.seed, clock.now_ms()));
        let account = Account::new(&options, clock.now_ms());
        let (pushes, due) = mpsc::unbounded_channel();
        let market = Self {
            options,
            base_url,
            clock,
            shop: Mutex::new(shop),
            account: Mutex::new(account),
            rate: Mutex::default(),
            record: Mutex::default(),
            faults: Mutex::default(),
            manners: Mutex::default(),
            quirks: Mutex::default(),
            pushes,
            tasks: Mutex::default(),
        };
        Ok((Arc::new(market), due))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The simulator's own address, which file links carry.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The marketplace's time: milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Moves the clock forward, for good: a restart goes on from there.
    pub(crate) fn advance_clock(&self, by_ms: i64) {
        let ahead_ms = self.clock.advance(by_ms);
        self.change(|shop| shop.clock_ahead_ms = ahead_ms);
    }

    /// Looks at the kept state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Shop) -> T) -> T {
        look(&lock(&self.shop))
    }

    /// Changes the kept state and keeps it before anybody is answered. A state that cannot be kept is told loudly and
    /// the process goes on: it is the disk of a developer that is full, not the vendor that is broken.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut Shop) -> T) -> T {
        let mut shop = lock(&self.shop);
        let outcome = act(&mut shop);
        if let Some(path) = &self.options.state
            && let Err(error) = keep::save(path, &shop)
        {
            eprintln!("Ozon simulator: the state was not kept in {}: {error}", path.display());
        }
        outcome
    }

    pub(crate) fn account(&self) -> Account {
        lock(&self.account).clone()
    }

    pub(crate) fn change_account(&self, act: impl FnOnce(&mut Account)) {
        act(&mut lock(&self.account));
    }

    pub(crate) fn rate<T>(&self, act: impl FnOnce(&mut Rate) -> T) -> T {
        act(&mut lock(&self.rate))
    }

    pub(crate) fn record<T>(&self, act: impl FnOnce(&mut Record) -> T) -> T {
        act(&mut lock(&self.record))
    }

    pub(crate) fn faults<T>(&self, act: impl FnOnce(&mut Faults) -> T) -> T {
        act(&mut lock(&self.faults))
    }

    pub(crate) fn quirks(&self) -> Quirks {
        lock(&self.quirks).clone()
    }

    pub(crate) fn set_quirks(&self, quirks: Quirks) {
        *lock(&self.quirks) = quirks;
    }

    pub(crate) fn manners<T>(&self, look: impl FnOnce(&Manners) -> T) -> T {
        look(&lock(&self.manners))
    }

    /// Another manner of pushes; what waits under the old one waits no longer.
    pub(crate) fn set_manner(&self, manner: PushManner) {
        lock(&self.manners).set(manner);
        let _ = self.pushes.send(Due::LetGo);
    }

    /// Hands a delivery to the courier.
    pub(crate) fn push_is_due(&self, delivery_id: u64) {
        // The courier ends only together with the whole simulator, and then nobody waits for a push.
        let _ = self.pushes.send(Due::Push(delivery_id));
    }

    /// Runs a task for as long as the simulator lives.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends every task; those that wait are dropped where they wait.
    pub(crate) fn end_tasks(&self) {
        lock(&self.tasks).abort_all();
    }
}

/// A panic while holding the lock is a failed assertion of a test: the state itself is sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
