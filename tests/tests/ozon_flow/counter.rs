//! A merchant with an operator, and one buyer on Ozon who waits for an answer.

use serde_json::{Value, json};
use shared::message::Status;
use tests::world::{Organization, Seller, Socket, World, within};

/// The call that the trouble is made for.
pub const SEND: &str = "/v1/chat/send/message";

/// The longest that an answer may be on its way: a call that is never answered, the pause until no copy of it can be under
/// way any more, and another attempt.
pub const SETTLED_WITHIN: std::time::Duration = std::time::Duration::from_secs(100);

/// A merchant with an operator who has one buyer to answer.
pub struct Counter<'w> {
    pub shop: Organization<'w>,
    pub seller: Seller,
    pub operator: Socket,
    pub token: String,
    pub chat_id: String,
    pub user_id: i64,
}

impl Counter<'static> {
    pub async fn open(name: &str) -> Self {
        let shop = World::shared().await.organization(name).await;
        let seller = shop.connect_ozon().await;
        let token = shop.operator("Анна").await;
        let mut operator = shop.events(&token).await;
        let (chat_id, user_id) = seller.new_chat(&mut operator, "Подойдёт ли крышка?").await;
        Self { shop, seller, operator, token, chat_id, user_id }
    }

    /// Answers the buyer; returns the message's id.
    pub async fn answer(&mut self, text: &str) -> i64 {
        let action = json!({"action": "send_message", "user_id": self.user_id, "text": text});
        let kept = self.operator.result(action).await;
        assert_eq!(kept["message"]["status"], "queued");
        kept["message"]["message_id"].as_i64().unwrap()
    }

    /// Waits until a message has come so far; returns every status on the way, and the last one's reason.
    pub async fn until_status(&mut self, message_id: i64, last: Status) -> (Vec<String>, Value) {
        let of_it = |frame: &Value| frame["event"] == "message_status" && frame["data"]["message_id"] == message_id;
        let found = within(SETTLED_WITHIN, &format!("{last:?} of {message_id}"), async || {
            let statuses: Vec<Value> = self.operator.frames().into_iter().filter(of_it).collect();
            let at = statuses.iter().position(|frame| frame["data"]["status"] == last.as_str())?;
            Some(statuses.into_iter().take(at + 1).collect::<Vec<_>>())
        })
        .await;
        let words = found.iter().map(|frame| frame["data"]["status"].as_str().unwrap().to_owned()).collect();
        (words, found.last().unwrap()["data"]["reason"].clone())
    }

    /// The buyer has a text exactly once, and the relay has called nothing that Ozon does not know.
    pub async fn assert_there_once(&self, text: &str) {
        let copies = self.seller.texts(&self.chat_id).await.into_iter().filter(|there| there == text).count();
        assert_eq!(copies, 1, "copies of {text:?} at Ozon");
        self.seller.assert_no_unmatched_call().await;
    }

    /// The merchant's key has shown nowhere but at the merchant's Ozon.
    pub async fn assert_key_is_secret(&self) {
        let history = self.shop.api(&self.token).get(&format!("/v1/chats/{}/messages", self.user_id)).await;
        let chats = self.shop.api(&self.token).get("/v1/chats").await;
        let shown =
            [self.operator.texts().concat(), history.text, chats.text, self.shop.world().lines().await.concat()];
        for text in shown {
            assert!(!text.contains(&self.seller.api_key));
        }
    }
}
