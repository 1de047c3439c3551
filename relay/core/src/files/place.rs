//! Where the bytes lie. One port with a few doors: a bucket where one is bound, else rows of the organization's SQLite.

use serde::{Deserialize, Serialize};
use shared::limits::FILE_CHUNK_BYTES;

use crate::storage::{Sql, SqlError};

/// A place for files. The word is kept with each file, so that a file is found where it was put, whatever is bound later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The R2 bucket bound as `FILES`.
    Bucket,
    /// Chunks in the organization's SQLite.
    Sqlite,
}

impl Place {
    /// The word that is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Sqlite => "sqlite",
        }
    }

    /// The place of a kept word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Bucket, Self::Sqlite].into_iter().find(|place| place.as_str() == word)
    }
}

/// The key of a file in a bucket, which organizations share.
#[must_use]
pub fn key(organization: &str, file_id: &str) -> String {
    format!("{organization}/{file_id}")
}

/// A part of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which chunk, from 0.
    pub number: i64,
    /// From which of its bytes.
    pub from: usize,
    /// Up to which of its bytes, exclusively.
    pub to: usize,
}

/// The pieces that `length` bytes from `offset` are made of, in order.
pub fn pieces(offset: i64, length: i64) -> impl Iterator<Item = Piece> {
    let chunk = i64::try_from(FILE_CHUNK_BYTES).unwrap_or(i64::MAX);
    let end = offset.saturating_add(length);
    let mut at = offset;
    std::iter::from_fn(move || {
        if at >= end || at < 0 {
            return None;
        }
        let number = at.div_euclid(chunk);
        let start = number.saturating_mul(chunk);
        let stop = end.min(start.saturating_add(chunk));
        let inside = |place: i64| usize::try_from(place.saturating_sub(start)).unwrap_or_default();
        let piece = Piece { number, from: inside(at), to: inside(stop) };
        at = stop;
        Some(piece)
    })
}

/// The bytes of a piece.
///
/// # Errors
/// If the store fails, or the chunk is gone.
pub fn read(sql: &dyn Sql, file_id: &str, piece: Piece) -> Result<Vec<u8>, SqlError> {
    let row = sql.first(
        "SELECT bytes FROM file_chunks WHERE file_id = ? AND number = ?",
        &[file_id.into(), piece.number.into()],
    )?;
    let mut bytes = row.ok_or_else(|| SqlError("a chunk of a file is gone".into()))?.blob(0)?;
    if piece.to > bytes.len() || piece.from > piece.to {
        return Err(SqlError("a chunk of a file is shorter than it should be".into()));
    }
    bytes.truncate(piece.to);
    bytes.drain(..piece.from);
    Ok(bytes)
}
