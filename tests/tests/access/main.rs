//! Who may do what, on the real relay: every route and every action, by everybody there is. The tables are written by
//! hand, and the compiler asks for a row as soon as a route or an action is new.

mod actions;
mod callers;
mod routes;
