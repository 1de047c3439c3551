//! The administrator's calls: organizations, tokens, integrations.

use relay_core::auth::secrets_match;
use serde::Deserialize;
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::route::Route;
use shared::token::Role;
use worker::{Env, Request};

use super::Outcome;
use super::asked::{bearer, read};
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
    organization: String,
    role: Role,
    name: String,
    ttl_s: i64,
}

#[derive(Deserialize)]
struct IntegrationBody {
    organization: String,
    source: String,
    client_id: String,
    api_key: String,
}

pub(super) async fn administer(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let expected = config::admin_token(env)?;
    if !secrets_match(&bearer(request)?, &expected) {
        return Err(Problem::new(Code::Unauthorized, "this is not the administrator's token"));
    }
    Ok(match route {
        Route::Organizations => {
            let body: OrganizationBody = read(request).await?;
            let call = Call::Provision {
                id: body.id.clone(),
                name: body.name,
                origins: body.origins,
                publishable_key: body.publishable_key,
            };
            (body.id, call, 201)
        }
        Route::Tokens => {
            let body: TokenBody = read(request).await?;
            (body.organization, Call::IssueToken { role: body.role, name: body.name, ttl_s: body.ttl_s }, 201)
        }
        _ => {
            let body: IntegrationBody = read(request).await?;
            if body.source != source::OZON {
                return Err(Problem::new(Code::Invalid, "source is ozon: no other account can be connected yet"));
            }
            let credentials =
                relay_core::upstream::ozon::Credentials { client_id: body.client_id, api_key: body.api_key };
            (body.organization, Call::ConnectOzon { credentials }, 200)
        }
    })
}
