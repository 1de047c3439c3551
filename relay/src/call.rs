//! What the edge asks of an organization's object, once it has checked who asks.

use std::collections::BTreeMap;

use relay_core::auth::identity::Attributes;
use relay_core::auth::text_of;
use relay_core::files::Judged;
use relay_core::files::place::Place;
use relay_core::hub::{Actor, Command, ENTROPY_BYTES, Rating, Request, Visit};
use serde::{Deserialize, Serialize};
use shared::action;
use shared::id::UserId;
use shared::problem::Problem;
use shared::token::Claims;

/// The header with the claims of a socket's checked token. Only the edge can reach an object, and it sets this itself.
pub const CLAIMS_HEADER: &str = "x-prilavok-claims";

/// The header with the address of who opens a socket. As the claims, only the edge sets it.
pub const ADDRESS_HEADER: &str = "x-prilavok-address";

/// The header with the path of a vendor's method that is to be called.
pub const VENDOR_PATH_HEADER: &str = "x-prilavok-vendor-path";

/// The header with the vendor's own name of the account, as a client sent it.
pub const CLIENT_ID_HEADER: &str = "x-prilavok-client-id";

/// The header with a client's own id of a message.
pub const MESSAGE_KEY_HEADER: &str = "x-prilavok-message-key";

/// The header with the id of the file that a vendor's call is to send; the body is then the chat's id.
pub const FORWARDED_FILE_HEADER: &str = "x-prilavok-forwarded-file";

/// A request to the object.
#[derive(Serialize, Deserialize)]
pub enum Call {
    Provision {
        id: String,
        name: String,
        origins: Vec<String>,
        publishable_key: Option<String>,
        actor: Actor,
    },
    WidgetSession {
        key: String,
        origin: Option<String>,
        previous: Option<Claims>,
        identity: Option<String>,
        attributes: Attributes,
        /// The version of a text, and whether they consent to it.
        consent: Option<(String, bool)>,
        address: Option<String>,
    },
    WidgetSettings {
        key: String,
    },
    Administer {
        actor: Actor,
        command: Command,
    },
    Act {
        claims: Claims,
        frame: String,
    },
    SendTemplate {
        claims: Claims,
        user_id: UserId,
        template_id: String,
        variables: BTreeMap<String, String>,
        client_id: Option<String>,
    },
    Rate {
        claims: Claims,
        origin: Option<String>,
        message_id: i64,
        score: i64,
        comment: Option<String>,
    },
    Hook {
        source: String,
        secret: String,
        body: String,
    },
    BeginFile {
        claims: Claims,
        origin: Option<String>,
        user_id: Option<UserId>,
        judged: Judged,
        size: i64,
        place: Place,
    },
    BeginForward {
        claims: Claims,
        client_id: Option<String>,
        chat_id: String,
        judged: Judged,
        size: i64,
        digest: String,
        place: Place,
    },
    FinishFile {
        file_id: String,
    },
    AbandonFile {
        file_id: String,
    },
    OpenFile {
        claims: Option<Claims>,
        file_id: String,
    },
}

impl Call {
    /// As the hub takes it.
    pub fn into_request(self, entropy: [u8; ENTROPY_BYTES]) -> Result<Request, Problem> {
        Ok(match self {
            Self::Provision { id, name, origins, publishable_key, actor } => {
                Request::Provision { id, name, origins, publishable_key, actor, entropy }
            }
            Self::WidgetSession { key, origin, previous, identity, attributes, consent, address } => {
                let consent = consent.map(|(version, given)| action::Consent { version, given });
                let visit = Visit { key, origin, previous, identity, attributes, consent, address };
                Request::WidgetSession { visit, entropy }
            }
            Self::WidgetSettings { key } => Request::WidgetSettings { key },
            Self::Administer { actor, command } => Request::Administer { actor, command, entropy },
            Self::Act { claims, frame } => Request::Act { claims, action: action::decode(&frame).action? },
            Self::SendTemplate { claims, user_id, template_id, variables, client_id } => {
                Request::SendTemplate { claims, user_id, template_id, variables, client_id }
            }
            Self::Rate { claims, origin, message_id, score, comment } => {
                Request::Rate { claims, origin, rating: Rating { message_id, score, comment } }
            }
            Self::Hook { source, secret, body } => Request::Hook { source, secret, body },
            Self::BeginFile { claims, origin, user_id, judged, size, place } => {
                Request::BeginFile { claims, origin, user_id, judged, size, place, entropy }
            }
            Self::BeginForward { claims, client_id, chat_id, judged, size, digest, place } => {
                Request::BeginForward { claims, client_id, chat_id, judged, size, digest, place, entropy }
            }
            Self::FinishFile { file_id } => Request::FinishFile { file_id },
            Self::AbandonFile { file_id } => Request::AbandonFile { file_id },
            Self::OpenFile { claims, file_id } => Request::OpenFile { claims, file_id },
        })
    }
}

/// Claims as a header's value.
pub fn encode_claims(claims: &Claims) -> Option<String> {
    serde_json::to_vec(claims).ok().map(|json| text_of(&json))
}

/// Claims from a header's value.
pub fn decode_claims(text: &str) -> Option<Claims> {
    use base64::Engine;
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&json).ok()
}
