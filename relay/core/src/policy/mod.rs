//! Patience and its end: who may ask how often, and where a request comes from.

pub mod address;
pub mod door;
pub mod rate;
pub mod table;
