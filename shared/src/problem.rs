//! The one error type that crosses the wire: on the socket as the event `error`, over HTTP as `application/problem+json`
//! (RFC 9457). The same stable codes on both.

use crate::node::words;

words! {
    /// What went wrong. The word is stable; texts may change.
    pub enum Code {
        /// The frame or body is not JSON of the expected shape.
        Malformed = "malformed",
        /// The action's name is not one of the protocol's.
        UnknownAction = "unknown_action",
        /// The frame, body or text is over its limit.
        TooLarge = "too_large",
        /// The file is none of the kinds that may be sent, or not what its name or header says.
        UnsupportedType = "unsupported_type",
        /// There is no room for the file.
        QuotaExceeded = "quota_exceeded",
        /// The text is empty or only white space.
        EmptyText = "empty_text",
        /// A value is of the right shape but not acceptable.
        Invalid = "invalid",
        /// No token, or one that we did not sign.
        Unauthorized = "unauthorized",
        /// The token was good once.
        TokenExpired = "token_expired",
        /// The token was withdrawn.
        TokenRevoked = "token_revoked",
        /// Signed in, but not allowed to do this.
        Forbidden = "forbidden",
        /// The publishable key is not the organization's.
        UnknownKey = "unknown_key",
        /// The page's origin is not on the organization's list.
        OriginNotAllowed = "origin_not_allowed",
        /// There is no such thing.
        NotFound = "not_found",
        /// The path is right, the method is not.
        MethodNotAllowed = "method_not_allowed",
        /// The client speaks no version of the protocol that the relay speaks.
        UnsupportedVersion = "unsupported_version",
        /// It is there already.
        Conflict = "conflict",
        /// Too much, too fast.
        RateLimited = "rate_limited",
        /// The relay could not keep it; nothing was changed.
        StorageFailed = "storage_failed",
        /// The relay is missing a secret or setting.
        NotConfigured = "not_configured",
        /// Our mistake.
        Internal = "internal",
        /// The upstream refused the merchant's key (401, or Ozon's 404 for a wrong key).
        UpstreamUnauthorized = "upstream_unauthorized",
        /// The upstream forbids it, for example without a Premium Plus subscription.
        UpstreamForbidden = "upstream_forbidden",
        /// The upstream calls the request wrong.
        UpstreamRejected = "upstream_rejected",
        /// The upstream asks for patience.
        UpstreamRateLimited = "upstream_rate_limited",
        /// The upstream failed or did not answer, and the message is known not to have arrived.
        UpstreamUnavailable = "upstream_unavailable",
        /// The upstream's answer was lost, and whether the message arrived could not be found out.
        DeliveryUnknown = "delivery_unknown",
        /// No account of this upstream is connected.
        UpstreamNotConnected = "upstream_not_connected",
        /// The merchant's subscription at the upstream does not cover it: Ozon's Premium Plus or Pro.
        UpstreamSubscription = "upstream_subscription" if "staff",
        /// The merchant's key was deactivated, or its time is over.
        UpstreamKeyExpired = "upstream_key_expired" if "staff",
        /// The merchant's key works from certain addresses only.
        UpstreamKeyRestricted = "upstream_key_restricted" if "staff",
        /// The merchant's key lacks the role that this needs.
        UpstreamRoleMissing = "upstream_role_missing" if "staff",
        /// The merchant has not signed the upstream's offer.
        UpstreamOfferNotSigned = "upstream_offer_not_signed" if "staff",
        /// The upstream knows no such chat, posting or product.
        UpstreamNotFound = "upstream_not_found" if "staff",
        /// The upstream has it already, or it is being changed.
        UpstreamConflict = "upstream_conflict" if "staff",
        /// The time in which the chat could be written to is over.
        UpstreamWindowClosed = "upstream_window_closed" if "staff",
        /// The merchant may not begin a chat here; only the buyer may.
        UpstreamStartNotAllowed = "upstream_start_not_allowed" if "staff",
        /// The upstream has closed this method for some minutes after too many calls.
        UpstreamCircleOpen = "upstream_circle_open" if "staff",
        /// The file that a message was to bring is not there any more, or cannot be read: nothing was sent.
        FileGone = "file_gone" if "staff",
    }
}

impl Code {
    /// The HTTP status that goes with it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::UnknownAction | Self::EmptyText | Self::Invalid => 400,
            Self::Unauthorized | Self::TokenExpired | Self::TokenRevoked => 401,
            Self::Forbidden | Self::UnknownKey | Self::OriginNotAllowed => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::UnsupportedVersion => 426,
            Self::UnsupportedType => 415,
            Self::RateLimited => 429,
            Self::Internal | Self::NotConfigured => 500,
            Self::UpstreamUnauthorized
            | Self::UpstreamForbidden
            | Self::UpstreamRejected
            | Self::UpstreamRateLimited
            | Self::UpstreamNotConnected
            | Self::DeliveryUnknown => 502,
            #[cfg(feature = "staff")]
            Self::UpstreamSubscription
            | Self::UpstreamKeyExpired
            | Self::UpstreamKeyRestricted
            | Self::UpstreamRoleMissing
            | Self::UpstreamOfferNotSigned
            | Self::UpstreamNotFound
            | Self::UpstreamConflict
            | Self::UpstreamWindowClosed
            | Self::UpstreamStartNotAllowed
            | Self::UpstreamCircleOpen => 502,
            #[cfg(feature = "staff")]
            Self::FileGone => 410,
            Self::StorageFailed | Self::UpstreamUnavailable => 503,
            Self::QuotaExceeded => 507,
        }
    }

    /// Whether the same request may succeed later without being changed.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        match self {
            Self::RateLimited
            | Self::StorageFailed
            | Self::Internal
            | Self::UpstreamRateLimited
            | Self::UpstreamUnavailable => true,
            #[cfg(feature = "staff")]
            Self::UpstreamCircleOpen => true,
            #[cfg(feature = "staff")]
            Self::UpstreamSubscription
            | Self::UpstreamKeyExpired
            | Self::UpstreamKeyRestricted
            | Self::UpstreamRoleMissing
            | Self::UpstreamOfferNotSigned
            | Self::UpstreamNotFound
            | Self::UpstreamConflict
            | Self::UpstreamWindowClosed
            | Self::UpstreamStartNotAllowed
            | Self::FileGone => false,
            Self::Malformed
            | Self::UnknownAction
            | Self::TooLarge
            | Self::UnsupportedType
            | Self::QuotaExceeded
            | Self::EmptyText
            | Self::Invalid
            | Self::Unauthorized
            | Self::TokenExpired
            | Self::TokenRevoked
            | Self::Forbidden
            | Self::UnknownKey
            | Self::OriginNotAllowed
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::UnsupportedVersion
            | Self::Conflict
            | Self::NotConfigured
            | Self::UpstreamUnauthorized
            | Self::UpstreamForbidden
            | Self::UpstreamRejected
            | Self::UpstreamNotConnected
            | Self::DeliveryUnknown => false,
        }
    }
}

/// A refusal with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What a program reads.
    pub code: Code,
    /// What a developer reads: what is wrong and what to do. English, without personal data.
    pub detail: String,
    /// After how long it is worth trying again, if that is known.
    pub retry_after_ms: Option<i64>,
}

impl Problem {
    /// A problem with its explanation.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), retry_after_ms: None }
    }

    /// A problem that time cures, and how much of it.
    #[must_use]
    pub fn later(code: Code, detail: impl Into<String>, retry_after_ms: i64) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..Self::new(code, detail) }
    }
}
