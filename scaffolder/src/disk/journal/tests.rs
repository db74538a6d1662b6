//! What is taken back, and what stays.

use super::*;

#[test]
fn what_was_made_is_taken_back_from_last_to_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::begin();
    journal.make_folders(&folder.path().join("a/b")).expect("folders");
    journal.make_file(&folder.path().join("a/b/c"), false).expect("a file");
    journal.make_whole(&folder.path().join("whole")).expect("a folder");
    fs::write(folder.path().join("whole/inside"), "x").expect("a file");
    drop(journal);
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_temporary_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let journal = Journal::begin();
    let folder = journal.make_temporary("test").expect("a folder");
    assert_eq!(fs::metadata(&folder).expect("a folder").permissions().mode() & 0o777, 0o700);
    drop(journal);
    assert!(!folder.exists());
}

#[test]
fn a_folder_that_somebody_else_uses_by_now_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::begin();
    journal.make_folder(&folder.path().join("shared")).expect("a folder");
    fs::write(folder.path().join("shared/theirs"), "x").expect("a file");
    drop(journal);
    assert!(folder.path().join("shared/theirs").exists());
}

#[test]
fn nothing_is_taken_back_after_the_conclusion() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::begin();
    journal.make_folder(&folder.path().join("kept")).expect("a folder");
    journal.commit(|| io::Result::Ok(())).expect("committed");
    drop(journal);
    assert!(folder.path().join("kept").exists());
}

#[test]
fn a_conclusion_that_fails_keeps_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::begin();
    journal.make_folder(&folder.path().join("gone")).expect("a folder");
    journal.commit(|| Err::<(), _>(io::Error::other("no"))).expect_err("refused");
    drop(journal);
    assert!(!folder.path().join("gone").exists());
}
