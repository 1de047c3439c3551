//! Points in time as the operator's clock and calendar show them.

use js_sys::Date;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

use crate::text;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub year: u32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl Day {
    /// The day at a point in time, where the operator is.
    pub fn at(at: Timestamp) -> Self {
        Self::of(&date(at))
    }

    /// The day before that of `at`, whatever daylight saving makes of its length.
    fn before(at: Timestamp) -> Self {
        let date = date(at);
        Self::of(&Date::new_with_year_month_day(
            date.get_full_year(),
            date.get_month() as i32,
            date.get_date() as i32 - 1,
        ))
    }

    fn of(date: &Date) -> Self {
        Self { year: date.get_full_year(), month: date.get_month() + 1, day: date.get_date() }
    }

    fn month_word(self) -> &'static str {
        text::MONTHS.get(self.month as usize - 1).copied().unwrap_or_default()
    }
}

/// `14:05`
pub fn clock(at: Timestamp) -> String {
    let date = date(at);
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// A day in full: `Сегодня`, `Вчера`, `19 ноября`, `19 ноября 2025`.
pub fn day_words(at: Timestamp, now: Timestamp) -> String {
    let (day, today) = (Day::at(at), Day::at(now));
    if day == today {
        text::TODAY.to_owned()
    } else if day == Day::before(now) {
        text::YESTERDAY.to_owned()
    } else if day.year == today.year {
        format!("{} {}", day.day, day.month_word())
    } else {
        format!("{} {} {}", day.day, day.month_word(), day.year)
    }
}

/// As short as the list of chats has room for: `14:05`, `Вчера`, `19 ноя`, `19.11.25`.
pub fn short(at: Timestamp, now: Timestamp) -> String {
    let (day, today) = (Day::at(at), Day::at(now));
    if day == today {
        clock(at)
    } else if day == Day::before(now) {
        text::YESTERDAY.to_owned()
    } else if day.year == today.year {
        format!("{} {}", day.day, day.month_word().chars().take(text::MONTH_SHORT_CHARS).collect::<String>())
    } else {
        format!("{:02}.{:02}.{:02}", day.day, day.month, day.year % 100)
    }
}

/// How far the operator's clock is ahead of UTC: `+03:00`.
pub fn utc_offset() -> String {
    // The browser counts the other way round.
    offset_words(-(Date::new_0().get_timezone_offset() as i64))
}

fn offset_words(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn date(at: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_written_as_the_relay_reads_it() {
        for (minutes, words) in [(180, "+03:00"), (-210, "-03:30"), (0, "+00:00"), (345, "+05:45")] {
            assert_eq!(offset_words(minutes), words);
        }
    }
}
