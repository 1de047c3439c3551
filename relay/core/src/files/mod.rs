//! Files: what is taken, under which name it is kept, who opens it by which address, and with which headers it leaves.
//!
//! Nothing here stores anything. The hub keeps the books (`hub/files.rs`), the shell carries the bytes, and the door to
//! where they lie is [`place`].

pub mod dimensions;
pub mod link;
pub mod name;
pub mod place;
pub mod serving;
pub mod sniff;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::file::FileType;
use shared::limits::{FILE_BYTES_MAX, IMAGE_PIXELS_MAX};
use shared::problem::{Code, Problem};

/// A file whose bytes were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What it is.
    pub file_type: FileType,
    /// Its name, made safe.
    pub name: String,
    /// An image's width and height in pixels.
    pub dimensions: Option<(i64, i64)>,
}

/// Decides whether an upload is taken. The bytes say what it is; the name's ending and the declared media type have to
/// say the same.
///
/// # Errors
/// [`Code::TooLarge`], [`Code::Invalid`] for an empty file, or [`Code::UnsupportedType`] with what does not fit.
pub fn judge(name: &str, declared: &str, bytes: &[u8]) -> Result<Judged, Problem> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::new(Code::TooLarge, format!("a file has at most {FILE_BYTES_MAX} bytes")));
    }
    if bytes.is_empty() {
        return Err(Problem::new(Code::Invalid, "the file is empty"));
    }
    let name = name::clean(name);
    let file_type = sniff::sniff(bytes)
        .or_else(|| (name::extension(&name) == Some("csv") && sniff::is_table(bytes)).then_some(FileType::Csv))
        .ok_or_else(|| unsupported("the bytes are none of JPEG, PNG, WebP, PDF and CSV"))?;
    if !name::extension(&name).is_some_and(|extension| file_type.extensions().contains(&extension)) {
        return Err(unsupported(&format!(
            "the name does not end as one of {} does: .{}",
            file_type.as_str(),
            file_type.extensions().join(", .")
        )));
    }
    if !sniff::declares(declared, file_type) {
        return Err(unsupported(&format!("the Content-Type is another one; the bytes are {}", file_type.as_str())));
    }
    let dimensions = match file_type {
        FileType::Jpeg | FileType::Png | FileType::Webp => {
            let dimensions = dimensions::of(file_type, bytes);
            let (width, height) = dimensions.ok_or_else(|| unsupported("the image's header cannot be read"))?;
            if width.saturating_mul(height) > IMAGE_PIXELS_MAX {
                return Err(Problem::new(Code::TooLarge, format!("an image has at most {IMAGE_PIXELS_MAX} pixels")));
            }
            Some((width, height))
        }
        FileType::Pdf | FileType::Csv => None,
    };
    Ok(Judged { file_type, name, dimensions })
}

/// By what the same bytes are known again.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unsupported(detail: &str) -> Problem {
    Problem::new(Code::UnsupportedType, detail)
}
