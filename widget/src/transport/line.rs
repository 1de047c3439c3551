//! A line: one way for frames to and from the relay, from its opening to its end. The connection beside this file uses
//! one, and opens another before it has come to its end; how a line carries its frames is its own affair.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use shared::client::Via;
use shared::id::Position;

/// The code of a line that was never made or broke off (RFC 6455).
pub const BROKEN: u16 = 1006;

/// The code of a line that is left on purpose (RFC 6455).
pub const LEAVING: u16 = 1000;

/// A line that was opened. Dropping it leaves it.
pub trait Line {
    /// Sends a frame. On a line that does not carry it any more nothing happens: its end is told, and what was not
    /// answered is sent again over the next one.
    fn transmit(&self, text: &str);

    /// Leaves it, with a close code. Nothing of it is heard afterwards, not even its end.
    fn close(&self, code: u16);
}

/// What a line tells. The first is `Open` or `Closed`, the last is `Closed`.
#[derive(Debug)]
pub enum Heard {
    /// It carries frames now.
    Open,
    /// A frame, of any content.
    Frame(String),
    /// It has come to its end, with the relay's close code or [`BROKEN`].
    Closed(u16),
}

/// Who hears what a line tells.
pub type Hear = Box<dyn Fn(Heard)>;

/// What is asked for with a new line.
pub struct Order {
    /// What it is to be.
    pub via: Via,
    /// Where the relay is to resume.
    pub position: Option<Position>,
    /// The token in use was refused: a new one is needed.
    pub renew: bool,
    /// Told of everything, but not before the line was handed over.
    pub hear: Hear,
}

/// A line on its way, or the close code that says whether to try again. Dropping it gives it up.
pub type Opening = Pin<Box<dyn Future<Output = Result<Box<dyn Line>, u16>>>>;

/// Opens lines.
pub type Open = Rc<dyn Fn(Order) -> Opening>;
