//! The state file: read at the start, replaced whole after each change, so that a killed process loses nothing it
//! answered for.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::Shop;

/// Reads the state; none if there is no file yet.
pub(crate) fn load(path: &Path) -> io::Result<Option<Shop>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

/// Replaces the state. The rename is what makes it whole: a reader finds the old file or the new one.
pub(crate) fn save(path: &Path, shop: &Shop) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    fs::write(&fresh, serde_json::to_vec_pretty(shop)?)?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_before_there_were_postings_is_still_read() {
        let mut kept = serde_json::to_value(Shop::opened(1, 0)).unwrap();
        let members = kept.as_object_mut().unwrap();
        for younger in ["endpoints", "last_endpoint_id", "clock_ahead_ms", "products", "postings"] {
            assert!(members.remove(younger).is_some(), "{younger}");
        }
        let older = serde_json::json!({"url": "http://x/", "is_active": true, "errors": [], "generation": 1});
        members.insert("push".into(), older);
        let shop: Shop = serde_json::from_value(kept).unwrap();
        assert!(shop.chats.len() >= 3 && shop.postings.is_empty() && shop.endpoints.is_empty());
    }
}
