//! Points in time, as an argument: nobody here reads a clock.

use crate::node::{FromNode, Node};

/// Milliseconds since 1970-01-01T00:00:00Z. On the wire: RFC 3339 in UTC with whole seconds, as the spec shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This point moved by `ms` milliseconds, saturating at the ends.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this point; negative if it lies before.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since the epoch, as tokens carry them.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `2026-01-10T15:30:00Z`. Years outside 0000..=9999 are clamped, since RFC 3339 has no form for them.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        const YEAR_0_S: i64 = -62_167_219_200;
        const YEAR_9999_END_S: i64 = 253_402_300_799;
        let seconds = self.seconds().clamp(YEAR_0_S, YEAR_9999_END_S);
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400);
        let mut text = String::with_capacity(20);
        push_padded(&mut text, year, 4);
        text.push('-');
        push_padded(&mut text, month, 2);
        text.push('-');
        push_padded(&mut text, day, 2);
        text.push('T');
        push_padded(&mut text, of_day / 3600, 2);
        text.push(':');
        push_padded(&mut text, of_day / 60 % 60, 2);
        text.push(':');
        push_padded(&mut text, of_day % 60, 2);
        text.push('Z');
        text
    }

    /// Reads RFC 3339 with any fraction and any offset. `None` if it is not that.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        let rest = &mut rest;
        let year = number(rest, 4)?;
        let month = number(take(rest, b"-")?, 2)?;
        let day = number(take(rest, b"-")?, 2)?;
        let hour = number(take(rest, b"Tt ")?, 2)?;
        let minute = number(take(rest, b":")?, 2)?;
        let second = number(take(rest, b":")?, 2)?;
        let ms = if take(rest, b".").is_some() { fraction_ms(rest)? } else { 0 };
        let offset_s = match take_any(rest)? {
            b'Z' | b'z' => 0,
            sign @ (b'+' | b'-') => {
                let hours = number(rest, 2)?;
                let seconds = hours * 3600 + number(take(rest, b":")?, 2)? * 60;
                if sign == b'-' { -seconds } else { seconds }
            }
            _ => return None,
        };
        let is_valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        if !is_valid || !rest.is_empty() {
            return None;
        }
        let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset_s;
        Some(Self(seconds * 1000 + ms))
    }
}

fn take_any(rest: &mut &[u8]) -> Option<u8> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    Some(*first)
}

/// Goes past the next byte, if it is one of these.
fn take<'a, 'b>(rest: &'a mut &'b [u8], wanted: &[u8]) -> Option<&'a mut &'b [u8]> {
    rest.first().filter(|first| wanted.contains(first))?;
    take_any(rest)?;
    Some(rest)
}

/// The next digits as a number. As bytes, not as slices of a text: those bring code for reporting a cut character.
fn number(rest: &mut &[u8], width: usize) -> Option<i64> {
    (0..width).try_fold(0, |number, _| match take_any(rest)? {
        digit @ b'0'..=b'9' => Some(number * 10 + i64::from(digit - b'0')),
        _ => None,
    })
}

/// One digit or more after the point, of which three count.
fn fraction_ms(rest: &mut &[u8]) -> Option<i64> {
    let mut ms = number(rest, 1)? * 100;
    let mut unit = 10;
    while rest.first().is_some_and(u8::is_ascii_digit) {
        ms += number(rest, 1)? * unit;
        unit /= 10;
    }
    Some(ms)
}

fn push_padded(text: &mut String, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Days since 1970-01-01 to year, month, day in the proleptic Gregorian calendar: years start in March, so that the leap
/// day comes last, and 400 years are 146,097 days.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(feature = "serde")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl FromNode for Timestamp {
    fn from_node<N: Node>(node: &N) -> Option<Self> {
        Self::parse(&node.string()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_specs_timestamps_read_and_print_the_same() {
        for text in ["2026-01-10T15:30:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2000-12-31T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text).map(Timestamp::to_rfc3339).as_deref(), Some(text));
        }
        assert_eq!(Timestamp::parse("1970-01-01T00:00:00Z"), Some(Timestamp(0)));
    }

    #[test]
    fn vendors_forms_are_read() {
        assert_eq!(Timestamp::parse("1970-01-01T03:00:00.25+03:00"), Some(Timestamp(250)));
        assert_eq!(Timestamp::parse("2026-02-10T08:07:19.581Z").map(|at| at.0 % 1000), Some(581));
        assert_eq!(Timestamp::parse("2026-02-10T08:07:19.581999999Z").map(|at| at.0 % 1000), Some(581));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2026",
            "2026-01-10",
            "2026-13-10T15:30:00Z",
            "2026-01-10T25:30:00Z",
            "2026-01-10T15:30:00",
            "тысяча-01-10T15:30:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(seconds in -62_167_219_200_i64..253_402_300_799) {
            let at = Timestamp(seconds * 1000);
            prop_assert_eq!(Timestamp::parse(&at.to_rfc3339()), Some(at));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
