//! Bulk sends, their rows and their dry runs, as the relay tells them.

use shared::event::{BulkProgress, BulkState};
use shared::id::UserId;
use shared::node::{Node, member};
use shared::problem::Code;
use shared::time::Timestamp;

/// A bulk send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    pub bulk_id: i64,
    pub state: BulkState,
    /// Why it is paused, if nobody did it.
    pub reason: Option<Code>,
    /// The template that it was made with, which may be another one or gone by now.
    pub template_id: Option<String>,
    /// The text, with its variables.
    pub text: String,
    /// Rows that are begun in a minute at most.
    pub rate_per_minute: i64,
    pub total: i64,
    pub sent: i64,
    pub failed: i64,
    pub cancelled: i64,
    pub client_id: String,
    pub author: Option<String>,
    pub created_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl Bulk {
    /// A bulk send in an answer.
    pub fn read<N: Node>(node: &N) -> Option<Self> {
        Some(Self {
            bulk_id: member(node, "bulk_id")?,
            state: member(node, "state")?,
            reason: code(node, "reason"),
            template_id: member(node, "template_id").flatten(),
            text: member(node, "text")?,
            rate_per_minute: member(node, "rate_per_minute")?,
            total: member(node, "total")?,
            sent: member(node, "sent")?,
            failed: member(node, "failed")?,
            cancelled: member(node, "cancelled")?,
            client_id: member(node, "client_id")?,
            author: member(node, "author").flatten(),
            created_at: member(node, "created_at").flatten(),
            finished_at: member(node, "finished_at").flatten(),
        })
    }

    /// The answer to a step: `{"bulk": ...}`.
    pub fn of_step<N: Node>(node: &N) -> Option<Self> {
        Self::read(&node.get("bulk")?)
    }

    /// Rows of which nobody knows the end yet.
    pub fn waiting(&self) -> i64 {
        self.total.saturating_sub(self.ended()).max(0)
    }

    fn ended(&self) -> i64 {
        self.sent.saturating_add(self.failed).saturating_add(self.cancelled)
    }

    pub fn is_live(&self) -> bool {
        matches!(self.state, BulkState::Running | BulkState::Paused)
    }

    /// How many minutes the rest takes at its pace, rounded up.
    pub fn minutes_left(&self) -> i64 {
        let rate = self.rate_per_minute.max(1);
        self.waiting().saturating_add(rate).saturating_sub(1).checked_div(rate).unwrap_or(0)
    }

    /// It has come as far as an event says.
    pub fn hear(&mut self, progress: &BulkProgress) {
        self.state = progress.state;
        self.reason = progress.reason.as_deref().and_then(Code::parse);
        (self.total, self.sent) = (progress.total, progress.sent);
        (self.failed, self.cancelled) = (progress.failed, progress.cancelled);
    }

    /// An answer that was on its way while this event came: which of them is older, their figures say. What changes without
    /// them (a pause, say) is told by one more event.
    pub fn hear_meanwhile(&mut self, progress: &BulkProgress) {
        let heard = progress.sent.saturating_add(progress.failed).saturating_add(progress.cancelled);
        let is_over = matches!(progress.state, BulkState::Cancelled | BulkState::Done);
        if is_over || (self.is_live() && heard >= self.ended()) {
            self.hear(progress);
        }
    }
}

/// The list, newest first. One that cannot be read is left out.
pub fn bulks<N: Node>(node: &N) -> Option<Vec<Bulk>> {
    Some(node.get("bulks")?.elements()?.iter().filter_map(Bulk::read).collect())
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub row: i64,
    pub posting_number: String,
    /// `queued`, `sending`, `sent`, `failed` or `cancelled`.
    pub state: String,
    pub reason: Option<Code>,
    /// The chat, once there is one.
    pub user_id: Option<UserId>,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    pub rows: Vec<Outcome>,
    /// After which row the next page begins, if there is one.
    pub next: Option<i64>,
}

impl Outcomes {
    pub fn read<N: Node>(node: &N) -> Option<Self> {
        let outcome = |row: &N| {
            Some(Outcome {
                row: member(row, "row")?,
                posting_number: member(row, "posting_number")?,
                state: member(row, "state")?,
                reason: code(row, "reason"),
                user_id: member(row, "user_id").flatten(),
            })
        };
        let rows = node.get("rows")?.elements()?.iter().filter_map(outcome).collect();
        Some(Self { rows, next: member(node, "next").flatten() })
    }
}

/// What a dry run says of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    pub row: i64,
    pub posting_number: String,
    pub said: Said,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It can be sent, and has so many characters. The first rows come with their text.
    Good { chars: i64, text: Option<String> },
    /// It cannot be sent.
    Bad { code: Option<Code>, detail: String },
}

/// What a dry run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    pub total: i64,
    pub faults: i64,
    pub rows: Vec<Rehearsed>,
}

impl Rehearsal {
    pub fn read<N: Node>(node: &N) -> Option<Self> {
        let rehearsed = |row: &N| {
            let said = match member::<i64, N>(row, "chars") {
                Some(chars) => Said::Good { chars, text: member(row, "text").flatten() },
                None => Said::Bad { code: code(row, "code"), detail: member(row, "detail")? },
            };
            Some(Rehearsed { row: member(row, "row")?, posting_number: member(row, "posting_number")?, said })
        };
        let rows = node.get("rows")?.elements()?.iter().map(rehearsed).collect::<Option<Vec<_>>>()?;
        Some(Self { total: member(node, "total")?, faults: member(node, "faults")?, rows })
    }
}

/// A code of a problem; one that we do not know is none.
fn code<N: Node>(node: &N, key: &str) -> Option<Code> {
    Code::parse(&node.get(key)?.string()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Json, list, number, object, text};

    fn node(state: &str, sent: i64, failed: i64) -> Json {
        object(&[
            ("bulk_id", number(7)),
            ("state", text(state)),
            ("reason", Json::Null),
            ("source", text("ozon")),
            ("template_id", text("order_shipped")),
            ("text", text("Ждём {{day}}")),
            ("rate_per_minute", number(60)),
            ("total", number(130)),
            ("sent", number(sent)),
            ("failed", number(failed)),
            ("cancelled", number(0)),
            ("client_id", text("b-1")),
            ("author", Json::Null),
            ("created_at", text("2026-01-10T15:30:00Z")),
            ("finished_at", Json::Null),
        ])
    }

    fn bulk(state: &str, sent: i64, failed: i64) -> Option<Bulk> {
        Bulk::read(&node(state, sent, failed))
    }

    fn progress(state: BulkState, sent: i64) -> BulkProgress {
        let reason = (state == BulkState::Paused).then(|| Code::UpstreamSubscription.as_str().to_owned());
        BulkProgress { bulk_id: 7, state, reason, total: 130, sent, failed: 1, cancelled: 0 }
    }

    #[test]
    fn a_bulk_send_is_read_and_counts_what_is_left() {
        let bulk = bulk("running", 8, 1);
        assert_eq!(
            bulk.as_ref().map(|bulk| (bulk.waiting(), bulk.minutes_left(), bulk.is_live())),
            Some((121, 3, true))
        );
        assert_eq!(bulk.and_then(|bulk| bulk.created_at), Timestamp::parse("2026-01-10T15:30:00Z"));
        let page = object(&[("bulks", list(&[node("done", 129, 1), object(&[]), node("of tomorrow", 0, 0)]))]);
        assert_eq!(bulks(&page).map(|bulks| bulks.len()), Some(1), "what is not known is left out");
        assert_eq!(bulks(&object(&[])), None);
    }

    #[test]
    fn an_event_moves_it_on() {
        let Some(mut bulk) = bulk("running", 8, 1) else { panic!("a bulk send") };
        bulk.hear(&progress(BulkState::Paused, 9));
        assert_eq!((bulk.state, bulk.sent, bulk.reason), (BulkState::Paused, 9, Some(Code::UpstreamSubscription)));
        bulk.hear(&progress(BulkState::Running, 9));
        assert_eq!((bulk.state, bulk.reason), (BulkState::Running, None));
    }

    #[test]
    fn of_an_answer_and_an_event_that_crossed_the_later_one_counts() {
        for (answer, sent, heard, heard_sent, state, shown) in [
            ("running", 5, BulkState::Running, 4, BulkState::Running, 5),
            ("running", 5, BulkState::Running, 6, BulkState::Running, 6),
            ("running", 5, BulkState::Paused, 5, BulkState::Paused, 5),
            ("running", 5, BulkState::Done, 129, BulkState::Done, 129),
            ("done", 129, BulkState::Running, 128, BulkState::Done, 129),
            ("cancelled", 5, BulkState::Running, 5, BulkState::Cancelled, 5),
        ] {
            let Some(mut bulk) = bulk(answer, sent, 1) else { panic!("a bulk send") };
            bulk.hear_meanwhile(&progress(heard, heard_sent));
            assert_eq!((bulk.state, bulk.sent), (state, shown), "{answer} {sent}, {heard:?} {heard_sent}");
        }
    }

    #[test]
    fn a_page_of_rows_is_read_with_what_follows_it() {
        let row = object(&[
            ("row", number(2)),
            ("posting_number", text("1-1")),
            ("state", text("failed")),
            ("reason", text("upstream_window_closed")),
            ("chat_id", Json::Null),
            ("user_id", Json::Null),
            ("message_id", Json::Null),
        ]);
        let page = Outcomes::read(&object(&[("rows", list(&[row])), ("next", number(2))]));
        let Some(Outcomes { rows, next: Some(2) }) = page else { panic!("{page:?}") };
        assert_eq!(rows.first().and_then(|row| row.reason), Some(Code::UpstreamWindowClosed));
        assert_eq!(
            Outcomes::read(&object(&[("rows", list(&[])), ("next", Json::Null)])),
            Some(Outcomes { rows: vec![], next: None })
        );
    }

    #[test]
    fn a_dry_run_says_of_each_row_what_would_be_sent_or_why_not() {
        let good =
            [("row", number(1)), ("posting_number", text("1-1")), ("chars", number(9)), ("text", text("Ждём 1"))];
        let untold = [("row", number(2)), ("posting_number", text("2-1")), ("chars", number(9)), ("text", Json::Null)];
        let bad = [
            ("row", number(3)),
            ("posting_number", text("3-1")),
            ("code", text("invalid")),
            ("detail", text("missing: day")),
        ];
        let rows = list(&[object(&good), object(&untold), object(&bad)]);
        let answer = object(&[("bulk", Json::Null), ("total", number(3)), ("faults", number(1)), ("rows", rows)]);
        let Some(read) = Rehearsal::read(&answer) else { panic!("a dry run") };
        assert_eq!((read.total, read.faults), (3, 1));
        let said: Vec<Said> = read.rows.into_iter().map(|row| row.said).collect();
        assert_eq!(
            said,
            [
                Said::Good { chars: 9, text: Some("Ждём 1".into()) },
                Said::Good { chars: 9, text: None },
                Said::Bad { code: Some(Code::Invalid), detail: "missing: day".into() },
            ]
        );
    }
}
