//! Putting finished files where they are served from.
//!
//! wrangler watches dist/ and reloads at every write, so a file is written only when its bytes differ, all at once
//! by a rename, and files that nobody makes any more are removed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Failure};
use crate::paths::Paths;

/// Relative path to content.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Makes `folder` hold exactly `files`; says how many files it wrote or removed.
pub fn publish(paths: &Paths, folder: &Path, files: &Files) -> Result<usize, Failure> {
    let mut changed = 0;
    for (name, content) in files {
        let to = folder.join(name);
        if std::fs::read(&to).is_ok_and(|there| &there == content) {
            continue;
        }
        write(&to, content).doing(|| format!("write {}", paths.shown(&to)))?;
        changed += 1;
    }
    for name in read_tree(paths, folder)?.into_keys().filter(|name| !files.contains_key(name)) {
        let stale = folder.join(name);
        std::fs::remove_file(&stale).doing(|| format!("remove {}", paths.shown(&stale)))?;
        changed += 1;
        // And the folders that are empty now: one that is not refuses to go.
        let above = stale.ancestors().skip(1).take_while(|above| *above != folder);
        for above in above {
            if std::fs::remove_dir(above).is_err() {
                break;
            }
        }
    }
    Ok(changed)
}

/// Every file under `folder`, with its content.
pub fn read_tree(paths: &Paths, folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(next) = todo.pop() {
        for entry in std::fs::read_dir(&next).doing(|| format!("list {}", paths.shown(&next)))? {
            let path = entry.doing(|| format!("list {}", paths.shown(&next)))?.path();
            if path.is_dir() {
                todo.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.insert(name.to_owned(), read(paths, &path)?);
            }
        }
    }
    Ok(files)
}

/// One file of the sources; a missing one is named as what the build lacks.
pub fn read(paths: &Paths, path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).doing(|| format!("read {}, which the build needs", paths.shown(path)))
}

fn write(to: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut draft = to.as_os_str().to_owned();
    draft.push(".new");
    std::fs::write(&draft, content)?;
    std::fs::rename(&draft, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_again_changes_nothing_and_a_dropped_file_goes_away() {
        let root = std::env::temp_dir().join(format!("prilavok-publish-{}", std::process::id()));
        let paths = Paths { root: root.clone() };
        let folder = root.join("www");
        let mut files: Files = [("a.js".into(), b"1".to_vec()), ("widget/b.css".into(), b"2".to_vec())].into();
        assert_eq!(publish(&paths, &folder, &files).ok(), Some(2));
        assert_eq!(publish(&paths, &folder, &files).ok(), Some(0));
        files.remove(Path::new("a.js"));
        assert_eq!(publish(&paths, &folder, &files).ok(), Some(1));
        assert_eq!(read_tree(&paths, &folder).ok().as_ref(), Some(&files));
        files.insert("widget/0a/c.js".into(), b"3".to_vec());
        assert_eq!(publish(&paths, &folder, &files).ok(), Some(1));
        files.remove(Path::new("widget/0a/c.js"));
        assert_eq!(publish(&paths, &folder, &files).ok(), Some(1));
        assert!(!folder.join("widget/0a").exists(), "an emptied folder goes, too");
        assert!(folder.join("widget").exists());
        let _ = std::fs::remove_dir_all(root);
    }
}
