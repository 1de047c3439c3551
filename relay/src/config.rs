//! What the deployment sets: secrets and variables of the Worker.

use relay_core::auth::keyring::Keyring;
use relay_core::hub;
use shared::problem::{Code, Problem};
use worker::Env;

/// The name of the Durable Object binding.
pub const ORGANIZATIONS: &str = "ORGANIZATIONS";

/// The name of the R2 binding for files. Without it they go to SQLite.
pub const FILES: &str = "FILES";

const ADMIN_TOKEN: &str = "ADMIN_TOKEN";
const SIGNING_KEYS: &str = "SIGNING_KEYS";
const SEALING_KEYS: &str = "SEALING_KEYS";
const METRICS_TOKEN: &str = "METRICS_TOKEN";
const RATE_FACTOR: &str = "RATE_FACTOR";
const OZON_BASE_URL: &str = "OZON_BASE_URL";
const OZON_HOST: &str = "OZON_HOST";
const OZON_PUSH_NETWORKS: &str = "OZON_PUSH_NETWORKS";

/// The fewest bytes of an administrator's token.
const ADMIN_TOKEN_BYTES_MIN: usize = 20;

/// The token that may create organizations.
pub fn admin_token(env: &Env) -> Result<String, Problem> {
    let token = secret(env, ADMIN_TOKEN)?;
    if token.len() < ADMIN_TOKEN_BYTES_MIN {
        return Err(wrong(ADMIN_TOKEN, &format!("has fewer than {ADMIN_TOKEN_BYTES_MIN} characters")));
    }
    Ok(token)
}

/// The keys that sign tokens.
pub fn signing_keys(env: &Env) -> Result<Keyring, Problem> {
    keyring(env, SIGNING_KEYS)
}

/// What a hub needs.
pub fn hub(env: &Env) -> Result<hub::Config, Problem> {
    let ozon_base_url = env.var(OZON_BASE_URL).map(|var| var.to_string()).unwrap_or_default();
    let ozon_base_url = ozon_base_url.trim_end_matches('/').to_owned();
    if !ozon_base_url.starts_with("https://") && !ozon_base_url.starts_with("http://127.0.0.1:") {
        return Err(wrong(OZON_BASE_URL, "is not an https address"));
    }
    let rate_factor = rate_factor(env);
    Ok(hub::Config { signing: signing_keys(env)?, sealing: keyring(env, SEALING_KEYS)?, ozon_base_url, rate_factor })
}

/// The token that may read the metrics and nothing else, if there is one.
pub fn metrics_token(env: &Env) -> Option<String> {
    let token = env.var(METRICS_TOKEN).ok()?.to_string();
    (token.len() >= ADMIN_TOKEN_BYTES_MIN).then_some(token)
}

/// How many times as generous the limits on how often are.
pub fn rate_factor(env: &Env) -> i64 {
    env.var(RATE_FACTOR).ok().and_then(|factor| factor.to_string().trim().parse().ok()).unwrap_or(1)
}

/// The hosts where Ozon's methods answer and no other path of ours, as `host::is_named` reads them. Empty: there is none.
pub fn ozon_host(env: &Env) -> String {
    env.var(OZON_HOST).map(|var| var.to_string()).unwrap_or_default()
}

/// Whether Ozon's notifications are taken from Ozon's networks only. Nothing else vouches for them but their address; so it
/// is, where the real Ozon is called, unless the host says `any`.
pub fn takes_ozons_networks_only(env: &Env) -> bool {
    let var = |name: &str| env.var(name).map(|var| var.to_string()).unwrap_or_default();
    match var(OZON_PUSH_NETWORKS).trim() {
        "any" => false,
        "ozon" => true,
        _ => var(OZON_BASE_URL).trim_end_matches('/').ends_with(".ozon.ru"),
    }
}

/// Everything that is not as it should be.
pub fn check(env: &Env) -> Vec<String> {
    [admin_token(env).err(), hub(env).err()].into_iter().flatten().map(|problem| problem.detail).collect()
}

fn keyring(env: &Env, name: &str) -> Result<Keyring, Problem> {
    Keyring::parse(&secret(env, name)?).map_err(|what| wrong(name, what))
}

fn secret(env: &Env, name: &str) -> Result<String, Problem> {
    env.secret(name).map(|secret| secret.to_string()).map_err(|_| {
        let detail =
            format!("the secret {name} is not set: `wrangler secret put {name}`, or relay/.dev.vars on your machine");
        Problem::new(Code::NotConfigured, detail)
    })
}

fn wrong(name: &str, what: &str) -> Problem {
    Problem::new(Code::NotConfigured, format!("{name} {what}"))
}
