//! The organization's tools, as the edge asks for them.

use std::collections::BTreeMap;

use relay_core::hub::{Command, Request, Tool};
use serde_json::Value;
use shared::id::UserId;
use shared::problem::Problem;
use shared::token::Claims;

use super::Bench;

pub fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// As it crosses from the edge to the object.
fn crossed(tool: Tool) -> Command {
    serde_json::from_str(&serde_json::to_string(&Command::Tool(tool)).unwrap()).unwrap()
}

impl Bench {
    /// The administrator uses a tool.
    pub fn tool(&mut self, tool: Tool) -> Result<Value, Problem> {
        self.administer(crossed(tool))
    }

    /// The holder of a token does.
    pub fn tool_by(&mut self, claims: &Claims, tool: Tool) -> Result<Value, Problem> {
        self.administer_by(claims, crossed(tool))
    }

    pub fn send_template(
        &mut self,
        claims: &Claims,
        user_id: UserId,
        template_id: &str,
        variables: &[(&str, &str)],
        client_id: Option<&str>,
    ) -> Result<Value, Problem> {
        let (claims, template_id) = (claims.clone(), template_id.to_owned());
        let (variables, client_id) = (values(variables), client_id.map(Into::into));
        self.request(Request::SendTemplate { claims, user_id, template_id, variables, client_id })
    }
}
