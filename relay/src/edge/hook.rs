//! `POST /hooks/{source}/{organization}/{secret}`: an upstream's notification.

use relay_core::auth::key;
use relay_core::upstream::ozon::networks;
use shared::limits::HOOK_BYTES_MAX;
use shared::message::source;
use shared::problem::{Code, Problem};
use worker::{Env, Request, Response, Result};

use super::organization::ask;
use crate::call::Call;
use crate::{address, config, http, limits};

/// Takes a notification. The upstream gets its own form of answer, also for a refusal.
pub(super) async fn take(
    mut request: Request,
    env: &Env,
    source: &str,
    organization: &str,
    secret: &str,
) -> Result<Response> {
    let body = match http::body(&mut request, HOOK_BYTES_MAX).await {
        Ok(body) => body,
        Err(refused) => return refuse(source, &refused),
    };
    if !key::is_organization_id(organization) {
        return refuse(source, &Problem::new(Code::NotFound, "there is no such address"));
    }
    if let Err(refused) = limits::stranger(env, organization) {
        return refuse(source, &refused);
    }
    if source == source::OZON && config::takes_ozons_networks_only(env) {
        let from = address::of(&request, env);
        if !from.is_some_and(|from| networks::is_ozons(from.ip())) {
            let detail =
                "notifications are taken from Ozon's own networks; OZON_PUSH_NETWORKS=any takes them from everywhere";
            return refuse(source, &Problem::new(Code::Forbidden, detail));
        }
    }
    let call = Call::Hook { source: source.into(), secret: secret.into(), body };
    let mut response = ask(env, organization, call, 200).await?;
    if response.status_code() < 400 {
        return Ok(response);
    }
    refuse(source, &http::problem_of(&response.text().await.unwrap_or_default()))
}

pub(super) fn refuse(source: &str, refused: &Problem) -> Result<Response> {
    if source == source::OZON {
        http::json(refused.code.status(), &relay_core::upstream::ozon::push::refusal(refused))
    } else {
        http::problem(refused)
    }
}
