//! Bad networks: connections that freeze after 16 KB, that lose one direction, that forbid WebSockets.

use std::time::Duration;

use serde_json::{Value, json};
use shared::client::LinkStatus;
use shared::close;
use shared::frame::PING;
use shared::limits::{LINE_BYTES_MAX, LIVENESS_TIMEOUT_MS, TEXT_CHARS_MAX};
use shared::problem::Code;
use shared::route::{EVENTS, TOKEN_SUBPROTOCOL_PREFIX, WIDGET_SOCKET};
use tests::world::{
    BadNetwork, Driver, Http, ORIGIN, Organization, Socket, Trouble, Visitor, World, browser_request, now, request,
    within,
};

const FREEZES: Trouble =
    Trouble { freezes: true, loses_down: false, loses_up: false, forbids_sockets: false, swallows_sockets: false };

/// What the relay and the client need to find out about a dead line and to begin another one, on two busy cores.
const RECOVERY: Duration = Duration::from_secs(120);

/// The longest text in Cyrillic letters, told apart by its number.
fn long(number: usize) -> String {
    let mut text = format!("{number} ");
    while text.chars().count() < TEXT_CHARS_MAX {
        text.push('Ы');
    }
    text
}

fn texts(driver: &Driver, user_id: i64) -> Vec<String> {
    driver.messages(user_id).into_iter().map(|message| message.text).collect()
}

/// A visitor and an operator by way of one network, who have said hello.
async fn acquainted(shop: &Organization<'_>, network: &BadNetwork) -> (Visitor, Driver, Driver) {
    let visitor = shop.visitor().await;
    let page = shop.visitor_driver_by(&network.url(), &visitor, 1);
    let desk = shop.staff_driver_by(&network.url(), &shop.operator("Анна").await, 2);
    page.until_live().await;
    desk.until_live().await;
    page.send(visitor.user_id, "Здравствуйте", "hello").unwrap();
    desk.until("the chat", |client| client.state().chat(visitor.user_id).map(|_| ())).await;
    desk.open_chat(visitor.user_id);
    desk.until_shows(visitor.user_id, "Здравствуйте").await;
    (visitor, page, desk)
}

/// A conversation of so many pairs, each answered before the next; some of them as long as can be.
async fn talk(user_id: i64, page: &Driver, desk: &Driver, pairs: usize) -> Vec<String> {
    let mut said = Vec::new();
    for n in 0..pairs {
        let (asked, answered) = if n % 20 == 7 {
            (long(n), long(n + 1000))
        } else {
            (format!("Вопрос {n}"), format!("Ответ {n}"))
        };
        page.send(user_id, &asked, &format!("p{n}")).unwrap();
        desk.until_shows(user_id, &asked).await;
        desk.send(user_id, &answered, &format!("d{n}")).unwrap();
        page.until_shows(user_id, &answered).await;
        said.extend([asked, answered]);
    }
    said
}

#[tokio::test]
async fn a_conversation_passes_a_network_that_freezes_every_connection_after_16_kb() {
    let shop = World::shared().await.organization("freeze").await;
    let network = BadNetwork::to(shop.world().url(), FREEZES).await;
    let listener_token = shop.integration("CRM").await;
    let listener = tokio::spawn(listen(network.url(), listener_token, "Ответ 59"));
    let (visitor, page, desk) = acquainted(&shop, &network).await;
    let user_id = visitor.user_id;
    let said = talk(user_id, &page, &desk, 60).await;

    let mut all = vec!["Здравствуйте".to_owned()];
    all.extend(said);
    for driver in [&page, &desk] {
        driver.until_sent(user_id).await;
        assert_eq!(texts(driver, user_id), all);
        driver.assert_no_duplicates(user_id);
        assert_eq!(driver.silent(), 0, "lines change in time");
    }
    // A page that is opened afterwards finds it all, page by page.
    let fresh = shop.visitor_driver_by(&network.url(), &visitor, 3);
    fresh.until_live().await;
    within(RECOVERY, "the whole history", async || {
        fresh.with(|client| client.load_older(now(), user_id));
        (texts(&fresh, user_id).len() == all.len()).then_some(())
    })
    .await;
    assert_eq!((texts(&fresh, user_id), fresh.silent()), (all, 0));

    let heard = listener.await.expect("the listener");
    let first = heard.first().copied().unwrap_or_default();
    let expected: Vec<i64> = (first..).take(heard.len()).collect();
    assert_eq!(heard, expected, "a program with a budget gets every event, once, in order");
    assert!(heard.len() >= 120, "{}", heard.len());
    assert_eq!(network.frozen(), 0, "of {} connections; the fullest carried {}", network.connections(), network.most());
    assert!(network.connections() > 20 && network.most() > 12_000, "{} {}", network.connections(), network.most());
}

/// A program that asks for a budget, and goes on over another socket whenever it is told to.
async fn listen(url: String, token: String, last: &'static str) -> Vec<i64> {
    let (mut heard, mut position) = (Vec::new(), String::new());
    loop {
        let query = format!("?budget={LINE_BYTES_MAX}{position}");
        let mut socket = Socket::open(request(&url, EVENTS, &query, Some(&token), None)).await;
        let welcome = socket.event("welcome").await;
        let epoch = welcome["data"]["epoch"].as_str().expect("an epoch").to_owned();
        if position.is_empty() {
            position = format!("&epoch={epoch}&offset={}", welcome["data"]["offset"]);
        }
        let is_asked = |frame: &Value| frame["offset"].is_i64() || frame["event"] == "probe";
        while let Some(event) = socket.until_or_end("an event", is_asked).await {
            if event["event"] == "probe" {
                socket.send(PING);
                continue;
            }
            let offset = event["offset"].as_i64().expect("an offset");
            heard.push(offset);
            position = format!("&epoch={epoch}&offset={offset}");
            if event["data"]["text"] == last {
                return heard;
            }
        }
        assert_eq!(socket.closed().await.0, close::CONTINUE);
    }
}

#[tokio::test]
async fn a_line_that_loses_one_direction_is_replaced_and_nothing_is_lost() {
    let shop = World::shared().await.organization("oneway").await;
    for trouble in
        [Trouble { loses_down: true, ..Trouble::default() }, Trouble { loses_up: true, ..Trouble::default() }]
    {
        let network = BadNetwork::to(shop.world().url(), Trouble::default()).await;
        let (visitor, page, _desk) = acquainted(&shop, &network).await;
        let steady = shop.staff_driver(&shop.operator("Олег").await, 9);
        steady.until_live().await;
        network.set(trouble);
        page.send(visitor.user_id, "В пустоту", "lost").unwrap();
        within(RECOVERY, "the client notices", async || (page.silent() > 0).then_some(())).await;
        steady.open_chat(visitor.user_id);
        steady.send(visitor.user_id, "Вы здесь?", "asked").unwrap();
        network.set(Trouble::default());
        page.until_shows(visitor.user_id, "Вы здесь?").await;
        page.until_sent(visitor.user_id).await;
        steady.until_shows(visitor.user_id, "В пустоту").await;
        page.assert_no_duplicates(visitor.user_id);
        steady.assert_no_duplicates(visitor.user_id);
    }
}

#[tokio::test]
async fn a_visitor_whose_network_is_gone_is_not_shown_as_online_for_long() {
    let shop = World::shared().await.organization("halfopen").await;
    let network = BadNetwork::to(shop.world().url(), Trouble::default()).await;
    let visitor = shop.visitor().await;
    let page = shop.visitor_driver_by(&network.url(), &visitor, 1);
    page.until_live().await;
    let mut listener = shop.events(&shop.integration("CRM").await).await;
    page.send(visitor.user_id, "Здравствуйте", "hello").unwrap();
    listener.event("user_online").await;
    network.set(Trouble { loses_up: true, loses_down: true, ..Trouble::default() });
    let gone = within(RECOVERY, "the relay notices", async || {
        listener.frames().iter().find(|frame| frame["event"] == "user_offline").cloned()
    });
    assert_eq!(gone.await["data"]["user_id"], json!(visitor.user_id));
}

#[tokio::test]
async fn a_page_that_is_quiet_but_alive_stays_online() {
    let shop = World::shared().await.organization("quiet").await;
    let network = BadNetwork::to(shop.world().url(), Trouble::default()).await;
    let (visitor, page, desk) = acquainted(&shop, &network).await;
    let mut listener = shop.events(&shop.integration("CRM").await).await;
    listener.event("user_online").await;
    // Longer than the relay waits for a sign, and the client for an answer.
    let since = now();
    within(RECOVERY, "some quiet", async || (now().since_ms(since) > LIVENESS_TIMEOUT_MS * 2).then_some(())).await;
    desk.send(visitor.user_id, "Ещё здесь?", "asked").unwrap();
    page.until_shows(visitor.user_id, "Ещё здесь?").await;
    assert_eq!((page.silent(), desk.silent(), page.connections()), (0, 0, 1));
    assert!(!listener.frames().iter().any(|frame| frame["event"] == "user_offline"));
}

#[tokio::test]
async fn where_no_websocket_opens_the_conversation_goes_over_server_sent_events() {
    let shop = World::shared().await.organization("stream").await;
    for blocked in [
        Trouble { forbids_sockets: true, freezes: true, ..Trouble::default() },
        Trouble { swallows_sockets: true, freezes: true, ..Trouble::default() },
    ] {
        let network = BadNetwork::to(shop.world().url(), blocked).await;
        let (visitor, page, desk) = acquainted(&shop, &network).await;
        let mut all = vec!["Здравствуйте".to_owned()];
        all.extend(talk(visitor.user_id, &page, &desk, 25).await);
        for driver in [&page, &desk] {
            driver.until_sent(visitor.user_id).await;
            assert_eq!(texts(driver, visitor.user_id), all);
            driver.assert_no_duplicates(visitor.user_id);
            assert!(driver.streams() > 2, "{} streams", driver.streams());
        }
        assert_eq!(network.frozen(), 0, "the fullest carried {}", network.most());
    }
}

#[tokio::test]
async fn a_stream_carries_what_a_socket_carries_and_takes_frames_from_its_own_holder_only() {
    let shop = World::shared().await.organization("sse").await;
    let (visitor, other) = (shop.visitor().await, shop.visitor().await);
    let url = shop.world().url();
    let get = |token: &str, origin: &'static str| {
        let address = format!("{url}{WIDGET_SOCKET}");
        let request = reqwest::Client::new().get(address).bearer_auth(token).header("origin", origin);
        request.header("accept", "text/event-stream").send()
    };
    let mut stream = get(&visitor.token, ORIGIN).await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(stream.headers()["access-control-allow-origin"], "*");
    assert!(stream.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let mut seen = String::new();
    let mut until = async |what: &str| {
        while !seen.contains(what) {
            let chunk = tokio::time::timeout(RECOVERY, stream.chunk()).await.expect(what).unwrap().expect(what);
            seen.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        seen.clone()
    };
    let line = until("\"welcome\"").await.lines().nth(1).unwrap().strip_prefix("data: ").unwrap().to_owned();
    let post = |token: &str, line: &str, body: &'static str| {
        let address = format!("{WIDGET_SOCKET}?line={line}");
        let http = Http::to(url, Some(token)).with("origin", ORIGIN);
        async move { http.call(reqwest::Method::POST, &address, body.into()).await }
    };
    let message = r#"{"action":"send_message","text":"Через поток","id":"1"}"#;
    post(&other.token, &line, message).await.expect_problem(Code::NotFound);
    post(&visitor.token, "12345", message).await.expect_problem(Code::NotFound);
    post("nonsense", &line, message).await.expect_problem(Code::Unauthorized);
    assert_eq!(post(&visitor.token, &line, message).await.status, 204);
    until("\"ack\"").await;
    let all = until("\"new_message\"").await;
    assert_eq!(all.matches("Через поток").count(), 2, "its ack and its event: {all}");
    assert_eq!(post(&visitor.token, &line, r#"{"action":"ping"}"#).await.status, 204);
    until(r#"{"event":"pong"}"#).await;

    let foreign = get(&visitor.token, "https://elsewhere.example").await.unwrap();
    let told = foreign.text().await.unwrap();
    assert!(told.contains("origin_not_allowed") && told.contains("event: close\ndata: 4403"), "{told}");
    assert_eq!(get("nonsense", ORIGIN).await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_page_from_before_this_deployment_goes_on_and_one_of_another_protocol_is_told_so() {
    let shop = World::shared().await.organization("oldtab").await;
    let visitor = shop.visitor().await;
    // It asks for no budget, and knows nothing of what is new.
    let mut old = shop.widget(&visitor).await;
    old.event("welcome").await;
    let history = old.result(json!({"action": "history", "member_of_tomorrow": 1})).await;
    assert_eq!(history["messages"], json!([]));
    old.result(json!({"action": "send_message", "text": "Здравствуйте"})).await;
    let refused = old.ask(json!({"action": "of_tomorrow"})).await.unwrap_err();
    assert_eq!(refused["code"], "unknown_action");
    let desk = shop.staff_driver(&shop.operator("Анна").await, 1);
    desk.until("the chat", |client| client.state().chat(visitor.user_id).map(|_| ())).await;
    for n in 0..40 {
        desk.send(visitor.user_id, &format!("{n} {}", "длинный ответ ".repeat(20)), &format!("d{n}")).unwrap();
    }
    old.until("the last answer", |frame| frame["data"]["text"].as_str().is_some_and(|text| text.starts_with("39 ")))
        .await;
    assert!(old.is_open(), "it was never told of any budget");
    assert_eq!(desk.with(|client| client.status()), LinkStatus::Live);

    let mut future = browser_request(shop.world().url(), WIDGET_SOCKET, "", &visitor.token, ORIGIN);
    let offered = format!("prilavok.v9, {TOKEN_SUBPROTOCOL_PREFIX}{}", visitor.token);
    future.headers_mut().insert("sec-websocket-protocol", offered.parse().unwrap());
    // No subprotocol is chosen then, which this library takes for a broken handshake; over a stream it shows.
    let _ = Socket::try_open(future).await;
    let http = Http::to(shop.world().url(), Some(&visitor.token)).with("accept", "text/event-stream");
    let answer = http.with("origin", ORIGIN).get(&format!("{WIDGET_SOCKET}?protocol=9")).await;
    answer.expect_problem(Code::UnsupportedVersion);
    let told: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(told["status"], 426);
}
