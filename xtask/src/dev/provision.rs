//! The demo organization: made over the same admin API that a real host uses.

use serde_json::{Value, json};

use super::{Ports, http};
use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// The keys by which the simulated Ozon knows the demo merchant.
const OZON_CLIENT_ID: &str = "836";
const OZON_API_KEY: &str = "demo-ozon-key-0000000001";

/// A month: as long as a newcomer keeps the inbox open in a tab.
const TOKEN_TTL_S: u32 = 30 * 24 * 60 * 60;

/// Makes what is missing of the demo organization and returns a token of its operator.
pub fn demo(paths: &Paths, ports: &Ports) -> Result<String, Failure> {
    let admin = admin_token(paths)?;
    let relay = |path: &str, body: Value, accepted: &[u16]| post(ports.relay, path, Some(&admin), &body, accepted);

    let origins = ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{}", ports.relay));
    let organization = json!({
        "id": "demo", "name": "Лавка «Прилавок»", "origins": origins, "publishable_key": "pk_demo_storefront",
    });
    relay("/v1/organizations", organization, &[201, 409])?;

    let operator = json!({"organization": "demo", "role": "operator", "name": "Анна", "ttl_s": TOKEN_TTL_S});
    let token = member(&relay("/v1/tokens", operator, &[201])?, "token")?;

    let ozon = json!({
        "organization": "demo", "source": "ozon", "client_id": OZON_CLIENT_ID, "api_key": OZON_API_KEY,
    });
    let hook = member(&relay("/v1/integrations", ozon, &[200, 201])?, "hook")?;
    let push = json!({"url": format!("http://127.0.0.1:{}{hook}", ports.relay)});
    post(ports.ozon, "/_sim/push-url", None, &push, &[200, 201, 204])?;
    Ok(token)
}

fn post(port: u16, path: &str, bearer: Option<&str>, body: &Value, accepted: &[u16]) -> Result<Value, Failure> {
    let answer = http::send(port, "POST", path, bearer, &body.to_string()).doing(|| format!("call POST {path}"))?;
    if !accepted.contains(&answer.status) {
        let (status, said) = (answer.status, answer.body);
        return Err(Failure::new(format!("POST {path} on port {port} answered {status}: {said}")));
    }
    Ok(serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn member(answer: &Value, name: &str) -> Result<String, Failure> {
    let text = answer.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| Failure::new(format!("the relay's answer has no `{name}`: {answer}")))
}

/// The line of relay/.dev.vars that the build wrote, or whatever the developer put in its place.
fn admin_token(paths: &Paths) -> Result<String, Failure> {
    let path = paths.dev_vars();
    let text = std::fs::read_to_string(&path).doing(|| format!("read {}", paths.shown(&path)))?;
    secret(&text, "ADMIN_TOKEN")
        .ok_or_else(|| Failure::new(format!("{} has no ADMIN_TOKEN; delete it to get a fresh one", paths.shown(&path))))
}

fn secret(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?;
    Some(value.trim().trim_matches(['\'', '"']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_the_same_with_and_without_quotes() {
        for line in ["ADMIN_TOKEN='adm_1'", "ADMIN_TOKEN=adm_1", "# ADMIN_TOKEN\nADMIN_TOKEN = \"adm_1\""] {
            assert_eq!(secret(line, "ADMIN_TOKEN").as_deref(), Some("adm_1"));
        }
        assert_eq!(secret("ADMIN_TOKENS=x", "ADMIN_TOKEN"), None);
    }
}
