//! A file in one of Ozon's chats (UPSTREAMS 1.4), for whoever may read chats: fetched with the merchant's key, followed to
//! where Ozon says that it is, and handed over as nothing that could run. It is kept nowhere.

use shared::limits::{OZON_FILE_REDIRECTS_MAX, OZON_FILES_AT_ONCE};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::Decision;
use super::draft::Draft;
use super::forward::{Forwarded, Ticket, lost};
use crate::files::serving::guards;
use crate::upstream::gate::{Class, Verdict};
use crate::upstream::ozon::files::{self, Follow, Step};
use crate::upstream::ozon::{Account, catalogue};
use crate::upstream::{self, Answered};

/// How far the call for a file has come.
#[derive(Clone, Debug)]
pub(super) struct Fetch {
    /// What stands after `/v2/chat/file/`.
    path: String,
    /// Where the last answer has led.
    at: Option<Follow>,
    redirects: usize,
}

impl Fetch {
    /// The call for what is at a path of the vendor's, if that is a file.
    pub(super) fn of(path: &str) -> Option<Self> {
        Some(Self { path: files::path_of(path)?.to_owned(), at: None, redirects: 0 })
    }

    pub(super) fn request(&self, account: &Account) -> Result<upstream::Request, Problem> {
        match &self.at {
            Some(follow) => files::follow(account, follow),
            None => files::request(account, &self.path),
        }
    }

    /// Whether the next step takes the merchant's key along.
    pub(super) fn wants_key(&self) -> bool {
        self.at.as_ref().is_none_or(|follow| follow.with_key)
    }

    fn url(&self, base_url: &str) -> String {
        match &self.at {
            Some(follow) => follow.url.clone(),
            None => [base_url, catalogue::FILE.path, &self.path].concat(),
        }
    }

    fn file(&self, media_type: &str, body: Vec<u8>) -> Forwarded {
        let name = files::saved_name(&self.path);
        let mut headers = guards(&name, media_type, files::is_shown(media_type));
        // A browser that keeps it does not keep it for whoever signs in next.
        headers.push(("Vary", "Authorization, Api-Key".to_owned()));
        let content_type = media_type.to_owned();
        Forwarded { status: 200, content_type, retry_after: None, is_deprecated: false, headers, body }
    }
}

impl Draft<'_> {
    /// When the next step of a file may be made, if it may not now.
    pub(super) fn file_must_wait(&self, file: &Fetch, until: Timestamp) -> Option<Timestamp> {
        if !file.wants_key() {
            return None;
        }
        if self.hub.forwards.files_under_way() >= OZON_FILES_AT_ONCE {
            // The end of one of them lets it out.
            return Some(until);
        }
        self.must_wait_for_ozon(Class::Forward, catalogue::FILE.path)
    }

    /// A step of a file is done: the next one follows, or it is handed over.
    pub(super) fn file_answered(&mut self, ticket: Ticket, answered: Answered) -> Decision {
        let Some(mut waiting) = self.hub.forwards.end(ticket) else { return Ok(()) };
        let Some(file) = waiting.file.as_mut() else { return Ok(()) };
        let verdict = Verdict::of(&answered);
        let base_url = &self.hub.config.ozon_base_url;
        let answer = match answered {
            Answered::Lost => Forwarded::refusal(&lost()),
            Answered::Response(response) => match files::step(&response, &file.url(base_url), base_url) {
                Step::Follow(follow) if file.redirects < OZON_FILE_REDIRECTS_MAX => {
                    file.at = Some(follow);
                    file.redirects = file.redirects.saturating_add(1);
                    waiting.not_before = self.now;
                    self.hub.forwards.go_on(waiting);
                    return Ok(());
                }
                Step::Follow(_) => Forwarded::refusal(&Problem::new(
                    Code::UpstreamRejected,
                    format!("Ozon leads on to this file more than {OZON_FILE_REDIRECTS_MAX} times"),
                )),
                Step::File(media_type) => {
                    let answer = file.file(media_type, response.into_body());
                    self.reply(ticket, answer);
                    return Ok(());
                }
                Step::Refused => Forwarded::of(&response),
                Step::Trouble(problem) => Forwarded::refusal(&problem),
            },
        };
        // The next try begins at Ozon: an address that it gave may be good for a moment only.
        (file.at, file.redirects) = (None, 0);
        self.try_again_or_reply(waiting, answer, verdict);
        Ok(())
    }
}
