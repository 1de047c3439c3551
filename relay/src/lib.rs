//! The relay on Cloudflare Workers and on workerd: performs what `relay-core` decides.
//!
//! A request meets the edge first ([`edge`]): path, method, size, token. Only what passes wakes the organization's object
//! ([`object`]), which feeds its hub and does what the hub says. There is no domain decision in this crate.

#[allow(dead_code)]
mod address;
mod call;
mod clock;
mod config;
mod edge;
mod fetch;
mod http;
mod object;

use worker::{Context, Env, Request, Response, Result, event};

pub use object::Organization;

/// Entry of the Worker: every HTTP request and WebSocket upgrade.
///
/// # Errors
/// If the runtime fails; refusals are answers.
#[event(fetch)]
pub async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    edge::answer(request, &env).await
}
