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
fn the_blank_line_before_a_list_stays_before_what_is_left_of_it() {
    let base = "use a::A;\n\npub mod retries;\nmod rotation;\nmod table;\n";
    let mine = "use a::A;\n\nmod ours;\npub mod retries;\nmod rotation;\nmod table;\n";
    let new = "use a::A;\n\nmod rotation;\nmod table;\n";
    let both = "use a::A;\n\nmod ours;\nmod rotation;\nmod table;\n";
    assert_eq!(clean("outbox.rs", base, mine, new), both);
    assert_eq!(clean("outbox.rs", base, new, mine), both);
    assert_eq!(clean("outbox.rs", new, both, base), mine);
}

#[test]
fn modules_are_in_order_whatever_their_visibility_is() {
    let base = "mod links;\nmod sessions;\n";
    let mine = "mod links;\nmod ours;\nmod sessions;\n";
    let new = "mod links;\npub mod passkeys;\npub(crate) mod recovery;\nmod sessions;\n";
    let both = "mod links;\nmod ours;\npub mod passkeys;\npub(crate) mod recovery;\nmod sessions;\n";
    assert_eq!(clean("accounts.rs", base, mine, new), both);
    assert_eq!(clean("accounts.rs", base, new, mine), both);
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
fn what_is_surely_no_set_is_left_to_the_person() {
    let code = |lines: &str| format!("fn main() {{\n    start();\n{lines}}}\n");
    let rules = |lines: &str| format!("mod a;\n{lines}");
    for (around, mine, new) in [
        (&code as &dyn Fn(&str) -> String, "    b();\n", "    c();\n"),
        (&code, "    .layer(b)\n", "    .layer(c)\n"),
        (&rules, "macro_rules! b {\n    () => {};\n}\n", "macro_rules! c {\n    () => {};\n}\n"),
        (&rules, "fn b() {}\n", "fn b() -> u8 {\n    0\n}\n"),
        (&rules, "struct B;\n", "enum B {}\n"),
    ] {
        let merged = file("lib.rs", &around(""), &around(mine), &around(new));
        assert_eq!(kinds(&merged), [ConflictKind::Content], "{mine}{new}");
    }
    let merged = file(".gitignore", "a\n", "a\n!b\n", "a\nc\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn items_of_every_kind_and_shape_are_taken_from_both() {
    let items = [
        "mod b;\n",
        "use c::C;\n",
        "use d::{\n    D,\n    E,\n};\n",
        "#[cfg(unix)]\nmod e;\n",
        "/// What it does.\npub async fn f(\n    a: u8,\n) -> u8 {\n    a\n}\n",
        "#[derive(Debug)]\npub struct G {\n    g: u8,\n}\n",
        "id! {\n    /// Of an h.\n    H\n}\n",
        "impl<T> I<T>\nwhere\n    T: Clone,\n{\n    fn i() {}\n}\n",
        "const J: &str = \"\\\nfn b() {}\n\";\n",
        "static K: &str = r#\"\nmod b;\n}\n\"#;\n",
    ];
    for (index, mine) in items.iter().enumerate() {
        for new in &items[index + 1..] {
            let source = |item: &str| format!("//! About.\n\nmod a;\n\n{item}\nfn last() {{}}\n");
            let there = clean("lib.rs", &source(""), &source(mine), &source(new));
            let back = clean("lib.rs", &source(""), &source(new), &source(mine));
            for merged in [&there, &back] {
                let full = |text: &str| text.lines().filter(|line| !line.is_empty()).count();
                assert_eq!(full(merged), full(&source("")) + full(mine) + full(new), "{merged}");
                assert!(merged.contains(mine) && merged.contains(new), "{merged}");
            }
            assert_eq!(clean("lib.rs", &source(""), &source(mine), &there), there, "once more");
        }
    }
}

#[test]
fn names_in_one_declaration_of_imports_are_a_set() {
    let merged = clean("a.rs", "use a::{B, D};\n", "use a::{B, C, D};\n", "use a::{B, D, E, f::{G, h}};\n");
    assert_eq!(
        merged,
        "use a::{\n    B, C, D, E,\n    f::{G, h},\n};\n".replace("B, C, D, E,", "B,\n    C,\n    D,\n    E,")
    );
    let names = |more: &str| {
        format!(
            "mod a;\n\nfn f() {{\n    use pages::{{\n        account, {more}confirmation, forgot_password, live, mailed_link, notes, reset_password, settings,\n        visitor,\n    }};\n}}\n"
        )
    };
    let merged = clean("a.rs", &names(""), &names("books, "), &names("cards, "));
    assert!(merged.contains("account, books, cards, confirmation,"), "{merged}");
    assert!(merged.lines().all(|line| line.len() <= 110), "{merged}");
    let merged = file("a.rs", "use a::{B};\n", "use a::{B, C};\n", "use a::{B, /* why */ D};\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn fields_members_and_links_that_both_add_are_all_there() {
    let source = |field: &str, member: &str, link: &str| {
        format!(
            "struct A {{\n    a: u8,\n{field}}}\n\nconst LIST: &[(&str, fn() -> u8)] = &[\n    (\"a\", || 0),\n{member}];\n\n\
             fn page() -> Markup {{\n    html! {{\n        nav {{\n            @if visitor {{\n                a href=\"/a\" {{ \"A\" }}\n{link}            }}\n        }}\n    }}\n}}\n"
        )
    };
    let mine = source(
        "    /// Mine.\n    b: u8,\n",
        "    (\"b\", || {\n        1\n    }),\n",
        "                a href=\"/b\" { \"B\" }\n",
    );
    let new =
        source("    c: u8,\n", "    (\"c\", || {\n        2\n    }),\n", "                a href=\"/c\" { \"C\" }\n");
    let merged = clean("a.rs", &source("", "", ""), &mine, &new);
    for line in [
        "    /// Mine.\n    b: u8,\n",
        "    c: u8,\n",
        "        1\n    }),\n",
        "        2\n    }),\n",
        "\"/b\"",
        "\"/c\"",
    ] {
        assert_eq!(merged.matches(line).count(), 1, "{merged}");
    }
    let other = source("    b: u16,\n", "", "");
    assert_eq!(kinds(&file("a.rs", &source("", "", ""), &mine, &other)), [ConflictKind::Content]);
}

#[test]
fn what_both_add_at_different_places_stands_there_once() {
    let twice = |name: &str, base: &str, mine: &str, new: &str, item: &str| {
        let merged = clean(name, base, mine, new);
        assert_eq!(merged.matches(item).count(), 1, "{name}: {merged}");
        merged
    };
    twice(
        "lib.rs",
        "mod a;\nmod b;\nmod c;\n",
        "mod z;\nmod a;\nmod b;\nmod c;\n",
        "mod a;\nmod b;\nmod c;\nmod z;\n",
        "mod z;",
    );
    let compose = |first: &str, last: &str| {
        format!("services:\n{first}  app:\n    image: app\n  db:\n    image: postgres\n{last}")
    };
    let mail = "  mail:\n    image: mail\n    ports:\n      - \"25:25\"\n";
    twice("compose.yaml", &compose("", ""), &compose(mail, ""), &compose("", mail), "  mail:");
    twice(".env.example", "A=1\nB=2\nC=3\n", "Z=1\nA=1\nB=2\nC=3\n", "A=1\nB=2\nC=3\nZ=1\n", "Z=1");
    twice(".gitignore", "/a\n/b\n/c\n", "/z\n/a\n/b\n/c\n", "/a\n/b\n/c\n/z\n", "/z");
    let table = |first: &str, last: &str| format!("# T\n\n| a | b |\n|---|---|\n{first}| 1 | 2 |\n| 3 | 4 |\n{last}");
    twice("a.md", &table("", ""), &table("| 9 | 9 |\n", ""), &table("", "| 9 | 9 |\n"), "| 9 | 9 |");
}

#[test]
fn one_key_with_two_values_is_a_question_wherever_they_stand() {
    for (name, base, mine, new) in [
        (".env.example", "A=1\nB=2\nC=3\n", "Z=1\nA=1\nB=2\nC=3\n", "A=1\nB=2\nC=3\nZ=2\n"),
        ("a.yaml", "a: 1\nb: 2\nc: 3\n", "z: 1\na: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\nz: 2\n"),
        (
            "a.rs",
            "mod a;\nmod b;\nmod c;\n",
            "mod z;\nmod a;\nmod b;\nmod c;\n",
            "mod a;\nmod b;\nmod c;\npub mod z;\n",
        ),
        ("a.toml", "a = 1\nb = 2\nc = 3\n", "z = 1\na = 1\nb = 2\nc = 3\n", "a = 1\nb = 2\nc = 3\nz = 2\n"),
        (
            "a.md",
            "| a |\n|---|\n| b | 1 |\n| c | 1 |\n",
            "| a |\n|---|\n| z | 1 |\n| b | 1 |\n| c | 1 |\n",
            "| a |\n|---|\n| b | 1 |\n| c | 1 |\n| z | 2 |\n",
        ),
    ] {
        for (ours, theirs) in [(mine, new), (new, mine)] {
            let merged = file(name, base, ours, theirs);
            assert_eq!(kinds(&merged), [ConflictKind::Content], "{name}: {}", text(&merged, name));
        }
    }
}

#[test]
fn a_key_with_two_values_is_marked_where_it_stands_and_nothing_else() {
    let merged = file(".env", "A=1\nB=2\nC=3\n", "Z=1\nA=1\nB=2\nC=3\n", "A=1\nB=2\nC=3\nZ=2\n");
    insta::assert_snapshot!(text(&merged, ".env"), @r"
    <<<<<<< yours
    Z=1
    =======
    Z=2
    >>>>>>> template 0.2.0
    A=1
    B=2
    C=3
    ");
}

#[test]
fn services_settings_rows_and_entries_that_both_add_at_one_place_are_all_there() {
    let services = |more: &str| format!("services:\n  app:\n    image: app\n{more}\nvolumes:\n  data:\n");
    let (mail, cache) = ("\n  # Mail.\n  mail:\n    image: mail\n", "\n  cache:\n    image: cache\n");
    let merged = clean("compose.yaml", &services(""), &services(mail), &services(cache));
    assert_eq!(merged, services(&format!("{cache}{mail}")));
    assert_eq!(clean(".env.example", "A=1\n", "A=1\n# Mine.\nB=1\n", "A=1\n# C=1\n"), "A=1\n# C=1\n# Mine.\nB=1\n");
    let table = |more: &str| format!("| a | b |\n|---|---|\n| 1 | 2 |\n{more}\nText.\n");
    assert_eq!(
        clean("a.md", &table(""), &table("| 3 | 4 |\n"), &table("| 5 | 6 |\n")),
        table("| 3 | 4 |\n| 5 | 6 |\n")
    );
    let list = |more: &str| format!("Read:\n\n- [A](a.md): one\n{more}\n## More\n");
    let merged = clean("a.md", &list(""), &list("- [B](b.md): two\n"), &list("- [C](c.md)\n  three\n"));
    assert_eq!(merged, list("- [C](c.md)\n  three\n- [B](b.md): two\n"));
}

#[test]
fn steps_that_run_in_order_and_lines_of_a_text_are_no_sets() {
    for (name, base, mine, new) in [
        ("ci.yml", "steps:\n  - run: a\n", "steps:\n  - run: a\n  - run: b\n", "steps:\n  - run: a\n  - run: c\n"),
        ("ci.yml", "run: |\n  a: 1\n", "run: |\n  a: 1\n  b: 1\n", "run: |\n  a: 1\n  c: 1\n"),
        ("a.md", "```\n- a\n```\n", "```\n- a\n- b\n```\n", "```\n- a\n- c\n```\n"),
        ("a.md", "1. a\n", "1. a\n2. b\n", "1. a\n2. c\n"),
    ] {
        assert_eq!(kinds(&file(name, base, mine, new)), [ConflictKind::Content], "{name}");
    }
}

#[test]
fn a_text_in_the_code_that_looks_like_an_item_is_none() {
    let test = |name: &str| format!("#[test]\nfn {name}() {{\n    let text = r#\"\nmod z;\n\"#;\n}}\n\n");
    let source = |first: &str, last: &str| format!("{first}fn one() {{}}\n\nfn two() {{}}\n\n{last}fn three() {{}}\n");
    let merged = clean("a.rs", &source("", ""), &source(&test("a"), ""), &source("", &test("b")));
    assert_eq!(merged, source(&test("a"), &test("b")));
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

#[test]
fn a_comment_behind_a_field_on_one_side_leaves_it_a_field() {
    let value = |fields: &str| format!("fn a() -> A {{\n    A {{\n        port: 3,\n{fields}    }}\n}}\n");
    let mine = value("        timeout: 15, // Ours: \"slow\", with a comma,\n");
    let merged =
        clean("a.rs", &value("        timeout: 20,\n"), &mine, &value("        retries: 3,\n        timeout: 20,\n"));
    assert_eq!(merged, value("        retries: 3,\n        timeout: 15, // Ours: \"slow\", with a comma,\n"));
}

#[test]
fn what_a_file_says_of_itself_goes_with_no_item() {
    let (base, mine) = ("//! A.\n\nmod c;\nmod d;\n", "//! A.\n\nmod b;\nmod c;\nmod d;\n");
    let merged = file("lib.rs", base, mine, "//! A.\nmod c;\nmod d;\n");
    let text = text(&merged, "lib.rs");
    assert_eq!(text.matches("//! A.").count(), 1, "{text}");
}

#[test]
fn a_pattern_that_is_indented_is_one_of_its_own() {
    let (base, new) = ("/a\n  /b\n/c\n", "/new\n  /b\n");
    let merged = file(".gitignore", base, "", new);
    assert!(
        !text(&merged, ".gitignore").contains("/b") || !merged.conflicts.is_empty(),
        "{}",
        text(&merged, ".gitignore")
    );
}

#[test]
fn a_module_with_an_attribute_is_sorted_like_the_others() {
    let base = "pub mod current_user;\npub mod edge;\npub mod notes;\n";
    let mine = "pub mod current_user;\npub mod edge;\n#[cfg(feature = \"export\")]\npub mod export;\npub mod notes;\n";
    let merged = clean("lib.rs", base, mine, "pub mod current_user;\npub mod limits;\npub mod notes;\n");
    let both =
        "pub mod current_user;\n#[cfg(feature = \"export\")]\npub mod export;\npub mod limits;\npub mod notes;\n";
    assert_eq!(merged, both);
}

#[test]
fn an_item_that_one_side_removed_stays_away_where_its_neighbours_look_alike() {
    let item = |name: &str| format!("/// What {name} does.\npub fn {name}() -> u8 {{\n    0\n}}\n\n");
    let source = |names: &[&str]| names.iter().map(|name| item(name)).collect::<String>() + "fn main() {}\n";
    let merged = clean("a.rs", &source(&["a", "c", "e"]), &source(&["a", "c", "d"]), &source(&["a", "e", "d"]));
    assert_eq!(merged, source(&["a", "d"]));
}

#[test]
fn a_merge_that_is_made_again_changes_nothing() {
    let source = |items: &str| format!("# About.\n\n{items}\nLAST=1\n");
    let (base, theirs) = (source("V0=0\n"), source("V1=0\nV12=0\n"));
    let merged = clean(".env.example", &base, &source("V0=0\nV12=0\n"), &theirs);
    assert_eq!(clean(".env.example", &base, &merged, &theirs), merged);
}

#[test]
fn a_table_whose_columns_one_side_made_wider_is_the_same_table() {
    let narrow = "# A\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3 | 4 |\n";
    let wide =
        |last: &str, more: &str| format!("# A\n\n| a    | b |\n|------|:-:|\n| 1    | {last} |\n| 3    | 4 |\n{more}");
    let mine = wide("2", "| mine | 5 |\n");
    let merged = clean("a.md", narrow, &mine, &format!("{narrow}| 6 | 7 |\n"));
    assert_eq!(merged, wide("2", "| 6 | 7 |\n| mine | 5 |\n"));
    // A cell that the template changed.
    let merged = clean("a.md", narrow, &mine, &narrow.replace("| 2 |", "| 9 |"));
    assert_eq!(merged, format!("{}| 1 | 9 |\n| 3    | 4 |\n| mine | 5 |\n", "# A\n\n| a    | b |\n|------|:-:|\n"));
    // The template made them wider, and the user changed a cell.
    let merged = clean("a.md", narrow, &narrow.replace("| 2 |", "| 9 |"), &mine);
    assert_eq!(merged, wide("2", "| mine | 5 |\n").replace("| 1    | 2 |", "| 1 | 9 |"));
    // A row that both changed is a question.
    let merged = file("a.md", narrow, &wide("8", ""), &narrow.replace("| 2 |", "| 9 |"));
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn words_in_brackets_behind_a_key_of_a_set_are_one() {
    let file_of = |words: &str| format!("on:\n  push:\n    branches: [{words}] # Which.\n    x: [1]\n");
    assert_eq!(
        clean("ci.yml", &file_of("main"), &file_of("main, mine"), &file_of("main, new")),
        file_of("main, new, mine")
    );
    assert_eq!(
        clean("ci.yml", &file_of("main, old"), &file_of("main, old, mine"), &file_of("main")),
        file_of("main, mine")
    );
    let steps = |words: &str| format!("a:\n  run: [{words}]\n");
    assert_eq!(kinds(&file("ci.yml", &steps("a"), &steps("a, b"), &steps("a, c"))), [ConflictKind::Content]);
}

#[test]
fn a_key_of_yaml_that_is_indented_otherwise_stays_below_its_own() {
    let base = "jobs:\n    a:\n        x: 1\n";
    let new = format!("{base}    t:\n        x: |\n            y\n");
    let mine = "jobs:\n  a:\n    x: 1\n";
    assert_eq!(clean("ci.yml", base, mine, &new), format!("{mine}  t:\n      x: |\n          y\n"));
    let more = format!("{mine}  m:\n    x: 1\n");
    assert_eq!(clean("ci.yml", base, &more, &new), format!("{mine}  t:\n      x: |\n          y\n  m:\n    x: 1\n"));
    // And the other way round: the template indents otherwise now.
    let (t, narrow) = ("    t:\n        x: |\n            y\n", format!("{mine}  n:\n    x: 1\n"));
    assert_eq!(clean("ci.yml", base, &new, &narrow), format!("jobs:\n    a:\n      x: 1\n    n:\n      x: 1\n{t}"));
}
