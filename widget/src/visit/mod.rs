//! A visitor's stay on this page: gets them a session, keeps the connection, and has what happens drawn.
//!
//! Everything that is shown is drawn up anew after every change, as one value, and compared with what is on the screen.
//! A change that comes while the screen is being drawn is drawn right after it.

mod connect;
mod files;
mod show;
mod write;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use shared::backoff::Backoff;
use shared::client::Client;
use shared::id::{MessageId, UserId};
use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use crate::browser::{self, Subscription, Timer};
use crate::memory::Memory;
use crate::options::Options;
use crate::session::Session;
use crate::store::Draft;
use crate::text::{Obstacle, Words};
use crate::transport::{Connection, Tabs};
use crate::view::Screen;

/// How far the chat has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nobody has asked for it.
    Idle,
    /// The session is being asked for, again and again if need be.
    Asking,
    /// There is a session, and a connection that looks after itself.
    Talking,
    /// There can be none.
    Blocked(Obstacle),
}

/// The stay. Ends when it is dropped: no panel, no connection, no listener, no timer is left of it.
pub struct Visit {
    words: &'static Words,
    relay: String,
    key: String,
    identity: Option<String>,
    memory: Memory,
    is_open: Cell<bool>,
    /// Whether the panel was opened and what was new then is still to be found out.
    has_opened: Cell<bool>,
    /// The last message that the visitor had seen when they opened the panel, if there were others.
    seen: Cell<Option<MessageId>>,
    /// What the shop's settings put under the title and into an empty chat, in the place of our own words.
    presence: RefCell<String>,
    greeting: RefCell<String>,
    draft: RefCell<Draft>,
    /// Whether the visitor has sent what is written before there was a session.
    sends_later: Cell<bool>,
    stage: Cell<Stage>,
    session: RefCell<Option<Session>>,
    /// Whether the visitor has written here, now or before: only then is the token kept.
    has_written: Cell<bool>,
    connection: RefCell<Option<Connection>>,
    /// The other tabs of this visitor.
    tabs: RefCell<Rc<Tabs>>,
    backoff: RefCell<Backoff>,
    retry: RefCell<Option<Timer>>,
    away_since: Cell<Option<Timestamp>>,
    banner: RefCell<Option<Timer>>,
    told: Cell<bool>,
    screen: RefCell<Screen>,
    is_drawing: Cell<bool>,
    is_outdated: Cell<bool>,
    _listening: [Subscription; 4],
    here: Here,
}

impl Visit {
    /// Mounts the chat, closed. It begins at once for a visitor who has been here before.
    ///
    /// # Errors
    /// What the browser throws where nothing can be mounted.
    pub fn begin(options: Options) -> Result<Rc<Self>, JsValue> {
        let memory = Memory::of(&options.key);
        let is_known = memory.token().is_some();
        let window = browser::window().ok_or("no window")?;
        let document = window.document().ok_or("no document")?;
        let container = document.create_element("div")?.unchecked_into::<HtmlElement>();
        options.root.append_child(&container)?;
        let visit = Rc::new_cyclic(|this: &Weak<Self>| {
            let here = Here(this.clone());
            Self {
                screen: RefCell::new(Screen::mount(&here, container, &options)),
                words: options.words,
                relay: options.relay,
                key: options.key,
                identity: options.identity,
                memory,
                is_open: Cell::new(false),
                has_opened: Cell::default(),
                seen: Cell::default(),
                presence: RefCell::default(),
                greeting: RefCell::default(),
                draft: RefCell::default(),
                sends_later: Cell::default(),
                stage: Cell::new(Stage::Idle),
                session: RefCell::new(None),
                has_written: Cell::new(is_known),
                connection: RefCell::new(None),
                tabs: RefCell::new(Tabs::alone()),
                backoff: RefCell::new(Backoff::new(browser::seed())),
                retry: RefCell::new(None),
                away_since: Cell::new(None),
                banner: RefCell::new(None),
                told: Cell::new(false),
                is_drawing: Cell::new(false),
                is_outdated: Cell::new(false),
                _listening: [
                    Subscription::new(&window, "online", here.act(Self::handle_network)),
                    Subscription::new(&window, "offline", here.act(Self::handle_network)),
                    Subscription::new(&window, "storage", here.act(Self::move_with_the_others)),
                    Subscription::new(&document, "visibilitychange", here.act(Self::look)),
                ],
                here,
            }
        });
        if is_known {
            visit.start();
        }
        visit.refresh();
        Ok(visit)
    }

    /// Opens the panel; the first time, the chat begins.
    pub fn open(&self) {
        self.is_open.set(true);
        self.has_opened.set(true);
        self.start();
        self.refresh();
        self.screen.borrow().focus_input();
        self.look();
    }

    /// Closes the panel. The connection stays, for the answer.
    pub fn close(&self) {
        self.is_open.set(false);
        self.seen.set(None);
        self.refresh();
    }

    /// Opens or closes.
    pub fn toggle(&self) {
        if self.is_open.get() { self.close() } else { self.open() }
    }

    /// Sends a refused message again: the one in this line of the log.
    pub(crate) fn retry(&self, line: usize) {
        let client_id = self.screen.borrow().key(line).map(str::to_owned);
        if let Some(client_id) = client_id {
            self.act(|client, now, _| client.retry(now, &client_id));
        }
    }

    /// Puts a line under the title; an empty one takes it back.
    pub(crate) fn say_presence(&self, text: &str) {
        self.presence.replace(text.to_owned());
        self.refresh();
    }

    /// Greets with a heading and, on the next line, a text.
    pub(crate) fn say_greeting(&self, text: &str) {
        self.greeting.replace(text.to_owned());
        self.refresh();
    }

    /// The visitor does not take no for an answer.
    pub(crate) fn try_again(&self) {
        self.told.set(false);
        if self.stage.get() == Stage::Talking {
            self.act(|client, now, _| client.connect(now));
        } else {
            self.stage.set(Stage::Idle);
            self.start();
        }
        self.refresh();
    }

    /// The log was scrolled, by whoever.
    pub(crate) fn scrolled(&self) {
        if self.screen.borrow_mut().scrolled() {
            self.act(|client, now, user_id| client.load_older(now, user_id));
        }
        self.look();
    }

    /// Marks as read what the visitor has before their eyes.
    fn look(&self) {
        // A panel that has just been closed is still on the screen, fading.
        let is_seen = self.is_open.get() && browser::is_visible();
        let seen = if is_seen { self.screen.borrow().seen() } else { None };
        if let Some(message_id) = seen {
            self.act(|client, now, user_id| client.read(now, user_id, message_id));
        }
    }

    fn act<R>(&self, work: impl FnOnce(&mut Client, Timestamp, UserId) -> R) -> Option<R> {
        let user_id = self.session.borrow().as_ref()?.user_id;
        let connection = self.connection.borrow().clone()?;
        Some(connection.act(|client, now| work(client, now, user_id)))
    }

    /// Has the screen show what there is to show.
    fn refresh(&self) {
        self.is_outdated.set(true);
        if self.is_drawing.replace(true) {
            return;
        }
        while self.is_outdated.take() {
            let shown = self.show();
            self.screen.borrow_mut().show(shown);
            self.show_files();
            self.look();
        }
        self.is_drawing.set(false);
    }
}

/// A stay as its views and listeners know it: they may outlive it for a moment.
#[derive(Clone)]
pub struct Here(Weak<Visit>);

impl Here {
    /// A callback that does something to the stay, whatever the event says.
    pub fn act<E: 'static>(&self, work: impl Fn(&Visit) + 'static) -> Box<dyn FnMut(E)> {
        let here = self.clone();
        Box::new(move |_| here.with(&work))
    }

    /// Does something to the stay, if it has not ended.
    pub fn with(&self, work: impl FnOnce(&Visit)) {
        if let Some(visit) = self.visit() {
            work(&visit);
        }
    }

    /// Asks the stay something, if it has not ended.
    pub fn ask<R>(&self, work: impl FnOnce(&Visit) -> R) -> Option<R> {
        self.visit().map(|visit| work(&visit))
    }

    fn visit(&self) -> Option<Rc<Visit>> {
        self.0.upgrade()
    }
}
