//! Files of a stay: where they are uploaded to, what becomes of one that has arrived, links to those of others.

use shared::file::Attachment;
use shared::node::FromNode;
use shared::route;
use shared::words::Word;

use super::Visit;
use super::write::USER;
use crate::browser;
use crate::node::JsNode;

impl Visit {
    /// The address and the token, a line each; the token is missing until there is a session.
    pub(crate) fn upload_address(&self) -> String {
        self.start();
        let session = self.session.borrow();
        let token = session.as_ref().map_or("", |session| &session.token);
        [&self.relay, route::WIDGET_FILES, "\n", token].concat()
    }

    /// Sends a file that has arrived, as the relay described it. Empty, or why not.
    pub(crate) fn send_file(&self, description: &str) -> String {
        let file = JsNode::parse(description).and_then(|node| Attachment::from_node(&node));
        let sent = file.and_then(|file| {
            self.note_writing();
            self.screen.borrow_mut().go_to_end();
            self.act(|client, now, user_id| client.send_file(now, user_id, "", file, browser::client_id()).is_ok())
        });
        if sent == Some(true) {
            self.screen.borrow().tell(USER, "");
            return String::new();
        }
        "full".to_owned()
    }

    /// A link that is good for some time. Empty until there is one, which then comes with a drawing.
    pub(crate) fn file_link(&self, file_id: &str) -> String {
        let path = self.act(|client, now, _| client.file_url(now, file_id)).flatten();
        path.map(|path| [&self.relay, &*path].concat()).unwrap_or_default()
    }

    /// What files need on the screen could not be fetched.
    pub(crate) fn cannot_show_files(&self) {
        self.draft.borrow_mut().refused = Some(Word::NoFiles);
        self.refresh();
    }

    /// Has the files of the messages shown, once somebody looks.
    pub(super) fn show_files(&self) {
        if !self.is_open.get() {
            return;
        }
        let files = self.screen.borrow().files();
        for (bubble, file) in files {
            let id = &file.file_id;
            let connection = self.connection.borrow().clone();
            let known = connection.and_then(|connection| {
                connection.with(|client| client.last_file_url(id).map(|path| [&self.relay, path].concat()))
            });
            // A picture is looked at at once, a document when it is asked for.
            if known.is_none() && file.dimensions().is_some() {
                self.file_link(id);
            }
            self.screen.borrow().show_file(&bubble, &file, known.as_deref().unwrap_or_default());
        }
    }
}
