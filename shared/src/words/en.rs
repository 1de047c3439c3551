//! English.

use super::Plural::{One, Other};
use super::{Extra, Text, Word};

pub(super) fn word(word: Word) -> Text {
    Text::One(match word {
        Word::Lang | Word::Dir => "",
        Word::Title => "Chat with the shop",
        Word::Presence => "We answer here, in the chat",
        Word::Unavailable => "The chat is unavailable",
        Word::Open => "Open the chat",
        Word::OpenUnread => {
            return Text::Many(&[(One, "Open the chat, {} unread"), (Other, "Open the chat, {} unread")]);
        }
        Word::Close => "Close the chat",
        Word::Log => "Conversation",
        Word::Loading => "Loading the conversation",
        Word::Greeting => "Hello!",
        Word::Invitation => "Write to us, we will help",
        Word::Typing => "{} is typing…",
        Word::TypingSomebody => "The shop is typing…",
        Word::Input => "Message",
        Word::Send => "Send",
        Word::CharsLeft => "{} left",
        Word::CharsOver => return Text::Many(&[(One, "{} character too many"), (Other, "{} characters too many")]),
        Word::OutboxFull => "Many messages are waiting. Please wait for the connection",
        Word::Offline => "No connection. Messages go out when it is back",
        Word::Reconnecting => "Connecting… Messages will not be lost",
        Word::Sending => "Sending",
        Word::Sent => "Sent",
        Word::Delivered => "Delivered",
        Word::Read => "Read",
        Word::Failed => "Not sent",
        Word::TooLarge => "The message is too long",
        Word::UnsupportedType => "This file cannot be sent: JPEG, PNG, WebP, PDF and CSV can",
        Word::QuotaExceeded => "The shop has no room left for files",
        Word::EmptyText => "The message is empty",
        Word::NotFromHere => "The shop takes no messages from here",
        Word::TooOld => "The chat has been open for too long. Reload the page",
        Word::TooOften => "Too often. Please wait a little",
        Word::NotTaken => "The shop could not take the message",
        Word::Attach => "Attach a file",
        Word::NoFiles => "The file was not sent. Choose it again",
        Word::Retry => "Try again",
        Word::Today => "Today",
        Word::Yesterday => "Yesterday",
        Word::New => "New messages",
        Word::RateQuestion => "How did we do?",
        Word::UnknownKey => "The chat is not set up",
        Word::UnknownKeyText => "For the site's owner: the key did not fit. Check data-key in the script tag.",
        Word::OriginNotAllowed => "The chat is not connected",
        Word::OriginNotAllowedText => "For the site's owner: add {} to the chat's list of allowed addresses.",
        Word::Gone => "The chat is switched off",
        Word::GoneText => {
            "For the site's owner: this organization no longer exists. Create it again or remove the script tag."
        }
        Word::Replaced => "The chat is open in another tab",
        Word::ReplacedText => "Too many tabs are open, so the chat has stopped here.",
        Word::Resume => "Continue here",
        Word::Broken => "The chat did not open",
        Word::BrokenText => "Try again a little later. For the site's owner: see the browser's console.",
        Word::Again => "Try once more",
    })
}

pub(super) fn extra(word: Extra) -> Text {
    Text::One(match word {
        Extra::Uploading => "Sending a file",
        Extra::Cancel => "Cancel",
        Extra::Save => "Download",
        Extra::Leave => "Close",
        Extra::Bytes => "{} B",
        Extra::Kilobytes => "{} KB",
        Extra::Megabytes => "{} MB",
        Extra::FileTooLarge => "The file is larger than {} MB",
        Extra::FileFailed => "The file could not be sent",
        Extra::NoConnection => "No connection",
        Extra::Copy => "Copy",
        Extra::Copied => "Copied",
        Extra::ToNewest => "To the newest messages",
        Extra::NewMessages => return Text::Many(&[(One, "{} new message"), (Other, "{} new messages")]),
        Extra::Emoji => "Emoji",
        Extra::Menu => "Chat menu",
        Extra::Sound => "Sound",
        Extra::Notifications => "Notifications",
        Extra::NotificationsDenied => "The browser does not allow notifications",
        Extra::PopOut => "In a window of its own",
        Extra::Closed => "We are closed now",
        Extra::OpensToday => "We answer today after {}",
        Extra::OpensTomorrow => "We answer tomorrow after {}",
        Extra::OpensOn => "We answer: {}",
        Extra::AnswersAtOnce => "We usually answer at once",
        Extra::AnswersInMinutes => {
            return Text::Many(&[
                (One, "We usually answer within {} minute"),
                (Other, "We usually answer within {} minutes"),
            ]);
        }
        Extra::AnswersInHours => {
            return Text::Many(&[
                (One, "We usually answer within {} hour"),
                (Other, "We usually answer within {} hours"),
            ]);
        }
        Extra::AnswersInADay => "We usually answer within a day",
        Extra::FormHeading => "Nice to meet you",
        Extra::FormClosed => "Leave us a contact, and we answer when we open",
        Extra::FormStart => "Start the chat",
        Extra::FieldOptional => "optional",
        Extra::FieldMissing => "Fill in this field",
        Extra::FieldEmail => "Check the e-mail address",
        Extra::FieldPhone => "Check the phone number",
        Extra::FieldChoose => "Choose",
        Extra::ConsentMissing => "We cannot start the chat without your consent",
        Extra::FormFailed => "That could not be sent. Try again",
        Extra::RateStar => "{} of 5",
        Extra::RateComment => "What could be better?",
        Extra::RateSend => "Send the review",
        Extra::RateThanks => "Thank you!",
        Extra::RateFailed => "The rating was not sent. Try again",
        Extra::CardOpen => "More",
        Extra::Replies => "Suggested answers",
        Extra::Dismiss => "Hide",
        Extra::NotLoaded => "The chat did not load. Press again",
        Extra::ContactUs => "Contact us",
    })
}
