//! A marketplace's buyer in the same inbox.

mod counter;
mod proxy;
mod trouble;
mod walk;
