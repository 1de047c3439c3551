//! Load on a running relay: how fast sockets open, how long a message takes from a visitor to an operator, how many go
//! through, and how long it takes to many listeners. What is measured is what a client sees, over real sockets; the clients
//! run on this machine, too, and take their part of it.

mod line;
mod sample;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::{Value, json};
use shared::route::{EVENTS, WIDGET_SESSIONS, WIDGET_SOCKET};
use tokio::sync::mpsc;

use crate::world::{Http, ORIGIN, browser_request, request};
use line::{Line, mark};
use sample::Sample;

/// Sockets that are being opened at the same time.
const OPENING_AT_ONCE: usize = 64;

/// Visitors that write at the same time when it is measured how many messages go through.
const WRITERS: usize = 64;

/// The pace at which the way of one message is measured: far from what makes a queue.
const PACE: Duration = Duration::from_millis(20);

/// Messages to each number of listeners.
const BROADCASTS: usize = 50;

/// What to measure.
pub struct Plan {
    pub url: String,
    pub admin_token: String,
    /// Sockets to hold open.
    pub sockets: usize,
    /// For how long messages are sent.
    pub time: Duration,
    /// Numbers of listeners.
    pub listeners: Vec<usize>,
    /// Whether an account of Ozon's may be connected, with made-up credentials: not where the relay knows the real Ozon.
    pub pushes: bool,
}

/// One line of the table: what was measured, and its figures.
pub type Row = (String, String);

struct Shop {
    id: String,
    url: String,
    key: String,
    staff: String,
}

/// Measures all of it, against an organization of its own.
pub async fn run(plan: &Plan) -> Vec<Row> {
    let shop = Shop::create(plan).await;
    let tokens = shop.visitors(plan.sockets.max(WRITERS)).await;
    let (row, mut lines) = open(&shop, &tokens).await;
    let mut rows = vec![row];
    rows.push(one_way(&shop, &mut lines, plan.time).await);
    let (row, lines) = throughput(lines, plan.time).await;
    rows.push(row);
    drop(lines);
    if plan.pushes {
        rows.push(pushed(&shop, plan).await);
    }
    for count in &plan.listeners {
        rows.push(fan_out(&shop, &tokens[0], *count).await);
    }
    rows
}

impl Shop {
    async fn create(plan: &Plan) -> Self {
        let admin = Http::to(&plan.url, Some(&plan.admin_token));
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let id = format!("load-{}", since.as_millis());
        let body = json!({"id": id, "name": "Нагрузка", "origins": [ORIGIN]});
        let made = admin.post("/v1/organizations", &body).await.expect(201);
        let body = json!({"organization": id, "role": "integration", "name": "load", "ttl_s": 3600});
        let staff = text(&admin.post("/v1/tokens", &body).await.expect(201), "token");
        Self { id, url: plan.url.clone(), key: text(&made, "publishable_key"), staff }
    }

    /// Tokens of so many new visitors.
    async fn visitors(&self, count: usize) -> Vec<String> {
        let page = Http::to(&self.url, None).with("origin", ORIGIN);
        let body = json!({"key": self.key});
        let sessions = stream::iter(0..count)
            .map(|_| async { text(&page.post(WIDGET_SESSIONS, &body).await.expect(201), "token") });
        sessions.buffer_unordered(OPENING_AT_ONCE).collect().await
    }

    async fn widget(&self, token: &str) -> Line {
        Line::open(browser_request(&self.url, WIDGET_SOCKET, "", token, ORIGIN)).await
    }

    async fn events(&self) -> Line {
        Line::open(request(&self.url, EVENTS, "", Some(&self.staff), None)).await
    }
}

/// Opens sockets until each has its `welcome`.
async fn open(shop: &Shop, tokens: &[String]) -> (Row, Vec<Line>) {
    let began = Instant::now();
    let opening = stream::iter(tokens).map(async |token| {
        let began = Instant::now();
        let line = shop.widget(token).await;
        (began.elapsed(), line)
    });
    let opened: Vec<(Duration, Line)> = opening.buffer_unordered(OPENING_AT_ONCE).collect().await;
    let rate = opened.len() as f64 / began.elapsed().as_secs_f64();
    let (times, lines): (Vec<Duration>, Vec<Line>) = opened.into_iter().unzip();
    let sample = Sample::of(times);
    let what = format!("{} sockets opened, {OPENING_AT_ONCE} at a time", lines.len());
    ((what, format!("{rate:.0} a second, p50 {}, p99 {}", sample.p(50), sample.p(99))), lines)
}

/// One message at a time finds its way from a visitor to an operator, at a pace that makes no queue. The other sockets are
/// open meanwhile.
async fn one_way(shop: &Shop, lines: &mut [Line], time: Duration) -> Row {
    let mut operator = shop.events().await;
    let (mut heard, mut acked) = (Vec::new(), Vec::new());
    let began = Instant::now();
    let mut number = 0;
    while began.elapsed() < time {
        let line = &mut lines[number % WRITERS];
        let sent = Instant::now();
        line.say(number).await;
        let mark = mark(number);
        let (to_operator, to_ack) = tokio::join!(operator.until(&mark), line.until_answered(number));
        // A first message is told twice: the chat's opening carries it, too. Its first telling counts.
        heard.push(to_operator - sent);
        acked.push(to_ack - sent);
        number += 1;
        tokio::time::sleep(PACE.saturating_sub(sent.elapsed())).await;
    }
    let (heard, acked) = (Sample::of(heard), Sample::of(acked));
    let what = format!("visitor → operator, {} messages, one at a time", heard.count());
    let figures = format!("p50 {}, p99 {}; ack p50 {}, p99 {}", heard.p(50), heard.p(99), acked.p(50), acked.p(99));
    (what, figures)
}

/// So many visitors write, each the next message when the one before is acknowledged.
async fn throughput(lines: Vec<Line>, time: Duration) -> (Row, Vec<Line>) {
    let mut lines = lines;
    let quiet = lines.split_off(WRITERS.min(lines.len()));
    let began = Instant::now();
    let writers = lines.into_iter().map(|mut line| {
        tokio::spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < time {
                let (sent, number) = (Instant::now(), 1_000_000 + times.len());
                line.say(number).await;
                times.push(line.until_answered(number).await - sent);
            }
            (times, line)
        })
    });
    let mut times = Vec::new();
    let mut back = quiet;
    for writer in writers.collect::<Vec<_>>() {
        let (more, line) = writer.await.expect("a writer");
        times.extend(more);
        back.push(line);
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    let sample = Sample::of(times);
    let what = format!("{WRITERS} visitors write as fast as they are answered");
    ((what, format!("{rate:.0} messages a second, ack p50 {}, p99 {}", sample.p(50), sample.p(99))), back)
}

/// Ozon's pushes, one at a time, each of another buyer: when Ozon is answered, and when an operator hears.
async fn pushed(shop: &Shop, plan: &Plan) -> Row {
    let admin = Http::to(&plan.url, Some(&plan.admin_token));
    let account = json!({"organization": shop.id, "source": "ozon", "client_id": "1", "api_key": "key-of-nobody"});
    let hook = text(&admin.post("/v1/integrations", &account).await.expect(200), "hook");
    let (ozon, mut operator) = (Http::to(&plan.url, None), shop.events().await);
    let (mut heard, mut answered) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while began.elapsed() < plan.time {
        let number = 3_000_000 + heard.len();
        let push = json!({
            "message_type": "TYPE_NEW_MESSAGE", "chat_id": format!("chat-{number}"), "chat_type": "Buyer_Seller",
            "message_id": (3_000_000_000_817_000_000_u64 + number as u64).to_string(),
            "created_at": "2026-07-18T20:58:04.528Z", "user": {"id": "115568", "type": "Customer"},
            "data": [format!("Есть в наличии? {}", mark(number))], "seller_id": "1",
        });
        let sent = Instant::now();
        let post = async {
            ozon.post(&hook, &push).await.expect(200);
            Instant::now()
        };
        let mark = mark(number);
        let (to_operator, to_answer) = tokio::join!(operator.until(&mark), post);
        heard.push(to_operator - sent);
        answered.push(to_answer - sent);
        tokio::time::sleep(PACE.saturating_sub(sent.elapsed())).await;
    }
    let (heard, answered) = (Sample::of(heard), Sample::of(answered));
    let what = format!("Ozon's push → operator, {} pushes, one at a time", heard.count());
    let figures = format!(
        "p50 {}, p99 {}; Ozon's answer p50 {}, p99 {}",
        heard.p(50),
        heard.p(99),
        answered.p(50),
        answered.p(99)
    );
    (what, figures)
}

/// A message goes out to so many listeners; the next one once the last of them has it.
async fn fan_out(shop: &Shop, token: &str, count: usize) -> Row {
    let opening = stream::iter(0..count).map(|_| shop.events());
    let listeners: Vec<Line> = opening.buffer_unordered(OPENING_AT_ONCE).collect().await;
    let (report, mut reports) = mpsc::unbounded_channel();
    for mut listener in listeners {
        let report = report.clone();
        tokio::spawn(async move {
            for number in 0..BROADCASTS {
                let at = listener.until(&mark(2_000_000 + count * BROADCASTS + number)).await;
                if report.send(at).is_err() {
                    return;
                }
            }
        });
    }
    let mut visitor = shop.widget(token).await;
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for number in 0..BROADCASTS {
        let number = 2_000_000 + count * BROADCASTS + number;
        let sent = Instant::now();
        visitor.say(number).await;
        visitor.until_answered(number).await;
        let mut times = Vec::with_capacity(count);
        while times.len() < count {
            times.push(reports.recv().await.expect("a listener") - sent);
        }
        first.extend(times.iter().min());
        last.extend(times.iter().max());
    }
    let (first, last) = (Sample::of(first), Sample::of(last));
    let each = last.percentile(50).as_secs_f64() * 1e6 / count as f64;
    let figures =
        format!("first p50 {}, last p50 {}, p99 {}; {each:.0} µs a listener", first.p(50), last.p(50), last.p(99));
    (format!("a message to {count} listeners"), figures)
}

fn text(body: &Value, member: &str) -> String {
    body[member].as_str().unwrap_or_else(|| panic!("no {member} in {body}")).to_owned()
}
