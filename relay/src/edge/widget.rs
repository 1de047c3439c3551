//! `POST /v1/widget/sessions`: a visitor's token, for a page with a publishable key.

use relay_core::auth::identity::Attributes;
use relay_core::auth::{key, token};
use serde::Deserialize;
use worker::{Env, Request};

use super::Outcome;
use super::asked::{header, read};
use crate::call::Call;
use crate::{clock, config, limits};

#[derive(Deserialize)]
struct SessionBody {
    key: String,
    token: Option<String>,
    identity: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

pub(super) async fn session(request: &mut Request, env: &Env) -> Outcome<(String, Call)> {
    let origin = header(request, "Origin");
    let body: SessionBody = read(request).await?;
    let organization = key::organization_of(&body.key)?.to_owned();
    // A token that is no token any more is no obstacle: its holder starts over.
    let keys = config::signing_keys(env)?;
    let previous =
        body.token.and_then(|token| token::verify(&keys, &token, clock::now()).ok()).map(|verified| verified.claims);
    limits::stranger(env, &organization)?;
    if previous.is_none() {
        limits::new_session(request, env)?;
    }
    Ok((
        organization,
        Call::WidgetSession { key: body.key, origin, previous, identity: body.identity, attributes: body.attributes },
    ))
}
