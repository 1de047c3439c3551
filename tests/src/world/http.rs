//! HTTP calls to the relay, and what comes back.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Body, Method};
use serde_json::Value;
use shared::problem::Code;

/// Somebody who calls: an address, and perhaps a token.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    url: String,
    headers: HeaderMap,
}

impl Http {
    pub fn to(url: &str, bearer: Option<&str>) -> Self {
        // Not shared between tests: a connection would outlive the runtime that drives it.
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().expect("a client");
        let http = Self { client, url: url.into(), headers: HeaderMap::new() };
        match bearer {
            Some(token) => http.with("authorization", &format!("Bearer {token}")),
            None => http,
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Body::default()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, body.to_string().into()).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Body) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.url)).headers(self.headers.clone());
        let answer = request.body(body).send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes: bytes.into() }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body of a success with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Checks a refusal: status, media type, members and code (RFC 9457).
    #[track_caller]
    pub fn expect_problem(&self, code: Code) {
        assert_eq!(self.status, code.status(), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let body: Value = serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text));
        assert_eq!(body["code"], code.as_str(), "{body}");
        assert_eq!(body["status"], code.status(), "{body}");
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
        assert!(body["type"].is_string() && body["title"].is_string(), "{body}");
    }
}
