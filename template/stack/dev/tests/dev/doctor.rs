use crate::workbench::Project;

/// A folder of programs that is all of `PATH`, and a database that nothing answers for.
const BARE: [(&str, &str); 2] = [
    ("PATH", "nowhere"),
    ("DATABASE_URL", "postgres://me:hunter2@localhost:1/shop"),
];

#[test]
fn on_a_bare_machine_it_fails_and_says_of_all_that_is_missing_how_to_get_it() {
    let project = Project::new();
    let done = project.dev_with(&BARE, &["doctor"]);
    done.says(
        1,
        "✗ Rust: `rustc` does not run\n    hint: install it from https://rustup.rs\n",
    );
    done.says(1, "✗ PostgreSQL: `DATABASE_URL` cannot be used: ");
    {%- if test_daemon %}
    done.says(
        1,
        "! cargo-nextest: not installed; only `cargo dev test` needs it\n    hint: cargo install cargo-nextest --locked\n",
    );
    {%- endif %}
    done.says(1, "error: 3 of the checks have failed");
    assert!(!done.text.contains("hunter2"), "{}", done.text);
}

#[test]
fn a_program_reads_the_same_as_json() {
    let done = Project::new().dev_with(&BARE, &["doctor", "--json"]);
    let Some((json, error)) = done.text.split_once("\n}\n") else {
        panic!("{}", done.text)
    };
    let found: serde_json::Value = serde_json::from_str(&format!("{json}}}")).unwrap();
    assert_eq!(
        found["required"][0],
        serde_json::json!({
            "name": "Rust",
            "error": "`rustc` does not run\nhint: install it from https://rustup.rs",
        })
    );
    assert_eq!(found["required"].as_array().unwrap().len(), 3);
    assert_eq!(error, "error: 3 of the checks have failed\n");
}
