//! Who does not get in, what is not taken, and what they are told: over HTTP a problem with a code, at a socket the event
//! `error`. A refusal changes nothing and loses nothing.

mod api;
mod bodies;
mod frames;
mod sessions;
mod sockets;
mod tokens;
