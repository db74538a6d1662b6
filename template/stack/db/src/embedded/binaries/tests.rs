use super::*;

#[test]
fn the_major_version_is_read_from_releases_packages_and_betas() {
    assert_eq!(major("postgres (PostgreSQL) 18.6\n"), Some(18));
    assert_eq!(
        major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
        Some(15)
    );
    assert_eq!(major("postgres (PostgreSQL) 19beta2\n"), Some(19));
    assert_eq!(major("command not found"), None);
}

#[test]
fn versions_come_highest_first_by_number_and_not_by_letter() {
    let root = std::env::temp_dir().join(format!("stack-db-versions-{}", std::process::id()));
    for version in ["9.6", "16", "15", "notes"] {
        std::fs::create_dir_all(root.join(version).join("bin")).expect("create");
    }
    let found = versions(&format!("{}/*/bin", root.display()));
    std::fs::remove_dir_all(&root).expect("remove");
    let names: Vec<_> = found
        .iter()
        .filter_map(|path| path.parent()?.file_name()?.to_str())
        .collect();
    assert_eq!(names, ["16", "15", "9.6"]);
}

#[test]
fn an_empty_folder_holds_no_programs() {
    assert_eq!(
        inspect(&std::env::temp_dir().join("no-such-folder"), None),
        None
    );
}
