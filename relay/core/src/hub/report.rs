//! Reports: the figures of some days over all sources, by source, by day and by operator. SQLite counts; of its answers there
//! are as many rows as sources, days and operators.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use shared::limits::REPORT_OPERATORS_MAX;

use super::Decision;
use super::connections::limit;
use super::draft::Draft;
use crate::storage::Value;
use crate::tools::report::{Figures, Period, day_name};

/// Figures of all chats and of each source: the first five are those of now.
const OF_SOURCES: [&str; 9] = [
    "total_chats",
    "open_chats",
    "closed_chats",
    "unread_chats",
    "total_unread_messages",
    "recent_activity",
    "messages_in",
    "messages_out",
    "automatic_messages",
];

const OF_DAYS: [&str; 5] = ["new_chats", "active_chats", "messages_in", "messages_out", "automatic_messages"];

const OF_OPERATORS: [&str; 2] = ["messages_out", "active_chats"];

impl Draft<'_> {
    pub(super) fn report(&self, from: Option<&str>, to: Option<&str>, utc_offset: Option<&str>) -> Decision<Json> {
        let period = Period::read(self.now, from, to, utc_offset)?;
        let sources = self.figures_of_sources(&period)?;
        let mut total = Figures::of(&OF_SOURCES);
        for figures in sources.values() {
            total.include(figures);
        }
        let mut report = json!({
            "from": period.from, "to": period.to, "utc_offset": period.offset(),
            "sources": sources.iter().map(|(source, figures)| figures.shown(Some(("source", source)))).collect::<Vec<_>>(),
            "days": self.figures_of_days(&period)?,
            "operators": self.figures_of_operators(&period)?,
        });
        if let Some(members) = report.as_object_mut() {
            members.append(&mut total.shown(None));
        }
        Ok(report)
    }

    fn figures_of_sources(&self, period: &Period) -> Decision<BTreeMap<String, Figures>> {
        let within: [Value; 2] = [period.from.0.into(), period.to.0.into()];
        let mut sources: BTreeMap<String, Figures> = BTreeMap::new();
        // Each statement: the source, then these figures.
        let counted: [(&[&str], &str, &[Value]); 4] = [
            (
                &["total_chats", "open_chats", "closed_chats"],
                "SELECT source, COUNT(*), SUM(status = 'open'), SUM(status = 'closed') FROM chats GROUP BY source",
                &[],
            ),
            (
                &["unread_chats", "total_unread_messages"],
                "SELECT c.source, COUNT(DISTINCT c.user_id), COUNT(*) FROM chats c JOIN messages m
                   ON m.user_id = c.user_id AND m.message_id > c.operator_read AND m.side = 'user'
                 WHERE c.last_message_id > c.operator_read GROUP BY c.source",
                &[],
            ),
            (
                &["recent_activity"],
                "SELECT c.source, COUNT(*) FROM chats c JOIN messages m ON m.message_id = c.last_message_id
                 WHERE m.created_at >= ? AND m.created_at < ? GROUP BY c.source",
                &within,
            ),
            (
                &["messages_in", "messages_out", "automatic_messages"],
                "SELECT c.source, SUM(m.side = 'user'),
                   SUM(m.side = 'operator' AND m.writer NOT IN ('auto-reply', 'bulk', 'closing')),
                   SUM(m.side = 'operator' AND m.writer IN ('auto-reply', 'bulk', 'closing'))
                 FROM messages m JOIN chats c ON c.user_id = m.user_id
                 WHERE m.created_at >= ? AND m.created_at < ? GROUP BY c.source",
                &within,
            ),
        ];
        for (names, statement, params) in counted {
            for row in self.sql.query(statement, params)? {
                let figures = sources.entry(row.text(0)?).or_insert_with(|| Figures::of(&OF_SOURCES));
                for (name, column) in names.iter().zip(1..) {
                    figures.add(name, row.integer(column)?);
                }
            }
        }
        let answered = "SELECT source, COUNT(*), SUM(waited_ms) FROM responses
            WHERE answered_at >= ? AND answered_at < ? GROUP BY source";
        for row in self.sql.query(answered, &within)? {
            let figures = sources.entry(row.text(0)?).or_insert_with(|| Figures::of(&OF_SOURCES));
            figures.answered(row.integer(1)?, row.integer(2)?);
        }
        Ok(sources)
    }

    fn figures_of_days(&self, period: &Period) -> Decision<Vec<Json>> {
        let mut days: BTreeMap<i64, Figures> = period.days().map(|day| (day, Figures::of(&OF_DAYS))).collect();
        // What is bound may come as a floating number, and a day is a whole one.
        let within: [Value; 3] = [period.offset_ms.into(), period.from.0.into(), period.to.0.into()];
        let messages =
            "SELECT day, COUNT(DISTINCT user_id), SUM(side = 'user'), SUM(side = 'operator' AND NOT automatic),
              SUM(side = 'operator' AND automatic)
            FROM (SELECT (created_at + CAST(? AS INTEGER)) / 86400000 AS day, user_id, side,
                    writer IN ('auto-reply', 'bulk', 'closing') AS automatic
                  FROM messages WHERE created_at >= ? AND created_at < ?) GROUP BY day";
        for row in self.sql.query(messages, &within)? {
            let Some(figures) = days.get_mut(&row.integer(0)?) else { continue };
            let names = ["active_chats", "messages_in", "messages_out", "automatic_messages"];
            for (name, column) in names.into_iter().zip(1..) {
                figures.add(name, row.integer(column)?);
            }
        }
        let chats = "SELECT day, COUNT(*) FROM (SELECT (created_at + CAST(? AS INTEGER)) / 86400000 AS day
            FROM chats WHERE created_at >= ? AND created_at < ?) GROUP BY day";
        for row in self.sql.query(chats, &within)? {
            if let Some(figures) = days.get_mut(&row.integer(0)?) {
                figures.add("new_chats", row.integer(1)?);
            }
        }
        let answered = "SELECT day, COUNT(*), SUM(waited_ms) FROM (
              SELECT (answered_at + CAST(? AS INTEGER)) / 86400000 AS day, waited_ms
              FROM responses WHERE answered_at >= ? AND answered_at < ?) GROUP BY day";
        for row in self.sql.query(answered, &within)? {
            if let Some(figures) = days.get_mut(&row.integer(0)?) {
                figures.answered(row.integer(1)?, row.integer(2)?);
            }
        }
        Ok(days.iter().map(|(day, figures)| Json::Object(figures.shown(Some(("day", &day_name(*day)))))).collect())
    }

    /// Those who wrote most come first. Somebody who changed their name is still one, under the last of their names.
    fn figures_of_operators(&self, period: &Period) -> Decision<Vec<Json>> {
        let rows = self.sql.query(
            "SELECT w.writer, w.messages, w.chats, COALESCE(m.author, ''),
               (SELECT COUNT(*) FROM responses r WHERE r.writer = w.writer AND r.answered_at >= ? AND r.answered_at < ?),
               (SELECT COALESCE(SUM(r.waited_ms), 0) FROM responses r
                WHERE r.writer = w.writer AND r.answered_at >= ? AND r.answered_at < ?)
             FROM (SELECT writer, COUNT(*) AS messages, COUNT(DISTINCT user_id) AS chats, MAX(message_id) AS last
                   FROM messages WHERE side = 'operator' AND created_at >= ? AND created_at < ?
                   AND writer NOT IN ('auto-reply', 'bulk', 'closing')
                   GROUP BY writer ORDER BY messages DESC, writer LIMIT ?) w
             JOIN messages m ON m.message_id = w.last ORDER BY w.messages DESC, w.writer",
            &[
                period.from.0.into(),
                period.to.0.into(),
                period.from.0.into(),
                period.to.0.into(),
                period.from.0.into(),
                period.to.0.into(),
                limit(REPORT_OPERATORS_MAX).into(),
            ],
        )?;
        let mut operators = Vec::new();
        for row in rows {
            let mut figures = Figures::of(&OF_OPERATORS);
            figures.add("messages_out", row.integer(1)?);
            figures.add("active_chats", row.integer(2)?);
            figures.answered(row.integer(4)?, row.integer(5)?);
            operators.push(Json::Object(figures.shown(Some(("operator", &row.text(3)?)))));
        }
        Ok(operators)
    }
}
