//! The deterministic simulation: one seed, one run.
//!
//! A real hub over a real SQLite, real client machines, and between them a network that delays, duplicates, freezes and
//! cuts. Time is virtual, chance is the seed, one thread: a run that failed fails again. Nothing here knows how the hub or
//! the client works inside; it plays their shells as their documentation asks, makes trouble, and then asks of the history
//! what a person would ask: is every word there, once, in order, where it belongs and nowhere else?
//!
//! - `world`: the run as a whole; `schedule`: virtual time; `weather`: how bad it gets under this seed;
//! - `shell`: the relay's loop with its crashes, its `store` and its `alarm`;
//! - `network`: connections; `ending`: how they end; `faults`: what goes wrong by itself;
//! - `tab`: the shell of a client; `people`: what persons do; `listener`: a program that only knows the spec;
//! - `files`: what operators send to its buyers besides texts;
//! - `ozon`: the marketplace, its buyers and its moods; `api`: a program that writes over HTTP;
//! - `witness`: what must hold at every moment; `verdict`: what must hold once all is quiet, against the `truth`;
//! - `neighbour`: the other organization;
//! - `many`: many seeds on all cores;
//! - `sabotage`: shells and networks that are broken on purpose, to show that the two notice.

mod alarm;
mod api;
mod chance;
mod coverage;
mod ending;
mod faults;
mod files;
mod listener;
mod many;
mod neighbour;
mod network;
mod ozon;
mod people;
mod sabotage;
mod schedule;
mod shell;
mod store;
mod tab;
mod trace;
mod truth;
mod verdict;
mod weather;
mod witness;
mod world;

pub use coverage::Coverage;
pub use many::{Sum, run_many};
pub use sabotage::Sabotage;
pub use world::{Outcome, Plan, run};
