//! A program that writes over HTTP, sometimes hundreds of messages at once, and repeats a request until it is answered.

use relay_core::hub::Request;
use serde_json::Value as Json;
use shared::action::{Action, SendMessage};
use shared::client::Identity;
use shared::id::UserId;
use shared::message::Side;
use shared::problem::Problem;
use shared::token::Role;

use super::neighbour::Shop;
use super::people::{VISITORS, tag};
use super::schedule::Happening;
use super::shell::claims;
use super::world::World;

/// More than a resume replays, so that whoever misses it has to resync.
const FLOOD: usize = 215;
/// More than the hub looks at in one alarm.
const OZON_FLOOD: usize = 55;

#[derive(Default)]
pub(super) struct Api {
    posts: Vec<Post>,
}

struct Post {
    user_id: UserId,
    client_id: String,
    done: bool,
    puts_to_sleep: bool,
}

impl World {
    pub(super) fn plan_floods(&mut self) {
        if self.weather.flood {
            let visitor = VISITORS[self.chance.index(2)];
            self.plan_flood(visitor, FLOOD, 4);
        }
        if self.weather.ozon_flood {
            self.plan_flood(1, OZON_FLOOD, 20);
        }
    }

    fn plan_flood(&mut self, user_id: UserId, messages: usize, every_ms: i64) {
        let begin = self.chance.between(15_000, 40_000);
        for number in 0..messages {
            let at = begin + number as i64 * every_ms;
            self.schedule.at(at, Happening::Posted(self.api.posts.len()));
            let client_id = format!("api.{user_id}.{number}");
            self.api.posts.push(Post { user_id, client_id, done: false, puts_to_sleep: number == 0 });
        }
    }

    pub(super) fn posted(&mut self, number: usize) {
        let Post { user_id, client_id, done, puts_to_sleep } = &mut self.api.posts[number];
        if *done {
            return;
        }
        let (user_id, client_id) = (*user_id, client_id.clone());
        if std::mem::take(puts_to_sleep) {
            self.saw("flood");
            self.somebody_misses_it(user_id);
        }
        let text = format!("{} {client_id}", tag(Shop::Ours, user_id));
        self.witness.wrote("api", &client_id, user_id, Side::Operator, &text);
        let answer = self.post(user_id, &client_id, text);
        match answer {
            // A lost answer is repeated like a missing one.
            Some(Ok(_)) if self.active && self.chance.percent(5) => self.schedule.after(700, Happening::Posted(number)),
            Some(Ok(answer)) => {
                self.api.posts[number].done = true;
                if self.chance.permille(self.weather.post_again) {
                    let late = self.chance.between(0, 5_000);
                    self.schedule.after(late, Happening::PostedAgain(number));
                }
                match answer["message"]["message_id"].as_i64() {
                    Some(message_id) => self.acknowledged(&client_id, message_id),
                    None => self.blame(|| format!("an answer without a message: {answer}")),
                }
            }
            Some(Err(problem)) if !problem.code.is_temporary() => {
                self.api.posts[number].done = true;
                self.witness.never_wrote(&client_id);
            }
            Some(Err(_)) | None => self.schedule.after(1_000, Happening::Posted(number)),
        }
    }

    /// A request was under way twice, and its second copy comes now.
    pub(super) fn posted_again(&mut self, number: usize) {
        let Post { user_id, client_id, .. } = &self.api.posts[number];
        let (user_id, client_id) = (*user_id, client_id.clone());
        self.saw("request twice");
        let text = format!("{} {client_id}", tag(Shop::Ours, user_id));
        if let Some(Ok(answer)) = self.post(user_id, &client_id, text) {
            match answer["message"]["message_id"].as_i64() {
                Some(message_id) => self.acknowledged(&client_id, message_id),
                None => self.blame(|| format!("an answer without a message: {answer}")),
            }
        }
    }

    fn post(&mut self, user_id: UserId, client_id: &str, text: String) -> Option<Result<Json, Problem>> {
        let action = SendMessage {
            user_id: Some(user_id),
            text,
            client_id: Some(client_id.into()),
            file_id: None,
            content: None,
        };
        let claims = claims(Shop::Ours, Role::Integration, 0, "crm", 24 * 3_600_000);
        self.ask(Request::Act { claims, action: Action::SendMessage(action) })
    }

    fn somebody_misses_it(&mut self, user_id: UserId) {
        let staff = self.tabs.iter().position(|tab| tab.identity == Identity::Staff);
        let visitor = self.tabs.iter().position(|tab| tab.own_chat() == Some(user_id));
        for tab in staff.into_iter().chain(visitor) {
            let ms = self.chance.between(12_000, 20_000);
            self.falls_asleep(tab, ms);
        }
    }

    pub(super) fn api_unrest(&self) -> Option<String> {
        let waiting = self.api.posts.iter().find(|post| !post.done)?;
        Some(format!("{} is still being posted", waiting.client_id))
    }
}
