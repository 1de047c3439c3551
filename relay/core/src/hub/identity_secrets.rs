//! The secrets by which the merchant's server vouches for its customers. Two live at a time, so that one can take the other's
//! place without a customer noticing. Each is shown once and kept sealed.

use serde_json::{Value as Json, json};
use shared::limits::IDENTITY_SECRETS_MAX;
use shared::problem::Code;
use shared::time::Timestamp;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::{Decision, Refused};
use crate::auth::{seal, text_of};

impl Draft<'_> {
    pub(super) fn add_identity_secret(&mut self, actor: &Actor, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        let known = self.sql.query("SELECT kid FROM identity_secrets", &[])?;
        if known.len() >= IDENTITY_SECRETS_MAX {
            return Err(Refused::new(
                Code::Conflict,
                format!("{IDENTITY_SECRETS_MAX} identity secrets are live: remove the older one first"),
            ));
        }
        let (id_chance, secret_chance) = entropy.split_at(6);
        let (kid, secret) = (text_of(id_chance), text_of(secret_chance));
        let context = self.identity_context(&kid)?;
        let sealed = seal::seal_steadily(&self.hub.config.sealing, &context, &secret)?;
        self.write_all(
            "INSERT INTO identity_secrets (kid, sealed, created_at) VALUES (?, ?, ?)",
            vec![kid.as_str().into(), sealed.into(), self.now.0.into()],
        );
        self.audit(actor, deed::IDENTITY_SECRET_ADDED, Some(kid.clone()))?;
        Ok(json!({"kid": kid, "secret": secret, "created_at": self.now}))
    }

    pub(super) fn list_identity_secrets(&self) -> Decision<Json> {
        let rows = self.sql.query("SELECT kid, created_at FROM identity_secrets ORDER BY created_at, kid", &[])?;
        let secrets = rows.iter().map(|row| Ok(json!({"kid": row.text(0)?, "created_at": Timestamp(row.integer(1)?)})));
        Ok(json!({"identity_secrets": secrets.collect::<Decision<Vec<_>>>()?}))
    }

    pub(super) fn remove_identity_secret(&mut self, actor: &Actor, kid: &str) -> Decision<Json> {
        if self.sql.first("SELECT 1 FROM identity_secrets WHERE kid = ?", &[kid.into()])?.is_none() {
            return Err(Refused::new(Code::NotFound, "there is no identity secret with this kid"));
        }
        self.write("DELETE FROM identity_secrets WHERE kid = ?", [kid]);
        self.audit(actor, deed::IDENTITY_SECRET_REMOVED, Some(kid.into()))?;
        Ok(json!({"kid": kid}))
    }

    /// The live secrets by their ids.
    pub(super) fn identity_secrets(&self) -> Decision<Vec<(String, String)>> {
        let rows = self.sql.query("SELECT kid, sealed FROM identity_secrets", &[])?;
        let open = |row: &crate::storage::Row| {
            let kid = row.text(0)?;
            let context = self.identity_context(&kid)?;
            let secret = seal::open(&self.hub.config.sealing, &context, &row.text(1)?)?;
            Ok((kid, secret))
        };
        rows.iter().map(open).collect()
    }

    pub(super) fn identity_context(&self, kid: &str) -> Decision<String> {
        Ok(format!("{}/identity/{kid}", self.organization()?.id))
    }
}
