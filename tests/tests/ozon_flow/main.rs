//! A marketplace's buyer in the same inbox.

mod counter;
mod trouble;
mod walk;
