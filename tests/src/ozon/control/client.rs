//! The control surface from the other side: typed calls to a simulator, in this process or in another.

use std::fmt;
use std::time::Duration;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::AccountChange;
use super::view::StateView;
use crate::ozon::buyer::{BuyerMessage, Posted};
use crate::ozon::fault::Fault;
use crate::ozon::orders::PostingChange;
use crate::ozon::push::delivery::Attempt;
use crate::ozon::push::judge::PushCheck;
use crate::ozon::push::manner::PushManner;
use crate::ozon::quirk::Quirks;
use crate::ozon::rate::Limits;
use crate::ozon::record::Seen;
use crate::ozon::shop::posting::PostingGiven;

/// How often a condition is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A simulator's address and the calls to play with it.
#[derive(Clone, Debug)]
pub struct Control {
    url: String,
    http: reqwest::Client,
}

/// Why a control call failed, in words.
#[derive(Clone, Debug)]
pub struct ControlError(String);

impl fmt::Display for ControlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Ozon simulator: {}", self.0)
    }
}

impl std::error::Error for ControlError {}

impl From<reqwest::Error> for ControlError {
    fn from(error: reqwest::Error) -> Self {
        Self(error.to_string())
    }
}

#[derive(Deserialize)]
struct PostingPlaced {
    posting_number: String,
}

type Outcome<T> = Result<T, ControlError>;

impl Control {
    /// Talks to the simulator at `http://host:port`.
    pub fn at(url: &str) -> Outcome<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { url: url.trim_end_matches('/').into(), http })
    }

    /// The simulator's address: what a client of Ozon has to be given as base.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sets the seller's push URL and checks it once, as the vendor does.
    pub async fn push_url(&self, url: &str) -> Outcome<PushCheck> {
        self.post("push-url", &json!({"url": url})).await
    }

    /// Ends the pushes.
    pub async fn no_push_url(&self) -> Outcome<PushCheck> {
        self.post("push-url", &json!({"url": null})).await
    }

    /// Posts any body to the push URL once and answers what came of it.
    pub async fn push(&self, body: &Value) -> Outcome<Attempt> {
        self.post("push", body).await
    }

    /// Pushes a message a second time.
    pub async fn push_again(&self, message_id: &str) -> Outcome<()> {
        self.post::<Value>("push-again", &json!({"message_id": message_id})).await.map(|_| ())
    }

    /// How pushes behave from now on: of one chat, or of all that have no manner of their own.
    pub async fn push_manner(&self, manner: &PushManner) -> Outcome<()> {
        self.post::<Value>("push-manner", manner).await.map(|_| ())
    }

    /// A buyer orders and pays; answers the posting's number. Is pushed, unless it is an FBO posting.
    pub async fn posting(&self, given: &PostingGiven) -> Outcome<String> {
        let placed: PostingPlaced = self.post("posting", given).await?;
        Ok(placed.posting_number)
    }

    /// A posting is shipped, delivered, cancelled, or its dates move.
    pub async fn posting_change(&self, change: &PostingChange) -> Outcome<()> {
        self.post::<Value>("posting-change", change).await.map(|_| ())
    }

    /// A new buyer writes in a chat of his own.
    pub async fn new_buyer_says(&self, text: &str) -> Outcome<Posted> {
        self.buyer_message(&BuyerMessage { text: text.into(), ..BuyerMessage::default() }).await
    }

    /// A buyer writes in a chat that is opened if need be.
    pub async fn buyer_says(&self, chat_id: &str, text: &str) -> Outcome<Posted> {
        let chat_id = Some(chat_id.into());
        self.buyer_message(&BuyerMessage { chat_id, text: text.into(), ..BuyerMessage::default() }).await
    }

    /// A buyer's message with all that it can have.
    pub async fn buyer_message(&self, message: &BuyerMessage) -> Outcome<Posted> {
        self.post("buyer-message", message).await
    }

    /// The buyer reads what the seller wrote.
    pub async fn buyer_reads(&self, chat_id: &str) -> Outcome<()> {
        self.post::<Value>("buyer-reads", &json!({"chat_id": chat_id})).await.map(|_| ())
    }

    /// The buyer changes a message.
    pub async fn buyer_edits(&self, chat_id: &str, message_id: &str, text: &str) -> Outcome<()> {
        let body = json!({"chat_id": chat_id, "message_id": message_id, "text": text});
        self.post::<Value>("buyer-edits", &body).await.map(|_| ())
    }

    /// The chat ends.
    pub async fn close_chat(&self, chat_id: &str) -> Outcome<()> {
        self.post::<Value>("close-chat", &json!({"chat_id": chat_id})).await.map(|_| ())
    }

    /// The marketplace notifies the seller.
    pub async fn notification(&self, text: &str) -> Outcome<Posted> {
        self.post("notification", &json!({"text": text})).await
    }

    /// The marketplace opens so many more notification chats and writes in each: they stand above the buyers'.
    pub async fn notification_chats(&self, count: usize) -> Outcome<()> {
        self.post::<Value>("notification-chats", &json!({"count": count})).await.map(|_| ())
    }

    /// Which oddities show from now on.
    pub async fn quirks(&self, quirks: &Quirks) -> Outcome<()> {
        self.post::<Value>("quirks", quirks).await.map(|_| ())
    }

    /// The simulator's other house, under another host name: what a redirect of a file may lead to.
    pub fn cdn_url(&self) -> String {
        format!("{}/_sim/cdn", self.url.replace("127.0.0.1", "localhost"))
    }

    /// Changes the seller's account.
    pub async fn account(&self, change: &AccountChange) -> Outcome<()> {
        self.post::<Value>("account", change).await.map(|_| ())
    }

    /// Time passes at the marketplace, and whatever waits for it happens. There is no way back.
    pub async fn advance(&self, by: Duration) -> Outcome<()> {
        let advance_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.post::<Value>("clock", &json!({"advance_ms": advance_ms})).await.map(|_| ())
    }

    /// Other limits than the vendor's; calls made before are forgotten.
    pub async fn limits(&self, limits: &Limits) -> Outcome<()> {
        self.post::<Value>("limits", limits).await.map(|_| ())
    }

    /// Makes trouble.
    pub async fn fault(&self, fault: &Fault) -> Outcome<()> {
        self.post::<Value>("fault", fault).await.map(|_| ())
    }

    /// Makes no more trouble.
    pub async fn clear_faults(&self) -> Outcome<()> {
        self.post::<Value>("clear-faults", &json!({})).await.map(|_| ())
    }

    /// Looks inside.
    pub async fn state(&self) -> Outcome<StateView> {
        self.call::<_, ()>(Method::GET, "state", None).await
    }

    /// The last calls that came in, oldest first.
    pub async fn requests(&self, last: usize) -> Outcome<Vec<Seen>> {
        self.call::<_, ()>(Method::GET, &format!("requests?last={last}"), None).await
    }

    /// Looks inside until it finds something; `what` names it in the error after `patience`.
    pub async fn until<T>(
        &self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&StateView) -> Option<T>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + patience;
        loop {
            let state = self.state().await?;
            if let Some(found) = find(&state) {
                return Ok(found);
            }
            if Instant::now() >= deadline {
                return Err(ControlError(format!("waited {patience:?} in vain for {what}; the state: {state:#?}")));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn post<T: DeserializeOwned>(&self, name: &str, body: &impl Serialize) -> Outcome<T> {
        self.call(Method::POST, name, Some(body)).await
    }

    async fn call<T: DeserializeOwned, B: Serialize>(
        &self,
        method: Method,
        name: &str,
        body: Option<&B>,
    ) -> Outcome<T> {
        let mut request = self.http.request(method, format!("{}/_sim/{name}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(ControlError(format!("{name}: {status}: {text}")));
        }
        serde_json::from_str(&text).map_err(|error| ControlError(format!("{name}: {error}: {text}")))
    }
}
