//! `presence`: asks who is here. Staff only.

use crate::json::Object;

/// asks who is here. Staff only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Presence {}

impl Presence {
    pub(super) fn write(&self, object: Object) -> Object {
        object
    }
}
