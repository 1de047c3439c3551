//! What people do: they write, read, type, scroll, reload, look away, leave and come back.

use shared::client::{Chat, Client, Identity, OutgoingState};
use shared::id::UserId;
use shared::limits::TEXT_CHARS_MAX;
use shared::message::{Side, source};
use shared::text;

use super::neighbour::Shop;
use super::schedule::Happening;
use super::world::World;

/// The visitors' ids. The first has two tabs.
pub(super) const VISITORS: [UserId; 3] = [-5001, -5002, -5003];
const TABS: [(&str, UserId); 4] =
    [("Анна", VISITORS[0]), ("Анна2", VISITORS[0]), ("Борис", VISITORS[1]), ("Вера", VISITORS[2])];
/// The second one never opens a chat: what he sees comes from the list and from events alone.
const OPERATORS: [&str; 2] = ["Ольга", "Павел"];
/// What long texts are made of: letters of one to four bytes, and those that JSON escapes.
const LONG: [&str; 5] = ["a", "Ы", "好", "🦀", "\""];
/// People need a moment between two things they do.
const PAUSE_MS: (i64, i64) = (400, 6_000);

impl World {
    pub(super) fn people_arrive(&mut self) {
        self.listener_dials();
        for name in OPERATORS {
            self.new_tab(name, Identity::Staff);
        }
        for (name, user_id) in TABS {
            self.new_tab(name, Identity::Visitor(user_id));
        }
        self.neighbours_arrive();
        for tab in 0..self.tabs.len() {
            self.pause(tab);
        }
        self.schedule.after(5_000, Happening::ListenerActs);
        self.schedule.after(1_000, Happening::BuyersAct);
        self.schedule.after(1_000, Happening::Trouble);
        self.plan_floods();
    }

    fn pause(&mut self, tab: usize) {
        let ms = self.chance.between(PAUSE_MS.0, PAUSE_MS.1);
        self.schedule.after(ms, Happening::Acts(tab));
    }

    pub(super) fn person_acts(&mut self, tab: usize) {
        if !self.active {
            return;
        }
        self.pause(tab);
        if !self.tabs[tab].can_act() {
            return;
        }
        let weather = &self.weather;
        match self.chance.weighted(&[60, weather.reload, weather.sleep, weather.leave, 3]) {
            0 => self.works(tab),
            1 => self.reload(tab),
            2 => {
                let deep = self.chance.percent(self.weather.deep_sleep);
                let ms = if deep { self.chance.between(60_000, 240_000) } else { self.chance.between(1_000, 25_000) };
                self.falls_asleep(tab, ms);
            }
            3 => {
                self.saw("page closed");
                self.closes_page(tab);
                let ms = self.chance.between(500, 20_000);
                self.schedule.after(ms, Happening::Returns(tab));
            }
            _ => self.with_tab(tab, |client, now| client.handle_network_up(now)),
        }
    }

    fn works(&mut self, tab: usize) {
        let chats: Vec<UserId> = self.tabs[tab].client.state().chats().iter().map(|chat| chat.user_id).collect();
        if chats.is_empty() {
            return;
        }
        let mut user_id = chats[self.chance.index(chats.len())];
        let buyers: Vec<UserId> = chats.into_iter().filter(|user_id| *user_id > 0).collect();
        if !buyers.is_empty() && self.chance.percent(self.weather.ozon_share) {
            user_id = buyers[self.chance.index(buyers.len())];
        }
        let opens = if self.tabs[tab].name == OPERATORS[1] { 0 } else { 10 };
        match self.chance.weighted(&[34, 6, 20, 24, 5, 5, opens]) {
            0 => self.writes(tab, user_id),
            1 => {
                for _ in 0..self.chance.between(2, 5) {
                    self.writes(tab, user_id);
                }
            }
            2 => self.with_tab(tab, |client, now| client.typing(now, user_id)),
            3 => self.reads(tab, user_id),
            4 => self.with_tab(tab, |client, now| client.load_older(now, user_id)),
            5 => self.tries_again(tab, user_id),
            _ => self.with_tab(tab, |client, now| client.open_chat(now, user_id)),
        }
    }

    fn writes(&mut self, tab: usize, user_id: UserId) {
        let page = &mut self.tabs[tab];
        let side = if page.own_chat().is_some() { Side::User } else { Side::Operator };
        let at_ozon = page.client.state().chat(user_id).is_some_and(|chat| chat.source == source::OZON);
        let client_id = page.next_client_id();
        if at_ozon && self.chance.percent(15) {
            self.sends_file(tab, user_id, client_id);
            return;
        }
        let text = if at_ozon && self.chance.percent(20) {
            // The same words again: in the upstream's history only the order tells them apart.
            format!("{} Да", tag(self.shop, user_id))
        } else if !at_ozon && self.chance.percent(self.weather.long_text) {
            self.saw("long text");
            let begin = format!("{} {client_id} ", tag(self.shop, user_id));
            let one = LONG[self.chance.index(LONG.len())];
            let room = TEXT_CHARS_MAX - text::length(&begin);
            let count = room / text::length(one) / [1, 1, 2, 4][self.chance.index(4)];
            begin + &one.repeat(count)
        } else {
            format!("{} {client_id}", tag(self.shop, user_id))
        };
        let writer = self.tabs[tab].name.clone();
        self.note(|| format!("{writer} writes {text}"));
        self.witness.wrote(&writer, &client_id, user_id, side, &text);
        let taken = self.with_tab(tab, |client, now| client.send(now, user_id, &text, client_id.clone()));
        if taken.is_err() {
            self.witness.never_wrote(&client_id);
        }
    }

    fn sends_file(&mut self, tab: usize, user_id: UserId, client_id: String) {
        // Some are alike: in the upstream's history only the order tells them apart.
        let name = match self.chance.index(3) {
            0 => "чек.pdf".to_owned(),
            1 => "фото.jpg".to_owned(),
            _ => format!("{client_id}.pdf"),
        };
        let Some(attachment) = self.uploads(user_id, name) else { return };
        let writer = self.tabs[tab].name.clone();
        self.note(|| format!("{writer} sends {}", attachment.name));
        self.witness.wrote(&writer, &client_id, user_id, Side::Operator, "");
        let send = |client: &mut Client, now| client.send_file(now, user_id, "", attachment, client_id.clone());
        if self.with_tab(tab, send).is_err() {
            self.witness.never_wrote(&client_id);
        }
    }

    fn reads(&mut self, tab: usize, user_id: UserId) {
        let Some(chat) = self.tabs[tab].client.state().chat(user_id) else { return };
        let messages: Vec<i64> = chat.messages().map(|message| message.message_id).collect();
        // Mostly to the end; sometimes only as far as the screen shows.
        let last = if self.chance.percent(80) { messages.len() } else { self.chance.index(messages.len() + 1) };
        if let Some(message_id) = last.checked_sub(1).and_then(|last| messages.get(last)) {
            self.with_tab(tab, |client, now| client.read(now, user_id, *message_id));
        }
    }

    fn tries_again(&mut self, tab: usize, user_id: UserId) {
        let failed = self.tabs[tab].client.outgoing(user_id);
        let failed = failed.filter(|outgoing| matches!(outgoing.state, OutgoingState::Failed(_)));
        for client_id in failed.map(|outgoing| outgoing.client_id.clone()).collect::<Vec<_>>() {
            self.with_tab(tab, |client, now| client.retry(now, &client_id));
        }
    }

    /// Some pages are still open when all is over, others are not: presence has to know.
    pub(super) fn some_leave_for_good(&mut self) {
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].own_chat().is_some() && self.chance.percent(30) {
                self.at(self.tabs[tab].shop, |world| world.leaves_for_good(tab));
            }
        }
    }

    fn leaves_for_good(&mut self, tab: usize) {
        if self.tabs[tab].here {
            self.closes_page(tab);
        }
        self.tabs[tab].gone_for_good = true;
        let name = self.tabs[tab].name.clone();
        self.witness.gone_for_good(&name);
    }

    /// Once all is quiet everybody opens every chat and scrolls to its beginning. False if there was nothing to load.
    pub(super) fn everybody_looks_through_everything(&mut self) -> bool {
        let mut loads = false;
        for tab in 0..self.tabs.len() {
            if !self.tabs[tab].can_act() {
                continue;
            }
            let chats: Vec<(UserId, bool, bool)> = self.tabs[tab]
                .client
                .state()
                .chats()
                .iter()
                .map(|chat| (chat.user_id, chat.is_loaded(), chat.has_more() && has_messages(chat)))
                .collect();
            for (user_id, loaded, more) in chats {
                // The second of the two stays as it is: it has to be right without having looked at everything.
                if !loaded {
                    loads = true;
                    self.at(self.tabs[tab].shop, |world| {
                        world.with_tab(tab, |client, now| client.open_chat(now, user_id));
                    });
                } else if more && tab % 2 == 0 {
                    loads = true;
                    self.at(self.tabs[tab].shop, |world| {
                        world.with_tab(tab, |client, now| client.load_older(now, user_id));
                    });
                }
            }
        }
        loads
    }
}

fn has_messages(chat: &Chat) -> bool {
    chat.messages().next().is_some()
}

/// What every text of a chat begins with, so that a foreign one is known wherever it shows.
pub(super) fn tag(shop: Shop, user_id: UserId) -> String {
    let mark = shop.mark();
    format!("{mark}{user_id}{mark}")
}
