//! Performs turns: commits, hands frames to lines, sets the alarm, lets upstream calls run.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_channel::oneshot;
use relay_core::hub::{ConnId, Effect, Forwarded, Hub, Input, Job, Opened, Session, Ticket, Turn};
use relay_core::metrics::Counter;
use relay_core::storage::{Sql, Store, is_provisioned, migrate};
use relay_core::upstream::ozon::chat_send_file::Envelope;
use relay_core::upstream::{self, Answered};
use shared::limits::UPSTREAM_TIMEOUT_MS;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use worker::wasm_bindgen::prelude::*;
use worker::{Env, State, WebSocket, js_sys, web_sys};

use super::line::{EventStream, Line, attachment_of, conn_of};
use super::storage::ObjectStore;
use crate::{clock, config, fetch, log, metrics, trap};

#[wasm_bindgen]
extern "C" {
    /// What the `worker` crate does not offer yet: when the runtime answered a socket's ping by itself.
    type AutoResponding;

    #[wasm_bindgen(method, catch, js_name = getWebSocketAutoResponseTimestamp)]
    fn auto_response_timestamp(this: &AutoResponding, socket: &JsValue) -> Result<Option<js_sys::Date>, JsValue>;
}

/// The hub and its lines, while the object is awake.
struct Live {
    hub: Hub,
    lines: BTreeMap<ConnId, Line>,
}

/// What is left of a turn for the time after it.
#[derive(Default)]
struct Later {
    alarm: Option<Timestamp>,
    calls: Vec<(Job, upstream::Request)>,
    /// Calls that lack a file still.
    file_calls: Vec<(Job, Envelope, Opened)>,
    /// The lines of which the hub asks when they were last heard.
    asked: Vec<ConnId>,
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
    /// Lines that were accepted and have no session yet.
    arriving: RefCell<BTreeMap<ConnId, Line>>,
    /// Who waits for what an upstream answers.
    expecting: RefCell<BTreeMap<Ticket, oneshot::Sender<Forwarded>>>,
}

impl Shell {
    pub fn new(state: State, env: Env) -> Self {
        let store = ObjectStore::new(&state.storage());
        let id = state.id().to_string();
        Self {
            state,
            id,
            env,
            store,
            live: RefCell::default(),
            arriving: RefCell::default(),
            expecting: RefCell::default(),
        }
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
        self.arriving.borrow_mut().insert(conn, Line::Socket(socket.clone()));
    }

    /// Takes a new stream on.
    pub fn accept_stream(&self, conn: ConnId, stream: Rc<EventStream>) {
        self.arriving.borrow_mut().insert(conn, Line::Stream(stream));
    }

    /// Somebody waits for an answer of an upstream's.
    pub fn expect_reply(&self, ticket: Ticket, tell: oneshot::Sender<Forwarded>) {
        self.expecting.borrow_mut().insert(ticket, tell);
    }

    /// Nobody waits for it any more.
    pub fn forget_reply(&self, ticket: Ticket) {
        self.expecting.borrow_mut().remove(&ticket);
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

    /// A line is gone.
    pub fn forget(&self, conn: ConnId) {
        if let Some(live) = self.live.borrow_mut().as_mut() {
            live.lines.remove(&conn);
        }
    }

    /// A stream that is open, and whose it is.
    pub fn stream(&self, conn: ConnId) -> Option<(Rc<EventStream>, Session)> {
        let live = self.live.borrow();
        match live.as_ref()?.lines.get(&conn)? {
            Line::Stream(stream) => {
                let attachment = Line::Stream(Rc::clone(stream)).attachment()?;
                Some((Rc::clone(stream), serde_json::from_str(&attachment).ok()?))
            }
            Line::Socket(_) => None,
        }
    }

    /// Runs the loop for one input. The turn comes back for its answer.
    pub async fn run(self: &Rc<Self>, input: Input) -> Turn {
        let (turn, mut later) = self.turn(input);
        while !later.asked.is_empty() {
            let heard = self.heard(&std::mem::take(&mut later.asked));
            let (_, after) = self.turn(Input::Heard { heard });
            later.wake_at(after.alarm);
            later.calls.extend(after.calls);
            later.file_calls.extend(after.file_calls);
            later.removals.extend(after.removals);
            later.asked = after.asked;
        }
        self.finish(later).await;
        turn
    }

    /// When these lines were last heard, by what the runtime knows of them.
    fn heard(&self, conns: &[ConnId]) -> Vec<(ConnId, Option<Timestamp>)> {
        let live = self.live.borrow();
        let Some(live) = live.as_ref() else { return Vec::new() };
        let runtime: &JsValue = self.state.as_raw().as_ref();
        let runtime: &AutoResponding = runtime.unchecked_ref();
        let heard = |line: &Line| match line {
            Line::Socket(socket) => {
                let socket: &web_sys::WebSocket = socket.as_ref();
                let at = runtime.auto_response_timestamp(socket.as_ref()).ok().flatten();
                at.map(|at| Timestamp(at.get_time() as i64))
            }
            Line::Stream(stream) => stream.heard_at(),
        };
        conns.iter().filter_map(|conn| Some((*conn, heard(live.lines.get(conn)?)))).collect()
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
        live.lines.append(&mut self.arriving.borrow_mut());
        let turn = live.hub.handle(clock::now(), &self.store, input);
        let performed = self.perform(live, turn, later, true);
        metrics::set_sockets(&self.id, live.lines.len());
        performed
    }

    fn perform(&self, live: &mut Live, mut turn: Turn, mut later: Later, may_boot: bool) -> (Turn, Later) {
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
                later.wake_at(Some(clock::now().plus_ms(RESTORE_AFTER_MS)));
                // Nor does it know any more who waits: they are told at once, and ask again.
                self.expecting.borrow_mut().clear();
                match self.restore(&live.lines) {
                    Ok(hub) => live.hub = hub,
                    Err(problem) => {
                        log::write(log::error("restore_failed").word("code", problem.code.as_str()));
                        return (turn, later);
                    }
                }
                if may_boot {
                    let booted = live.hub.handle(clock::now(), &self.store, Input::Boot);
                    // One that fails again is left to the alarm.
                    later = self.perform(live, booted, later, false).1;
                }
                std::mem::take(&mut turn.on_failure)
            }
        };
        for effect in effects {
            match effect {
                Effect::Send { to, text } => {
                    metrics::add(Counter::FramesOut, &[], to.len() as u64);
                    for conn in to {
                        if let Some(line) = live.lines.get(&conn) {
                            line.send(&text);
                        }
                    }
                }
                Effect::Attach { conn, attachment } => {
                    if let Some(line) = live.lines.get(&conn) {
                        line.attach(attachment);
                    }
                }
                Effect::Close { conn, code, reason } => {
                    if let Some(line) = live.lines.remove(&conn) {
                        line.close(code, &reason);
                    }
                }
                Effect::Listen { conns } => later.asked.extend(conns),
                Effect::WakeAt(at) => later.wake_at(Some(at)),
                Effect::Reply { ticket, answer } => {
                    if let Some(tell) = self.expecting.borrow_mut().remove(&ticket) {
                        // Whoever waited may have gone.
                        let _ = tell.send(*answer);
                    }
                }
                Effect::RemoveFiles { mut keys } => later.removals.append(&mut keys),
                Effect::Call { job, request } => later.calls.push((job, *request)),
                Effect::CallWithFile { job, envelope, file } => later.file_calls.push((job, *envelope, *file)),
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
        let lines = sockets.filter_map(|socket| Some((conn_of(&socket)?, Line::Socket(socket)))).collect();
        let mut live = Live { hub: self.restore(&lines)?, lines };
        let turn = live.hub.handle(clock::now(), &self.store, Input::Boot);
        *later = self.perform(&mut live, turn, Later::default(), false).1;
        *self.live.borrow_mut() = Some(live);
        Ok(())
    }

    /// A hub that knows what is kept, and nothing else.
    fn restore(&self, lines: &BTreeMap<ConnId, Line>) -> Result<Hub, Problem> {
        let sockets = self.state.get_websockets().into_iter().filter_map(|socket| attachment_of(&socket));
        let streams = lines.values().filter(|line| matches!(line, Line::Stream(_)));
        let attachments = sockets.chain(streams.filter_map(Line::attachment));
        Hub::restore(config::hub(&self.env)?, &self.store, attachments).map_err(unreadable)
    }

    fn refuse_arriving(&self, problem: &Problem) {
        for line in std::mem::take(&mut *self.arriving.borrow_mut()).into_values() {
            line.send(&relay_core::hub::error_frame(None, problem, clock::now()));
            line.close(shared::close::code_of(problem.code), problem.code.as_str());
        }
    }

    async fn finish(self: &Rc<Self>, later: Later) {
        if let Some(at) = later.alarm {
            // An alarm that is set already and comes sooner stays: what it is for, a hub restored since may not know.
            let earlier = self.state.storage().get_alarm().await.ok().flatten().map(Timestamp);
            let at = earlier.map_or(at, |earlier| earlier.min(at));
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
                let answered = fetch::perform(request, job.bytes_wanted(), UPSTREAM_TIMEOUT_MS).await;
                note_upstream(&job, &answered);
                // The outcome's own turn may have calls again: they are boxed, since a future cannot hold itself.
                Box::pin(shell.run(Input::Outcome { job, answered })).await;
            });
        }
        for (job, envelope, file) in later.file_calls {
            let shell = Rc::clone(self);
            self.state.wait_until(async move {
                let outcome = match shell.call_with_file(envelope, &file).await {
                    Some(answered) => {
                        note_upstream(&job, &answered);
                        Input::Outcome { job, answered }
                    }
                    None => Input::NotCalled { job },
                };
                Box::pin(shell.run(outcome)).await;
            });
        }
    }
}

impl Later {
    fn wake_at(&mut self, at: Option<Timestamp>) {
        self.alarm = self.alarm.into_iter().chain(at).min();
    }
}

fn note_upstream(job: &Job, answered: &Answered) {
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
    // A file is mostly elsewhere.
    let is_expected = outcome == "2xx" || outcome == "3xx" && matches!(job, Job::File { .. });
    if !is_expected {
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
