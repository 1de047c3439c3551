//! The way from the edge to an organization's object.

use relay_core::auth::key;
use shared::problem::{Code, Problem};
use worker::{Env, Method, Request, RequestInit, Response, Result, Stub};

use serde::de::DeserializeOwned;

use super::Outcome;
use crate::call::Call;
use crate::{config, http};

/// Asks the organization, and answers with `status` if it does as asked.
pub(super) async fn ask(env: &Env, organization: &str, call: Call, status: u16) -> Result<Response> {
    let object = match object(env, organization) {
        Ok(object) => object,
        Err(refused) => return http::problem(&refused),
    };
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(serde_json::to_string(&call)?.into()));
    let address = format!("https://organization.invalid/call?status={status}");
    object.fetch_with_request(Request::new_with_init(&address, &init)?).await
}

/// Asks the organization for something that the edge itself goes on with.
pub(super) async fn ask_for<T: DeserializeOwned>(env: &Env, organization: &str, call: Call) -> Outcome<T> {
    let lost = |_| Problem::new(Code::Internal, "the organization did not answer");
    let mut response = ask(env, organization, call, 200).await.map_err(lost)?;
    let text = response.text().await.map_err(lost)?;
    if response.status_code() >= 400 {
        return Err(http::problem_of(&text));
    }
    serde_json::from_str(&text).map_err(|_| Problem::new(Code::Internal, "an internal answer was not understood"))
}

/// The name of an object that is no organization's: it has a store and nothing in it.
const NOBODY: &str = "healthz";

/// Why no object can be woken or read, if that is so.
pub(super) async fn unreadable(env: &Env) -> Option<Problem> {
    let stub = match object(env, NOBODY) {
        Ok(stub) => stub,
        Err(problem) => return Some(problem),
    };
    match stub.fetch_with_str("https://organization.invalid/health").await {
        Ok(response) if response.status_code() == 200 => None,
        _ => Some(Problem::new(Code::StorageFailed, "an object could not be woken, or could not read its store")),
    }
}

/// The organization's object. It learns its own id from the provisioning, never from its name.
pub(super) fn object(env: &Env, organization: &str) -> Outcome<Stub> {
    if !key::is_organization_id(organization) {
        return Err(Problem::new(Code::NotFound, "there is no such organization"));
    }
    let stub = env.durable_object(config::ORGANIZATIONS).and_then(|objects| objects.get_by_name(organization));
    stub.map_err(|_| Problem::new(Code::NotConfigured, "the binding ORGANIZATIONS is missing"))
}
