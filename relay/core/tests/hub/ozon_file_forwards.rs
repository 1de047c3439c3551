//! Files that integrators send by Ozon's own method: reserved messages, as texts are, and one copy to the buyer however often
//! a client repeats itself.

use crate::bench;

use bench::ozon::{CHAT, FILE, Market, TEXT, answered, path_and_body};
use bench::people::{integration, visitor};
use relay_core::files::{self, place::Place};
use relay_core::hub::{Forward, ForwardedFile, Request, Ticket};
use relay_core::upstream::Answered;
use serde_json::{Value, json};
use shared::limits::{CLIENT_ID_BYTES_MAX, FORWARD_PATIENCE_MS, FORWARD_REPEAT_MS, OZON_WINDOW_MS};
use shared::problem::{Code, Problem};
use shared::token::Claims;

const UNKNOWN_CHAT: &str = "7c1f7e52-93a4-4c55-8a8e-2f1c1d1c9a10";

struct Client {
    market: Market,
    ticket: Ticket,
    claims: Claims,
    key: Option<String>,
    client_id: Option<String>,
    chat_id: String,
}

impl Client {
    fn new() -> Self {
        let (claims, chat_id) = (integration("CRM"), CHAT.to_owned());
        Self { market: Market::aged(), ticket: 0, claims, key: None, client_id: None, chat_id }
    }

    fn begin(&mut self, name: &str, bytes: &[u8]) -> Result<Value, Problem> {
        let entropy = self.market.bench.entropy();
        self.market.bench.request(Request::BeginForward {
            claims: self.claims.clone(),
            client_id: self.client_id.clone(),
            chat_id: self.chat_id.clone(),
            judged: bench::ozon::judged(name),
            size: i64::try_from(bytes.len()).unwrap(),
            digest: files::digest(bytes),
            place: Place::Sqlite,
            entropy,
        })
    }

    fn forward(&mut self, path: &str, file_id: Option<String>) -> Result<Ticket, Problem> {
        self.ticket += 1;
        let (ticket, chat_id) = (self.ticket, self.chat_id.clone());
        let forward = Forward {
            claims: self.claims.clone(),
            ticket,
            path: path.into(),
            body: Vec::new(),
            file: file_id.map(|file_id| ForwardedFile { chat_id, file_id }),
            client_id: self.client_id.clone(),
            key: self.key.clone(),
        };
        self.market.forward(forward)
    }

    /// As the edge does it: the file is kept, and the call names it.
    fn send(&mut self, name: &str, bytes: &[u8]) -> Result<Ticket, Problem> {
        let begun = self.begin(name, bytes)?;
        let file_id = self.market.bench.keep_file(&begun, bytes, Place::Sqlite);
        self.forward(FILE, Some(file_id))
    }

    fn reply(&self, ticket: Ticket) -> Option<(u16, Value)> {
        let reply = self.market.bench.replies.get(&ticket)?;
        Some((reply.status, serde_json::from_slice(&reply.body).unwrap()))
    }

    fn copies(&self) -> usize {
        self.market.ozon.seller_texts(&self.chat_id).len()
    }

    fn kept(&self) -> i64 {
        self.market.bench.integers("SELECT COUNT(*) FROM files")[0]
    }
}

fn success() -> Option<(u16, Value)> {
    Some((200, json!({"result": "success"})))
}

#[test]
fn a_file_that_a_client_repeats_reaches_the_buyer_once_and_is_kept_once() {
    let mut client = Client::new();
    let first = client.send("чек.pdf", b"bytes").unwrap();
    assert_eq!(client.reply(first), None, "the fate is not known yet");
    // The client has lost its line and comes again, and again after it was sent.
    let second = client.send("чек.pdf", b"bytes").unwrap();
    let call = client.market.bench.call();
    assert_eq!((call.request.uri().path(), &path_and_body(&call.request).1["name"]), (FILE, &json!("чек.pdf")));
    client.market.serve(call);
    assert_eq!((client.reply(first), client.reply(second)), (success(), success()));
    client.market.bench.advance(FORWARD_REPEAT_MS - 1);
    client.market.settle();
    let third = client.send("чек.pdf", b"bytes").unwrap();
    assert_eq!((client.reply(third), client.copies(), client.kept()), (success(), 1, 1));
    assert_eq!(client.market.bench.integers("SELECT bytes FROM file_usage"), [5]);
    // Later it is meant anew.
    client.market.bench.advance(2);
    client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    assert_eq!((client.copies(), client.kept()), (2, 2));
}

#[test]
fn other_bytes_another_name_chat_or_caller_are_another_message() {
    let mut client = Client::new();
    client.send("чек.pdf", b"bytes").unwrap();
    client.send("чек.pdf", b"other").unwrap();
    client.send("акт.pdf", b"bytes").unwrap();
    client.claims = integration("Робот");
    client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    assert_eq!(client.copies(), 4);
    client.chat_id = UNKNOWN_CHAT.into();
    client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    assert_eq!((client.copies(), client.kept()), (1, 5));
}

#[test]
fn an_id_of_the_clients_own_says_what_is_the_same_file() {
    let mut client = Client::new();
    for (key, copies) in [("a", 1), ("a", 1), ("b", 2), ("b", 2)] {
        client.key = Some(key.into());
        let ticket = client.send("чек.pdf", b"bytes").unwrap();
        client.market.settle();
        assert_eq!((client.reply(ticket), client.copies()), (success(), copies), "{key}");
    }
    client.market.bench.advance(FORWARD_REPEAT_MS * 2);
    client.key = Some("a".into());
    client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    assert_eq!((client.copies(), client.kept()), (2, 2), "it does not wear out");
    for key in [String::new(), "k".repeat(CLIENT_ID_BYTES_MAX + 1)] {
        client.key = Some(key);
        assert_eq!(client.send("чек.pdf", b"bytes").unwrap_err().code, Code::Invalid);
    }
}

#[test]
fn a_lost_answer_is_found_out_and_told_as_a_success_not_as_an_error() {
    for arrived in [true, false] {
        let mut client = Client::new();
        let ticket = client.send("фото.jpg", b"bytes").unwrap();
        let call = client.market.bench.call();
        if arrived {
            let _ = client.market.ozon.serve(&call);
        }
        client.market.bench.answer(call.job, Answered::Lost);
        for _ in 0..FORWARD_PATIENCE_MS / 500 {
            client.market.bench.advance(500);
            client.market.serve_all();
        }
        let told = Some((if arrived { 200 } else { 202 }, json!({"result": "success"})));
        assert_eq!(client.reply(ticket), told, "arrived: {arrived}");
        let again = client.send("фото.jpg", b"bytes").unwrap();
        client.market.settle();
        assert_eq!((client.reply(again), client.copies()), (success(), 1), "arrived: {arrived}");
    }
}

#[test]
fn a_crash_before_the_answer_makes_no_second_copy() {
    let mut client = Client::new();
    client.send("чек.pdf", b"bytes").unwrap();
    let call = client.market.bench.call();
    let _ = client.market.ozon.serve(&call);
    client.market.bench.crash();
    client.market.bench.advance(OZON_WINDOW_MS);
    client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    let third = client.send("чек.pdf", b"bytes").unwrap();
    assert_eq!((client.reply(third), client.copies()), (success(), 1));
}

#[test]
fn a_refusal_is_told_in_the_vendors_words_and_the_same_may_be_sent_again() {
    let mut client = Client::new();
    let ticket = client.send("чек.pdf", b"bytes").unwrap();
    let body = r#"{"code":7,"message":"Information is only available with a Premium Plus subscription.","details":[]}"#;
    let call = client.market.bench.call();
    client.market.bench.answer(call.job, answered(403, body));
    assert_eq!(client.reply(ticket), Some((403, serde_json::from_str(body).unwrap())));
    let ticket = client.send("чек.pdf", b"bytes").unwrap();
    client.market.settle();
    assert_eq!((client.reply(ticket), client.copies()), (success(), 1));
}

#[test]
fn a_file_that_cannot_be_read_is_told_as_a_failure() {
    let mut client = Client::new();
    let begun = client.begin("чек.pdf", b"bytes").unwrap();
    let file_id = client.market.bench.keep_file(&begun, b"bytes", Place::Sqlite);
    client.market.bench.execute("DELETE FROM file_chunks", vec![]);
    let ticket = client.forward(FILE, Some(file_id)).unwrap();
    assert_eq!((client.reply(ticket).unwrap().0, client.copies()), (503, 0));
}

#[test]
fn a_chat_that_the_relay_has_not_met_begins_with_the_file() {
    let mut client = Client::new();
    client.chat_id = UNKNOWN_CHAT.into();
    let begun = client.begin("чек.pdf", b"bytes").unwrap();
    assert_eq!(client.market.bench.take(client.market.operator), Vec::<Value>::new(), "nothing has been sent yet");
    let file_id = client.market.bench.keep_file(&begun, b"bytes", Place::Sqlite);
    let ticket = client.forward(FILE, Some(file_id.clone())).unwrap();
    client.market.serve_all();
    assert_eq!((client.reply(ticket), client.copies()), (success(), 1));
    let frames = client.market.bench.take(client.market.operator);
    let events: Vec<&str> = frames.iter().map(|frame| frame["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["new_chat", "operator_message", "message_status"]);
    assert_eq!(frames[1]["data"]["attachment"]["file_id"], json!(file_id));
    // It belongs to that chat from then on.
    assert_eq!(json!(client.market.bench.integers("SELECT user_id FROM files")), json!([frames[0]["data"]["user_id"]]));
}

#[test]
fn what_is_wrong_with_a_call_is_told_before_anything_is_kept() {
    let mut client = Client::new();
    let code = |client: &mut Client| client.begin("чек.pdf", b"bytes").map(drop).map_err(|problem| problem.code);
    client.claims = visitor(-1);
    assert_eq!(code(&mut client), Err(Code::Forbidden));
    client.claims = Claims { org: "another".into(), ..integration("CRM") };
    assert_eq!(code(&mut client), Err(Code::Forbidden));
    client.claims = integration("CRM");
    client.client_id = Some("837".into());
    assert_eq!(code(&mut client), Err(Code::Forbidden));
    client.client_id = Some("836".into());
    for chat_id in ["", "a b", &"c".repeat(65)] {
        client.chat_id = chat_id.into();
        assert_eq!(code(&mut client), Err(Code::Invalid), "{chat_id}");
    }
    client.chat_id = CHAT.into();
    client.market.bench.execute("DELETE FROM accounts", vec![]);
    assert_eq!(code(&mut client), Err(Code::UpstreamNotConnected));
    assert_eq!(client.kept(), 0);
}

#[test]
fn a_call_names_a_file_that_is_its_own_and_no_other_way_leads_to_the_vendor() {
    let mut client = Client::new();
    let wrong = |client: &mut Client, file_id: Option<&str>| {
        let told = client.forward(FILE, file_id.map(Into::into)).map_err(|problem| problem.code);
        assert!(client.market.bench.calls.is_empty());
        told
    };
    assert_eq!(wrong(&mut client, None), Err(Code::Invalid));
    assert_eq!(wrong(&mut client, Some("no-such-file")), Err(Code::NotFound));
    // Not one that is not whole, that was sent, or of another chat.
    let begun = client.begin("чек.pdf", b"bytes").unwrap();
    assert_eq!(wrong(&mut client, begun["file_id"].as_str()), Err(Code::NotFound));
    let file_id = client.market.bench.keep_file(&begun, b"bytes", Place::Sqlite);
    let other = client.market.buyer_writes(UNKNOWN_CHAT, "Ау?");
    client.market.bench.execute("UPDATE files SET user_id = ?", vec![other.into()]);
    assert_eq!(wrong(&mut client, Some(&file_id)), Err(Code::NotFound));
    client.chat_id = UNKNOWN_CHAT.into();
    client.forward(FILE, Some(file_id.clone())).unwrap();
    client.market.settle();
    assert_eq!(wrong(&mut client, Some(&file_id)), Err(Code::NotFound));
    // A file named in a call of a text's is not looked at.
    let ticket = client.forward(TEXT, Some(file_id)).unwrap();
    let call = client.market.bench.call();
    assert_eq!((call.request.uri().path(), call.request.body().len()), (TEXT, 0));
    client.market.bench.answer(call.job, answered(400, "{}"));
    assert_eq!(client.reply(ticket).unwrap().0, 400);
}

#[test]
fn kinds_that_are_not_taken_are_a_wrong_request_in_the_vendors_form() {
    let refused = files::judge("акт.docx", "", b"PK\x03\x04").unwrap_err();
    let told = relay_core::hub::Forwarded::refusal(&refused);
    let body: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!((told.status, &body["code"], &body["problem"]), (400, &json!(3), &json!("unsupported_type")));
    assert!(body["message"].as_str().unwrap().contains("JPEG, PNG, WebP, PDF and CSV"), "{body}");
}
