//! What a host sees of a running relay, and what happens to everybody else when one request takes the module down.

use serde_json::{Value, json};
use shared::problem::Code;
use tests::world::{Http, Runtime, World, until};

/// The word that makes a test's relay trap.
const TRAP: &str = "trap-of-this-test-7c1d9";

/// The value of a line of /metrics.
async fn metric(world: &World, name: &str) -> f64 {
    let text = world.admin().get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("there is no {name} in {text}")).parse().unwrap()
}

async fn survive(runtime: Runtime) {
    let world = World::start_on(runtime, &[("TEST_TRAP", TRAP)]).await;
    let (shop, neighbour) = (world.organization("trap").await, world.organization("neighbour").await);
    let token = shop.operator("Анна").await;
    let visitors = [shop.visitor().await, shop.visitor().await, neighbour.visitor().await];
    let mut operator = shop.events(&token).await;
    let mut one = shop.widget(&visitors[0]).await;
    let mut other = shop.widget(&visitors[1]).await;
    let mut far = neighbour.widget(&visitors[2]).await;
    let said = |text: &str| json!({"action": "send_message", "text": text, "client_id": text});
    for socket in [&mut one, &mut other, &mut far] {
        socket.result(said("до")).await;
    }
    operator
        .until("the second chat", |frame| {
            frame["event"] == "new_chat" && frame["data"]["user_id"] == visitors[1].user_id
        })
        .await;

    // A frame that takes the organization's object down in the middle of its work.
    one.send(TRAP);
    until("the trap noticed", async || (metric(&world, "prilavok_traps_total").await >= 1.0).then_some(())).await;
    for (socket, text) in [(&mut other, "после первого"), (&mut far, "далеко"), (&mut one, "и сам")]
    {
        let kept = socket.result(said(text)).await;
        assert_eq!(kept["message"]["text"], text);
        // What was kept before is known: the same message is the same.
        socket.result(said("до")).await;
    }
    operator.until("what came after", |frame| frame["data"]["text"] == "и сам").await;

    // A request that takes the edge down: it alone is told so.
    let trapped = world.http().with("x-test-trap", TRAP).get("/v1/chats").await;
    trapped.expect_problem(Code::Internal);
    for (socket, text) in [(&mut other, "после второго"), (&mut far, "и далеко"), (&mut one, "и сам ещё раз")]
    {
        socket.result(said(text)).await;
    }
    operator.until("what came after", |frame| frame["data"]["text"] == "и сам ещё раз").await;
    assert!(metric(&world, "prilavok_traps_total").await >= 2.0);
    for socket in [&one, &other, &far, &operator] {
        assert!(socket.is_open(), "every socket has outlived it: {:?}", socket.texts().last());
    }
    let offsets: Vec<i64> = operator.frames().iter().filter_map(|frame| frame["offset"].as_i64()).collect();
    assert_eq!(offsets, (1..=offsets.len() as i64).collect::<Vec<_>>(), "in order, without a gap, nothing twice");
    for (visitor, said) in [(&visitors[0], 3), (&visitors[1], 3)] {
        assert_eq!(shop.history(&token, visitor.user_id).await.len(), said);
    }
}

#[tokio::test]
async fn a_panic_in_one_request_takes_nobody_elses_socket_with_it() {
    survive(Runtime::Workerd).await;
}

#[tokio::test]
async fn nor_does_it_under_wrangler() {
    survive(Runtime::Wrangler).await;
}

#[tokio::test]
async fn without_the_tests_own_setting_the_word_is_any_word() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    world.http().with("x-test-trap", TRAP).get("/v1/chats").await.expect_problem(Code::Unauthorized);
    let config = std::fs::read_to_string(tests::world::place::root().join("dist/alone/config.capnp")).unwrap();
    assert!(!config.contains("TEST_TRAP"), "what ships cannot be given it");
}

#[tokio::test]
async fn the_metrics_count_what_happens_and_are_for_who_has_the_token() {
    let token = "metrics-token-of-this-test";
    let world = World::start_on(Runtime::Workerd, &[("METRICS_TOKEN", token)]).await;
    world.http().get("/metrics").await.expect_problem(Code::Unauthorized);
    world.http().with("authorization", "Bearer no").get("/metrics").await.expect_problem(Code::Unauthorized);
    let scraped = world.http().with("authorization", &format!("Bearer {token}")).get("/metrics").await;
    assert_eq!((scraped.status, scraped.header("content-type")), (200, Some("text/plain; version=0.0.4")));
    world
        .http()
        .with("authorization", &format!("Bearer {token}"))
        .get("/v1/audit")
        .await
        .expect_problem(Code::Unauthorized);

    let shop = world.organization("counted").await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    let mut operator = shop.events(&shop.operator("Анна").await).await;
    for n in 0..3 {
        widget.result(json!({"action": "send_message", "text": format!("Ирина {n}")})).await;
    }
    operator.until("the last", |frame| frame["data"]["text"] == "Ирина 2").await;
    for (name, value) in [
        ("prilavok_messages_total", 3.0),
        ("prilavok_sockets_open", 2.0),
        ("prilavok_sockets_opened_total", 2.0),
        ("prilavok_frames_received_total", 3.0),
        ("prilavok_requests_total{route=\"WidgetSessions\",method=\"POST\",status=\"201\"}", 1.0),
        ("prilavok_requests_total{route=\"Metrics\",method=\"GET\",status=\"401\"}", 2.0),
        ("prilavok_commits_failed_total", 0.0),
        ("prilavok_traps_total", 0.0),
    ] {
        assert_eq!(metric(&world, name).await, value, "{name}");
    }
    widget.leave().await;
    until("the departure counted", async || (metric(&world, "prilavok_sockets_open").await == 1.0).then_some(())).await;
    let text = world.admin().get("/metrics").await.text;
    for word in ["Ирина", "counted", &visitor.user_id.to_string(), &visitor.token] {
        assert!(!text.contains(word), "{word} is in the metrics");
    }
}

#[tokio::test]
async fn the_health_page_tells_of_the_store_when_it_is_asked() {
    let world = World::start_on(Runtime::Workerd, &[]).await;
    for path in ["/healthz", "/healthz?storage"] {
        assert_eq!(world.http().get(path).await.expect(200), json!({"status": "ok", "problems": []}), "{path}");
    }
    let world = World::start_on(Runtime::Workerd, &[("SIGNING_KEYS", "{}")]).await;
    let told: Value = serde_json::from_str(&world.http().get("/healthz").await.text).unwrap();
    assert!(told["problems"].to_string().contains("SIGNING_KEYS"), "{told}");
}

#[tokio::test]
async fn the_log_has_lines_of_json_and_nobodys_words() {
    let world = World::start_on(Runtime::Workerd, &[("RATE_FACTOR", "1"), ("TRUSTED_PROXY_HOPS", "1")]).await;
    let shop = world.organization("silent").await;
    let seller = shop.connect_ozon().await;
    let mut operator = shop.events(&shop.operator("Анна Каренина").await).await;
    let (_, user_id) = seller.new_chat(&mut operator, "Где мой заказ 777-42?").await;
    let send = "/v1/chat/send/message";
    seller.fault(&tests::ozon::Fault::status(send, 500)).await.unwrap();
    operator.result(json!({"action": "send_message", "user_id": user_id, "text": "Уже едет к вам"})).await;
    let visitor = shop.visitor().await;
    let mut widget = shop.widget(&visitor).await;
    widget.ask(json!({"action": "send_message", "text": "Мой телефон +7 900 123-45-67"})).await.unwrap();
    widget.send("не JSON: +7 900 123-45-67");
    let lines = until("a line about the call", async || {
        let lines = world.lines().await;
        lines.iter().any(|line| line.contains("upstream_call")).then_some(lines)
    })
    .await;
    let ours: Vec<Value> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let call = ours.iter().find(|line| line["event"] == "upstream_call").expect("a line of JSON");
    assert_eq!((&call["level"], &call["outcome"]), (&json!("warning"), &json!("5xx")), "{call}");
    assert!(call["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{call}");
    for word in ["900 123", "777-42", "едет", "Каренина", &visitor.token, &visitor.user_id.to_string()] {
        assert!(!lines.join("\n").contains(word), "{word} is in the log");
    }
}

#[tokio::test]
async fn notifications_are_taken_from_ozons_networks_only_where_the_host_wants_that() {
    let more = [("OZON_PUSH_NETWORKS", "ozon"), ("TRUSTED_PROXY_HOPS", "1")];
    let world = World::start_on(Runtime::Workerd, &more).await;
    let shop = world.organization("networks").await;
    let account = json!({"organization": shop.id, "source": "ozon", "client_id": "836", "api_key": "key-0123456789"});
    let connected = world.admin().post("/v1/integrations", &account).await.expect(200);
    let hook = connected["hook"].as_str().unwrap();
    let ping = json!({"message_type": "TYPE_PING", "time": "2026-01-01T10:00:00.000Z"});
    for (from, status) in [
        ("195.34.21.7", 200),
        // What the sender wrote themselves does not count, only what our own proxy appended.
        ("195.34.21.7, 203.0.113.9", 403),
        ("203.0.113.9, 185.73.195.255", 200),
        ("185.73.196.0", 403),
        ("not an address", 403),
    ] {
        let answer = Http::to(world.url(), None).with("x-forwarded-for", from).post(hook, &ping).await;
        assert_eq!(answer.status, status, "{from}: {}", answer.text);
        assert_eq!(answer.expect(status)["error"].is_null(), status == 200, "{from}");
    }
}
