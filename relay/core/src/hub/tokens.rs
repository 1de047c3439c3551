//! Tokens of operators and integrations: issued, listed, withdrawn. Every use asks here whether the token is still good and
//! what for, so that a withdrawal counts from the next frame on; its open sockets are closed in the same turn.

use serde_json::{Value as Json, json};
use shared::access::Scope;
use shared::close;
use shared::limits::{
    HOLDER_BYTES_MAX, TOKEN_ROWS_KEEP_MS, TOKEN_TTL_MAX_S, TOKENS_LIVE_MAX, TOKENS_PAGE, TOKENS_PAGE_MAX,
};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::{Claims, Role};

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::history::page_size;
use super::input::{ConnId, ENTROPY_BYTES};
use super::organization::{check_name, expiry};
use super::{Decision, Refused};
use crate::auth::{text_of, token};
use crate::storage::Row;

/// A token that is asked for.
pub(super) struct Wish {
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) ttl_s: i64,
    pub(super) scopes: Option<Vec<Scope>>,
    pub(super) holder: Option<String>,
}

/// Who holds a token, and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// Under which name their messages' `client_id`s are unique: the same over all of a holder's tokens.
    pub(super) writer: String,
    scopes: Vec<Scope>,
}

impl Holder {
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    pub(super) fn require(&self, scope: Scope) -> Decision {
        if self.may(scope) {
            Ok(())
        } else {
            Err(Refused::new(Code::Forbidden, format!("the token lacks the scope {}", scope.as_str())))
        }
    }
}

impl Draft<'_> {
    /// Who holds this token. A token from before tokens were listed has what is usual for its role.
    pub(super) fn holder(&self, claims: &Claims) -> Decision<Holder> {
        if !claims.role.is_staff() {
            if self.is_erased(claims.sub)? {
                return Err(Refused::Problem(revoked()));
            }
            return Ok(Holder { writer: "visitor".into(), scopes: vec![] });
        }
        let statement = "SELECT holder, scopes, revoked_at FROM tokens WHERE token_id = ?";
        let Some(row) = self.sql.first(statement, &[claims.jti.as_str().into()])? else {
            let writer = format!("{}:{}", claims.role.as_str(), claims.name);
            return Ok(Holder { writer, scopes: Scope::usual(claims.role).to_vec() });
        };
        if row.optional_integer(2)?.is_some() {
            return Err(Refused::Problem(revoked()));
        }
        Ok(Holder { writer: format!("holder:{}", row.text(0)?), scopes: scopes_of(&row.text(1)?) })
    }

    /// As [`Draft::holder`], if the token is good for this.
    pub(super) fn holder_with(&self, claims: &Claims, scope: Scope) -> Decision<Holder> {
        let holder = self.holder(claims)?;
        if claims.role.is_staff() {
            holder.require(scope)?;
        }
        Ok(holder)
    }

    pub(super) fn issue_token(&mut self, actor: &Actor, wish: Wish, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        let Wish { role, name, ttl_s, scopes, holder } = wish;
        let org = self.organization()?.id.clone();
        if !role.is_staff() {
            return Err(Refused::new(
                Code::Invalid,
                "role is operator or integration; visitors get theirs by the publishable key",
            ));
        }
        check_name(&name)?;
        if !(1..=TOKEN_TTL_MAX_S).contains(&ttl_s) {
            return Err(Refused::new(Code::Invalid, format!("ttl_s is 1 to {TOKEN_TTL_MAX_S}")));
        }
        let mut scopes = scopes.unwrap_or_else(|| Scope::usual(role).to_vec());
        scopes.sort_unstable();
        scopes.dedup();
        if let Some(claims) = &actor.claims {
            let own = self.holder(claims)?;
            scopes.iter().try_for_each(|scope| own.require(*scope))?;
        }
        let token_id = text_of(entropy.get(..16).unwrap_or_default());
        let holder = holder.unwrap_or_else(|| token_id.clone());
        if holder.is_empty()
            || holder.len() > HOLDER_BYTES_MAX
            || !holder.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'))
        {
            return Err(Refused::new(
                Code::Invalid,
                format!("holder is 1 to {HOLDER_BYTES_MAX} letters, digits, hyphens, underscores, dots and @"),
            ));
        }
        let live = self
            .sql
            .first("SELECT COUNT(*) FROM tokens WHERE expires_at > ? AND revoked_at IS NULL", &[self.now.0.into()])?;
        if live.map_or(Ok(0), |row| row.integer(0))? >= TOKENS_LIVE_MAX {
            return Err(Refused::new(
                Code::Conflict,
                format!("the organization has {TOKENS_LIVE_MAX} live tokens: withdraw some first"),
            ));
        }
        let now_s = self.now.seconds();
        let claims =
            Claims { org, role, sub: 0, name, iat: now_s, exp: now_s.saturating_add(ttl_s), jti: token_id.clone() };
        let token = token::sign(&self.hub.config.signing, &claims)?;
        self.write("DELETE FROM tokens WHERE expires_at <= ?", [self.now.plus_ms(-TOKEN_ROWS_KEEP_MS).0]);
        self.write_all(
            "INSERT INTO tokens (token_id, holder, role, name, scopes, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            vec![
                token_id.as_str().into(),
                holder.as_str().into(),
                role.as_str().into(),
                claims.name.as_str().into(),
                words_of(&scopes).into(),
                self.now.0.into(),
                expiry(&claims).0.into(),
            ],
        );
        self.audit(actor, deed::TOKEN_ISSUED, Some(token_id.clone()))?;
        Ok(json!({
            "token": token, "token_id": token_id, "holder": holder, "role": role, "scopes": scopes,
            "expires_at": expiry(&claims),
        }))
    }

    pub(super) fn tokens(&self, before: Option<i64>, count: Option<i64>) -> Decision<Json> {
        let count = page_size(count, TOKENS_PAGE, TOKENS_PAGE_MAX)?;
        let rows = self.sql.query(
            "SELECT number, token_id, holder, role, name, scopes, issued_at, expires_at, revoked_at FROM tokens
             WHERE number < ? ORDER BY number DESC LIMIT ?",
            &[before.unwrap_or(shared::id::SAFE_INTEGER_MAX).into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let tokens = rows.iter().take(kept).map(|row| self.described(row)).collect::<Decision<Vec<_>>>()?;
        let last = rows.get(kept.saturating_sub(1)).map(|row| row.integer(0)).transpose()?;
        Ok(json!({"tokens": tokens, "next": last.filter(|_| rows.len() > kept)}))
    }

    fn described(&self, row: &Row) -> Decision<Json> {
        let (expires_at, revoked_at) = (row.integer(7)?, row.optional_integer(8)?);
        let state = match revoked_at {
            Some(_) => "revoked",
            None if expires_at <= self.now.0 => "expired",
            None => "live",
        };
        Ok(json!({
            "token_id": row.text(1)?, "holder": row.text(2)?, "role": row.text(3)?, "name": row.text(4)?,
            "scopes": scopes_of(&row.text(5)?), "issued_at": Timestamp(row.integer(6)?),
            "expires_at": Timestamp(expires_at), "revoked_at": revoked_at.map(Timestamp), "state": state,
        }))
    }

    /// Withdraws a token: from now on it opens nothing, and what it has opened is closed. Once is as good as twice.
    pub(super) fn revoke_token(&mut self, actor: &Actor, token_id: &str) -> Decision<Json> {
        let statement = "SELECT revoked_at FROM tokens WHERE token_id = ?";
        let row = self.sql.first(statement, &[token_id.into()])?;
        let row = row.ok_or_else(|| Refused::new(Code::NotFound, "there is no token with this id"))?;
        let revoked_at = match row.optional_integer(0)? {
            Some(at) => at,
            None => {
                self.write_all(
                    "UPDATE tokens SET revoked_at = ? WHERE token_id = ?",
                    vec![self.now.0.into(), token_id.into()],
                );
                self.audit(actor, deed::TOKEN_REVOKED, Some(token_id.into()))?;
                self.now.0
            }
        };
        let sessions = self.hub.sessions.values();
        let open = sessions.filter(|session| session.claims.role.is_staff() && session.claims.jti == token_id);
        let open: Vec<ConnId> = open.map(|session| session.conn).collect();
        for conn in open {
            self.dismiss(conn, None, &revoked(), close::UNAUTHORIZED);
            self.closed(conn)?;
        }
        Ok(json!({"token_id": token_id, "revoked_at": Timestamp(revoked_at)}))
    }
}

pub(super) fn revoked() -> Problem {
    Problem::new(Code::TokenRevoked, "the token was withdrawn; ask for a new one")
}

fn words_of(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// What a row says. A word of a later version of ours gives nothing.
fn scopes_of(words: &str) -> Vec<Scope> {
    words.split(' ').filter_map(Scope::parse).collect()
}
