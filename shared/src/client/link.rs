//! The connection as the client sees it, and its deadlines.

use crate::limits::{CONNECT_TIMEOUT_MS, LIVENESS_TIMEOUT_MS, PING_AFTER_MS};
use crate::time::Timestamp;

/// How the connection is, for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    /// Not asked for.
    Off,
    /// On its way.
    Connecting,
    /// Up.
    Live,
    /// Lost; another attempt follows by itself.
    Waiting,
    /// The relay said to stay away, with this close code.
    Stopped(u16),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Link {
    Off,
    Waiting { until: Timestamp, renew: bool },
    Opening { since: Timestamp },
    Greeting { since: Timestamp },
    Live { heard: Timestamp, pinged: Option<Timestamp> },
    Stopped(u16),
}

impl Link {
    pub(super) fn status(self) -> LinkStatus {
        match self {
            Self::Off => LinkStatus::Off,
            Self::Waiting { .. } => LinkStatus::Waiting,
            Self::Opening { .. } | Self::Greeting { .. } => LinkStatus::Connecting,
            Self::Live { .. } => LinkStatus::Live,
            Self::Stopped(code) => LinkStatus::Stopped(code),
        }
    }

    pub(super) fn is_live(self) -> bool {
        matches!(self, Self::Live { .. })
    }

    /// Whether a line is open, or on its way.
    pub(super) fn is_wanted(self) -> bool {
        !matches!(self, Self::Off | Self::Waiting { .. } | Self::Stopped(_))
    }

    /// The `welcome` has no time of its own: it is a part of the connecting.
    pub(super) fn opened(&mut self) {
        if let Self::Opening { since } = *self {
            *self = Self::Greeting { since };
        }
    }

    /// Notes a sign of life. False if no connection is there that it could have come over.
    pub(super) fn heard(&mut self, now: Timestamp) -> bool {
        match self {
            Self::Live { heard, pinged } => {
                *heard = now;
                *pinged = None;
                true
            }
            Self::Opening { .. } | Self::Greeting { .. } => true,
            Self::Off | Self::Waiting { .. } | Self::Stopped(_) => false,
        }
    }

    /// The relay's first frame. False if the connection was live already.
    pub(super) fn welcomed(&mut self, now: Timestamp) -> bool {
        let greeted = matches!(self, Self::Opening { .. } | Self::Greeting { .. });
        if greeted {
            *self = Self::Live { heard: now, pinged: None };
        }
        greeted
    }

    pub(super) fn is_dead(self, now: Timestamp) -> bool {
        match self {
            Self::Opening { since } | Self::Greeting { since } => now.since_ms(since) >= CONNECT_TIMEOUT_MS,
            // Never without having asked: a hidden page's timers may be a minute late, on a connection that is well.
            Self::Live { pinged: None, .. } => false,
            Self::Live { heard, pinged: Some(pinged) } => now >= given_up(heard, pinged),
            Self::Off | Self::Waiting { .. } | Self::Stopped(_) => false,
        }
    }

    pub(super) fn ping_if_due(&mut self, now: Timestamp) -> bool {
        match self {
            Self::Live { heard, pinged: pinged @ None } if now.since_ms(*heard) >= PING_AFTER_MS => {
                *pinged = Some(now);
                true
            }
            _ => false,
        }
    }

    pub(super) fn deadline(self) -> Option<Timestamp> {
        match self {
            Self::Off | Self::Stopped(_) => None,
            Self::Waiting { until, .. } => Some(until),
            Self::Opening { since } | Self::Greeting { since } => Some(since.plus_ms(CONNECT_TIMEOUT_MS)),
            Self::Live { heard, pinged: None } => Some(heard.plus_ms(PING_AFTER_MS)),
            Self::Live { heard, pinged: Some(pinged) } => Some(given_up(heard, pinged)),
        }
    }
}

/// When a connection that does not answer counts as dead: a ping that went out in time adds nothing to the limit.
fn given_up(heard: Timestamp, pinged: Timestamp) -> Timestamp {
    heard.plus_ms(LIVENESS_TIMEOUT_MS).max(pinged.plus_ms(LIVENESS_TIMEOUT_MS - PING_AFTER_MS))
}
