//! A merchant of the tests, made over the admin API, and who comes to their counter.

use reqwest::Body;
use serde_json::{Value, json};
use shared::id::UserId;
use shared::route::{EVENTS, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX, WIDGET_SESSIONS, WIDGET_SOCKET};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use super::{Driver, Http, Seller, Socket, World};

/// The storefront of every merchant here.
pub const ORIGIN: &str = "https://lavka.example";

/// How long the tokens of tests are good.
const TOKEN_TTL_S: i64 = 3600;

/// One organization.
pub struct Organization<'w> {
    world: &'w World,
    pub id: String,
    /// The publishable key.
    pub key: String,
}

/// Who has opened the widget.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub token: String,
    pub user_id: UserId,
}

impl<'w> Organization<'w> {
    /// Provisions one.
    pub async fn create(world: &'w World, id: &str, origins: &[&str], key: Option<&str>) -> Self {
        let body = json!({"id": id, "name": "Лавка", "origins": origins, "publishable_key": key});
        let made = world.admin().post("/v1/organizations", &body).await.expect(201);
        let key = made["publishable_key"].as_str().expect("a key").to_owned();
        Self { world, id: id.into(), key }
    }

    pub fn world(&self) -> &'w World {
        self.world
    }

    /// A token of an operator.
    pub async fn operator(&self, name: &str) -> String {
        self.token("operator", name, TOKEN_TTL_S).await
    }

    /// A token of a program.
    pub async fn integration(&self, name: &str) -> String {
        self.token("integration", name, TOKEN_TTL_S).await
    }

    pub async fn token(&self, role: &str, name: &str, ttl_s: i64) -> String {
        let body = json!({"organization": self.id, "role": role, "name": name, "ttl_s": ttl_s});
        let made = self.world.admin().post("/v1/tokens", &body).await.expect(201);
        made["token"].as_str().expect("a token").to_owned()
    }

    /// A page of the storefront asks for a session, as new or as a returning visitor.
    pub async fn session(&self, previous: Option<&str>) -> Visitor {
        let body = json!({"key": self.key, "token": previous});
        let page = self.world.http().with("origin", ORIGIN);
        let made = page.post(WIDGET_SESSIONS, &body).await.expect(201);
        Visitor {
            token: made["token"].as_str().expect("a token").to_owned(),
            user_id: made["user_id"].as_i64().expect("a user_id"),
        }
    }

    /// The same with whatever else a page says.
    pub async fn session_with(&self, body: Value) -> super::Answer {
        let mut all = json!({"key": self.key});
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), body) {
            all.extend(more);
        }
        self.world.http().with("origin", ORIGIN).post(WIDGET_SESSIONS, &all).await
    }

    pub async fn visitor(&self) -> Visitor {
        self.session(None).await
    }

    /// The HTTP API with a token.
    pub fn api(&self, token: &str) -> Http {
        Http::to(self.world.url(), Some(token))
    }

    /// An integrator's or operator's plain socket.
    pub async fn events(&self, token: &str) -> Socket {
        Socket::open(request(self.world.url(), EVENTS, "", Some(token), None)).await
    }

    /// The same, from a position in the log.
    pub async fn events_from(&self, token: &str, epoch: &str, offset: i64) -> Socket {
        let query = format!("?epoch={epoch}&offset={offset}");
        Socket::open(request(self.world.url(), EVENTS, &query, Some(token), None)).await
    }

    /// A visitor's plain socket, opened as a browser opens it.
    pub async fn widget(&self, visitor: &Visitor) -> Socket {
        Socket::open(browser_request(self.world.url(), WIDGET_SOCKET, "", &visitor.token, ORIGIN)).await
    }

    /// An operator's client.
    pub fn staff_driver(&self, token: &str, seed: u64) -> Driver {
        Driver::staff(self.world.url(), token, seed)
    }

    /// A visitor's client.
    pub fn visitor_driver(&self, visitor: &Visitor, seed: u64) -> Driver {
        Driver::visitor(self.world.url(), &self.key, visitor, seed)
    }

    /// The same clients, by way of a network of their own.
    pub fn staff_driver_by(&self, url: &str, token: &str, seed: u64) -> Driver {
        Driver::staff(url, token, seed)
    }

    pub fn visitor_driver_by(&self, url: &str, visitor: &Visitor, seed: u64) -> Driver {
        Driver::visitor(url, &self.key, visitor, seed)
    }

    /// Connects an Ozon account and a simulated Ozon behind it.
    pub async fn connect_ozon(&self) -> Seller {
        Seller::connect(self).await
    }

    /// A chat's messages over the HTTP API, oldest first, all pages.
    pub async fn history(&self, token: &str, user_id: UserId) -> Vec<Value> {
        let (api, mut messages) = (self.api(token), Vec::new());
        loop {
            let before = messages.first().map(|first: &Value| first["message_id"].to_string());
            let before = before.map_or(String::new(), |before| format!("&before={before}"));
            let path = format!("/v1/chats/{user_id}/messages?limit=100{before}");
            let page = api.get(&path).await.expect(200);
            let mut older = page["messages"].as_array().expect("messages").clone();
            older.append(&mut messages);
            messages = older;
            if page["has_more"] != json!(true) {
                return messages;
            }
        }
    }

    /// A notification as an upstream posts it.
    pub async fn post_hook(&self, path: &str, body: impl Into<Body>) -> super::Answer {
        self.world.http().call(reqwest::Method::POST, path, body.into()).await
    }
}

/// An upgrade with the token in a header.
pub fn request(url: &str, path: &str, query: &str, bearer: Option<&str>, origin: Option<&str>) -> Request {
    let address = format!("{}{path}{query}", url.replace("http://", "ws://"));
    let mut request = address.into_client_request().expect("an address");
    let headers = request.headers_mut();
    if let Some(token) = bearer {
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a header's value"));
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().expect("a header's value"));
    }
    request
}

/// An upgrade as a browser makes it: it can set no header, so the token is a subprotocol.
pub fn browser_request(url: &str, path: &str, query: &str, token: &str, origin: &str) -> Request {
    let mut request = request(url, path, query, None, Some(origin));
    let offered = format!("{SUBPROTOCOL}, {TOKEN_SUBPROTOCOL_PREFIX}{token}");
    request.headers_mut().insert("sec-websocket-protocol", offered.parse().expect("a header's value"));
    request
}
