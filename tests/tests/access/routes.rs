//! The table of routes.

use reqwest::{Body, Method};
use serde_json::{Value, json};
use shared::problem::Code;
use shared::route::{
    EVENTS, FILES, OZON, Route, WIDGET_FILES, WIDGET_RATING, WIDGET_SESSIONS, WIDGET_SETTINGS, WIDGET_SOCKET, file_path,
};
use tests::world::{Answer, Http, ORIGIN, Socket, request};

use crate::callers::{Caller, Stage};

/// What a caller gets: done, or a refusal.
type Cell = Option<Code>;

const YES: Cell = None;
/// No token of ours.
const UNA: Cell = Some(Code::Unauthorized);
const EXP: Cell = Some(Code::TokenExpired);
const REV: Cell = Some(Code::TokenRevoked);
const FOR: Cell = Some(Code::Forbidden);
/// No account of the upstream's is connected.
const NOC: Cell = Some(Code::UpstreamNotConnected);
/// What is another organization's is not there.
const NOF: Cell = Some(Code::NotFound);

/// How a method of a route is called: at this path, and with this body, which is another one every time.
struct Call {
    method: Method,
    path: String,
    body: Box<dyn Fn(usize) -> Value>,
    cells: [Cell; Caller::ALL.len()],
}

fn call(method: &str, path: impl Into<String>, cells: [Cell; Caller::ALL.len()]) -> Call {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    Call { method, path: path.into(), body: Box::new(|_| Value::Null), cells }
}

impl Call {
    fn with(self, body: impl Fn(usize) -> Value + 'static) -> Self {
        Self { body: Box::new(body), ..self }
    }
}

/// One entry for each route: its pattern, an example, and a row for each of its methods. A route without an entry is
/// not covered by the match that is made of the patterns, and does not compile.
macro_rules! table {
    ($stage:ident: $($pattern:pat => $example:expr, [$($call:expr),+ $(,)?];)*) => {
        pub(super) fn is_covered(route: &Route) -> bool {
            match route { $($pattern => true,)* }
        }

        pub(super) fn table($stage: &Stage) -> Vec<(Route, Vec<Call>)> {
            vec![$(($example, vec![$($call),+])),*]
        }
    };
}

#[rustfmt::skip]
mod the_table {
use super::*;
table! { stage:
//                                                                 nobody expired  visitor  elsewhere  integr.   manager     admin
//                                                                    forged  revoked  other   operator  scopeless  elsewhere
Route::Health => Route::Health, [
    call("GET", "/healthz",                                          [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES]),
];
// A scraper's own token, METRICS_TOKEN, opens it, too.
Route::Metrics => Route::Metrics, [
    call("GET", "/metrics",                                          [UNA, UNA, EXP, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, YES]),
];
// The publishable key and the page's origin open it; whatever else is sent does not matter.
Route::WidgetSessions => Route::WidgetSessions, [{
    let key = stage.shop.key.clone();
    call("POST", WIDGET_SESSIONS,                                    [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES])
        .with(move |_| json!({"key": key}))
}];
// The publishable key opens it; whatever else is sent does not matter.
Route::WidgetSettings => Route::WidgetSettings, [
    call("GET", format!("{WIDGET_SETTINGS}?key={}", stage.shop.key), [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES]),
];
// Of a message that asks nobody.
Route::WidgetRating => Route::WidgetRating, [
    call("POST", WIDGET_RATING,                                      [UNA, UNA, EXP, FOR, NOF, NOF, NOF, FOR, FOR, FOR, FOR, FOR, UNA])
        .with(|_| json!({"message_id": 1, "score": 5})),
];
// Each visitor gets their own socket, staff none.
Route::WidgetSocket => Route::WidgetSocket, [
    call("GET", WIDGET_SOCKET,                                       [UNA, UNA, EXP, FOR, YES, YES, YES, FOR, FOR, FOR, FOR, FOR, UNA]),
    // Into a line that is nobody's.
    call("POST", format!("{WIDGET_SOCKET}?line=1"),                  [UNA, UNA, EXP, FOR, NOF, NOF, NOF, FOR, FOR, FOR, FOR, FOR, UNA]),
];
Route::Events => Route::Events, [
    call("GET", EVENTS,                                              [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, YES, UNA]),
    call("POST", format!("{EVENTS}?line=1"),                         [UNA, UNA, EXP, NOF, FOR, FOR, FOR, NOF, NOF, NOF, NOF, NOF, UNA]),
];
// The manager elsewhere sees the chats elsewhere: that nothing of the shop is among them is checked with every answer.
Route::Chats => Route::Chats, [
    call("GET", "/v1/chats",                                         [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, YES, UNA]),
];
Route::ChatMessages(_) => Route::ChatMessages(stage.visitor.user_id), [
    call("GET", format!("/v1/chats/{}/messages", stage.visitor.user_id),  [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOF, UNA]),
    call("POST", format!("/v1/chats/{}/messages", stage.visitor.user_id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOF, UNA])
        .with(|number| json!({"text": format!("попытка {number}")})),
];
Route::ChatClose(_) => Route::ChatClose(stage.visitor.user_id), [
    call("POST", format!("/v1/chats/{}/close", stage.visitor.user_id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOF, UNA]),
];
// What is uploaded is the JSON of the body, as a table.
Route::WidgetFiles => Route::WidgetFiles, [
    call("POST", WIDGET_FILES,                                       [UNA, UNA, EXP, FOR, YES, YES, YES, FOR, FOR, FOR, FOR, FOR, UNA])
        .with(|number| json!(number)),
];
Route::Files => Route::Files, [
    call("POST", format!("{FILES}?user_id={}", stage.visitor.user_id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOF, UNA])
        .with(|number| json!(number)),
];
Route::File(_) => Route::File(stage.file_id.clone()), [
    call("GET", file_path(&stage.file_id),                           [UNA, UNA, EXP, REV, YES, NOF, NOF, YES, YES, FOR, YES, NOF, UNA]),
    call("HEAD", file_path(&stage.file_id),                          [UNA, UNA, EXP, REV, YES, NOF, NOF, YES, YES, FOR, YES, NOF, UNA]),
];
// The signature in the query opens it.
Route::SignedFile { .. } => Route::SignedFile { organization: stage.shop.id.clone(), file_id: stage.file_id.clone() }, [
    call("GET", stage.file_link.clone(),                             [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES]),
    call("HEAD", stage.file_link.clone(),                            [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES]),
];
Route::Organizations => Route::Organizations, [{
    let prefix = stage.shop.id.clone();
    call("POST", "/v1/organizations",                                [UNA, UNA, EXP, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, YES])
        .with(move |number| json!({"id": format!("{prefix}-{number}"), "name": "Ещё одна", "origins": []}))
}];
// Deleted by its end: not the shop itself. Whoever is of another organization gets nowhere.
Route::Organization(_) => Route::Organization(stage.doomed.clone()), [
    call("GET", format!("/v1/organizations/{}", stage.doomed),       [UNA, UNA, EXP, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, YES]),
    call("PATCH", format!("/v1/organizations/{}", stage.doomed),     [UNA, UNA, EXP, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, YES])
        .with(|number| json!({"name": format!("попытка {number}")})),
    call("DELETE", format!("/v1/organizations/{}", stage.doomed),    [UNA, UNA, EXP, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, FOR, YES]),
];
Route::PublishableKey(_) => Route::PublishableKey(stage.shop.id.clone()), [
    call("POST", format!("/v1/organizations/{}/publishable-key", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(|_| json!({"grace_s": 3600})),
];
// Removed by the manager, it is not there for the administrator.
Route::IdentitySecret { .. } => Route::IdentitySecret { organization: stage.shop.id.clone(), kid: stage.kid.clone() }, [
    call("DELETE", format!("/v1/organizations/{}/identity-secrets/{}", stage.shop.id, stage.kid),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, NOF]),
];
Route::IdentitySecrets(_) => Route::IdentitySecrets(stage.shop.id.clone()), [
    call("GET", format!("/v1/organizations/{}/identity-secrets", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
    call("POST", format!("/v1/organizations/{}/identity-secrets", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
Route::Consents => Route::Consents, [
    call("GET", format!("/v1/consents?organization={}", stage.shop.id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
Route::Receipts => Route::Receipts, [{
    let organization = stage.shop.id.clone();
    call("POST", "/v1/receipts",                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(move |_| json!({"organization": organization, "receipt": "none"}))
}];
Route::Tokens => Route::Tokens, [
    call("GET", format!("/v1/tokens?organization={}", stage.shop.id),[UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
    {
        let organization = stage.shop.id.clone();
        call("POST", "/v1/tokens",                                   [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
            .with(move |number| json!({"organization": organization, "role": "operator", "name": format!("попытка {number}"), "ttl_s": 60}))
    },
];
Route::Token(_) => Route::Token(stage.spare_token.clone()), [
    call("DELETE", format!("/v1/tokens/{}?organization={}", stage.spare_token, stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
Route::Audit => Route::Audit, [
    call("GET", format!("/v1/audit?organization={}", stage.shop.id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
// Refused in the vendor's form. There is no account elsewhere.
Route::Ozon(_) => Route::Ozon("/v3/chat/list".into()), [
    call("POST", format!("{OZON}/v3/chat/list"),                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOC, UNA])
        .with(|_| json!({"limit": 1})),
];
Route::OzonFile(_) => Route::parse(&stage.ozon_file).expect("a route"), [
    call("GET", stage.ozon_file.clone(),                             [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, NOC, UNA]),
];
Route::Integrations => Route::Integrations, [{
    let organization = stage.shop.id.clone();
    call("POST", "/v1/integrations",                                 [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(move |_| json!({"organization": organization, "source": "ozon", "client_id": "836", "api_key": "key-0123456789"}))
}];
Route::Templates => Route::Templates, [
    call("GET", format!("/v1/templates?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES]),
    call("POST", format!("/v1/templates?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(|number| json!({"title": format!("Шаблон {number}"), "text": "Да"})),
];
Route::Template(_) => Route::Template("thank_you".into()), [
    call("PUT", format!("/v1/templates/thank_you?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(|_| json!({"title": "Спасибо", "text": "Спасибо"})),
    call("DELETE", format!("/v1/templates/thank_you?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
Route::TemplatePreview(_) => Route::TemplatePreview("thank_you".into()), [
    call("POST", format!("/v1/templates/thank_you/preview?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES])
        .with(|_| json!({"variables": {}})),
];
Route::AutoReplies => Route::AutoReplies, [
    call("GET", format!("/v1/auto-replies?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES]),
    call("PUT", format!("/v1/auto-replies?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(|_| json!({"enabled": false})),
];
Route::Bulks => Route::Bulks, [
    call("GET", format!("/v1/bulk?organization={}", stage.shop.id),  [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES]),
    call("POST", format!("/v1/bulk?organization={}", stage.shop.id), [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES])
        .with(|_| json!({"template_id": "thank_you", "rows": [{"posting_number": "33920143-1195-1"}], "dry_run": true})),
];
// There is none: who may look is told so.
Route::Bulk(_) => Route::Bulk(9), [
    call("GET", format!("/v1/bulk/9?organization={}", stage.shop.id),[UNA, UNA, EXP, REV, FOR, FOR, FOR, NOF, NOF, FOR, NOF, FOR, NOF]),
];
Route::BulkRows(_) => Route::BulkRows(9), [
    call("GET", format!("/v1/bulk/9/rows?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, NOF, NOF, FOR, NOF, FOR, NOF]),
];
Route::BulkPause(_) => Route::BulkPause(9), [
    call("POST", format!("/v1/bulk/9/pause?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, NOF, FOR, NOF]),
];
Route::BulkResume(_) => Route::BulkResume(9), [
    call("POST", format!("/v1/bulk/9/resume?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, NOF, FOR, NOF]),
];
Route::BulkCancel(_) => Route::BulkCancel(9), [
    call("POST", format!("/v1/bulk/9/cancel?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, NOF, FOR, NOF]),
];
Route::Reports => Route::Reports, [
    call("GET", format!("/v1/reports?organization={}", stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES]),
];
// The secret in the path opens it.
Route::Hook { .. } => Route::parse(&stage.seller.hook).expect("the hook is a route"), [
    call("POST", stage.seller.hook.clone(),                          [YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES, YES])
        .with(|_| json!({"message_type": "TYPE_PING", "time": "2026-01-01T00:00:00Z"})),
];
// Last, since the other visitor is nobody after that.
Route::UserExport(_) => Route::UserExport(stage.other_visitor.user_id), [
    call("GET", format!("/v1/users/{}/export?organization={}", stage.other_visitor.user_id, stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, YES]),
];
Route::User(_) => Route::User(stage.other_visitor.user_id), [
    call("GET", format!("/v1/users/{}?organization={}", stage.other_visitor.user_id, stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, YES, YES, FOR, YES, FOR, YES]),
    // Deleted by the manager, it is not there for the administrator.
    call("DELETE", format!("/v1/users/{}?organization={}", stage.other_visitor.user_id, stage.shop.id),
                                                                     [UNA, UNA, EXP, REV, FOR, FOR, FOR, FOR, FOR, FOR, YES, FOR, NOF]),
];
}
}

/// What only the shop's own people may read.
const SECRET: &str = "тайна прилавка";

#[tokio::test]
async fn every_route_is_open_to_whom_the_table_says_and_to_nobody_else() {
    let stage = Stage::set().await;
    let mut widget = stage.shop.widget(&stage.visitor).await;
    widget.result(json!({"action": "send_message", "text": SECRET})).await;
    let mut doomed = stage.shop.widget(&stage.other_visitor).await;
    doomed.result(json!({"action": "send_message", "text": "Прощайте"})).await;

    let mut wrong = Vec::new();
    let mut tries = 0;
    for (route, calls) in the_table::table(&stage) {
        assert!(the_table::is_covered(&route));
        let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
        assert_eq!(methods, route.methods(), "{route:?}: a row for each of its methods, in its order");
        for call in &calls {
            let path = call.path.split('?').next().unwrap_or_default();
            assert_eq!(Route::parse(path).as_ref(), Some(&route), "{path}");
            for (caller, expected) in Caller::ALL.into_iter().zip(call.cells) {
                for token in stage.tokens(caller) {
                    tries += 1;
                    let (seen, said) = attempt(&stage, call, token, tries, expected).await;
                    if seen != expected {
                        wrong.push(format!("{} {path} by {caller:?}: {seen:?}, not {expected:?}", call.method));
                    }
                    let insider =
                        matches!(caller, Caller::Visitor | Caller::Operator | Caller::Integration | Caller::Manager);
                    if said.contains(SECRET) && !insider {
                        wrong.push(format!("{} {path} tells {caller:?} what is not theirs: {said}", call.method));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {tries} tries:\n{}", wrong.join("\n"));

    // What was refused has left no trace.
    let kept = stage.shop.history(&stage.operator, stage.visitor.user_id).await;
    assert_eq!(kept.len(), 1 + granted(&stage, "POST", "/messages"), "{kept:#?}");
    let tokens = stage.shop.api(&stage.manager).get("/v1/tokens?limit=100").await.expect(200);
    let issued = tokens["tokens"].as_array().expect("tokens").iter();
    let issued = issued.filter(|token| token["name"].as_str().is_some_and(|name| name.starts_with("попытка")));
    assert_eq!(issued.count(), granted(&stage, "POST", "/v1/tokens"));
}

/// How many callers the table lets do this.
fn granted(stage: &Stage, method: &str, path: &str) -> usize {
    let calls = the_table::table(stage).into_iter().flat_map(|(_, calls)| calls);
    let call = calls.into_iter().find(|call| call.method == method && call.path.ends_with(path)).expect("a row");
    call.cells.iter().filter(|cell| cell.is_none()).count()
}

/// Calls, and tells what came of it, with everything that was said.
async fn attempt(stage: &Stage, call: &Call, token: Option<&str>, number: usize, expected: Cell) -> (Cell, String) {
    let world = stage.shop.world();
    if [WIDGET_SOCKET, EVENTS].contains(&call.path.as_str()) {
        let mut socket = Socket::open(request(world.url(), &call.path, "", token, Some(ORIGIN))).await;
        let first = socket.until("a first frame", |_| true).await;
        if first["event"] == "welcome" {
            socket.settle().await;
        }
        let said = socket.texts().join("\n");
        return (code_of(&first["event"], &first["data"]["code"]), said);
    }
    let http = Http::to(world.url(), token).with("origin", ORIGIN).with("x-file-name", "table.csv");
    let body = match (call.body)(number) {
        Value::Null => Body::default(),
        body => body.to_string().into(),
    };
    let Answer { status, text, .. } = http.call(call.method.clone(), &call.path, body).await;
    let said: Value = serde_json::from_str(&text).unwrap_or_default();
    if call.method == Method::HEAD && status >= 300 {
        // Such an answer has no body: its status has to say enough.
        return (expected.filter(|code| code.status() == status).or(Some(Code::Internal)), text);
    }
    let code = if said["code"].is_string() { &said["code"] } else { &said["problem"] };
    let seen = if status < 300 { None } else { code_of(&json!("error"), code) };
    assert!(seen.is_some() || status < 300, "{}: {status} {text}", call.path);
    (seen, text)
}

fn code_of(event: &Value, code: &Value) -> Cell {
    if event == "welcome" {
        return None;
    }
    let code = code.as_str().and_then(Code::parse);
    assert!(event == "error" && code.is_some(), "{event} {code:?}");
    code
}
