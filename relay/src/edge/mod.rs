//! The edge: what can be decided about a request before an object wakes. Path and method, size, token, administrator.

mod admin;
mod asked;
mod chats;
mod download;
mod hook;
mod organization;
mod ozon;
mod socket;
mod tools;
mod upload;
mod widget;

use relay_core::auth::secrets_match;
use serde_json::json;
use shared::problem::{Code, Problem};
use shared::route::Route;
use shared::token::Role;
use worker::{Env, Method, Request, Response, Result};

use crate::{config, http, limits, metrics, trap};
use organization::ask;

type Outcome<T> = std::result::Result<T, Problem>;

/// Answers a request. Never an error of ours: what goes wrong is an answer, too.
pub async fn answer(mut request: Request, env: &Env) -> Result<Response> {
    let path = request.path();
    let route = Route::parse(&path);
    if ozon::is_of_a_vendors_client(&request, env, route.as_ref()) {
        return match limits::request(&request, env) {
            Ok(()) => ozon::forward(request, env, &path).await,
            Err(refused) => ozon::refuse(&refused),
        };
    }
    let Some(route) = route else {
        return http::problem(&Problem::new(Code::NotFound, "there is nothing at this path"));
    };
    let from_pages = matches!(
        route,
        Route::WidgetSessions | Route::WidgetSettings | Route::WidgetRating | Route::WidgetSocket | Route::WidgetFiles
    );
    if request.method() == Method::Options && from_pages {
        return http::preflight();
    }
    if !route.methods().contains(&request.method().as_ref()) {
        let allowed = route.methods().join(", ");
        let refused = http::problem(&Problem::new(Code::MethodNotAllowed, format!("this path answers to {allowed}")))?;
        refused.headers().set("Allow", &allowed)?;
        return Ok(refused);
    }
    if route != Route::Health
        && let Err(refused) = limits::request(&request, env)
    {
        return refuse(&request, &route, &refused);
    }
    trap::if_asked(env, asked::header(&request, "X-Test-Trap").as_deref());
    let response = match &route {
        Route::WidgetSocket if http::is_upgrade(&request) => {
            return socket::open(request, env, &[Role::Visitor]).await;
        }
        Route::WidgetSocket => socket::open(request, env, &[Role::Visitor]).await,
        Route::Ozon(path) | Route::OzonFile(path) => return ozon::forward(request, env, path).await,
        Route::Events => return socket::open(request, env, &[Role::Operator, Role::Integration]).await,
        Route::Health => health(&request, env).await,
        Route::Metrics => metrics(&request, env),
        Route::Hook { source, organization, secret } => {
            return hook::take(request, env, source, organization, secret).await;
        }
        Route::WidgetSessions => match widget::session(&mut request, env).await {
            Ok((organization, call)) => ask(env, &organization, call, 201).await,
            Err(refused) => http::problem(&refused),
        },
        Route::WidgetSettings => match widget::settings(&request, env) {
            Ok((organization, call)) => http::kept_for_a_while(ask(env, &organization, call, 200).await?),
            Err(refused) => http::problem(&refused),
        },
        Route::WidgetRating => match widget::rating(&mut request, env).await {
            Ok((organization, call)) => ask(env, &organization, call, 200).await,
            Err(refused) => http::problem(&refused),
        },
        Route::WidgetFiles => upload::take(request, env, true).await,
        Route::Files => upload::take(request, env, false).await,
        Route::File(file_id) => return download::by_token(&request, env, file_id).await,
        Route::SignedFile { organization, file_id } => {
            return download::by_link(&request, env, organization, file_id).await;
        }
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
        Route::Templates
        | Route::Template(_)
        | Route::TemplatePreview(_)
        | Route::AutoReplies
        | Route::Bulks
        | Route::Bulk(_)
        | Route::BulkRows(_)
        | Route::BulkPause(_)
        | Route::BulkResume(_)
        | Route::BulkCancel(_)
        | Route::Reports => match tools::use_one(&mut request, env, &route).await {
            Ok((organization, call, status)) => {
                let answer = ask(env, &organization, call, status).await?;
                admin::as_csv(&request, &route, answer).await
            }
            Err(refused) => http::problem(&refused),
        },
        Route::Chats | Route::ChatMessages(_) | Route::ChatClose(_) => {
            match chats::act(&mut request, env, &route).await {
                Ok((organization, call, status)) => ask(env, &organization, call, status).await,
                Err(refused) => http::problem(&refused),
            }
        }
    }?;
    if from_pages { http::for_any_page(response) } else { Ok(response) }
}

/// A refusal in the form that whoever asks can read: a browser sees nothing of a refused upgrade.
fn refuse(request: &Request, route: &Route, refused: &Problem) -> Result<Response> {
    match route {
        Route::WidgetSocket | Route::Events if http::is_upgrade(request) => {
            http::refuse_socket(refused, socket::subprotocol(request))
        }
        Route::WidgetSessions | Route::WidgetSettings | Route::WidgetRating | Route::WidgetFiles => {
            http::for_any_page(http::problem(refused)?)
        }
        Route::Hook { source, .. } => hook::refuse(source, refused),
        Route::Ozon(_) | Route::OzonFile(_) => ozon::refuse(refused),
        _ => http::problem(refused),
    }
}

/// `GET /metrics`, for the administrator and for whoever has the token for it.
fn metrics(request: &Request, env: &Env) -> Result<Response> {
    let scraper = config::metrics_token(env);
    let is_scraper = |token: &str| scraper.as_deref().is_some_and(|good| secrets_match(token, good));
    let allowed = match asked::bearer(request) {
        Ok(token) if is_scraper(&token) => Ok(()),
        _ => admin::actor(request, env, Route::Metrics.access("GET")).map(drop),
    };
    match allowed {
        Ok(()) => metrics::answer(),
        Err(refused) => http::problem(&refused),
    }
}

/// `GET /healthz`: that the relay runs and has its settings. With `?storage` also that an object wakes and reads its store.
async fn health(request: &Request, env: &Env) -> Result<Response> {
    let mut wrong = config::check(env);
    if request.url()?.query_pairs().any(|(name, _)| name == "storage") {
        if let Err(refused) = limits::request(request, env) {
            return http::problem(&refused);
        }
        wrong.extend(organization::unreadable(env).await.map(|problem| problem.detail));
    }
    let status = if wrong.is_empty() { 200 } else { 500 };
    http::json(status, &json!({"status": if wrong.is_empty() { "ok" } else { "not well" }, "problems": wrong}))
}
