//! Performs turns: commits, hands frames to sockets, sets the alarm, lets upstream calls run.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use relay_core::hub::{ConnId, Effect, Hub, Input, Job, Session, Turn};
use relay_core::metrics::Counter;
use relay_core::storage::{Sql, Store, is_provisioned, migrate};
use relay_core::upstream::{self, Answered};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use worker::{Env, State, WebSocket};

use super::storage::ObjectStore;
use crate::{clock, config, fetch, log, metrics, trap};

/// The hub and its sockets, while the object is awake.
struct Live {
    hub: Hub,
    sockets: BTreeMap<ConnId, WebSocket>,
}

/// What is left of a turn for the time after it.
#[derive(Default)]
struct Later {
    alarm: Option<Timestamp>,
    calls: Vec<(Job, upstream::Request)>,
    removals: Vec<String>,
}

/// The object's side of the loop.
pub struct Shell {
    state: State,
    /// The object's own id.
    id: String,
    env: Env,
    store: ObjectStore,
    live: RefCell<Option<Live>>,
    /// Sockets that were accepted and have no session yet.
    arriving: RefCell<BTreeMap<ConnId, WebSocket>>,
}

/// The id that the hub knows a socket by.
pub fn conn_of(socket: &WebSocket) -> Option<ConnId> {
    let attachment = socket.deserialize_attachment::<String>().ok().flatten()?;
    serde_json::from_str::<Session>(&attachment).ok().map(|session| session.conn)
}

impl Shell {
    pub fn new(state: State, env: Env) -> Self {
        let store = ObjectStore::new(&state.storage());
        let id = state.id().to_string();
        Self { state, id, env, store, live: RefCell::default(), arriving: RefCell::default() }
    }

    /// Whether the store answers.
    pub fn can_read(&self) -> bool {
        self.store.query("SELECT 1", &[]).is_ok()
    }

    /// See [`trap`].
    pub fn trap_if_asked(&self, text: &str) {
        trap::if_asked(&self.env, Some(text));
    }

    /// Takes a new socket on, so that a turn can speak to it.
    pub fn accept(&self, conn: ConnId, socket: &WebSocket) {
        metrics::count(Counter::SocketsOpened);
        self.state.accept_web_socket(socket);
        self.arriving.borrow_mut().insert(conn, socket.clone());
    }

    /// The store, for reading what needs no decision.
    pub fn sql(&self) -> &ObjectStore {
        &self.store
    }

    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Lets something run beside, after the answer.
    pub fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        self.state.wait_until(work);
    }

    /// A socket is gone.
    pub fn forget(&self, conn: ConnId) {
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.sockets.remove(&conn);
        }
    }

    /// Runs the loop for one input. The turn comes back for its answer.
    pub async fn run(self: &Rc<Self>, input: Input) -> Turn {
        let (turn, later) = self.turn(input);
        self.finish(later).await;
        turn
    }

    /// Steps 2 to 4 of the loop, without an await.
    fn turn(&self, input: Input) -> (Turn, Later) {
        let mut later = Later::default();
        let booted = self.boot(&mut later);
        let mut live = self.live.borrow_mut();
        let live = match (booted, live.as_mut()) {
            (Ok(()), Some(live)) => live,
            (booted, _) => {
                let problem = booted.err().unwrap_or_else(|| Problem::new(Code::Internal, "the object is not awake"));
                log::write(log::error("not_awake").word("code", problem.code.as_str()));
                self.refuse_arriving(&problem);
                return (Turn { answer: Some(Err(problem)), ..Turn::default() }, later);
            }
        };
        live.sockets.append(&mut self.arriving.borrow_mut());
        let turn = live.hub.handle(clock::now(), &self.store, input);
        let performed = self.perform(live, turn, later);
        metrics::set_sockets(&self.id, live.sockets.len());
        performed
    }

    fn perform(&self, live: &mut Live, mut turn: Turn, mut later: Later) -> (Turn, Later) {
        let committed = if turn.writes.is_empty() { Ok(()) } else { self.store.commit(&turn.writes) };
        let effects = match committed {
            Ok(()) => {
                metrics::add(Counter::Messages, &[], turn.messages_kept());
                std::mem::take(&mut turn.effects)
            }
            Err(error) => {
                metrics::count(Counter::CommitsFailed);
                failed("commit_failed", &error);
                let problem =
                    Problem::new(Code::StorageFailed, "the relay could not keep it; nothing was changed, try again");
                turn.answer = turn.answer.map(|_| Err(problem));
                // What the hub decided is not true: it starts again from what is.
                later.alarm = Some(clock::now().plus_ms(RESTORE_AFTER_MS));
                live.hub = match self.restore() {
                    Ok(hub) => hub,
                    Err(problem) => {
                        log::write(log::error("restore_failed").word("code", problem.code.as_str()));
                        return (turn, later);
                    }
                };
                std::mem::take(&mut turn.on_failure)
            }
        };
        for effect in effects {
            match effect {
                Effect::Send { to, text } => {
                    metrics::add(Counter::FramesOut, &[], to.len() as u64);
                    for conn in to {
                        if let Some(socket) = live.sockets.get(&conn) {
                            // A socket that cannot be written to is on its way out; its close event follows.
                            let _ = socket.send_with_str(&text);
                        }
                    }
                }
                Effect::Attach { conn, attachment } => {
                    if let Some(socket) = live.sockets.get(&conn)
                        && let Err(error) = socket.serialize_attachment(attachment)
                    {
                        failed("attach_failed", &error);
                    }
                }
                Effect::Close { conn, code, reason } => {
                    if let Some(socket) = live.sockets.remove(&conn) {
                        let _ = socket.close(Some(code), Some(reason));
                    }
                }
                Effect::WakeAt(at) => later.alarm = Some(later.alarm.map_or(at, |earlier| earlier.min(at))),
                Effect::RemoveFiles { mut keys } => later.removals.append(&mut keys),
                Effect::Call { job, request } => later.calls.push((job, *request)),
            }
        }
        (turn, later)
    }

    /// Wakes the hub if it sleeps: from the sockets that are open, and from SQLite.
    fn boot(&self, later: &mut Later) -> Result<(), Problem> {
        if self.live.borrow().is_some() {
            return Ok(());
        }
        if is_provisioned(&self.store).map_err(unreadable)? {
            migrate(&self.store).map_err(unreadable)?;
        }
        let sockets = self.state.get_websockets().into_iter();
        let sockets = sockets.filter_map(|socket| Some((conn_of(&socket)?, socket))).collect();
        let mut live = Live { hub: self.restore()?, sockets };
        let turn = live.hub.handle(clock::now(), &self.store, Input::Boot);
        let (_, mut boot) = self.perform(&mut live, turn, Later::default());
        later.alarm = boot.alarm;
        later.calls.append(&mut boot.calls);
        later.removals.append(&mut boot.removals);
        *self.live.borrow_mut() = Some(live);
        Ok(())
    }

    fn restore(&self) -> Result<Hub, Problem> {
        let sockets = self.state.get_websockets().into_iter();
        let attachments = sockets.filter_map(|socket| socket.deserialize_attachment::<String>().ok().flatten());
        Hub::restore(config::hub(&self.env)?, &self.store, attachments).map_err(unreadable)
    }

    fn refuse_arriving(&self, problem: &Problem) {
        for socket in std::mem::take(&mut *self.arriving.borrow_mut()).into_values() {
            let _ = socket.send_with_str(relay_core::hub::error_frame(None, problem, clock::now()));
            let _ = socket.close(Some(shared::close::code_of(problem.code)), Some(problem.code.as_str()));
        }
    }

    async fn finish(self: &Rc<Self>, later: Later) {
        if let Some(at) = later.alarm {
            let wait_ms = at.since_ms(clock::now()).max(0);
            if let Err(error) = self.state.storage().set_alarm(wait_ms).await {
                failed("alarm_failed", &error);
            }
        }
        if !later.removals.is_empty() {
            self.remove_files(later.removals);
        }
        for (job, request) in later.calls {
            let shell = Rc::clone(self);
            self.state.wait_until(async move {
                let answered = fetch::perform(request).await;
                note_upstream(&answered);
                // The outcome's own turn may have calls again: they are boxed, since a future cannot hold itself.
                Box::pin(shell.run(Input::Outcome { job, answered })).await;
            });
        }
    }
}

fn note_upstream(answered: &Answered) {
    let outcome = match answered {
        Answered::Lost => "lost",
        Answered::Response(response) => match response.status().as_u16() {
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        },
    };
    metrics::count_by(Counter::UpstreamCalls, &[("outcome", outcome)]);
    if outcome != "2xx" {
        log::write(log::warning("upstream_call").word("outcome", outcome));
    }
}

/// When a hub that lost a turn looks for what is due.
const RESTORE_AFTER_MS: i64 = 1_000;

/// What failed, and of what it says only which kind of trouble it is: an error of the runtime may quote what it was given.
fn failed(event: &'static str, error: &impl std::fmt::Display) {
    log::write(log::error(event).word("trouble", relay_core::log::trouble(&error.to_string())));
}

fn unreadable(error: relay_core::storage::SqlError) -> Problem {
    failed("store_failed", &error);
    Problem::new(Code::StorageFailed, "the relay could not read its store; try again")
}
