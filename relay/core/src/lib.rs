//! What the relay decides, and nothing that it does: the hub of one organization, authentication, policy, the upstreams'
//! dialects.
//!
//! Pure: no clock, no network, no JavaScript. Time and chance are arguments, reads go through [`storage::Sql`], and what
//! is to be done comes back as a [`hub::Turn`]. The shell in `relay/` performs it on the real runtime, the simulator in
//! `tests/` on a simulated one.

pub mod auth;
pub mod files;
pub mod hub;
pub mod log;
pub mod metrics;
pub mod policy;
pub mod storage;
pub mod storefront;
pub mod tools;
pub mod upstream;
