//! The relay's one alarm: it may be late, it may ring twice, and it outlives a crash.

use relay_core::hub::Input;

use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::world::World;

/// When the runtime repeats an alarm whose handler died.
const ALARM_AGAIN_MS: i64 = 2_000;
/// Alarms in one second beyond which the hub is running in circles.
const ALARMS_A_SECOND_MAX: u32 = 100;

#[derive(Default)]
pub(super) struct AlarmClock {
    /// The number of the alarm that is set.
    set: Option<u64>,
    /// How often one was set.
    count: u64,
    /// The second in which it last rang, and how often in it.
    rang: (i64, u32),
}

impl World {
    /// There is one alarm: a new time replaces the old one, as in the runtime.
    pub(super) fn set_alarm(&mut self, at: i64) {
        let shop = self.shop;
        let clock = &mut self.relay.alarm;
        clock.count += 1;
        let number = clock.count;
        clock.set = Some(number);
        let late = if self.chance.permille(self.weather.alarm_late) { self.chance.between(0, 8_000) } else { 0 };
        if late > 0 {
            self.saw("alarm late");
        }
        if !self.is_sabotaged(Sabotage::ForgetsAlarms) {
            self.schedule.at(at + late, Happening::Alarm { shop, number });
        }
        if self.chance.permille(self.weather.alarm_twice) {
            self.saw("alarm twice");
            self.schedule.at(at + late + self.chance.between(0, 2_000), Happening::AlarmAgain { shop });
        }
    }

    pub(super) fn alarm_rings(&mut self, number: u64) {
        let shop = self.shop;
        if self.relay.alarm.set != Some(number) {
            return;
        }
        if !self.relay.is_up() {
            self.schedule.after(ALARM_AGAIN_MS, Happening::Alarm { shop, number });
            return;
        }
        self.relay.alarm.set = None;
        let incarnation = self.relay.incarnation;
        self.alarm_rings_again();
        if self.relay.incarnation != incarnation && self.relay.alarm.set.is_none() {
            self.set_alarm(self.now() + ALARM_AGAIN_MS);
        }
    }

    pub(super) fn alarm_rings_again(&mut self) {
        let second = self.now() / 1000;
        let (at, count) = self.relay.alarm.rang;
        self.relay.alarm.rang = (second, if at == second { count + 1 } else { 1 });
        if self.relay.alarm.rang.1 > ALARMS_A_SECOND_MAX {
            self.blame(|| "the alarm rings all the time and nothing comes of it".into());
        }
        self.feed(Input::Alarm);
    }
}
