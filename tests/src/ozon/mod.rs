//! A simulated Ozon Seller API: its chats, keys, limits, errors and push notifications, with state that survives a
//! restart, faults on request and buyers who write by themselves.
//!
//! It follows what is known of the vendor (the shapes, the odd spellings, the missing fields), never our own client, so
//! that a mistake in the client shows here and not in a merchant's shop. Where the vendor's behaviour is not known, the
//! comment beside the choice says so, and the choice is the stricter one.
//!
//! Whoever tests plays buyer, marketplace and bad luck by the calls of [`Control`]: messages, postings, time, the key and the
//! subscription, limits, how pushes behave, faults of single calls, and oddities that only some accounts show.

mod account;
mod analytics;
mod auth;
mod buyer;
mod chance;
mod chat;
mod clock;
mod control;
mod demo;
mod fault;
mod market;
mod notification;
mod options;
mod orders;
mod posting;
mod product;
mod push;
mod quirk;
mod rate;
mod record;
mod refusal;
pub(crate) mod serve;
mod shop;
mod simulator;
mod suffer;
mod vendor;
mod warehouse;
mod wire;

pub use buyer::{BuyerMessage, FileGiven, Posted};
pub use control::AccountChange;
pub use control::client::{Control, ControlError};
pub use control::view::{ChatView, MessageView, PushView, StateView};
pub use fault::{Apply, Fault, FaultKind};
pub use options::{Options, Subscription};
pub use orders::PostingChange;
pub use push::delivery::{Attempt, Delivery, Outcome};
pub use push::judge::{PushCheck, PushError, PushErrorKind};
pub use push::manner::PushManner;
pub use quirk::{FileQuirk, Quirks};
pub use rate::Limits;
pub use record::Seen;
pub use refusal::VendorError;
pub use shop::chat::ChatType;
pub use shop::message::{Author, Moderation};
pub use shop::posting::{OrderedGiven, PostingGiven, Scheme};
pub use simulator::Simulator;
