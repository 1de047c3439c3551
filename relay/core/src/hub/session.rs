//! A connection, as it survives hibernation: the attachment of its socket.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::event::{Event, NOBODY};
use shared::id::UserId;
use shared::token::Claims;

use super::input::ConnId;

/// Who is at the other end of a socket, and what they want to hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The socket.
    pub conn: ConnId,
    /// What the token says.
    pub claims: Claims,
    /// Chats a member of staff narrowed their events to; empty for all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub filter: BTreeSet<UserId>,
    /// When it was opened, milliseconds since 1970.
    pub since: i64,
    /// How many bytes of frames it may be sent; any number if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<usize>,
    /// How many it has been sent; counted for those with a budget.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sent: usize,
    /// From which address it was opened, if the edge knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Session {
    pub(super) fn from_attachment(attachment: &str) -> Option<Self> {
        serde_json::from_str(attachment).ok()
    }

    /// Visibility has one home, and this is it: staff hears of all chats, or of those it asked for, and of what is the whole
    /// organization's; a visitor hears of their own chat only, and of it only what is meant for them. A filter can never widen what a visitor sees.
    #[must_use]
    pub fn hears(&self, event: &Event) -> bool {
        self.hears_of(event.user_id(), event.is_for_visitor())
    }

    /// As [`Session::hears`], for an event that is known by its chat and whether visitors may see it.
    #[must_use]
    pub fn hears_of(&self, user_id: UserId, for_visitor: bool) -> bool {
        if self.claims.role.is_staff() {
            self.filter.is_empty() || user_id == NOBODY || self.filter.contains(&user_id)
        } else {
            for_visitor && self.claims.sub == user_id
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use shared::limits::{FILTER_USERS_MAX, NAME_CHARS_MAX, ORGANIZATION_ID_BYTES_MAX};
    use shared::token::Role;

    /// The runtime's limit of an attachment, in bytes.
    const ATTACHMENT_BYTES_MAX: usize = 16_384;

    fn session(role: Role) -> Session {
        let claims =
            Claims { org: "acme".into(), role, sub: -7, name: "Анна".into(), iat: 1, exp: 2, jti: "j".into() };
        Session { conn: 9, claims, filter: BTreeSet::new(), since: 3, budget: None, sent: 0, address: None }
    }

    #[test]
    fn the_persisted_form_is_pinned() {
        let text = r#"{"conn":9,"claims":{"org":"acme","role":"visitor","sub":-7,"name":"Анна","iat":1,"exp":2,"jti":"j"},"since":3}"#;
        assert_eq!(serde_json::to_string(&session(Role::Visitor)).unwrap(), text);
        assert_eq!(Session::from_attachment(text), Some(session(Role::Visitor)));
        assert_eq!(Session::from_attachment("{}"), None);
        let budgeted = Session { budget: Some(10_240), sent: 333, ..session(Role::Visitor) };
        let text = r#"{"conn":9,"claims":{"org":"acme","role":"visitor","sub":-7,"name":"Анна","iat":1,"exp":2,"jti":"j"},"since":3,"budget":10240,"sent":333}"#;
        assert_eq!(serde_json::to_string(&budgeted).unwrap(), text);
        assert_eq!(Session::from_attachment(text), Some(budgeted));
    }

    #[test]
    fn the_largest_session_fits_an_attachment() {
        let mut session = session(Role::Integration);
        session.conn = u64::MAX;
        session.claims.name = "Ы".repeat(NAME_CHARS_MAX);
        session.claims.org = "a".repeat(ORGANIZATION_ID_BYTES_MAX);
        session.budget = Some(usize::MAX);
        session.sent = usize::MAX;
        session.filter =
            (0..i64::try_from(FILTER_USERS_MAX).unwrap()).map(|n| -shared::id::SAFE_INTEGER_MAX + n).collect();
        assert!(serde_json::to_string(&session).unwrap().len() < ATTACHMENT_BYTES_MAX);
    }

    #[test]
    fn a_filter_never_widens_what_a_visitor_hears() {
        let mut visitor = session(Role::Visitor);
        visitor.filter = [-7, 8].into();
        assert!(visitor.hears_of(-7, true));
        assert!(!visitor.hears_of(-7, false));
        assert!(!visitor.hears_of(8, true));
        let mut staff = session(Role::Operator);
        assert!(staff.hears_of(8, false));
        staff.filter = [-7].into();
        assert!(!staff.hears_of(8, false) && staff.hears_of(-7, false));
        assert!(staff.hears_of(NOBODY, false) && !visitor.hears_of(NOBODY, false));
    }
}
