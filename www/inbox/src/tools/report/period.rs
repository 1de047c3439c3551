//! Which days a report is of.

use shared::limits::REPORT_DAYS_MAX;
use shared::time::Timestamp;

const DAY_MS: i64 = 24 * 3_600_000;

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    /// So many days, of which today is the last.
    Last(i64),
    /// From a day to a day, `2026-01-10`, as the browser's own field gives them.
    Own(String, String),
}

/// What is wrong with the days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// One of them is missing.
    Missing,
    /// The last one is before the first one.
    Order,
    /// There are too many of them.
    TooLong,
}

impl Period {
    /// Its first and its last day. `today` is the operator's, `2026-01-10`.
    ///
    /// # Errors
    /// What is wrong with the days.
    pub fn days(&self, today: &str) -> Result<(String, String), Trouble> {
        match self {
            Self::Last(days) => {
                let last = midnight(today).ok_or(Trouble::Missing)?;
                let first = last.plus_ms(days.saturating_sub(1).saturating_mul(-DAY_MS));
                Ok((name(first), name(last)))
            }
            Self::Own(from, to) => {
                let first = midnight(from).ok_or(Trouble::Missing)?;
                let last = midnight(to).ok_or(Trouble::Missing)?;
                if first > last {
                    return Err(Trouble::Order);
                }
                if last.plus_ms(DAY_MS).since_ms(first) > REPORT_DAYS_MAX.saturating_mul(DAY_MS) {
                    return Err(Trouble::TooLong);
                }
                Ok((name(first), name(last)))
            }
        }
    }
}

/// The query of a report of these days.
pub fn query(first: &str, last: &str, offset_min: i64) -> String {
    // A plus in a query is a blank.
    let offset = offset(offset_min).replace('+', "%2B");
    format!("?from={first}&to={last}&utc_offset={offset}")
}

/// `+03:00` of the minutes that a clock is ahead of UTC.
fn offset(minutes: i64) -> String {
    let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn midnight(day: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{day}T00:00:00Z"))
}

fn name(midnight: Timestamp) -> String {
    midnight.to_rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(period: &Period) -> Result<(String, String), Trouble> {
        period.days("2026-03-01")
    }

    fn own(from: &str, to: &str) -> Period {
        Period::Own(from.into(), to.into())
    }

    #[test]
    fn the_last_days_end_today() {
        for (count, first) in [(1, "2026-03-01"), (7, "2026-02-23"), (30, "2026-01-31")] {
            assert_eq!(days(&Period::Last(count)), Ok((first.to_owned(), "2026-03-01".to_owned())));
        }
    }

    #[test]
    fn own_days_are_checked_up_to_the_limit() {
        assert_eq!(days(&own("2026-01-10", "2026-01-10")), Ok(("2026-01-10".into(), "2026-01-10".into())));
        assert!(days(&own("2025-01-01", "2026-01-01")).is_ok(), "366 days");
        assert_eq!(days(&own("2025-01-01", "2026-01-02")), Err(Trouble::TooLong));
        assert_eq!(days(&own("2026-01-10", "2026-01-09")), Err(Trouble::Order));
        for (from, to) in [("", "2026-01-10"), ("2026-01-10", ""), ("2026-13-01", "2026-03-01")] {
            assert_eq!(days(&own(from, to)), Err(Trouble::Missing), "{from} {to}");
        }
    }

    #[test]
    fn a_query_says_by_whose_clock() {
        assert_eq!(query("2026-01-01", "2026-01-02", 180), "?from=2026-01-01&to=2026-01-02&utc_offset=%2B03:00");
        assert_eq!([offset(0), offset(-330), offset(840)], ["+00:00", "-05:30", "+14:00"]);
    }
}
