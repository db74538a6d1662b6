//! TOML and JSON, key by key. Cases 36, 37, 38.

use insta::assert_snapshot;

use super::*;

#[test]
fn dependencies_that_both_added_in_the_same_place_are_merged_by_key() {
    assert_snapshot!(clean(
        "Cargo.toml",
        "[package]\nname = \"shop\"\n\n[dependencies]\naxum = \"0.8\"\nserde = \"1\"\n",
        "[package]\nname = \"shop\"\n\n[dependencies]\naxum = \"0.8\"\nmine = \"1\" # mine\nserde = \"1\"\n",
        "[package]\nname = \"shop\"\n\n[dependencies]\naxum = \"0.8\"\n# new\nnew = \"2\"\nserde = \"1\"\n",
    ), @r#"
    [package]
    name = "shop"

    [dependencies]
    axum = "0.8"
    # new
    new = "2"
    mine = "1" # mine
    serde = "1"
    "#);
}

#[test]
fn a_reordered_manifest_keeps_the_users_order() {
    assert_snapshot!(clean(
        "Cargo.toml",
        "[dependencies]\nserde = \"1\"\naxum = \"0.8\"\n\n[lints]\nworkspace = true\n",
        "# mine\n[lints]\nworkspace = true\n\n[dependencies]\naxum = \"0.8\"\nserde = \"1\"\n",
        "[dependencies]\nserde = \"1\"\naxum = \"0.9\"\nnew = \"1\"\n\n[lints]\nworkspace = true\n\n[features]\ndefault = []\n",
    ), @r#"
    # mine
    [lints]
    workspace = true

    [features]
    default = []

    [dependencies]
    axum = "0.9"
    new = "1"
    serde = "1"
    "#);
}

#[test]
fn lists_of_strings_are_sets_in_the_users_order() {
    assert_snapshot!(clean(
        "Cargo.toml",
        "[workspace]\nmembers = [\n    \"stack/dev\",\n    \"stack/live\",\n]\n[dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\n",
        "[workspace]\nmembers = [\n    \"mine\", # mine\n    \"stack/dev\",\n    \"stack/live\",\n]\n[dependencies]\ntokio = { version = \"1\", features = [\"full\", \"mine\"] }\n",
        "[workspace]\nmembers = [\n    \"new\",\n    \"stack/live\",\n]\n[dependencies]\ntokio = { version = \"1.40\", features = [\"full\", \"new\"] }\n",
    ), @r#"
    [workspace]
    members = [
        "new",
        "mine", # mine
        "stack/live",
    ]
    [dependencies]
    tokio = { version = "1.40", features = ["full", "new", "mine"] }
    "#);
}

#[test]
fn a_version_of_the_templates_and_features_of_the_users_go_together() {
    let merged = clean(
        "Cargo.toml",
        "[dependencies]\nserde = \"1\"\nsqlx = \"0.8\"\n",
        "[dependencies]\nserde = { version = \"1\", features = [\"rc\"] } # mine\nsqlx = \"=0.8.1\"\n",
        "[dependencies]\nserde = \"2\"\nsqlx = { version = \"0.8\", default-features = false }\n",
    );
    assert_snapshot!(merged, @r#"
    [dependencies]
    serde = { version = "2", features = ["rc"] } # mine
    sqlx = { version = "=0.8.1", default-features = false }
    "#);
}

#[test]
fn a_key_that_both_changed_differently_is_a_conflict_of_lines() {
    let merged = file(
        "Cargo.toml",
        "[dependencies]\naxum = \"0.8\"\nserde = \"1\"\n",
        "[dependencies]\naxum = \"0.7\"\nserde = \"1\"\n",
        "[dependencies]\naxum = \"0.9\"\nserde = \"1\"\n",
    );
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
    assert_snapshot!(text(&merged, "Cargo.toml"), @r#"
    [dependencies]
    <<<<<<< yours
    axum = "0.7"
    =======
    axum = "0.9"
    >>>>>>> template 0.2.0
    serde = "1"
    "#);
}

#[test]
fn binaries_are_merged_by_name() {
    assert_snapshot!(clean(
        "Cargo.toml",
        "[[bin]]\nname = \"shop\"\npath = \"src/main.rs\"\n",
        "[[bin]]\nname = \"mine\"\npath = \"src/mine.rs\"\n\n[[bin]]\nname = \"shop\"\npath = \"src/main.rs\"\n",
        "[[bin]]\nname = \"shop\"\npath = \"src/bin/shop.rs\"\n\n[[bin]]\nname = \"new\"\npath = \"src/new.rs\"\n",
    ), @r#"
    [[bin]]
    name = "mine"
    path = "src/mine.rs"

    [[bin]]
    name = "shop"
    path = "src/bin/shop.rs"

    [[bin]]
    name = "new"
    path = "src/new.rs"
    "#);
}

#[test]
fn a_dependency_that_the_user_added_by_hand_elsewhere_stands_there_once() {
    assert_snapshot!(clean(
        "Cargo.toml",
        "[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\nd = \"1\"\n",
        "[dependencies]\nnew = \"1\"\na = \"1\"\nb = \"1\"\nc = \"1\"\nd = \"1\"\n",
        "[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\nd = \"1\"\nnew = \"1\"\n",
    ), @r#"
    [dependencies]
    new = "1"
    a = "1"
    b = "1"
    c = "1"
    d = "1"
    "#);
}

#[test]
fn a_key_that_would_stand_twice_with_different_values_is_a_conflict() {
    let merged = file(
        "Cargo.toml",
        "[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\n",
        "[dependencies]\nnew = \"1\"\na = \"1\"\nb = \"1\"\nc = \"1\"\n",
        "[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\nnew = \"2\"\n",
    );
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
    assert_eq!(text(&merged, "Cargo.toml").matches("<<<<<<<").count(), 2);
}

#[test]
fn a_comment_of_the_templates_is_not_dropped_to_avoid_a_conflict() {
    let merged = file("a.toml", "# about a\na = 1\n", "# mine about a\na = 2\n", "# new about a\na = 1\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn comments_and_trailing_commas_in_json_stay() {
    assert_snapshot!(clean(
        ".vscode/launch.json",
        "{\n  // how to start\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    {\n      \"name\": \"run\",\n      \"args\": [\"dev\"],\n    },\n  ],\n}\n",
        "{\n  // how to start\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    {\n      \"name\": \"mine\", // mine\n      \"args\": [],\n    },\n    {\n      \"name\": \"run\",\n      \"args\": [\"dev\", \"--mine\"],\n    },\n  ],\n}\n",
        "{\n  // how to start\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    {\n      \"name\": \"run\",\n      \"args\": [\"dev\", \"--new\"],\n    },\n    {\n      \"name\": \"new\",\n      /* new */ \"args\": [],\n    },\n  ],\n}\n",
    ), @r#"
    {
      // how to start
      "version": "0.2.0",
      "configurations": [
        {
          "name": "mine", // mine
          "args": [],
        },
        {
          "name": "run",
          "args": ["dev", "--new", "--mine"],
        },
        {
          "name": "new",
          /* new */ "args": [],
        },
      ],
    }
    "#);
}

#[test]
fn settings_that_both_added_are_merged_by_key() {
    assert_snapshot!(clean(
        "devcontainer.json",
        "{\n  \"name\": \"shop\",\n  \"features\": {}\n}\n",
        "{\n  \"name\": \"shop\",\n  \"features\": {},\n  \"mine\": true // mine\n}\n",
        "{\n  \"name\": \"shop\",\n  \"features\": {},\n  // the server\n  \"forwardPorts\": [3000]\n}\n",
    ), @r#"
    {
      "name": "shop",
      "features": {},
      // the server
      "forwardPorts": [3000],
      "mine": true // mine
    }
    "#);
}

#[test]
fn an_extension_that_the_user_added_by_hand_elsewhere_stands_there_once() {
    let list = |names: &[&str]| {
        let lines: Vec<String> = names.iter().map(|name| format!("    \"{name}\"")).collect();
        format!("{{\n  \"recommendations\": [\n{}\n  ]\n}}\n", lines.join(",\n"))
    };
    let merged = clean(
        ".vscode/extensions.json",
        &list(&["a", "b", "c", "d"]),
        &list(&["new", "a", "b", "c", "d"]),
        &list(&["a", "b", "c", "new", "d"]),
    );
    assert_eq!(merged, list(&["new", "a", "b", "c", "d"]));
}

#[test]
fn json_that_does_not_parse_is_merged_by_lines() {
    let merged = file("a.json", "{\n  \"a\": 1\n}\n", "{\n  \"a\": 1,,\n}\n", "{\n  \"a\": 2\n}\n");
    assert_eq!(kinds(&merged), [ConflictKind::Content]);
}

#[test]
fn deep_nesting_is_no_danger() {
    for depth in [70, 500, 50_000] {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        for (name, key) in [("a.json", "{\"a\":\n"), ("a.toml", "a = ")] {
            let end = if name == "a.json" { "}\n" } else { "\n" };
            let text = |inner: &str| format!("{key}{}{end}", nested(inner));
            assert_eq!(kinds(&file(name, &text("1"), &text("2"), &text("3"))), [ConflictKind::Content]);
        }
    }
}

#[test]
fn cargo_lock_is_text_like_any_other() {
    assert_eq!(clean("Cargo.lock", "a\nb\nc\n", "mine\nb\nc\n", "a\nb\nnew\n"), "mine\nb\nnew\n");
}

#[test]
fn a_comment_of_the_users_is_not_lost_because_another_has_its_words() {
    let base = "# please keep these sorted by name\n[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\n";
    let ours = base.replace("b = ", "# keep sorted\nb = ");
    let theirs = base.replace("b = \"1\"\n", "");
    let merged = file("Cargo.toml", base, &ours, &theirs);
    assert!(text(&merged, "Cargo.toml").contains("# keep sorted\n"), "{}", text(&merged, "Cargo.toml"));
}

#[test]
fn a_comment_behind_a_member_that_the_template_added_comes_along() {
    let list = |more: &str| format!("members = [\n    \"a\", # One.\n{more}    # Last.\n    \"z\",\n]\n");
    let (mine, new) = ("    # Mine.\n    \"mine\", # My own.\n", "    \"new\", # New.\n");
    let merged = clean("Cargo.toml", &list(""), &list(mine), &list(new));
    assert_eq!(merged, list(&format!("{new}{mine}")));
    let list = |more: &str| format!("members = [\n    \"a\",\n{more}]\n");
    let merged = clean("Cargo.toml", &list(""), &list(mine), &list(new));
    assert_eq!(merged, list(&format!("{new}{mine}")));
    // Where there is no room for it, it is a question.
    let merged = file("a.toml", "a = [\n\"a\"\n]\n", "a = [\n\"a\",\n\"m\"\n]\n", "a = [\n\"a\",\n\"n\" # New.\n]\n");
    assert!(
        !merged.conflicts.is_empty() || text(&merged, "a.toml").contains("\"n\", # New.\n"),
        "{}",
        text(&merged, "a.toml")
    );
}
