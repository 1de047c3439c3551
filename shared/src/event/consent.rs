//! `consent`: A visitor has consented to a text, or taken it back.

use crate::id::UserId;
use crate::node::record;

record! {
    /// A visitor has consented to a text, or taken it back.
    pub struct Consent {
        /// Who.
        pub user_id: UserId,
        /// The version of the text.
        pub version: String,
        /// Whether it holds from now on.
        pub given: bool,
    }
}
