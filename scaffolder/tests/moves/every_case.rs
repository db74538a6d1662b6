//! None of the 45 is missing.

/// What has tests named after their case.
const SOURCES: [&str; 16] = [
    include_str!("answers.rs"),
    include_str!("base.rs"),
    include_str!("content.rs"),
    include_str!("folders.rs"),
    include_str!("git_states/busy.rs"),
    include_str!("git_states/layouts.rs"),
    include_str!("git_states/settings.rs"),
    include_str!("ignored.rs"),
    include_str!("lock.rs"),
    include_str!("names.rs"),
    include_str!("obstacles.rs"),
    include_str!("recovery.rs"),
    include_str!("undo.rs"),
    include_str!("versions.rs"),
    include_str!("world.rs"),
    include_str!("../life.rs"),
];

#[test]
fn each_of_the_45_cases_has_a_test_that_is_named_after_it() {
    let is_tested = |number: &u32| {
        let name = format!("case_{number:02}_");
        SOURCES.iter().any(|source| source.contains(&format!("fn {name}")) || source.contains(&format!("\n    {name}")))
    };
    let missing: Vec<u32> = (1..=45).filter(|number| !is_tested(number)).collect();
    assert!(missing.is_empty(), "without a test: {missing:?}");
}
