//! The relay's paths. One place for both ends.

use crate::access::{Access, Scope};
use crate::id::{Position, UserId};
use crate::limits::LINE_BYTES_MAX;

/// Where a visitor gets a token.
pub const WIDGET_SESSIONS: &str = "/v1/widget/sessions";
/// The visitor's socket.
pub const WIDGET_SOCKET: &str = "/v1/widget/socket";
/// What a page may know of the storefront before there is a visitor.
pub const WIDGET_SETTINGS: &str = "/v1/widget/settings";
/// Where a visitor rates the conversation.
pub const WIDGET_RATING: &str = "/v1/widget/rating";
/// The organization's events, for operators and integrations.
pub const EVENTS: &str = "/v1/events";
/// Where a visitor uploads a file.
pub const WIDGET_FILES: &str = "/v1/widget/files";
/// Where staff uploads a file; below it are the files.
pub const FILES: &str = "/v1/files";
/// What stands before a path of Ozon's.
pub const OZON: &str = "/v1/ozon";
/// Bulk sends.
pub const BULK: &str = "/v1/bulk";
/// The report.
pub const REPORTS: &str = "/v1/reports";
/// The header with a client's own id for a message that it sends through [`OZON`].
pub const MESSAGE_ID_HEADER: &str = "X-Client-Message-Id";
/// The header with an upload's name: UTF-8, percent-encoded.
pub const FILE_NAME_HEADER: &str = "X-File-Name";
/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "prilavok.v1";
/// What the subprotocol of every version begins with.
pub const SUBPROTOCOL_FAMILY: &str = "prilavok.";
/// How a token is offered as a further subprotocol, since a browser cannot set headers on a socket: `token.<jwt>`.
pub const TOKEN_SUBPROTOCOL_PREFIX: &str = "token.";

/// The query of a line's address, as clients of ours ask for it: with its budget, and where to resume.
#[must_use]
pub fn line_query(position: Option<&Position>) -> String {
    let budget = ["?budget=", &LINE_BYTES_MAX.to_string()].concat();
    match position {
        Some(Position { epoch, offset }) => [&budget, "&epoch=", epoch, "&offset=", &offset.to_string()].concat(),
        None => budget,
    }
}

/// A path of the relay, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET /healthz`
    Health,
    /// `GET /metrics`
    Metrics,
    /// `POST /v1/widget/sessions`
    WidgetSessions,
    /// `GET /v1/widget/settings?key`
    WidgetSettings,
    /// `POST /v1/widget/rating`
    WidgetRating,
    /// `GET /v1/widget/socket` (WebSocket, or server-sent events and `POST`)
    WidgetSocket,
    /// `GET /v1/events` (WebSocket, or server-sent events and `POST`)
    Events,
    /// `GET /v1/chats`
    Chats,
    /// `GET`, `POST /v1/chats/{user_id}/messages`
    ChatMessages(UserId),
    /// `POST /v1/chats/{user_id}/close`
    ChatClose(UserId),
    /// `POST /v1/widget/files`
    WidgetFiles,
    /// `POST /v1/files?user_id`
    Files,
    /// `GET`, `HEAD /v1/files/{file_id}`: opened by a token
    File(String),
    /// `GET`, `HEAD /v1/files/{organization}/{file_id}?expires&signature`: opened by the signature alone
    SignedFile {
        /// Whose file it is.
        organization: String,
        /// The file.
        file_id: String,
    },
    /// `POST /v1/organizations`
    Organizations,
    /// `GET`, `PATCH`, `DELETE /v1/organizations/{organization}`
    Organization(String),
    /// `POST /v1/organizations/{organization}/publishable-key`
    PublishableKey(String),
    /// `GET`, `POST /v1/organizations/{organization}/identity-secrets`
    IdentitySecrets(String),
    /// `DELETE /v1/organizations/{organization}/identity-secrets/{kid}`
    IdentitySecret {
        /// Whose.
        organization: String,
        /// Which.
        kid: String,
    },
    /// `GET`, `DELETE /v1/users/{user_id}`
    User(UserId),
    /// `GET /v1/users/{user_id}/export`
    UserExport(UserId),
    /// `GET /v1/consents`
    Consents,
    /// `POST /v1/receipts`
    Receipts,
    /// `GET`, `POST /v1/tokens`
    Tokens,
    /// `DELETE /v1/tokens/{token_id}`
    Token(String),
    /// `GET /v1/audit`
    Audit,
    /// `POST /v1/integrations`
    Integrations,
    /// `POST /v1/ozon/{vendor path}`: a method of Ozon's, with the merchant's key added on the way
    Ozon(String),
    /// `GET /v1/ozon/v2/chat/file/{path}`: a file in one of Ozon's chats, by the vendor's path
    OzonFile(String),
    /// `GET`, `POST /v1/templates`
    Templates,
    /// `PUT`, `DELETE /v1/templates/{template_id}`
    Template(String),
    /// `POST /v1/templates/{template_id}/preview`
    TemplatePreview(String),
    /// `GET`, `PUT /v1/auto-replies`
    AutoReplies,
    /// `GET /v1/reports?from&to&utc_offset&format`
    Reports,
    /// `GET`, `POST /v1/bulk`
    Bulks,
    /// `GET /v1/bulk/{bulk_id}`
    Bulk(i64),
    /// `GET /v1/bulk/{bulk_id}/rows?after&limit&format`
    BulkRows(i64),
    /// `POST /v1/bulk/{bulk_id}/pause`
    BulkPause(i64),
    /// `POST /v1/bulk/{bulk_id}/resume`
    BulkResume(i64),
    /// `POST /v1/bulk/{bulk_id}/cancel`
    BulkCancel(i64),
    /// `POST /hooks/{source}/{organization}/{secret}`
    Hook {
        /// The upstream that calls.
        source: String,
        /// Whose notification it is.
        organization: String,
        /// The unguessable part.
        secret: String,
    },
}

impl Route {
    /// The route of a path, without its query. `None` for paths that are not the relay's.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        Some(match segments.as_slice() {
            ["healthz"] => Self::Health,
            ["metrics"] => Self::Metrics,
            ["v1", "widget", "sessions"] => Self::WidgetSessions,
            ["v1", "widget", "socket"] => Self::WidgetSocket,
            ["v1", "widget", "settings"] => Self::WidgetSettings,
            ["v1", "widget", "rating"] => Self::WidgetRating,
            ["v1", "widget", "files"] => Self::WidgetFiles,
            ["v1", "events"] => Self::Events,
            ["v1", "chats"] => Self::Chats,
            ["v1", "chats", user_id, "messages"] => Self::ChatMessages(user_id.parse().ok()?),
            ["v1", "chats", user_id, "close"] => Self::ChatClose(user_id.parse().ok()?),
            ["v1", "files"] => Self::Files,
            ["v1", "files", file_id] if !file_id.is_empty() => Self::File((*file_id).into()),
            ["v1", "files", organization, file_id] if !file_id.is_empty() => {
                Self::SignedFile { organization: (*organization).into(), file_id: (*file_id).into() }
            }
            ["v1", "organizations"] => Self::Organizations,
            ["v1", "organizations", id] if !id.is_empty() => Self::Organization((*id).into()),
            ["v1", "organizations", id, "publishable-key"] => Self::PublishableKey((*id).into()),
            ["v1", "organizations", id, "identity-secrets"] => Self::IdentitySecrets((*id).into()),
            ["v1", "organizations", id, "identity-secrets", kid] if !kid.is_empty() => {
                Self::IdentitySecret { organization: (*id).into(), kid: (*kid).into() }
            }
            ["v1", "users", user_id] => Self::User(user_id.parse().ok()?),
            ["v1", "users", user_id, "export"] => Self::UserExport(user_id.parse().ok()?),
            ["v1", "consents"] => Self::Consents,
            ["v1", "receipts"] => Self::Receipts,
            ["v1", "tokens"] => Self::Tokens,
            ["v1", "tokens", token_id] if !token_id.is_empty() => Self::Token((*token_id).into()),
            ["v1", "audit"] => Self::Audit,
            ["v1", "integrations"] => Self::Integrations,
            ["v1", "auto-replies"] => Self::AutoReplies,
            ["v1", "reports"] => Self::Reports,
            ["v1", "bulk"] => Self::Bulks,
            ["v1", "bulk", bulk_id] => Self::Bulk(bulk_id.parse().ok()?),
            ["v1", "bulk", bulk_id, "rows"] => Self::BulkRows(bulk_id.parse().ok()?),
            ["v1", "bulk", bulk_id, "pause"] => Self::BulkPause(bulk_id.parse().ok()?),
            ["v1", "bulk", bulk_id, "resume"] => Self::BulkResume(bulk_id.parse().ok()?),
            ["v1", "bulk", bulk_id, "cancel"] => Self::BulkCancel(bulk_id.parse().ok()?),
            ["v1", "ozon", "v2", "chat", "file", _, ..] => Self::OzonFile(path.strip_prefix(OZON)?.into()),
            ["v1", "ozon", ..] => Self::Ozon(path.strip_prefix(OZON)?.into()),
            ["v1", "templates"] => Self::Templates,
            ["v1", "templates", id] if !id.is_empty() => Self::Template((*id).into()),
            ["v1", "templates", id, "preview"] if !id.is_empty() => Self::TemplatePreview((*id).into()),
            ["hooks", source, organization, secret] if !secret.is_empty() => {
                Self::Hook { source: (*source).into(), organization: (*organization).into(), secret: (*secret).into() }
            }
            _ => return None,
        })
    }

    /// The methods it answers to.
    #[must_use]
    pub fn methods(&self) -> &'static [&'static str] {
        match self {
            Self::Health
            | Self::Metrics
            | Self::WidgetSettings
            | Self::Chats
            | Self::UserExport(_)
            | Self::Consents
            | Self::Bulk(_)
            | Self::BulkRows(_)
            | Self::Reports
            | Self::OzonFile(_)
            | Self::Audit => &["GET"],
            // By POST come the frames of those who listen over server-sent events.
            Self::WidgetSocket | Self::Events => &["GET", "POST"],
            Self::WidgetSessions
            | Self::WidgetRating
            | Self::WidgetFiles
            | Self::ChatClose(_)
            | Self::Files
            | Self::Organizations
            | Self::PublishableKey(_)
            | Self::Receipts
            | Self::Integrations
            | Self::Ozon(_)
            | Self::TemplatePreview(_)
            | Self::BulkPause(_)
            | Self::BulkResume(_)
            | Self::BulkCancel(_)
            | Self::Hook { .. } => &["POST"],
            Self::File(_) | Self::SignedFile { .. } => &["GET", "HEAD"],
            Self::ChatMessages(_) | Self::IdentitySecrets(_) | Self::Tokens | Self::Templates | Self::Bulks => {
                &["GET", "POST"]
            }
            Self::User(_) => &["GET", "DELETE"],
            Self::Organization(_) => &["GET", "PATCH", "DELETE"],
            Self::IdentitySecret { .. } | Self::Token(_) => &["DELETE"],
            Self::Template(_) => &["PUT", "DELETE"],
            Self::AutoReplies => &["GET", "PUT"],
        }
    }

    /// Who may call it by this method, which is one of its own.
    #[must_use]
    pub fn access(&self, method: &str) -> Access {
        match self {
            Self::Health
            | Self::WidgetSessions
            | Self::WidgetSettings
            | Self::SignedFile { .. }
            | Self::Hook { .. } => Access::Open,
            Self::WidgetSocket | Self::WidgetRating | Self::WidgetFiles => Access::Visitor,
            // And to write, what writing asks for: the organization knows which method does what.
            Self::Events | Self::Chats | Self::Ozon(_) | Self::OzonFile(_) => Access::Staff(Scope::ChatsRead),
            Self::ChatMessages(_) if method == "GET" => Access::Staff(Scope::ChatsRead),
            Self::ChatMessages(_) | Self::ChatClose(_) => Access::Staff(Scope::ChatsWrite),
            Self::Files => Access::Staff(Scope::FilesWrite),
            Self::File(_) => Access::VisitorOrStaff(Scope::ChatsRead),
            // Or who has the token for it, METRICS_TOKEN.
            Self::Organizations | Self::Metrics => Access::Administrator,
            Self::Organization(_) if method == "DELETE" => Access::Administrator,
            Self::Organization(_) if method == "GET" => Access::Administration(Scope::OrganizationRead),
            Self::Organization(_)
            | Self::PublishableKey(_)
            | Self::IdentitySecrets(_)
            | Self::IdentitySecret { .. } => Access::Administration(Scope::OrganizationWrite),
            Self::User(_) if method == "GET" => Access::Administration(Scope::ChatsRead),
            Self::User(_) => Access::Administration(Scope::UsersDelete),
            Self::UserExport(_) => Access::Administration(Scope::UsersExport),
            Self::Consents => Access::Administration(Scope::ConsentsRead),
            Self::Receipts => Access::Administration(Scope::AuditRead),
            Self::Tokens | Self::Token(_) => Access::Administration(Scope::TokensWrite),
            Self::Audit => Access::Administration(Scope::AuditRead),
            Self::Integrations => Access::Administration(Scope::IntegrationsWrite),
            Self::Templates | Self::AutoReplies | Self::Bulks if method == "GET" => {
                Access::Administration(Scope::ChatsRead)
            }
            Self::Bulk(_) | Self::BulkRows(_) | Self::Reports => Access::Administration(Scope::ChatsRead),
            Self::Bulks | Self::BulkPause(_) | Self::BulkResume(_) | Self::BulkCancel(_) => {
                Access::Administration(Scope::ToolsWrite)
            }
            Self::TemplatePreview(_) => Access::Administration(Scope::ChatsRead),
            Self::Templates | Self::Template(_) | Self::AutoReplies => Access::Administration(Scope::ToolsWrite),
        }
    }
}

/// Where a file is for whoever has a token: what `file_path` says.
#[must_use]
pub fn file_path(file_id: &str) -> String {
    [FILES, "/", file_id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_its_route_and_others_have_none() {
        assert_eq!(Route::parse(WIDGET_SESSIONS), Some(Route::WidgetSessions));
        assert_eq!(Route::parse(WIDGET_SOCKET), Some(Route::WidgetSocket));
        assert_eq!(Route::parse(WIDGET_SETTINGS), Some(Route::WidgetSettings));
        assert_eq!(Route::parse(WIDGET_RATING), Some(Route::WidgetRating));
        assert_eq!(Route::parse(EVENTS), Some(Route::Events));
        assert_eq!(Route::parse("/v1/chats/-12/messages"), Some(Route::ChatMessages(-12)));
        assert_eq!(Route::parse("/v1/chats/-12/close"), Some(Route::ChatClose(-12)));
        assert_eq!(Route::parse("/v1/organizations/acme"), Some(Route::Organization("acme".into())));
        assert_eq!(
            Route::parse("/v1/organizations/acme/identity-secrets/k"),
            Some(Route::IdentitySecret { organization: "acme".into(), kid: "k".into() })
        );
        assert_eq!(Route::parse("/v1/users/-12"), Some(Route::User(-12)));
        assert_eq!(Route::parse("/v1/users/12/export"), Some(Route::UserExport(12)));
        assert_eq!(Route::parse("/v1/tokens/t-1"), Some(Route::Token("t-1".into())));
        assert_eq!(Route::parse("/v1/auto-replies"), Some(Route::AutoReplies));
        assert_eq!(Route::parse("/v1/reports"), Some(Route::Reports));
        assert_eq!(Route::parse("/v1/bulk"), Some(Route::Bulks));
        assert_eq!(Route::parse("/v1/bulk/7"), Some(Route::Bulk(7)));
        assert_eq!(Route::parse("/v1/bulk/7/rows"), Some(Route::BulkRows(7)));
        assert_eq!(Route::parse("/v1/bulk/7/pause"), Some(Route::BulkPause(7)));
        assert_eq!(Route::parse("/v1/bulk/7/resume"), Some(Route::BulkResume(7)));
        assert_eq!(Route::parse("/v1/bulk/7/cancel"), Some(Route::BulkCancel(7)));
        assert_eq!(Route::parse("/v1/templates"), Some(Route::Templates));
        assert_eq!(Route::parse("/v1/templates/thank_you"), Some(Route::Template("thank_you".into())));
        assert_eq!(Route::parse("/v1/templates/t/preview"), Some(Route::TemplatePreview("t".into())));
        assert_eq!(Route::parse(WIDGET_FILES), Some(Route::WidgetFiles));
        assert_eq!(Route::parse(FILES), Some(Route::Files));
        assert_eq!(Route::parse(&file_path("f1")), Some(Route::File("f1".into())));
        assert_eq!(
            Route::parse("/v1/files/acme/f1"),
            Some(Route::SignedFile { organization: "acme".into(), file_id: "f1".into() })
        );
        assert_eq!(
            Route::parse("/hooks/ozon/acme/s3cret"),
            Some(Route::Hook { source: "ozon".into(), organization: "acme".into(), secret: "s3cret".into() })
        );
        assert_eq!(Route::parse("/v1/ozon/v3/chat/list"), Some(Route::Ozon("/v3/chat/list".into())));
        assert_eq!(
            Route::parse("/v1/ozon/v2/chat/file/messenger/1/a.jpg"),
            Some(Route::OzonFile("/v2/chat/file/messenger/1/a.jpg".into()))
        );
        assert_eq!(Route::parse("/v1/ozon/v2/chat/file"), Some(Route::Ozon("/v2/chat/file".into())));
        assert_eq!(Route::parse("/v1/ozon"), Some(Route::Ozon(String::new())), "refused as no method of Ozon's");
        for path in [
            "",
            "/",
            "/v1",
            "/v1/events/",
            "/v1/events/more",
            "/v1/chats/x/messages",
            "/v1/chats/x/close",
            "/v1/chats/1/open",
            "/v1/organizations/",
            "/v1/organizations/acme/keys",
            "/v1/users/x",
            "/v1/users/1/history",
            "/v1/tokens/",
            "/v1/bulk/x",
            "/v1/bulk/7/stop",
            "/v1/bulk//rows",
            "/v1/templates/",
            "/v1/templates//preview",
            "/v1/templates/t/send",
            "/v1/tokens/t/u",
            "/v1/files/",
            "/v1/files/acme/",
            "/v1/files/acme/f1/more",
            "/hooks/ozon/acme/",
            "/hooks/ozon/acme/s/t",
            "//v1/events",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
