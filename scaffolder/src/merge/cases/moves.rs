//! Files and folders that one side or both moved. Cases 3, 4, 5, 19.

use insta::assert_snapshot;

use super::*;

const BODY: &str = "fn one() {}\nfn two() {}\nfn three() {}\nfn four() {}\nfn five() {}\n";

fn edited(number: &str, to: &str) -> String {
    BODY.replace(number, to)
}

#[test]
fn an_edit_of_the_users_goes_along_when_the_template_renames_the_file() {
    let (mine, new) = (edited("one", "mine"), edited("five", "new"));
    let merged = of(&[("old.rs", BODY)], &[("old.rs", &mine)], &[("new.rs", &new)]);
    assert_snapshot!(summary(&merged), @r"
    file new.rs
    moved old.rs -> new.rs
    ");
    assert_eq!(text(&merged, "new.rs"), edited("one", "mine").replace("five", "new"));
}

#[test]
fn an_edit_of_the_templates_goes_to_where_the_user_moved_the_file() {
    let (mine, new) = (edited("one", "mine"), edited("five", "new"));
    let merged = of(&[("old.rs", BODY)], &[("deep/mine.rs", &mine)], &[("old.rs", &new)]);
    assert_snapshot!(summary(&merged), @"file deep/mine.rs");
    assert_eq!(text(&merged, "deep/mine.rs"), edited("one", "mine").replace("five", "new"));
}

#[test]
fn the_users_own_files_go_along_when_the_template_renames_their_folder() {
    let other = BODY.replace("fn", "struct");
    let merged = of(
        &[("src/my_app/a.rs", BODY), ("src/my_app/b.rs", &other), ("src/main.rs", "main\n")],
        &[
            ("src/my_app/a.rs", &edited("one", "mine")),
            ("src/my_app/b.rs", &other),
            ("src/my_app/own.rs", "own\n"),
            ("src/my_app/deep/own.rs", "deep\n"),
            ("src/main.rs", "main\n"),
        ],
        &[("src/shop/a.rs", BODY), ("src/shop/b.rs", &other), ("src/main.rs", "main\n")],
    );
    assert_snapshot!(summary(&merged), @r"
    file src/main.rs
    file src/shop/a.rs
    file src/shop/b.rs
    file src/shop/deep/own.rs
    file src/shop/own.rs
    moved src/my_app/a.rs -> src/shop/a.rs
    moved src/my_app/b.rs -> src/shop/b.rs
    moved src/my_app/deep/own.rs -> src/shop/deep/own.rs
    moved src/my_app/own.rs -> src/shop/own.rs
    ");
    assert_eq!(text(&merged, "src/shop/a.rs"), edited("one", "mine"));
}

#[test]
fn a_new_file_of_the_templates_goes_into_the_folder_that_the_user_renamed() {
    let merged = of(&[("a/x.rs", BODY)], &[("b/x.rs", BODY)], &[("a/x.rs", BODY), ("a/new.rs", "new\n")]);
    assert_snapshot!(summary(&merged), @r"
    file b/new.rs
    file b/x.rs
    ");
}

#[test]
fn a_file_of_the_users_stays_if_its_place_in_the_renamed_folder_is_taken() {
    let merged = of(
        &[("a/x.rs", BODY)],
        &[("a/x.rs", BODY), ("a/own.rs", "own\n"), ("b/own.rs", "another\n")],
        &[("b/x.rs", BODY)],
    );
    assert_snapshot!(summary(&merged), @r"
    file a/own.rs
    file b/own.rs
    file b/x.rs
    moved a/x.rs -> b/x.rs
    ");
}

#[test]
fn a_file_renamed_by_the_user_in_a_folder_renamed_by_the_template_gets_both_names() {
    let other = BODY.replace("fn", "struct");
    let merged = of(
        &[("a/x.rs", BODY), ("a/z.rs", &other)],
        &[("a/y.rs", BODY), ("a/z.rs", &other)],
        &[("b/x.rs", BODY), ("b/z.rs", &other)],
    );
    assert_snapshot!(summary(&merged), @r"
    file b/y.rs
    file b/z.rs
    moved a/y.rs -> b/y.rs
    moved a/z.rs -> b/z.rs
    ");
}

#[test]
fn a_file_that_both_moved_to_different_places_is_in_both() {
    let (mine, new) = (edited("one", "mine"), edited("five", "new"));
    let merged = of(&[("a.rs", BODY)], &[("mine.rs", &mine)], &[("new.rs", &new)]);
    assert_snapshot!(summary(&merged), @r"
    file mine.rs
    file new.rs
    MovedApart mine.rs beside new.rs
    ");
    assert_eq!(text(&merged, "mine.rs"), edited("one", "mine").replace("five", "new"));
    assert_eq!(text(&merged, "new.rs"), new);
}

#[test]
fn a_file_that_both_moved_to_the_same_place_is_merged_there() {
    let (mine, new) = (edited("one", "mine"), edited("five", "new"));
    let merged = of(&[("a.rs", BODY)], &[("b.rs", &mine)], &[("b.rs", &new)]);
    assert_snapshot!(summary(&merged), @"file b.rs");
    assert_eq!(text(&merged, "b.rs"), edited("one", "mine").replace("five", "new"));
}

#[test]
fn a_rename_that_the_user_made_by_hand_counts_however_much_they_changed() {
    let merged = of(
        &[("a.rs", BODY)],
        &[("b.rs", "fn one() {}\nall\nthat is\nmine\nand\nmuch longer\nthan before\n")],
        &[("b.rs", BODY)],
    );
    assert_snapshot!(summary(&merged), @"file b.rs");
    assert!(text(&merged, "b.rs").contains("much longer"));
}

#[test]
fn names_that_differ_in_case_only_are_the_same_file() {
    let merged = of(
        &[("Readme.md", BODY)],
        &[("Readme.md", &edited("one", "mine"))],
        &[("README.md", "a quite different text\n")],
    );
    assert_snapshot!(summary(&merged), @r"
    file README.md
    Content README.md
    moved Readme.md -> README.md
    ");
    assert!(text(&merged, "README.md").contains("fn mine() {}"));
}

#[test]
fn a_rename_with_heavy_edits_on_both_sides_loses_neither() {
    let mine = "mine 1\nmine 2\nfn three() {}\nfn four() {}\nfn five() {}\n";
    let new = "fn one() {}\nfn two() {}\nfn three() {}\nnew 4\nnew 5\n";
    let merged = of(&[("old.rs", BODY)], &[("old.rs", mine)], &[("new.rs", new)]);
    assert_snapshot!(summary(&merged), @r"
    file new.rs
    moved old.rs -> new.rs
    ");
    assert_eq!(text(&merged, "new.rs"), "mine 1\nmine 2\nfn three() {}\nnew 4\nnew 5\n");
}

#[test]
fn a_file_rewritten_beyond_recognition_while_moved_is_two_files() {
    let merged = of(
        &[("old.rs", BODY)],
        &[("old.rs", &edited("one", "mine"))],
        &[("new.rs", "nothing\nof the\nold\nis in here\n")],
    );
    assert_snapshot!(summary(&merged), @r"
    file new.rs
    file old.rs
    DeletedByTemplate old.rs
    ");
}

#[test]
fn a_file_that_went_along_with_a_folder_of_the_users_is_deleted_with_the_template() {
    let base = [("src/a.rs", BODY), ("src/b.rs", "other\nlines\n")];
    let merged = of(&base, &[("lib/a.rs", BODY), ("lib/b.rs", "other\nlines\n")], &[("src/b.rs", "other\nlines\n")]);
    assert_snapshot!(summary(&merged), @"file lib/b.rs");
}

#[test]
fn the_most_similar_file_is_the_renamed_one() {
    let close = edited("five", "new");
    let far = "fn one() {}\nfn two() {}\nfn three() {}\nelse\nelse\n";
    for (near, other) in [("p.rs", "q.rs"), ("q.rs", "p.rs")] {
        let merged = of(&[("a.rs", BODY)], &[("a.rs", &edited("one", "mine"))], &[(near, &close), (other, far)]);
        assert_eq!(merged.conflicts, []);
        assert!(text(&merged, near).contains("fn mine() {}"));
        assert_eq!(text(&merged, other), far);
    }
}

#[test]
fn a_rename_onto_a_file_of_the_users_is_not_made() {
    let merged = of(&[("a.rs", BODY)], &[("a.rs", &edited("one", "mine")), ("b.rs", "own\n")], &[("b.rs", BODY)]);
    assert_snapshot!(summary(&merged), @r"
    file a.rs
    file b.rs
    DeletedByTemplate a.rs
    BothAdded b.rs
    ");
    assert!(text(&merged, "b.rs").contains("own\n"));
}

#[test]
fn line_endings_do_not_hide_a_rename() {
    let merged = of(&[("a.rs", BODY)], &[("b.rs", &BODY.replace('\n', "\r\n"))], &[("a.rs", &edited("five", "new"))]);
    assert_snapshot!(summary(&merged), @"file b.rs");
    assert_eq!(text(&merged, "b.rs"), edited("five", "new").replace('\n', "\r\n"));
}
