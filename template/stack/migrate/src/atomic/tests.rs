use std::path::PathBuf;

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("stack-migrate-write-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn if_one_file_cannot_be_written_none_is() {
    let folder = folder("none");
    let (one, two) = (folder.join("1.sql"), folder.join("2.sql"));
    fs::write(&two, "mine").unwrap();
    assert!(write_all([(one.as_path(), "one"), (two.as_path(), "two")]).is_err());
    assert_eq!(names(&folder), ["2.sql"]);
    assert_eq!(fs::read_to_string(&two).unwrap(), "mine");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_folder_is_made_if_it_is_missing() {
    let folder = folder("made");
    write_all([(folder.join("new/1.sql").as_path(), "one")]).unwrap();
    assert_eq!(names(&folder.join("new")), ["1.sql"]);
    fs::remove_dir_all(folder).unwrap();
}
