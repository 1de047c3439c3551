//! The table of actions: over a socket, about one's own chat, another's, and one of another organization.

use serde_json::Value;
use shared::action::{
    Action, Chats, CloseChat, Consent, FileLink, Filter, History, MessageDelivered, MessageRead, Presence, Resume,
    SendMessage, Subscribe, Typing, Unsubscribe,
};
use shared::id::UserId;
use shared::problem::Code;
use tests::world::Socket;

use crate::callers::Stage;

type Cell = Option<Code>;

const YES: Cell = None;
const FOR: Cell = Some(Code::Forbidden);
/// Whom it is about has to be said.
const INV: Cell = Some(Code::Invalid);
/// What is another organization's is not there.
const NOF: Cell = Some(Code::NotFound);

/// Who acts.
#[derive(Clone, Copy, Debug)]
enum Actor {
    Visitor,
    Operator,
    Integration,
    /// An operator who may read chats, and nothing else.
    Reader,
}

/// About whom: nobody named, the visitor (who acts, if one does), another visitor, one of another shop, nobody there is.
const TARGETS: usize = 5;

/// Rows: visitor, operator, integration, reader. Columns: the targets.
type Row = [[Cell; TARGETS]; 4];

/// The cells of an action, and the action about somebody. A new action does not compile until it has both.
#[rustfmt::skip]
fn row(action: &Action) -> Row {
    match action {
        // A filter can only narrow: who is not there is just never heard of. A visitor's is their own chat already.
        Action::Subscribe(_) | Action::Unsubscribe(_) => [
            //  none  own  other elsewhere nobody
            [YES, YES, FOR, FOR, FOR],
            [YES, YES, YES, YES, YES],
            [YES, YES, YES, YES, YES],
            [YES, YES, YES, YES, YES],
        ],
        Action::SendMessage(_) | Action::MessageRead(_) | Action::MessageDelivered(_) | Action::Typing(_) => [
            [YES, YES, FOR, FOR, FOR],
            [INV, YES, YES, NOF, NOF],
            [INV, YES, YES, NOF, NOF],
            [FOR, FOR, FOR, FOR, FOR],
        ],
        Action::CloseChat(_) => [
            [FOR, FOR, FOR, FOR, FOR],
            [INV, YES, YES, NOF, NOF],
            [INV, YES, YES, NOF, NOF],
            [FOR, FOR, FOR, FOR, FOR],
        ],
        Action::History(_) => [
            [YES, YES, FOR, FOR, FOR],
            [INV, YES, YES, NOF, NOF],
            [INV, YES, YES, NOF, NOF],
            [INV, YES, YES, NOF, NOF],
        ],
        // It names a file: the visitor's own.
        Action::FileLink(_) => [[YES; TARGETS]; 4],
        // These name nobody.
        Action::Chats(_) | Action::Presence(_) => [[FOR; TARGETS], [YES; TARGETS], [YES; TARGETS], [YES; TARGETS]],
        Action::Resume(_) => [[YES; TARGETS]; 4],
        Action::Consent(_) => [[YES; TARGETS], [FOR; TARGETS], [FOR; TARGETS], [FOR; TARGETS]],
    }
}

fn examples(user_id: Option<UserId>, file_id: &str) -> Vec<Action> {
    let filter = user_id.map(|user_id| Filter { user_id: Some(user_id) });
    vec![
        Action::Subscribe(Subscribe { filter: filter.clone() }),
        Action::Unsubscribe(Unsubscribe { filter }),
        Action::SendMessage(SendMessage {
            user_id,
            text: "Можно?".into(),
            client_id: None,
            file_id: None,
            content: None,
        }),
        Action::Typing(Typing { user_id }),
        Action::MessageRead(MessageRead { user_id, last_read_message_id: 1 }),
        Action::MessageDelivered(MessageDelivered { user_id, last_delivered_message_id: 1 }),
        Action::History(History { user_id, before: None, after: None, limit: None }),
        Action::CloseChat(CloseChat { user_id }),
        Action::FileLink(FileLink { file_id: file_id.into() }),
        Action::Chats(Chats { before: None, limit: None }),
        Action::Consent(Consent { version: "1".into(), given: true }),
        Action::Presence(Presence {}),
        Action::Resume(Resume { epoch: "none".into(), offset: 0 }),
    ]
}

/// What stands in the chats, for their own people to read.
const OWN: &str = "моё";
const OTHERS: &str = "чужое";
const ELSEWHERE: &str = "соседское";

#[tokio::test]
async fn every_action_is_open_to_whom_the_table_says_and_to_nobody_else() {
    let stage = Stage::set().await;
    let shop = &stage.shop;
    let mut visitor = shop.widget(&stage.visitor).await;
    let mut other = shop.widget(&stage.other_visitor).await;
    let mut stranger = stage.elsewhere.widget(&stage.visitor_elsewhere).await;
    for (socket, text) in [(&mut visitor, OWN), (&mut other, OTHERS), (&mut stranger, ELSEWHERE)] {
        socket.result(serde_json::json!({"action": "send_message", "text": text})).await;
    }
    let targets = [
        None,
        Some(stage.visitor.user_id),
        Some(stage.other_visitor.user_id),
        Some(stage.visitor_elsewhere.user_id),
        Some(stage.nobody()),
    ];
    let names: std::collections::BTreeSet<&str> = examples(None, "").iter().map(Action::name).collect();
    assert_eq!(names, Action::NAMES.iter().copied().collect(), "every action has its example");

    let mut sockets = [
        (Actor::Visitor, visitor),
        (Actor::Operator, shop.events(&stage.operator).await),
        (Actor::Integration, shop.events(&stage.integration).await),
        (Actor::Reader, shop.events(&stage.reader).await),
    ];
    let mut wrong = Vec::new();
    for (column, target) in targets.into_iter().enumerate() {
        for action in examples(target, &stage.file_id) {
            for (number, (actor, socket)) in sockets.iter_mut().enumerate() {
                let (seen, expected) = (ask(socket, &action).await, row(&action)[number][column]);
                if seen != expected {
                    wrong.push(format!("{actor:?} {action:?}: {seen:?}, not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // Whatever was asked for: the visitor has heard nothing of others, and nobody anything of the other shop.
    for (actor, socket) in &mut sockets {
        socket.settle().await;
        let heard = socket.texts().join("\n");
        assert!(!heard.contains(ELSEWHERE), "{actor:?}: {heard}");
        assert!(!(matches!(actor, Actor::Visitor) && heard.contains(OTHERS)), "{actor:?}: {heard}");
    }
    other.settle().await;
    assert!(!other.texts().join("\n").contains(OWN));
    stranger.settle().await;
    let foreign = stranger.texts().join("\n");
    assert!(!foreign.contains(OWN) && !foreign.contains("Можно?"), "{foreign}");
}

async fn ask(socket: &mut Socket, action: &Action) -> Cell {
    let frame: Value = serde_json::from_str(&action.encode(None)).expect("a frame is JSON");
    let refused = socket.ask(frame).await.err()?;
    let code = refused["code"].as_str().and_then(Code::parse);
    assert!(code.is_some(), "{refused}");
    code
}
