//! The organization itself: provisioning, and its accounts at upstreams.

use serde_json::{Value, json};
use shared::id::SAFE_INTEGER_MAX;
use shared::limits::{NAME_CHARS_MAX, OZON_POLL_SOON_MS};
use shared::message::source;
use shared::problem::Code;
use shared::time::Timestamp;
use shared::token::Claims;

use super::administration::Actor;
use super::audit::deed;
use super::chores::Chore;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::settings::{ConsentText, check_origins};
use super::{Decision, Refused};
use crate::auth::{key, seal, text_of};
use crate::storage::{Sql, SqlError, is_provisioned, pending_steps};
use crate::tools::auto_reply::Settings;
use crate::upstream::ozon::{Account, Credentials};

/// What is kept of the organization itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The key its pages carry.
    pub publishable_key: String,
    /// Pages that may start chats.
    pub origins: Vec<String>,
    /// The epoch of its event log.
    pub epoch: String,
    /// For how many days messages are kept; for ever if absent.
    pub retention_days: Option<i64>,
    /// What visitors are asked to consent to.
    pub consent: Option<ConsentText>,
    /// The settings of its storefront's widget: see [`crate::storefront`].
    pub widget: Option<Value>,
    /// When its users are replied to automatically, and what.
    pub auto_replies: Settings,
    /// The key before this one, and until when it opens sessions.
    pub former_key: Option<(String, Timestamp)>,
}

impl Organization {
    pub(super) fn load(sql: &dyn Sql) -> Result<Option<Self>, SqlError> {
        if !is_provisioned(sql)? {
            return Ok(None);
        }
        let row = sql.first(
            "SELECT id, name, publishable_key, origins, epoch, retention_days, consent_version, consent_text, former_key,
             former_key_until, widget, auto_replies FROM organization WHERE deleted_at IS NULL",
            &[],
        )?;
        row.map(|row| {
            Ok(Self {
                id: row.text(0)?,
                name: row.text(1)?,
                publishable_key: row.text(2)?,
                origins: serde_json::from_str(&row.text(3)?)
                    .map_err(|_| SqlError("the list of origins is not JSON".into()))?,
                epoch: row.text(4)?,
                retention_days: row.optional_integer(5)?,
                consent: row
                    .optional_text(6)?
                    .zip(row.optional_text(7)?)
                    .map(|(version, text)| ConsentText { version, text }),
                widget: row
                    .optional_text(10)?
                    .map(|kept| serde_json::from_str(&kept))
                    .transpose()
                    .map_err(|_| SqlError("the widget's settings are not JSON".into()))?,
                auto_replies: kept_settings(row.optional_text(11)?)?,
                former_key: row.optional_text(8)?.zip(row.optional_integer(9)?.map(Timestamp)),
            })
        })
        .transpose()
    }
}

/// What was kept of the automatic replies' settings.
fn kept_settings(kept: Option<String>) -> Result<Settings, SqlError> {
    let Some(kept) = kept else { return Ok(Settings::default()) };
    let settings = serde_json::from_str(&kept).ok().and_then(|document| Settings::read(&document).ok());
    settings.ok_or_else(|| SqlError("the settings of automatic replies cannot be read".into()))
}

impl Draft<'_> {
    pub(super) fn provision(
        &mut self,
        id: String,
        name: String,
        origins: Vec<String>,
        publishable_key: Option<String>,
        actor: &Actor,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        if self.hub.organization.is_some() {
            return Err(Refused::new(Code::Conflict, "the organization exists already"));
        }
        if !key::is_organization_id(&id) {
            return Err(Refused::new(Code::Invalid, "id is 1 to 48 small letters, digits and inner hyphens"));
        }
        check_name(&name)?;
        check_origins(&origins)?;
        if is_provisioned(self.sql)? {
            return Err(Refused::new(Code::Conflict, "the organization was deleted; its id stays taken"));
        }
        let (key_chance, epoch_chance) = entropy.split_at(ENTROPY_BYTES / 2);
        let publishable_key = publishable_key.unwrap_or_else(|| format!("pk_{id}_{}", hex(key_chance)));
        if key::organization_of(&publishable_key)? != id {
            return Err(Refused::new(Code::Invalid, "publishable_key names another organization"));
        }
        let organization = Organization {
            id,
            name,
            publishable_key,
            origins,
            epoch: text_of(epoch_chance),
            retention_days: None,
            consent: None,
            widget: None,
            auto_replies: Settings::default(),
            former_key: None,
        };
        // Only now is there something to keep: a call with a made-up id has left no trace.
        let schema = pending_steps(self.sql)?;
        self.turn.writes.extend(schema);
        let origins = super::messages::to_value(&organization.origins)?.to_string();
        self.write_all(
            "INSERT INTO organization (id, name, publishable_key, origins, epoch, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                organization.id.as_str().into(),
                organization.name.as_str().into(),
                organization.publishable_key.as_str().into(),
                origins.into(),
                organization.epoch.as_str().into(),
                self.now.0.into(),
            ],
        );
        self.audit(actor, deed::ORGANIZATION_CREATED, Some(organization.id.clone()))?;
        let answer = organization.described();
        self.hub.organization = Some(organization);
        Ok(answer)
    }

    /// Keeps the key sealed. Connecting again replaces the key and leaves the hook's address as it was.
    pub(super) fn connect_ozon(
        &mut self,
        actor: &Actor,
        credentials: &Credentials,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        let organization = self.organization()?.id.clone();
        credentials.check()?;
        let (nonce, secret) = entropy.split_at(seal::NONCE_BYTES);
        let nonce = nonce.try_into().map_err(|_| Refused::new(Code::Internal, "too little chance for a nonce"))?;
        let text = super::messages::to_value(credentials)?.to_string();
        let sealed = seal::seal(&self.hub.config.sealing, &seal_context(&organization, source::OZON), &text, nonce)?;
        let known = self.sql.first("SELECT hook_secret FROM accounts WHERE source = ?", &[source::OZON.into()])?;
        let hook_secret = known.map(|row| row.text(0)).transpose()?.unwrap_or_else(|| text_of(secret));
        self.write_all(
            "INSERT INTO accounts (source, sealed, hook_secret, created_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (source) DO UPDATE SET sealed = excluded.sealed",
            vec![source::OZON.into(), sealed.into(), hook_secret.as_str().into(), self.now.0.into()],
        );
        self.ask_for(Chore::Walk, "", self.now.plus_ms(OZON_POLL_SOON_MS));
        self.audit(actor, deed::INTEGRATION_CONNECTED, Some(source::OZON.into()))?;
        Ok(json!({"source": source::OZON, "hook": format!("/hooks/{}/{organization}/{hook_secret}", source::OZON)}))
    }

    pub(super) fn require_account(&self, source: &str) -> Decision {
        let known = self.sql.first("SELECT 1 FROM accounts WHERE source = ?", &[source.into()])?;
        known.map(|_| ()).ok_or_else(|| Self::refuse_account(source))
    }

    pub(super) fn ozon_account(&self) -> Decision<Account> {
        let row = self.sql.first("SELECT sealed FROM accounts WHERE source = ?", &[source::OZON.into()])?;
        let sealed = row.ok_or_else(|| Self::refuse_account(source::OZON))?.text(0)?;
        let context = seal_context(&self.organization()?.id, source::OZON);
        let opened = seal::open(&self.hub.config.sealing, &context, &sealed)?;
        let credentials = serde_json::from_str(&opened);
        let credentials =
            credentials.map_err(|_| Refused::new(Code::NotConfigured, "the stored credentials cannot be read"))?;
        Ok(Account { base_url: self.hub.config.ozon_base_url.clone(), credentials })
    }
}

pub(super) fn check_name(name: &str) -> Decision {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Refused::new(Code::Invalid, format!("name has 1 to {NAME_CHARS_MAX} characters")));
    }
    Ok(())
}

pub(super) fn expiry(claims: &Claims) -> Timestamp {
    Timestamp(claims.exp.min(SAFE_INTEGER_MAX / 1000).saturating_mul(1000))
}

pub(super) fn seal_context(organization: &str, source: &str) -> String {
    format!("{organization}/{source}")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
