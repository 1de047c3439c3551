//! The books of files: announced, kept, sent, or let go. The bytes pass by here only as chunks on their way to SQLite.
//!
//! A file belongs to one chat and is sent there once, by the side that uploaded it. What is announced and not finished,
//! or uploaded and not sent, is let go by the alarm. A file in the bucket is struck off the books in the same turn that
//! orders its removal, and the order stands until the removal is reported.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::access::Scope;
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::limits::{
    FILE_ARRIVING_TTL_MS, FILE_BYTES_MAX, FILE_CHUNK_BYTES, FILE_REMOVAL_RETRY_MS, FILE_UNSENT_TTL_MS,
    FILES_LET_GO_AT_ONCE, FILES_QUOTA_BYTES, FILES_UNSENT_MAX,
};
use shared::message::{Side, source};
use shared::node::FromNode;
use shared::problem::Code;
use shared::reply::FileLink;
use shared::time::Timestamp;
use shared::token::{Claims, Role};

use super::actions::no_chat;
use super::connections::limit;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::messages::to_value;
use super::{Decision, Effect, Refused};
use crate::auth::{origin, text_of};
use crate::files::place::{self, Place};
use crate::files::{Judged, link};
use crate::storage::{Row, SqlError, Value as SqlValue};
use crate::upstream::ozon::{chat_send_file, is_chat_id};

/// Announced; its bytes are on their way.
const ARRIVING: &str = "arriving";
/// All there, and no message carries it yet.
const UNSENT: &str = "unsent";
/// A message carries it.
const SENT: &str = "sent";

/// The chat of a file that goes to one which is not known yet. It is nobody's id: visitors' are below, buyers' above.
const NO_CHAT: UserId = 0;

/// What the shell needs to hand a file out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Where its bytes are.
    pub place: Place,
    /// Its key in a bucket.
    pub key: String,
    /// The file.
    pub file_id: String,
    /// Its clean name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// A file whose bytes are about to come.
pub(super) struct Announced {
    pub(super) judged: Judged,
    pub(super) size: i64,
    pub(super) place: Place,
    /// Of the bytes, if it matters whether they come again.
    pub(super) digest: Option<String>,
}

struct FileRow {
    file_id: String,
    user_id: UserId,
    side: Side,
    name: String,
    media_type: String,
    size: i64,
    width: Option<i64>,
    height: Option<i64>,
    place: Place,
    state: String,
}

const FILE_COLUMNS: &str = "file_id, user_id, side, name, media_type, size, width, height, place, state";

impl FileRow {
    fn read(row: &Row) -> Decision<Self> {
        let side = Side::parse(&row.text(2)?).ok_or_else(|| SqlError("a file's side is neither of the two".into()))?;
        let place = Place::parse(&row.text(8)?).ok_or_else(|| SqlError("a file is at no place we know".into()))?;
        Ok(Self {
            file_id: row.text(0)?,
            user_id: row.integer(1)?,
            side,
            name: row.text(3)?,
            media_type: row.text(4)?,
            size: row.integer(5)?,
            width: row.optional_integer(6)?,
            height: row.optional_integer(7)?,
            place,
            state: row.text(9)?,
        })
    }

    fn opened(self, organization: &str) -> Opened {
        Opened {
            place: self.place,
            key: place::key(organization, &self.file_id),
            file_id: self.file_id,
            name: self.name,
            media_type: self.media_type,
            size: self.size,
        }
    }

    fn attachment(self) -> Attachment {
        Attachment {
            file_id: self.file_id,
            name: self.name,
            media_type: self.media_type,
            size: self.size,
            width: self.width,
            height: self.height,
        }
    }
}

impl Draft<'_> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn begin_file(
        &mut self,
        claims: &Claims,
        from: Option<&str>,
        user_id: UserId,
        judged: Judged,
        size: i64,
        place: Place,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        let organization = self.organization()?;
        if claims.org != organization.id {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        if claims.role == Role::Visitor && !from.is_some_and(|from| origin::is_allowed(from, &organization.origins)) {
            return Err(Refused::new(Code::OriginNotAllowed, "this page's origin is not on the organization's list"));
        }
        self.holder_with(claims, Scope::FilesWrite)?;
        let side = if claims.role.is_staff() { Side::Operator } else { Side::User };
        match self.chat(user_id)? {
            Some(chat) if chat.source == source::WIDGET => {}
            Some(chat) if chat.source == source::OZON && side == Side::Operator => {
                self.require_account(source::OZON)?
            }
            Some(chat) => {
                return Err(Refused::new(Code::Invalid, format!("no files are sent to chats of {}", chat.source)));
            }
            // A visitor's first message may be a file.
            None if side == Side::User => {}
            None => return Err(no_chat()),
        }
        self.announce(user_id, side, Announced { judged, size, place, digest: None }, entropy)
    }

    /// As [`Draft::begin_file`], of a file that goes to a chat of Ozon's by the vendor's own method. What is wrong with the
    /// call is told before anything is kept; a chat that is not known yet begins with its message.
    pub(super) fn begin_forward(
        &mut self,
        claims: &Claims,
        client_id: Option<&str>,
        chat_id: &str,
        announced: Announced,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        self.may_forward(claims, chat_send_file::PATH, client_id)?;
        if !is_chat_id(chat_id) {
            return Err(Refused::new(Code::Invalid, "chat_id is no chat's id"));
        }
        let user_id = self.chat_at(source::OZON, chat_id)?.map_or(NO_CHAT, |chat| chat.user_id);
        self.announce(user_id, Side::Operator, announced, entropy)
    }

    /// Keeps room for a file, and gives it an id.
    fn announce(
        &mut self,
        user_id: UserId,
        side: Side,
        announced: Announced,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Value> {
        let organization = self.organization()?.id.clone();
        let Announced { judged, size, place, digest } = announced;
        if !(1..=limit(FILE_BYTES_MAX)).contains(&size) {
            return Err(Refused::new(Code::TooLarge, format!("a file has 1 to {FILE_BYTES_MAX} bytes")));
        }
        let unsent = self.count(
            "SELECT COUNT(*) FROM files WHERE user_id = ? AND side = ? AND expires_at IS NOT NULL",
            &[user_id.into(), side.as_str().into()],
        )?;
        if unsent >= FILES_UNSENT_MAX {
            return Err(Refused::new(
                Code::RateLimited,
                format!("{FILES_UNSENT_MAX} files of this chat wait to be sent; send some of them first"),
            ));
        }
        if place == Place::Sqlite {
            let used = self.count("SELECT bytes FROM file_usage", &[])?;
            if used.saturating_add(size) > FILES_QUOTA_BYTES {
                return Err(Refused::new(
                    Code::QuotaExceeded,
                    format!("the organization's files may take {FILES_QUOTA_BYTES} bytes, and take {used}"),
                ));
            }
            self.write("UPDATE file_usage SET bytes = bytes + ?", [size]);
        }
        let file_id = text_of(entropy.get(..16).unwrap_or_default());
        let expires_at = self.now.plus_ms(FILE_ARRIVING_TTL_MS);
        self.write_all(
            "INSERT INTO files (file_id, user_id, side, name, media_type, size, width, height, place, state, created_at,
               expires_at, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                file_id.as_str().into(),
                user_id.into(),
                side.as_str().into(),
                judged.name.into(),
                judged.file_type.as_str().into(),
                size.into(),
                judged.dimensions.map(|(width, _)| width).into(),
                judged.dimensions.map(|(_, height)| height).into(),
                place.as_str().into(),
                ARRIVING.into(),
                self.now.0.into(),
                expires_at.0.into(),
                digest.into(),
            ],
        );
        self.wake_at(expires_at);
        Ok(json!({"key": place::key(&organization, &file_id), "file_id": file_id}))
    }

    pub(super) fn keep_chunk(&mut self, file_id: &str, number: i64, bytes: Vec<u8>) -> Decision<Value> {
        let file = self.file_in(file_id, ARRIVING)?;
        let piece = place::pieces(0, file.size).nth(usize::try_from(number).unwrap_or(usize::MAX));
        if file.place != Place::Sqlite
            || bytes.len() > FILE_CHUNK_BYTES
            || piece.map(|piece| piece.to) != Some(bytes.len())
        {
            return Err(Refused::new(Code::Internal, "this is no chunk of that file"));
        }
        self.write_all(
            "INSERT OR REPLACE INTO file_chunks (file_id, number, bytes) VALUES (?, ?, ?)",
            vec![file_id.into(), number.into(), bytes.into()],
        );
        Ok(Value::Null)
    }

    pub(super) fn finish_file(&mut self, file_id: &str) -> Decision<Value> {
        let file = self.file_in(file_id, ARRIVING)?;
        if file.place == Place::Sqlite {
            let statement = "SELECT COALESCE(SUM(LENGTH(bytes)), 0) FROM file_chunks WHERE file_id = ?";
            if self.count(statement, &[file_id.into()])? != file.size {
                return Err(Refused::new(Code::Internal, "not all bytes of the file are here"));
            }
        }
        let expires_at = self.now.plus_ms(FILE_UNSENT_TTL_MS);
        self.write_all(
            "UPDATE files SET state = ?, expires_at = ? WHERE file_id = ?",
            vec![UNSENT.into(), expires_at.0.into(), file_id.into()],
        );
        self.wake_at(expires_at);
        to_value(&file.attachment())
    }

    pub(super) fn abandon_file(&mut self, file_id: &str) -> Decision<Value> {
        let file = self.file_in(file_id, ARRIVING)?;
        self.strike_off(vec![file])?;
        Ok(Value::Null)
    }

    /// A file that a message is about to carry.
    pub(super) fn unsent_file(&self, user_id: UserId, side: Side, file_id: &str) -> Decision<Attachment> {
        let file = self.file(file_id)?.filter(|file| file.user_id == user_id && file.side == side);
        match file {
            Some(file) if file.state == UNSENT => Ok(file.attachment()),
            Some(file) if file.state == SENT => {
                Err(Refused::new(Code::Conflict, "the file was sent with another message; upload it again"))
            }
            // Another chat's file and none at all look the same from outside.
            _ => Err(no_file()),
        }
    }

    pub(super) fn file_sent(&mut self, file_id: &str, message_id: MessageId) {
        self.write_all(
            "UPDATE files SET state = ?, message_id = ?, expires_at = NULL WHERE file_id = ?",
            vec![SENT.into(), message_id.into(), file_id.into()],
        );
    }

    pub(super) fn open_file(&self, claims: Option<&Claims>, file_id: &str) -> Decision<Value> {
        let organization = &self.organization()?.id;
        if claims.is_some_and(|claims| claims.org != *organization) {
            return Err(Refused::new(Code::Forbidden, "the token is for another organization"));
        }
        if let Some(claims) = claims {
            self.holder_with(claims, Scope::ChatsRead)?;
        }
        let file = self.file(file_id)?.filter(|file| file.state != ARRIVING).ok_or_else(no_file)?;
        if !claims.is_none_or(|claims| may_open(claims, &file)) {
            return Err(no_file());
        }
        to_value(&file.opened(organization))
    }

    /// The file of a message on its way to an upstream.
    pub(super) fn file_to_send(&self, file_id: &str) -> Decision<Opened> {
        let file = self.file(file_id)?.filter(|file| file.state != ARRIVING);
        let gone = || Refused::new(Code::FileGone, "the file of the message is not kept any more");
        Ok(file.ok_or_else(gone)?.opened(&self.organization()?.id))
    }

    /// The file that an integrator's call is to send, which becomes one of this chat.
    pub(super) fn file_to_forward(&mut self, user_id: UserId, file_id: &str) -> Decision<Attachment> {
        let file = self.file_in(file_id, UNSENT)?;
        if file.side != Side::Operator || file.user_id != user_id && file.user_id != NO_CHAT {
            return Err(no_file());
        }
        if file.user_id != user_id {
            self.write_all("UPDATE files SET user_id = ? WHERE file_id = ?", vec![user_id.into(), file_id.into()]);
        }
        Ok(file.attachment())
    }

    /// A file that is not to be sent after all, since the same one has been.
    pub(super) fn let_file_go(&mut self, file_id: &str) -> Decision {
        let file = self.file_in(file_id, UNSENT)?;
        self.strike_off(vec![file])
    }

    pub(super) fn file_link(&self, claims: &Claims, file_id: &str) -> Decision<Value> {
        self.open_file(Some(claims), file_id)?;
        let (url, expires) = link::sign(&self.hub.config.signing, &self.organization()?.id, file_id, self.now)?;
        to_value(&FileLink { url, expires_at: Timestamp(expires.saturating_mul(1000)) })
    }

    /// Lets go of what has waited for too long, and asks again for removals that were not reported.
    pub(super) fn let_files_go(&mut self) -> Decision {
        let at_once = limit(FILES_LET_GO_AT_ONCE);
        let condition = "expires_at <= ? ORDER BY expires_at LIMIT ?";
        let files = self.files(condition, &[self.now.0.into(), at_once.into()])?;
        if files.len() >= FILES_LET_GO_AT_ONCE {
            self.wake_at(self.now.plus_ms(1));
        }
        self.strike_off(files)?;
        let again = self.sql.query(
            "SELECT file_key FROM file_removals WHERE due_at <= ? ORDER BY due_at LIMIT ?",
            &[self.now.0.into(), at_once.into()],
        )?;
        let keys = again.iter().map(|row| Ok(row.text(0)?)).collect::<Decision<Vec<_>>>()?;
        self.remove_from_bucket(keys);
        let next = self.sql.first(
            "SELECT MIN(at) FROM (SELECT MIN(expires_at) AS at FROM files WHERE expires_at > ?
             UNION ALL SELECT MIN(due_at) FROM file_removals WHERE due_at > ?)",
            &[self.now.0.into(), self.now.0.into()],
        )?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at));
        }
        Ok(())
    }

    pub(super) fn files_removed(&mut self, keys: &[String]) -> Decision {
        for key in keys {
            self.write("DELETE FROM file_removals WHERE file_key = ?", [key.as_str()]);
        }
        Ok(())
    }

    /// Deletes every file of a chat, whoever uploaded it; says how many. The messages that carried them are the caller's.
    pub(super) fn delete_files_of(&mut self, user_id: UserId) -> Decision<usize> {
        self.delete_files("user_id = ?", &[user_id.into()])
    }

    /// Deletes the files that messages up to this one have carried.
    pub(super) fn delete_files_up_to(&mut self, message_id: MessageId) -> Decision<usize> {
        self.delete_files("message_id <= ?", &[message_id.into()])
    }

    /// Deletes every file of the organization.
    pub(super) fn delete_all_files(&mut self) -> Decision<usize> {
        self.delete_files("1 = 1", &[])
    }

    fn delete_files(&mut self, condition: &str, params: &[SqlValue]) -> Decision<usize> {
        let files = self.files(condition, params)?;
        let count = files.len();
        self.strike_off(files)?;
        Ok(count)
    }

    /// Takes files off the books, and their bytes with them.
    fn strike_off(&mut self, files: Vec<FileRow>) -> Decision {
        let organization = self.organization()?.id.clone();
        let mut keys = Vec::new();
        for file in files {
            self.write("DELETE FROM files WHERE file_id = ?", [file.file_id.as_str()]);
            match file.place {
                Place::Sqlite => {
                    self.write("DELETE FROM file_chunks WHERE file_id = ?", [file.file_id.as_str()]);
                    self.write("UPDATE file_usage SET bytes = MAX(bytes - ?, 0)", [file.size]);
                }
                Place::Bucket => keys.push(place::key(&organization, &file.file_id)),
            }
        }
        self.remove_from_bucket(keys);
        Ok(())
    }

    fn remove_from_bucket(&mut self, keys: Vec<String>) {
        if keys.is_empty() {
            return;
        }
        let due_at = self.now.plus_ms(FILE_REMOVAL_RETRY_MS);
        for key in &keys {
            self.write_all(
                "INSERT INTO file_removals (file_key, due_at) VALUES (?, ?)
                 ON CONFLICT (file_key) DO UPDATE SET due_at = excluded.due_at",
                vec![key.as_str().into(), due_at.0.into()],
            );
        }
        self.wake_at(due_at);
        self.turn.effects.push(Effect::RemoveFiles { keys });
    }

    fn file_in(&self, file_id: &str, state: &str) -> Decision<FileRow> {
        self.file(file_id)?.filter(|file| file.state == state).ok_or_else(no_file)
    }

    fn file(&self, file_id: &str) -> Decision<Option<FileRow>> {
        // A made-up organization has no tables.
        self.organization()?;
        Ok(self.files("file_id = ?", &[file_id.into()])?.pop())
    }

    fn files(&self, condition: &str, params: &[SqlValue]) -> Decision<Vec<FileRow>> {
        let rows = self.sql.query(&format!("SELECT {FILE_COLUMNS} FROM files WHERE {condition}"), params)?;
        rows.iter().map(FileRow::read).collect()
    }

    fn count(&self, statement: &str, params: &[SqlValue]) -> Decision<i64> {
        self.sql.first(statement, params)?.map_or(Ok(0), |row| Ok(row.integer(0)?))
    }
}

/// Staff opens every file of its organization; a visitor what they uploaded themselves and what was sent to them.
fn may_open(claims: &Claims, file: &FileRow) -> bool {
    claims.role.is_staff() || file.user_id == claims.sub && (file.side == Side::User || file.state == SENT)
}

fn no_file() -> Refused {
    Refused::new(
        Code::NotFound,
        "there is no such file in this chat; an upload that is not sent is kept for three days",
    )
}

/// The attachment of a kept message.
pub(super) fn attachment_of(kept: Option<String>) -> Decision<Option<Attachment>> {
    let read = |text: String| {
        let node = serde_json::from_str::<Value>(&text).ok()?;
        Attachment::from_node(&node)
    };
    match kept {
        None => Ok(None),
        Some(text) => Ok(Some(read(text).ok_or_else(|| SqlError("a message's attachment cannot be read".into()))?)),
    }
}
