//! Lists of lines that are sets.

use super::*;

#[test]
fn modules_that_both_declare_at_one_place_are_all_declared_in_order() {
    let (base, mine) = ("pub mod notes;\npub mod users;\n", "pub mod books;\npub mod notes;\npub mod users;\n");
    let new = "pub mod embeddings;\npub mod notes;\npub mod users;\n";
    let both = "pub mod books;\npub mod embeddings;\npub mod notes;\npub mod users;\n";
    assert_eq!(clean("src/repositories/mod.rs", base, mine, new), both);
    assert_eq!(clean("src/repositories/mod.rs", base, new, mine), both);
}

#[test]
fn a_module_that_the_template_removes_goes_and_the_users_beside_it_stays() {
    let base = "mod common;\nmod search;\nmod vectors;\n";
    let (mine, new) = ("mod common;\nmod search;\nmod tags;\nmod vectors;\nmod wishes;\n", "mod common;\n");
    assert_eq!(clean("tests/app/main.rs", base, mine, new), "mod common;\nmod tags;\nmod wishes;\n");
}

#[test]
fn the_same_module_from_both_sides_is_declared_once() {
    let merged = clean("lib.rs", "mod a;\n", "mod a;\nmod b;\nmod c;\n", "mod a;\nmod b;\nmod d;\n");
    assert_eq!(merged, "mod a;\nmod b;\nmod c;\nmod d;\n");
}

#[test]
fn a_module_with_two_visibilities_is_a_question() {
    let merged = file("lib.rs", "mod a;\n", "mod a;\npub mod b;\n", "mod a;\nmod b;\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn routes_that_both_add_at_one_place_are_all_there_and_one_path_for_two_handlers_is_a_question() {
    let router = |routes: &str| format!("    Router::new()\n{routes}        .with_state(state)\n");
    let (cart, search) =
        ("        .route(\"/cart\", get(cart::page))\n", "        .route(\"/search\", get(search::page))\n");
    let merged = clean("src/routes.rs", &router(""), &router(cart), &router(search));
    assert_eq!(merged, router(&format!("{cart}{search}")));
    let other = "        .route(\"/cart\", get(basket::page))\n";
    assert_eq!(kinds(&file("src/routes.rs", &router(""), &router(cart), &router(other))), [ConflictKind::Content]);
}

#[test]
fn imports_and_patterns_of_ignored_files_are_sets_too() {
    let merged = clean("a.rs", "use a::A;\n", "use a::A;\nuse c::{C, D};\n", "use a::A;\npub(crate) use b::B;\n");
    assert_eq!(merged, "use a::A;\npub(crate) use b::B;\nuse c::{C, D};\n");
    assert_eq!(
        clean(".gitignore", "/target\n", "/target\n/mine\n", "/target\n# New.\n/new\n"),
        "/target\n# New.\n/new\n/mine\n"
    );
}

#[test]
fn what_is_no_whole_item_is_left_to_the_person() {
    for (mine, new) in [
        ("#[cfg(unix)]\nmod b;\n", "mod c;\n"),
        ("mod b {\n}\n", "mod c;\n"),
        ("use b::{\n    B,\n};\n", "use c::C;\n"),
        ("mod b;\n", "use c::C;\n"),
        ("fn b() {}\n", "mod c;\n"),
    ] {
        let merged = file("lib.rs", "mod a;\n", &format!("mod a;\n{mine}"), &format!("mod a;\n{new}"));
        assert_eq!(kinds(&merged), [ConflictKind::Content], "{mine}{new}");
    }
    let merged = file(".gitignore", "a\n", "a\n!b\n", "a\nc\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn of_two_conflicts_in_a_file_only_the_one_that_is_no_set_is_marked() {
    let source = |module: &str, name: &str| format!("mod a;\n{module}\nfn main() {{\n    {name}();\n}}\n");
    let merged = file("main.rs", &source("", "old"), &source("mod b;\n", "mine"), &source("mod c;\n", "new"));
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
    let text = text(&merged, "main.rs");
    assert!(text.starts_with("mod a;\nmod b;\nmod c;\n\nfn main() {\n<<<<<<< yours\n    mine();\n=======\n"), "{text}");
}

#[test]
fn an_order_that_the_user_chose_stays() {
    let merged = clean("lib.rs", "mod z;\nmod a;\n", "mod z;\nmod a;\nmod y;\nmod b;\n", "mod z;\nmod a;\nmod c;\n");
    assert_eq!(merged, "mod z;\nmod a;\nmod c;\nmod y;\nmod b;\n");
}
