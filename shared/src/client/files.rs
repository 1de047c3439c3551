//! Files, as the client sees them: a message that carries one, and the short-lived addresses under which they open.

use super::{Client, Outgoing, OutgoingState, Want};
use crate::file::Attachment;
use crate::id::UserId;
use crate::limits::FILE_LINK_TTL_S;
use crate::problem::Problem;
use crate::text;
use crate::time::Timestamp;

/// For how long a link is handed out here: half its life, so that whoever gets it has time to follow it.
const FRESH_MS: i64 = FILE_LINK_TTL_S * 1000 / 2;

/// An address of a file, or the knowledge that there is none.
#[derive(Clone, Debug)]
pub(super) struct Link {
    url: Option<String>,
    until: Timestamp,
}

impl Client {
    /// Writes to a chat with a file that was uploaded for it; the text may be empty. From here on it is a message like any
    /// other.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub fn send_file(
        &mut self,
        now: Timestamp,
        user_id: UserId,
        text: &str,
        attachment: Attachment,
        client_id: String,
    ) -> Result<(), Problem> {
        if !text.is_empty() {
            text::check(text)?;
        }
        self.put_out(Outgoing {
            client_id,
            user_id,
            text: text.to_owned(),
            attachment: Some(attachment),
            at: now,
            not_before: now,
            state: OutgoingState::Waiting,
        })
    }

    /// A path of the relay under which a file opens now. If there is none yet, it is asked for; the machine changes once
    /// it is here.
    pub fn file_url(&mut self, now: Timestamp, file_id: &str) -> Option<String> {
        if let Some(link) = self.links.get(&file_id.to_owned()).filter(|link| now < link.until) {
            return link.url.clone();
        }
        let want = Want::Link { file_id: file_id.to_owned() };
        if !self.wanted.contains(&want) {
            self.wanted.push(want);
            self.flush(now);
        }
        None
    }

    /// A path that was got before and is still fresh. Asks for nothing.
    #[must_use]
    pub fn known_file_url(&self, now: Timestamp, file_id: &str) -> Option<&str> {
        self.links.get(&file_id.to_owned()).filter(|link| now < link.until)?.url.as_deref()
    }

    /// The last path that was got, however old: what a browser has loaded under it stays good.
    #[must_use]
    pub fn last_file_url(&self, file_id: &str) -> Option<&str> {
        self.links.get(&file_id.to_owned())?.url.as_deref()
    }

    pub(super) fn got_link(&mut self, now: Timestamp, file_id: String, url: Option<String>) {
        self.links.insert(file_id, Link { url, until: now.plus_ms(FRESH_MS) });
    }
}
