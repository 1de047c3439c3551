//! What both ends of Prilavok's wire agree on: ids, time, limits, events, actions, problems, routes, and the client
//! machine that every client runs.
//!
//! This crate knows no clock, no network and no JavaScript: time and chance are arguments. Each direction of the wire is
//! written once. The relay encodes events and decodes actions with serde (feature `serde`); clients decode events through
//! [`node::Node`] and encode actions with [`json::Object`], which costs the widget a fraction of serde's bytes. The golden
//! files in `golden/` hold the two together.

pub mod access;
pub mod action;
#[cfg(feature = "staff")]
pub mod auto_reply;
pub mod backoff;
#[cfg(feature = "staff")]
pub mod chat_file;
pub mod client;
pub mod close;
pub mod content;
#[cfg(feature = "serde")]
pub mod document;
pub mod event;
pub mod file;
pub mod frame;
pub mod id;
pub mod json;
pub mod limits;
pub mod message;
pub mod node;
pub mod page;
pub mod problem;
pub mod reply;
pub mod route;
#[cfg(feature = "staff")]
pub mod split;
#[cfg(feature = "staff")]
pub mod template;
pub mod text;
pub mod time;
pub mod token;
#[cfg(feature = "staff")]
pub mod upstream_problem;
pub mod window;
pub mod words;
