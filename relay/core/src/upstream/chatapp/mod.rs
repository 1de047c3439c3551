//! ChatApp (chatapp.online): WhatsApp, Telegram and others through one vendor.
//!
//! Its events arrive over a Pusher socket or at a callback URL, in the same shape: [`decode`] reads the first,
//! [`decode_webhook`] the second. Two steps: the event's name says which type `data[]` holds, then each item is read
//! on its own, so that one bad item never costs its neighbours.
//!
//! Source of every shape in this folder: the vendor's page "Получение входящих событий" (confidence high), and where it
//! is silent or contradicts itself, the looseness seen in real clients (medium); each file says which. The bodies carry
//! customers' names, phones and e-mails: nothing decoded here may reach a visitor unfiltered.

mod error;
pub mod event;
mod id;
mod loose;
mod notification;
mod open_set;
mod tree;

pub use error::{DecodeError, DecodeErrorKind, JsonPath, JsonType, Step};
pub use event::Event;
pub use id::Id;
pub use notification::{Meta, Notification, decode, decode_text, decode_webhook};
