//! Relays, networks and pages that are broken on purpose. Each stands for a mistake somebody could make; a
//! simulation that lets one pass would let the mistake pass, too.

use relay_core::hub::{Effect, Turn};
use relay_core::storage::Write;
use serde_json::Value as Json;

use super::people::VISITORS;
use super::world::World;

macro_rules! mistakes {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Sabotage { $($(#[$doc])* $name,)* }

        impl Sabotage {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

mistakes! {
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
    /// The hub leaves somebody out of a broadcast.
    LeavesOneOut,
    /// The hub tells a wrong number of unread messages.
    MiscountsUnread,
    /// The hub moves a read mark back.
    MovesMarksBack,
    /// The hub forgets a socket's filter when it sleeps.
    ForgetsFilters,
    /// The hub forgets, when it sleeps, how much a line has carried already.
    ForgetsTheBudget,
    /// The hub mixes up whose session is whose.
    MixesUpSessions,
    /// The hub does not hear that a socket is gone, and takes silence for life.
    OverlooksDepartures,
    /// The hub's history has a hole.
    HistoryWithAHole,
    /// The store keeps half of a turn when it fails.
    CommitsByHalves,
    /// The relay lets anybody with a good token of any organization in.
    TrustsAnyOrganization,
    /// A page's shell loses a frame between the socket and the machine.
    LosesAFrameInThePage,
    /// A page's shell does not wake the machine.
    ForgetsTimers,
    /// A page resumes one event further than it has applied.
    ResumesTooFar,
    /// A page does not get a new token when the old one is refused.
    KeepsOldTokens,
}

impl World {
    /// What a broken hub would have decided instead.
    pub(super) fn tampered(&mut self, mut turn: Turn) -> Turn {
        let Some(sabotage) = self.plan.sabotage else { return turn };
        match sabotage {
            Sabotage::LeavesOneOut => {
                for effect in &mut turn.effects {
                    if let Effect::Send { to, .. } = effect
                        && to.len() > 1
                        && self.chance.percent(2)
                    {
                        let index = self.chance.index(to.len());
                        to.remove(index);
                    }
                }
            }
            Sabotage::MiscountsUnread => each_frame(&mut turn, |json| {
                if json["event"] == "operator_read" {
                    json["data"]["unread"] = (json["data"]["unread"].as_i64().unwrap_or_default() + 1).into();
                }
            }),
            Sabotage::HistoryWithAHole => each_frame(&mut turn, |json| {
                if let Some(messages) = json["data"]["result"]["messages"].as_array_mut()
                    && messages.len() > 2
                {
                    messages.remove(1);
                }
            }),
            Sabotage::MovesMarksBack if self.chance.percent(2) => {
                let statement = "UPDATE chats SET operator_read = operator_read - 1 WHERE operator_read > 1";
                turn.writes.push(Write { statement, params: vec![] });
            }
            Sabotage::ForgetsFilters => each_attachment(&mut turn, |session| session["filter"] = Json::Array(vec![])),
            Sabotage::ForgetsTheBudget => each_attachment(&mut turn, |session| session["sent"] = 0.into()),
            Sabotage::MixesUpSessions => each_attachment(&mut turn, |session| {
                if session["claims"]["sub"] == VISITORS[0] {
                    session["claims"]["sub"] = VISITORS[1].into();
                }
            }),
            _ => {}
        }
        turn
    }

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

fn each_frame(turn: &mut Turn, mut change: impl FnMut(&mut Json)) {
    for effect in &mut turn.effects {
        if let Effect::Send { text, .. } = effect {
            rewrite(text, &mut change);
        }
    }
}

fn each_attachment(turn: &mut Turn, mut change: impl FnMut(&mut Json)) {
    for effect in &mut turn.effects {
        if let Effect::Attach { attachment, .. } = effect {
            rewrite(attachment, &mut change);
        }
    }
}

fn rewrite(text: &mut String, change: &mut impl FnMut(&mut Json)) {
    if let Ok(mut json) = serde_json::from_str(text) {
        change(&mut json);
        *text = json.to_string();
    }
}
