//! The browser's shell around [`Client`]: performs its effects over a WebSocket, wakes it in time, tells it what happened.
//!
//! No borrow of the client outlives a statement that calls nobody. Whatever a listener does in return (send, read, close)
//! is taken up by the loop in `settle` that is running already, so calls may nest.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Array;
use shared::client::{Client, Effect, Identity, LinkStatus};
use shared::frame::Frame;
use shared::id::{MessageId, Position, UserId};
use shared::route;
use shared::time::Timestamp;
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, Event, EventTarget, MessageEvent, WebSocket};

use crate::browser;
use crate::node::JsNode;

/// Where to connect, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The socket's address: `wss://host/path`, without a query.
    pub url: String,
    /// The token to offer.
    pub token: String,
}

/// What finding an address comes to: the address, or the close code that says whether to try again.
pub type Dialled = Pin<Box<dyn Future<Output = Result<Address, u16>>>>;

/// Finds the address. The argument: whether the token in use was refused, so that a new one is needed.
pub type Dial = Rc<dyn Fn(bool) -> Dialled>;

/// Who is told.
pub struct Listener {
    /// Something to show may have changed.
    pub changed: Box<dyn Fn()>,
    /// A message of the other side has arrived live.
    pub arrived: Box<dyn Fn(UserId, MessageId)>,
}

/// The code of a connection that was never made or broke off (RFC 6455).
pub const BROKEN: u16 = 1006;

/// The code of a connection that is left on purpose (RFC 6455).
const LEAVING: u16 = 1000;

/// A timer never runs hot, whatever the machine asks for.
const TIMER_MIN_MS: i64 = 10;

/// An attempt from long ago does not need to be exact: browsers' timers overflow at 2^31 ms.
const TIMER_MAX_MS: i64 = 3_600_000;

/// What may mean that the connection is not what it was: each is told apart by its name in [`Inner::handle`].
const WAKERS: [&str; 4] = ["online", "pagehide", "pageshow", "visibilitychange"];

/// A client machine at work. Cheap to clone; all clones are the same connection.
#[derive(Clone)]
pub struct Connection(Rc<Inner>);

struct Inner {
    client: RefCell<Client>,
    dial: Dial,
    listener: Listener,
    /// Hears the socket, the window and the document.
    on_event: OnceCell<Closure<dyn Fn(Event)>>,
    on_timer: OnceCell<Closure<dyn Fn()>>,
    timer: Cell<Option<i32>>,
    socket: RefCell<Option<WebSocket>>,
    /// Grows with every socket that is asked for or given up: the answer to an older question is not wanted any more.
    attempt: Cell<u32>,
    shown: Cell<u64>,
    settling: Cell<bool>,
    /// Whether the page was left with a connection, and may be shown again.
    hidden: Cell<bool>,
    closed: Cell<bool>,
}

impl Connection {
    /// A connection that is not asked for yet: see [`Client::connect`].
    #[must_use]
    pub fn new(identity: Identity, dial: Dial, listener: Listener) -> Self {
        let inner = Rc::new(Inner {
            client: RefCell::new(Client::new(identity, browser::seed())),
            dial,
            listener,
            on_event: OnceCell::new(),
            on_timer: OnceCell::new(),
            timer: Cell::new(None),
            socket: RefCell::new(None),
            attempt: Cell::new(0),
            shown: Cell::new(0),
            settling: Cell::new(false),
            hidden: Cell::new(false),
            closed: Cell::new(false),
        });
        let weak = Rc::downgrade(&inner);
        let on_event = inner.on_event.get_or_init(|| {
            Closure::new(move |event: Event| {
                if let Some(inner) = weak.upgrade() {
                    inner.handle(&event);
                }
            })
        });
        for (target, name) in wakers() {
            let _ = target.add_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
        }
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

    /// Ends it: no socket, no timer, no event, no call of the listener from now on. Dropping the last handle does, too.
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
        self.hang_up(LEAVING);
        self.stop_timer();
        if let Some(on_event) = self.on_event.get() {
            for (target, name) in wakers() {
                let _ = target.remove_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
            }
        }
    }

    fn handle(self: &Rc<Self>, event: &Event) {
        let now = browser::now();
        let name = event.type_();
        if matches!(name.as_str(), "open" | "message" | "close") {
            let current = self.socket.borrow().as_ref().map(|socket| JsValue::from(socket.clone()));
            if current.is_none() || current != event.target().map(JsValue::from) {
                return;
            }
            self.handle_socket(event, &name, now);
        } else if name == "pagehide" {
            // A page that the browser keeps for "back" would keep its socket, too, and its visitor online.
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

    fn handle_socket(&self, event: &Event, name: &str, now: Timestamp) {
        match name {
            "open" => self.client.borrow_mut().handle_open(now),
            "close" => {
                self.socket.replace(None);
                let code = event.unchecked_ref::<CloseEvent>().code();
                self.client.borrow_mut().handle_close(now, code);
            }
            _ => {
                let text = event.unchecked_ref::<MessageEvent>().data().as_string();
                let node = text.and_then(|text| JsNode::parse(&text));
                if let Some(frame) = node.and_then(|node| Frame::from_node(&node)) {
                    self.client.borrow_mut().handle_frame(now, frame);
                }
            }
        }
    }

    /// Performs the effects in order, tells the listener, and again until nothing is left; then sets the timer.
    fn settle(self: &Rc<Self>) {
        if self.settling.replace(true) {
            return;
        }
        while !self.closed.get() {
            let effect = self.client.borrow_mut().take_effect();
            match effect {
                Some(Effect::Open { position, renew }) => self.open(position, renew),
                Some(Effect::Transmit(text)) => self.transmit(&text),
                Some(Effect::Close(code)) => self.hang_up(code),
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

    fn open(self: &Rc<Self>, position: Option<Position>, renew: bool) {
        self.hang_up(LEAVING);
        let attempt = self.attempt.get();
        let dialled = (self.dial)(renew);
        let inner = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            let address = dialled.await;
            let Some(inner) = inner.upgrade() else { return };
            if inner.attempt.get() != attempt || inner.closed.get() {
                return;
            }
            if let Err(code) = address.and_then(|address| inner.connect(&address, position)) {
                inner.client.borrow_mut().handle_close(browser::now(), code);
                inner.settle();
            }
        });
    }

    fn connect(&self, address: &Address, position: Option<Position>) -> Result<(), u16> {
        let mut url = address.url.clone();
        if let Some(position) = position {
            url.push_str("?epoch=");
            url.push_str(&position.epoch);
            url.push_str("&offset=");
            url.push_str(&position.offset.to_string());
        }
        let token = [route::TOKEN_SUBPROTOCOL_PREFIX, &address.token].concat();
        let protocols = Array::of2(&route::SUBPROTOCOL.into(), &token.into());
        let socket = WebSocket::new_with_str_sequence(&url, &protocols).map_err(|_| BROKEN)?;
        if let Some(on_event) = self.on_event.get() {
            let function = on_event.as_ref().unchecked_ref();
            socket.set_onopen(Some(function));
            socket.set_onmessage(Some(function));
            socket.set_onclose(Some(function));
        }
        self.socket.replace(Some(socket));
        Ok(())
    }

    fn transmit(&self, text: &str) {
        if let Some(socket) = &*self.socket.borrow() {
            // Fails on a socket that is not open. Its end is told by an event, and then the machine sends again.
            let _ = socket.send_with_str(text);
        }
    }

    /// Gives up the socket, or the address that is being looked for. Nothing of it is heard afterwards.
    fn hang_up(&self, code: u16) {
        self.attempt.set(self.attempt.get().wrapping_add(1));
        if let Some(socket) = self.socket.take() {
            socket.set_onopen(None);
            socket.set_onmessage(None);
            socket.set_onclose(None);
            let _ = socket.close_with_code(code);
        }
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
