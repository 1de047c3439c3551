//! `resume`: asks for the events after a position. Passing the position when connecting is better: nothing live comes between.

use crate::id::Offset;
use crate::json::Object;

/// asks for the events after a position. Passing the position when connecting is better: nothing live comes between.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Resume {
    /// The epoch of the position.
    pub epoch: String,
    /// The last offset that was applied.
    pub offset: Offset,
}

impl Resume {
    pub(super) fn write(&self, object: Object) -> Object {
        object.string("epoch", &self.epoch).integer("offset", self.offset)
    }
}
