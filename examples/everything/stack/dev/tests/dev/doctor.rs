use serde_json::Value;

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
        "  ✗ Rust: `rustc` does not run\n      → https://rustup.rs\n",
    );
    done.says(1, "  ✗ Database: that of `DATABASE_URL` cannot be used: ");
    done.says(1, "  ! cargo-nextest: ");
    done.says(1, "Not ready: ");
    assert!(!done.text.contains("hunter2"), "{}", done.text);
}

#[test]
fn for_programs_it_says_the_same_as_json() {
    let project = Project::new();
    project.write(".env", "SESION_DAYS=3\n");
    project.write(".env.example", "#SESSION_DAYS=14\n");
    let done = project.dev_with(&BARE, &["doctor", "--json"]);
    let said: Value = serde_json::from_str(done.with(1)).unwrap();
    let findings = said["findings"].as_array().unwrap();
    let of = |what: &str| {
        let mut all = findings.iter();
        all.find(|found| found["what"] == what).unwrap().clone()
    };
    assert_eq!(of("Rust")["level"], "broken");
    assert_eq!(of("Rust")["required"], true);
    assert_eq!(of(".env")["level"], "lacking");
    assert_eq!(
        of(".env")["says"],
        "`.env.example` does not know `SESION_DAYS`"
    );
    for found in findings {
        let bad = found["level"] != "good";
        assert_eq!(bad, found["get"].is_string(), "{found}");
    }
}
