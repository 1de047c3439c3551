//! Close codes of the socket: one table for both ends. 44xx: the same connection will not work again; 45xx: try again.

use crate::problem::Code;

/// The token is missing, wrong or expired: get a new one, then reconnect.
pub const UNAUTHORIZED: u16 = 4401;
/// This client may not be here at all (origin, role).
pub const FORBIDDEN: u16 = 4403;
/// There is no such organization.
pub const NOT_FOUND: u16 = 4404;
/// A newer connection of the same visitor took its place.
pub const REPLACED: u16 = 4409;
/// A frame was larger than a client of ours ever sends.
pub const TOO_LARGE: u16 = 4413;
/// The client speaks a version of the protocol that the relay does not.
pub const UNSUPPORTED: u16 = 4426;
/// The connection is left on purpose (RFC 6455).
pub const LEAVING: u16 = 1000;
/// The connection was given up by the end that heard nothing.
pub const SILENT: u16 = 4508;
/// The line has carried what it may: go on over a new one, at once.
pub const CONTINUE: u16 = 4510;
/// More was sent than the client has shown to take in.
pub const SLOW: u16 = 4511;
/// The relay is full or busy.
pub const BUSY: u16 = 4529;
/// The relay made a mistake.
pub const INTERNAL: u16 = 4500;

/// What a client does after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Wait for the backoff, then connect with the same token.
    Reconnect,
    /// Connect at once, if the connection has been good for anything.
    Continue,
    /// Get a new token first.
    Renew,
    /// Stay away until the person asks for it.
    Stop,
}

/// What a close code asks of the client. Codes that are not ours (1006 and the like) mean the network: reconnect.
#[must_use]
pub fn then(code: u16) -> Then {
    match code {
        UNAUTHORIZED => Then::Renew,
        CONTINUE => Then::Continue,
        4400..=4499 => Then::Stop,
        _ => Then::Reconnect,
    }
}

/// The close code that says the same as a problem.
#[must_use]
pub fn code_of(problem: Code) -> u16 {
    match problem.status() {
        401 => UNAUTHORIZED,
        403 => FORBIDDEN,
        404 => NOT_FOUND,
        413 => TOO_LARGE,
        426 => UNSUPPORTED,
        429 => BUSY,
        _ => INTERNAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_alone_says_whether_to_come_back() {
        assert_eq!(then(UNAUTHORIZED), Then::Renew);
        assert_eq!(then(CONTINUE), Then::Continue);
        for code in [FORBIDDEN, NOT_FOUND, REPLACED, TOO_LARGE, UNSUPPORTED] {
            assert_eq!(then(code), Then::Stop, "{code}");
        }
        for code in [1000, 1001, 1006, 1012, SILENT, SLOW, BUSY, INTERNAL] {
            assert_eq!(then(code), Then::Reconnect, "{code}");
        }
    }
}
