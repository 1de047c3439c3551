//! `POST /v1/widget/rating`: how a visitor rates the conversation, where a message of the organization has asked.

use serde_json::{Value as Json, json};
use shared::content::Content;
use shared::event::{Event, Rating as RatingEvent};
use shared::id::MessageId;
use shared::limits::RATING_COMMENT_CHARS_MAX;
use shared::problem::Code;
use shared::text;
use shared::token::{Claims, Role};

use super::draft::Draft;
use super::history::content_of;
use super::{Decision, Refused};
use crate::auth::origin;

/// What a visitor says to a request to rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The message that asked.
    pub message_id: MessageId,
    /// From 1 to 5.
    pub score: i64,
    /// What they say to it.
    pub comment: Option<String>,
}

impl Draft<'_> {
    /// Keeps a rating with the message that asked for it. Said again, it replaces the former.
    pub(super) fn rate(&mut self, claims: &Claims, from: Option<&str>, rating: Rating) -> Decision<Json> {
        let organization = self.organization()?;
        if claims.org != organization.id {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        if claims.role != Role::Visitor {
            return Err(Refused::new(Code::Forbidden, "nobody rates for a visitor"));
        }
        if !from.is_some_and(|from| origin::is_allowed(from, &organization.origins)) {
            return Err(Refused::new(Code::OriginNotAllowed, "this page's origin is not on the organization's list"));
        }
        self.holder(claims)?;
        let Rating { message_id, score, comment } = rating;
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        if !(1..=5).contains(&score) {
            return Err(Refused::new(Code::Invalid, "score is 1 to 5"));
        }
        if comment.as_deref().is_some_and(|comment| text::length(comment) > RATING_COMMENT_CHARS_MAX) {
            let detail = format!("comment has at most {RATING_COMMENT_CHARS_MAX} characters");
            return Err(Refused::new(Code::TooLarge, detail));
        }
        let user_id = claims.sub;
        let statement = "SELECT content FROM messages WHERE message_id = ? AND user_id = ?";
        let row = self.sql.first(statement, &[message_id.into(), user_id.into()])?;
        let kept = content_of(row.map(|row| row.optional_text(0)).transpose()?.flatten())?;
        let asks = kept.as_ref().and_then(Content::kept).is_some_and(|content| content.rating.is_some());
        let Some(kept) = kept.filter(|_| asks) else {
            return Err(Refused::new(Code::NotFound, "no message of this id asks this visitor to rate"));
        };
        let answer = json!({"message_id": message_id, "score": score, "comment": comment});
        let rated = kept.rated(score, comment.as_deref());
        if rated == kept {
            return Ok(answer);
        }
        self.write_all(
            "UPDATE messages SET content = ? WHERE message_id = ?",
            vec![rated.as_str().into(), message_id.into()],
        );
        self.publish(&Event::Rating(RatingEvent { user_id, message_id, score, comment }))?;
        Ok(answer)
    }
}
