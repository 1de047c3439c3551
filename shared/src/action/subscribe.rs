//! `subscribe` and `unsubscribe`: which chats' events a member of staff gets (spec/websocket-events.txt). None named: all.
//! Several add up; removing the last one returns to all.

use crate::id::UserId;
use crate::json::Object;

/// What to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Filter {
    /// Only this chat; all of them if absent.
    pub user_id: Option<UserId>,
}

/// Narrows the events to one more chat.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Subscribe {
    /// Which; all events if absent.
    pub filter: Option<Filter>,
}

/// Takes a chat out of the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Unsubscribe {
    /// Which; the whole filter if absent.
    pub filter: Option<Filter>,
}

impl Subscribe {
    pub(super) fn write(&self, object: Object) -> Object {
        write(object, self.filter.as_ref())
    }
}

impl Unsubscribe {
    pub(super) fn write(&self, object: Object) -> Object {
        write(object, self.filter.as_ref())
    }
}

fn write(object: Object, filter: Option<&Filter>) -> Object {
    match filter {
        Some(filter) => object.object("filter", Object::new().optional_integer("user_id", filter.user_id)),
        None => object,
    }
}
