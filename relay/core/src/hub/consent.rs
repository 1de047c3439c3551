//! The ledger of consents: who was asked what, what they said, when, from where. Rows are only added; they go with the user
//! when everything of theirs is deleted, and then the receipt says how many there were.

use serde_json::{Value as Json, json};
use shared::action::Consent as Said;
use shared::event::{Consent as ConsentEvent, Event};
use shared::id::UserId;
use shared::limits::{CONSENTS_PAGE, CONSENTS_PAGE_MAX};
use shared::problem::Code;
use shared::time::Timestamp;
use shared::token::Claims;

use super::administration::Actor;
use super::audit::{deed, hash_of};
use super::draft::Draft;
use super::history::page_size;
use super::settings::ConsentText;
use super::{Decision, Refused};
use crate::storage::Row;
use crate::tools::csv;

const COLUMNS: &str = "entry_id, user_id, version, text_hash, given, at, address";

impl Draft<'_> {
    /// A text that visitors are asked about from now on. What a version said once, it says for ever.
    pub(super) fn keep_consent_text(&mut self, consent: &ConsentText) -> Decision {
        let hash = hash_of(consent.text.as_bytes());
        match self.consent_hash(&consent.version)? {
            Some(known) if known == hash => Ok(()),
            Some(_) => Err(Refused::new(
                Code::Conflict,
                "consent.version is the version of another text already: give the new text a new version",
            )),
            None => {
                self.write_all(
                    "INSERT INTO consent_texts (version, text, text_hash, since) VALUES (?, ?, ?, ?)",
                    vec![consent.version.as_str().into(), consent.text.as_str().into(), hash.into(), self.now.0.into()],
                );
                Ok(())
            }
        }
    }

    fn consent_hash(&self, version: &str) -> Decision<Option<String>> {
        let row = self.sql.first("SELECT text_hash FROM consent_texts WHERE version = ?", &[version.into()])?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// A visitor consents, or takes it back.
    pub(super) fn consent(
        &mut self,
        claims: &Claims,
        address: Option<&str>,
        version: &str,
        given: bool,
    ) -> Decision<Json> {
        if claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "nobody consents for a visitor"));
        }
        let hash = self.consent_hash(version)?;
        let hash = hash.ok_or_else(|| Refused::new(Code::NotFound, "there is no text of this version"))?;
        let user_id = claims.sub;
        // Said again, it is said already: a repeated frame is no second row.
        if self.last_consent(user_id, version)? == Some(given) {
            return Ok(Json::Null);
        }
        self.write_all(
            "INSERT INTO consents (user_id, version, text_hash, given, at, address) VALUES (?, ?, ?, ?, ?, ?)",
            vec![user_id.into(), version.into(), hash.into(), given.into(), self.now.0.into(), address.into()],
        );
        self.publish(&Event::Consent(ConsentEvent { user_id, version: version.into(), given }))?;
        Ok(Json::Null)
    }

    fn last_consent(&self, user_id: UserId, version: &str) -> Decision<Option<bool>> {
        let statement = "SELECT given FROM consents WHERE user_id = ? AND version = ? ORDER BY entry_id DESC LIMIT 1";
        let row = self.sql.first(statement, &[user_id.into(), version.into()])?;
        Ok(row.map(|row| row.integer(0)).transpose()?.map(|given| given == 1))
    }

    /// What a visitor is to be asked: the text, and whether they still have to be, after what they have `said` in this turn.
    pub(super) fn consent_asked(&self, user_id: UserId, said: Option<&Said>) -> Decision<Json> {
        let Some(consent) = self.organization()?.consent.clone() else { return Ok(Json::Null) };
        let last = match said.filter(|said| said.version == consent.version) {
            Some(said) => Some(said.given),
            None => self.last_consent(user_id, &consent.version)?,
        };
        let required = last != Some(true);
        Ok(json!({"version": consent.version, "text": consent.text, "required": required}))
    }

    /// A page of the ledger, oldest first.
    pub(super) fn consents_page(&mut self, actor: &Actor, after: Option<i64>, count: Option<i64>) -> Decision<Json> {
        let count = page_size(count, CONSENTS_PAGE, CONSENTS_PAGE_MAX)?;
        let rows = self.sql.query(
            &format!("SELECT {COLUMNS} FROM consents WHERE entry_id > ? ORDER BY entry_id LIMIT ?"),
            &[after.unwrap_or(0).into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let consents = rows.iter().take(kept).map(entry).collect::<Decision<Vec<_>>>()?;
        let last = rows.get(kept.saturating_sub(1)).map(|row| row.integer(0)).transpose()?;
        self.audit(actor, deed::CONSENTS_READ, None)?;
        Ok(json!({"consents": consents, "next": last.filter(|_| rows.len() > kept)}))
    }

    /// One user's rows of the ledger.
    pub(super) fn consents_of(&self, user_id: UserId) -> Decision<Vec<Json>> {
        let statement = format!("SELECT {COLUMNS} FROM consents WHERE user_id = ? ORDER BY entry_id");
        self.sql.query(&statement, &[user_id.into()])?.iter().map(entry).collect()
    }
}

fn entry(row: &Row) -> Decision<Json> {
    Ok(json!({
        "entry_id": row.integer(0)?, "user_id": row.integer(1)?, "version": row.text(2)?, "text_hash": row.text(3)?,
        "given": row.integer(4)? == 1, "at": Timestamp(row.integer(5)?), "address": row.optional_text(6)?,
    }))
}

/// A page of the ledger as CSV (RFC 4180), with a line of names.
#[must_use]
pub fn consents_csv(page: &Json) -> String {
    const NAMES: [&str; 7] = ["entry_id", "user_id", "version", "text_hash", "given", "at", "address"];
    csv::table(&NAMES, page.get("consents"))
}
