//! A merchant's host: the fixtures, with the chat's tag in them.

use std::sync::{Arc, Mutex, PoisonError};

use tests::world::{Files, place};

/// The host. Gone when dropped.
pub struct Shop {
    files: Files,
    key: Arc<Mutex<String>>,
}

impl Shop {
    /// One whose pages get their chat from the relay.
    pub async fn start(relay: &str) -> Self {
        let (relay, key) = (relay.to_owned(), Arc::<Mutex<String>>::default());
        let read_key = Arc::clone(&key);
        let files = Files::serve_by(move |name| {
            if name == "bootstrap.css" {
                return std::fs::read(place::root().join("node_modules/bootstrap/dist/css/bootstrap.min.css")).ok();
            }
            let html =
                std::fs::read_to_string(place::root().join("tests/tests/browser_hosts/pages").join(name)).ok()?;
            let key = read_key.lock().unwrap_or_else(PoisonError::into_inner);
            let tag =
                format!("<script async src=\"{relay}/prilavok.js\" data-key=\"{key}\" data-locale=\"ru\"></script>");
            let html = html.replace("{{tag}}", &tag).replace("{{relay}}", &relay);
            Some(html.replace("{{socket}}", &relay.replacen("http", "ws", 1)).into_bytes())
        });
        Self { files: files.await, key }
    }

    /// From now on the tags have this key, and what else the text says.
    pub fn use_key(&self, key: &str) {
        key.clone_into(&mut self.key.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn origin(&self) -> &str {
        self.files.origin()
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.origin())
    }
}
