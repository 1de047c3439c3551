//! The organization's settings: read, changed; and its publishable key, replaced while the former one lives on for a while.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};
use shared::limits::{
    CONSENT_TEXT_CHARS_MAX, CONSENT_VERSION_CHARS_MAX, KEY_GRACE_MAX_S, ORIGINS_MAX, RETENTION_DAYS_MAX,
};
use shared::problem::Code;
use shared::time::Timestamp;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::organization::{Organization, check_name, hex};
use super::{Decision, Refused};
use crate::auth::{key, origin};
use crate::storefront;

/// What visitors are asked to consent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// Which text it is. Another text is another version.
    pub version: String,
    /// What it says.
    pub text: String,
}

/// What of the settings is to change. What is absent stays; `null` takes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Pages that may start chats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// For how many days messages are kept; `null` for ever.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub retention_days: Option<Option<i64>>,
    /// What visitors are asked to consent to; `null` for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub consent: Option<Option<ConsentText>>,
    /// The settings of the storefront's widget, as a whole; `null` for none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub widget: Option<Option<Json>>,
}

/// A member that is there, be it `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Organization {
    /// As the administration shows it.
    pub(super) fn described(&self) -> Json {
        let former = self.former_key.as_ref();
        json!({
            "id": self.id, "name": self.name, "origins": self.origins, "publishable_key": self.publishable_key,
            "former_key": former.map(|(key, _)| key), "former_key_until": former.map(|(_, until)| *until),
            "retention_days": self.retention_days, "consent": self.consent,
            "widget": self.widget,
        })
    }

    /// Whether a page with this key is the organization's, by its key or by the one before it.
    pub(super) fn has_key(&self, given: &str, now: Timestamp) -> bool {
        let is = |key: &str| crate::auth::secrets_match(given, key);
        is(&self.publishable_key) || self.former_key.as_ref().is_some_and(|(key, until)| now < *until && is(key))
    }
}

impl Draft<'_> {
    pub(super) fn change_organization(&mut self, actor: &Actor, change: Change) -> Decision<Json> {
        let mut organization = self.organization()?.clone();
        let mut changed = Vec::new();
        if let Some(name) = change.name {
            check_name(&name)?;
            organization.name = name;
            changed.push("name");
        }
        if let Some(origins) = change.origins {
            check_origins(&origins)?;
            organization.origins = origins;
            changed.push("origins");
        }
        if let Some(days) = change.retention_days {
            if days.is_some_and(|days| !(1..=RETENTION_DAYS_MAX).contains(&days)) {
                return Err(Refused::new(
                    Code::Invalid,
                    format!("retention_days is 1 to {RETENTION_DAYS_MAX}, or null to keep everything"),
                ));
            }
            organization.retention_days = days;
            changed.push("retention_days");
        }
        if let Some(consent) = change.consent {
            if let Some(consent) = &consent {
                check_consent(consent)?;
                self.keep_consent_text(consent)?;
            }
            organization.consent = consent;
            changed.push("consent");
        }
        if let Some(widget) = change.widget {
            widget.as_ref().map(storefront::judge).transpose()?;
            organization.widget = widget;
            changed.push("widget");
        }
        let origins = super::messages::to_value(&organization.origins)?.to_string();
        self.write_all(
            "UPDATE organization SET name = ?, origins = ?, retention_days = ?, consent_version = ?, consent_text = ?,
             widget = ?",
            vec![
                organization.name.as_str().into(),
                origins.into(),
                organization.retention_days.into(),
                organization.consent.as_ref().map(|consent| consent.version.as_str()).into(),
                organization.consent.as_ref().map(|consent| consent.text.as_str()).into(),
                organization.widget.as_ref().map(Json::to_string).into(),
            ],
        );
        self.audit(actor, deed::ORGANIZATION_CHANGED, Some(changed.join(" ")))?;
        let answer = organization.described();
        self.hub.organization = Some(organization);
        self.plan_sweep()?;
        Ok(answer)
    }

    /// A new publishable key. The one before it opens sessions until the grace is over; one before that no longer does.
    pub(super) fn rotate_key(&mut self, actor: &Actor, grace_s: i64, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        if !(0..=KEY_GRACE_MAX_S).contains(&grace_s) {
            return Err(Refused::new(Code::Invalid, format!("grace_s is 0 to {KEY_GRACE_MAX_S}")));
        }
        let mut organization = self.organization()?.clone();
        let chance = entropy.get(..ENTROPY_BYTES / 2).unwrap_or_default();
        let fresh = format!("pk_{}_{}", organization.id, hex(chance));
        if key::organization_of(&fresh)? != organization.id {
            return Err(Refused::new(Code::Internal, "the new key names another organization"));
        }
        let until = self.now.plus_ms(grace_s.saturating_mul(1000));
        organization.former_key = Some((std::mem::replace(&mut organization.publishable_key, fresh), until));
        let former = organization.former_key.as_ref().map(|(key, _)| key.as_str());
        self.write_all(
            "UPDATE organization SET publishable_key = ?, former_key = ?, former_key_until = ?",
            vec![organization.publishable_key.as_str().into(), former.into(), until.0.into()],
        );
        self.audit(actor, deed::KEY_ROTATED, None)?;
        let answer = organization.described();
        self.hub.organization = Some(organization);
        Ok(answer)
    }
}

pub(super) fn check_origins(origins: &[String]) -> Decision {
    if origins.len() > ORIGINS_MAX || !origins.iter().all(|entry| origin::is_entry(entry)) {
        return Err(Refused::new(
            Code::Invalid,
            format!(
                "origins are at most {ORIGINS_MAX} entries like https://shop.ru or https://*.shop.ru, without a path"
            ),
        ));
    }
    Ok(())
}

fn check_consent(consent: &ConsentText) -> Decision {
    let fits = |text: &str, max: usize| !text.trim().is_empty() && text.chars().count() <= max;
    if !fits(&consent.version, CONSENT_VERSION_CHARS_MAX) || !fits(&consent.text, CONSENT_TEXT_CHARS_MAX) {
        return Err(Refused::new(
            Code::Invalid,
            format!(
                "consent is {{version, text}} of at most {CONSENT_VERSION_CHARS_MAX} and {CONSENT_TEXT_CHARS_MAX} characters, or null"
            ),
        ));
    }
    Ok(())
}
