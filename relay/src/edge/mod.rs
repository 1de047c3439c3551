//! The edge: what can be decided about a request before an object wakes. Path and method, size, token, administrator.

mod admin;
mod asked;
mod chats;
mod hook;
mod organization;
mod socket;
mod widget;

use serde_json::json;
use shared::problem::{Code, Problem};
use shared::route::Route;
use shared::token::Role;
use worker::{Env, Method, Request, Response, Result};

use crate::{config, http};
use organization::ask;

type Outcome<T> = std::result::Result<T, Problem>;

/// Answers a request. Never an error of ours: what goes wrong is an answer, too.
pub async fn answer(mut request: Request, env: &Env) -> Result<Response> {
    let Some(route) = Route::parse(&request.path()) else {
        return http::problem(&Problem::new(Code::NotFound, "there is nothing at this path"));
    };
    let from_pages = matches!(route, Route::WidgetSessions);
    if request.method() == Method::Options && from_pages {
        return http::preflight();
    }
    if !route.methods().contains(&request.method().as_ref()) {
        let allowed = route.methods().join(", ");
        let refused = http::problem(&Problem::new(Code::MethodNotAllowed, format!("this path answers to {allowed}")))?;
        refused.headers().set("Allow", &allowed)?;
        return Ok(refused);
    }
    let response = match &route {
        Route::WidgetSocket => return socket::open(request, env, &[Role::Visitor]).await,
        Route::Events => return socket::open(request, env, &[Role::Operator, Role::Integration]).await,
        Route::Health => health(env),
        Route::Hook { source, organization, secret } => {
            return hook::take(request, env, source, organization, secret).await;
        }
        Route::WidgetSessions => match widget::session(&mut request, env).await {
            Ok((organization, call)) => ask(env, &organization, call, 201).await,
            Err(refused) => http::problem(&refused),
        },
        Route::Organizations
        | Route::Organization(_)
        | Route::PublishableKey(_)
        | Route::IdentitySecrets(_)
        | Route::IdentitySecret { .. }
        | Route::User(_)
        | Route::UserExport(_)
        | Route::Consents
        | Route::Receipts
        | Route::Tokens
        | Route::Token(_)
        | Route::Audit
        | Route::Integrations => match admin::administer(&mut request, env, &route).await {
            Ok((organization, call, status)) => {
                let answer = ask(env, &organization, call, status).await?;
                admin::as_csv(&request, &route, answer).await
            }
            Err(refused) => http::problem(&refused),
        },
        Route::Chats | Route::ChatMessages(_) => match chats::act(&mut request, env, &route).await {
            Ok((organization, call, status)) => ask(env, &organization, call, status).await,
            Err(refused) => http::problem(&refused),
        },
    }?;
    if from_pages { http::for_any_page(response) } else { Ok(response) }
}

fn health(env: &Env) -> Result<Response> {
    let wrong = config::check(env);
    let status = if wrong.is_empty() { 200 } else { 500 };
    http::json(status, &json!({"status": if wrong.is_empty() { "ok" } else { "not configured" }, "problems": wrong}))
}
