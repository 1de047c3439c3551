//! The client machine on the bench: what a page shows, fed by a real hub.

use std::collections::BTreeMap;

use relay_core::hub::ConnId;
use shared::client::{Client, Effect, Identity, LineId};
use shared::frame::{Frame, PING, PONG};
use shared::limits::LINE_BYTES_MAX;
use shared::token::Claims;

use super::Bench;

pub struct Screen {
    pub client: Client,
    claims: Claims,
    lines: BTreeMap<LineId, ConnId>,
    /// How many lines were opened.
    pub opened: usize,
    /// The most that a line carried.
    pub heaviest: usize,
    /// The codes of the lines that the relay ended.
    pub ended: Vec<u16>,
}

impl Screen {
    /// A page that is connected and has loaded what it shows first.
    pub fn open(bench: &mut Bench, claims: &Claims) -> Self {
        let identity = if claims.role.is_staff() { Identity::Staff } else { Identity::Visitor(claims.sub) };
        let mut screen = Self {
            client: Client::new(identity, 7),
            claims: claims.clone(),
            lines: BTreeMap::new(),
            opened: 0,
            heaviest: 0,
            ended: Vec::new(),
        };
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
                    Effect::Open { line, position, .. } => {
                        let conn = bench.open_budgeted(&self.claims, position.as_ref(), LINE_BYTES_MAX);
                        self.lines.insert(line, conn);
                        self.opened += 1;
                        self.client.handle_open(bench.now, line);
                    }
                    Effect::Transmit { line, text } if text == PING => {
                        if let Some(conn) = self.lines.get(&line) {
                            bench.ping(*conn);
                        }
                        self.client.handle_frame(bench.now, line, PONG.len(), Some(Frame::Pong));
                    }
                    Effect::Transmit { line, text } => {
                        if let Some(conn) = self.lines.get(&line) {
                            bench.frame(*conn, &text);
                        }
                    }
                    Effect::Close { line, .. } => self.cut(bench, line),
                    Effect::Keep(_) | Effect::Forget { .. } | Effect::Arrived { .. } => {}
                }
            }
            for (line, conn) in self.lines.clone() {
                for frame in bench.take(conn) {
                    idle = false;
                    let bytes = frame.to_string().len();
                    self.client.handle_frame(bench.now, line, bytes, Some(Frame::from_node(&frame).unwrap()));
                }
                self.heaviest = self.heaviest.max(bench.weight(conn));
                if let Some(code) = bench.closed(conn).filter(|_| self.lines.contains_key(&line)) {
                    idle = false;
                    self.lines.remove(&line);
                    self.ended.push(code);
                    self.client.handle_close(bench.now, line, code);
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
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            self.cut(bench, line);
            self.client.handle_close(bench.now, line, 1006);
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

    fn cut(&mut self, bench: &mut Bench, line: LineId) {
        if let Some(conn) = self.lines.remove(&line) {
            bench.hang_up(conn);
        }
    }
}
