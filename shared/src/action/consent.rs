//! `consent`: a visitor consents to the text of a version, or takes it back.

use crate::json::Object;

/// a visitor consents to the text of a version, or takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Consent {
    /// The version of the text they were shown.
    pub version: String,
    /// Whether they consent.
    pub given: bool,
}

impl Consent {
    pub(super) fn write(&self, object: Object) -> Object {
        object.string("version", &self.version).boolean("given", self.given)
    }
}
