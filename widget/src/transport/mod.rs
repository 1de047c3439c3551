//! The browser's shell around [`Client`]: performs its effects over a [`Line`], wakes it in time, tells it what happened.
//!
//! No borrow of the client outlives a statement that calls nobody. Whatever a listener does in return (send, read, close)
//! is taken up by the loop in `settle` that is running already, so calls may nest.

mod line;
mod socket;
mod stream;
mod tabs;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use shared::client::{Client, Effect, Identity, LineId, LinkStatus, Sorted, Via};
use shared::frame::Frame;
use shared::id::{MessageId, Position, UserId};
use shared::time::Timestamp;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

pub use line::{BROKEN, Hear, Heard, LEAVING, Line, Open, Opening, Order};
pub use socket::{Address, Dial, Dialled, lines, lines_by};
pub use tabs::Tabs;

use crate::browser;
use crate::kept::{self, Kept};
use crate::node::JsNode;

/// Who is told.
pub struct Listener {
    /// Something to show may have changed.
    pub changed: Box<dyn Fn()>,
    /// A message of the other side has arrived live.
    pub arrived: Box<dyn Fn(UserId, MessageId)>,
    /// A message that was written here cannot be lost any more: the browser or the relay has it.
    pub safe: Box<dyn Fn(&str)>,
}

/// A timer never runs hot, whatever the machine asks for.
const TIMER_MIN_MS: i64 = 10;

/// An attempt from long ago does not need to be exact: browsers' timers overflow at 2^31 ms.
const TIMER_MAX_MS: i64 = 3_600_000;

/// What may mean that the connection is not what it was: each is told apart by its name in [`Inner::wake`].
const WAKERS: [&str; 4] = ["online", "pagehide", "pageshow", "visibilitychange"];

/// A client machine at work. Cheap to clone; all clones are the same connection.
#[derive(Clone)]
pub struct Connection(Rc<Inner>);

struct Inner {
    client: RefCell<Client>,
    open: Open,
    listener: Listener,
    kept: Kept,
    /// Hears the window and the document.
    on_event: OnceCell<Closure<dyn Fn(Event)>>,
    on_timer: OnceCell<Closure<dyn Fn()>>,
    /// Hears what the browser keeps.
    on_kept: OnceCell<Closure<dyn Fn(JsValue)>>,
    timer: Cell<Option<i32>>,
    /// The lines that are wanted, while they are opened and from then on. What any other tells is not heard.
    lines: RefCell<Sorted<LineId, Option<Box<dyn Line>>>>,
    shown: Cell<u64>,
    settling: Cell<bool>,
    /// Whether the page was left with a connection, and may be shown again.
    hidden: Cell<bool>,
    closed: Cell<bool>,
}

impl Connection {
    /// A connection that is not asked for yet: see [`Client::connect`].
    #[must_use]
    pub fn new(identity: Identity, open: Open, listener: Listener, kept: Kept) -> Self {
        let inner = Rc::new(Inner {
            client: RefCell::new(Client::new(identity, browser::seed())),
            open,
            listener,
            kept,
            on_event: OnceCell::new(),
            on_timer: OnceCell::new(),
            on_kept: OnceCell::new(),
            timer: Cell::new(None),
            lines: RefCell::default(),
            shown: Cell::new(0),
            settling: Cell::new(false),
            hidden: Cell::new(false),
            closed: Cell::new(false),
        });
        let weak = Rc::downgrade(&inner);
        let on_event = inner.on_event.get_or_init(|| {
            Closure::new(move |event: Event| {
                if let Some(inner) = weak.upgrade() {
                    inner.wake(&event);
                }
            })
        });
        for (target, name) in wakers() {
            let _ = target.add_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
        }
        let weak = Rc::downgrade(&inner);
        inner.on_kept.get_or_init(|| {
            Closure::new(move |told: JsValue| {
                if let Some(inner) = weak.upgrade().filter(|inner| !inner.closed.get()) {
                    inner.hear_kept(kept::heard(told));
                }
            })
        });
        let weak = Rc::downgrade(&inner);
        inner.on_timer.get_or_init(|| {
            Closure::new(move || {
                if let Some(inner) = weak.upgrade() {
                    inner.timer.set(None);
                    inner.client.borrow_mut().handle_timeout(browser::now());
                    inner.settle();
                }
            })
        });
        Self(inner)
    }

    /// Does something to the machine at the present time, then performs what follows from it. `work` gets the machine
    /// and nothing else: it must not come back to this connection.
    pub fn act<R>(&self, work: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        let result = work(&mut self.0.client.borrow_mut(), browser::now());
        self.0.settle();
        result
    }

    /// Looks at the machine.
    pub fn with<R>(&self, look: impl FnOnce(&Client) -> R) -> R {
        look(&self.0.client.borrow())
    }

    /// Takes up what earlier pages have not sent. To be called for those only who have written before.
    pub fn restore(&self) {
        if let Some(on_kept) = self.0.on_kept.get() {
            self.0.kept.restore(on_kept.as_ref().unchecked_ref());
        }
    }

    /// Ends it: no line, no timer, no event, no call of the listener from now on. Dropping the last handle does, too.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Inner {
    fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        // Dropped, they are left.
        self.lines.take();
        self.stop_timer();
        if let Some(on_event) = self.on_event.get() {
            for (target, name) in wakers() {
                let _ = target.remove_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
            }
        }
    }

    fn wake(self: &Rc<Self>, event: &Event) {
        let now = browser::now();
        let name = event.type_();
        if name == "pagehide" {
            // A page that the browser keeps for "back" would keep its line, too, and its visitor online.
            let mut client = self.client.borrow_mut();
            self.hidden.set(!matches!(client.status(), LinkStatus::Off | LinkStatus::Stopped(_)));
            if self.hidden.get() {
                client.disconnect();
            }
        } else if name != "visibilitychange" || browser::is_visible() {
            let mut client = self.client.borrow_mut();
            if name == "pageshow" && self.hidden.replace(false) {
                client.connect(now);
            }
            client.handle_network_up(now);
            client.handle_timeout(now);
        }
        self.settle();
    }

    fn hear(self: &Rc<Self>, line: LineId, heard: Heard) {
        if !self.lines.borrow().contains_key(&line) {
            return;
        }
        let now = browser::now();
        match heard {
            Heard::Open => self.client.borrow_mut().handle_open(now, line),
            Heard::Frame(text) => {
                let frame = JsNode::parse(&text).and_then(|node| Frame::from_node(&node));
                self.client.borrow_mut().handle_frame(now, line, text.len(), frame);
            }
            Heard::Closed(code) => {
                self.lines.borrow_mut().remove(&line);
                self.client.borrow_mut().handle_close(now, line, code);
            }
        }
        self.settle();
    }

    /// Performs the effects in order, tells the listener, and again until nothing is left; then sets the timer.
    fn settle(self: &Rc<Self>) {
        if self.settling.replace(true) {
            return;
        }
        while !self.closed.get() {
            let effect = self.client.borrow_mut().take_effect();
            match effect {
                Some(Effect::Open { line, via, position, renew }) => self.open(line, via, position, renew),
                Some(Effect::Transmit { line, text }) => {
                    if let Some(Some(line)) = self.lines.borrow().get(&line) {
                        line.transmit(&text);
                    }
                }
                Some(Effect::Close { line, code }) => {
                    let left = self.lines.borrow_mut().remove(&line);
                    if let Some(Some(line)) = left {
                        line.close(code);
                    }
                }
                Some(Effect::Keep(outgoing)) => {
                    if let Some(on_kept) = self.on_kept.get() {
                        self.kept.keep(&outgoing, on_kept.as_ref().unchecked_ref());
                    }
                }
                Some(Effect::Forget { client_id }) => {
                    (self.listener.safe)(&client_id);
                    self.kept.forget(&client_id);
                }
                Some(Effect::Arrived { user_id, message_id }) => (self.listener.arrived)(user_id, message_id),
                None => {
                    let revision = self.client.borrow().revision();
                    if self.shown.replace(revision) == revision {
                        break;
                    }
                    (self.listener.changed)();
                }
            }
        }
        self.start_timer();
        self.settling.set(false);
    }

    fn hear_kept(self: &Rc<Self>, heard: kept::Heard) {
        match heard {
            kept::Heard::Safe(client_id) => (self.listener.safe)(&client_id),
            kept::Heard::Restored(kept) => {
                for outgoing in &kept {
                    (self.listener.safe)(&outgoing.client_id);
                }
                self.client.borrow_mut().restore(browser::now(), kept);
                self.settle();
            }
        }
    }

    fn open(self: &Rc<Self>, line: LineId, via: Via, position: Option<Position>, renew: bool) {
        self.lines.borrow_mut().insert(line, None);
        let inner = Rc::downgrade(self);
        let hear = Box::new(move |heard| {
            if let Some(inner) = inner.upgrade() {
                inner.hear(line, heard);
            }
        });
        let opening = (self.open)(Order { via, position, renew, hear });
        let inner = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            let opened = opening.await;
            let Some(inner) = inner.upgrade() else { return };
            match opened {
                // If nobody wants it any more, it is left by being dropped.
                Ok(opened) => {
                    if let Some(place) = inner.lines.borrow_mut().get_mut(&line) {
                        place.replace(opened);
                    }
                }
                Err(code) => inner.hear(line, Heard::Closed(code)),
            }
        });
    }

    fn start_timer(&self) {
        self.stop_timer();
        let next = self.client.borrow().next_timeout().filter(|_| !self.closed.get());
        if let (Some(next), Some(on_timer), Some(window)) = (next, self.on_timer.get(), browser::window()) {
            let ms = next.since_ms(browser::now()).clamp(TIMER_MIN_MS, TIMER_MAX_MS) as i32;
            let function = on_timer.as_ref().unchecked_ref();
            self.timer.set(window.set_timeout_with_callback_and_timeout_and_arguments_0(function, ms).ok());
        }
    }

    fn stop_timer(&self) {
        if let (Some(timer), Some(window)) = (self.timer.take(), browser::window()) {
            window.clear_timeout_with_handle(timer);
        }
    }
}

fn wakers() -> impl Iterator<Item = (EventTarget, &'static str)> {
    let window = browser::window();
    let document = window.as_ref().and_then(web_sys::Window::document).map(EventTarget::from);
    let window = window.map(EventTarget::from);
    WAKERS.into_iter().filter_map(move |name| {
        let target = if name == "visibilitychange" { &document } else { &window };
        target.clone().map(|target| (target, name))
    })
}
