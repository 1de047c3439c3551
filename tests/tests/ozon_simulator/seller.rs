//! The seller's side of the tests: a client that knows nothing of the product's own, only addresses, headers and JSON.

use std::time::Duration;

use serde_json::Value;
use tests::ozon::{Options, Simulator};

/// Long enough for a loaded machine, short enough for a person to wait.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An answer of the vendor's.
#[derive(Debug)]
pub struct Said {
    pub status: u16,
    pub body: Value,
    pub text: String,
}

/// Whoever calls the vendor.
pub struct Seller {
    pub base: String,
    pub client_id: Option<String>,
    pub api_key: Option<String>,
    pub http: reqwest::Client,
}

impl Seller {
    /// The seller whom a simulator knows by default.
    pub fn of(simulator: &Simulator) -> Self {
        Self::at(simulator.url())
    }

    pub fn at(base: &str) -> Self {
        let options = Options::default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { base: base.into(), client_id: Some(options.client_id.to_string()), api_key: Some(options.api_key), http }
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(client_id) = &self.client_id {
            request = request.header("Client-Id", client_id);
        }
        if let Some(api_key) = &self.api_key {
            request = request.header("Api-Key", api_key);
        }
        request
    }

    pub async fn try_post(&self, path: &str, body: Value) -> reqwest::Result<Said> {
        let answer = self.request(reqwest::Method::POST, path).json(&body).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok(Said { status, body: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    pub async fn post(&self, path: &str, body: Value) -> Said {
        self.try_post(path, body).await.unwrap()
    }

    /// Posts and expects 200.
    pub async fn ok(&self, path: &str, body: Value) -> Value {
        let said = self.post(path, body).await;
        assert_eq!(said.status, 200, "{path}: {}", said.text);
        said.body
    }

    /// Posts and expects a refusal of this HTTP status and gRPC code.
    pub async fn refused(&self, path: &str, body: Value, status: u16, code: u8) -> Value {
        let said = self.post(path, body).await;
        assert_eq!((said.status, said.body["code"].as_u64()), (status, Some(code.into())), "{path}: {}", said.text);
        assert!(said.body["message"].is_string() && said.body["details"].is_array(), "{}", said.text);
        said.body
    }
}

/// A marketplace with defaults.
pub async fn market() -> Simulator {
    Simulator::start(Options::default()).await.unwrap()
}
