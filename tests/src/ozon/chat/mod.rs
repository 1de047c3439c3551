//! The chat methods, one file each, named after what they do.

pub(crate) mod file;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod list_v2;
pub(crate) mod read;
pub(crate) mod send_file;
pub(crate) mod send_message;
pub(crate) mod start;
