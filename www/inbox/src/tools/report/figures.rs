//! A report, as the relay tells it.

use shared::node::{Node, member};

/// The figures of all chats, or of one source's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub total_chats: i64,
    pub open_chats: i64,
    pub closed_chats: i64,
    pub unread_chats: i64,
    pub total_unread_messages: i64,
    pub recent_activity: i64,
    pub traffic: Traffic,
}

/// What was written and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub messages_in: i64,
    pub messages_out: i64,
    pub automatic_messages: i64,
    pub answers: i64,
    /// Nothing without answers.
    pub average_ms: Option<i64>,
}

impl Traffic {
    fn read<N: Node>(node: &N) -> Self {
        let count = |name| member::<i64, N>(node, name).unwrap_or(0);
        Self {
            messages_in: count("messages_in"),
            messages_out: count("messages_out"),
            automatic_messages: count("automatic_messages"),
            answers: count("answers"),
            average_ms: member(node, "average_first_response_ms").flatten(),
        }
    }

    /// Those of both, the averages by the number of answers.
    fn and(self, other: Self) -> Self {
        let answers = self.answers.saturating_add(other.answers);
        let waited = |one: Self| one.average_ms.unwrap_or(0).saturating_mul(one.answers);
        Self {
            messages_in: self.messages_in.saturating_add(other.messages_in),
            messages_out: self.messages_out.saturating_add(other.messages_out),
            automatic_messages: self.automatic_messages.saturating_add(other.automatic_messages),
            answers,
            average_ms: waited(self).saturating_add(waited(other)).checked_div(answers),
        }
    }
}

/// A day, or some days in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day, `2026-01-10`.
    pub first: String,
    /// The last one.
    pub last: String,
    pub new_chats: i64,
    /// Of one day. Of several, the most that any of them had: who wrote on two days is one person.
    pub active_chats: i64,
    pub traffic: Traffic,
}

/// One operator, or one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub name: String,
    pub active_chats: i64,
    pub traffic: Traffic,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub total: Figures,
    pub sources: Vec<(String, Figures)>,
    pub days: Vec<Span>,
    pub operators: Vec<Operator>,
}

impl Report {
    /// The answer to `GET /v1/reports`. What is left out was not counted.
    pub fn read<N: Node>(node: &N) -> Option<Self> {
        let each = |list: &str| node.get(list)?.elements();
        let source = |source: &N| Some((member(source, "source")?, figures(source)));
        let day = |day: &N| {
            let name: String = member(day, "day")?;
            Some(Span {
                first: name.clone(),
                last: name,
                new_chats: member(day, "new_chats").unwrap_or(0),
                active_chats: member(day, "active_chats").unwrap_or(0),
                traffic: Traffic::read(day),
            })
        };
        let operator = |operator: &N| {
            Some(Operator {
                name: member(operator, "operator")?,
                active_chats: member(operator, "active_chats").unwrap_or(0),
                traffic: Traffic::read(operator),
            })
        };
        Some(Self {
            total: figures(node),
            sources: each("sources")?.iter().filter_map(source).collect(),
            days: each("days")?.iter().filter_map(day).collect(),
            operators: each("operators")?.iter().filter_map(operator).collect(),
        })
    }

    /// Whether nothing at all was written or answered.
    pub fn is_empty(&self) -> bool {
        let Traffic { messages_in, messages_out, automatic_messages, answers, .. } = self.total.traffic;
        [messages_in, messages_out, automatic_messages, answers] == [0; 4]
    }
}

fn figures<N: Node>(node: &N) -> Figures {
    let count = |name| member::<i64, N>(node, name).unwrap_or(0);
    Figures {
        total_chats: count("total_chats"),
        open_chats: count("open_chats"),
        closed_chats: count("closed_chats"),
        unread_chats: count("unread_chats"),
        total_unread_messages: count("total_unread_messages"),
        recent_activity: count("recent_activity"),
        traffic: Traffic::read(node),
    }
}

/// So many days have bars of their own: at 360 pixels each is 4 wide.
const BARS_MAX: usize = 62;

/// Days to draw: each by itself, or weeks (the first as short as it comes), if there are too many of them.
pub fn spans(days: &[Span]) -> Vec<Span> {
    if days.len() <= BARS_MAX {
        return days.to_vec();
    }
    let (begun, whole) = days.split_at(days.len() % 7);
    std::iter::once(begun).chain(whole.chunks(7)).filter_map(together).collect()
}

fn together(days: &[Span]) -> Option<Span> {
    let (first, rest) = days.split_first()?;
    Some(rest.iter().fold(first.clone(), |sum, day| Span {
        first: sum.first,
        last: day.last.clone(),
        new_chats: sum.new_chats.saturating_add(day.new_chats),
        active_chats: sum.active_chats.max(day.active_chats),
        traffic: sum.traffic.and(day.traffic),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, list, number, object, text};

    fn day(number: usize, messages_in: i64, answers: i64, average_ms: Option<i64>) -> Span {
        let traffic = Traffic { messages_in, answers, average_ms, ..Traffic::default() };
        let name = format!("day {number}");
        Span { first: name.clone(), last: name, new_chats: 1, active_chats: messages_in, traffic }
    }

    #[test]
    fn a_report_is_read_and_what_is_not_told_is_nothing() {
        let answer = object(&[
            ("total_chats", number(3)),
            ("messages_in", number(5)),
            ("answers", number(1)),
            ("average_first_response_ms", number(1500)),
            ("sources", list(&[object(&[("source", text("ozon")), ("open_chats", number(2))])])),
            (
                "days",
                list(&[object(&[
                    ("day", text("2026-01-10")),
                    ("new_chats", number(2)),
                    ("active_chats", number(3)),
                    ("average_first_response_ms", Json::Null),
                ])]),
            ),
            ("operators", list(&[object(&[("operator", text("Анна")), ("messages_out", number(4))])])),
        ]);
        let Some(report) = Report::read(&answer) else { panic!("a report") };
        assert_eq!((report.total.total_chats, report.total.traffic.average_ms), (3, Some(1500)));
        assert_eq!(report.sources.first().map(|(name, of)| (name.as_str(), of.open_chats)), Some(("ozon", 2)));
        assert_eq!(report.days.first().map(|day| (day.new_chats, day.traffic.average_ms)), Some((2, None)));
        assert_eq!(report.operators.first().map(|of| (of.name.as_str(), of.traffic.messages_out)), Some(("Анна", 4)));
        assert!(!report.is_empty());
        let nothing = object(&[("sources", list(&[])), ("days", list(&[])), ("operators", list(&[]))]);
        assert_eq!(Report::read(&nothing).map(|report| report.is_empty()), Some(true));
        assert_eq!(Report::read(&object(&[])), None);
    }

    #[test]
    fn few_days_are_drawn_by_themselves_and_many_as_weeks() {
        let days: Vec<Span> = (0..BARS_MAX).map(|at| day(at, 1, 0, None)).collect();
        assert_eq!(spans(&days), days);
        let days: Vec<Span> = (0..BARS_MAX + 3).map(|at| day(at, at as i64, 0, None)).collect();
        let weeks = spans(&days);
        assert_eq!(weeks.len(), 10, "two days, and nine weeks");
        assert_eq!(weeks.iter().map(|week| week.new_chats).sum::<i64>(), 65);
        let of = |at: usize| weeks.get(at).map(|week| (week.first.as_str(), week.last.as_str(), week.active_chats));
        assert_eq!([of(0), of(1)], [Some(("day 0", "day 1", 1)), Some(("day 2", "day 8", 8))]);
        assert_eq!(spans(&[]), []);
    }

    #[test]
    fn an_average_of_days_counts_each_answer_once() {
        let week = together(&[day(0, 1, 3, Some(100)), day(1, 1, 0, None), day(2, 1, 1, Some(500))]);
        assert_eq!(week.and_then(|week| week.traffic.average_ms), Some(200));
        let silent = together(&[day(0, 1, 0, None), day(1, 1, 0, None)]);
        assert_eq!(silent.and_then(|week| week.traffic.average_ms), None);
    }
}
