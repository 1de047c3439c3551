//! Who takes part: tokens' claims, and the actions of a walk-through.

use relay_core::hub::ConnId;
use serde_json::{Value, json};
use shared::id::UserId;
use shared::token::{Claims, Role};

use super::{Bench, ORGANIZATION, START};

fn claims(role: Role, sub: UserId, name: &str) -> Claims {
    Claims {
        org: ORGANIZATION.into(),
        role,
        sub,
        name: name.into(),
        iat: START.seconds(),
        exp: START.seconds() + 366 * 24 * 3600,
        jti: "t".into(),
    }
}

pub fn visitor(sub: UserId) -> Claims {
    claims(Role::Visitor, sub, "")
}

pub fn operator(name: &str) -> Claims {
    claims(Role::Operator, 0, name)
}

pub fn integration(name: &str) -> Claims {
    claims(Role::Integration, 0, name)
}

impl Bench {
    /// A visitor's message; its id.
    pub fn visitor_writes(&mut self, conn: ConnId, text: &str) -> i64 {
        self.writes(conn, json!({"action": "send_message", "text": text}))
    }

    /// An operator's message; its id.
    pub fn operator_writes(&mut self, conn: ConnId, user_id: UserId, text: &str) -> i64 {
        self.writes(conn, json!({"action": "send_message", "user_id": user_id, "text": text}))
    }

    fn writes(&mut self, conn: ConnId, action: Value) -> i64 {
        self.ask(conn, action).unwrap()["message"]["message_id"].as_i64().unwrap()
    }

    pub fn history(&mut self, conn: ConnId, user_id: UserId) -> Value {
        self.ask(conn, json!({"action": "history", "user_id": user_id, "limit": 100})).unwrap()
    }

    /// The texts of a chat, oldest first.
    pub fn texts(&mut self, conn: ConnId, user_id: UserId) -> Vec<String> {
        let page = self.history(conn, user_id);
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    }
}
