//! The vendor's errors: an HTTP status and a gRPC status as JSON, `{"code":16,"message":"...","details":[]}`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a method answers: a JSON body with 200, or a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

/// One refusal of the vendor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) http: u16,
    pub(crate) code: u8,
    pub(crate) message: String,
    /// Seconds for a `Retry-After`.
    pub(crate) retry_after_s: Option<u32>,
}

/// Every refusal that is known of the vendor, by name: what a fault of kind `refusal` may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum VendorError {
    KeysMissing,
    ClientIdMalformed,
    KeyWrong,
    KeyDeactivated,
    RoleMissing,
    AddressRestricted,
    PremiumPlusOnly,
    OfferNotSigned,
    Invalid,
    NotFound,
    Conflict,
    RateLimit,
    CircleOpen,
    InternalError,
    UnknownMethod,
    ObsoleteMethod,
}

impl VendorError {
    /// Every one of them.
    pub const ALL: [Self; 16] = [
        Self::KeysMissing,
        Self::ClientIdMalformed,
        Self::KeyWrong,
        Self::KeyDeactivated,
        Self::RoleMissing,
        Self::AddressRestricted,
        Self::PremiumPlusOnly,
        Self::OfferNotSigned,
        Self::Invalid,
        Self::NotFound,
        Self::Conflict,
        Self::RateLimit,
        Self::CircleOpen,
        Self::InternalError,
        Self::UnknownMethod,
        Self::ObsoleteMethod,
    ];

    /// As the given method words it.
    pub(crate) fn refusal(self, method: &str) -> Refusal {
        match self {
            Self::KeysMissing => Refusal::keys_missing(),
            Self::ClientIdMalformed => Refusal::client_id_malformed(),
            Self::KeyWrong => Refusal::key_wrong(),
            Self::KeyDeactivated => Refusal::key_deactivated(),
            Self::RoleMissing => Refusal::role_missing(),
            Self::AddressRestricted => Refusal::address_restricted(),
            Self::PremiumPlusOnly => Refusal::premium_plus_only(method),
            Self::OfferNotSigned => Refusal::offer_not_signed(),
            Self::Invalid => Refusal::invalid("Request", "value is not valid"),
            Self::NotFound => Refusal::not_found("entity"),
            Self::Conflict => Refusal::conflict("already exists"),
            Self::RateLimit => Refusal::too_many_requests(None),
            Self::CircleOpen => Refusal::circle_open(503),
            Self::InternalError => Refusal::internal(),
            Self::UnknownMethod => Refusal::unknown_method(),
            Self::ObsoleteMethod => Refusal::obsolete_method(),
        }
    }
}

impl Refusal {
    fn new(http: u16, code: u8, message: impl Into<String>) -> Self {
        Self { http, code, message: message.into(), retry_after_s: None }
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

    /// The text is documented, its status is not.
    pub(crate) fn role_missing() -> Self {
        Self::new(403, 7, "Api-Key is missing a required role for a method")
    }

    /// The text is documented, its status is not.
    pub(crate) fn address_restricted() -> Self {
        Self::new(403, 7, "Api-Key is restricted to specific IP addresses")
    }

    /// The wording differs between methods; the first one is what was observed, the second stands for all those unknown,
    /// so that a client that goes by the text finds out here.
    pub(crate) fn premium_plus_only(method: &str) -> Self {
        let message = match method {
            "/v3/chat/history" => "Information is only available with a Premium Plus subscription.",
            _ => "Method is available to sellers with the Premium Plus or Premium Pro subscription.",
        };
        Self::new(403, 7, message)
    }

    /// Documented with this status and text; the code is what that status has elsewhere.
    pub(crate) fn offer_not_signed() -> Self {
        Self::new(403, 7, "Offer not signed")
    }

    pub(crate) fn too_many_requests(retry_after_s: Option<u32>) -> Self {
        Self { retry_after_s, ..Self::new(429, 8, "You have reached request rate limit per second") }
    }

    /// Only the text is documented.
    pub(crate) fn circle_open(http: u16) -> Self {
        Self::new(http, code_of(http), "Circle is open")
    }

    /// The wording is a guess in the manner of the vendor's validator; only status and code are known.
    pub(crate) fn invalid(field: &str, why: &str) -> Self {
        Self::new(400, 3, format!("Request validation error: invalid {field}: {why}"))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, 5, format!("{what} not found"))
    }

    pub(crate) fn conflict(what: &str) -> Self {
        Self::new(409, 6, what)
    }

    /// The documented text of a timeout within the vendor's house.
    pub(crate) fn internal() -> Self {
        Self::new(500, 13, "Internal error")
    }

    /// A method that does not exist (any more), as the gateway that makes these bodies answers for it.
    pub(crate) fn unknown_method() -> Self {
        Self::new(404, 5, "Not Found")
    }

    /// Seen of one method that had been switched off, instead of the above.
    pub(crate) fn obsolete_method() -> Self {
        Self::new(410, 9, "obsolete method cannot be used")
    }

    /// A chat nobody may write to any more. What the vendor answers here is not documented.
    pub(crate) fn chat_not_writable(why: &str) -> Self {
        Self::new(400, 9, why)
    }

    /// The usual refusal of a status, for faults that name only the status.
    pub(crate) fn of_status(http: u16, method: &str) -> Self {
        match http {
            400 => Self::invalid("Request", "value is not valid"),
            401 => Self::keys_missing(),
            403 => Self::premium_plus_only(method),
            404 => Self::key_wrong(),
            409 => Self::conflict("already exists"),
            429 => Self::too_many_requests(None),
            500 => Self::internal(),
            503 => Self::circle_open(503),
            other => Self::new(other, 2, "Internal error"),
        }
    }

    pub(crate) fn body(&self) -> Value {
        json!({"code": self.code, "message": self.message, "details": []})
    }
}

/// The gRPC code that goes with a status.
fn code_of(http: u16) -> u8 {
    match http {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        409 => 6,
        429 => 8,
        500 => 13,
        503 => 14,
        _ => 2,
    }
}
