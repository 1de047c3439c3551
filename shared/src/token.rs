//! Who holds a token, and what it says.

use crate::id::UserId;
use crate::node::words;

words! {
    /// What a connection or a token may be.
    pub enum Role {
        /// A visitor of the storefront: sees their own chat only.
        Visitor = "visitor",
        /// A person of the organization.
        Operator = "operator",
        /// A program of the organization.
        Integration = "integration",
    }
}

impl Role {
    /// Whether this role serves the organization: sees all of its chats.
    #[must_use]
    pub fn is_staff(self) -> bool {
        match self {
            Self::Visitor => false,
            Self::Operator | Self::Integration => true,
        }
    }
}

/// The claims of a signed token (a JWT, RFC 7519).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Claims {
    /// The organization it is good for.
    pub org: String,
    /// What its holder may be.
    pub role: Role,
    /// The visitor's id; 0 for staff.
    pub sub: UserId,
    /// The name others see.
    pub name: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Good before this second.
    pub exp: i64,
    /// The token's own id.
    pub jti: String,
}
