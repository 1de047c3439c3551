//! What goes wrong by itself: lines break and freeze, the relay is put to sleep and dies, its log forgets.

use relay_core::storage::Write;

use super::schedule::Happening;
use super::world::World;

impl World {
    pub(super) fn trouble(&mut self) {
        if !self.active {
            return;
        }
        let pause = self.chance.between(self.weather.trouble_every_ms / 2, self.weather.trouble_every_ms * 3 / 2);
        self.schedule.after(pause, Happening::Trouble);
        let weather = &self.weather;
        let kinds = [weather.cut, weather.freeze, weather.hibernate, weather.crash, weather.trim, 1];
        let kind = self.chance.weighted(&kinds);
        match kind {
            0 | 1 => {
                let open: Vec<_> = self
                    .open_conns()
                    .into_iter()
                    .filter(|conn| self.conns[conn].end != super::network::End::Listener)
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
                } else {
                    self.note(|| format!("the line of {name} freezes"));
                    self.saw("freeze");
                    self.freeze(conn);
                }
            }
            2 => self.hibernate(),
            3 if self.relay.is_up() => self.crash(),
            4 => self.trim(),
            _ => {}
        }
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
