//! The counters of this isolate, and `GET /metrics`. Alone on a server there is one isolate, and they are the relay's. On
//! Cloudflare a scrape meets one isolate of many, by chance: there the platform's own analytics count.

use std::cell::RefCell;

use js_sys::Reflect;
use relay_core::metrics::{Counter, Metrics};
use shared::limits::PROTOCOL_VERSION;
use shared::route::Route;
use worker::{Request, Response, Result};

use crate::http;

thread_local! {
    static METRICS: RefCell<Metrics> = RefCell::default();
}

/// Where entry.mjs counts the traps: a trap takes the memory of this module with it, and its other counters begin again.
const TRAPS: &str = "prilavokTraps";

/// The name of a request's route: of all that its path says, only which kind of path it is.
pub fn route_of(request: &Request) -> String {
    let route = Route::parse(&request.path()).map_or_else(|| "None".into(), |route| format!("{route:?}"));
    route.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// One more.
pub fn count(counter: Counter) {
    add(counter, &[], 1);
}

/// One more, by label. Labels are words of this program's.
pub fn count_by(counter: Counter, labels: &[(&'static str, &str)]) {
    add(counter, labels, 1);
}

/// So many more.
pub fn add(counter: Counter, labels: &[(&'static str, &str)], more: u64) {
    METRICS.with_borrow_mut(|metrics| metrics.add(counter, labels, more));
}

/// How many sockets an object has now.
pub fn set_sockets(object: &str, count: usize) {
    METRICS.with_borrow_mut(|metrics| metrics.set_sockets(object, count));
}

/// All of it.
pub fn answer() -> Result<Response> {
    let traps = Reflect::get(&js_sys::global(), &TRAPS.into()).ok().and_then(|traps| traps.as_f64()).unwrap_or(0.0);
    let build =
        format!("prilavok_build_info{{version=\"{}\",protocol=\"{PROTOCOL_VERSION}\"}}", env!("CARGO_PKG_VERSION"));
    let text = METRICS.with_borrow(|metrics| {
        metrics.render(&[
            (
                "prilavok_traps_total",
                "counter",
                "Times that the relay's module trapped and started anew.",
                traps as u64,
            ),
            (&build, "gauge", "The build that answers.", 1),
        ])
    });
    http::text(200, "text/plain; version=0.0.4", &text)
}
