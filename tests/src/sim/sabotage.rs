//! Shells, networks and clients' shells that are broken on purpose. Each stands for a mistake somebody could make; a
//! simulation that lets one pass would let the mistake pass, too.

use super::world::World;

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The relay's shell performs effects before it commits.
    SpeaksBeforeCommit,
    /// The relay's shell says a turn is kept that is not.
    KeepsNothingAtTimes,
    /// A resent message comes without its `client_id`: idempotency is forgotten.
    ForgetsClientIds,
    /// A resume leaves one missed event out.
    SkipsOneOnResume,
    /// The network hands a visitor a frame of another's.
    LeaksAFrame,
    /// A send whose answer was lost is simply made again.
    RepeatsLostSends,
    /// Hibernation loses a socket's attachment.
    LosesAttachments,
    /// Alarms do not come.
    ForgetsAlarms,
    /// The client's shell hands over frames in the wrong order.
    SwapsFrames,
    /// A notification of the upstream is acknowledged and not handed on.
    DropsPushes,
    /// A page that is loaded anew begins with an empty outbox.
    LosesTheOutbox,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::SpeaksBeforeCommit,
        Self::KeepsNothingAtTimes,
        Self::ForgetsClientIds,
        Self::SkipsOneOnResume,
        Self::LeaksAFrame,
        Self::RepeatsLostSends,
        Self::LosesAttachments,
        Self::ForgetsAlarms,
        Self::SwapsFrames,
        Self::DropsPushes,
        Self::LosesTheOutbox,
    ];
}

impl World {
    /// A frame as a relay gets it that remembers nothing: what came before under a `client_id` comes without one now.
    pub(super) fn without_client_id(&mut self, text: String) -> String {
        let Ok(mut json) = serde_json::from_str::<serde_json::Value>(&text) else { return text };
        let client_id = json.get("client_id").and_then(|id| id.as_str()).map(str::to_owned);
        match client_id {
            Some(client_id) if !self.relay.resent.insert(client_id.clone()) => {
                json.as_object_mut().map(|object| object.remove("client_id"));
                json.to_string()
            }
            _ => text,
        }
    }
}
