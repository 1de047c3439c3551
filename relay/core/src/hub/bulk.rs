//! Bulk sends, as they are asked for: made, shown, paused, resumed, cancelled. How their rows are sent is in `bulk_rows`.
//!
//! ```text
//! running <--pause, or the account refuses--> paused     running, paused --cancel--> cancelled
//!    \------------every row is at its end----> done
//! ```

use serde_json::{Value as Json, json};
use shared::event::{BulkProgress, BulkState, Event};
use shared::limits::{
    BULK_PAGE, BULK_PAGE_MAX, BULK_PREVIEWS_MAX, BULK_PROGRESS_EVERY_MS, BULK_RATE, BULK_RATE_MAX, BULKS_KEPT,
    BULKS_LIVE_MAX, CLIENT_ID_BYTES_MAX,
};
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::template;
use shared::time::Timestamp;
use shared::upstream_problem::{Fault, Retry, explain};
use shared::window::Window;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::history::page_size;
use super::{Decision, Refused};
use crate::storage::{Row, SqlError, Value};
use crate::tools::bulk::{self, Asked, Table};
use crate::tools::csv;

/// Rows are written in packs of this many bytes of JSON: the runtime takes 2 MB in one value.
const PACK_BYTES: usize = 256 * 1024;

const COLUMNS: &str =
    "bulk_id, state, reason, source, template_id, text, names, rate_per_minute, total, sent, failed, cancelled,
    client_id, author, created_at, finished_at, next_start_at, told_at";

/// A bulk send's row.
#[derive(Clone, Debug)]
pub(super) struct Bulk {
    pub(super) bulk_id: i64,
    pub(super) state: BulkState,
    reason: Option<String>,
    source: String,
    template_id: Option<String>,
    pub(super) text: String,
    pub(super) names: Vec<String>,
    rate_per_minute: i64,
    total: i64,
    sent: i64,
    failed: i64,
    cancelled: i64,
    client_id: String,
    pub(super) author: Option<String>,
    created_at: Timestamp,
    finished_at: Option<i64>,
    pub(super) next_start_at: Timestamp,
    told_at: Timestamp,
}

impl Bulk {
    fn read(row: &Row) -> Decision<Self> {
        let unknown = |what: &str| SqlError(format!("a bulk send's {what} cannot be read"));
        Ok(Self {
            bulk_id: row.integer(0)?,
            state: BulkState::parse(&row.text(1)?).ok_or_else(|| unknown("state"))?,
            reason: row.optional_text(2)?,
            source: row.text(3)?,
            template_id: row.optional_text(4)?,
            text: row.text(5)?,
            names: serde_json::from_str(&row.text(6)?).map_err(|_| unknown("list of variables"))?,
            rate_per_minute: row.integer(7)?,
            total: row.integer(8)?,
            sent: row.integer(9)?,
            failed: row.integer(10)?,
            cancelled: row.integer(11)?,
            client_id: row.text(12)?,
            author: row.optional_text(13)?,
            created_at: Timestamp(row.integer(14)?),
            finished_at: row.optional_integer(15)?,
            next_start_at: Timestamp(row.integer(16)?),
            told_at: Timestamp(row.integer(17)?),
        })
    }

    fn described(&self) -> Json {
        json!({
            "bulk_id": self.bulk_id, "state": self.state, "reason": self.reason, "source": self.source,
            "template_id": self.template_id, "text": self.text, "rate_per_minute": self.rate_per_minute,
            "total": self.total, "sent": self.sent, "failed": self.failed, "cancelled": self.cancelled,
            "client_id": self.client_id, "author": self.author, "created_at": self.created_at,
            "finished_at": self.finished_at.map(Timestamp),
        })
    }

    /// How far apart the beginnings of its rows are, rounded up: never more of them in a minute than it says.
    pub(super) fn pace_ms(&self) -> i64 {
        60_000_i64.saturating_add(self.rate_per_minute).saturating_sub(1).div_euclid(self.rate_per_minute.max(1)).max(1)
    }

    fn is_live(&self) -> bool {
        matches!(self.state, BulkState::Running | BulkState::Paused)
    }

    fn has_ended(&self) -> bool {
        self.sent.saturating_add(self.failed).saturating_add(self.cancelled) >= self.total
    }
}

/// What can be done to a bulk send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BulkStep {
    /// Begins nothing more for now.
    Pause,
    /// Goes on.
    Resume,
    /// Begins nothing more for ever.
    Cancel,
}

impl Draft<'_> {
    pub(super) fn bulk(&self, bulk_id: i64) -> Decision<Option<Bulk>> {
        let row = self.sql.first(&format!("SELECT {COLUMNS} FROM bulks WHERE bulk_id = ?"), &[bulk_id.into()])?;
        row.as_ref().map(Bulk::read).transpose()
    }

    pub(super) fn bulks(&self, condition: &str, params: &[Value]) -> Decision<Vec<Bulk>> {
        let rows = self.sql.query(&format!("SELECT {COLUMNS} FROM bulks WHERE {condition}"), params)?;
        rows.iter().map(Bulk::read).collect()
    }

    fn known_bulk(&self, bulk_id: i64) -> Decision<Bulk> {
        self.bulk(bulk_id)?.ok_or_else(|| Refused::new(Code::NotFound, "there is no bulk send with this bulk_id"))
    }

    pub(super) fn list_bulks(&self) -> Decision<Json> {
        let bulks = self.bulks("bulk_id > 0 ORDER BY bulk_id DESC", &[])?;
        Ok(json!({"bulks": bulks.iter().map(Bulk::described).collect::<Vec<_>>()}))
    }

    pub(super) fn show_bulk(&self, bulk_id: i64) -> Decision<Json> {
        Ok(json!({"bulk": self.known_bulk(bulk_id)?.described()}))
    }

    /// Judges a bulk send as a whole, and begins it unless it is only a dry run.
    pub(super) fn start_bulk(&mut self, actor: &Actor, asked: &Asked) -> Decision<Json> {
        if asked.source != source::OZON {
            return Err(Refused::new(Code::Invalid, "source is ozon: postings are Ozon's"));
        }
        let writer = match &actor.claims {
            Some(claims) => self.holder(claims)?.writer,
            None => "administrator".into(),
        };
        if let Some(client_id) = &asked.client_id {
            if client_id.is_empty() || client_id.len() > CLIENT_ID_BYTES_MAX {
                return Err(Refused::new(Code::Invalid, format!("client_id has 1 to {CLIENT_ID_BYTES_MAX} bytes")));
            }
            let known =
                self.bulks("writer = ? AND client_id = ?", &[writer.as_str().into(), client_id.as_str().into()])?;
            if let Some(bulk) = known.first().filter(|_| !asked.dry_run) {
                return Ok(json!({"bulk": bulk.described()}));
            }
        }
        let rate = asked.rate_per_minute.unwrap_or(BULK_RATE);
        if !(1..=BULK_RATE_MAX).contains(&rate) {
            return Err(Refused::new(Code::Invalid, format!("rate_per_minute is 1 to {BULK_RATE_MAX}")));
        }
        let text = match (&asked.template_id, &asked.text) {
            (Some(template_id), None) => self.template(template_id)?.text,
            (None, Some(text)) => text.clone(),
            _ => return Err(Refused::new(Code::Invalid, "a bulk send has a template_id or a text, and not both")),
        };
        template::check_text(&text)?;
        let judged = bulk::judge(&text, &asked.table);
        if asked.dry_run {
            let rows = asked.table.rows.iter();
            let closed =
                rows.map(|row| self.posting_surely_closed(&row.posting_number)).collect::<Decision<Vec<_>>>()?;
            return Ok(rehearsed(&asked.table, &judged, &closed));
        }
        let client_id = asked.client_id.as_deref().ok_or_else(|| {
            Refused::new(Code::Invalid, "client_id is missing: with it a repeated request sends nothing twice")
        })?;
        bulk::refuse(&judged)?;
        self.require_account(source::OZON)?;
        self.make_room_for_a_bulk()?;
        let bulk = Bulk {
            bulk_id: self.next_bulk_id()?,
            state: BulkState::Running,
            reason: None,
            source: asked.source.clone(),
            template_id: asked.template_id.clone(),
            text,
            names: asked.table.names.clone(),
            rate_per_minute: rate,
            total: i64::try_from(asked.table.rows.len()).unwrap_or(i64::MAX),
            sent: 0,
            failed: 0,
            cancelled: 0,
            client_id: client_id.into(),
            author: actor.claims.as_ref().map(|claims| claims.name.clone()).filter(|name| !name.is_empty()),
            created_at: self.now,
            finished_at: None,
            next_start_at: self.now,
            told_at: Timestamp(0),
        };
        self.keep_bulk(&bulk, &writer)?;
        self.keep_rows(bulk.bulk_id, &asked.table)?;
        self.audit(actor, deed::BULK_STARTED, Some(bulk.bulk_id.to_string()))?;
        self.wake_at(self.now);
        Ok(json!({"bulk": bulk.described()}))
    }

    /// Its number, which no other one has or had: messages are told apart by it.
    fn next_bulk_id(&mut self) -> Decision<i64> {
        let row = self.sql.first("SELECT bulk_id FROM counters", &[])?;
        let next = row.map_or(Ok(0), |row| row.integer(0))?.saturating_add(1);
        self.write("UPDATE counters SET bulk_id = ?", [next]);
        Ok(next)
    }

    fn make_room_for_a_bulk(&mut self) -> Decision {
        let bulks = self.bulks("bulk_id > 0 ORDER BY bulk_id DESC", &[])?;
        if bulks.iter().filter(|bulk| bulk.is_live()).count() >= BULKS_LIVE_MAX {
            let detail = format!("{BULKS_LIVE_MAX} bulk sends are running or paused: let one end, or cancel it");
            return Err(Refused::new(Code::Conflict, detail));
        }
        let kept = usize::try_from(BULKS_KEPT).unwrap_or(usize::MAX).saturating_sub(1);
        for old in bulks.iter().skip(kept).filter(|bulk| !bulk.is_live()) {
            self.forget_bulk(old.bulk_id);
        }
        Ok(())
    }

    fn forget_bulk(&mut self, bulk_id: i64) {
        self.write("DELETE FROM bulk_rows WHERE bulk_id = ?", [bulk_id]);
        self.write("DELETE FROM bulks WHERE bulk_id = ?", [bulk_id]);
    }

    /// Those that ended so long ago go, with whom they were for.
    pub(super) fn sweep_bulks(&mut self, cutoff: i64) -> Decision {
        for bulk in self.bulks("finished_at <= ?", &[cutoff.into()])? {
            self.forget_bulk(bulk.bulk_id);
        }
        Ok(())
    }

    fn keep_bulk(&mut self, bulk: &Bulk, writer: &str) -> Decision {
        let names = super::messages::to_value(&bulk.names)?.to_string();
        self.write_all(
            "INSERT INTO bulks (bulk_id, writer, client_id, author, template_id, text, names, source, rate_per_minute,
               state, total, created_at, next_start_at, tell_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                bulk.bulk_id.into(),
                writer.into(),
                bulk.client_id.as_str().into(),
                bulk.author.clone().into(),
                bulk.template_id.clone().into(),
                bulk.text.as_str().into(),
                names.into(),
                bulk.source.as_str().into(),
                bulk.rate_per_minute.into(),
                bulk.state.as_str().into(),
                bulk.total.into(),
                bulk.created_at.0.into(),
                bulk.next_start_at.0.into(),
                self.now.0.into(),
            ],
        );
        Ok(())
    }

    /// In packs, since ten thousand statements would be a second's work.
    fn keep_rows(&mut self, bulk_id: i64, table: &Table) -> Decision {
        let mut pack = Vec::new();
        let mut bytes: usize = 0;
        for (row, number) in table.rows.iter().zip(1_i64..) {
            let row = json!([number, row.posting_number, row.values]);
            bytes = bytes.saturating_add(row.to_string().len());
            pack.push(row);
            if bytes >= PACK_BYTES {
                self.keep_pack(bulk_id, std::mem::take(&mut pack));
                bytes = 0;
            }
        }
        if !pack.is_empty() {
            self.keep_pack(bulk_id, pack);
        }
        Ok(())
    }

    fn keep_pack(&mut self, bulk_id: i64, pack: Vec<Json>) {
        self.write_all(
            "INSERT INTO bulk_rows (bulk_id, number, posting_number, variables, state)
             SELECT ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), 'queued'
             FROM json_each(?)",
            vec![bulk_id.into(), Json::Array(pack).to_string().into()],
        );
    }

    pub(super) fn step_bulk(&mut self, actor: &Actor, bulk_id: i64, step: BulkStep) -> Decision<Json> {
        let mut bulk = self.known_bulk(bulk_id)?;
        let (to, deed) = match step {
            BulkStep::Pause => (BulkState::Paused, deed::BULK_PAUSED),
            BulkStep::Resume => (BulkState::Running, deed::BULK_RESUMED),
            BulkStep::Cancel => (BulkState::Cancelled, deed::BULK_CANCELLED),
        };
        // Done again, it is done.
        if bulk.state == to {
            return Ok(json!({"bulk": bulk.described()}));
        }
        if !bulk.is_live() {
            return Err(Refused::new(Code::Conflict, format!("the bulk send is {} already", bulk.state.as_str())));
        }
        match step {
            BulkStep::Pause => self.set_bulk_state(bulk_id, to, None),
            BulkStep::Resume => {
                self.require_account(source::OZON)?;
                self.set_bulk_state(bulk_id, to, None);
                self.wake_at(self.now);
            }
            BulkStep::Cancel => {
                let statement = "SELECT COUNT(*) FROM bulk_rows WHERE bulk_id = ? AND state IN ('queued', 'starting')";
                let row = self.sql.first(statement, &[bulk_id.into()])?;
                let open = row.map_or(Ok(0), |row| row.integer(0))?;
                bulk.cancelled = bulk.cancelled.saturating_add(open);
                bulk.finished_at = Some(self.now.0);
                self.set_bulk_state(bulk_id, to, None);
                self.write(
                    "UPDATE bulks SET finished_at = ?, cancelled = cancelled + (SELECT COUNT(*) FROM bulk_rows
                       WHERE bulk_rows.bulk_id = bulks.bulk_id AND state IN ('queued', 'starting')) WHERE bulk_id = ?",
                    [self.now.0, bulk_id],
                );
                self.write(
                    "UPDATE bulk_rows SET state = 'cancelled', reason = NULL
                     WHERE bulk_id = ? AND state IN ('queued', 'starting')",
                    [bulk_id],
                );
            }
        }
        self.tell_of_bulk_soon(bulk_id)?;
        self.audit(actor, deed, Some(bulk_id.to_string()))?;
        bulk.state = to;
        bulk.reason = None;
        Ok(json!({"bulk": bulk.described()}))
    }

    fn set_bulk_state(&mut self, bulk_id: i64, state: BulkState, reason: Option<Code>) {
        self.write_all(
            "UPDATE bulks SET state = ?, reason = ? WHERE bulk_id = ?",
            vec![state.as_str().into(), reason.map(Code::as_str).into(), bulk_id.into()],
        );
    }

    /// What the account as a whole is refused for, every row would be refused for: the bulk send waits until somebody has
    /// seen to it. False if it concerns this row alone.
    pub(super) fn pause_bulk_for(&mut self, bulk_id: i64, code: Code) -> Decision<bool> {
        let is_of_account = explain(code)
            .is_some_and(|said| said.fault == Fault::Merchant && said.retry == Retry::AfterChange)
            // It does not say what is forbidden: it may be this posting alone.
            && code != Code::UpstreamForbidden;
        if is_of_account && self.bulk(bulk_id)?.is_some_and(|bulk| bulk.state == BulkState::Running) {
            self.set_bulk_state(bulk_id, BulkState::Paused, Some(code));
            self.tell_of_bulk_soon(bulk_id)?;
        }
        Ok(is_of_account)
    }

    pub(super) fn bulk_rows_page(&self, bulk_id: i64, after: Option<i64>, count: Option<i64>) -> Decision<Json> {
        let count = page_size(count, BULK_PAGE, BULK_PAGE_MAX)?;
        self.known_bulk(bulk_id)?;
        let rows = self.sql.query(
            "SELECT number, posting_number, state, reason, chat_id, user_id, message_id FROM bulk_rows
             WHERE bulk_id = ? AND number > ? ORDER BY number LIMIT ?",
            &[bulk_id.into(), after.unwrap_or(0).into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let mut shown = Vec::new();
        for row in rows.iter().take(kept) {
            // That a chat is being begun is nobody's business but ours.
            let state = Some(row.text(2)?).filter(|state| state != "starting").unwrap_or_else(|| "sending".into());
            shown.push(json!({
                "row": row.integer(0)?, "posting_number": row.text(1)?, "state": state,
                "reason": row.optional_text(3)?, "chat_id": row.optional_text(4)?, "user_id": row.optional_integer(5)?,
                "message_id": row.optional_integer(6)?,
            }));
        }
        let last = rows.get(kept.saturating_sub(1)).map(|row| row.integer(0)).transpose()?;
        Ok(json!({"rows": shown, "next": last.filter(|_| rows.len() > kept)}))
    }

    /// Something of it has changed: it is told at once, or when the last time is long enough ago.
    pub(super) fn tell_of_bulk_soon(&mut self, bulk_id: i64) -> Decision {
        let Some(bulk) = self.bulk(bulk_id)? else { return Ok(()) };
        // Reads do not show that this turn has told of it.
        let told_at = if self.told.contains(&bulk_id) { self.now } else { bulk.told_at };
        let at = told_at.plus_ms(BULK_PROGRESS_EVERY_MS).max(self.now).min(self.now.plus_ms(BULK_PROGRESS_EVERY_MS));
        self.write("UPDATE bulks SET tell_at = ? WHERE bulk_id = ? AND tell_at IS NULL", [at.0, bulk_id]);
        self.wake_at(at);
        Ok(())
    }

    /// The alarm's part: tells of those that have come further, and ends those that are at their end. First of all, since it
    /// tells what is kept: what comes further in this very turn is told the next time.
    pub(super) fn tell_of_bulks(&mut self) -> Decision {
        for mut bulk in self.bulks("tell_at <= ?", &[self.now.0.into()])? {
            if bulk.is_live() && bulk.has_ended() {
                bulk.state = BulkState::Done;
                self.set_bulk_state(bulk.bulk_id, BulkState::Done, None);
                self.write("UPDATE bulks SET finished_at = ? WHERE bulk_id = ?", [self.now.0, bulk.bulk_id]);
            }
            self.write("UPDATE bulks SET told_at = ?, tell_at = NULL WHERE bulk_id = ?", [self.now.0, bulk.bulk_id]);
            self.told.insert(bulk.bulk_id);
            self.publish(&Event::BulkProgress(BulkProgress {
                bulk_id: bulk.bulk_id,
                state: bulk.state,
                reason: bulk.reason.filter(|_| bulk.state == BulkState::Paused),
                total: bulk.total,
                sent: bulk.sent,
                failed: bulk.failed,
                cancelled: bulk.cancelled,
            }))?;
        }
        Ok(())
    }
}

/// What would be sent, and what is wrong with each row.
fn rehearsed(table: &Table, judged: &[Result<String, Problem>], closed: &[Option<Window>]) -> Json {
    let faults = judged.iter().filter(|row| row.is_err()).count();
    let late = judged.iter().zip(closed).filter(|(row, window)| row.is_ok() && window.is_some()).count();
    let rows = table.rows.iter().zip(judged).zip(closed).zip(1_usize..);
    let rows = rows.map(|(((row, judged), window), number)| match judged {
        Ok(text) => {
            let mut told = json!({
                "row": number, "posting_number": row.posting_number, "chars": text.chars().count(),
                "text": Some(text).filter(|_| number <= BULK_PREVIEWS_MAX),
            });
            if let (Some(window), Some(members)) = (window, told.as_object_mut()) {
                members.insert("window".into(), json!({"reason": window.reason, "until": window.until}));
            }
            told
        }
        Err(fault) => json!({
            "row": number, "posting_number": row.posting_number, "code": fault.code, "detail": fault.detail,
        }),
    });
    let rows: Vec<Json> = rows.collect();
    json!({"bulk": null, "total": judged.len(), "faults": faults, "closed": late, "rows": rows})
}

/// A page of a bulk send's rows as CSV (RFC 4180), with a line of names.
#[must_use]
pub fn bulk_rows_csv(page: &Json) -> String {
    const NAMES: [&str; 7] = ["row", "posting_number", "state", "reason", "chat_id", "user_id", "message_id"];
    csv::table(&NAMES, page.get("rows"))
}
