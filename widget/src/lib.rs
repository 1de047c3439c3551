//! The storefront chat, and what the operator's inbox shares with it: the connection, the browser and its JSON.
//!
//! Nothing here is exported to JavaScript; src/main.rs does that for the widget alone.

pub mod browser;
pub mod kept;
pub mod local_time;
pub mod memory;
pub mod node;
pub mod options;
pub mod rich;
pub mod session;
pub mod store;
pub mod text;
pub mod transport;
pub mod upload;
pub mod view;
pub mod visit;
