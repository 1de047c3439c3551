//! An organization's account at the simulated Ozon.

use std::ops::Deref;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{Organization, Socket, hex, next, relay, until};
use crate::ozon::{
    BuyerMessage, FileGiven, Limits, Options, PostingChange, PostingGiven, PushManner, Scheme, Simulator,
};

/// The simulator behind one organization, with the keys that open it.
pub struct Seller {
    simulator: Simulator,
    pub client_id: u64,
    pub api_key: String,
    /// The relay's path for notifications.
    pub hook: String,
    /// Where a redirect may lead to its files: Ozon's own host, without keys.
    pub storage: String,
}

impl Seller {
    pub(super) async fn connect(organization: &Organization<'_>) -> Self {
        let world = organization.world();
        let client_id = 1_000 + next();
        let api_key = format!("key-{}", hex(&relay::rare::<16>()));
        let options = Options { client_id, api_key: api_key.clone(), seed: client_id, ..Options::default() };
        let simulator = Simulator::start(options).await.expect("a simulator");
        world.sellers.add(client_id, simulator.url());
        let account = json!({
            "organization": organization.id, "source": "ozon", "client_id": client_id.to_string(), "api_key": api_key,
        });
        let connected = world.admin().post("/v1/integrations", &account).await.expect(200);
        let hook = connected["hook"].as_str().expect("a hook").to_owned();
        let check = simulator.push_url(&format!("{}{hook}", world.url())).await.expect("a check of the hook");
        assert!(check.is_active, "{check:?}");
        let storage = world.sellers.storage(client_id);
        Self { simulator, client_id, api_key, hook, storage }
    }

    /// What the seller's side of a chat says at Ozon now.
    pub async fn texts(&self, chat_id: &str) -> Vec<String> {
        let state = self.state().await.expect("the simulator's state");
        state.seller_texts(chat_id).into_iter().map(Into::into).collect()
    }

    /// Waits until so many copies of a text are at Ozon. Whether more follow is for the end of a test to say.
    pub async fn until_has(&self, chat_id: &str, text: &str) {
        until(&format!("{text:?} at Ozon"), async || {
            self.texts(chat_id).await.iter().any(|there| there == text).then_some(())
        })
        .await;
    }

    /// The path of a chat from Ozon to the relay: the buyer writes, a socket hears of it. Returns Ozon's id and ours.
    pub async fn new_chat(&self, socket: &mut Socket, text: &str) -> (String, i64) {
        let posted = self.new_buyer_says(text).await.expect("a buyer's message");
        let heard = socket.until("the buyer's message", |frame| is_message(frame, "new_message", text)).await;
        (posted.chat_id, heard["data"]["user_id"].as_i64().expect("a user_id"))
    }

    /// A buyer sends a file to a chat; returns its path at Ozon.
    pub async fn buyer_sends(&self, chat_id: &str, name: &str, content: &[u8]) -> String {
        let file = FileGiven { name: name.into(), base64_content: BASE64_STANDARD.encode(content) };
        let message = BuyerMessage { chat_id: Some(chat_id.into()), file: Some(file), ..BuyerMessage::default() };
        self.buyer_message(&message).await.expect("a buyer's message");
        let state = self.state().await.expect("the simulator's state");
        let last = state.chat(chat_id).and_then(|chat| chat.messages.last()).and_then(|message| message.data.last());
        let markdown = last.expect("the file's message");
        let path = markdown.split_once("](").and_then(|(_, rest)| rest.strip_prefix(self.url())?.strip_suffix(')'));
        path.expect("the file's link").to_owned()
    }

    /// A buyer has just paid for a posting of this scheme; returns its number.
    pub async fn new_posting(&self, scheme: Scheme) -> String {
        self.posting(&PostingGiven { scheme, ..PostingGiven::default() }).await.expect("a posting")
    }

    /// A posting has been delivered just now.
    pub async fn delivered(&self, posting_number: &str) {
        let status = Some("delivered".into());
        let change = PostingChange { posting_number: posting_number.into(), status, ..PostingChange::default() };
        self.posting_change(&change).await.expect("a posting");
    }

    /// Hours pass at Ozon, and at Ozon alone: the relay's clock stays, and what is written from now on comes from its future.
    pub async fn hours_pass(&self, hours: u64) {
        self.advance(Duration::from_secs(hours * 3_600)).await.expect("a clock");
    }

    /// How Ozon's pushes behave from now on.
    pub async fn pushes(&self, manner: PushManner) {
        self.push_manner(&manner).await.expect("a manner of pushes");
    }

    /// That the relay has called nothing that Ozon does not have (any more).
    pub async fn assert_no_unmatched_call(&self) {
        let state = self.state().await.expect("the simulator's state");
        assert_eq!(state.unmatched_calls, Vec::<String>::new());
        assert_eq!(state.gone_calls, Vec::<String>::new());
    }

    /// That the relay has kept to Ozon's limits: 50 requests in any one second, and whatever a method has of its own.
    pub async fn assert_within_limits(&self) {
        let state = self.state().await.expect("the simulator's state");
        let per_second_max = Limits::default().per_second;
        assert!(state.peak_per_second <= per_second_max, "{} requests in one second", state.peak_per_second);
        assert_eq!(state.refused_by_rate, 0, "calls refused for their rate");
    }
}

fn is_message(frame: &Value, event: &str, text: &str) -> bool {
    frame["event"] == event && frame["data"]["text"] == text
}

impl Deref for Seller {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
