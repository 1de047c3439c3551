//! The two things a pure core has to be given: the time and chance.

use relay_core::hub::ENTROPY_BYTES;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

/// The time now. Within one event the runtime's clock stands still.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// Fresh bytes from the runtime's cryptographic source.
pub fn entropy() -> Result<[u8; ENTROPY_BYTES], Problem> {
    let mut bytes = [0; ENTROPY_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Problem::new(Code::Internal, "the runtime gave no random bytes"))?;
    Ok(bytes)
}

/// A number that no other socket has: 64 random bits.
pub fn connection_id() -> Result<u64, Problem> {
    let bytes = entropy()?;
    Ok(bytes.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
}
