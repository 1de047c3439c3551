//! The main job over the real relay, driven by native clients.

mod api;
mod audience;
mod content;
mod conversation;
mod resume;
