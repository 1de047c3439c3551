//! A network between a client and the relay that does what providers do: freeze a connection once it has carried its
//! share, lose one direction, forbid WebSockets. Silently, with both ends left open.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use shared::limits::FREEZE_BYTES;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a TLS handshake costs the client's side of a connection; here nothing is encrypted.
const TLS_HANDSHAKE_BYTES: usize = 4608;

/// What a TLS record adds to what it carries.
const TLS_RECORD_BYTES: usize = 22;

/// What is done to connections.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trouble {
    /// Every connection carries 16 KB to the client, handshake included, and then nothing in either direction.
    pub freezes: bool,
    /// What the relay sends is lost.
    pub loses_down: bool,
    /// What the client sends is lost.
    pub loses_up: bool,
    /// An upgrade to a WebSocket is answered with 403.
    pub forbids_sockets: bool,
    /// An upgrade to a WebSocket is never answered.
    pub swallows_sockets: bool,
}

#[derive(Default)]
struct Shared {
    trouble: Mutex<Trouble>,
    connections: AtomicUsize,
    frozen: AtomicUsize,
    most: AtomicUsize,
}

/// The network. Gone when dropped.
pub struct BadNetwork {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl BadNetwork {
    /// One between whoever connects to it and the relay at `url`.
    pub async fn to(url: &str, trouble: Trouble) -> Self {
        let relay = url.strip_prefix("http://").expect("an address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared { trouble: Mutex::new(trouble), ..Shared::default() });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(client, relay.clone(), Arc::clone(&serving)));
            }
        });
        Self { address, shared, task }
    }

    /// Where the relay seems to be.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, for the connections that are there, too.
    pub fn set(&self, trouble: Trouble) {
        *self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many connections came to carry more than their share.
    pub fn frozen(&self) -> usize {
        self.shared.frozen.load(Ordering::Relaxed)
    }

    /// The most bytes that a connection was given to carry to its client, handshake included.
    pub fn most(&self) -> usize {
        self.shared.most.load(Ordering::Relaxed)
    }
}

impl Drop for BadNetwork {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn carry(mut client: TcpStream, relay: String, shared: Arc<Shared>) {
    let _ = client.set_nodelay(true);
    let mut head = vec![0; 16 * 1024];
    let mut length = 0;
    // The head of the first request says what the connection is for.
    while !head[..length].windows(4).any(|end| end == b"\r\n\r\n") {
        match client.read(&mut head[length..]).await {
            Ok(read) if read > 0 => length += read,
            _ => return,
        }
    }
    let is_socket = String::from_utf8_lossy(&head[..length]).to_ascii_lowercase().contains("upgrade: websocket");
    let trouble = shared.trouble();
    if is_socket && trouble.forbids_sockets {
        let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        return;
    }
    if trouble.loses_up || is_socket && trouble.swallows_sockets {
        // Until the client gives up.
        while client.read(&mut head).await.is_ok_and(|read| read > 0) {}
        return;
    }
    let Ok(mut relay) = TcpStream::connect(relay).await else { return };
    let _ = relay.set_nodelay(true);
    if relay.write_all(&head[..length]).await.is_err() {
        return;
    }
    let (from_client, to_client) = client.into_split();
    let (from_relay, to_relay) = relay.into_split();
    let carried = Arc::new(AtomicUsize::new(TLS_HANDSHAKE_BYTES));
    let down = tokio::spawn(down(from_relay, to_client, Arc::clone(&shared), Arc::clone(&carried)));
    up(from_client, to_relay, shared, carried).await;
    down.abort();
}

/// To the client. What is lost is read and thrown away: the relay sees nothing of it.
async fn down(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: Arc<Shared>, carried: Arc<AtomicUsize>) {
    let mut bytes = vec![0; 16 * 1024];
    let mut was_frozen = false;
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let total = carried.fetch_add(read + TLS_RECORD_BYTES, Ordering::Relaxed) + read + TLS_RECORD_BYTES;
        shared.most.fetch_max(total, Ordering::Relaxed);
        let trouble = shared.trouble();
        let is_frozen = trouble.freezes && total > FREEZE_BYTES;
        if is_frozen && !std::mem::replace(&mut was_frozen, true) {
            shared.frozen.fetch_add(1, Ordering::Relaxed);
        }
        if !is_frozen && !trouble.loses_down && to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
    if !was_frozen && !shared.trouble().loses_down {
        let _ = to.shutdown().await;
    } else {
        // An end that is not told.
        std::future::pending::<()>().await;
    }
}

async fn up(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: Arc<Shared>, carried: Arc<AtomicUsize>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        let trouble = shared.trouble();
        let is_frozen = trouble.freezes && carried.load(Ordering::Relaxed) > FREEZE_BYTES;
        if !is_frozen && !trouble.loses_up && to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
    if shared.trouble().loses_up {
        // The relay is not told either.
        std::future::pending::<()>().await;
    }
}
