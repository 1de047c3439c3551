//! `typing`: says that the sender is writing. Repeat it every three seconds while it is so.

use crate::id::UserId;
use crate::json::Object;

/// says that the sender is writing. Repeat it every three seconds while it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Typing {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
}

impl Typing {
    pub(super) fn write(&self, object: Object) -> Object {
        object.optional_integer("user_id", self.user_id)
    }
}
