//! `POST /v1/widget/sessions`: who a visitor is, and the token that says so. `GET /v1/widget/settings`: what a page may know
//! before there is a visitor.

use serde_json::{Value as Json, json};
use shared::action::Consent;
use shared::id::{UserId, visitor_id};
use shared::limits::{VISITOR_TOKEN_RENEW_S, VISITOR_TOKEN_TTL_S, VOUCHED_TOKEN_TTL_S};
use shared::problem::Code;
use shared::token::{Claims, Role};

use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::organization::expiry;
use super::{Decision, Refused};
use crate::auth::identity::Attributes;
use crate::auth::{origin, text_of, token};

/// What a page says when it asks for a session.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The publishable key.
    pub key: String,
    /// The page.
    pub origin: Option<String>,
    /// The claims of the token they had, whose signature was good.
    pub previous: Option<Claims>,
    /// The merchant's word for who they are: a JWT.
    pub identity: Option<String>,
    /// What the page's script says of them.
    pub attributes: Attributes,
    /// What they say to the text that they are asked to consent to.
    pub consent: Option<Consent>,
    /// Their address, if the edge knows it.
    pub address: Option<String>,
}

impl Draft<'_> {
    pub(super) fn widget_session(&mut self, visit: Visit, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        let organization = self.organization()?;
        if !organization.has_key(&visit.key, self.now) {
            return Err(unknown_key());
        }
        if !visit.origin.is_some_and(|from| origin::is_allowed(&from, &organization.origins)) {
            return Err(Refused::new(
                Code::OriginNotAllowed,
                "this page's origin is not on the organization's list; an administrator can add it",
            ));
        }
        let (org, name) = (organization.id.clone(), organization.name.clone());
        let (id_chance, jti_chance) = entropy.split_at(8);
        let chance = id_chance.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        let (sub, ttl_s) = match &visit.identity {
            Some(jwt) => (self.customer(jwt, chance)?, VOUCHED_TOKEN_TTL_S),
            None => {
                let again = visit.previous.map(|claims| self.returns(&claims)).transpose()?.flatten();
                (again.unwrap_or_else(|| visitor_id(chance)), VISITOR_TOKEN_TTL_S)
            }
        };
        self.told_by_script(sub, visit.identity.is_some(), &visit.attributes)?;
        let now_s = self.now.seconds();
        let claims = Claims {
            org,
            role: Role::Visitor,
            sub,
            name: String::new(),
            iat: now_s,
            exp: now_s.saturating_add(ttl_s),
            jti: text_of(jti_chance.get(..16).unwrap_or_default()),
        };
        let said = visit.consent.as_ref();
        if let Some(Consent { version, given }) = said {
            self.consent(&claims, visit.address.as_deref(), version, *given)?;
        }
        let token = token::sign(&self.hub.config.signing, &claims)?;
        let widget = &self.organization()?.widget;
        Ok(json!({
            "token": token, "user_id": sub, "expires_at": expiry(&claims), "name": name,
            "verified": visit.identity.is_some(), "consent": self.consent_asked(sub, said)?, "widget": widget,
            "answers": self.answers()?,
        }))
    }

    /// What a page may know of the storefront before it has a visitor.
    pub(super) fn widget_settings(&self, key: &str) -> Decision<Json> {
        let organization = self.organization()?;
        if !organization.has_key(key, self.now) {
            return Err(unknown_key());
        }
        Ok(json!({"widget": organization.widget, "consent": organization.consent, "answers": self.answers()?}))
    }

    /// Whom an earlier token makes of its holder again. Not a customer: for them the merchant has to vouch each time. Not
    /// somebody whose data were deleted.
    fn returns(&self, claims: &Claims) -> Decision<Option<UserId>> {
        let renewable = self.now.seconds() < claims.exp.saturating_add(VISITOR_TOKEN_RENEW_S);
        let is_ours = claims.org == self.organization()?.id && claims.role == Role::Visitor;
        if !renewable || !is_ours || self.is_customer(claims.sub)? || self.is_erased(claims.sub)? {
            return Ok(None);
        }
        Ok(Some(claims.sub))
    }
}

fn unknown_key() -> Refused {
    Refused::new(Code::UnknownKey, "the publishable key is not the organization's; copy it again")
}
