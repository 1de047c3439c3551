//! Who asks too often is refused at the door, is told how long to wait, and shuts nobody else out.

use futures_util::future::join_all;
use serde_json::json;
use shared::close;
use shared::limits::{ADDRESS_REQUESTS, NEW_SESSIONS_ADDRESS, VISITOR_MESSAGES};
use shared::problem::Code;
use shared::route::{WIDGET_SESSIONS, WIDGET_SOCKET};
use tests::world::{Http, ORIGIN, Organization, Runtime, Socket, World, browser_request};

/// The limits as they are, and one proxy of ours that says whose request it is.
const AS_THEY_ARE: [(&str, &str); 2] = [("RATE_FACTOR", "1"), ("TRUSTED_PROXY_HOPS", "1")];

fn from(world: &World, address: &str) -> Http {
    // What a sender writes into the header themselves comes before what the proxy appends.
    world.http().with("x-forwarded-for", &format!("6.6.6.6, {address}"))
}

async fn new_session(world: &World, shop: &Organization<'_>, address: &str) -> tests::world::Answer {
    from(world, address).with("origin", ORIGIN).post(WIDGET_SESSIONS, &json!({"key": shop.key})).await
}

async fn refusals(runtime: Runtime) {
    let world = World::start_on(runtime, &AS_THEY_ARE).await;
    let shop = world.organization("strict").await;

    // New visitors of one address.
    let mut visitor = None;
    let mut made = 0;
    let refused = loop {
        let answer = new_session(&world, &shop, "203.0.113.7").await;
        if answer.status != 201 {
            break answer;
        }
        visitor.get_or_insert_with(|| answer.expect(201));
        made += 1;
        assert!(made <= 3 * NEW_SESSIONS_ADDRESS.burst, "no limit is met");
    };
    assert!(made >= NEW_SESSIONS_ADDRESS.burst, "{made}");
    refused.expect_problem(Code::RateLimited);
    let wait_s: i64 = refused.header("retry-after").expect("how long to wait").parse().unwrap();
    assert!((1..=NEW_SESSIONS_ADDRESS.every_ms / 1000 + 1).contains(&wait_s), "{wait_s}");
    let body: serde_json::Value = serde_json::from_str(&refused.text).unwrap();
    assert!(body["retry_after_ms"].as_i64().is_some_and(|ms| ms >= 1 && ms <= wait_s * 1000), "{body}");
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "the page can read it");

    // Who is known already, and who comes from elsewhere, is let in. What the header claims first changes nothing.
    let visitor = visitor.expect("a visitor");
    let renewal = json!({"key": shop.key, "token": visitor["token"]});
    from(&world, "203.0.113.7").with("origin", ORIGIN).post(WIDGET_SESSIONS, &renewal).await.expect(201);
    new_session(&world, &shop, "203.0.113.8").await.expect(201);

    // A visitor's messages; the client is told how long to wait, and nothing of it is kept.
    let token = visitor["token"].as_str().unwrap();
    let mut request = browser_request(world.url(), WIDGET_SOCKET, "", token, ORIGIN);
    request.headers_mut().insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
    let mut widget = Socket::open(request).await;
    let mut kept = 0;
    let refused = loop {
        match widget.ask(json!({"action": "send_message", "text": "Спам"})).await {
            Ok(_) => kept += 1,
            Err(refused) => break refused,
        }
        assert!(kept <= 3 * VISITOR_MESSAGES.burst, "no limit is met");
    };
    assert_eq!(refused["code"], Code::RateLimited.as_str());
    assert!(refused["retry_after_ms"].as_i64().is_some_and(|ms| ms >= 1), "{refused}");
    assert!(widget.is_open(), "a socket is not closed for that");

    // Any request of one address; sockets are told so, too, and come back.
    let mut asked = 0;
    while from(&world, "203.0.113.10").get("/v1/chats").await.status != 429 {
        asked += 1;
        assert!(asked <= 10 * ADDRESS_REQUESTS.burst, "no limit is met");
    }
    assert!(asked >= ADDRESS_REQUESTS.burst, "{asked}");
    // A token comes back every few milliseconds, so a socket that finds the bucket empty needs somebody who goes on
    // emptying it meanwhile.
    let greedy = join_all((0..8).map(|_| async {
        loop {
            from(&world, "203.0.113.10").get("/v1/chats").await;
        }
    }));
    let knocking = async {
        for _ in 0..100 {
            let mut request = browser_request(world.url(), WIDGET_SOCKET, "", token, ORIGIN);
            request.headers_mut().insert("x-forwarded-for", "203.0.113.10".parse().unwrap());
            let mut socket = Socket::open(request).await;
            let first = socket.until("its first frame", |_| true).await;
            if first["event"] == "error" {
                return (socket, first);
            }
        }
        panic!("every socket is let in");
    };
    let (socket, refused) = tokio::select! {
        refused = knocking => refused,
        _ = greedy => unreachable!("they never stop"),
    };
    assert_eq!(refused["data"]["code"], Code::RateLimited.as_str());
    assert!(refused["data"]["retry_after_ms"].is_i64(), "{refused}");
    assert_eq!(socket.closed().await.0, close::BUSY);
    assert_eq!(close::then(close::BUSY), close::Then::Reconnect);
    // The door has not cost anybody else anything.
    assert_eq!(from(&world, "203.0.113.11").get("/healthz").await.status, 200);
    from(&world, "203.0.113.11").get("/v1/chats").await.expect_problem(Code::Unauthorized);

    // It is told to whoever watches, by the name of the limit, and without anybody's address or words.
    let metrics = world.admin().with("x-forwarded-for", "203.0.113.12").get("/metrics").await;
    for limit in ["address", "new_sessions"] {
        assert!(metrics.text.contains(&format!("prilavok_limited_total{{limit=\"{limit}\"}}")), "{}", metrics.text);
    }
    let lines = world.lines().await.join("\n");
    assert!(lines.contains("\"limited\"") && !lines.contains("203.0.113") && !lines.contains("Спам"), "{lines}");
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nobody_else_does() {
    refusals(Runtime::Workerd).await;
}

#[tokio::test]
async fn under_wrangler_too() {
    refusals(Runtime::Wrangler).await;
}

#[tokio::test]
async fn a_client_of_ours_that_writes_too_fast_gets_everything_through_in_its_order() {
    let world = World::start_on(Runtime::Workerd, &AS_THEY_ARE).await;
    let shop = world.organization("patient").await;
    let token = shop.operator("Анна").await;
    let visitor = shop.visitor().await;
    let widget = shop.visitor_driver(&visitor, 1);
    let most = VISITOR_MESSAGES.burst + 5;
    for n in 0..most {
        widget.send(visitor.user_id, &format!("строка {n}"), &format!("c-{n}")).unwrap();
    }
    widget.until_sent(visitor.user_id).await;
    let there: Vec<String> =
        shop.history(&token, visitor.user_id).await.iter().map(|m| m["text"].as_str().unwrap().into()).collect();
    assert_eq!(there, (0..most).map(|n| format!("строка {n}")).collect::<Vec<_>>());
    widget.assert_no_duplicates(visitor.user_id);
}
