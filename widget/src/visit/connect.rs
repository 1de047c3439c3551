//! The session and the connection of a stay: got when they are needed first, and kept for as long as it lasts.

use std::rc::Rc;

use shared::client::{Identity, Outgoing};
use shared::close;
use shared::id::{MessageId, UserId};
use shared::route;

use super::{Here, Stage, Visit};
use crate::browser::{self, Timer};
use crate::kept::Kept;
use crate::session::{self, Refused, Session};
use crate::text::Obstacle;
use crate::transport::{Address, BROKEN, Connection, Dialled, Listener, Tabs, lines_by};

impl Visit {
    /// Begins the chat, unless it has begun.
    pub(super) fn start(&self) {
        if self.stage.get() == Stage::Idle {
            self.stage.set(Stage::Asking);
            self.ask();
        }
    }

    pub(super) fn handle_network(&self) {
        if self.retry.borrow().is_some() && !browser::is_offline() {
            self.ask();
        }
        self.refresh();
    }

    /// One attempt to get a session; the next one follows by itself.
    fn ask(&self) {
        self.retry.replace(None);
        let here = self.here.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let answer = ask(&here).await;
            here.with(|visit| {
                match &answer {
                    Some(Ok(session)) => visit.talk(session.clone()),
                    Some(Err(Refused::Never { obstacle, detail })) => visit.block(*obstacle, detail),
                    Some(Err(Refused::Later)) | None => {
                        let wait_ms = visit.backoff.borrow_mut().next_ms() as i32;
                        let here = here.clone();
                        visit.retry.replace(Some(Timer::after(wait_ms, move || here.with(Self::ask))));
                    }
                }
                visit.refresh();
            });
        });
    }

    /// A session is there: a fresh connection for it. What another visitor has not sent on this page is not sent for this
    /// one: it goes back to where it was written, for the person to decide.
    fn talk(&self, session: Session) {
        let unsent = self.unsent();
        let user_id = session.user_id;
        let tabs = Tabs::alone();
        let here = self.here.clone();
        let (changing, safe, arriving) = (here.clone(), here.clone(), here.clone());
        let connection = Connection::new(
            Identity::Visitor(user_id),
            lines_by(tabs.sockets(), Rc::new(move |renew| -> Dialled { Box::pin(dial(here.clone(), user_id, renew)) })),
            Listener {
                changed: Box::new(move || changing.with(Self::refresh)),
                arrived: Box::new(move |_, message_id| arriving.with(|visit| visit.arrived(message_id))),
                safe: Box::new(move |id| safe.with(|visit| visit.safe(id))),
            },
            Kept::of(&self.key),
        );
        self.renew(session);
        if let Some(old) = self.connection.replace(Some(connection.clone())) {
            old.close();
        }
        self.tabs.replace(tabs);
        self.stage.set(Stage::Talking);
        connection.act(|client, now| {
            // What one tab asks all of them hear answered.
            client.name_actions(browser::client_id().get(..6).unwrap_or_default());
            client.connect(now);
        });
        if self.has_written.get() {
            self.share();
            connection.restore();
            self.restore_draft(user_id);
        }
        self.take_back(&unsent);
        if self.sends_later.take() {
            self.send();
        }
    }

    /// Tells the page of a message that has arrived.
    fn arrived(&self, message_id: MessageId) {
        let message = self.act(|client, _, user_id| {
            let mut messages = client.state().chat(user_id)?.messages();
            messages.find(|message| message.message_id == message_id).cloned()
        });
        if let (Some(Some(message)), Ok(screen)) = (message, self.screen.try_borrow()) {
            screen.tell_of(&message);
        }
    }

    /// One socket for all tabs of this visitor. Not before they have written: until then no tab knows of another.
    pub(super) fn share(&self) {
        if let Some(session) = &*self.session.borrow() {
            self.tabs.borrow().share(&self.memory.place_of(session.user_id));
        }
    }

    /// Another tab has kept a visitor: if that is another one, it is this tab's, too. Whom the shop vouches for is who they
    /// are.
    pub(super) fn move_with_the_others(&self) {
        let own = self.session.borrow().as_ref().filter(|own| !own.verified).map(|own| own.user_id);
        if let Some((own, session)) = own.zip(self.memory.session())
            && own != session.user_id
        {
            self.has_written.set(true);
            self.talk(session);
            self.refresh();
        }
    }

    /// The newest token counts.
    fn renew(&self, session: Session) {
        if self.has_written.get() {
            self.memory.keep(&session);
        }
        if let Ok(screen) = self.screen.try_borrow() {
            screen.settle(&session.answer.clone().into());
        }
        self.session.replace(Some(session));
    }

    fn unsent(&self) -> Vec<Outgoing> {
        let session = self.session.borrow();
        let connection = self.connection.borrow();
        session.as_ref().zip(connection.as_ref()).map_or_else(Vec::new, |(session, connection)| {
            connection.with(|client| client.outgoing(session.user_id).cloned().collect())
        })
    }

    fn block(&self, obstacle: Obstacle, detail: &str) {
        self.stage.set(Stage::Blocked(obstacle));
        self.tell(detail);
    }
}

/// Asks for a session with the token at hand, or the one that was kept. `None` if the stay has ended.
async fn ask(here: &Here) -> Option<Result<Session, Refused>> {
    let (relay, key, token, identity) = {
        let visit = here.visit()?;
        let token = visit.session.borrow().as_ref().map(|session| session.token.clone());
        (visit.relay.clone(), visit.key.clone(), token.or_else(|| visit.memory.token()), visit.identity.clone())
    };
    let identity = browser::identity().await.or(identity);
    Some(session::ask(&relay, &key, token.as_deref(), identity.as_deref()).await)
}

/// Where the socket is, with a new token if the one at hand was refused.
async fn dial(here: Here, user_id: UserId, renew: bool) -> Result<Address, u16> {
    if renew {
        let answer = ask(&here).await.ok_or(BROKEN)?;
        let visit = here.visit().ok_or(BROKEN)?;
        match answer {
            Ok(session) if session.user_id == user_id => visit.renew(session),
            Ok(session) => {
                // The old token is good for nothing any more, and the relay has made this visitor a new one. The chats
                // are not mixed: a new connection begins, and this one is over.
                visit.talk(session);
                visit.refresh();
                return Err(BROKEN);
            }
            // The machine asks for renewal again, in its own time.
            Err(Refused::Later) => return Err(close::UNAUTHORIZED),
            Err(Refused::Never { obstacle, detail }) => {
                visit.block(obstacle, &detail);
                return Err(close::FORBIDDEN);
            }
        }
    }
    let visit = here.visit().ok_or(BROKEN)?;
    let token = visit.session.borrow().as_ref().map(|session| session.token.clone()).ok_or(BROKEN)?;
    // http becomes ws, https becomes wss.
    let host = visit.relay.strip_prefix("http").unwrap_or(&visit.relay);
    Ok(Address { url: ["ws", host, route::WIDGET_SOCKET].concat(), token })
}
