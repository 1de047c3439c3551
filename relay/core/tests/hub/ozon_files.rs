//! Files in Ozon's chats through the relay: with the merchant's key to Ozon's file path and nowhere else, along Ozon's own
//! redirects, within limits, and as nothing that could run.

use crate::bench;

use bench::Call;
use bench::ozon::{Market, answered, limited};
use bench::people::{integration, operator, visitor};
use relay_core::hub::{Forward, Forwarded, Job, Ticket};
use relay_core::upstream::{Answered, Response};
use serde_json::{Value, json};
use shared::limits::{
    ADDRESS_BYTES_MAX, FORWARD_PATIENCE_MS, FORWARD_TRIES_MAX, GATE_CIRCUIT_FAILURES, OZON_FILE_BYTES_MAX,
    OZON_FILE_REDIRECTS_MAX, OZON_FILES_AT_ONCE,
};
use shared::problem::{Code, Problem};

const PATH: &str = "/v2/chat/file/messenger/1/a-1.jpg";
const URL: &str = "https://ozon.test/v2/chat/file/messenger/1/a-1.jpg";
const CDN: &str = "https://cdn1.ozone.ru/s3/a.jpg?sign=1";
const KEY: &str = "0f9d2a7e-secret";

struct Client {
    market: Market,
    ticket: Ticket,
}

impl Client {
    fn new() -> Self {
        Self { market: Market::aged(), ticket: 0 }
    }

    fn try_get(&mut self, change: impl FnOnce(&mut Forward)) -> Result<Ticket, Problem> {
        self.ticket += 1;
        let ticket = self.ticket;
        let (claims, path) = (operator("Анна"), PATH.into());
        let mut forward = Forward { claims, ticket, path, body: Vec::new(), client_id: None, key: None, file: None };
        change(&mut forward);
        self.market.forward(forward)
    }

    fn get(&mut self) -> Ticket {
        self.try_get(|_| ()).unwrap()
    }

    /// The one call that is out, which is to this address; whether it has the merchant's key.
    fn call(&mut self, url: &str) -> (Call, bool) {
        assert_eq!(self.market.bench.calls.len(), 1);
        let call = self.market.bench.call();
        let headers = call.request.headers();
        let has_key = headers.contains_key("api-key") && headers.contains_key("client-id");
        assert_eq!((call.request.method().as_str(), call.request.uri().to_string().as_str()), ("GET", url));
        assert!(call.request.body().is_empty());
        assert_eq!(has_key, call.request.headers().values().any(|value| value == KEY), "all or nothing");
        assert_eq!(has_key, call.job == Job::File { ticket: self.ticket, with_key: true });
        (call, has_key)
    }

    fn answer(&mut self, url: &str, with_key: bool, answered: Answered) {
        let (call, has_key) = self.call(url);
        assert_eq!(has_key, with_key, "{url}");
        self.market.bench.answer(call.job, answered);
    }

    fn reply(&self, ticket: Ticket) -> &Forwarded {
        assert!(self.market.bench.calls.is_empty(), "{:?}", self.market.bench.calls.len());
        &self.market.bench.replies[&ticket]
    }

    fn refusal(&self, ticket: Ticket) -> (u16, Value, Value) {
        let reply = self.reply(ticket);
        assert!(reply.headers.is_empty());
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(body["message"].is_string() && body["details"].is_array(), "{body}");
        assert!(!body.to_string().contains(KEY));
        (reply.status, body["code"].clone(), body["problem"].clone())
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answered {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    Answered::Response(response)
}

fn picture(body: impl Into<Vec<u8>>) -> Answered {
    response(200, &[("content-type", "image/jpeg"), ("set-cookie", "a=b"), ("x-of-ozon", "1")], body)
}

fn redirect(location: &str) -> Answered {
    response(302, &[("location", location)], "")
}

fn header<'a>(reply: &'a Forwarded, name: &str) -> &'a str {
    let found: Vec<&str> =
        reply.headers.iter().filter(|(one, _)| *one == name).map(|(_, value)| value.as_str()).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

#[test]
fn a_picture_is_fetched_with_the_merchants_key_and_handed_over_as_nothing_but_a_picture() {
    let mut client = Client::new();
    let ticket = client.get();
    client.answer(URL, true, picture("jpeg"));
    let reply = client.reply(ticket);
    assert_eq!((reply.status, reply.content_type.as_str(), reply.body.as_slice()), (200, "image/jpeg", &b"jpeg"[..]));
    let names: Vec<&str> = reply.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "Content-Type",
            "X-Content-Type-Options",
            "Content-Disposition",
            "Content-Security-Policy",
            "Cross-Origin-Resource-Policy",
            "Referrer-Policy",
            "Cache-Control",
            "Vary",
        ],
        "and nothing of the vendor's"
    );
    assert_eq!(header(reply, "Content-Type"), "image/jpeg");
    assert_eq!(header(reply, "X-Content-Type-Options"), "nosniff");
    assert_eq!(header(reply, "Content-Disposition"), "inline; filename=\"a-1.jpg\"; filename*=UTF-8''a-1.jpg");
    assert_eq!(header(reply, "Content-Security-Policy"), "default-src 'none'; sandbox");
    assert!(header(reply, "Cache-Control").starts_with("private"));
}

#[test]
fn what_a_browser_could_run_is_passed_on_as_plain_bytes_to_be_saved() {
    for (sent, told, disposition) in [
        ("image/png", "image/png", "inline"),
        ("application/pdf", "application/pdf", "attachment"),
        ("text/csv", "text/csv; charset=utf-8", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/javascript", "application/octet-stream", "attachment"),
        ("", "application/octet-stream", "attachment"),
    ] {
        let mut client = Client::new();
        let ticket = client.get();
        client.answer(URL, true, response(200, &[("content-type", sent)], "<script>alert(1)</script>"));
        let reply = client.reply(ticket);
        assert_eq!((reply.content_type.as_str(), header(reply, "Content-Type")), (told, told), "{sent}");
        assert!(header(reply, "Content-Disposition").starts_with(disposition), "{sent}");
        assert_eq!(header(reply, "X-Content-Type-Options"), "nosniff", "{sent}");
        assert_eq!(header(reply, "Content-Security-Policy"), "default-src 'none'; sandbox", "{sent}");
    }
    // As what it is saved is the end of its path, as people read it, and safe.
    let mut client = Client::new();
    let ticket = client.try_get(|forward| forward.path = "/v2/chat/file/b/%D1%87%D0%B5%D0%BA%3A1.pdf".into()).unwrap();
    let (call, _) = client.call("https://ozon.test/v2/chat/file/b/%D1%87%D0%B5%D0%BA%3A1.pdf");
    client.market.bench.answer(call.job, response(200, &[("content-type", "application/pdf")], "%PDF"));
    assert!(header(client.reply(ticket), "Content-Disposition").ends_with("UTF-8''%D1%87%D0%B5%D0%BA_1.pdf"));
}

#[test]
fn a_redirect_within_ozon_is_followed_and_the_key_stays_behind() {
    let mut client = Client::new();
    let ticket = client.get();
    client.answer(URL, true, redirect(CDN));
    client.answer(CDN, false, redirect("/s3/mirror/a.jpg"));
    client.answer("https://cdn1.ozone.ru/s3/mirror/a.jpg", false, picture("jpeg"));
    assert_eq!(client.reply(ticket).body, b"jpeg");
    // Another file of the vendor's may have it again, another path of the vendor's may not.
    let ticket = client.get();
    client.answer(URL, true, redirect("/v2/chat/file/messenger-rotated-3/1/a-1.jpg"));
    client.answer("https://ozon.test/v2/chat/file/messenger-rotated-3/1/a-1.jpg", true, redirect("/v1/roles"));
    client.answer("https://ozon.test/v1/roles", false, answered(401, r#"{"code":16,"message":"keys","details":[]}"#));
    assert_eq!(client.refusal(ticket).0, 401);
    // From where it has led, a path that looks like a file's is none of the vendor's.
    let ticket = client.get();
    client.answer(URL, true, redirect(CDN));
    client.answer(CDN, false, redirect(PATH));
    client.answer("https://cdn1.ozone.ru/v2/chat/file/messenger/1/a-1.jpg", false, picture("jpeg"));
    assert_eq!(client.reply(ticket).status, 200);
}

#[test]
fn a_redirect_to_anywhere_else_is_not_followed() {
    for location in [
        "https://evil.example/a.jpg",
        "https://ozon.ru.evil.example/a.jpg",
        "https://ozon.ru@evil.example/a.jpg",
        "http://cdn1.ozone.ru/a.jpg",
        "http://ozon.test/v2/chat/file/messenger/1/a-1.jpg",
        "https://127.0.0.1/a.jpg",
        "//cdn1.ozone.ru/a.jpg",
        "a.jpg",
        "",
        "javascript:alert(1)",
        "data:image/png;base64,x",
    ] {
        for status in [301, 302, 307, 308] {
            let mut client = Client::new();
            let ticket = client.get();
            client.answer(URL, true, response(status, &[("location", location)], "<html>moved"));
            assert_eq!(client.refusal(ticket), (502, json!(14), json!("upstream_rejected")), "{status} {location}");
            client.market.bench.advance(FORWARD_PATIENCE_MS);
            assert!(client.market.bench.calls.is_empty(), "nor tried again");
        }
    }
    // What is no redirect to be followed is none, and one without an address leads nowhere.
    for (status, headers) in [(302, vec![]), (303, vec![("location", CDN)]), (304, vec![]), (300, vec![])] {
        let mut client = Client::new();
        let ticket = client.get();
        client.answer(URL, true, response(status, &headers, ""));
        assert_eq!(client.refusal(ticket).0, 502, "{status}");
    }
}

#[test]
fn redirects_end() {
    let hops = |count: usize| {
        let mut client = Client::new();
        let ticket = client.get();
        for _ in 0..count {
            client.answer(URL, true, redirect(PATH));
        }
        (client, ticket)
    };
    let (mut client, ticket) = hops(OZON_FILE_REDIRECTS_MAX);
    client.answer(URL, true, picture("jpeg"));
    assert_eq!(client.reply(ticket).status, 200);
    let (client, ticket) = hops(OZON_FILE_REDIRECTS_MAX + 1);
    assert_eq!(client.refusal(ticket), (502, json!(14), json!("upstream_rejected")));
}

#[test]
fn a_file_is_passed_on_up_to_its_limit_whoever_says_how_long_it_is() {
    let mut client = Client::new();
    let wanted = Job::File { ticket: 1, with_key: true }.bytes_wanted();
    assert_eq!(wanted, Some(OZON_FILE_BYTES_MAX + 1), "the shell reads as much as shows that it is too large");
    assert_eq!(Job::Forward { ticket: 1, method: "/v3/chat/list" }.bytes_wanted(), None);
    let ticket = client.get();
    client.answer(URL, true, picture(vec![0; OZON_FILE_BYTES_MAX]));
    assert_eq!(client.reply(ticket).body.len(), OZON_FILE_BYTES_MAX);
    let too_large = (413, json!(3), json!("too_large"));
    let ticket = client.get();
    client.answer(URL, true, picture(vec![0; OZON_FILE_BYTES_MAX + 1]));
    assert_eq!(client.refusal(ticket), too_large);
    // Its head says so, and nothing of it was read.
    let announced = (OZON_FILE_BYTES_MAX + 1).to_string();
    let ticket = client.get();
    client.answer(URL, true, response(200, &[("content-length", &announced)], ""));
    assert_eq!(client.refusal(ticket), too_large);
}

#[test]
fn ozons_refusals_are_passed_on_and_trouble_is_tried_again_from_the_beginning() {
    for (status, body) in [
        (403, r#"{"code":7,"message":"Information is only available with a Premium Plus subscription.","details":[]}"#),
        (404, r#"{"code":5,"message":"Invalid Api-Key, please check the key and try again","details":[]}"#),
        (404, r#"{"code":5,"message":"file not found","details":[]}"#),
    ] {
        let mut client = Client::new();
        let ticket = client.get();
        client.answer(URL, true, answered(status, body));
        let reply = client.reply(ticket);
        assert_eq!((reply.status, reply.body.as_slice()), (status, body.as_bytes()));
    }
    let mut client = Client::new();
    let ticket = client.get();
    client.answer(URL, true, redirect(CDN));
    client.answer(CDN, false, Answered::Lost);
    client.market.bench.advance(2_000);
    client.answer(URL, true, answered(502, r#"{"code":14,"message":"upstream","details":[]}"#));
    client.market.bench.advance(4_000);
    client.answer(URL, true, picture("jpeg"));
    assert_eq!((client.reply(ticket).status, FORWARD_TRIES_MAX), (200, 3));
    // Patience that Ozon asks for is had.
    let ticket = client.get();
    client.answer(URL, true, limited(Some("3")));
    client.market.bench.advance(2_999);
    assert!(client.market.bench.calls.is_empty());
    client.market.bench.advance(1);
    client.answer(URL, true, picture("jpeg"));
    assert_eq!(client.reply(ticket).status, 200);
    // The place where the file was kept has it no more, or says nothing that a client could read.
    for (status, expected) in [(404, (404, json!(5), json!("not_found"))), (410, (404, json!(5), json!("not_found")))] {
        let ticket = client.get();
        client.answer(URL, true, redirect(CDN));
        client.answer(CDN, false, response(status, &[("content-type", "text/html")], "<html>"));
        assert_eq!(client.refusal(ticket), expected);
    }
    let ticket = client.get();
    client.answer(URL, true, redirect(CDN));
    client.answer(CDN, false, response(403, &[], "<Error><Code>SignatureDoesNotMatch</Code></Error>"));
    assert_eq!(client.refusal(ticket), (503, json!(14), json!("upstream_unavailable")));
}

#[test]
fn a_place_that_is_not_ozons_api_says_nothing_about_the_account() {
    let mut client = Client::new();
    for _ in 0..OZON_FILES_AT_ONCE {
        client.get();
    }
    for _ in 0..OZON_FILES_AT_ONCE {
        let at_ozon = client.market.bench.calls.iter().position(|call| call.request.uri() == URL).unwrap();
        let call = client.market.bench.calls.remove(at_ozon);
        client.market.bench.answer(call.job, redirect(CDN));
    }
    // The API itself fails as often as it may before it is left alone, together with these.
    for _ in OZON_FILES_AT_ONCE..GATE_CIRCUIT_FAILURES as usize {
        client.try_get(|forward| (forward.path, forward.body) = ("/v3/chat/history".into(), b"{}".to_vec())).unwrap();
        let call = client.market.bench.calls.pop().unwrap();
        assert_eq!(call.request.uri(), "https://ozon.test/v3/chat/history");
        client.market.bench.answer(call.job, Answered::Lost);
    }
    for _ in 0..OZON_FILES_AT_ONCE {
        let call = client.market.bench.call();
        assert_eq!(call.request.uri(), CDN);
        client.market.bench.answer(call.job, Answered::Lost);
    }
    // Answers to buyers go out as ever.
    let message_id = client.market.writes("Да, есть!");
    assert_eq!(client.market.bench.call().job, Job::Send { message_id, attempt: 1, method: "/v1/chat/send/message" });
}

#[test]
fn only_so_many_files_are_held_at_once_and_the_others_wait() {
    let mut client = Client::new();
    let tickets: Vec<Ticket> = (0..OZON_FILES_AT_ONCE + 2).map(|_| client.get()).collect();
    assert_eq!(client.market.bench.calls.len(), OZON_FILES_AT_ONCE);
    // One that goes on elsewhere keeps its place.
    let call = client.market.bench.call();
    client.market.bench.answer(call.job, redirect(CDN));
    assert_eq!(client.market.bench.calls.len(), OZON_FILES_AT_ONCE);
    let mut most = 0;
    while !client.market.bench.calls.is_empty() {
        most = most.max(client.market.bench.calls.len());
        let call = client.market.bench.call();
        client.market.bench.answer(call.job, picture("jpeg"));
    }
    assert_eq!(most, OZON_FILES_AT_ONCE);
    for ticket in tickets {
        assert_eq!(client.reply(ticket).status, 200);
    }
    // One that never ends gives its place back, and whoever waited is told.
    let tickets: Vec<Ticket> = (0..=OZON_FILES_AT_ONCE).map(|_| client.get()).collect();
    client.market.bench.calls.clear();
    client.market.bench.advance(FORWARD_PATIENCE_MS);
    for ticket in tickets {
        assert!([429, 503].contains(&client.refusal(ticket).0));
    }
    let ticket = client.get();
    client.answer(URL, true, picture("jpeg"));
    assert_eq!(client.reply(ticket).status, 200);
}

#[test]
fn who_may_not_read_chats_and_what_is_no_file_is_refused_without_a_call() {
    let mut client = Client::new();
    let mut refused = |change: &dyn Fn(&mut Forward)| {
        let problem = client.try_get(|forward| change(forward)).unwrap_err();
        assert!(client.market.bench.calls.is_empty());
        problem.code
    };
    assert_eq!(refused(&|forward| forward.claims = visitor(-1)), Code::Forbidden);
    assert_eq!(refused(&|forward| forward.claims.org = "another".into()), Code::Forbidden);
    assert_eq!(refused(&|forward| forward.client_id = Some("837".into())), Code::Forbidden);
    for path in [
        "/v2/chat/file/",
        "/v2/chat/file",
        "/v2/chat/file/../read",
        "/v2/chat/file/a/../../../v1/roles",
        "/v2/chat/file/%2e%2e/read",
        "/v2/chat/file/a%2f..%2fb",
        "/v2/chat/file//a",
        "/v2/chat/file/a?b",
        "/v2/chat/file/a b",
        "/v2/Chat/file/a",
        "/v1/ozon/v2/chat/file/a",
        "//v2/chat/file/a",
        "@evil.example/v2/chat/file/a",
    ] {
        assert_eq!(refused(&|forward| forward.path = path.into()), Code::NotFound, "{path}");
    }
    let long = |bytes: usize| ["/v2/chat/file/", &"a".repeat(bytes)].concat();
    assert_eq!(refused(&|forward| forward.path = long(ADDRESS_BYTES_MAX + 1)), Code::NotFound);
    assert!(client.try_get(|forward| forward.path = long(ADDRESS_BYTES_MAX)).is_ok());
    assert!(client.try_get(|forward| forward.claims = integration("CRM")).is_ok());
    client.market.bench.execute("DELETE FROM accounts", vec![]);
    assert_eq!(client.try_get(|_| ()).unwrap_err().code, Code::UpstreamNotConnected);
}
