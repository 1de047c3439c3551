//! The hub, fed by hand: what happens goes in, what is to be done comes out. One program, since linking one for each file took
//! longer than running them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bench;

mod access;
mod answers;
mod audience;
mod audit;
mod auto_replies;
mod budget;
mod bulk;
mod bulk_interrupted;
mod closing;
mod consent;
mod content;
mod customers;
mod delivered;
mod erasure;
mod files;
mod forward;
mod hostile;
mod limits;
mod liveness;
mod messages;
mod ozon_crash;
mod ozon_doubt;
mod ozon_edits;
mod ozon_file_forwards;
mod ozon_file_sends;
mod ozon_files;
mod ozon_hook;
mod ozon_missed;
mod ozon_model;
mod ozon_orders;
mod ozon_sends;
mod presence;
mod provisioning;
mod rating;
mod reading;
mod report;
mod resume;
mod retention;
mod settings;
mod snapshot;
mod storage;
mod templates;
mod tokens;
mod wire;
