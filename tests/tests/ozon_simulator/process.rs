//! The simulator as a whole: restarts in the same state, the program, the page for a person, the demo.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tests::ozon::{Control, Options, PostingGiven, Simulator};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::seller::{PATIENCE, Seller, market};
use super::seller_hook::{Manner, SellerHook};

/// A state file that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ozon-simulator-{name}-{}.json", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn program(arguments: &[&str]) -> (Child, Control) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ozon-simulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let url = ready.strip_prefix("Ozon simulator on ").unwrap_or_else(|| panic!("{ready}"));
    let control = Control::at(url).unwrap();
    (child, control)
}

#[tokio::test]
async fn a_restart_continues_with_the_same_chats_and_owed_pushes() {
    let scratch = Scratch::new("restart");
    let hook = SellerHook::start().await;
    let options = Options {
        state: Some(scratch.0.clone()),
        push_retries: vec![Duration::from_secs(600); 9],
        ..Options::default()
    };
    let ozon = Simulator::start(options.clone()).await.unwrap();
    ozon.push_url(&hook.url).await.unwrap();
    hook.answers(Manner::Failing);
    let posted = ozon.new_buyer_says("Помните меня?").await.unwrap();
    hook.until(1).await;
    let before = ozon.state().await.unwrap();
    let port = ozon.url().rsplit(':').next().unwrap().parse().unwrap();
    ozon.stop().await;

    hook.answers(Manner::Well);
    let ozon = Simulator::start(Options { port, ..options }).await.unwrap();
    let after = ozon.state().await.unwrap();
    assert_eq!(format!("{:?}", after.chats), format!("{:?}", before.chats));
    assert_eq!(hook.until(2).await[1]["message_id"], posted.message_id, "the push is still owed");
    let seller = Seller::of(&ozon);
    seller.ok("/v1/chat/send/message", json!({"chat_id": posted.chat_id, "text": "Конечно!"})).await;
    let next = ozon.buyer_says(&posted.chat_id, "Ура").await.unwrap();
    assert!(next.message_id > posted.message_id, "ids go on");
}

#[tokio::test]
async fn a_restart_stays_at_the_time_it_was_moved_to() {
    let scratch = Scratch::new("clock");
    let options = Options { state: Some(scratch.0.clone()), ..Options::default() };
    let ozon = Simulator::start(options.clone()).await.unwrap();
    ozon.advance(Duration::from_secs(30 * 24 * 3_600)).await.unwrap();
    let posting = json!({"posting_number": ozon.posting(&PostingGiven::default()).await.unwrap()});
    // To the second: the vendor leaves trailing zeros out, so that fractions do not compare as texts.
    let now = async |ozon: &Simulator| ozon.state().await.unwrap().now[..19].to_owned();
    let before = now(&ozon).await;
    ozon.stop().await;
    let ozon = Simulator::start(options).await.unwrap();
    let after = now(&ozon).await;
    assert!(after >= before, "{after} after {before}");
    Seller::of(&ozon).ok("/v1/chat/start", posting).await;
    let first_day = json!({"posting_number": "0136123457-0001-1"});
    Seller::of(&ozon).refused("/v1/chat/start", first_day, 400, 9).await;
}

#[tokio::test]
async fn the_program_keeps_its_state_when_it_is_killed() {
    let scratch = Scratch::new("killed");
    let arguments = ["--port", "0", "--state", scratch.0.to_str().unwrap(), "--seed=5"];
    let (mut child, control) = program(&arguments).await;
    let posted = control.new_buyer_says("Ау").await.unwrap();
    child.kill().await.unwrap();

    let (_child, control) = program(&arguments).await;
    let state = control.state().await.unwrap();
    assert_eq!(state.chat(&posted.chat_id).unwrap().messages[0].text, "Ау");
    assert_eq!(state.seed, 5);
    Seller::at(control.url()).ok("/v3/chat/list", json!({"limit": 1})).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_ends_when_it_is_asked_to() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, _control) = program(&[]).await;
        let id = child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
        let status = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{signal}: {status}");
    }
}

#[tokio::test]
async fn the_program_says_what_it_does_not_understand() {
    let output = Command::new(env!("CARGO_BIN_EXE_ozon-simulator")).args(["--port", "сто"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--port wants a number"));
}

#[tokio::test]
async fn a_person_gets_a_page_in_russian() {
    let ozon = market().await;
    let page = reqwest::get(ozon.url()).await.unwrap();
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let page = page.text().await.unwrap();
    assert!(page.contains("lang=\"ru\"") && !page.contains("innerHTML"));
}

#[tokio::test]
async fn the_control_surface_takes_only_json_by_name() {
    let ozon = market().await;
    let http = reqwest::Client::new();
    let url = format!("{}/_sim/buyer-message", ozon.url());
    let form = http.post(&url).header("content-type", "text/plain").body(r#"{"text":"Ау"}"#).send().await.unwrap();
    assert_eq!(form.status(), 415, "a page of another origin cannot post without a preflight");
    let typo = http.post(&url).json(&json!({"texte": "Ау"})).send().await.unwrap();
    assert_eq!(typo.status(), 422);
}

#[tokio::test]
async fn in_the_demo_a_buyer_writes_is_answered_reads_and_writes_again() {
    let hook = SellerHook::start().await;
    let options = Options { demo: true, push: Some(hook.url.clone()), ..Options::default() };
    let ozon = Simulator::start(options).await.unwrap();
    let first = hook.until(1).await.remove(0);
    let answer = json!({"chat_id": first["chat_id"], "text": "Здравствуйте! Отправим завтра."});
    Seller::of(&ozon).ok("/v1/chat/send/message", answer).await;
    assert_eq!(hook.until(2).await[1]["message_type"], "TYPE_MESSAGE_READ");

    let chat_id = first["chat_id"].as_str().unwrap();
    let replied = |state: &tests::ozon::StateView| (state.chat(chat_id)?.messages.len() == 3).then_some(());
    ozon.until("the buyer's reply", 2 * PATIENCE, replied).await.unwrap();
}
