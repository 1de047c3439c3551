//! The way from the edge to an organization's object.

use relay_core::auth::key;
use shared::problem::{Code, Problem};
use worker::{Env, Method, Request, RequestInit, Response, Result, Stub};

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

/// The organization's object. It learns its own id from the provisioning, never from its name.
pub(super) fn object(env: &Env, organization: &str) -> Outcome<Stub> {
    if !key::is_organization_id(organization) {
        return Err(Problem::new(Code::NotFound, "there is no such organization"));
    }
    let stub = env.durable_object(config::ORGANIZATIONS).and_then(|objects| objects.get_by_name(organization));
    stub.map_err(|_| Problem::new(Code::NotConfigured, "the binding ORGANIZATIONS is missing"))
}
