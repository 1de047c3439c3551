//! A line over server-sent events and POST.

use std::collections::VecDeque;

use shared::client::LineId;
use shared::id::Position;
use shared::route::{EVENTS, WIDGET_SOCKET, line_query};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::{BROKEN, Entry, Line, News};
use crate::world::ORIGIN;

pub(super) fn open(
    number: LineId,
    entry: &Entry,
    position: Option<&Position>,
    report: mpsc::UnboundedSender<(LineId, News)>,
) -> Line {
    let (url, path, token) = match entry {
        Entry::Staff { url, token } => (url, EVENTS, token),
        Entry::Visitor { url, token, .. } => (url, WIDGET_SOCKET, token),
    };
    let (address, query, token) = (format!("{url}{path}"), line_query(position), token.clone());
    let (out, to_send) = mpsc::unbounded_channel::<Message>();
    let task = tokio::spawn(async move {
        let code = carry(&address, &query, &token, to_send, |news| {
            let _ = report.send((number, news));
        });
        let code = code.await;
        let _ = report.send((number, News::Closed(code)));
    });
    Line { out, is_closing: false, task }
}

/// Until its end; returns the code.
async fn carry(
    address: &str,
    query: &str,
    token: &str,
    mut to_send: mpsc::UnboundedReceiver<Message>,
    tell: impl Fn(News),
) -> u16 {
    // Each line has connections of its own: what freezes with one must not take the next along.
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.get(format!("{address}{query}&protocol=1")).bearer_auth(token).header("origin", ORIGIN);
    let Ok(mut answer) = request.header("accept", "text/event-stream").send().await else { return BROKEN };
    if !answer.status().is_success() {
        return if answer.status() == 401 { shared::close::UNAUTHORIZED } else { BROKEN };
    }
    let (mut line, mut rest, mut waiting) = (None, Vec::new(), VecDeque::new());
    loop {
        while let (Some(line), Some(text)) = (&line, waiting.pop_front()) {
            let post = http.post(format!("{address}?line={line}")).bearer_auth(token).header("origin", ORIGIN);
            let Message::Text(text) = text else { return 1000 };
            if !post.body(text.to_string()).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return BROKEN;
            }
        }
        tokio::select! {
            chunk = answer.chunk() => {
                let Ok(Some(chunk)) = chunk else { return BROKEN };
                rest.extend_from_slice(&chunk);
                while let Some(end) = rest.windows(2).position(|end| end == b"\n\n") {
                    let event: Vec<u8> = rest.drain(..end + 2).collect();
                    let event = String::from_utf8(event).expect("a stream of UTF-8");
                    if let Some(id) = event.strip_prefix("event: line\ndata: ") {
                        line = Some(id.trim_end().to_owned());
                        tell(News::Open);
                    } else if let Some(code) = event.strip_prefix("event: close\ndata: ") {
                        return code.trim_end().parse().expect("a code");
                    } else if let Some(text) = event.strip_prefix("data: ") {
                        tell(News::Frame(text.trim_end().to_owned()));
                    }
                }
            }
            Some(message) = to_send.recv() => waiting.push_back(message),
        }
    }
}
