//! `/v1/templates` and the organization's other tools: for whoever has a token of it with the right scope, and for the
//! administrator.

use std::collections::BTreeMap;

use relay_core::hub::{BulkStep, Command, Tool};
use relay_core::tools::bulk::{Asked, JsonRow, Table};
use serde::Deserialize;
use shared::limits::BULK_BYTES_MAX;
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::route::Route;
use worker::{Env, Method, Request};

use super::Outcome;
use super::admin::{actor, organization_of};
use super::asked::{header, number, read, read_up_to, word};
use crate::call::Call;
use crate::http;

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

#[derive(Deserialize)]
struct BulkBody {
    organization: Option<String>,
    template_id: Option<String>,
    text: Option<String>,
    source: Option<String>,
    rows: Vec<JsonRow>,
    rate_per_minute: Option<i64>,
    client_id: Option<String>,
    #[serde(default)]
    dry_run: bool,
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
        (Route::Bulks, Method::Post) => {
            let (organization, asked) = bulk(request).await?;
            let status = if asked.dry_run { 200 } else { 201 };
            (organization, Tool::StartBulk(asked), status)
        }
        (Route::Bulks, _) => (None, Tool::Bulks, 200),
        (Route::Bulk(bulk_id), _) => (None, Tool::Bulk { bulk_id: *bulk_id }, 200),
        (Route::BulkRows(bulk_id), _) => {
            let (after, limit) = (number(request, "after")?, number(request, "limit")?);
            (None, Tool::BulkRows { bulk_id: *bulk_id, after, limit }, 200)
        }
        (Route::Reports, _) => {
            let (from, to, utc_offset) = (word(request, "from")?, word(request, "to")?, word(request, "utc_offset")?);
            (None, Tool::Report { from, to, utc_offset }, 200)
        }
        (Route::BulkPause(bulk_id), _) => (None, step(*bulk_id, BulkStep::Pause), 200),
        (Route::BulkResume(bulk_id), _) => (None, step(*bulk_id, BulkStep::Resume), 200),
        (Route::BulkCancel(bulk_id), _) => (None, step(*bulk_id, BulkStep::Cancel), 200),
        (Route::AutoReplies, Method::Put) => (None, Tool::ChangeAutoReplies { document: read(request).await? }, 200),
        (Route::AutoReplies, _) => (None, Tool::AutoReplies, 200),
        _ => return Err(Problem::new(Code::Internal, "a route of the tools without its command")),
    })
}

fn step(bulk_id: i64, step: BulkStep) -> Tool {
    Tool::StepBulk { bulk_id, step }
}

/// A bulk send: as JSON, or its table as CSV with all else in the query.
async fn bulk(request: &mut Request) -> Outcome<(Option<String>, Asked)> {
    let content_type = header(request, "Content-Type").unwrap_or_default();
    if !content_type.trim_start().to_ascii_lowercase().starts_with("text/csv") {
        let body: BulkBody = read_up_to(request, BULK_BYTES_MAX).await?;
        let asked = Asked {
            template_id: body.template_id,
            text: body.text,
            source: body.source.unwrap_or_else(|| source::OZON.into()),
            table: Table::of_json(body.rows)?,
            rate_per_minute: body.rate_per_minute,
            client_id: body.client_id,
            dry_run: body.dry_run,
        };
        return Ok((body.organization, asked));
    }
    let table = http::body(request, BULK_BYTES_MAX).await?;
    let asked = Asked {
        template_id: word(request, "template_id")?,
        text: word(request, "text")?,
        source: word(request, "source")?.unwrap_or_else(|| source::OZON.into()),
        table: Table::of_csv(&table)?,
        rate_per_minute: number(request, "rate_per_minute")?,
        client_id: word(request, "client_id")?,
        dry_run: word(request, "dry_run")?.is_some_and(|said| said == "true" || said == "1"),
    };
    Ok((None, asked))
}
