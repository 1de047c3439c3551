//! A folder comes back whole, also from the middle of somebody's writing, and nothing else passes for one.

use std::fs;
use std::path::{Path, PathBuf};

use relay_core::storage::{NativeStore, Sql, Store, Write, migrate};

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("prilavok-backup-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A folder as a relay keeps it, with one organization and a database that is still open.
fn relays_folder(root: &Path) -> (PathBuf, NativeStore) {
    let dir = root.join("relay");
    let state = dir.join("state/prilavok-organization");
    fs::create_dir_all(&state).expect("a folder");
    fs::write(dir.join("secrets.env"), "ADMIN_TOKEN='x'\n").expect("secrets");
    fs::write(dir.join("lock"), "").expect("a lock");
    let store = NativeStore::open(&state.join("one.sqlite")).expect("a database");
    store.query("PRAGMA journal_mode = WAL", &[]).expect("a log");
    migrate(&store).expect("a schema");
    let statement = "INSERT INTO organization (id, name, publishable_key, origins, epoch, created_at) VALUES ('a', 'A', 'k', '[]', 'old', 0)";
    store.commit(&[Write { statement, params: vec![] }]).expect("an organization");
    (dir, store)
}

fn read(dir: &Path, statement: &str) -> String {
    let store = NativeStore::open(&dir.join("state/prilavok-organization/one.sqlite")).expect("a database");
    store.first(statement, &[]).expect("an answer").expect("a row").text(0).expect("a text")
}

#[test]
fn a_folder_comes_back_with_what_only_its_log_holds_and_a_new_epoch() {
    let root = scratch("whole");
    let (dir, store) = relays_folder(&root);
    let file = root.join("kept.tar");
    let saved = backup::save(&dir, &file).expect("a copy");
    assert_eq!(saved, backup::Tally { databases: 1, files: 1 });
    drop(store);

    let back = root.join("back");
    assert_eq!(backup::restore(&file, &back).expect("a folder"), saved);
    assert_eq!(read(&back, "SELECT name FROM organization"), "A");
    assert_ne!(read(&back, "SELECT epoch FROM organization"), "old");
    assert_eq!(read(&dir, "SELECT epoch FROM organization"), "old", "the original is as it was");
    assert_eq!(fs::read_to_string(back.join("secrets.env")).expect("secrets"), "ADMIN_TOKEN='x'\n");
    assert!(!back.join("lock").exists());
    let left: Vec<_> = fs::read_dir(&root).expect("a list").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(left.len(), 3, "nothing else is left: {left:?}");
    let _ = fs::remove_dir_all(root);
}

#[cfg(unix)]
#[test]
fn what_is_saved_and_restored_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let root = scratch("private");
    let (dir, _store) = relays_folder(&root);
    let (file, back) = (root.join("kept.tar"), root.join("back"));
    backup::save(&dir, &file).expect("a copy");
    backup::restore(&file, &back).expect("a folder");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&back), mode(&back.join("secrets.env"))), (0o600, 0o700, 0o600));
    let _ = fs::remove_dir_all(root);
}

#[test]
fn nothing_is_restored_over_something_or_from_something_else() {
    let root = scratch("refusals");
    let (dir, _store) = relays_folder(&root);
    let file = root.join("kept.tar");
    backup::save(&dir, &file).expect("a copy");
    assert!(backup::restore(&file, &dir).is_err_and(|failure| failure.to_string().contains("not empty")));
    assert!(backup::save(&root, &root.join("no.tar")).is_err(), "no relay's folder");
    assert!(!root.join("no.tar").exists());

    // Cut in the middle: by far the likeliest damage.
    let whole = fs::read(&file).expect("a copy");
    let cut = root.join("cut.tar");
    fs::write(&cut, &whole[..whole.len() / 2]).expect("half of it");
    assert!(backup::restore(&cut, &root.join("half")).is_err());

    // An address outside of the folder.
    let mut header = tar::Header::new_gnu();
    let evil = root.join("evil.tar");
    let mut archive = tar::Builder::new(fs::File::create(&evil).expect("a file"));
    header.set_size(1);
    header.as_gnu_mut().expect("a header").name[..9].copy_from_slice(b"../evil.x");
    header.set_cksum();
    archive.append(&header, &b"x"[..]).expect("an entry");
    archive.finish().expect("a file");
    assert!(backup::restore(&evil, &root.join("inside")).is_err());
    assert!(!root.join("evil.x").exists());
    let _ = fs::remove_dir_all(root);
}
