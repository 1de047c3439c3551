//! A point in time as the clock on the wall of the person at the screen shows it.

use js_sys::Date;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

/// A day of the calendar. Days compare in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year.
    pub year: u32,
    /// The month, from 0.
    pub month: u32,
    /// The day of the month, from 1.
    pub day: u32,
}

/// A day and a time of it, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The day.
    pub day: Day,
    /// The hour, from 0.
    pub hour: u32,
    /// The minute.
    pub minute: u32,
}

impl LocalTime {
    /// By the time zone of the browser.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let date = Date::new(&JsValue::from_f64(at.0 as f64));
        Self {
            day: Day { year: date.get_full_year(), month: date.get_month(), day: date.get_date() },
            hour: date.get_hours(),
            minute: date.get_minutes(),
        }
    }

    /// `14:05`
    #[must_use]
    pub fn clock(self) -> String {
        let digit = |value: u32| char::from_digit(value % 10, 10).unwrap_or('0');
        [digit(self.hour / 10), digit(self.hour), ':', digit(self.minute / 10), digit(self.minute)].iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_two_digits_each() {
        let day = Day { year: 2026, month: 0, day: 1 };
        assert_eq!(LocalTime { day, hour: 9, minute: 5 }.clock(), "09:05");
        assert_eq!(LocalTime { day, hour: 23, minute: 59 }.clock(), "23:59");
    }
}
