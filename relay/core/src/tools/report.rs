//! A report on the chats of some days: what it covers, and how it is shown. The figures themselves are counted in `hub`.

use serde_json::{Map, Value as Json, json};
use shared::limits::{REPORT_DAYS, REPORT_DAYS_MAX};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::{csv, offset_text, utc_offset_min};

const DAY_MS: i64 = 24 * 3_600_000;

/// What a report covers: from a moment to another one, in days by somebody's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first millisecond.
    pub from: Timestamp,
    /// The first millisecond that is none of it any more.
    pub to: Timestamp,
    /// How far that clock is ahead of UTC, in milliseconds.
    pub offset_ms: i64,
}

impl Period {
    /// The period that a query names: each end is a moment (RFC 3339) or a day, which is meant as a whole. Without an end it
    /// goes on until now, without a beginning it has [`REPORT_DAYS`] days.
    ///
    /// # Errors
    /// [`Code::Invalid`] with what is wrong.
    pub fn read(
        now: Timestamp,
        from: Option<&str>,
        to: Option<&str>,
        utc_offset: Option<&str>,
    ) -> Result<Self, Problem> {
        let wrong = |detail: String| Problem::new(Code::Invalid, detail);
        let offset_min = utc_offset.map_or(Some(0), utc_offset_min);
        let offset_min = offset_min.ok_or_else(|| wrong("utc_offset is like +03:00".into()))?;
        let offset_ms = offset_min.saturating_mul(60_000);
        let end = |name: &str, text: &str, whole_day_ms: i64| {
            // In a query a plus may have become a blank.
            let text = text.replace(' ', "+");
            let moment = Timestamp::parse(&text).or_else(|| {
                let midnight = Timestamp::parse(&format!("{text}T00:00:00Z"))?;
                Some(midnight.plus_ms(whole_day_ms.saturating_sub(offset_ms)))
            });
            moment
                .ok_or_else(|| wrong(format!("{name} is a day like 2026-01-10, or a moment like 2026-01-10T15:30:00Z")))
        };
        // Until now, and what is of this very moment is in it.
        let to = to.map_or(Ok(now.plus_ms(1)), |text| end("to", text, DAY_MS))?;
        let usual = to.plus_ms(REPORT_DAYS.saturating_mul(-DAY_MS));
        let from = from.map_or(Ok(usual), |text| end("from", text, 0))?;
        if from >= to {
            return Err(wrong("from is before to".into()));
        }
        if to.since_ms(from) > REPORT_DAYS_MAX.saturating_mul(DAY_MS) {
            return Err(wrong(format!("a report covers at most {REPORT_DAYS_MAX} days")));
        }
        Ok(Self { from, to, offset_ms })
    }

    /// The number of the day that a moment is on.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> i64 {
        at.0.saturating_add(self.offset_ms).div_euclid(DAY_MS)
    }

    /// The numbers of its days, the first and the last of which may be covered in part.
    #[must_use]
    pub fn days(&self) -> std::ops::RangeInclusive<i64> {
        self.day_of(self.from)..=self.day_of(self.to.plus_ms(-1))
    }

    /// The offset, as it reads.
    #[must_use]
    pub fn offset(&self) -> String {
        offset_text(self.offset_ms.div_euclid(60_000))
    }
}

/// A day's name, `2026-01-10`.
#[must_use]
pub fn day_name(day: i64) -> String {
    Timestamp(day.saturating_mul(DAY_MS)).to_rfc3339().chars().take(10).collect()
}

/// Figures by their names. What was not counted is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    counts: Map<String, Json>,
    answers: i64,
    waited_ms: i64,
}

impl Figures {
    /// With these names, each 0.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        Self { counts: names.iter().map(|name| ((*name).to_owned(), json!(0))).collect(), ..Self::default() }
    }

    /// Adds to one of them.
    pub fn add(&mut self, name: &str, count: i64) {
        let known = self.counts.get(name).and_then(Json::as_i64).unwrap_or(0);
        self.counts.insert(name.into(), json!(known.saturating_add(count)));
    }

    /// So many answers, for which somebody waited so long altogether.
    pub fn answered(&mut self, answers: i64, waited_ms: i64) {
        self.answers = self.answers.saturating_add(answers);
        self.waited_ms = self.waited_ms.saturating_add(waited_ms);
    }

    /// Adds those of others.
    pub fn include(&mut self, other: &Self) {
        for (name, count) in &other.counts {
            self.add(name, count.as_i64().unwrap_or(0));
        }
        self.answered(other.answers, other.waited_ms);
    }

    /// As they are shown, under the name of what they are of.
    #[must_use]
    pub fn shown(&self, of: Option<(&str, &str)>) -> Map<String, Json> {
        let mut shown = Map::new();
        if let Some((kind, name)) = of {
            shown.insert(kind.into(), json!(name));
        }
        shown.append(&mut self.counts.clone());
        shown.insert("answers".into(), json!(self.answers));
        let average = self.waited_ms.checked_div(self.answers);
        shown.insert("average_first_response_ms".into(), json!(average));
        shown
    }
}

/// A report as CSV (RFC 4180): a line for the whole, for each source, day and operator.
#[must_use]
pub fn table(report: &Json) -> String {
    const NAMES: [&str; 15] = [
        "part",
        "name",
        "total_chats",
        "open_chats",
        "closed_chats",
        "unread_chats",
        "total_unread_messages",
        "recent_activity",
        "new_chats",
        "active_chats",
        "messages_in",
        "messages_out",
        "automatic_messages",
        "answers",
        "average_first_response_ms",
    ];
    let line = |part: &str, name: Option<&Json>, figures: &Json| {
        let mut line = figures.as_object().cloned().unwrap_or_default();
        line.insert("part".into(), json!(part));
        line.insert("name".into(), name.cloned().unwrap_or_default());
        Json::Object(line)
    };
    let mut lines = vec![line("total", None, report)];
    for (part, list) in [("source", "sources"), ("day", "days"), ("operator", "operators")] {
        for figures in report.get(list).and_then(Json::as_array).into_iter().flatten() {
            lines.push(line(part, figures.get(part), figures));
        }
    }
    csv::table(&NAMES, Some(&Json::Array(lines)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// 2026-01-10T15:30:00Z
    const NOW: Timestamp = Timestamp(1_768_059_000_000);

    fn read(from: Option<&str>, to: Option<&str>, offset: Option<&str>) -> Result<(String, String), String> {
        let period = Period::read(NOW, from, to, offset).map_err(|problem| problem.detail)?;
        Ok((period.from.to_rfc3339(), period.to.to_rfc3339()))
    }

    #[test]
    fn a_period_is_named_by_days_or_moments() {
        let is = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(read(None, None, None), is("2026-01-03T15:30:00Z", "2026-01-10T15:30:00Z"));
        assert_eq!(
            read(Some("2026-01-01"), Some("2026-01-31"), None),
            is("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
        );
        assert_eq!(
            read(Some("2026-01-01"), Some("2026-01-01"), Some("+03:00")),
            is("2025-12-31T21:00:00Z", "2026-01-01T21:00:00Z")
        );
        assert_eq!(
            read(Some("2026-01-01T10:00:00 03:00"), Some("2026-01-01T12:00:00Z"), Some(" 03:00")),
            is("2026-01-01T07:00:00Z", "2026-01-01T12:00:00Z")
        );
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for (from, to, offset, said) in [
            (Some("вчера"), None, None, "from is a day"),
            (None, Some("2026-01-10T25:00:00Z"), None, "to is a day"),
            (Some("2026-01-11"), Some("2026-01-10"), None, "from is before to"),
            (Some("2026-01-10T15:30:01Z"), None, None, "from is before to"),
            (None, None, Some("МСК"), "utc_offset"),
            (Some("2025-01-01"), Some("2026-01-02"), None, "at most 366 days"),
        ] {
            assert!(read(from, to, offset).unwrap_err().contains(said), "{said}");
        }
        assert!(read(Some("2025-01-01"), Some("2026-01-01"), None).is_ok());
        assert_eq!(REPORT_DAYS_MAX, 366);
    }

    #[test]
    fn days_are_those_of_the_clock() {
        let period = Period::read(NOW, Some("2026-01-09"), None, Some("+09:00")).unwrap();
        let days: Vec<String> = period.days().map(day_name).collect();
        assert_eq!(days, ["2026-01-09", "2026-01-10", "2026-01-11"]);
        assert_eq!((period.day_of(period.from), period.offset()), (*period.days().start(), "+09:00".into()));
    }

    #[test]
    fn figures_add_up_and_an_average_of_nothing_is_none() {
        let mut sum = Figures::of(&["messages_in"]);
        assert_eq!(sum.shown(None).get("average_first_response_ms"), Some(&Json::Null));
        let mut one = Figures::of(&["messages_in"]);
        one.add("messages_in", 2);
        one.answered(2, 7);
        sum.include(&one);
        sum.include(&one);
        assert_eq!(
            Json::Object(sum.shown(Some(("source", "ozon")))),
            json!({"source": "ozon", "messages_in": 4, "answers": 4, "average_first_response_ms": 3})
        );
    }

    #[test]
    fn a_table_has_a_line_for_each_part_and_no_formula() {
        let report = json!({"total_chats": 2, "sources": [{"source": "ozon", "total_chats": 1}], "days": [],
            "operators": [{"operator": "=cmd", "messages_out": 3}]});
        let lines: Vec<String> = table(&report).lines().map(str::to_owned).collect();
        assert_eq!(lines[1], "\"total\",,2,,,,,,,,,,,,");
        assert_eq!(lines[2], "\"source\",\"ozon\",1,,,,,,,,,,,,");
        assert_eq!(lines[3], "\"operator\",\"'=cmd\",,,,,,,,,,3,,,");
        assert_eq!(lines.len(), 4);
    }
}
