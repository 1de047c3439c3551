//! What the tag costs a page before its visitor's intent, as Chromium itself tells it: the demo storefront with its tag and
//! without, on a slow processor, the chat on a host of its own. Machines are noisy, so of several loads of each the best one is
//! judged. No relay runs: nothing may ask for one.

use serde_json::{Value, json};
use tests::world::{Browser, Files, Page, Root, Screen, place, turn, within};

/// What is done within one, or the browser did not do it.
const DONE_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

/// Loads of the page, with and without the tag by turns.
const LOADS: usize = 5;

/// So many times slower than this machine: a cheap phone.
const SLOWDOWN: u32 = 4;

/// How long the page has been idle when it is judged for the second time: a visitor's first look around.
const IDLE_MS: u32 = 2000;

/// Writes down what the browser notices. Tasks over 50 ms are what it calls long.
const WATCH: &str = "
window.noticed = { tasks: [], shifts: [], lcp: null };
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
watch('longtask', (task) => noticed.tasks.push(task.duration));
const name = (node) => (node ? [node.localName, node.className, node.getRootNode().host?.localName].filter(Boolean).join('.') : 'gone');
watch('layout-shift', ({ value, startTime, sources }) => {
  const moved = sources.map(({ node, previousRect: a, currentRect: b }) => name(node) + [a.x, a.y, a.width, a.height, 'to', b.x, b.y, b.width, b.height].join(' '));
  noticed.shifts.push({ value, ms: startTime, moved });
});
watch('largest-contentful-paint', ({ startTime, element }) => {
  noticed.lcp = { ms: startTime, element: element && element.localName + ' ' + (element.currentSrc ? new URL(element.currentSrc).pathname : element.textContent) };
});";

/// What the browser has noticed, fetched and kept.
const TAKE: &str = "
const requests = performance.getEntriesByType('resource').map(({ name }) => name);
return indexedDB.databases().then((databases) => ({
  ...noticed, requests, databases: databases.length, cookie: document.cookie,
  kept: localStorage.length + sessionStorage.length, chat: !!document.querySelector('prilavok-chat'),
}));";

/// What one load of the page was like.
#[derive(Debug)]
struct Load {
    /// How much has moved (https://web.dev/articles/cls).
    shift: f64,
    /// Longer than 50 ms, together and each.
    tasks: Vec<f64>,
    lcp_ms: f64,
    lcp_element: String,
    requests: Vec<String>,
}

/// The shop's host with the tag or without, and the chat's.
struct Hosts {
    shops: [Files; 2],
    chat: Files,
}

impl Hosts {
    async fn start() -> Self {
        let built = |name: &str| std::fs::read(place::root().join("dist/www").join(name)).ok();
        let chat = Files::serve_by(built).await;
        let script = format!("{}/prilavok.js", chat.origin());
        let shop = async |is_with: bool| {
            let script = script.clone();
            Files::serve_by(move |name| {
                let file = built(name)?;
                if name != "index.html" {
                    return Some(file);
                }
                let html = String::from_utf8(file).expect("a page");
                let (before, rest) =
                    html.split_once("<script async src=\"/prilavok.js\"").expect("the storefront's tag");
                let (attributes, after) = rest.split_once("</script>").expect("its end");
                let tag = format!("<script async src=\"{script}\"{attributes}</script>");
                Some(format!("{before}{}{after}", if is_with { &tag } else { "" }).into_bytes())
            })
            .await
        };
        Self { shops: [shop(false).await, shop(true).await], chat }
    }

    fn loader(&self) -> String {
        format!("{}/prilavok.js", self.chat.origin())
    }
}

async fn take(page: &Page, is_with: bool) -> Load {
    let taken = page.run(TAKE).await;
    assert_eq!(taken["chat"], json!(is_with), "{taken}");
    assert_eq!((&taken["cookie"], &taken["kept"], &taken["databases"]), (&json!(""), &json!(0), &json!(0)), "{taken}");
    // A page may move by itself while it comes in, and its own parts only.
    let shifts = taken["shifts"].as_array().expect("shifts");
    assert!(!taken["shifts"].to_string().contains("prilavok-chat"), "nothing of the chat moves: {taken}");
    let strings = |value: &Value| serde_json::from_value::<Vec<String>>(value.clone()).expect("texts");
    Load {
        shift: shifts.iter().filter_map(|shift| shift["value"].as_f64()).sum(),
        tasks: serde_json::from_value(taken["tasks"].clone()).expect("durations"),
        lcp_ms: taken["lcp"]["ms"].as_f64().expect("a largest paint"),
        lcp_element: taken["lcp"]["element"].as_str().expect("its element").to_owned(),
        requests: strings(&taken["requests"]),
    }
}

/// Loads the page in a browser of its own: as a first visit. Returns what it was like when it was there, and after a while.
async fn load(browser: &Browser, hosts: &Hosts, screen: Screen, is_with: bool) -> [Load; 2] {
    let page = browser.page("impact", screen).await;
    page.prepare(WATCH).await;
    page.slow_down(SLOWDOWN).await;
    page.goto(&format!("{}/index.html", hosts.shops[usize::from(is_with)].origin())).await;
    if is_with {
        page.find(Root::Widget, ".launcher").await;
    }
    within(DONE_WITHIN, "a page that is there", async || {
        let is_there = "return document.readyState == 'complete' && noticed.lcp != null";
        (page.run(is_there).await == json!(true)).then_some(())
    })
    .await;
    let there = take(&page, is_with).await;
    page.run(&format!("return new Promise((done) => setTimeout(() => requestIdleCallback(done), {IDLE_MS}))")).await;
    let idle = take(&page, is_with).await;
    page.close().await;
    [there, idle]
}

/// The best of several loads: how many long tasks, how much longer than 50 ms they were together, the largest paint, and how
/// much has moved.
fn least(loads: &[Load]) -> (usize, f64, f64, f64) {
    let tasks = loads.iter().map(|load| load.tasks.len()).min().unwrap_or_default();
    let blocked =
        loads.iter().map(|load| load.tasks.iter().fold(0.0, |sum, ms| sum + ms - 50.0)).fold(f64::MAX, f64::min);
    let lcp = loads.iter().map(|load| load.lcp_ms).fold(f64::MAX, f64::min);
    let shift = loads.iter().map(|load| load.shift).fold(f64::MAX, f64::min);
    (tasks, blocked, lcp, shift)
}

#[tokio::test]
async fn the_tag_costs_a_page_one_request_and_nothing_that_is_felt() {
    let _turn = turn().await;
    let (hosts, browser) = (Hosts::start().await, Browser::start().await);
    for screen in [Screen::Wide, Screen::Phone] {
        // By moment: loads without the tag, loads with it.
        let mut loads = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
        for _ in 0..LOADS {
            for is_with in [false, true] {
                for (moment, load) in load(&browser, &hosts, screen, is_with).await.into_iter().enumerate() {
                    loads[moment][usize::from(is_with)].push(load);
                }
            }
        }
        for (moment, [without, with]) in ["there", "idle"].into_iter().zip(&loads) {
            let case = format!("{screen:?}, {moment}");
            let (tasks, blocked, lcp, shift) = least(without);
            let (tasks_with, blocked_with, lcp_with, shift_with) = least(with);
            println!(
                "{case}: LCP {lcp:.0} ms without the tag, {lcp_with:.0} ms with it, ratio {:.2}; long tasks {tasks} and \
                 {tasks_with}, over their 50 ms by {blocked:.0} and {blocked_with:.0} ms; processor {SLOWDOWN} times slower",
                lcp_with / lcp
            );
            assert!(tasks_with <= tasks, "{case}: the tag causes a long task: {with:#?} {without:#?}");
            assert!(shift_with <= shift, "{case}: the tag moves the page: {with:#?} {without:#?}");
            let element = &without[0].lcp_element;
            for load in without.iter().chain(with) {
                assert_eq!(&load.lcp_element, element, "{case}: the largest paint is the page's own");
            }
            let asked_elsewhere = |load: &Load, shop: &Files| -> Vec<String> {
                let own = format!("{}/", shop.origin());
                load.requests.iter().filter(|url| !url.starts_with(&own)).cloned().collect()
            };
            for load in without {
                assert_eq!(asked_elsewhere(load, &hosts.shops[0]), Vec::<String>::new(), "{case}");
            }
            for load in with {
                assert_eq!(asked_elsewhere(load, &hosts.shops[1]), [hosts.loader()], "{case}: one request");
            }
        }
    }
}

/// A page that does everything that a tag must not is caught at all of it: the claims above could fail.
#[tokio::test]
async fn what_would_be_felt_is_noticed() {
    let _turn = turn().await;
    let (hosts, browser) = (Hosts::start().await, Browser::start().await);
    let page = browser.page("impact-felt", Screen::Wide).await;
    page.prepare(WATCH).await;
    page.goto(&format!("{}/index.html", hosts.shops[0].origin())).await;
    page.run(&format!(
        "setTimeout(() => {{ const until = performance.now() + 120; while (performance.now() < until); }});
         const above = document.createElement('div');
         above.style.height = '200px';
         document.body.prepend(above);
         document.cookie = 'a=1';
         localStorage.a = 1;
         indexedDB.open('a');
         fetch('{}', {{ mode: 'no-cors' }});",
        hosts.loader()
    ))
    .await;
    within(DONE_WITHIN, "all of it noticed", async || {
        let taken = page.run(TAKE).await;
        let has = |name: &str| taken[name].as_array().is_some_and(|all| !all.is_empty());
        let is_asked = taken["requests"].as_array().is_some_and(|all| all.contains(&json!(hosts.loader())));
        let is_kept = taken["cookie"] == "a=1" && taken["kept"] == json!(1) && taken["databases"] == json!(1);
        (has("tasks") && has("shifts") && is_asked && is_kept).then_some(())
    })
    .await;
    page.quit().await;
}
