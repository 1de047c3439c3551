//! The file becomes a folder, and what is in it learns that it comes from a copy.

use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use relay_core::storage::{EPOCH_ENTROPY_BYTES, NativeStore, Sql, Value, mark_restored};
use tar::{Archive, EntryType};

use crate::{Doing, Failure, Tally, is_database};

/// Unpacks a saved folder into one that is not there yet, or is empty. What was saved is checked by SQLite before any of it
/// is called restored.
///
/// # Errors
/// If the folder has something in it, the file is not whole, or a database is broken.
pub fn restore(from: &Path, dir: &Path) -> Result<Tally, Failure> {
    if dir.exists() && fs::read_dir(dir).doing("list", dir)?.next().is_some() {
        return Err(Failure(format!(
            "{} is not empty: restore into a new folder, then serve from that",
            dir.display()
        )));
    }
    make_private(dir).doing("make", dir)?;
    let mut tally = Tally::default();
    let mut archive = Archive::new(File::open(from).doing("open", from)?);
    for entry in archive.entries().doing("read", from)? {
        let mut entry = entry.doing("read", from)?;
        let name = entry.path().doing("read", from)?.into_owned();
        let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        if entry.header().entry_type() != EntryType::Regular || !is_inside {
            return Err(Failure(format!("{} was not saved by this program: {}", from.display(), name.display())));
        }
        let to = dir.join(&name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).doing("make", folder)?;
        }
        entry.unpack(&to).doing("write", &to)?;
        if is_database(&to) {
            check_and_mark(&to)?;
            tally.databases += 1;
        } else {
            tally.files += 1;
        }
    }
    if dir.join("state").is_dir() {
        Ok(tally)
    } else {
        Err(Failure(format!("{} has no relay's folder in it", from.display())))
    }
}

fn check_and_mark(path: &Path) -> Result<(), Failure> {
    let store = NativeStore::open(path).doing("open", path)?;
    let verdict = store.first("PRAGMA integrity_check", &[]).doing("check", path)?;
    if verdict.map(|row| row.0) != Some(vec![Value::Text("ok".into())]) {
        return Err(Failure(format!("{} is broken", path.display())));
    }
    let mut entropy = [0; EPOCH_ENTROPY_BYTES];
    getrandom::fill(&mut entropy).doing("get random bytes for", &PathBuf::from("a new epoch"))?;
    mark_restored(&store, &entropy).doing("mark", path).map(|_| ())
}

fn make_private(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
