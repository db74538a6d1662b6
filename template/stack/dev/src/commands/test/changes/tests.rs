use super::super::workspace::tests::shop;
use super::*;

fn of(file: &str) -> Change {
    Change::of(Path::new(file), &shop()).unwrap_or_else(|| panic!("{file} is nothing"))
}

#[test]
fn a_file_of_code_is_a_module() {
    let notes = of("src/pages/notes.rs");
    assert_eq!(notes.package.as_deref(), Some("shop"));
    assert_eq!(notes.module, ["pages", "notes"]);
    assert_eq!(notes.words, ["notes"]);
    assert_eq!(notes.label, "pages::notes");
    assert_eq!(of("src/http/api/mod.rs").module, ["http", "api"]);
    assert_eq!(
        of("src/repositories/notes/by_id.rs").words,
        ["by_id", "notes"]
    );
    assert_eq!(of("src/config/tests.rs").words, ["config"]);
    assert!(of("src/lib.rs").module.is_empty());
    let hash = of("stack/live/src/hash.rs");
    assert_eq!(hash.package.as_deref(), Some("stack_live"));
    assert_eq!(hash.module, ["hash"]);
}

#[test]
fn a_file_of_tests_is_a_module_of_its_program() {
    let notes = of("tests/app/pages/notes.rs");
    assert_eq!(notes.program.as_deref(), Some("app"));
    assert_eq!(notes.module, ["pages", "notes"]);
    assert!(of("tests/app/main.rs").module.is_empty());
    assert_eq!(
        of("stack/db/tests/app/rows.rs").package.as_deref(),
        Some("stack_db")
    );
}

#[test]
fn a_snapshot_belongs_to_its_test() {
    let snapshot = of("tests/app/pages/snapshots/app__pages__notes__the_list.snap");
    assert_eq!(snapshot.program.as_deref(), Some("app"));
    assert_eq!(snapshot.module, ["pages", "notes"]);
}

#[test]
fn what_is_no_code_has_words() {
    assert_eq!(of("schema/020_notes.sql").words[0], "notes");
    assert_eq!(of("static/app.css").words, ["static_files"]);
    assert_eq!(of("docs/tests.md").words, ["docs"]);
    assert_eq!(of(".env.example").words[0], "config");
}

#[test]
fn manifests_are_everything() {
    for file in [
        "Cargo.toml",
        "Cargo.lock",
        "stack/db/Cargo.toml",
        "build.rs",
    ] {
        assert_eq!(of(file).package, None, "{file}");
    }
}

#[test]
fn what_no_test_notices_is_nothing() {
    for file in [
        "tests/app/snapshots/app__a.snap.new",
        ".vscode/launch.json",
        "heavy.toml",
{%- if browser_tests %}
        "tests/browser/pages.spec.mjs",
{%- endif %}
    ] {
        assert_eq!(Change::of(Path::new(file), &shop()), None, "{file}");
    }
}
