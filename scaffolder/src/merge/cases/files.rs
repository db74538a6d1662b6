//! Whole files: deleted, added, binary, executable, in each other's way. Cases 1, 2, 6, 7, 10, 16, 20.

use insta::assert_snapshot;

use super::*;

const A: (&str, &str) = ("a.txt", "one\ntwo\n");

#[test]
fn a_file_that_the_user_edited_survives_its_deletion_by_the_template() {
    let merged = of(&[A], &[("a.txt", "one\nmine\n")], &[]);
    assert_snapshot!(summary(&merged), @r"
    file a.txt
    DeletedByTemplate a.txt
    ");
    assert_eq!(text(&merged, "a.txt"), "one\nmine\n");
    let conflict = &merged.conflicts[0];
    assert_eq!((&conflict.base, &conflict.theirs), (&Some(File::new("one\ntwo\n")), &None));
}

#[test]
fn a_pristine_file_goes_when_the_template_deletes_it() {
    assert_eq!(of(&[A], &[A], &[]), Merged::default());
}

#[test]
fn other_line_endings_do_not_keep_a_pristine_file() {
    assert_eq!(of(&[A], &[("a.txt", "\u{feff}one\r\ntwo\r\n")], &[]), Merged::default());
}

#[test]
fn a_file_that_the_user_deleted_stays_deleted_and_is_named() {
    let merged = of(&[A], &[], &[("a.txt", "one\nnew\n")]);
    assert_snapshot!(summary(&merged), @"kept deleted a.txt");
}

#[test]
fn a_file_that_both_deleted_is_nothing_to_report() {
    assert_eq!(of(&[A], &[], &[]), Merged::default());
    assert_eq!(of(&[A], &[], &[A]), Merged::default());
}

#[test]
fn the_same_file_added_by_both_is_clean() {
    assert_snapshot!(summary(&of(&[], &[A], &[A])), @"file a.txt");
}

#[test]
fn different_files_added_by_both_are_shown_difference_by_difference() {
    let merged = of(&[], &[("a.txt", "same\nmine\nsame too\nmore of mine\n")], &[("a.txt", "same\nnew\nsame too\n")]);
    assert_eq!(kinds(&merged), [ConflictKind::BothAdded]);
    assert_snapshot!(text(&merged, "a.txt"), @r"
    same
    <<<<<<< yours
    mine
    =======
    new
    >>>>>>> template 0.2.0
    same too
    <<<<<<< yours
    more of mine
    =======
    >>>>>>> template 0.2.0
    ");
}

#[test]
fn a_binary_file_that_both_changed_stays_and_the_templates_stands_beside() {
    let (base, ours, theirs) = (b"\0base".as_slice(), b"\0mine".as_slice(), b"\0new".as_slice());
    let merged = of_trees(
        &bytes(&[("logo.png", base)]),
        &bytes(&[("logo.png", ours), ("logo.png.template", b"taken")]),
        &bytes(&[("logo.png", theirs)]),
    );
    assert_snapshot!(summary(&merged), @r"
    file logo.png
    file logo.png.template
    file logo.png.template2
    Binary logo.png beside logo.png.template2
    ");
    assert_eq!(merged.tree[&path("logo.png")].bytes, ours);
    assert_eq!(merged.tree[&path("logo.png.template2")].bytes, theirs);
    assert_eq!(merged.tree[&path("logo.png.template")].bytes, b"taken");
}

#[test]
fn a_binary_file_that_only_the_template_changed_is_the_templates() {
    let (base, theirs) = (bytes(&[("logo.png", b"\0a")]), bytes(&[("logo.png", b"\0b")]));
    assert_eq!(of_trees(&base, &base, &theirs).tree, theirs);
}

#[test]
fn the_executable_bit_is_merged_on_its_own() {
    let plain = tree(&[("run", "base\n")]);
    let mut executable = plain.clone();
    executable.get_mut(&path("run")).expect("a file").executable = true;
    let edited = tree(&[("run", "mine\n")]);

    let merged = of_trees(&plain, &edited, &executable);
    assert_eq!(merged.tree[&path("run")], File { bytes: b"mine\n".to_vec(), executable: true });
    let merged = of_trees(&executable, &plain, &executable);
    assert_eq!(merged.tree, plain);
    let merged = of_trees(&plain, &executable, &edited);
    assert_eq!(merged.tree[&path("run")], File { bytes: b"mine\n".to_vec(), executable: true });
    assert!(merged.conflicts.is_empty());
}

#[test]
fn the_users_file_stays_where_the_template_wants_a_folder() {
    let merged = of(&[], &[("docs", "mine\n")], &[("docs/index.md", "new\n")]);
    assert_snapshot!(summary(&merged), @r"
    file docs
    Blocked docs/index.md
    ");
    assert_eq!(merged.conflicts[0].theirs, Some(File::new("new\n")));
}

#[test]
fn the_users_folder_stays_where_the_template_wants_a_file() {
    let merged = of(&[], &[("docs/mine.md", "mine\n")], &[("docs", "new\n")]);
    assert_snapshot!(summary(&merged), @r"
    file docs.template
    file docs/mine.md
    Blocked docs beside docs.template
    ");
}

#[test]
fn a_pristine_file_makes_way_for_a_folder() {
    let merged = of(&[("docs", "base\n")], &[("docs", "base\n")], &[("docs/index.md", "quite another\n")]);
    assert_snapshot!(summary(&merged), @"file docs/index.md");
}

#[test]
fn an_edited_file_does_not_make_way_for_a_folder() {
    let merged = of(&[("docs", "base\n")], &[("docs", "mine\n")], &[("docs/index.md", "quite another\n")]);
    assert_snapshot!(summary(&merged), @r"
    file docs
    DeletedByTemplate docs
    Blocked docs/index.md
    ");
}

#[test]
fn unusual_names_are_names_like_any_other() {
    let names = ["with space.txt", "-dash", "gr\u{fc}n/\u{4e2d}.txt", "it's.txt"];
    let files = |text: &str| names.iter().map(|name| (path(name), File::new(text))).collect::<Tree>();
    let merged = of_trees(&files("1\n2\n3\n"), &files("mine\n2\n3\n"), &files("1\n2\nnew\n"));
    assert_eq!(merged.tree, files("mine\n2\nnew\n"));
}

#[test]
fn a_file_of_the_users_that_differs_in_case_only_is_not_overwritten_on_any_platform() {
    let merged = of(&[], &[("Notes.md", "mine\n")], &[("notes.md", "new\n")]);
    assert_snapshot!(summary(&merged), @r"
    file Notes.md
    file notes.md.template
    Blocked notes.md beside notes.md.template
    ");
}
