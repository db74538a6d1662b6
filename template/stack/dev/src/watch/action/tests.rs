use super::*;

fn after(paths: &[&str]) -> Action {
    Action::after(&paths.iter().map(Into::into).collect())
}

#[test]
fn what_is_part_of_the_program_is_built() {
    for path in [
        "src/pages/home.rs",
        "src/pages",
        "stack/live/src/client/morph.js",
        "stack/db/Cargo.toml",
        "Cargo.toml",
        "Cargo.lock",
        "build.rs",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "migrations/0009_books.sql",
        "schema/vector/migrations/0009_books.sql",
        "crates/shop/src/lib.rs",
    ] {
        let build = Action {
            build: true,
            ..Action::default()
        };
        assert_eq!(after(&[path]), build, "{path}");
    }
}

#[test]
fn what_is_no_part_of_the_program_is_nothing() {
    let paths = [
        "README.md",
        "docs/README.md",
        "tests/app/main.rs",
        "stack/db/tests/transactions.rs",
        ".github/workflows/ci.yml",
        ".env.example",
        "compose.yaml",
    ];
    assert!(after(&paths).is_nothing());
    assert!(after(&[]).is_nothing());
}

#[test]
fn a_batch_of_everything_makes_everything_needed() {
    let action = after(&[
        ".env",
        "static/app.css",
        "schema/010_users.sql",
        "src/lib.rs",
    ]);
    let all = Action {
        build: true,
        restart: true,
        schema: true,
        files: vec!["app.css".to_owned()],
    };
    assert_eq!(action, all);
}
