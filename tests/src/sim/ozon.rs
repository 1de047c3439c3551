//! The marketplace: two buyers' chats, an API in many moods, and notifications that come late and twice.
//!
//! It answers in the vendor's shapes (UPSTREAMS 1), and remembers which of our messages each copy it accepted was: what
//! the vendor cannot know, but the judge has to.

use std::collections::BTreeMap;

use relay_core::hub::{Chore, Job, Request};
use relay_core::storage::Sql;
use relay_core::upstream::{self, Answered};
use serde_json::{Value as Json, json};
use shared::id::MessageId;
use shared::limits::UPSTREAM_TIMEOUT_MS;
use shared::message::source;

use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::world::World;

/// The chats' ids at the vendor.
pub(super) const BUYERS: [&str; 2] = ["5e767a03-b400-4d1b-a841-75319ca8a5c8", "b646d975-0c9c-4872-9f41-8b1e57181063"];
/// The vendor's ids: beyond what a double holds exactly.
const FIRST_ID: u64 = 3_000_000_000_817_031_942;
/// How late a copy of a call can still arrive: beyond our own timeout, within what sends.rs allows for.
const LATE_MS_MAX: i64 = UPSTREAM_TIMEOUT_MS + 3_000;

/// A message of a chat at the vendor.
pub(super) struct Kept {
    pub(super) id: u64,
    pub(super) text: String,
    /// Which of ours it is; `None` for a buyer's.
    pub(super) ours: Option<MessageId>,
}

#[derive(Default)]
pub(super) struct Ozon {
    pub(super) secret: String,
    pub(super) chats: BTreeMap<String, Vec<Kept>>,
    /// How far each buyer has read.
    pub(super) read: BTreeMap<String, u64>,
    last_id: u64,
    copies: BTreeMap<u64, (Job, upstream::Request)>,
    pushes: Vec<Push>,
    written: u32,
}

struct Push {
    body: String,
    taken: bool,
}

impl Ozon {
    fn next_id(&mut self, step: u64) -> u64 {
        self.last_id = self.last_id.max(FIRST_ID) + step;
        self.last_id
    }
}

impl World {
    // Buyers.

    pub(super) fn buyers_act(&mut self) {
        if !self.active {
            return;
        }
        let pause = self.chance.between(800, 6_000);
        self.schedule.after(pause, Happening::BuyersAct);
        let buyer = self.chance.index(BUYERS.len());
        let chat_id = BUYERS[buyer].to_owned();
        let step = self.chance.between(1, 1000) as u64;
        let created_at = self.relay_now().to_rfc3339();
        let user =
            json!({"id": format!("{}", 115_568 + buyer), "type": if buyer == 0 { "Customer" } else { "Сustomer" }});
        let body = if self.chance.percent(60) {
            let id = self.ozon.next_id(step);
            self.ozon.written += 1;
            let text = format!("§ozon{buyer}§ {}", self.ozon.written);
            self.ozon.chats.entry(chat_id.clone()).or_default().push(Kept { id, text: text.clone(), ours: None });
            json!({"message_type": "TYPE_NEW_MESSAGE", "chat_id": chat_id, "chat_type": "Buyer_Seller", "message_id": id.to_string(),
                "created_at": created_at, "user": user, "data": [text], "seller_id": "7"})
        } else {
            let Some(last) = self.ozon.chats.get(&chat_id).and_then(|chat| chat.last()).map(|last| last.id) else {
                return;
            };
            self.ozon.read.insert(chat_id.clone(), last);
            json!({"message_type": "TYPE_MESSAGE_READ", "chat_id": chat_id, "chat_type": "Buyer_Seller", "message_id": last.to_string(),
                "last_read_message_id": last.to_string(), "created_at": created_at, "user": user, "seller_id": 7})
        };
        let delay = if self.chance.permille(self.weather.push_late) {
            self.saw("push late");
            self.chance.between(1_000, 15_000)
        } else {
            self.chance.between(20, 400)
        };
        // Some are never sent: nobody but the relay can find out, by looking. That a buyer has read shows nowhere else.
        let is_message = body["message_type"] == "TYPE_NEW_MESSAGE";
        if is_message && self.chance.permille(self.weather.push_never) {
            self.saw("push never");
            return;
        }
        self.schedule.after(delay, Happening::Push { number: self.ozon.pushes.len() });
        self.ozon.pushes.push(Push { body: body.to_string(), taken: false });
    }

    pub(super) fn push(&mut self, number: usize) {
        let body = self.ozon.pushes[number].body.clone();
        let secret = self.ozon.secret.clone();
        let dropped = self.is_sabotaged(Sabotage::DropsPushes) && self.chance.percent(10);
        let answer = if dropped {
            Some(Ok(Json::Null))
        } else {
            self.ask(Request::Hook { source: source::OZON.into(), secret, body })
        };
        match answer {
            Some(Ok(_)) => {
                self.ozon.pushes[number].taken = true;
                if self.chance.permille(self.weather.push_again) {
                    self.saw("push twice");
                    let late = self.chance.between(10, 20_000);
                    self.schedule.after(late, Happening::Push { number });
                }
            }
            Some(Err(_)) | None => {
                let again = self.chance.between(500, 4_000);
                self.schedule.after(again, Happening::Push { number });
            }
        }
    }

    // The API.

    /// A call leaves the relay.
    pub(super) fn call(&mut self, job: Job, request: upstream::Request) {
        self.note(|| format!("{job:?} leaves for {}", request.uri().path()));
        let call = self.new_flight(job.clone(), request.clone());
        self.schedule.after(UPSTREAM_TIMEOUT_MS, Happening::CallTimesOut(call));
        if self.chance.permille(self.weather.call_lost) {
            self.saw("call lost");
            return;
        }
        self.ozon.copies.insert(call, (job, request));
        let delay = if self.chance.permille(self.weather.slow_call) {
            self.saw("call slow");
            self.chance.between(1_000, LATE_MS_MAX)
        } else {
            self.chance.between(20, 300)
        };
        self.schedule.after(delay, Happening::CallArrives(call));
    }

    pub(super) fn call_arrives(&mut self, call: u64) {
        let Some((job, request)) = self.ozon.copies.remove(&call) else { return };
        let (status, retry_after, body) = self.answer(&job, &request);
        self.note(|| format!("ozon answers {job:?} with {status} {body}"));
        if self.chance.permille(self.weather.answer_lost) {
            self.saw("answer lost");
            return;
        }
        let mut response = http_response(status, body);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        if let Some(flight) = self.relay.calls.get_mut(&call) {
            flight.answer = Some(Answered::Response(response));
        }
        let delay = if self.chance.permille(self.weather.slow_call) {
            self.chance.between(1_000, UPSTREAM_TIMEOUT_MS)
        } else {
            self.chance.between(10, 300)
        };
        self.schedule.after(delay, Happening::CallAnswered(call));
    }

    pub(super) fn call_answered(&mut self, call: u64) {
        if let Some(answer) = self.relay.calls.get_mut(&call).and_then(|flight| flight.answer.take()) {
            self.call_over(call, answer);
        }
    }

    pub(super) fn call_times_out(&mut self, call: u64) {
        let again = self.is_sabotaged(Sabotage::RepeatsLostSends);
        match self.relay.calls.get(&call) {
            Some(flight) if again && matches!(flight.job, Job::Send { .. }) => {
                let (job, request) = (flight.job.clone(), flight.request.clone());
                self.relay.calls.remove(&call);
                self.call(job, request);
            }
            Some(_) => self.call_over(call, Answered::Lost),
            None => {}
        }
    }

    fn answer(&mut self, job: &Job, request: &upstream::Request) -> (u16, Option<u16>, String) {
        let has = |name: &str| request.headers().contains_key(name);
        if !has("client-id") || !has("api-key") {
            return (401, None, r#"{"code":16,"message":"Client-Id and Api-Key headers are required"}"#.into());
        }
        let sends = matches!(job, Job::Send { .. });
        let body: Json = serde_json::from_slice(request.body()).unwrap_or_default();
        let weather = &self.weather;
        let (patience, server_error, garbage) = (weather.patience, weather.server_error, weather.garbage);
        let refusal = if sends { weather.refusal } else { 0 };
        if self.chance.permille(patience) {
            self.saw("upstream asks for patience");
            let seconds = self.chance.percent(50).then(|| self.chance.between(1, 5) as u16);
            return (429, seconds, r#"{"code":8,"message":"You have reached request rate limit per second"}"#.into());
        }
        if self.chance.permille(refusal) {
            self.saw("upstream refuses");
            let message = "Information is only available with a Premium Plus subscription.";
            return (403, None, json!({"code": 7, "message": message}).to_string());
        }
        if self.chance.permille(server_error) {
            self.saw("upstream fails");
            if self.chance.percent(50) {
                self.act(job, &body);
            }
            return (500, None, r#"{"code":13,"message":"Internal error"}"#.into());
        }
        let answer = self.act(job, &body);
        if self.chance.permille(garbage) {
            self.saw("upstream talks nonsense");
            return (200, None, if self.chance.percent(50) { "<html>".into() } else { "{}".into() });
        }
        (200, None, answer)
    }

    /// What the vendor does, and its answer.
    fn act(&mut self, job: &Job, body: &Json) -> String {
        let chat_id = body["chat_id"].as_str().unwrap_or_default().to_owned();
        match job {
            Job::Send { message_id, .. } => {
                let step = self.chance.between(1, 1000) as u64;
                let id = self.ozon.next_id(step);
                let file = super::files::shown(body, id);
                if file.is_some() {
                    self.saw("file at the buyer's");
                }
                let text = file.unwrap_or_else(|| body["text"].as_str().unwrap_or_default().to_owned());
                self.note(|| format!("ozon keeps {text:?} as {id}"));
                let chat = self.ozon.chats.entry(chat_id).or_default();
                if chat.iter().any(|kept| kept.ours == Some(*message_id)) {
                    self.blame(|| format!("the buyer gets the message {message_id} twice: {text}"));
                    return String::new();
                }
                chat.push(Kept { id, text, ours: Some(*message_id) });
                r#"{"result":"success"}"#.into()
            }
            Job::Lookup { .. } => self.page(&chat_id, body),
            Job::Chore { errand } => match errand.chore {
                Chore::Walk => self.list(body),
                Chore::Catch => self.page(&chat_id, body),
                Chore::TellRead => r#"{"unread_count":0}"#.into(),
                // No history here says what a chat is about.
                Chore::Order | Chore::FboOrder => r#"{"postings":[],"cursor":"","has_next":false}"#.into(),
            },
            Job::Forward { .. } | Job::File { .. } | Job::StartChat { .. } => {
                self.blame(|| "nobody here calls Ozon through the relay, or sends in bulk".into());
                String::new()
            }
        }
    }

    /// The newest chats first, two on a page at most.
    fn list(&mut self, body: &Json) -> String {
        let nothing_new = self.is_sabotaged(Sabotage::DropsPushes);
        let last = |kept: &Vec<Kept>| kept.last().map_or(0, |kept| kept.id);
        let mut chats: Vec<(u64, &String)> =
            self.ozon.chats.iter().map(|(chat_id, kept)| (last(kept), chat_id)).collect();
        chats.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        let after = body["cursor"].as_str().and_then(|cursor| cursor.parse().ok()).unwrap_or(u64::MAX);
        let rest: Vec<_> = chats.into_iter().filter(|(id, _)| *id < after && !nothing_new).collect();
        let page: Vec<Json> = rest
            .iter()
            .take(1)
            .map(|(id, chat_id)| {
                json!({"chat": {"chat_id": chat_id, "chat_type": "BUYER_SELLER", "chat_status": "OPENED"},
                       "last_message_id": id, "unread_count": 0})
            })
            .collect();
        let cursor = rest.first().map(|(id, _)| id.to_string());
        json!({"chats": page, "total_unread_count": 0, "cursor": cursor, "has_next": rest.len() > 1}).to_string()
    }

    /// A page of a chat, in either direction; the message it begins with comes again.
    fn page(&self, chat_id: &str, body: &Json) -> String {
        let limit = body["limit"].as_u64().unwrap_or(50) as usize;
        let from = body["from_message_id"].as_u64();
        let chat = self.ozon.chats.get(chat_id).map(Vec::as_slice).unwrap_or_default();
        let there: Vec<&Kept> = if body["direction"] == "Forward" {
            chat.iter().filter(|kept| from.is_some_and(|from| kept.id >= from)).collect()
        } else {
            chat.iter().rev().filter(|kept| from.is_none_or(|from| kept.id <= from)).collect()
        };
        let read = self.ozon.read.get(chat_id).copied().unwrap_or_default();
        let messages: Vec<Json> = there
            .iter()
            .take(limit)
            .map(|kept| {
                let kind = if kept.ours.is_some() { "Seller" } else { "Customer" };
                let is_read = kept.ours.is_some() && kept.id <= read;
                json!({"message_id": kept.id, "user": {"id": "836", "type": kind}, "data": [kept.text], "is_read": is_read})
            })
            .collect();
        json!({"has_next": there.len() > limit, "messages": messages}).to_string()
    }

    pub(super) fn ozon_unrest(&self) -> Option<String> {
        if let Some(push) = self.ozon.pushes.iter().find(|push| !push.taken) {
            return Some(format!("a notification is not taken: {}", push.body));
        }
        if let Some(flight) = self.relay.calls.values().find(|flight| !matches!(flight.job, Job::Chore { .. })) {
            return Some(format!("{:?} is under way", flight.job));
        }
        // Under sabotage they never come.
        if self.is_sabotaged(Sabotage::DropsPushes) {
            return None;
        }
        let store = &self.relay.store;
        let is_here = |kept: &Kept| {
            let statement = "SELECT 1 FROM messages WHERE upstream_id = ?";
            store.first(statement, &[kept.id.to_string().into()]).is_ok_and(|row| row.is_some())
        };
        let missing = self.ozon.chats.values().flatten().find(|kept| kept.ours.is_none() && !is_here(kept));
        missing.map(|kept| format!("the buyer's {:?} has not been found", kept.text))
    }
}

fn http_response(status: u16, body: String) -> upstream::Response {
    let mut response = upstream::Response::new(body.into_bytes());
    *response.status_mut() = status.try_into().expect("a status of the vendor's");
    response
}
