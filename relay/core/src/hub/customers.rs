//! Customers whom the merchant vouches for, and what is known of a user.
//!
//! A vouched customer has one user id on every device, and nobody without a fresh identity gets it: an anonymous visitor who
//! identifies gets the customer's chat and leaves theirs behind; a session without identity is an anonymous one again. The two
//! are never merged. Of two values of an attribute the signed one counts.

use serde_json::{Map, Value as Json, json};
use shared::id::{UserId, visitor_id};
use shared::limits::NAME_CHARS_MAX;

use super::Decision;
use super::actions::no_chat;
use super::draft::Draft;
use crate::auth::identity::{self, Attributes, Identity};

impl Draft<'_> {
    /// Who an identity stands for; kept from the first time on.
    pub(super) fn customer(&mut self, jwt: &str, chance: u64) -> Decision<UserId> {
        let secrets = self.identity_secrets()?;
        let Identity { customer_id, attributes } = identity::verify(&secrets, jwt, self.now)?;
        let known = self.customer_user(&customer_id)?;
        let user_id = known.unwrap_or_else(|| visitor_id(chance));
        let previous = self.attributes_of(user_id, true)?;
        if known.is_none() {
            self.write_all(
                "INSERT INTO customers (customer_id, user_id, created_at) VALUES (?, ?, ?)",
                vec![customer_id.into(), user_id.into(), self.now.0.into()],
            );
        }
        self.keep_attributes(user_id, true, &attributes, &previous);
        let name = attributes.get("name").and_then(Json::as_str);
        if let Some(name) = name.filter(|name| is_name(name)) {
            self.write_all(
                "UPDATE chats SET user_name = ? WHERE user_id = ? AND user_name <> ?",
                vec![name.into(), user_id.into(), name.into()],
            );
        }
        Ok(user_id)
    }

    /// Keeps what a page's script says of a user who is somebody already: who has written, or is vouched for. `null` takes
    /// an attribute back.
    pub(super) fn told_by_script(&mut self, user_id: UserId, vouched: bool, told: &Attributes) -> Decision {
        if told.is_empty() {
            return Ok(());
        }
        let mut told = told.clone();
        let gone: Vec<String> =
            told.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone()).collect();
        told.retain(|_, value| !value.is_null());
        identity::check(&told)?;
        if !vouched && self.chat(user_id)?.is_none() {
            return Ok(());
        }
        let mut all = self.attributes_of(user_id, false)?;
        let previous = all.clone();
        all.extend(told);
        all.retain(|name, _| !gone.contains(name));
        identity::check(&all)?;
        self.keep_attributes(user_id, false, &all, &previous);
        Ok(())
    }

    fn keep_attributes(&mut self, user_id: UserId, verified: bool, now: &Attributes, previous: &Attributes) {
        for name in previous.keys().filter(|name| !now.contains_key(*name)) {
            self.write_all(
                "DELETE FROM attributes WHERE user_id = ? AND verified = ? AND name = ?",
                vec![user_id.into(), verified.into(), name.as_str().into()],
            );
        }
        for (name, value) in now.iter().filter(|(name, value)| previous.get(*name) != Some(*value)) {
            self.write_all(
                "INSERT OR REPLACE INTO attributes (user_id, verified, name, value, updated_at) VALUES (?, ?, ?, ?, ?)",
                vec![
                    user_id.into(),
                    verified.into(),
                    name.as_str().into(),
                    value.to_string().into(),
                    self.now.0.into(),
                ],
            );
        }
    }

    fn customer_user(&self, customer_id: &str) -> Decision<Option<UserId>> {
        let row = self.sql.first("SELECT user_id FROM customers WHERE customer_id = ?", &[customer_id.into()])?;
        Ok(row.map(|row| row.integer(0)).transpose()?)
    }

    /// Whether a user is one whom the merchant vouches for.
    pub(super) fn is_customer(&self, user_id: UserId) -> Decision<bool> {
        Ok(self.sql.first("SELECT 1 FROM customers WHERE user_id = ?", &[user_id.into()])?.is_some())
    }

    pub(super) fn attributes_of(&self, user_id: UserId, verified: bool) -> Decision<Attributes> {
        let statement = "SELECT name, value FROM attributes WHERE user_id = ? AND verified = ?";
        let rows = self.sql.query(statement, &[user_id.into(), verified.into()])?;
        let pairs = rows.iter().map(|row| Ok((row.text(0)?, serde_json::from_str(&row.text(1)?).unwrap_or_default())));
        pairs.collect()
    }

    /// The name that the merchant vouches for.
    pub(super) fn vouched_name(&self, user_id: UserId) -> Decision<Option<String>> {
        let name = self.attributes_of(user_id, true)?.remove("name");
        Ok(name.and_then(|name| name.as_str().filter(|name| is_name(name)).map(Into::into)))
    }

    /// `GET /v1/users/{user_id}`: who they are, and who says so.
    pub(super) fn profile(&self, user_id: UserId) -> Decision<Json> {
        let chat = self.chat(user_id)?;
        let row = self.sql.first("SELECT customer_id FROM customers WHERE user_id = ?", &[user_id.into()])?;
        let customer_id = row.map(|row| row.text(0)).transpose()?;
        if chat.is_none() && customer_id.is_none() {
            return Err(no_chat());
        }
        let mut attributes = Map::new();
        for verified in [false, true] {
            for (name, value) in self.attributes_of(user_id, verified)? {
                attributes.insert(name, json!({"value": value, "verified": verified}));
            }
        }
        Ok(json!({
            "user_id": user_id, "user_name": chat.as_ref().map(|chat| &chat.user_name),
            "source": chat.as_ref().map(|chat| &chat.source), "customer_id": customer_id, "attributes": attributes,
        }))
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX
}
