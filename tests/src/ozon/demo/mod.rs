//! Buyers who write by themselves, so that a newcomer sees a marketplace at work without any key. Everything they do
//! next follows from the kept state, the seed and the time: a restart goes on where it was.

mod story;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::story::{STORIES, Story};
use super::buyer::{self, BuyerMessage};
use super::chance::Chance;
use super::market::Market;
use super::shop::Shop;
use super::shop::chat::Chat;
use super::shop::message::Author;

/// How often the buyers look at the clock: finer than anything they wait for.
const TICK: Duration = Duration::from_millis(250);
/// From a checked push URL to the first message.
const FIRST_AFTER_MS: i64 = 3_000;
/// From one new conversation to the next.
const NEXT_AFTER_MS: (u64, u64) = (40_000, 90_000);
/// From the seller's message to the buyer's reading it.
const READ_AFTER_MS: i64 = 2_000;
/// From the seller's message to the buyer's answer.
const REPLY_AFTER_MS: (u64, u64) = (6_000, 14_000);
/// Nobody new writes while this many buyers wait for an answer: an inbox left alone stays small.
const WAITING_MAX: usize = 3;

/// Which story a chat is in, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) story: usize,
    /// The next line to say; past the end when the story is told.
    pub(crate) line: usize,
}

/// What a buyer does.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Read { chat_id: String },
    Say { chat_id: Option<String>, part: Part },
}

/// Plays until the simulator ends.
pub(crate) async fn run(market: Arc<Market>) {
    let mut opens_at_ms = None;
    loop {
        tokio::time::sleep(TICK).await;
        let now_ms = market.now_ms();
        for step in market.read(|shop| answers(shop, now_ms)) {
            act(&market, step);
        }
        if !market.read(|shop| shop.endpoints.iter().any(|endpoint| endpoint.is_active)) {
            opens_at_ms = None;
            continue;
        }
        if now_ms < *opens_at_ms.get_or_insert(now_ms + FIRST_AFTER_MS) {
            continue;
        }
        let (pause_ms, step) = market.change(|shop| {
            let step = opening(shop);
            shop.stories_begun += u64::from(step.is_some());
            (between(NEXT_AFTER_MS, shop.seed, shop.stories_begun), step)
        });
        if let Some(step) = step {
            act(&market, step);
        }
        opens_at_ms = Some(now_ms + pause_ms);
    }
}

fn act(market: &Arc<Market>, step: Step) {
    // A refusal means that the chat has gone in between: nothing is left to do in it.
    let _ = match step {
        Step::Read { chat_id } => buyer::reads(market, &chat_id).map(|_| ()),
        Step::Say { chat_id, part } => {
            let text = STORIES.get(part.story).and_then(|story| story.lines.get(part.line)).copied().unwrap_or("");
            let message = BuyerMessage { chat_id, text: text.into(), ..BuyerMessage::default() };
            buyer::says(market, message, Some(Part { line: part.line + 1, ..part })).map(|_| ())
        }
    };
}

/// What the buyers do about the seller's messages now.
fn answers(shop: &Shop, now_ms: i64) -> Vec<Step> {
    let mut steps = Vec::new();
    for chat in &shop.chats {
        let Some(part) = chat.demo else { continue };
        let Some(last) = chat.messages.last().filter(|message| message.author == Author::Seller) else { continue };
        let waited_ms = now_ms - last.created_ms;
        let has_more = STORIES.get(part.story).is_some_and(|story| part.line < story.lines.len());
        if !last.is_read {
            if waited_ms >= READ_AFTER_MS {
                steps.push(Step::Read { chat_id: chat.chat_id.clone() });
            }
        } else if has_more && waited_ms >= between(REPLY_AFTER_MS, shop.seed, last.id) {
            steps.push(Step::Say { chat_id: Some(chat.chat_id.clone()), part });
        }
    }
    steps
}

/// The next story whose buyer is not in the middle of another; none while enough buyers wait.
fn opening(shop: &Shop) -> Option<Step> {
    let waiting = shop.chats.iter().filter(|chat| waits(chat)).count();
    if waiting >= WAITING_MAX {
        return None;
    }
    let turn = usize::try_from(shop.seed.wrapping_add(shop.stories_begun) % STORIES.len() as u64).unwrap_or(0);
    let turns = (turn..STORIES.len()).chain(0..turn);
    turns.into_iter().find_map(|index| {
        let buyer = STORIES.get(index)?.buyer;
        let chat = shop.chats.iter().find(|chat| story_of(chat).is_some_and(|story| story.buyer == buyer));
        let is_busy = chat.is_some_and(|chat| !is_told(chat));
        let chat_id = chat.map(|chat| chat.chat_id.clone());
        (!is_busy).then_some(Step::Say { chat_id, part: Part { story: index, line: 0 } })
    })
}

fn story_of(chat: &Chat) -> Option<&'static Story> {
    STORIES.get(chat.demo?.story)
}

fn is_told(chat: &Chat) -> bool {
    let line = chat.demo.map_or(0, |part| part.line);
    story_of(chat).is_none_or(|story| line >= story.lines.len())
}

/// Whether a buyer of the demo waits for the seller.
fn waits(chat: &Chat) -> bool {
    chat.demo.is_some()
        && !is_told(chat)
        && chat.messages.last().is_some_and(|message| message.author == Author::Customer)
}

fn between((low, high): (u64, u64), seed: u64, question: u64) -> i64 {
    i64::try_from(low + Chance::of(seed, question) % (high - low + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ozon::shop::Draft;
    use crate::ozon::shop::chat::ChatType;

    fn says(shop: &mut Shop, chat_id: Option<String>, part: Part) -> String {
        let index = chat_id
            .and_then(|chat_id| shop.place_of(&chat_id))
            .unwrap_or_else(|| shop.open_chat(None, ChatType::BuyerSeller, 0));
        shop.chats[index].demo = Some(Part { line: part.line + 1, ..part });
        writes(shop, index, Author::Customer, 0);
        shop.chats[index].chat_id.clone()
    }

    fn writes(shop: &mut Shop, index: usize, author: Author, created_ms: i64) {
        shop.write(index, Draft { author, text: "…".into(), attachment: None, created_ms }, 0);
    }

    #[test]
    fn a_buyer_reads_then_answers_until_the_story_is_told() {
        let mut shop = Shop::opened(7, 0);
        let Some(Step::Say { chat_id, part }) = opening(&shop) else { panic!("nobody writes first") };
        let chat_id = says(&mut shop, chat_id, part);
        let index = shop.place_of(&chat_id).unwrap();
        assert_eq!(answers(&shop, 1_000_000), [], "the buyer waits for the seller");

        writes(&mut shop, index, Author::Seller, 1_000_000);
        assert_eq!(answers(&shop, 1_001_999), []);
        assert_eq!(answers(&shop, 1_002_000), [Step::Read { chat_id: chat_id.clone() }]);
        shop.chats[index].buyer_reads();
        assert_eq!(answers(&shop, 1_005_999), [], "typing takes a while");
        let part = Part { line: 1, ..part };
        assert_eq!(answers(&shop, 1_014_000), [Step::Say { chat_id: Some(chat_id), part }]);

        shop.chats[index].demo = Some(Part { line: 9, ..part });
        assert_eq!(answers(&shop, 1_014_000), [], "a told story wants no more");
    }

    #[test]
    fn nobody_new_writes_while_three_buyers_wait() {
        let mut shop = Shop::opened(3, 0);
        for _ in 0..WAITING_MAX {
            let Some(Step::Say { chat_id, part }) = opening(&shop) else { panic!("nobody writes") };
            says(&mut shop, chat_id, part);
            shop.stories_begun += 1;
        }
        assert_eq!(opening(&shop), None);
        let chats = shop.chats.iter().filter(|chat| chat.demo.is_some()).count();
        assert_eq!(chats, WAITING_MAX, "each of them in a chat of his own");
    }

    #[test]
    fn a_buyer_who_comes_back_writes_in_the_same_chat() {
        let mut shop = Shop::opened(0, 0);
        let mut chats = std::collections::BTreeSet::new();
        for _ in 0..STORIES.len() {
            let Some(Step::Say { chat_id, part }) = opening(&shop) else { panic!("nobody writes") };
            let chat_id = says(&mut shop, chat_id, part);
            let index = shop.place_of(&chat_id).unwrap();
            shop.chats[index].demo = Some(Part { line: 9, ..part });
            shop.stories_begun += 1;
            chats.insert(chat_id);
        }
        assert_eq!(chats.len(), 5, "five buyers told ten stories");
    }
}
