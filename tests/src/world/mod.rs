//! The whole product, running: the relay under `wrangler dev` or by plain workerd, simulated sellers behind it, and what people use
//! it with. A test makes its claims in an organization of its own, so tests run beside each other.

mod accessible;
mod bad_network;
mod browser;
mod driver;
mod family;
mod files;
mod form;
mod http;
mod organization;
mod patience;
pub mod place;
mod relay;
mod seller;
mod sellers;
mod socket;
mod upload;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::Runtime as Home;
use tokio::sync::{OnceCell, RwLock};

use relay::Relay;
use sellers::Sellers;

pub use accessible::assert_accessible;
pub use bad_network::{BadNetwork, Trouble};
pub use browser::{Browser, Page, Root, SCHEMES, Screen, turn};
pub use driver::{Driver, Try, now};
pub use files::Files;
pub use form::{assert_form, is_spec_time};
pub use http::{Answer, Http};
pub use organization::{ORIGIN, Organization, Visitor, browser_request, request};
pub use patience::{PATIENCE, until, within};
pub use relay::{OZON_HOST, Runtime};
pub use seller::Seller;
pub use socket::Socket;
pub use upload::png;

/// A relay and the sellers that it can reach.
pub struct World {
    relay: RwLock<Relay>,
    sellers: Sellers,
    url: String,
    admin_token: String,
    /// Where organizations are put to sleep, in a world that can do that.
    control: Option<String>,
}

impl World {
    /// Starts one for a single test, in which the relay may be killed.
    pub async fn start() -> Self {
        Self::start_on(Runtime::Wrangler, &[]).await
    }

    /// The same, on what it is told to run and with further settings.
    pub async fn start_on(runtime: Runtime, settings: &[(&str, &str)]) -> Self {
        let sellers = Sellers::start().await.expect("an address for the sellers");
        let admin_token = format!("adm_{}", hex(&relay::rare::<16>()));
        let relay = Relay::start(runtime, sellers.url(), &admin_token, settings).await;
        Self { url: relay.url(), relay: RwLock::new(relay), sellers, admin_token, control: None }
    }

    /// Starts one in which organizations can be put to sleep. Its relay cannot be killed and started again.
    pub async fn start_in_harness() -> Self {
        let sellers = Sellers::start().await.expect("an address for the sellers");
        let admin_token = format!("adm_{}", hex(&relay::rare::<16>()));
        let (relay, control) = Relay::start_in_harness(sellers.url(), &admin_token).await;
        Self { url: relay.url(), relay: RwLock::new(relay), sellers, admin_token, control: Some(control) }
    }

    /// The one that all tests of a file share. It lives on a runtime of its own, since each test brings and ends its own.
    pub async fn shared() -> &'static Self {
        static HOME: LazyLock<Home> = LazyLock::new(|| Home::new().expect("a runtime for the world"));
        static WORLD: OnceCell<World> = OnceCell::const_new();
        let start = async || HOME.spawn(Self::start()).await.expect("a world");
        WORLD.get_or_init(start).await
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Calls as nobody in particular.
    pub fn http(&self) -> Http {
        Http::to(&self.url, None)
    }

    /// Calls as the administrator.
    pub fn admin(&self) -> Http {
        Http::to(&self.url, Some(&self.admin_token))
    }

    /// The administrator's token.
    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    /// What the relay signs its tokens with: for tokens as nobody but a forger would make them.
    pub async fn signing_keys(&self) -> String {
        self.relay.read().await.signing_keys().to_owned()
    }

    /// The keys that seal: the secret `SEALING_KEYS`.
    pub async fn sealing_keys(&self) -> String {
        self.relay.read().await.sealing_keys().to_owned()
    }

    /// Stops the relay and starts it with other keys.
    pub async fn run_with_keys(&self, signing: &str, sealing: &str) {
        let mut relay = self.relay.write().await;
        relay.kill();
        relay.set_keys(signing, sealing);
        relay.run().await;
    }

    /// A new organization, whose id begins with `name`.
    pub async fn organization(&self, name: &str) -> Organization<'_> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let id = format!("{name}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Organization::create(self, &id, &[ORIGIN], None).await
    }

    /// What the relay has printed so far.
    pub async fn lines(&self) -> Vec<String> {
        self.relay.read().await.lines()
    }

    /// Puts an organization's object to sleep while its sockets stay open, as the runtime does after some idle seconds.
    /// False if it was asleep.
    pub async fn put_to_sleep(&self, organization: &Organization<'_>) -> bool {
        let control = self.control.as_deref().expect("a world in the harness");
        let answer = Http::to(control, None).post(&format!("/{}", organization.id), &serde_json::Value::Null).await;
        let was_asleep = answer.text.contains("not currently running");
        assert!(answer.status == 200 || was_asleep, "{}", answer.text);
        !was_asleep
    }

    /// The folder of a relay that plain workerd runs.
    pub async fn kept(&self) -> std::path::PathBuf {
        self.relay.read().await.kept()
    }

    /// SIGKILL to the whole relay.
    pub async fn kill_relay(&self) {
        self.relay.write().await.kill();
    }

    /// Starts a killed relay on the state that it left.
    pub async fn run_relay(&self) {
        self.relay.write().await.run().await;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number that no two callers of this process get.
fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}
