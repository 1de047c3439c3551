//! English.

use shared::problem::Code;

use super::{Notice, Obstacle, Words};

/// English words.
pub static EN: Words = Words {
    lang: "en",
    title: "Chat with the shop",
    presence: "We reply right here",
    unavailable: "Chat is unavailable",
    open: "Open chat",
    open_unread: |count| ["Open chat, ", &count.to_string(), " unread"].concat(),
    close: "Close chat",
    log: "Conversation",
    loading: "Loading the conversation",
    greeting: "Hello!",
    invitation: "Write to us, we are here",
    typing: |name| [if name.is_empty() { "The shop" } else { name }, " is typing…"].concat(),
    input: "Message",
    send: "Send",
    chars_left: |count| [&count.to_string(), " left"].concat(),
    chars_over: |count| {
        [count.to_string().as_str(), if count == 1 { " character" } else { " characters" }, " too many"].concat()
    },
    outbox_full: "Many messages are waiting. Wait for the connection",
    offline: "You are offline. Messages will be sent once you are back",
    reconnecting: "Connecting… Your messages are safe",
    sending: "Sending",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    failed: "Not sent",
    why,
    attach: "Attach a file",
    no_files: "The file was not sent. Pick it again",
    retry: "Try again",
    today: "Today",
    yesterday: "Yesterday",
    date: |day, month, year| {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = MONTHS.get(month as usize).copied().unwrap_or_default();
        let mut date = [month, " ", &day.to_string()].concat();
        if let Some(year) = year {
            date.push_str(", ");
            date.push_str(&year.to_string());
        }
        date
    },
    obstacle,
};

fn why(code: Code) -> &'static str {
    match code {
        Code::TooLarge => "The message is too long",
        Code::UnsupportedType => "This file cannot be sent: JPEG, PNG, WebP, PDF and CSV can",
        Code::QuotaExceeded => "The shop has no room left for files",
        Code::EmptyText => "The message is empty",
        Code::Forbidden | Code::OriginNotAllowed | Code::UnknownKey | Code::NotFound => {
            "The shop takes no messages from here"
        }
        Code::Unauthorized | Code::TokenExpired | Code::TokenRevoked => {
            "The chat has been open for too long. Reload the page"
        }
        Code::RateLimited | Code::UpstreamRateLimited => "Too often. Wait a little",
        Code::Malformed
        | Code::UnknownAction
        | Code::Invalid
        | Code::MethodNotAllowed
        | Code::Conflict
        | Code::StorageFailed
        | Code::NotConfigured
        | Code::UnsupportedVersion
        | Code::Internal
        | Code::UpstreamUnauthorized
        | Code::UpstreamForbidden
        | Code::UpstreamRejected
        | Code::UpstreamUnavailable
        | Code::DeliveryUnknown
        | Code::UpstreamNotConnected => "The shop could not take the message",
    }
}

fn obstacle(obstacle: Obstacle, origin: &str) -> Notice {
    const AGAIN: &str = "Try again";
    match obstacle {
        Obstacle::UnknownKey => Notice {
            heading: "Chat is not set up",
            text: "For the site's owner: the key is not right. Check data-key in the script tag.".into(),
            button: AGAIN,
        },
        Obstacle::OriginNotAllowed => Notice {
            heading: "Chat is not connected",
            text: ["For the site's owner: add ", origin, " to the chat's allowed origins."].concat(),
            button: AGAIN,
        },
        Obstacle::Gone => Notice {
            heading: "Chat is switched off",
            text: "For the site's owner: this organization is gone. Create it again or remove the script tag.".into(),
            button: AGAIN,
        },
        Obstacle::Replaced => Notice {
            heading: "Chat is open in another tab",
            text: "There are too many open tabs, so the chat has stopped here.".into(),
            button: "Continue here",
        },
        Obstacle::Broken => Notice {
            heading: "Chat did not open",
            text: "Try again a little later. For the site's owner: the details are in the browser's console.".into(),
            button: AGAIN,
        },
    }
}
