//! Provisioning: the administrator's calls, and those of whoever has a token of the organization with the right scope.

use relay_core::auth::secrets_match;
use relay_core::hub::{Actor, Command};
use relay_core::upstream::ozon::Credentials;
use serde::Deserialize;
use shared::access::{Access, Scope};
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::route::Route;
use shared::token::Role;
use worker::{Env, Method, Request};

use super::Outcome;
use super::asked::{bearer, live_claims, number, read, word};
use crate::call::Call;
use crate::config;

#[derive(Deserialize)]
struct OrganizationBody {
    id: String,
    name: String,
    #[serde(default)]
    origins: Vec<String>,
    publishable_key: Option<String>,
}

#[derive(Deserialize)]
struct TokenBody {
    organization: Option<String>,
    role: Role,
    name: String,
    ttl_s: i64,
    scopes: Option<Vec<Scope>>,
    holder: Option<String>,
}

#[derive(Deserialize)]
struct IntegrationBody {
    organization: Option<String>,
    source: String,
    client_id: String,
    api_key: String,
}

/// Whom it is for, the call, and the status of its success.
pub(super) async fn administer(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let actor = actor(request, env, route.access(request.method().as_ref()))?;
    let (organization, command, status) = match (route, request.method()) {
        (Route::Organizations, _) => {
            let body: OrganizationBody = read(request).await?;
            let (id, name, origins, publishable_key) = (body.id, body.name, body.origins, body.publishable_key);
            return Ok((id.clone(), Call::Provision { id, name, origins, publishable_key, actor }, 201));
        }
        (Route::Tokens, Method::Post) => {
            let body: TokenBody = read(request).await?;
            let (role, name, ttl_s, scopes, holder) = (body.role, body.name, body.ttl_s, body.scopes, body.holder);
            (body.organization, Command::IssueToken { role, name, ttl_s, scopes, holder }, 201)
        }
        (Route::Tokens, _) => {
            let command = Command::Tokens { before: number(request, "before")?, limit: number(request, "limit")? };
            (word(request, "organization")?, command, 200)
        }
        (Route::Token(token_id), _) => {
            (word(request, "organization")?, Command::RevokeToken { token_id: token_id.clone() }, 200)
        }
        (Route::Audit, _) => {
            let command = Command::Audit { after: number(request, "after")?, limit: number(request, "limit")? };
            (word(request, "organization")?, command, 200)
        }
        _ => {
            let body: IntegrationBody = read(request).await?;
            if body.source != source::OZON {
                return Err(Problem::new(Code::Invalid, "source is ozon: no other account can be connected yet"));
            }
            let credentials = Credentials { client_id: body.client_id, api_key: body.api_key };
            (body.organization, Command::ConnectOzon { credentials }, 200)
        }
    };
    Ok((organization_of(&actor, organization)?, Call::Administer { actor, command }, status))
}

/// Who asks: the administrator, or the holder of a token that may get as far as the organization.
fn actor(request: &Request, env: &Env, access: Access) -> Outcome<Actor> {
    let token = bearer(request)?;
    if secrets_match(&token, &config::admin_token(env)?) {
        return Ok(Actor::administrator(None));
    }
    let claims = live_claims(env, &token)?;
    if !access.admits(claims.role) {
        return Err(Problem::new(Code::Forbidden, "this is for the administrator"));
    }
    Ok(Actor { claims: Some(claims), address: None })
}

/// The organization that is meant: the token's own, or the one that the administrator names.
fn organization_of(actor: &Actor, named: Option<String>) -> Outcome<String> {
    match (&actor.claims, named) {
        (Some(claims), Some(named)) if named != claims.org => {
            Err(Problem::new(Code::Forbidden, "the token is for another organization"))
        }
        (Some(claims), _) => Ok(claims.org.clone()),
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Problem::new(Code::Invalid, "organization is missing: name it in the query or the body")),
    }
}
