//! A marketplace's buyer in the same inbox.

mod counter;
mod file_sends;
mod files;
mod proxy;
mod trouble;
mod walk;
