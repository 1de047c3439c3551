//! Provisioning over HTTP, on the real relay: organizations, tokens, keys, customers, one user's data.

mod customers;
mod keys;
mod organizations;
mod page;
mod tokens;
mod users;

use serde_json::Value;

fn word<'a>(made: &'a Value, member: &str) -> &'a str {
    made[member].as_str().unwrap_or_else(|| panic!("{member} in {made}"))
}
