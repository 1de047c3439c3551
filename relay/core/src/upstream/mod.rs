//! The outside services' dialects: one folder for each vendor. Calls are values: a call becomes an `http::Request`, and
//! reads what came of it.

pub mod chatapp;
pub mod gate;
pub mod ozon;

/// A call on its way to an upstream.
pub type Request = http::Request<Vec<u8>>;

/// An upstream's answer, read to its end.
pub type Response = http::Response<Vec<u8>>;

/// What came of a call.
#[derive(Clone, Debug)]
pub enum Answered {
    /// The upstream answered.
    Response(Response),
    /// No whole answer came: the network failed, or the time was over. The upstream may have acted all the same.
    Lost,
}

/// Why a call did not do what it should, by what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The upstream did nothing, and will not: the same call fails again.
    Refused(shared::problem::Code),
    /// The upstream did nothing, and asks for patience.
    Later {
        /// How long, if it says so.
        retry_after_ms: Option<i64>,
    },
    /// The upstream may have acted: the answer is lost or unreadable.
    Unknown,
}
