//! How bad it gets under a seed. Each kind of trouble is there in some seeds and missing in others: troubles that always
//! come together hide each other's bugs.

use shared::limits::{FREEZE_BYTES, HANDSHAKE_BYTES};

use super::chance::Chance;

/// Bytes of frames that get through where providers let [`FREEZE_BYTES`] of a connection through. No line may get there.
pub(super) const FREEZES_AFTER: usize = FREEZE_BYTES - HANDSHAKE_BYTES;
/// A provider that is stricter than any that is known: just more than a `welcome` and the longest message. Lines of ours
/// do freeze there, and all the same everything has to arrive.
const FREEZES_EARLY: usize = 9 * 1024;

/// Chances in a thousand unless said otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Weather {
    /// A line's delay is at least this, and up to four times as much.
    pub(super) latency_ms: i64,
    /// A line that is twenty times slower.
    pub(super) slow_line: u64,
    pub(super) dial_refused: u64,
    pub(super) dial_swallowed: u64,
    pub(super) copy_up: u64,
    pub(super) copy_down: u64,
    /// A close that the other end learns of late, or not at all.
    pub(super) close_lost: u64,
    pub(super) commit_fails: u64,
    pub(super) read_fails: u64,
    /// The object is taken out of memory right after a turn.
    pub(super) nap: u64,
    pub(super) crash_in_turn: u64,
    pub(super) alarm_late: u64,
    pub(super) alarm_twice: u64,
    /// Weights of what goes wrong by itself.
    pub(super) cut: u64,
    pub(super) freeze: u64,
    pub(super) one_way: u64,
    pub(super) hibernate: u64,
    pub(super) crash: u64,
    pub(super) trim: u64,
    pub(super) clock: u64,
    /// Bytes after which every line to a page goes silent, as many providers do to foreign hosts; 0 for never.
    pub(super) freezes_after: usize,
    /// Milliseconds between two such troubles, about.
    pub(super) trouble_every_ms: i64,
    /// Weights of what people do with their pages.
    pub(super) reload: u64,
    pub(super) sleep: u64,
    /// Of a hundred sleeps, those that take minutes.
    pub(super) deep_sleep: u64,
    pub(super) leave: u64,
    /// Of a hundred things an operator does, those that are for a buyer at least.
    pub(super) ozon_share: u64,
    /// The upstream.
    pub(super) answer_lost: u64,
    pub(super) call_lost: u64,
    pub(super) slow_call: u64,
    pub(super) patience: u64,
    pub(super) server_error: u64,
    pub(super) garbage: u64,
    pub(super) refusal: u64,
    pub(super) push_again: u64,
    pub(super) push_late: u64,
    pub(super) push_never: u64,
    /// A program's request arrives a second time.
    pub(super) post_again: u64,
    /// Seconds a visitor's token lives.
    pub(super) token_ttl_s: i64,
    /// There is another organization on the same relay.
    pub(super) neighbour: bool,
    /// Weight of a stranger at the wrong door.
    pub(super) stranger: u64,
    /// A program writes hundreds of messages into a visitor's chat.
    pub(super) flood: bool,
    /// A program writes dozens of messages to a buyer.
    pub(super) ozon_flood: bool,
    /// Of a hundred messages, those of a length that few write and everybody may.
    pub(super) long_text: u64,
}

impl Weather {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let mut maybe = |percent: u64, most: u64| {
            let roll = 1 + chance.index(most as usize) as u64;
            if chance.percent(percent) { roll } else { 0 }
        };
        Self {
            latency_ms: 2 + maybe(80, 60) as i64,
            slow_line: maybe(40, 200),
            dial_refused: maybe(60, 250),
            dial_swallowed: maybe(40, 80),
            copy_up: maybe(60, 50),
            copy_down: maybe(60, 50),
            close_lost: maybe(60, 600),
            commit_fails: maybe(50, 40),
            read_fails: maybe(40, 40),
            nap: maybe(40, 300),
            crash_in_turn: maybe(50, 12),
            alarm_late: maybe(50, 300),
            alarm_twice: maybe(50, 200),
            cut: maybe(80, 10),
            freeze: maybe(60, 5),
            one_way: maybe(50, 4),
            hibernate: maybe(70, 8),
            crash: maybe(50, 2),
            trim: maybe(50, 5),
            clock: maybe(50, 3),
            freezes_after: match maybe(40, 2) {
                0 => 0,
                1 => FREEZES_AFTER,
                _ => FREEZES_EARLY,
            },
            trouble_every_ms: 800 + maybe(100, 4000) as i64,
            reload: maybe(70, 6),
            sleep: maybe(60, 5),
            deep_sleep: maybe(40, 30),
            leave: maybe(60, 4),
            ozon_share: maybe(60, 80),
            answer_lost: maybe(60, 400),
            call_lost: maybe(50, 300),
            slow_call: maybe(50, 500),
            patience: maybe(60, 400),
            server_error: maybe(60, 300),
            garbage: maybe(40, 200),
            refusal: maybe(30, 100),
            push_again: maybe(70, 300),
            push_late: maybe(70, 300),
            push_never: maybe(50, 300),
            post_again: maybe(60, 100),
            token_ttl_s: if maybe(25, 1) > 0 { 20 + maybe(100, 40) as i64 } else { 30 * 24 * 3600 },
            neighbour: maybe(20, 1) > 0,
            stranger: maybe(30, 2),
            flood: maybe(12, 1) > 0,
            ozon_flood: maybe(6, 1) > 0,
            long_text: maybe(40, 15),
        }
    }

    /// The sky clears: what is broken stays broken, but nothing new breaks. A provider goes on freezing lines.
    pub(super) fn calm(&mut self) {
        *self = Self {
            latency_ms: self.latency_ms,
            trouble_every_ms: self.trouble_every_ms,
            freezes_after: self.freezes_after,
            neighbour: self.neighbour,
            token_ttl_s: self.token_ttl_s,
            ..Self::default()
        };
    }
}
