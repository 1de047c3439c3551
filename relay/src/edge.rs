//! The edge: what can be decided about a request before an object wakes. Path and method, size, token, administrator.

use relay_core::auth::{key, secrets_match, token};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use shared::action::{Action, Chats, History, SendMessage};
use shared::limits::{BODY_BYTES_MAX, HOOK_BYTES_MAX};
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::route::{Route, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX};
use shared::token::{Claims, Role};
use worker::{Env, Headers, Method, Request, RequestInit, Response, Result, Stub};

use crate::call::{CLAIMS_HEADER, Call, encode_claims};
use crate::{clock, config, http};

type Outcome<T> = std::result::Result<T, Problem>;

/// Answers a request. Never an error of ours: what goes wrong is an answer, too.
pub async fn answer(mut request: Request, env: &Env) -> Result<Response> {
    let Some(route) = Route::parse(&request.path()) else {
        return http::problem(&Problem::new(Code::NotFound, "there is nothing at this path"));
    };
    let from_pages = matches!(route, Route::WidgetSessions);
    if request.method() == Method::Options && from_pages {
        return http::preflight();
    }
    if !route.methods().contains(&request.method().as_ref()) {
        let allowed = route.methods().join(", ");
        let refused = http::problem(&Problem::new(Code::MethodNotAllowed, format!("this path answers to {allowed}")))?;
        refused.headers().set("Allow", &allowed)?;
        return Ok(refused);
    }
    let response = match &route {
        Route::WidgetSocket => return socket(request, env, &[Role::Visitor]).await,
        Route::Events => return socket(request, env, &[Role::Operator, Role::Integration]).await,
        Route::Health => health(env),
        Route::Hook { source, organization, secret } => return hook(request, env, source, organization, secret).await,
        Route::WidgetSessions => match session(&mut request, env).await {
            Ok((organization, call)) => ask(env, &organization, call, 201).await,
            Err(refused) => http::problem(&refused),
        },
        Route::Organizations | Route::Tokens | Route::Integrations => match administer(&mut request, env, &route).await
        {
            Ok((organization, call, status)) => ask(env, &organization, call, status).await,
            Err(refused) => http::problem(&refused),
        },
        Route::Chats | Route::ChatMessages(_) => match act(&mut request, env, &route).await {
            Ok((organization, call, status)) => ask(env, &organization, call, status).await,
            Err(refused) => http::problem(&refused),
        },
    }?;
    if from_pages { http::for_any_page(response) } else { Ok(response) }
}

fn health(env: &Env) -> Result<Response> {
    let wrong = config::check(env);
    let status = if wrong.is_empty() { 200 } else { 500 };
    http::json(status, &json!({"status": if wrong.is_empty() { "ok" } else { "not configured" }, "problems": wrong}))
}

/// A socket: the token is checked here, all else by the organization.
async fn socket(request: Request, env: &Env, roles: &[Role]) -> Result<Response> {
    let offered = request.headers().get("Sec-WebSocket-Protocol")?.unwrap_or_default();
    let subprotocol = offered.split(',').map(str::trim).find(|offer| *offer == SUBPROTOCOL);
    let claims = bearer(&request).and_then(|token| live_claims(env, &token)).and_then(|claims| {
        if roles.contains(&claims.role) {
            Ok(claims)
        } else {
            Err(Problem::new(
                Code::Forbidden,
                format!("a token of role {} does not open this path", claims.role.as_str()),
            ))
        }
    });
    if !http::is_upgrade(&request) {
        let refused =
            claims.err().unwrap_or_else(|| Problem::new(Code::Invalid, "this path speaks WebSocket: send an Upgrade"));
        return http::problem(&refused);
    }
    match claims.and_then(|claims| Ok((object(env, &claims.org)?, claims))) {
        Ok((object, claims)) => {
            let headers = Headers::new();
            headers.set("Upgrade", "websocket")?;
            headers.set(CLAIMS_HEADER, &encode_claims(&claims).unwrap_or_default())?;
            if let Some(subprotocol) = subprotocol {
                headers.set("Sec-WebSocket-Protocol", subprotocol)?;
            }
            if let Some(origin) = request.headers().get("Origin")? {
                headers.set("Origin", &origin)?;
            }
            let mut address = request.url()?;
            address.set_path("/socket");
            let mut init = RequestInit::new();
            init.with_headers(headers);
            object.fetch_with_request(Request::new_with_init(address.as_str(), &init)?).await
        }
        Err(refused) => http::refuse_socket(&refused, subprotocol),
    }
}

#[derive(Deserialize)]
struct SessionBody {
    key: String,
    token: Option<String>,
}

async fn session(request: &mut Request, env: &Env) -> Outcome<(String, Call)> {
    let origin = header(request, "Origin");
    let body: SessionBody = read(request).await?;
    let organization = key::organization_of(&body.key)?.to_owned();
    // A token that is no token any more is no obstacle: its holder starts over.
    let keys = config::signing_keys(env)?;
    let previous =
        body.token.and_then(|token| token::verify(&keys, &token, clock::now()).ok()).map(|verified| verified.claims);
    Ok((organization, Call::WidgetSession { key: body.key, origin, previous }))
}

#[derive(Deserialize)]
struct OrganizationBody {
    id: String,
    name: String,
    #[serde(default)]
    origins: Vec<String>,
    publishable_key: Option<String>,
}

#[derive(Deserialize)]
struct TokenBody {
    organization: String,
    role: Role,
    name: String,
    ttl_s: i64,
}

#[derive(Deserialize)]
struct IntegrationBody {
    organization: String,
    source: String,
    client_id: String,
    api_key: String,
}

async fn administer(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let expected = config::admin_token(env)?;
    if !secrets_match(&bearer(request)?, &expected) {
        return Err(Problem::new(Code::Unauthorized, "this is not the administrator's token"));
    }
    Ok(match route {
        Route::Organizations => {
            let body: OrganizationBody = read(request).await?;
            let call = Call::Provision {
                id: body.id.clone(),
                name: body.name,
                origins: body.origins,
                publishable_key: body.publishable_key,
            };
            (body.id, call, 201)
        }
        Route::Tokens => {
            let body: TokenBody = read(request).await?;
            (body.organization, Call::IssueToken { role: body.role, name: body.name, ttl_s: body.ttl_s }, 201)
        }
        _ => {
            let body: IntegrationBody = read(request).await?;
            if body.source != source::OZON {
                return Err(Problem::new(Code::Invalid, "source is ozon: no other account can be connected yet"));
            }
            let credentials =
                relay_core::upstream::ozon::Credentials { client_id: body.client_id, api_key: body.api_key };
            (body.organization, Call::ConnectOzon { credentials }, 200)
        }
    })
}

#[derive(Deserialize)]
struct MessageBody {
    text: String,
    client_id: Option<String>,
}

async fn act(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let claims = live_claims(env, &bearer(request)?)?;
    if !claims.role.is_staff() {
        return Err(Problem::new(Code::Forbidden, "this path is for operators and integrations"));
    }
    let query = |name: &str| -> Outcome<Option<i64>> {
        let url = request.url().map_err(|_| Problem::new(Code::Malformed, "the address cannot be read"))?;
        let value = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        value
            .map(|value| value.parse().map_err(|_| Problem::new(Code::Invalid, format!("{name} is a whole number"))))
            .transpose()
    };
    let (action, status) = match (route, request.method()) {
        (Route::ChatMessages(user_id), Method::Post) => {
            let body: MessageBody = read(request).await?;
            let action = SendMessage { user_id: Some(*user_id), text: body.text, client_id: body.client_id };
            (Action::SendMessage(action), 201)
        }
        (Route::ChatMessages(user_id), _) => {
            let action = History { user_id: Some(*user_id), before: query("before")?, limit: query("limit")? };
            (Action::History(action), 200)
        }
        _ => (Action::Chats(Chats { before: query("before")?, limit: query("limit")? }), 200),
    };
    Ok((claims.org.clone(), Call::Act { claims, frame: action.encode(None) }, status))
}

/// A notification. The upstream gets its own form of answer, also for a refusal.
async fn hook(mut request: Request, env: &Env, source: &str, organization: &str, secret: &str) -> Result<Response> {
    let body = match http::body(&mut request, HOOK_BYTES_MAX).await {
        Ok(body) => body,
        Err(refused) => return refuse_hook(source, &refused),
    };
    if !key::is_organization_id(organization) {
        return refuse_hook(source, &Problem::new(Code::NotFound, "there is no such address"));
    }
    let call = Call::Hook { source: source.into(), secret: secret.into(), body };
    let mut response = ask(env, organization, call, 200).await?;
    if response.status_code() < 400 {
        return Ok(response);
    }
    let told: serde_json::Value = response.json().await.unwrap_or_default();
    let code = told.get("code").and_then(|code| code.as_str()).and_then(Code::parse).unwrap_or(Code::Internal);
    let detail = told.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
    refuse_hook(source, &Problem::new(code, detail))
}

fn refuse_hook(source: &str, refused: &Problem) -> Result<Response> {
    if source == source::OZON {
        http::json(refused.code.status(), &relay_core::upstream::ozon::push::refusal(refused))
    } else {
        http::problem(refused)
    }
}

async fn ask(env: &Env, organization: &str, call: Call, status: u16) -> Result<Response> {
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
fn object(env: &Env, organization: &str) -> Outcome<Stub> {
    if !key::is_organization_id(organization) {
        return Err(Problem::new(Code::NotFound, "there is no such organization"));
    }
    let stub = env.durable_object(config::ORGANIZATIONS).and_then(|objects| objects.get_by_name(organization));
    stub.map_err(|_| Problem::new(Code::NotConfigured, "the binding ORGANIZATIONS is missing"))
}

fn live_claims(env: &Env, token: &str) -> Outcome<Claims> {
    token::verify_live(&config::signing_keys(env)?, token, clock::now())
}

/// The token of a request: from `Authorization`, or, since a browser cannot set that on a socket, from its subprotocols.
fn bearer(request: &Request) -> Outcome<String> {
    let authorization = header(request, "Authorization");
    let bearer =
        authorization.as_deref().and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
    let protocols = header(request, "Sec-WebSocket-Protocol").unwrap_or_default();
    let offered = protocols.split(',').find_map(|offer| offer.trim().strip_prefix(TOKEN_SUBPROTOCOL_PREFIX));
    bearer.or_else(|| offered.map(Into::into)).ok_or_else(|| {
        let detail = format!("a token is missing: send `Authorization: Bearer <token>`, or offer the subprotocols {SUBPROTOCOL} and {TOKEN_SUBPROTOCOL_PREFIX}<token>");
        Problem::new(Code::Unauthorized, detail)
    })
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).ok().flatten()
}

async fn read<T: DeserializeOwned>(request: &mut Request) -> Outcome<T> {
    let body = http::body(request, BODY_BYTES_MAX).await?;
    serde_json::from_str(&body)
        .map_err(|error| Problem::new(Code::Malformed, format!("the body is not as expected: {error}")))
}
