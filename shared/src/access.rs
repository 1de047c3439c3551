//! Who may call what: the scopes of a token, and what each route asks for.

use crate::node::words;
use crate::token::Role;

words! {
    /// One thing that a token of the organization may be good for. A closed set: an unknown word is refused when a token is
    /// issued.
    pub enum Scope {
        /// Hear the events, read chats and their messages.
        ChatsRead = "chats:read",
        /// Write, show typing, mark as read.
        ChatsWrite = "chats:write",
        /// Upload files.
        FilesWrite = "files:write",
        /// Read everything that is kept of one user.
        UsersExport = "users:export",
        /// Delete everything that is kept of one user.
        UsersDelete = "users:delete",
        /// Read the ledger of consents.
        ConsentsRead = "consents:read",
        /// Read the audit log, check receipts.
        AuditRead = "audit:read",
        /// Issue, list and revoke tokens with no other scopes than one's own.
        TokensWrite = "tokens:write",
        /// Read the organization's settings.
        OrganizationRead = "organization:read",
        /// Change the organization's settings, keys and identity secrets.
        OrganizationWrite = "organization:write",
        /// Connect accounts of upstreams.
        IntegrationsWrite = "integrations:write",
        /// Change templates and automatic replies, send to many.
        ToolsWrite = "tools:write",
    }
}

impl Scope {
    /// What a token may do if nothing else was said when it was issued.
    #[must_use]
    pub fn usual(role: Role) -> &'static [Self] {
        match role {
            Role::Visitor => &[],
            Role::Operator | Role::Integration => &[Self::ChatsRead, Self::ChatsWrite, Self::FilesWrite],
        }
    }
}

/// Who may call a route. What they may see behind it is decided by the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; what protects it is part of the request (a publishable key, a hook's secret, a signature), or it gives
    /// nothing away.
    Open,
    /// A visitor, for what is their own.
    Visitor,
    /// An operator or integration with this scope.
    Staff(Scope),
    /// A visitor for what is their own, or an operator or integration with this scope.
    VisitorOrStaff(Scope),
    /// The administrator, or an operator or integration with this scope for their own organization.
    Administration(Scope),
    /// The administrator only.
    Administrator,
}

impl Access {
    /// Whether a token of this role gets as far as the organization, which decides by the token's scopes.
    #[must_use]
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Open => true,
            Self::Visitor => !role.is_staff(),
            Self::Staff(_) | Self::Administration(_) => role.is_staff(),
            Self::VisitorOrStaff(_) => true,
            Self::Administrator => false,
        }
    }

    /// The scope that a token of an operator or integration needs.
    #[must_use]
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::Staff(scope) | Self::VisitorOrStaff(scope) | Self::Administration(scope) => Some(scope),
            Self::Open | Self::Visitor | Self::Administrator => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usually_a_token_serves_the_chats_and_administers_nothing() {
        assert_eq!(Scope::usual(Role::Visitor), []);
        for role in [Role::Operator, Role::Integration] {
            let scopes: Vec<&str> = Scope::usual(role).iter().map(|scope| scope.as_str()).collect();
            assert_eq!(scopes, ["chats:read", "chats:write", "files:write"]);
        }
    }
}
