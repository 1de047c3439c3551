//! `operator_delivered`: Everything up to a message has reached a device of an operator.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// Everything up to a message has reached a device of an operator.
    pub struct OperatorDelivered {
        /// The chat.
        pub user_id: UserId,
        /// The last message that arrived there. Never goes back.
        pub last_delivered_message_id: MessageId,
    }
}
