//! What goes wrong by itself: lines break and freeze, the relay is put to sleep and dies, its log forgets.

use relay_core::storage::Write;

use super::schedule::Happening;
use super::world::World;

/// How far the relay's clock jumps forward at most: sends.rs waits, by that clock, until a lost call must have died.
const RELAY_CLOCK_FORWARD_MS_MAX: i64 = 1_000;

impl World {
    pub(super) fn trouble(&mut self) {
        if !self.active {
            return;
        }
        let pause = self.chance.between(self.weather.trouble_every_ms / 2, self.weather.trouble_every_ms * 3 / 2);
        self.schedule.after(pause, Happening::Trouble);
        let weather = &self.weather;
        let kinds = [
            weather.cut,
            weather.freeze,
            weather.one_way,
            weather.hibernate,
            weather.crash,
            weather.trim,
            weather.clock,
            weather.stranger,
            1,
        ];
        let kind = self.chance.weighted(&kinds);
        match kind {
            0..=2 => {
                let open: Vec<_> = self
                    .open_conns()
                    .into_iter()
                    .filter(|conn| matches!(self.conns[conn].end, super::network::End::Tab(_)))
                    .collect();
                if open.is_empty() {
                    return;
                }
                let conn = open[self.chance.index(open.len())];
                let name = self.name_of(self.conns[&conn].end);
                if kind == 0 {
                    self.note(|| format!("the line of {name} breaks"));
                    self.saw("cut");
                    self.cut(conn);
                } else if kind == 2 {
                    let still_down = self.chance.percent(50);
                    self.note(|| format!("the line of {name} goes one way: down {still_down}"));
                    self.saw(if still_down { "only down" } else { "only up" });
                    self.goes_one_way(conn, still_down);
                } else {
                    self.note(|| format!("the line of {name} freezes"));
                    self.saw("freeze");
                    self.freeze(conn);
                }
            }
            3 => self.at_some_shop(Self::hibernate),
            4 if self.relay.is_up() => self.crash(),
            5 => self.at_some_shop(Self::trim),
            6 => self.a_clock_jumps(),
            7 => self.a_stranger_knocks(),
            _ => {}
        }
    }

    /// The relay's host is told the right time, or somebody's page is. A page's clock never goes back
    /// (`performance.now`), and loses what its machine slept.
    fn a_clock_jumps(&mut self) {
        if self.chance.percent(50) {
            let ms = self.chance.between(-60_000, RELAY_CLOCK_FORWARD_MS_MAX);
            self.note(|| format!("the relay's clock jumps by {ms} ms"));
            self.saw("relay's clock jumps");
            self.relay_skew_ms += ms;
        } else {
            let tab = self.chance.index(self.tabs.len());
            let ms = self.chance.between(0, 3_600_000);
            self.note(|| format!("the clock of page {tab} jumps by {ms} ms"));
            self.saw("page's clock jumps");
            self.tabs[tab].skew_ms += ms;
            self.tabs[tab].jumped_at = self.schedule.now();
        }
    }

    fn at_some_shop(&mut self, act: impl FnOnce(&mut Self)) {
        let shops = self.shops();
        let shop = shops[self.chance.index(shops.len())];
        self.at(shop, act);
    }

    /// The log is cut off behind its last few events, as it is in ten thousand events' time.
    fn trim(&mut self) {
        let left = self.chance.between(0, 10);
        let statement = "DELETE FROM events WHERE event_offset <= (SELECT event_offset FROM counters) - ?";
        let params = vec![left.into()];
        self.note(|| format!("the log is trimmed to {left} events"));
        self.saw("log trimmed");
        self.commit(&[Write { statement, params }]);
    }
}
