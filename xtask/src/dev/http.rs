//! One HTTP/1.1 exchange with a server of this machine: all that provisioning the demo takes.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// A local answer takes milliseconds; the first one of a cold relay, a second.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A JSON answer of the admin API is a few hundred bytes.
const ANSWER_MAX_BYTES: u64 = 1 << 20;

pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Calls a port of this machine.
pub fn send(port: u16, method: &str, path: &str, bearer: Option<&str>, body: &str) -> io::Result<Answer> {
    send_to((Ipv4Addr::LOCALHOST, port).into(), method, path, bearer, body)
}

/// Sends `body` as JSON and reads the answer to its end.
pub fn send_to(at: SocketAddr, method: &str, path: &str, bearer: Option<&str>, body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let authorization = bearer.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{authorization}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut raw = Vec::new();
    stream.take(ANSWER_MAX_BYTES).read_to_end(&mut raw)?;
    parse(&raw).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
}

fn parse(raw: &[u8]) -> Option<Answer> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = (std::str::from_utf8(raw.get(..end)?).ok()?, raw.get(end + 4..)?);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let is_chunked = lines.any(|line| {
        line.split_once(':').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked")
        })
    });
    let body = if is_chunked { unchunked(rest)? } else { rest.to_vec() };
    Some(Answer { status, body: String::from_utf8(body).ok()? })
}

/// `<length in hex>\r\n<bytes>\r\n`, until a length of zero.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = std::str::from_utf8(rest.get(..line_end)?).ok()?;
        let length = usize::from_str_radix(length.split(';').next()?.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        let start = line_end + 2;
        let end = start.checked_add(length)?;
        body.extend_from_slice(rest.get(start..end)?);
        rest = rest.get(end + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(raw: &str) -> Option<(u16, String)> {
        parse(raw.as_bytes()).map(|answer| (answer.status, answer.body))
    }

    #[test]
    fn a_chunked_answer_reads_as_one_body() {
        let raw = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n";
        assert_eq!(body(raw), Some((201, "{\"a\":1}".into())));
    }

    #[test]
    fn an_answer_cut_in_the_middle_is_no_answer() {
        assert_eq!(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"), None);
        assert_eq!(body("HTTP/1.1 200 OK\r\n"), None);
        assert_eq!(body("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n"), Some((409, String::new())));
    }
}
