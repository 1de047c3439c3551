//! The client machine on the bench: what a page shows, fed by a real hub.

use relay_core::hub::ConnId;
use shared::client::{Client, Effect, Identity};
use shared::frame::{Frame, PING};
use shared::token::Claims;

use super::Bench;

pub struct Screen {
    pub client: Client,
    claims: Claims,
    conn: Option<ConnId>,
}

impl Screen {
    /// A page that is connected and has loaded what it shows first.
    pub fn open(bench: &mut Bench, claims: &Claims) -> Self {
        let identity = if claims.role.is_staff() { Identity::Staff } else { Identity::Visitor(claims.sub) };
        let mut screen = Self { client: Client::new(identity, 7), claims: claims.clone(), conn: None };
        screen.client.connect(bench.now);
        screen.run(bench);
        screen
    }

    /// Performs effects and hands frames over until nothing is left to do.
    pub fn run(&mut self, bench: &mut Bench) {
        loop {
            let mut idle = true;
            while let Some(effect) = self.client.take_effect() {
                idle = false;
                match effect {
                    Effect::Open { position, renew: _ } => {
                        self.cut(bench);
                        let conn = match position {
                            Some(position) => bench.resume(&self.claims, &position),
                            None => bench.connect(&self.claims),
                        };
                        self.conn = Some(conn);
                        self.client.handle_open(bench.now);
                    }
                    Effect::Transmit(text) if text == PING => self.client.handle_frame(bench.now, Frame::Pong),
                    Effect::Transmit(text) => {
                        if let Some(conn) = self.conn {
                            bench.frame(conn, &text);
                        }
                    }
                    Effect::Close(_) => self.cut(bench),
                    Effect::Keep(_) | Effect::Forget { .. } | Effect::Arrived { .. } => {}
                }
            }
            if let Some(conn) = self.conn {
                for frame in bench.take(conn) {
                    idle = false;
                    self.client.handle_frame(bench.now, Frame::from_node(&frame).unwrap());
                }
                if let Some(code) = bench.closed(conn) {
                    idle = false;
                    self.conn = None;
                    self.client.handle_close(bench.now, code);
                }
            }
            if idle {
                return;
            }
        }
    }

    /// Time has passed: what is due is done.
    pub fn tick(&mut self, bench: &mut Bench) {
        self.client.handle_timeout(bench.now);
        self.run(bench);
    }

    /// The network takes the connection away; the client is told when it looks.
    pub fn lose_connection(&mut self, bench: &mut Bench) {
        if self.conn.is_some() {
            self.cut(bench);
            self.client.handle_close(bench.now, 1006);
        }
    }

    /// Connects again without waiting.
    pub fn reconnect(&mut self, bench: &mut Bench) {
        self.client.connect(bench.now);
        self.run(bench);
    }

    /// Leaves for good.
    pub fn leave(mut self, bench: &mut Bench) {
        self.client.disconnect();
        self.run(bench);
    }

    fn cut(&mut self, bench: &mut Bench) {
        if let Some(conn) = self.conn.take() {
            bench.hang_up(conn);
        }
    }
}
