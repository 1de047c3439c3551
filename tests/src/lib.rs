//! What the tests run against: the simulated upstreams, and the world that starts the real relay and a real browser.

pub mod load;
pub mod ozon;
pub mod sim;
pub mod world;
