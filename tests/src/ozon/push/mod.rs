//! Push notifications to the seller's URLs: what they say, when they are sent again, what counts as an answer.
//! There is no signature and no secret, and the seller's own messages are not echoed.

pub(crate) mod body;
pub(crate) mod check;
pub(crate) mod courier;
pub(crate) mod delivery;
pub(crate) mod judge;
pub(crate) mod manner;
pub(crate) mod order_body;
pub(crate) mod schedule;
pub(crate) mod subscription;
pub(crate) mod types;
