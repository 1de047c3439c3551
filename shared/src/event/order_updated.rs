//! `order_updated`: What is known of the order that a chat is about, and so of when it may be written to.

use crate::id::UserId;
use crate::node::record;
use crate::window::Order;

record! {
    /// What is known of the order that a chat is about, and so of when it may be written to.
    pub struct OrderUpdated {
        /// The chat.
        pub user_id: UserId,
        /// The order; nothing if too little is known of it any more.
        pub order: Option<Order>,
    }
}
