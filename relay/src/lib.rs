//! The relay on Cloudflare Workers and on workerd: performs what `relay-core` decides.
//!
//! A request meets the edge first ([`edge`]): path, method, size, token. Only what passes wakes the organization's object
//! ([`object`]), which feeds its hub and does what the hub says. There is no domain decision in this crate.

mod address;
mod call;
mod clock;
mod config;
mod edge;
mod fetch;
mod http;
mod limits;
mod log;
mod metrics;
mod object;
mod place;
mod trap;

use relay_core::metrics::Counter;
use shared::problem::{Code, Problem};
use worker::{Context, Env, Request, Response, Result, event};

pub use object::Organization;

/// Entry of the Worker: every HTTP request and WebSocket upgrade.
///
/// # Errors
/// If the runtime fails; refusals are answers.
#[event(fetch)]
pub async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let (route, method) = (metrics::route_of(&request), request.method().to_string());
    let response = match edge::answer(request, &env).await {
        Ok(response) => response,
        Err(_) => {
            log::write(log::error("request_failed").word("at", "edge"));
            http::problem(&Problem::new(Code::Internal, "the relay made a mistake; try again"))?
        }
    };
    let status = response.status_code().to_string();
    let labels = [("route", route.as_str()), ("method", &method), ("status", &status)];
    metrics::count_by(Counter::Requests, &labels);
    Ok(response)
}
