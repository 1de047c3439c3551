//! What the organization's tools decide without a store: see `hub` for what they keep.

pub mod auto_reply;
pub mod bulk;
pub mod csv;
pub mod report;

const DAY_MIN: i64 = 24 * 60;

/// The minutes that an offset from UTC is: `Z`, `+03:00`, `-05:30`. A query's `+` may have become a blank on the way.
#[must_use]
pub fn utc_offset_min(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix(['+', ' ']).unwrap_or(text)),
    };
    // The farthest are +14:00 and -12:00.
    let minutes = minute_of_day(rest).filter(|minutes| *minutes <= 14 * 60)?;
    Some(sign * minutes)
}

/// The minute of the day that `HH:MM` is.
fn minute_of_day(time: &str) -> Option<i64> {
    crate::storefront::minute(time).filter(|minute| *minute < DAY_MIN)
}

/// As [`utc_offset_min`] reads it.
fn offset_text(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{}", time_text(minutes.saturating_abs()))
}

/// As [`minute_of_day`] reads it.
fn time_text(minute: i64) -> String {
    format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_reads_and_prints_the_same() {
        for (text, minutes) in [("+03:00", 180), ("-05:30", -330), ("+00:00", 0), ("+14:00", 840)] {
            assert_eq!(utc_offset_min(text), Some(minutes));
            assert_eq!(offset_text(minutes), text);
        }
        assert_eq!(
            [utc_offset_min("Z"), utc_offset_min(" 03:00"), utc_offset_min("03:00")],
            [Some(0), Some(180), Some(180)]
        );
        for text in ["", "+", "+3", "+3:00", "+14:01", "+03:60", "--03:00", "+0300", "МСК"] {
            assert_eq!(utc_offset_min(text), None, "{text}");
        }
    }
}
