//! The vendor's errors: an HTTP status and a gRPC status as JSON, `{"code":16,"message":"...","details":[]}`.

use serde_json::{Value, json};

/// What a method answers: a JSON body with 200, or a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

/// One refusal of the vendor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) http: u16,
    pub(crate) code: u8,
    pub(crate) message: String,
}

impl Refusal {
    fn new(http: u16, code: u8, message: impl Into<String>) -> Self {
        Self { http, code, message: message.into() }
    }

    pub(crate) fn keys_missing() -> Self {
        Self::new(401, 16, "Client-Id and Api-Key headers are required")
    }

    pub(crate) fn client_id_malformed() -> Self {
        Self::new(400, 3, "Client-Id header value should be positive integer")
    }

    /// A wrong key answers as if something were not found: observed.
    pub(crate) fn key_wrong() -> Self {
        Self::new(404, 5, "Invalid Api-Key, please check the key and try again")
    }

    pub(crate) fn key_deactivated() -> Self {
        Self::new(403, 7, "Api-key is deactivated, use another one or generate a new one")
    }

    pub(crate) fn premium_plus_only() -> Self {
        Self::new(403, 7, "Information is only available with a Premium Plus subscription.")
    }

    pub(crate) fn too_many_requests() -> Self {
        Self::new(429, 8, "You have reached request rate limit per second")
    }

    /// The wording is a guess in the manner of the vendor's validator; only status and code are known.
    pub(crate) fn invalid(field: &str, why: &str) -> Self {
        Self::new(400, 3, format!("Request validation error: invalid {field}: {why}"))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, 5, format!("{what} not found"))
    }

    /// A chat nobody may write to any more. What the vendor answers here is not documented.
    pub(crate) fn chat_not_writable(why: &str) -> Self {
        Self::new(400, 9, why)
    }

    /// The usual refusal of a status, for faults that name only the status.
    pub(crate) fn of_status(http: u16) -> Self {
        match http {
            400 => Self::invalid("Request", "value is not valid"),
            401 => Self::keys_missing(),
            403 => Self::premium_plus_only(),
            404 => Self::key_wrong(),
            409 => Self::new(409, 6, "already exists"),
            429 => Self::too_many_requests(),
            500 => Self::new(500, 13, "Internal error"),
            503 => Self::new(503, 14, "Circle is open"),
            other => Self::new(other, 2, "Internal error"),
        }
    }

    pub(crate) fn body(&self) -> Value {
        json!({"code": self.code, "message": self.message, "details": []})
    }
}
