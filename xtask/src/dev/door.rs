//! A second port of the relay. What comes in there goes to the first one as it came, so the relay knows it by its `Host`.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;

/// Passes on what comes, as long as this program runs.
pub fn open(door: TcpListener, relay: u16) {
    thread::spawn(move || {
        for client in door.incoming().flatten() {
            // Whose line breaks sees it break; there is nobody else to tell.
            thread::spawn(move || pass(client, relay));
        }
    });
}

fn pass(mut client: TcpStream, relay: u16) -> io::Result<()> {
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, relay))?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let copied = io::copy(&mut from, &mut to);
        to.shutdown(if copied.is_ok() { Shutdown::Write } else { Shutdown::Both })
    });
    let copied = io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both)?;
    copied.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    #[test]
    fn what_is_said_at_the_door_is_heard_inside_and_answered() {
        let inside = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let (relay, at) = (inside.local_addr().expect("its address").port(), door.local_addr().expect("its address"));
        open(door, relay);
        let mut client = TcpStream::connect(at).expect("the door");
        client.write_all(b"Host: here").expect("it is open");
        client.shutdown(Shutdown::Write).expect("it is open");
        let (mut heard, mut answer) = (String::new(), String::new());
        let (mut server, _) = inside.accept().expect("the client");
        server.read_to_string(&mut heard).expect("its words");
        server.write_all(b"200").expect("it is there");
        drop(server);
        client.read_to_string(&mut answer).expect("an answer");
        assert_eq!((heard.as_str(), answer.as_str()), ("Host: here", "200"));
    }
}
