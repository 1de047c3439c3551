//! The folder becomes one file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tar::{Builder, Header};

use crate::{BESIDE_A_DATABASE, Doing, Failure, LOCK, Tally, is_database};

/// A writer holds a database for milliseconds.
const BUSY_WITHIN: Duration = Duration::from_secs(30);

/// Copies a relay's folder into a tar file, which only its owner can read: it has the secrets in it. The file appears when
/// it is whole.
///
/// # Errors
/// If anything of the folder cannot be read, or the file cannot be written.
pub fn save(dir: &Path, to: &Path) -> Result<Tally, Failure> {
    if !dir.join("state").is_dir() {
        return Err(Failure(format!("{} is not the folder of a relay: it has no state/", dir.display())));
    }
    let draft = with_suffix(to, ".partial");
    let scratch = with_suffix(to, ".copy");
    let saved = write(dir, &draft, &scratch);
    // Whatever came of it, no second copy of anybody's messages stays behind.
    let _ = fs::remove_file(&scratch);
    match saved {
        Ok(tally) => fs::rename(&draft, to).doing("put in its place", to).map(|()| tally),
        Err(failure) => {
            let _ = fs::remove_file(&draft);
            Err(failure)
        }
    }
}

fn write(dir: &Path, draft: &Path, scratch: &Path) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let mut archive = Builder::new(private_file(draft).doing("write", draft)?);
    for path in files(dir)? {
        let name = path.strip_prefix(dir).doing("name", &path)?;
        if is_database(&path) {
            copy_database(&path, scratch)?;
            append(&mut archive, name, scratch)?;
            tally.databases += 1;
        } else {
            append(&mut archive, name, &path)?;
            tally.files += 1;
        }
    }
    let file = archive.into_inner().doing("finish", draft)?;
    file.sync_all().doing("finish", draft)?;
    Ok(tally)
}

/// Every file that is somebody's to keep, in a stable order.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).doing("list", &folder)? {
            let path = entry.doing("list", &folder)?.path();
            let name = path.to_string_lossy();
            if path.is_dir() {
                todo.push(path);
            } else if !BESIDE_A_DATABASE.iter().any(|suffix| name.ends_with(suffix)) && path != dir.join(LOCK) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn copy_database(from: &Path, to: &Path) -> Result<(), Failure> {
    let _ = fs::remove_file(to);
    // Closed to others before anything is in it.
    private_file(to).doing("write", to)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags).doing("open", from)?;
    connection.busy_timeout(BUSY_WITHIN).doing("open", from)?;
    connection.execute("VACUUM INTO ?", [to.to_string_lossy()]).doing("copy", from)?;
    Ok(())
}

fn append(archive: &mut Builder<File>, name: &Path, from: &Path) -> Result<(), Failure> {
    let mut file = File::open(from).doing("read", from)?;
    let mut header = Header::new_gnu();
    header.set_size(file.metadata().doing("read", from)?.len());
    header.set_mode(0o600);
    archive.append_data(&mut header, name, &mut file).doing("keep", from)
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
