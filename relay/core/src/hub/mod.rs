//! One organization, deciding: what happened and what is kept go in, what is to be done comes out.
//!
//! [`Hub::handle`] is synchronous and touches nothing: it reads through [`Sql`] and returns a [`Turn`]. The shell commits
//! the turn's writes in one transaction, then performs its effects in order, so nobody hears of a fact that was not kept.
//! If the commit fails, the shell performs `on_failure` instead and restores the hub from the sockets and the store.
//!
//! Nothing that matters lives in memory only: a hub restored from the sockets' attachments and SQLite goes on as the one
//! before it would have.

mod actions;
mod administration;
mod answers;
mod audit;
mod auto_replies;
mod budget;
mod bulk;
mod bulk_rows;
mod calls;
mod chores;
mod closing;
mod closure;
mod connections;
mod consent;
mod customers;
mod draft;
mod edits;
mod erasure;
mod export;
mod files;
mod forward;
mod forward_file;
mod history;
mod hooks;
mod identity_secrets;
mod input;
mod liveness;
mod lookups;
mod marks;
mod messages;
mod missed;
mod orders;
mod organization;
mod patience;
mod presence;
mod rating;
mod report;
mod resealing;
mod retention;
mod sends;
mod session;
mod settings;
mod templates;
mod tokens;
mod tools;
mod turn;
mod visit;

use std::collections::{BTreeMap, BTreeSet};

use shared::id::MessageId;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

pub use administration::{Actor, Command};
pub use bulk::{BulkStep, bulk_rows_csv};
pub use chores::{Chore, Errand};
pub use consent::consents_csv;
pub use files::Opened;
pub use forward::{Forward, Forwarded, ForwardedFile, Ticket};
pub use input::{ConnId, ENTROPY_BYTES, Input, Job, Request};
pub use organization::Organization;
pub use rating::Rating;
pub use session::Session;
pub use settings::{Change, ConsentText};
pub use tools::Tool;
pub use turn::{Effect, Turn, error_frame};
pub use visit::Visit;

use crate::auth::keyring::Keyring;
use crate::storage::{Sql, SqlError};
use crate::upstream::gate::Gate;
use draft::Draft;

/// What the deployment sets.
#[derive(Clone, Debug)]
pub struct Config {
    /// Signs visitors' and staff's tokens.
    pub signing: Keyring,
    /// Seals upstream credentials.
    pub sealing: Keyring,
    /// Where Ozon is.
    pub ozon_base_url: String,
    /// How many times as generous every limit on how often is; 1 unless a load test or a host says otherwise.
    pub rate_factor: i64,
}

/// Why a turn was not to be.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Somebody is told.
    Problem(Problem),
    /// The store failed.
    Sql(SqlError),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<SqlError> for Refused {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl Refused {
    fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::Problem(Problem::new(code, detail))
    }

    /// What the asker is told. Of the store's failure only that it happened: its text may name data.
    fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Sql(_) => Self::not_kept(),
        }
    }

    fn not_kept() -> Problem {
        Problem::new(Code::StorageFailed, "the relay could not read or keep it; nothing was changed, try again")
    }
}

type Decision<T = ()> = Result<T, Refused>;

/// The hub of one organization.
#[derive(Debug)]
pub struct Hub {
    config: Config,
    organization: Option<Organization>,
    sessions: BTreeMap<ConnId, Session>,
    patience: patience::Patience,
    alarm: Option<Timestamp>,
    /// Whether the restored hub has compared the store with the sockets; if its boot failed, the alarm does.
    booted: bool,
    /// Sockets that are gone and still have a session, since the store failed when they went: the alarm lets them go.
    gone: BTreeSet<ConnId>,
    ends: liveness::Ends,
    forwards: forward::Forwards,
    /// Files on their way to an upstream: how many bytes each, and until when it counts.
    sending: BTreeMap<MessageId, (i64, Timestamp)>,
    /// In front of the Ozon account, from the first decision on.
    gate: Option<Gate>,
    /// What the gate before this one has left.
    lease: Option<Timestamp>,
}

impl Hub {
    /// A hub restored from what is kept: the store, and the attachments of the sockets that are open. Feed it
    /// [`Input::Boot`] first.
    ///
    /// # Errors
    /// If the store fails.
    pub fn restore(
        config: Config,
        sql: &dyn Sql,
        attachments: impl IntoIterator<Item = String>,
    ) -> Result<Self, SqlError> {
        let sessions = attachments.into_iter().filter_map(|attachment| Session::from_attachment(&attachment));
        let organization = Organization::load(sql)?;
        let lease = match organization {
            Some(_) => sql.first("SELECT gate_until FROM accounts WHERE source = 'ozon'", &[])?,
            None => None,
        };
        Ok(Self {
            config,
            organization,
            forwards: forward::Forwards::default(),
            sending: BTreeMap::new(),
            gate: None,
            lease: lease.map(|row| row.optional_integer(0)).transpose()?.flatten().map(Timestamp),
            sessions: sessions.map(|session| (session.conn, session)).collect(),
            patience: patience::Patience::default(),
            alarm: None,
            booted: false,
            gone: BTreeSet::new(),
            ends: liveness::Ends::default(),
        })
    }

    /// Decides what follows from an input.
    pub fn handle(&mut self, now: Timestamp, sql: &dyn Sql, input: Input) -> Turn {
        match input {
            Input::Boot => self.quietly(now, sql, |draft| draft.boot()),
            Input::Alarm => {
                self.alarm = None;
                self.quietly(now, sql, |draft| draft.alarm())
            }
            Input::Closed { conn } => {
                self.gone.insert(conn);
                self.quietly(now, sql, |draft| draft.let_go())
            }
            Input::FilesRemoved { keys } => self.quietly(now, sql, |draft| draft.files_removed(&keys)),
            Input::NotCalled { job } => self.quietly(now, sql, |draft| draft.not_called(&job)),
            Input::Outcome { job, answered } => self.quietly(now, sql, |draft| draft.outcome(job, answered)),
            Input::Connect { conn, claims, origin, position, budget, address } => {
                let connected = self
                    .draft(now, sql, |draft| draft.connect(conn, claims, origin.as_deref(), position, budget, address));
                let mut turn =
                    connected.unwrap_or_else(|refused| turn::refuse_connection(conn, &refused.into_problem(), now));
                turn.on_failure = turn::refuse_connection(conn, &Refused::not_kept(), now).effects;
                turn
            }
            Input::Heard { heard } => self.quietly(now, sql, |draft| draft.judge(&heard)),
            Input::Frame { conn, text } => {
                self.ends.heard(conn, now);
                let request = shared::action::decode(&text);
                let id = request.id.clone();
                let turn = self.draft(now, sql, |draft| draft.frame(conn, request));
                let mut turn = turn
                    .unwrap_or_else(|refused| turn::refuse_action(conn, id.as_deref(), &refused.into_problem(), now));
                turn.on_failure = turn::refuse_action(conn, id.as_deref(), &Refused::not_kept(), now).effects;
                turn
            }
            Input::Request { request } => match self.draft(now, sql, |draft| draft.request(request)) {
                Ok(turn) => turn,
                Err(refused) => Turn { answer: Some(Err(refused.into_problem())), ..Turn::default() },
            },
        }
    }

    /// A turn that nobody waits for: if the store fails, the alarm asks again.
    fn quietly(&mut self, now: Timestamp, sql: &dyn Sql, decide: impl FnOnce(&mut Draft<'_>) -> Decision) -> Turn {
        self.draft(now, sql, decide).unwrap_or_else(|_| {
            let retry = now.plus_ms(draft::RETRY_STORE_MS);
            let at = self.alarm.map_or(retry, |alarm| alarm.min(retry));
            self.alarm = Some(at);
            Turn { effects: vec![Effect::WakeAt(at)], ..Turn::default() }
        })
    }

    fn draft(
        &mut self,
        now: Timestamp,
        sql: &dyn Sql,
        decide: impl FnOnce(&mut Draft<'_>) -> Decision,
    ) -> Decision<Turn> {
        let mut draft = Draft::new(self, now, sql)?;
        match decide(&mut draft) {
            Ok(()) => draft.finish(),
            Err(refused) => {
                draft.undo();
                Err(refused)
            }
        }
    }
}
