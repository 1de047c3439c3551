//! `file_link`: asks for an address under which a browser can open a file of a chat for a short while.

use crate::json::Object;

/// asks for an address under which a browser can open a file of a chat for a short while.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct FileLink {
    /// The file.
    pub file_id: String,
}

impl FileLink {
    pub(super) fn write(&self, object: Object) -> Object {
        object.string("file_id", &self.file_id)
    }
}
