//! Provisioning: the administrator's calls, and those of whoever has a token of the organization with the right scope.

use relay_core::auth::secrets_match;
use relay_core::hub::{Actor, Change, Command};
use relay_core::upstream::ozon::Credentials;
use serde::Deserialize;
use shared::access::{Access, Scope};
use shared::limits::KEY_GRACE_S;
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::route::Route;
use shared::token::Role;
use worker::{Env, Method, Request, Response, Result};

use super::Outcome;
use super::asked::{bearer, live_claims, number, read, word};
use crate::call::Call;
use crate::{address, config, http};

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

#[derive(Deserialize)]
struct KeyBody {
    grace_s: Option<i64>,
}

#[derive(Deserialize)]
struct ReceiptBody {
    organization: Option<String>,
    receipt: String,
}

/// Whom it is for, the call, and the status of its success.
pub(super) async fn administer(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let actor = actor(request, env, route.access(request.method().as_ref()))?;
    if matches!(route, Route::Organizations) {
        let body: OrganizationBody = read(request).await?;
        let (id, name, origins, publishable_key) = (body.id, body.name, body.origins, body.publishable_key);
        return Ok((id.clone(), Call::Provision { id, name, origins, publishable_key, actor }, 201));
    }
    let status = if matches!(
        (route, request.method()),
        (Route::Tokens | Route::IdentitySecrets(_) | Route::PublishableKey(_), Method::Post)
    ) {
        201
    } else {
        200
    };
    let (named, command) = match command_by_body(request, route).await? {
        Some(asked) => asked,
        None => command_by_path(request, route)?,
    };
    Ok((organization_of(&actor, named)?, Call::Administer { actor, command }, status))
}

/// What the body of a request says, if its route takes one, and for which organization.
async fn command_by_body(request: &mut Request, route: &Route) -> Outcome<Option<(Option<String>, Command)>> {
    Ok(Some(match (route, request.method()) {
        (Route::Organization(id), Method::Patch) => {
            let change: Change = read(request).await?;
            (Some(id.clone()), Command::ChangeOrganization { change })
        }
        (Route::PublishableKey(id), _) => {
            let body: KeyBody = read(request).await?;
            (Some(id.clone()), Command::RotateKey { grace_s: body.grace_s.unwrap_or(KEY_GRACE_S) })
        }
        (Route::Tokens, Method::Post) => {
            let body: TokenBody = read(request).await?;
            let (role, name, ttl_s, scopes, holder) = (body.role, body.name, body.ttl_s, body.scopes, body.holder);
            (body.organization, Command::IssueToken { role, name, ttl_s, scopes, holder })
        }
        (Route::Receipts, _) => {
            let body: ReceiptBody = read(request).await?;
            (body.organization, Command::VerifyReceipt { receipt: body.receipt })
        }
        (Route::Integrations, _) => {
            let body: IntegrationBody = read(request).await?;
            if body.source != source::OZON {
                return Err(Problem::new(Code::Invalid, "source is ozon: no other account can be connected yet"));
            }
            let credentials = Credentials { client_id: body.client_id, api_key: body.api_key };
            (body.organization, Command::ConnectOzon { credentials })
        }
        _ => return Ok(None),
    }))
}

/// What path and query of a request say, and for which organization.
fn command_by_path(request: &Request, route: &Route) -> Outcome<(Option<String>, Command)> {
    let number = |name: &str| number(request, name);
    let command = match (route, request.method()) {
        (Route::Organization(_), Method::Get) => Command::ReadOrganization,
        (Route::Organization(_), _) => Command::DeleteOrganization,
        (Route::IdentitySecrets(_), Method::Post) => Command::AddIdentitySecret,
        (Route::IdentitySecrets(_), _) => Command::IdentitySecrets,
        (Route::IdentitySecret { kid, .. }, _) => Command::RemoveIdentitySecret { kid: kid.clone() },
        (Route::User(user_id), Method::Get) => Command::ReadUser { user_id: *user_id },
        (Route::User(user_id), _) => Command::DeleteUser { user_id: *user_id },
        (Route::UserExport(user_id), _) => {
            Command::ExportUser { user_id: *user_id, after: number("after")?, limit: number("limit")? }
        }
        (Route::Consents, _) => Command::Consents { after: number("after")?, limit: number("limit")? },
        (Route::Tokens, _) => Command::Tokens { before: number("before")?, limit: number("limit")? },
        (Route::Token(token_id), _) => Command::RevokeToken { token_id: token_id.clone() },
        (Route::Audit, _) => Command::Audit { after: number("after")?, limit: number("limit")? },
        _ => return Err(Problem::new(Code::Internal, "a route of provisioning without its command")),
    };
    let named = match route {
        Route::Organization(id) | Route::IdentitySecrets(id) | Route::IdentitySecret { organization: id, .. } => {
            Some(id.clone())
        }
        _ => word(request, "organization")?,
    };
    Ok((named, command))
}

/// An answer as CSV, if it is a table and the query asks for it.
pub(super) async fn as_csv(request: &Request, route: &Route, mut answer: Response) -> Result<Response> {
    let table: (&str, fn(&serde_json::Value) -> String) = match route {
        Route::Consents => ("consents", relay_core::hub::consents_csv),
        Route::BulkRows(_) => ("bulk", relay_core::hub::bulk_rows_csv),
        Route::Reports => ("report", relay_core::tools::report::table),
        _ => return Ok(answer),
    };
    let wants_csv = word(request, "format").ok().flatten().is_some_and(|format| format == "csv");
    if !wants_csv || answer.status_code() != 200 {
        return Ok(answer);
    }
    let page: serde_json::Value = answer.json().await?;
    let (name, csv) = table;
    http::csv(name, &csv(&page), page.get("next").and_then(serde_json::Value::as_i64))
}

/// Who asks: the administrator, or the holder of a token that may get as far as the organization.
pub(super) fn actor(request: &Request, env: &Env, access: Access) -> Outcome<Actor> {
    let address = address::of(request, env).map(|address| address.to_string());
    let token = bearer(request)?;
    if secrets_match(&token, &config::admin_token(env)?) {
        return Ok(Actor::administrator(address));
    }
    let claims = live_claims(env, &token)?;
    if !access.admits(claims.role) {
        return Err(Problem::new(Code::Forbidden, "this is for the administrator"));
    }
    Ok(Actor { claims: Some(claims), address })
}

/// The organization that is meant: the token's own, or the one that the administrator names.
pub(super) fn organization_of(actor: &Actor, named: Option<String>) -> Outcome<String> {
    match (&actor.claims, named) {
        (Some(claims), Some(named)) if named != claims.org => {
            Err(Problem::new(Code::Forbidden, "the token is for another organization"))
        }
        (Some(claims), _) => Ok(claims.org.clone()),
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Problem::new(Code::Invalid, "organization is missing: name it in the query or the body")),
    }
}
