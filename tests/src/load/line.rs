//! One open socket, with the time at which each frame was read.

use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A connection.
pub struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What the text of a message has in it and no other text has.
pub fn mark(number: usize) -> String {
    format!("[{number}]")
}

impl Line {
    /// Opens one and waits for its `welcome`.
    pub async fn open(request: Request) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(request).await.expect("a socket");
        let mut line = Self(socket);
        line.until("\"welcome\"").await;
        line
    }

    /// Writes a message with this number, under an id of the same number.
    pub async fn say(&mut self, number: usize) {
        let text = format!("Здравствуйте, подскажите, пожалуйста, есть ли чайник в наличии? {}", mark(number));
        let action =
            json!({"action": "send_message", "id": number.to_string(), "client_id": number.to_string(), "text": text});
        self.0.send(Message::text(action.to_string())).await.expect("an open socket");
    }

    /// Reads until a frame has this in it; when that was.
    pub async fn until(&mut self, part: &str) -> Instant {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    let at = Instant::now();
                    assert!(
                        !text.contains("\"rate_limited\""),
                        "the relay has limits on: start it with RATE_FACTOR=1000000"
                    );
                    if text.contains(part) {
                        return at;
                    }
                }
                Some(Ok(_)) => {}
                end => panic!("the socket ended before {part}: {end:?}"),
            }
        }
    }

    /// Reads until the answer to the message with this number.
    pub async fn until_answered(&mut self, number: usize) -> Instant {
        self.until(&format!("\"id\":\"{number}\"")).await
    }
}
