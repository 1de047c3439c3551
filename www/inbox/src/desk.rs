//! The operator's place: the connection, the chosen chat, the unfinished replies. Every view gets it from the context.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use shared::client::{Client, Identity, LinkStatus};
use shared::id::UserId;
use shared::problem::Code;
use shared::route;
use shared::time::Timestamp;
use web_sys::Blob;
use widget::browser;
use widget::kept::Kept;
use widget::node::JsNode;
use widget::transport::{Address, Connection, Dialled, Listener, lines};
use widget::upload::{Owner, Progress, Row, Uploads};

use crate::ask::{self, Refusal};
use crate::enclosure::{Enclosure, Trouble};
use crate::token::{self, Holder};
use crate::tools::{Page, bulk};

/// The close code of a connection that has no token to go on with. It never comes over the wire: the 44xx that the
/// relay uses stop the machine, too, and this one is not among them.
pub const NO_TOKEN: u16 = 4499;

/// Copied freely; all copies are the same place.
#[derive(Clone, Copy)]
pub struct Desk {
    connection: StoredValue<Connection, LocalStorage>,
    token: StoredValue<Option<String>>,
    /// Who works here, as the token says.
    pub holder: RwSignal<Holder>,
    /// The page that is open.
    pub page: RwSignal<Page>,
    /// Whether the token may change templates, automatic replies and bulk sends, as far as the relay has said.
    pub may_change: RwSignal<bool>,
    /// The bulk send that is being prepared: it outlives the page's being left for another one.
    pub bulk: RwSignal<bulk::Draft>,
    /// The chat that is open.
    pub selected: RwSignal<Option<UserId>>,
    drafts: RwSignal<BTreeMap<UserId, String>>,
    enclosures: RwSignal<BTreeMap<UserId, Enclosure>>,
    uploads: StoredValue<Rc<Uploads>, LocalStorage>,
    changes: RwSignal<u32>,
}

impl Desk {
    /// An empty place. `sign_in` brings it to life.
    pub fn new() -> Self {
        let (token, changes) = (StoredValue::new(None), RwSignal::new(0));
        let connection = StoredValue::new_local(connection(token, changes, &Holder::default()));
        Self {
            connection,
            uploads: StoredValue::new_local(uploads(connection, token, changes)),
            token,
            holder: RwSignal::default(),
            page: RwSignal::new(Page::of_address()),
            may_change: RwSignal::new(true),
            bulk: RwSignal::default(),
            selected: RwSignal::new(None),
            drafts: RwSignal::default(),
            enclosures: RwSignal::default(),
            changes,
        }
    }

    /// The place of this page.
    pub fn here() -> Self {
        // Every view is below `App`, which provides it.
        use_context().unwrap_or_else(Self::new)
    }

    /// Looks at the client machine, now and whenever it has changed.
    pub fn look<R>(self, look: impl FnOnce(&Client) -> R) -> R {
        self.changes.track();
        self.connection.with_value(|connection| connection.with(look))
    }

    /// Does something to the client machine.
    pub fn act<R>(self, work: impl FnOnce(&mut Client, Timestamp) -> R) -> R {
        self.connection.get_value().act(work)
    }

    pub fn status(self) -> LinkStatus {
        self.look(Client::status)
    }

    /// Connects with a token. Of the same holder as before: what was shown and what waits to be sent stays.
    pub fn sign_in(self, token: String) {
        let holder = token::holder(&token);
        let is_another = self.holder.get_untracked() != holder;
        if is_another {
            self.holder.set(holder);
            self.clear();
        }
        token::keep(&token);
        self.may_change.set(true);
        self.token.set_value(Some(token));
        self.act(Client::connect);
        if is_another {
            self.connection.with_value(Connection::restore);
        }
    }

    pub fn sign_out(self) {
        token::forget();
        self.token.set_value(None);
        self.clear();
        note(self.changes);
    }

    pub fn open_chat(self, user_id: UserId) {
        self.selected.set(Some(user_id));
        self.act(|client, now| client.open_chat(now, user_id));
    }

    /// The unfinished reply to a chat.
    pub fn draft(self, user_id: UserId) -> String {
        self.drafts.with(|drafts| drafts.get(&user_id).cloned().unwrap_or_default())
    }

    pub fn set_draft(self, user_id: UserId, text: String) {
        self.drafts.update(|drafts| {
            if text.is_empty() {
                drafts.remove(&user_id)
            } else {
                drafts.insert(user_id, text)
            };
        });
    }

    /// Looks at a chat's form for a card and quick replies.
    pub fn enclosure<R>(self, user_id: UserId, look: impl FnOnce(&Enclosure) -> R) -> R {
        self.enclosures.with(|enclosures| match enclosures.get(&user_id) {
            Some(enclosure) => look(enclosure),
            None => look(&Enclosure::default()),
        })
    }

    /// Changes a form, if there is one.
    pub fn edit_enclosure(self, user_id: UserId, edit: impl FnOnce(&mut Enclosure)) {
        self.enclosures.update(|enclosures| {
            if let Some(enclosure) = enclosures.get_mut(&user_id) {
                edit(enclosure);
            }
        });
    }

    /// Opens a chat's form: as it was left, or an empty one.
    pub fn open_enclosure(self, user_id: UserId) {
        self.enclosures.update(|enclosures| {
            let fresh = || Enclosure::new(browser::client_id());
            enclosures.entry(user_id).or_insert_with(fresh).is_open = true;
        });
    }

    /// The relay has a form's message: the form is done, and its text, unless it was changed since.
    pub fn enclosed(self, user_id: UserId, client_id: &str) {
        let is_same = |enclosure: &Enclosure| enclosure.client_id == client_id;
        if !untrack(|| self.enclosure(user_id, is_same)) {
            return;
        }
        let sent = self.enclosures.try_update(|enclosures| enclosures.remove(&user_id)).flatten();
        if sent.and_then(|enclosure| enclosure.sent) == Some(untrack(|| self.draft(user_id))) {
            self.set_draft(user_id, String::new());
        }
    }

    /// A form's message was not taken, or nobody knows: what was typed stays.
    pub fn not_enclosed(self, user_id: UserId, client_id: &str, refusal: Refusal) {
        self.edit_enclosure(user_id, |enclosure| {
            if enclosure.client_id == client_id {
                enclosure.is_sending = false;
                enclosure.trouble = Some(Trouble::Refused(refusal));
            }
        });
    }

    /// Asks the relay over HTTP, as who works here.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn ask(self, method: &str, path: &str, body: Option<&str>) -> Result<JsNode, Refusal> {
        match self.token.get_value() {
            Some(token) => ask::ask(method, path, &token, body).await,
            None => Err(signed_out()),
        }
    }

    /// Asks for something that is to be saved, and after what its next page begins, if there is one.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn ask_text(self, path: &str) -> Result<(String, Option<String>), Refusal> {
        match self.token.get_value() {
            Some(token) => ask::ask_text(path, &token).await,
            None => Err(signed_out()),
        }
    }

    /// Hands the relay a table, and remembers it if this token may not.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn hand_over(self, path: &str, table: &str) -> Result<JsNode, Refusal> {
        match self.token.get_value() {
            Some(token) => self.heed(ask::hand_over(path, &token, table).await),
            None => Err(signed_out()),
        }
    }

    /// Fetches a file over HTTP, as who works here.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn fetch(self, path: &str) -> Result<Blob, Refusal> {
        match self.token.get_value() {
            Some(token) => ask::fetch_file(path, &token).await,
            None => Err(Refusal { code: Some(Code::Unauthorized), detail: String::new() }),
        }
    }

    /// Asks the relay to change something of the tools, and remembers it if this token may not.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn change(self, method: &str, path: &str, body: Option<&str>) -> Result<JsNode, Refusal> {
        self.heed(self.ask(method, path, body).await)
    }

    fn heed(self, answer: Result<JsNode, Refusal>) -> Result<JsNode, Refusal> {
        if answer.as_ref().is_err_and(|refusal| refusal.code == Some(Code::Forbidden)) {
            self.may_change.set(false);
        }
        answer
    }

    /// Does something to the files on their way.
    pub fn uploads<R>(self, work: impl FnOnce(&Uploads) -> R) -> R {
        self.uploads.with_value(|uploads| work(uploads))
    }

    /// The files on their way to a chat.
    pub fn uploading(self, user_id: UserId) -> Vec<Row> {
        self.changes.track();
        self.uploads(|uploads| uploads.rows(user_id))
    }

    /// Whether a file is on its way to a chat, and has not failed.
    pub fn is_uploading(self, user_id: UserId) -> bool {
        self.uploading(user_id).iter().any(|row| !matches!(row.progress, Progress::Failed(_)))
    }

    fn clear(self) {
        self.connection.with_value(Connection::close);
        let connection = self.holder.with_untracked(|holder| connection(self.token, self.changes, holder));
        self.connection.set_value(connection);
        self.selected.set(None);
        self.bulk.set(bulk::Draft::default());
        self.drafts.set(BTreeMap::new());
        self.enclosures.set(BTreeMap::new());
    }
}

fn signed_out() -> Refusal {
    Refusal { code: Some(Code::Unauthorized), detail: String::new() }
}

fn uploads(
    connection: StoredValue<Connection, LocalStorage>,
    token: StoredValue<Option<String>>,
    changes: RwSignal<u32>,
) -> Rc<Uploads> {
    Uploads::new(Owner {
        address: Box::new(move |user_id| {
            Some(([route::FILES, "?user_id=", &user_id.to_string()].concat(), token.get_value()?))
        }),
        arrived: Box::new(move |user_id, attachment| {
            let connection = connection.get_value();
            connection.act(|client, now| client.send_file(now, user_id, "", attachment, browser::client_id()).is_ok())
        }),
        changed: Box::new(move || note(changes)),
    })
}

fn connection(token: StoredValue<Option<String>>, changes: RwSignal<u32>, holder: &Holder) -> Connection {
    let dial = move |renew: bool| {
        // Nobody but a person can bring another token.
        let token = if renew { None } else { token.get_value() };
        let address = token.map(|token| Address { url: events_url(), token }).ok_or(NO_TOKEN);
        Box::pin(std::future::ready(address)) as Dialled
    };
    let listener =
        Listener { changed: Box::new(move || note(changes)), arrived: Box::new(|_, _| {}), safe: Box::new(|_| {}) };
    let kept = Kept::of(&["inbox\n", &holder.organization, "\n", &holder.name].concat());
    Connection::new(Identity::Staff, lines(Rc::new(dial)), listener, kept)
}

fn note(changes: RwSignal<u32>) {
    changes.update(|changes| *changes = changes.wrapping_add(1));
}

/// The relay is where the page came from.
fn events_url() -> String {
    let location = location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss://" } else { "ws://" };
    [scheme, &location.host().unwrap_or_default(), route::EVENTS].concat()
}
