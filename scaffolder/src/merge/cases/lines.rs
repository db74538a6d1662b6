//! Text, line by line. Cases 11–14, 25, 36, 45.

use std::cell::RefCell;

use insta::assert_snapshot;

use super::*;
use crate::merge::Driver;

#[test]
fn both_sides_changes_in_different_lines_are_clean() {
    assert_eq!(clean("a.txt", "1\n2\n3\n", "mine\n2\n3\n", "1\n2\nnew\n"), "mine\n2\nnew\n");
}

#[test]
fn every_conflict_of_a_file_is_marked() {
    let merged = file("a.txt", "1\n2\n3\n4\n5\n", "a\n2\n3\n4\nb\n", "c\n2\n3\n4\nd\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
    assert_snapshot!(text(&merged, "a.txt"), @r"
    <<<<<<< yours
    a
    =======
    c
    >>>>>>> template 0.2.0
    2
    3
    4
    <<<<<<< yours
    b
    =======
    d
    >>>>>>> template 0.2.0
    ");
}

#[test]
fn more_conflicts_than_an_exit_code_can_count_are_fine() {
    let lines = |word: &str| (0..300).map(|n| format!("{word} {n}\nsame {n}\nand {n}\n")).collect::<String>();
    let merged = file("a.txt", &lines("base"), &lines("mine"), &lines("new"));
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
    assert_eq!(text(&merged, "a.txt").matches("<<<<<<< yours\n").count(), 300);
}

#[test]
fn lines_that_both_insert_in_the_same_place_are_a_conflict_as_in_git() {
    let merged = file("routes.rs", "a\nb\n", "a\nmine\nb\n", "a\nnew\nb\n");
    assert_snapshot!(text(&merged, "routes.rs"), @r"
    a
    <<<<<<< yours
    mine
    =======
    new
    >>>>>>> template 0.2.0
    b
    ");
}

#[test]
fn a_line_of_the_users_one_line_away_from_the_templates_is_clean() {
    assert_eq!(clean("routes.rs", "a\nb\nc\n", "a\nmine\nb\nc\n", "a\nb\nnew\nc\n"), "a\nmine\nb\nnew\nc\n");
}

#[test]
fn the_same_change_on_both_sides_is_made_once() {
    assert_eq!(clean("mod.rs", "a\nb\n", "a\nsame\nb\n", "a\nsame\nb\n"), "a\nsame\nb\n");
    assert_eq!(clean("mod.rs", "a\nb\nc\nd\n", "a\nsame\nb\nc\nmine\n", "a\nsame\nb\nc\nd\n"), "a\nsame\nb\nc\nmine\n");
}

#[test]
fn the_users_line_endings_stay() {
    let (base, mine, new) = ("1\n2\n3\n", "mine\r\n2\r\n3\r\n", "1\n2\nnew\n");
    assert_eq!(clean("a.txt", base, mine, new), "mine\r\n2\r\nnew\r\n");
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(clean("a.txt", &crlf(base), "mine\n2\n3\n", &crlf(new)), "mine\n2\nnew\n");
}

#[test]
fn other_line_endings_alone_are_no_change() {
    assert_eq!(clean("a.txt", "1\n2\n", "1\r\n2\r\n", "new\n2\n3\n"), "new\r\n2\r\n3\r\n");
    assert_eq!(clean("a.png.b64", "1\r\n2\r\n", "1\n2\n", "new\r\n2\r\n"), "new\n2\n");
}

#[test]
fn the_template_may_change_line_endings_that_the_user_left_alone() {
    assert_eq!(clean("a.txt", "1\n2\n3\n", "mine\n2\n3\n", "1\r\n2\r\n3\r\n"), "mine\r\n2\r\n3\r\n");
}

#[test]
fn conflict_markers_have_the_users_line_endings() {
    let merged = file("a.txt", "1\n", "mine\r\n", "new\n");
    assert_eq!(text(&merged, "a.txt"), "<<<<<<< yours\r\nmine\r\n=======\r\nnew\r\n>>>>>>> template 0.2.0\r\n");
}

#[test]
fn mixed_line_endings_stay_where_they_are() {
    let ours = "1\r\n2\nmine\r\n4\r\n5\n";
    assert_eq!(clean("a.txt", "1\n2\n3\n4\n5\n", ours, "1\n2\n3\n4\nnew\n"), "1\r\n2\nmine\r\n4\r\nnew\r\n");
    assert_eq!(clean("a.txt", "1\n2\n3\n4\n5\n", ours, "1\r\n2\r\n3\r\n4\r\n5\r\n"), ours);
}

#[test]
fn a_byte_order_mark_of_the_users_stays() {
    assert_eq!(clean("a.txt", "1\n2\n3\n", "\u{feff}1\n2\n3\n", "1\n2\nnew\n"), "\u{feff}1\n2\nnew\n");
    assert_eq!(clean("a.txt", "\u{feff}1\n2\n3\n", "1\n2\nmine\n", "\u{feff}new\n2\n3\n"), "new\n2\nmine\n");
}

#[test]
fn no_newline_at_the_end_stays_so_and_is_no_change() {
    assert_eq!(clean("a.txt", "1\n2\n3\n", "1\n2\n3", "1\n2\nnew\n"), "1\n2\nnew");
    assert_eq!(clean("a.txt", "1\n2\n3", "mine\n2\n3\n", "1\n2\nnew"), "mine\n2\nnew\n");
    assert_eq!(clean("a.txt", "1", "1\r\n", "new"), "new\r\n");
}

#[test]
fn a_conflict_at_the_end_of_a_file_without_newline_has_whole_markers() {
    let merged = file("a.txt", "1\n2", "1\nmine", "1\nnew");
    assert!(text(&merged, "a.txt").ends_with("\n>>>>>>> template 0.2.0\n"));
}

#[test]
fn markers_left_from_an_earlier_run_are_lines_like_any_other() {
    let left = "<<<<<<< yours\nold mine\n=======\nold new\n>>>>>>> template 0.1.0\n";
    let merged = file("a.txt", "1\n2\n3\n", &format!("{left}2\nmine\n"), "1\n2\nnew\n");
    assert_snapshot!(text(&merged, "a.txt"), @r"
    <<<<<<< yours
    old mine
    =======
    old new
    >>>>>>> template 0.1.0
    2
    <<<<<<<< yours
    mine
    ========
    new
    >>>>>>>> template 0.2.0
    ");
}

#[test]
fn a_heading_underlined_with_equals_signs_is_no_marker() {
    let merged = file("a.rst", "Title\n=======\ntext\n", "Title\n=======\nmine\n", "Title\n=======\nnew\n");
    assert_snapshot!(text(&merged, "a.rst"), @r"
    Title
    =======
    <<<<<<<< yours
    mine
    ========
    new
    >>>>>>>> template 0.2.0
    ");
    let merged = file("a.rst", "Title\n==========\ntext\n", "Title\n==========\nmine\n", "Title\n==========\nnew\n");
    assert!(text(&merged, "a.rst").contains("\n<<<<<<< yours\n"));
}

#[test]
fn a_formatted_file_conflicts_only_where_the_template_changed_what_was_formatted() {
    let base = "fn a(x:u8){}\n\nfn b() {}\n\nfn c() {}\n";
    let formatted = "fn a(x: u8) {}\n\nfn b() {}\n\nfn c() {}\n";
    let new = "fn a(x:u8){}\n\nfn b() {}\n\nfn new() {}\n";
    assert_eq!(clean("a.rs", base, formatted, new), "fn a(x: u8) {}\n\nfn b() {}\n\nfn new() {}\n");
}

#[test]
fn text_that_is_not_utf_8_is_merged_like_any_other() {
    let merged = of_trees(
        &bytes(&[("a.txt", b"\xe9\n2\n3\n")]),
        &bytes(&[("a.txt", b"\xe9\xff\n2\n3\n")]),
        &bytes(&[("a.txt", b"\xe9\n2\n\xfc\n")]),
    );
    assert_eq!(merged.tree, bytes(&[("a.txt", b"\xe9\xff\n2\n\xfc\n")]));
}

#[test]
fn the_users_merge_driver_is_asked_for_what_both_changed_and_only_for_that() {
    #[derive(Default)]
    struct Asked(RefCell<Vec<String>>);
    impl Driver for Asked {
        fn merge(
            &self,
            path: &TreePath,
            base: Option<&[u8]>,
            ours: &[u8],
            _: &[u8],
            _: &Labels,
        ) -> Option<Result<Vec<u8>, Vec<u8>>> {
            self.0.borrow_mut().push(format!("{path} {}", base.is_some()));
            match path.as_str() {
                "clean" => Some(Ok(b"driven\n".to_vec())),
                "open" => Some(Err(ours.to_vec())),
                _ => None,
            }
        }
    }
    let driver = Asked::default();
    let names = ["added", "clean", "mine", "open", "other"];
    let files = |text: &str| names.iter().map(|name| (path(name), File::new(text))).collect::<Tree>();
    let (mut base, ours, mut theirs) = (files("base\n"), files("mine\r\n"), files("new\n"));
    base.remove(&path("added"));
    theirs.insert(path("mine"), File::new("base\n"));
    let merged = merge(&base, &ours, &theirs, &labels(), &driver);
    assert_eq!(*driver.0.borrow(), ["clean true", "open true", "other true", "added false"]);
    assert_eq!(text(&merged, "clean"), "driven\r\n");
    assert_eq!(text(&merged, "open"), "mine\r\n");
    assert_eq!(kinds(&merged), [ConflictKind::BothAdded, ConflictKind::Binary, ConflictKind::Content]);
}
