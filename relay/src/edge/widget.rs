//! `POST /v1/widget/sessions`: a visitor's token, for a page with a publishable key.
//! `GET /v1/widget/settings?key`: what a page may know of the storefront before there is a visitor.
//! `POST /v1/widget/rating`: how a visitor rates the conversation.

use relay_core::auth::identity::Attributes;
use relay_core::auth::{key, token};
use serde::Deserialize;
use shared::action::Consent;
use shared::problem::{Code, Problem};
use worker::{Env, Request};

use super::Outcome;
use super::asked::{bearer, header, live_claims, read, word};
use crate::call::Call;
use crate::{address, clock, config, limits};

#[derive(Deserialize)]
struct SessionBody {
    key: String,
    token: Option<String>,
    identity: Option<String>,
    #[serde(default)]
    attributes: Attributes,
    consent: Option<Consent>,
}

pub(super) async fn session(request: &mut Request, env: &Env) -> Outcome<(String, Call)> {
    let origin = header(request, "Origin");
    let body: SessionBody = read(request).await?;
    let organization = key::organization_of(&body.key)?.to_owned();
    // A token that is no token any more is no obstacle: its holder starts over.
    let keys = config::signing_keys(env)?;
    let previous = body
        .token
        .as_ref()
        .and_then(|token| token::verify(&keys, token, clock::now()).ok())
        .map(|verified| verified.claims);
    limits::stranger(env, &organization)?;
    if previous.is_none() {
        limits::new_session(request, env)?;
    }
    let address = address::of(request, env).map(|address| address.to_string());
    let SessionBody { key, identity, attributes, consent, .. } = body;
    let consent = consent.map(|consent| (consent.version, consent.given));
    Ok((organization, Call::WidgetSession { key, origin, previous, identity, attributes, consent, address }))
}

pub(super) fn settings(request: &Request, env: &Env) -> Outcome<(String, Call)> {
    let key = word(request, "key")?;
    let key = key.ok_or_else(|| Problem::new(Code::Invalid, "key is missing: the publishable key, in the query"))?;
    let organization = key::organization_of(&key)?.to_owned();
    limits::stranger(env, &organization)?;
    Ok((organization, Call::WidgetSettings { key }))
}

#[derive(Deserialize)]
struct RatingBody {
    message_id: i64,
    score: i64,
    comment: Option<String>,
}

pub(super) async fn rating(request: &mut Request, env: &Env) -> Outcome<(String, Call)> {
    let claims = live_claims(env, &bearer(request)?)?;
    if claims.role.is_staff() {
        return Err(Problem::new(Code::Forbidden, "nobody rates for a visitor"));
    }
    let origin = header(request, "Origin");
    let RatingBody { message_id, score, comment } = read(request).await?;
    Ok((claims.org.clone(), Call::Rate { claims, origin, message_id, score, comment }))
}
