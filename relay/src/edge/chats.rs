//! `/v1/chats`: the actions of the socket, over HTTP, for operators and integrations.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared::action::{Action, Chats, CloseChat, History, SendMessage};
use shared::content::Raw;
use shared::problem::{Code, Problem};
use shared::route::Route;
use worker::{Env, Method, Request};

use super::Outcome;
use super::asked::{bearer, live_claims, number, read};
use crate::call::Call;

#[derive(Deserialize)]
struct MessageBody {
    text: Option<String>,
    template_id: Option<String>,
    variables: Option<BTreeMap<String, String>>,
    client_id: Option<String>,
    file_id: Option<String>,
    content: Option<Raw>,
}

pub(super) async fn act(request: &mut Request, env: &Env, route: &Route) -> Outcome<(String, Call, u16)> {
    let claims = live_claims(env, &bearer(request)?)?;
    if !claims.role.is_staff() {
        return Err(Problem::new(Code::Forbidden, "this path is for operators and integrations"));
    }
    let query = |name: &str| number(request, name);
    let (action, status) = match (route, request.method()) {
        (Route::ChatMessages(user_id), Method::Post) => {
            let MessageBody { text, template_id, variables, client_id, file_id, content } = read(request).await?;
            if let Some(template_id) = template_id {
                if text.is_some() || file_id.is_some() || content.is_some() {
                    let detail = "a template is the whole message: leave text, file_id and content out";
                    return Err(Problem::new(Code::Invalid, detail));
                }
                let variables = variables.unwrap_or_default();
                let org = claims.org.clone();
                return Ok((
                    org,
                    Call::SendTemplate { claims, user_id: *user_id, template_id, variables, client_id },
                    201,
                ));
            }
            let missing =
                || Problem::new(Code::Malformed, "the body is not as expected: text or template_id is missing");
            let text = text.ok_or_else(missing)?;
            let action = SendMessage { user_id: Some(*user_id), text, client_id, file_id, content };
            (Action::SendMessage(action), 201)
        }
        (Route::ChatClose(user_id), _) => (Action::CloseChat(CloseChat { user_id: Some(*user_id) }), 200),
        (Route::ChatMessages(user_id), _) => {
            let action = History {
                user_id: Some(*user_id),
                before: query("before")?,
                after: query("after")?,
                limit: query("limit")?,
            };
            (Action::History(action), 200)
        }
        _ => (Action::Chats(Chats { before: query("before")?, limit: query("limit")? }), 200),
    };
    Ok((claims.org.clone(), Call::Act { claims, frame: action.encode(None) }, status))
}
