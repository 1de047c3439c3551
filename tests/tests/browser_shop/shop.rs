//! A shop with settings of its own, and pages on a host of its own that carry the chat's tag.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::{Value, json};
use shared::route::{WIDGET_SESSIONS, WIDGET_SOCKET};
use tests::world::{Files, Organization, Socket, World, browser_request, until};

/// A page before the chat has come writes down what it hears.
pub const HEAR: &str = "
window.heard = [];
window.prilavok = window.prilavok || [];
for (const name of ['open', 'close', 'message', 'unread', 'status', 'error'])
  prilavok.push(['on', name, (detail) => heard.push([name, detail])]);";

/// Its organization, its people and its host. Gone when dropped.
pub struct Shop<'w> {
    pub organization: Organization<'w>,
    /// A token of Анна, who answers.
    pub token: String,
    files: Files,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
}

impl<'w> Shop<'w> {
    /// One without settings and pages.
    pub async fn open(world: &'w World, name: &str) -> Self {
        let pages = Arc::<Mutex<BTreeMap<String, String>>>::default();
        let shelf = Arc::clone(&pages);
        let read = move |name: &str| {
            let pages = shelf.lock().unwrap_or_else(PoisonError::into_inner);
            pages.get(name).map(|html| html.clone().into_bytes())
        };
        let files = Files::serve_by(read).await;
        let organization = Organization::create(world, &format!("shop-{name}"), &[files.origin()], None).await;
        let token = organization.operator("Анна").await;
        Self { organization, token, files, pages }
    }

    /// The same with settings of the widget.
    pub async fn open_with(world: &'w World, name: &str, widget: Value) -> Self {
        let shop = Self::open(world, name).await;
        shop.set(json!({"widget": widget})).await;
        shop
    }

    /// Changes settings of the organization.
    pub async fn set(&self, settings: Value) {
        let path = format!("/v1/organizations/{}", self.organization.id);
        let admin = self.organization.world().admin();
        admin.call(Method::PATCH, &path, settings.to_string().into()).await.expect(200);
    }

    /// A page in Russian. `tag` is what its tag says besides the key.
    pub fn page(&self, name: &str, tag: &str) -> String {
        self.page_with(name, "ru", "", tag)
    }

    /// A page in a language, with more in its head. Returns its address.
    pub fn page_with(&self, name: &str, language: &str, head: &str, tag: &str) -> String {
        let (relay, key) = (self.organization.world().url(), &self.organization.key);
        let html = format!(
            "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
             <title>Посуда</title>{head}<h1>Посуда</h1><p>Чайники, чашки, подносы.</p>\
             <script async src=\"{relay}/prilavok.js\" data-key=\"{key}\" {tag}></script></html>"
        );
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), html);
        format!("{}/{name}", self.files.origin())
    }

    /// A visitor writes and Анна answers, so many times, each in a chat of its own.
    pub async fn serve(&self, chats: usize) {
        let (organization, origin) = (&self.organization, self.files.origin());
        let (url, mut desk) = (organization.world().url(), organization.events(&self.token).await);
        for _ in 0..chats {
            let page = organization.world().http().with("origin", origin);
            let visitor = page.post(WIDGET_SESSIONS, &json!({"key": organization.key})).await.expect(201);
            let token = visitor["token"].as_str().expect("a token");
            let mut widget = Socket::open(browser_request(url, WIDGET_SOCKET, "", token, origin)).await;
            widget.result(json!({"action": "send_message", "text": "Есть?"})).await;
            desk.result(json!({"action": "send_message", "user_id": visitor["user_id"], "text": "Да"})).await;
        }
    }

    /// The user of the only chat, once there is one.
    pub async fn user_id(&self) -> i64 {
        let api = self.organization.api(&self.token);
        until("the chat", async || api.get("/v1/chats").await.expect(200)["chats"][0]["user_id"].as_i64()).await
    }

    /// The only chat's messages.
    pub async fn messages(&self) -> Vec<Value> {
        self.organization.history(&self.token, self.user_id().await).await
    }

    /// Waits until the visitor has sent this.
    pub async fn until_has(&self, text: &str) {
        until(&format!("{text:?} in the chat"), async || {
            let messages = self.messages().await;
            messages.iter().any(|message| message["side"] == "user" && message["text"] == text).then_some(())
        })
        .await;
    }

    /// Анна answers the only chat. Returns the message.
    pub async fn say(&self, text: &str, content: Option<Value>) -> Value {
        let path = format!("/v1/chats/{}/messages", self.user_id().await);
        let mut body = json!({"text": text});
        if let Some(content) = content {
            body["content"] = content;
        }
        self.organization.api(&self.token).post(&path, &body).await.expect(201)["message"].clone()
    }

    /// What is known of a user, by name.
    pub async fn attributes(&self, user_id: i64) -> Value {
        let user = self.organization.api(&self.token).get(&format!("/v1/users/{user_id}")).await.expect(200);
        user["attributes"].clone()
    }

    /// Waits until the user of the only chat has these attributes among others.
    pub async fn until_known(&self, expected: &[(&str, &str)]) {
        let user_id = self.user_id().await;
        until(&format!("{expected:?} of {user_id}"), async || {
            let known = self.attributes(user_id).await;
            expected.iter().all(|(name, value)| known[name] == json!({"value": value, "verified": false})).then_some(())
        })
        .await;
    }

    /// The ledger of consents.
    pub async fn consents(&self) -> Vec<Value> {
        let path = format!("/v1/consents?organization={}", self.organization.id);
        let ledger = self.organization.world().admin().get(&path).await.expect(200);
        ledger["consents"].as_array().expect("a ledger").clone()
    }
}
