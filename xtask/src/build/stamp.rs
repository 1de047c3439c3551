//! Making a thing again only when what it is made from has changed.
//!
//! By content, not by time: a fresh checkout, a switch of branches and a `touch` all change times and nothing else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Failure};
use crate::paths::Paths;
use crate::progress::Step;

/// Bumped when the steps themselves change, so that results of the old steps are not taken for new ones.
const RECIPE: u32 = 1;

/// The folder in which `name` was made, made anew if `inputs` differ from last time.
///
/// `make` gets an empty folder. The stamp is written last, so a broken run is made again.
pub fn made(
    paths: &Paths,
    name: &str,
    inputs: &[&[u8]],
    make: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    quietly(paths, name, inputs, |folder| {
        let step = Step::start(name);
        make(folder)?;
        step.done();
        Ok(())
    })
}

/// The same for a small thing that nobody waits for.
pub fn quietly(
    paths: &Paths,
    name: &str,
    inputs: &[&[u8]],
    make: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let folder = paths.workshop().join(name);
    let stamp_path = paths.workshop().join(format!("{name}.stamp"));
    let stamp = stamp_of(inputs);
    if std::fs::read_to_string(&stamp_path).is_ok_and(|last| last == stamp) {
        return Ok(folder);
    }
    for old in [&stamp_path, &folder] {
        remove(old).doing(|| format!("remove {}", paths.shown(old)))?;
    }
    std::fs::create_dir_all(&folder).doing(|| format!("make {}", paths.shown(&folder)))?;
    make(&folder)?;
    std::fs::write(&stamp_path, stamp).doing(|| format!("write {}", paths.shown(&stamp_path)))?;
    Ok(folder)
}

pub fn stamp_of(inputs: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    (RECIPE, inputs).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_inputs_changes_the_stamp() {
        assert_ne!(stamp_of(&[b"ab", b"c"]), stamp_of(&[b"a", b"bc"]));
        assert_eq!(stamp_of(&[b"ab", b"c"]), stamp_of(&[b"ab", b"c"]));
    }
}
