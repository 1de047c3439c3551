//! `/v1/templates` and the organization's other tools: for whoever has a token of it with the right scope, and for the
//! administrator.

use std::collections::BTreeMap;

use relay_core::hub::{Command, Tool};
use serde::Deserialize;
use shared::problem::{Code, Problem};
use shared::route::Route;
use worker::{Env, Method, Request};

use super::Outcome;
use super::admin::{actor, organization_of};
use super::asked::{read, word};
use crate::call::Call;

#[derive(Deserialize)]
struct TemplateBody {
    organization: Option<String>,
    title: String,
    text: String,
}

#[derive(Deserialize)]
struct PreviewBody {
    organization: Option<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// Whom it is for, the call, and the status of its success.
pub(super) async fn use_one(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let actor = actor(request, env, route.access(request.method().as_ref()))?;
    let (named, tool, status) = tool(request, route).await?;
    let named = match named {
        Some(named) => Some(named),
        None => word(request, "organization")?,
    };
    let organization = organization_of(&actor, named)?;
    Ok((organization, Call::Administer { actor, command: Command::Tool(tool) }, status))
}

/// What is asked, and for which organization if the body says so.
async fn tool(request: &mut Request, route: &Route) -> Outcome<(Option<String>, Tool, u16)> {
    Ok(match (route, request.method()) {
        (Route::Templates, Method::Post) => {
            let TemplateBody { organization, title, text } = read(request).await?;
            (organization, Tool::CreateTemplate { title, text }, 201)
        }
        (Route::Templates, _) => (None, Tool::Templates, 200),
        (Route::Template(template_id), Method::Put) => {
            let TemplateBody { organization, title, text } = read(request).await?;
            (organization, Tool::ChangeTemplate { template_id: template_id.clone(), title, text }, 200)
        }
        (Route::Template(template_id), _) => (None, Tool::RemoveTemplate { template_id: template_id.clone() }, 200),
        (Route::TemplatePreview(template_id), _) => {
            let PreviewBody { organization, variables } = read(request).await?;
            (organization, Tool::PreviewTemplate { template_id: template_id.clone(), variables }, 200)
        }
        (Route::AutoReplies, Method::Put) => (None, Tool::ChangeAutoReplies { document: read(request).await? }, 200),
        (Route::AutoReplies, _) => (None, Tool::AutoReplies, 200),
        _ => return Err(Problem::new(Code::Internal, "a route of the tools without its command")),
    })
}
