//! The sender's address of a request, by the deployment's setting `TRUSTED_PROXY_HOPS`.

use js_sys::Reflect;
use relay_core::policy::address::{Address, Seen};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{Env, Request};

const TRUSTED_PROXY_HOPS: &str = "TRUSTED_PROXY_HOPS";

/// Whose request it is, if anybody trustworthy says so.
pub fn of(request: &Request, env: &Env) -> Option<Address> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (peer, cloudflare, forwarded) = (peer(request), header("CF-Connecting-IP"), header("X-Forwarded-For"));
    let seen = Seen { peer: peer.as_deref(), cloudflare: cloudflare.as_deref(), forwarded: forwarded.as_deref() };
    Address::of(seen, proxies(env))
}

/// How many of the host's own proxies stand before the relay. Without the setting it is Cloudflare that does. What is
/// no number trusts nobody.
fn proxies(env: &Env) -> Option<usize> {
    let setting = env.var(TRUSTED_PROXY_HOPS).ok()?.to_string();
    Some(setting.trim().parse().unwrap_or(0))
}

/// Plain workerd says who opened the connection.
fn peer(request: &Request) -> Option<String> {
    let raw: &JsValue = request.inner().unchecked_ref();
    let cf = Reflect::get(raw, &"cf".into()).ok().filter(JsValue::is_object)?;
    Reflect::get(&cf, &"clientIp".into()).ok()?.as_string()
}
