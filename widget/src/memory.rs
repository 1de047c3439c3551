//! What this browser keeps of a visitor: who they are (the token that makes them the same visitor next time) and, in each
//! tab, what they have begun to write.
//!
//! Nothing is kept before the visitor has written: who only looks at a shop leaves no trace here. The loader looks for the
//! same key to tell who is returning.

use shared::id::UserId;
use shared::json::Object;
use shared::node::{Node, member};
use web_sys::Storage;

use crate::browser;
use crate::node::JsNode;
use crate::session::Session;
use crate::store::{Draft, Sent};

/// The place of one shop's visitor.
pub struct Memory {
    name: String,
}

impl Memory {
    /// The place for a publishable key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self { name: ["prilavok:", key].concat() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The token that was kept.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.read()?.get("token")?.string()
    }

    /// The session that was kept.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        Session::read(&self.read()?)
    }

    fn read(&self) -> Option<JsNode> {
        JsNode::parse(&of_browser()?.get_item(&self.name).ok()??)
    }

    /// Keeps a session in the place of any other. In a browser that forbids it the visitor is a new one next time. Whom the
    /// shop vouches for is not kept: they are who the shop says each time.
    pub fn keep(&self, session: &Session) {
        if let Some(storage) = of_browser().filter(|_| !session.verified) {
            let object = Object::new().string("token", &session.token).integer("user_id", session.user_id);
            let _ = storage.set_item(&self.name, &object.string("name", &session.name).finish());
        }
    }

    /// What this visitor had begun to write in this tab.
    #[must_use]
    pub fn draft(&self, user_id: UserId) -> Option<Draft> {
        let node = JsNode::parse(&of_tab()?.get_item(&self.place_of(user_id)).ok()??)?;
        let sent = member::<String, _>(&node, "client_id").zip(member(&node, "sent"));
        Some(Draft {
            text: member(&node, "text")?,
            refused: None,
            sent: sent.map(|(client_id, text)| Sent { client_id, text }),
        })
    }

    /// Keeps what they have begun to write, for a page load.
    pub fn keep_draft(&self, user_id: UserId, draft: &Draft) {
        let Some(storage) = of_tab() else { return };
        let name = self.place_of(user_id);
        let _ = if draft.text.is_empty() {
            storage.remove_item(&name)
        } else {
            let mut object = Object::new().string("text", &draft.text);
            if let Some(sent) = &draft.sent {
                object = object.string("client_id", &sent.client_id).string("sent", &sent.text);
            }
            storage.set_item(&name, &object.finish())
        };
    }

    /// A name for what is this visitor's alone.
    #[must_use]
    pub fn place_of(&self, user_id: UserId) -> String {
        [&self.name, ":", &user_id.to_string()].concat()
    }
}

fn of_browser() -> Option<Storage> {
    browser::window()?.local_storage().ok()?
}

fn of_tab() -> Option<Storage> {
    browser::window()?.session_storage().ok()?
}
