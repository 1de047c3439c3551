//! One address for all simulated sellers. The relay knows one Ozon; here each organization has one of its own behind it,
//! told apart by `Client-Id`, so that the trouble one test makes is not another's. Where their files are kept nobody sends
//! that: there it is a part of the path.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request's head is a few hundred bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// What a seller's simulator has its storage under.
const STORAGE: &str = "/_sim/cdn/";

/// `Client-Id` to the `host:port` of its simulator.
type Directory = Arc<Mutex<BTreeMap<String, String>>>;

/// The address and who is behind it.
pub struct Sellers {
    url: String,
    directory: Directory,
    server: JoinHandle<()>,
}

impl Sellers {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let directory = Directory::default();
        let known = Arc::clone(&directory);
        let server = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let known = Arc::clone(&known);
                // A connection that breaks is what the caller is to see, and nobody else.
                tokio::spawn(async move { connect(caller, &known).await.unwrap_or_default() });
            }
        });
        Ok(Self { url, directory, server })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where a seller's files are kept: at the same host, and without keys.
    pub fn storage(&self, client_id: u64) -> String {
        format!("{}{STORAGE}{client_id}", self.url)
    }

    pub fn add(&self, client_id: u64, url: &str) {
        let address = url.trim_start_matches("http://").to_owned();
        self.directory.lock().unwrap_or_else(PoisonError::into_inner).insert(client_id.to_string(), address);
    }
}

impl Drop for Sellers {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// One call, one connection: both ends are told so. Then bytes pass as they are, and so does a line that is cut or silent.
async fn connect(mut caller: TcpStream, directory: &Directory) -> io::Result<()> {
    let (head, rest) = read_head(&mut caller).await?;
    let (head, stored_by) = without_seller(head);
    let client_id = header(&head, "client-id").or(stored_by.as_deref()).unwrap_or_default();
    let address = directory.lock().unwrap_or_else(PoisonError::into_inner).get(client_id).cloned();
    let Some(address) = address else {
        return caller
            .write_all(b"HTTP/1.1 500 No Such Seller\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .await;
    };
    let mut simulator = TcpStream::connect(address).await?;
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\r\n");
    simulator.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    simulator.write_all(&rest).await?;

    let (mut from_caller, mut to_caller) = caller.split();
    let (mut from_simulator, mut to_simulator) = simulator.split();
    tokio::select! {
        copied = tokio::io::copy(&mut from_simulator, &mut to_caller) => copied?,
        copied = tokio::io::copy(&mut from_caller, &mut to_simulator) => copied?,
    };
    to_caller.shutdown().await
}

/// A head as the simulator knows it, and whose storage its path names.
fn without_seller(head: String) -> (String, Option<String>) {
    let named = head.split_once(STORAGE).and_then(|(before, rest)| Some((before, rest.split_once('/')?)));
    match named.filter(|(before, _)| !before.contains(['\r', '\n'])) {
        Some((before, (client_id, rest))) => (format!("{before}{STORAGE}{rest}"), Some(client_id.to_owned())),
        None => (head, None),
    }
}

async fn read_head(caller: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        if bytes.len() > HEAD_BYTES_MAX || caller.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) =
        head.lines().filter_map(|line| line.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case(name))?;
    Some(value.trim())
}
