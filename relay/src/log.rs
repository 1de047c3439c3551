//! The only place that writes to the log: one line of JSON for each thing worth knowing, as many as there is room for.

use std::cell::RefCell;

use relay_core::log::{Level, Line};
use relay_core::metrics::Counter;
use relay_core::policy::rate::Bucket;
use shared::limits::LOG_LINES;

use crate::{clock, metrics};

thread_local! {
    static ROOM: RefCell<Bucket> = RefCell::default();
}

/// Writes a line. Somebody who is refused over and over fills no disk: what is over the limit is counted instead.
pub fn write(line: Line) {
    let now = clock::now();
    if line.level() != Level::Error && ROOM.with_borrow_mut(|room| room.take(now, LOG_LINES)).is_err() {
        metrics::count(Counter::LinesDropped);
        return;
    }
    let is_error = line.level() == Level::Error;
    let text = line.render(now);
    if is_error {
        worker::console_error!("{text}");
    } else {
        worker::console_log!("{text}");
    }
}

/// Something of ours failed.
pub fn error(event: &'static str) -> Line {
    Line::new(Level::Error, event)
}

/// Somebody was refused.
pub fn warning(event: &'static str) -> Line {
    Line::new(Level::Warning, event)
}
