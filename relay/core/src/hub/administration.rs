//! What the administrator asks for, and those of the organization whose tokens allow it: who may, and to whom it goes.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::access::Scope;
use shared::id::UserId;
use shared::problem::Code;
use shared::token::{Claims, Role};

use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::settings::Change;
use super::tools::Tool;
use super::{Decision, Refused};
use crate::upstream::ozon::Credentials;

/// Who asks. The edge has checked the token; whether it was withdrawn and what it is good for is checked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What their token says; none for the administrator.
    pub claims: Option<Claims>,
    /// Their address, if the edge knows it.
    pub address: Option<String>,
}

impl Actor {
    /// The administrator of the deployment.
    #[must_use]
    pub fn administrator(address: Option<String>) -> Self {
        Self { claims: None, address }
    }
}

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Gives a member of staff or a program a token.
    IssueToken {
        /// What it may be.
        role: Role,
        /// Its holder's name.
        name: String,
        /// Its life in seconds.
        ttl_s: i64,
        /// What it is good for; what is usual for the role if absent.
        scopes: Option<Vec<Scope>>,
        /// Whose it is: the same over renewals. The token's own id if absent.
        holder: Option<String>,
    },
    /// Lists tokens, newest first, without what would make them usable.
    Tokens {
        /// Only those issued before this one.
        before: Option<i64>,
        /// How many.
        limit: Option<i64>,
    },
    /// Withdraws a token.
    RevokeToken {
        /// Which.
        token_id: String,
    },
    /// Reads the settings.
    ReadOrganization,
    /// Changes settings.
    ChangeOrganization {
        /// Which, to what.
        change: Change,
    },
    /// Deletes the organization with all that is its.
    DeleteOrganization,
    /// Replaces the publishable key.
    RotateKey {
        /// For how many seconds the former one lives on.
        grace_s: i64,
    },
    /// Makes a secret for vouching.
    AddIdentitySecret,
    /// Lists the secrets for vouching, without the secrets.
    IdentitySecrets,
    /// Removes a secret for vouching.
    RemoveIdentitySecret {
        /// Which.
        kid: String,
    },
    /// Says who a user is.
    ReadUser {
        /// Who.
        user_id: UserId,
    },
    /// Reads everything that is kept of a user.
    ExportUser {
        /// Whose.
        user_id: UserId,
        /// Only messages after this one.
        after: Option<i64>,
        /// How many messages.
        limit: Option<i64>,
    },
    /// Deletes everything that is kept of a user.
    DeleteUser {
        /// Whose.
        user_id: UserId,
    },
    /// Whether a receipt is one of ours.
    VerifyReceipt {
        /// Its text.
        receipt: String,
    },
    /// Reads the ledger of consents, oldest first.
    Consents {
        /// Only entries after this one.
        after: Option<i64>,
        /// How many.
        limit: Option<i64>,
    },
    /// Connects an Ozon account.
    ConnectOzon {
        /// The merchant's key.
        credentials: Credentials,
    },
    /// Uses one of the organization's tools.
    Tool(Tool),
    /// Reads the audit log, oldest first.
    Audit {
        /// Only entries after this one.
        after: Option<i64>,
        /// How many.
        limit: Option<i64>,
    },
}

impl Command {
    /// The scope that a token of the organization needs for it. None: for the administrator only.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Self::IssueToken { .. } | Self::Tokens { .. } | Self::RevokeToken { .. } => Some(Scope::TokensWrite),
            Self::ConnectOzon { .. } => Some(Scope::IntegrationsWrite),
            Self::Audit { .. } | Self::VerifyReceipt { .. } => Some(Scope::AuditRead),
            Self::ReadOrganization => Some(Scope::OrganizationRead),
            Self::ChangeOrganization { .. }
            | Self::RotateKey { .. }
            | Self::AddIdentitySecret
            | Self::IdentitySecrets
            | Self::RemoveIdentitySecret { .. } => Some(Scope::OrganizationWrite),
            Self::DeleteOrganization => None,
            Self::ReadUser { .. } => Some(Scope::ChatsRead),
            Self::ExportUser { .. } => Some(Scope::UsersExport),
            Self::DeleteUser { .. } => Some(Scope::UsersDelete),
            Self::Consents { .. } => Some(Scope::ConsentsRead),
            Self::Tool(tool) => Some(tool.scope()),
        }
    }
}

impl Draft<'_> {
    pub(super) fn administer(
        &mut self,
        actor: &Actor,
        command: Command,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        let organization = self.organization()?;
        if let Some(claims) = &actor.claims {
            if claims.org != organization.id {
                return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
            }
            let scope = command.scope();
            let scope = scope.ok_or_else(|| Refused::new(Code::Forbidden, "only the administrator may do this"))?;
            self.holder(claims)?.require(scope)?;
        }
        match command {
            Command::IssueToken { role, name, ttl_s, scopes, holder } => {
                self.issue_token(actor, super::tokens::Wish { role, name, ttl_s, scopes, holder }, entropy)
            }
            Command::Tokens { before, limit } => self.tokens(before, limit),
            Command::RevokeToken { token_id } => self.revoke_token(actor, &token_id),
            Command::ReadOrganization => Ok(self.organization()?.described()),
            Command::ChangeOrganization { change } => self.change_organization(actor, change),
            Command::DeleteOrganization => self.delete_organization(),
            Command::RotateKey { grace_s } => self.rotate_key(actor, grace_s, entropy),
            Command::AddIdentitySecret => self.add_identity_secret(actor, entropy),
            Command::IdentitySecrets => self.list_identity_secrets(),
            Command::RemoveIdentitySecret { kid } => self.remove_identity_secret(actor, &kid),
            Command::ReadUser { user_id } => self.profile(user_id),
            Command::ExportUser { user_id, after, limit } => self.export_user(actor, user_id, after, limit),
            Command::DeleteUser { user_id } => self.delete_user(actor, user_id, entropy),
            Command::VerifyReceipt { receipt } => self.verify_receipt(&receipt),
            Command::Consents { after, limit } => self.consents_page(actor, after, limit),
            Command::ConnectOzon { credentials } => self.connect_ozon(actor, &credentials, entropy),
            Command::Tool(tool) => self.use_tool(actor, tool, entropy),
            Command::Audit { after, limit } => self.audit_page(after, limit),
        }
    }
}
