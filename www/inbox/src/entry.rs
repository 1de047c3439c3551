//! What a conversation shows, line by line: days, messages, and what is still on its way from here.

use std::collections::BTreeSet;

use shared::client::{Chat, Outgoing, OutgoingState};
use shared::content::Raw;
use shared::file::Attachment;
use shared::message::{Message, Side, Status, source};
use shared::problem::Code;
use shared::time::Timestamp;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A new day starts; when its first message was written.
    Day(Timestamp),
    /// A message.
    Message(Box<Bubble>),
}

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bubble {
    pub side: Side,
    /// Who wrote, where it is not the one who wrote the line above.
    pub author: Option<String>,
    pub text: String,
    /// Where a file of another source is.
    pub file: Option<String>,
    /// A file of ours.
    pub attachment: Option<Attachment>,
    /// What it carries besides.
    pub content: Option<Raw>,
    pub at: Timestamp,
    /// Whether its writer has changed it since.
    pub is_edited: bool,
    /// Of the organization's messages.
    pub status: Option<Status>,
    /// Why it failed, if it did and it is known.
    pub reason: Option<Code>,
    /// Of a message that the relay does not have: its own id.
    pub waiting: Option<String>,
}

/// The lines with their keys, oldest first. A message keeps its key when the relay takes it, so its node stays.
/// `day` tells days apart.
pub fn entries<'a, D: PartialEq>(
    chat: &Chat,
    outgoing: impl Iterator<Item = &'a Outgoing>,
    own_name: &str,
    day: impl Fn(Timestamp) -> D,
) -> Vec<(String, Entry)> {
    let mut log = Vec::new();
    let mut seen = BTreeSet::new();
    let mut last: Option<(D, Side, Option<String>)> = None;
    let mut push = |key: String, mut bubble: Bubble| {
        let today = day(bubble.at);
        let (same_day, same_author) = last.as_ref().map_or((false, false), |(day, side, author)| {
            (*day == today, *side == bubble.side && *author == bubble.author)
        });
        if !same_day {
            log.push((["day before ", &key].concat(), Entry::Day(bubble.at)));
        }
        last = Some((today, bubble.side, bubble.author.clone()));
        if same_day && same_author {
            bubble.author = None;
        }
        log.push((key, Entry::Message(Box::new(bubble))));
    };
    for message in chat.messages() {
        // Ids given by clients are unique for the one who gives them only.
        let own_id = message.client_id.as_ref().filter(|id| message.side == Side::Operator && seen.insert(id.as_str()));
        let key = own_id.map_or_else(|| message.message_id.to_string(), |id| client_key(id));
        push(key, kept(message, chat));
    }
    for outgoing in outgoing.filter(|outgoing| !seen.contains(outgoing.client_id.as_str())) {
        push(client_key(&outgoing.client_id), waiting(outgoing, own_name));
    }
    log
}

fn client_key(client_id: &str) -> String {
    ["own ", client_id].concat()
}

fn kept(message: &Message, chat: &Chat) -> Bubble {
    let status = message.status.map(|status| match status {
        // Of the widget's visitors their marks tell.
        Status::Sent if chat.source == source::WIDGET && message.message_id <= chat.user_read => Status::Read,
        Status::Sent if chat.source == source::WIDGET && message.message_id <= chat.user_delivered => Status::Delivered,
        other => other,
    });
    Bubble {
        side: message.side,
        author: message.author.clone(),
        text: message.text.clone(),
        file: message.file_path.clone().filter(|_| message.attachment.is_none()),
        attachment: message.attachment.clone(),
        content: message.content.clone(),
        at: message.timestamp,
        is_edited: message.edited_at.is_some(),
        status: status.filter(|_| message.side == Side::Operator),
        reason: message.reason.as_deref().and_then(Code::parse),
        waiting: None,
    }
}

fn waiting(outgoing: &Outgoing, own_name: &str) -> Bubble {
    let (status, reason) = match outgoing.state {
        OutgoingState::Waiting => (Status::Queued, None),
        OutgoingState::Sending => (Status::Sending, None),
        OutgoingState::Failed(code) => (Status::Failed, Some(code)),
    };
    Bubble {
        side: Side::Operator,
        author: Some(own_name.to_owned()).filter(|name| !name.is_empty()),
        text: outgoing.text.clone(),
        file: None,
        attachment: outgoing.attachment.clone(),
        content: None,
        at: outgoing.at,
        is_edited: false,
        status: Some(status),
        reason,
        waiting: Some(outgoing.client_id.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::client::{Client, Identity};
    use shared::event::{Event, MessageDelivered, MessageRead, MessageUpdated, NewMessage, OperatorMessage};
    use shared::frame::{Frame, Limits, Welcome};
    use shared::id::{MessageId, UserId};
    use shared::token::Role;

    const USER: UserId = -7;
    /// A client's first line.
    const LINE: shared::client::LineId = 1;
    const DAY_MS: i64 = 86_400_000;

    fn client() -> Client {
        let mut client = Client::new(Identity::Staff, 1);
        client.connect(Timestamp(0));
        client.handle_open(Timestamp(0), LINE);
        let limits = Limits { text_chars_max: 4000, frame_bytes_max: 32_768, liveness_timeout_ms: 10_000 };
        let welcome = Welcome {
            role: Role::Operator,
            user_id: None,
            epoch: "e".into(),
            offset: 0,
            resumed: false,
            protocol: 1,
            limits,
        };
        client.handle_frame(Timestamp(0), LINE, 0, Some(Frame::Welcome(welcome)));
        client
    }

    fn happens(client: &mut Client, at: i64, event: Event) {
        let frame = Frame::Event { offset: None, timestamp: Timestamp(at), event: Some(event) };
        client.handle_frame(Timestamp(at), LINE, 0, Some(frame));
    }

    fn user_writes(client: &mut Client, message_id: MessageId, at: i64) {
        let data = NewMessage {
            user_id: USER,
            user_name: "Гость".into(),
            message_id,
            text: "?".into(),
            source: source::WIDGET.into(),
            file_path: None,
            attachment: None,
            client_id: Some("same".into()),
        };
        happens(client, at, Event::NewMessage(data));
    }

    fn operator_writes(client: &mut Client, message_id: MessageId, at: i64, client_id: &str) {
        let data = OperatorMessage {
            message_id,
            user_id: USER,
            text: "!".into(),
            file_path: None,
            attachment: None,
            content: None,
            source: source::WIDGET.into(),
            operator_name: Some("Анна".into()),
            status: Status::Sent,
            client_id: Some(client_id.into()),
        };
        happens(client, at, Event::OperatorMessage(data));
    }

    fn shown(client: &Client) -> Vec<(String, Entry)> {
        let chat = client.state().chat(USER).expect("somebody has written");
        entries(chat, client.outgoing(USER), "Анна", |at| at.0 / DAY_MS)
    }

    fn bubbles(client: &Client) -> Vec<Bubble> {
        let bubble = |(_, entry)| if let Entry::Message(bubble) = entry { Some(*bubble) } else { None };
        shown(client).into_iter().filter_map(bubble).collect()
    }

    #[test]
    fn every_day_is_announced_once_and_an_author_once_in_a_row() {
        let mut client = client();
        user_writes(&mut client, 1, 0);
        operator_writes(&mut client, 2, 10, "a");
        operator_writes(&mut client, 3, 20, "b");
        operator_writes(&mut client, 4, DAY_MS, "c");
        let days = shown(&client).iter().filter(|(_, entry)| matches!(entry, Entry::Day(_))).count();
        assert_eq!(days, 2);
        let authors: Vec<_> = bubbles(&client).into_iter().map(|bubble| bubble.author).collect();
        assert_eq!(authors, [None, Some("Анна".to_owned()), None, Some("Анна".to_owned())]);
    }

    #[test]
    fn a_message_keeps_its_key_when_the_relay_takes_it() {
        let mut client = client();
        user_writes(&mut client, 1, 0);
        client.send(Timestamp(5), USER, "!", "mine".into()).expect("there is room");
        let before = shown(&client).pop().expect("a line");
        operator_writes(&mut client, 2, 6, "mine");
        let after = shown(&client).pop().expect("a line");
        assert_eq!(before.0, after.0);
        assert_eq!(shown(&client).len(), 3);
    }

    #[test]
    fn keys_differ_even_if_client_ids_do_not() {
        let mut client = client();
        user_writes(&mut client, 1, 0);
        operator_writes(&mut client, 2, 1, "same");
        operator_writes(&mut client, 3, 2, "same");
        let keys: BTreeSet<String> = shown(&client).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), shown(&client).len());
    }

    #[test]
    fn a_visitors_marks_make_what_was_sent_delivered_and_read() {
        let mut client = client();
        user_writes(&mut client, 1, 0);
        operator_writes(&mut client, 2, 1, "a");
        operator_writes(&mut client, 3, 2, "b");
        operator_writes(&mut client, 4, 3, "c");
        let delivered = MessageDelivered { user_id: USER, last_delivered_message_id: 3 };
        happens(&mut client, 2, Event::MessageDelivered(delivered));
        happens(&mut client, 3, Event::MessageRead(MessageRead { user_id: USER, last_read_message_id: 2 }));
        let statuses: Vec<_> = bubbles(&client).into_iter().filter_map(|bubble| bubble.status).collect();
        assert_eq!(statuses, [Status::Read, Status::Delivered, Status::Sent]);
    }

    #[test]
    fn a_changed_message_shows_its_text_as_it_is_now_and_that_it_was_changed() {
        let mut client = client();
        user_writes(&mut client, 1, 0);
        user_writes(&mut client, 2, 1);
        let change =
            MessageUpdated { message_id: 1, user_id: USER, text: "иначе".into(), edited_at: Timestamp(2) };
        happens(&mut client, 2, Event::MessageUpdated(change));
        let shown: Vec<_> = bubbles(&client).into_iter().map(|bubble| (bubble.text, bubble.is_edited)).collect();
        assert_eq!(shown, [("иначе".to_owned(), true), ("?".to_owned(), false)]);
    }
}
