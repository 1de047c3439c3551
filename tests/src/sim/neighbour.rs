//! The other organization: a shop next door on the same relay, in which people have the same ids and names and write under
//! the same `client_id`s. Nothing of one may ever show in the other.
//!
//! Whatever happens in the world happens at one of the two. While it does, that one's relay, store and witness are in
//! place, and the other's are put aside.

use relay_core::hub::ConnId;
use shared::client::Identity;
use shared::token::Role;

use super::network::End;
use super::people::VISITORS;
use super::schedule::Happening;
use super::shell::{Relay, claims};
use super::witness::Witness;
use super::world::World;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shop {
    Ours,
    NextDoor,
}

impl Shop {
    /// The organization's id.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Ours => "acme",
            Self::NextDoor => "globex",
        }
    }

    /// What every text of it begins with.
    pub(super) fn mark(self) -> char {
        match self {
            Self::Ours => '§',
            Self::NextDoor => '¶',
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Ours => Self::NextDoor,
            Self::NextDoor => Self::Ours,
        }
    }
}

/// The one that is put aside.
pub(super) struct Aside {
    pub(super) relay: Relay,
    witness: Witness,
}

impl Aside {
    pub(super) fn new() -> Self {
        Self { relay: Relay::new(), witness: Witness::default() }
    }
}

impl World {
    /// Does something at one of the shops.
    pub(super) fn at<T>(&mut self, shop: Shop, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.shop;
        self.turn_to(shop);
        let result = act(self);
        self.turn_to(before);
        result
    }

    fn turn_to(&mut self, shop: Shop) {
        if self.shop != shop {
            std::mem::swap(&mut self.relay, &mut self.aside.relay);
            std::mem::swap(&mut self.witness, &mut self.aside.witness);
            self.shop = shop;
        }
    }

    /// The shops there are under this seed.
    pub(super) fn shops(&self) -> &'static [Shop] {
        if self.weather.neighbour { &[Shop::Ours, Shop::NextDoor] } else { &[Shop::Ours] }
    }

    /// Where something happens.
    pub(super) fn shop_of(&self, what: &Happening) -> Shop {
        match what {
            Happening::Dialed(conn)
            | Happening::Opened(conn)
            | Happening::Up { conn, .. }
            | Happening::Down { conn, .. }
            | Happening::ClientHears { conn, .. }
            | Happening::RelayHears(conn) => self.conns.get(conn).map_or(Shop::Ours, |link| link.shop),
            Happening::Timer { tab, .. } | Happening::Wakes(tab) | Happening::Returns(tab) | Happening::Acts(tab) => {
                self.tabs[*tab].shop
            }
            Happening::Alarm { shop, .. } | Happening::AlarmAgain { shop } => *shop,
            Happening::ListenerActs
            | Happening::ListenerDials
            | Happening::RelayUp
            | Happening::CallArrives(_)
            | Happening::CallAnswered(_)
            | Happening::CallTimesOut(_)
            | Happening::BuyersAct
            | Happening::Push { .. }
            | Happening::Posted(_)
            | Happening::PostedAgain(_)
            | Happening::Trouble => Shop::Ours,
        }
    }

    pub(super) fn neighbours_arrive(&mut self) {
        if self.weather.neighbour {
            self.at(Shop::NextDoor, |world| {
                world.new_tab("Ольга", Identity::Staff);
                world.new_tab("Анна", Identity::Visitor(VISITORS[0]));
                world.new_tab("Борис", Identity::Visitor(VISITORS[1]));
            });
        }
    }

    /// Somebody with a good token of the other shop comes to this one, as if the edge had mixed the two up.
    pub(super) fn a_stranger_knocks(&mut self) {
        let shops = self.shops();
        let shop = shops[self.chance.index(shops.len())];
        let (role, sub) =
            [(Role::Operator, 0), (Role::Integration, 0), (Role::Visitor, VISITORS[0])][self.chance.index(3)];
        self.at(shop, |world| {
            let claims = claims(shop.other(), role, sub, "Ольга", 24 * 3_600_000);
            world.saw("stranger at the door");
            world.dial(End::Stranger, claims, None, 0);
        });
    }

    /// A stranger hears that they are at the wrong door, and nothing else.
    pub(super) fn stranger_hears(&mut self, conn: ConnId, text: &str) {
        if !text.starts_with("{\"event\":\"error\"") {
            self.blame(|| format!("the stranger {conn:x} hears {text}"));
        }
    }

    /// What is the other shop's shows nowhere.
    pub(super) fn check_walls(&mut self, conn: ConnId, text: &str) {
        let Some(link) = self.conns.get(&conn) else { return };
        let shop = link.shop;
        if text.contains(shop.other().mark()) {
            self.blame(|| format!("at {} somebody hears of {}: {text}", shop.id(), shop.other().id()));
        }
    }
}
