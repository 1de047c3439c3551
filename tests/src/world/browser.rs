//! A real Chromium, driven by WebDriver: pages as people have them, each with a profile of its own.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::wd::{Capabilities, WindowHandle};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::family::Family;
use super::patience::LOOK_EVERY;
use super::{Http, place, within};

/// A cold browser on two busy cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// The member under which WebDriver passes an element (W3C WebDriver, section 11).
const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Looks through the page, or through the widget's shadow root. What is not displayed is not there.
const PRELUDE: &str = "
const root = () => where === 'widget' ? document.querySelector('prilavok-chat')?.shadowRoot : document;
const all = (css) => [...(root()?.querySelectorAll(css) ?? [])].filter((e) => e.getClientRects().length > 0);
";

/// Lets what fades or slides come to its end.
const FINISH: &str = "
for (const tree of [document, document.querySelector('prilavok-chat')?.shadowRoot]) {
  for (const moving of tree?.getAnimations() ?? []) if (moving instanceof CSSTransition) moving.finish();
}";

/// The colour schemes; a page is left in the last.
pub const SCHEMES: [&str; 2] = ["dark", "light"];

static TURN: Mutex<()> = Mutex::const_new(());

/// A test's turn, for as long as it keeps what it gets: two browsers at a time are what two cores carry.
pub async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub enum Root {
    Page,
    Widget,
}

impl Root {
    fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Widget => "widget",
        }
    }
}

/// What a page is looked at with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280 by 800, a mouse. (The window of the headless browser is 143 higher than its page.)
    Wide,
    /// 360 by 740, a finger.
    Phone,
}

/// The driver of all pages of a test.
pub struct Browser {
    family: Family,
    folder: PathBuf,
    url: String,
}

impl Browser {
    pub async fn start() -> Self {
        let (folder, port) = (place::temporary("browser"), place::free_port());
        let family = Family::start(&place::chromedriver(), &folder, |driver| {
            driver.arg(format!("--port={port}"));
        });
        family.until_line(PATIENCE, "started successfully", |line| line.contains("Exiting")).await;
        Self { family, folder, url: format!("http://127.0.0.1:{port}") }
    }

    /// A new browser with an empty profile. `name` begins the names of its screenshots.
    pub async fn page(&self, name: &str, screen: Screen) -> Page {
        let mut args: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--lang=ru",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,943",
        ]
        .map(Into::into)
        .into();
        args.push(format!("--user-data-dir={}", self.folder.join(super::next().to_string()).display()));
        let mut options = json!({"args": args, "binary": place::chrome()});
        if screen == Screen::Phone {
            let metrics = json!({"width": 360, "height": 740, "pixelRatio": 2.0, "touch": true, "mobile": true});
            options["mobileEmulation"] = json!({"deviceMetrics": metrics});
        }
        let capabilities = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was just written") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let built = builder.capabilities(Capabilities::from(capabilities)).connect(&self.url);
        let client = match built.await {
            Ok(client) => client,
            Err(error) => panic!("no browser: {error}\n{}", self.family.lines().join("\n")),
        };
        let session = client.session_id().await.expect("a session").expect("its id");
        let driver = Http::to(&format!("{}/session/{session}", self.url), None);
        Page { client, driver, name: name.into(), complaints: Vec::new() }
    }
}

/// One page in a browser of its own.
pub struct Page {
    client: Client,
    /// What WebDriver has no word for.
    driver: Http,
    name: String,
    complaints: Vec<String>,
}

impl Page {
    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{}: {url}: {error}", self.name));
    }

    /// One entry back in the history.
    pub async fn back(&self) {
        self.client.back().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    pub async fn reload(&self) {
        self.client.refresh().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Runs a script's body and returns what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{}: {error}: {script}", self.name))
    }

    async fn look(&self, root: Root, script: &str, css: &str) -> Value {
        let script = format!("const [where, css] = arguments;{PRELUDE}{script}");
        let seen = self.client.execute(&script, vec![json!(root.word()), json!(css)]).await;
        seen.unwrap_or_else(|error| panic!("{}: {error}: {css}", self.name))
    }

    /// The texts of all elements that are displayed.
    pub async fn texts(&self, root: Root, css: &str) -> Vec<String> {
        let texts = self.look(root, "return all(css).map((e) => e.textContent.trim())", css).await;
        serde_json::from_value(texts).expect("texts")
    }

    /// The first element that is displayed, once there is one.
    pub async fn find(&self, root: Root, css: &str) -> Element {
        let what = format!("{css} in {}", self.name);
        let id = within(PATIENCE, &what, async || {
            let found = self.look(root, "return all(css)[0] ?? null", css).await;
            found[ELEMENT_KEY].as_str().map(str::to_owned)
        });
        Element::from_element_id(self.client.clone(), ElementRef::from(id.await))
    }

    pub async fn click(&self, root: Root, css: &str) {
        let element = self.find(root, css).await;
        element.click().await.unwrap_or_else(|error| panic!("{}: {css}: {error}", self.name));
    }

    /// Presses the keys of a text in a field.
    pub async fn write(&self, root: Root, css: &str, text: &str) {
        let element = self.find(root, css).await;
        element.send_keys(text).await.unwrap_or_else(|error| panic!("{}: {css}: {error}", self.name));
    }

    /// Presses keys, whoever has the focus. A shift that is pressed is let go by the null key (W3C WebDriver, section 17.4.2).
    pub async fn press(&self, keys: &str) {
        let mut actions = Vec::new();
        let mut held: Option<char> = None;
        for key in keys.chars() {
            if key == '\u{e000}' {
                actions.extend(held.take().map(|held| json!({"type": "keyUp", "value": held})));
                continue;
            }
            actions.push(json!({"type": "keyDown", "value": key}));
            if key == '\u{e008}' {
                held = Some(key);
            } else {
                actions.push(json!({"type": "keyUp", "value": key}));
            }
        }
        let source = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.driver.post("/actions", &json!({"actions": [source]})).await.expect(200);
    }

    /// Moves the mouse onto the middle of an element.
    pub async fn hover(&self, root: Root, css: &str) {
        let element = self.find(root, css).await;
        let origin = json!({ELEMENT_KEY: element.element_id().to_string()});
        let there = json!({"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin});
        let mouse =
            json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [there]});
        self.driver.post("/actions", &json!({"actions": [mouse]})).await.expect(200);
    }

    /// Waits until the texts of some elements are right.
    pub async fn until(&self, what: &str, root: Root, css: &str, is_right: impl Fn(&[String]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let texts = self.texts(root, css).await;
            if is_right(&texts) {
                return;
            }
            if Instant::now() > deadline {
                self.picture("stuck").await;
                panic!("waited {PATIENCE:?} in vain: {what} ({css} in {}); it shows {texts:#?}", self.name);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until one of them is this text.
    pub async fn until_text(&self, root: Root, css: &str, text: &str) {
        self.until(&format!("{text:?}"), root, css, |texts| texts.iter().any(|there| there == text)).await;
    }

    /// Waits until none is displayed.
    pub async fn until_gone(&self, root: Root, css: &str) {
        self.until("it is gone", root, css, <[String]>::is_empty).await;
    }

    /// Screenshots in both colour schemes: `screenshots/<page>-<moment>-<scheme>.png`.
    pub async fn shoot(&self, moment: &str) {
        for scheme in SCHEMES {
            self.use_scheme(scheme).await;
            self.picture(&format!("{moment}-{scheme}")).await;
        }
    }

    /// Looks at it in one of [`SCHEMES`].
    pub async fn use_scheme(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
        self.run(FINISH).await;
    }

    /// Looks at it with what a visitor's system asks for: media features and their values, in place of all others.
    pub async fn use_media(&self, features: &[(&str, &str)]) {
        let features: Vec<Value> = features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
        self.run(FINISH).await;
    }

    /// Makes the page so large, in its own pixels, each of which is four on the screen: as if it were twice as near.
    pub async fn zoom(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A screenshot as it is now: `screenshots/<page>-<moment>.png`.
    pub async fn picture(&self, moment: &str) {
        let folder = place::screenshots();
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let shown = self.devtools("Page.captureScreenshot", json!({})).await;
        let bytes = STANDARD.decode(shown["data"].as_str().unwrap_or_default()).expect("a picture");
        std::fs::write(folder.join(format!("{}-{moment}.png", self.name)), bytes).expect("a file for the picture");
    }

    async fn devtools(&self, command: &str, params: Value) -> Value {
        let answer = self.driver.post("/goog/cdp/execute", &json!({"cmd": command, "params": params})).await;
        answer.expect(200)["value"].clone()
    }

    /// Reads the console. The driver forgets what it has told, so it is kept here.
    async fn listen(&mut self) {
        let answer = self.driver.post("/se/log", &json!({"type": "browser"})).await;
        for entry in answer.expect(200)["value"].as_array().expect("a log") {
            if entry["level"] == "SEVERE" || entry["level"] == "WARNING" {
                self.complaints.push(entry["message"].as_str().unwrap_or_default().to_owned());
            }
        }
    }

    /// What the page has complained about on its console so far.
    pub async fn complaints(&mut self) -> &[String] {
        self.listen().await;
        &self.complaints
    }

    /// Goes on in a frame of the page.
    pub async fn enter_frame(&self, css: &str) {
        let frame = self.find(Root::Page, css).await;
        frame.enter_frame().await.unwrap_or_else(|error| panic!("{}: {css}: {error}", self.name));
    }

    /// Goes on in the page around the frame.
    pub async fn leave_frame(&self) {
        self.client.clone().enter_parent_frame().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Makes the line slow: a delay in milliseconds, and bytes a second. No bytes: as fast as it is; a negative delay: no line.
    pub async fn throttle(&self, delay_ms: i64, bytes: i64) {
        let rate = if bytes == 0 { -1 } else { bytes };
        let conditions = json!({"offline": delay_ms < 0, "latency": delay_ms.max(0), "downloadThroughput": rate, "uploadThroughput": rate});
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Makes the processor so many times slower for the page.
    pub async fn slow_down(&self, times: u32) {
        self.devtools("Emulation.setCPUThrottlingRate", json!({"rate": times})).await;
    }

    /// Runs a script in every page that is opened from now on, before its own.
    pub async fn prepare(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }

    /// Opens another tab of the same browser and goes on there. Returns both, in this order.
    pub async fn open_tab(&self) -> [WindowHandle; 2] {
        let first = self.client.window().await.expect("a tab");
        let second = self.client.new_window(true).await.expect("another tab").handle;
        self.switch_to(&second).await;
        [first, second]
    }

    /// Goes on in another tab.
    pub async fn switch_to(&self, tab: &WindowHandle) {
        self.client.switch_to_window(tab.clone()).await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        self.devtools("Page.bringToFront", json!({})).await;
    }

    /// All tabs and windows of the browser.
    pub async fn tabs(&self) -> Vec<WindowHandle> {
        self.client.windows().await.expect("the tabs")
    }

    /// Closes the tab that it is in. Another one has to be switched to.
    pub async fn close_tab(&self) {
        self.client.close_window().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Closes the page, whatever it has complained about: a relay that was killed is worth a complaint.
    pub async fn quit(self) {
        self.client.close().await.expect("the browser's end");
    }

    /// Fails if the page has complained on its console, and closes it.
    pub async fn close(mut self) {
        self.listen().await;
        assert_eq!(self.complaints, Vec::<String>::new(), "{} complains on its console", self.name);
        self.client.close().await.expect("the browser's end");
    }
}
