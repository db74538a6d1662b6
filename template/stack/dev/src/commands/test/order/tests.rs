use std::path::Path;

use super::super::workspace::tests::shop;
use super::*;

/// The filtersets of the configuration, by their priorities.
fn filters(files: &[&str], failed: &[&str]) -> Vec<(i8, String)> {
    let workspace = shop();
    let changes = files
        .iter()
        .filter_map(|file| Change::of(Path::new(file), &workspace));
    let changes: Vec<Change> = changes.collect();
    let failed = failed.iter().filter_map(|test| Test::parse(test));
    let config = config(&changes, &failed.collect());
    let overrides = config.split("[[profile.default.overrides]]\n").skip(1);
    let filters = overrides.map(|text| {
        let (priority, filter) = text.split_once("\nfilter = '''").unwrap();
        let priority = priority.strip_prefix("priority = ").unwrap();
        let filter = filter.trim_end().strip_suffix("'''").unwrap();
        (priority.parse().unwrap(), filter.to_owned())
    });
    filters.collect()
}

fn filter(file: &str, priority: i8) -> Option<String> {
    let mut filters = filters(&[file], &[]).into_iter();
    let found = filters.find(|(known, _)| *known == priority);
    found.map(|(_, filter)| filter)
}

#[test]
fn the_tests_of_a_module_come_before_those_named_alike() {
    let expected = [
        (
            80,
            "(package(=shop) & test(/^pages::notes(::|$)/))".to_owned(),
        ),
        (
            60,
            "(rdeps(=shop) & (test(/(^|::|_)notes*(_|::|$)/) | \
             (package(=shop) & kind(test) & test(/^pages::[^:]+$/))))"
                .to_owned(),
        ),
        (40, "package(=shop)".to_owned()),
        (20, "rdeps(=shop)".to_owned()),
    ];
    assert_eq!(filters(&["src/pages/notes.rs"], &[]), expected);
}

#[test]
fn what_failed_last_time_comes_first() {
    let failed = [
        "shop::app docs::links_lead_somewhere",
        "shop::app c::case(1)",
    ];
    let filters = filters(&["src/config.rs"], &failed);
    let expected = "(package(=shop) & binary(=app) & test(/^c::case.1.$/)) | \
                    (package(=shop) & binary(=app) & test(/^docs::links_lead_somewhere$/))";
    assert_eq!(filters[0], (100, expected.to_owned()));
}

#[test]
fn a_file_of_tests_affects_its_own_program_first() {
    let expected = "(package(=shop) & kind(test) & binary(=app) & test(/^pages::notes(::|$)/))";
    assert_eq!(
        filter("tests/app/pages/notes.rs", 80).as_deref(),
        Some(expected)
    );
    assert_eq!(filter("tests/app/pages/notes.rs", 60), None);
    let all = "(package(=shop) & kind(test) & binary(=app))";
    assert_eq!(filter("tests/app/main.rs", 80).as_deref(), Some(all));
    let helpers = filter("tests/app/common/client.rs", 80);
    assert_eq!(helpers.as_deref(), Some(all));
}

#[test]
fn a_word_is_no_pattern() {
    let words = filter("assets/a+b.css", 60).unwrap();
    assert!(words.contains("(^|::|_)a.bs*(_|::|$)"), "{words}");
}

#[test]
fn what_cannot_be_placed_has_no_order() {
    assert_eq!(filters(&["Cargo.toml"], &[]), []);
}

fn first_of(files: &[&str], failed: &[&str]) -> Option<First> {
    let workspace = shop();
    let changes = files
        .iter()
        .filter_map(|file| Change::of(Path::new(file), &workspace));
    let changes: Vec<Change> = changes.collect();
    let failed = failed.iter().filter_map(|test| Test::parse(test)).collect();
    first(&changes, &failed, &["shop".to_owned()], &workspace)
}

#[test]
fn the_program_with_the_tests_of_a_page_is_built_before_all_others() {
    let first = first_of(&["src/pages/notes.rs"], &[]).unwrap();
    assert_eq!(first.program, "app");
    let [test, program, _, filter] = first.arguments();
    assert_eq!([test.as_str(), program.as_str()], ["--test", "app"]);
    assert!(
        filter.starts_with("package(=shop) & kind(test) & binary(=app) & (")
            && filter.contains("test(/^pages::notes(::|$)/)"),
        "{filter}"
    );
    assert_eq!(first.others(), ["-E".to_owned(), format!("not ({filter})")]);
}

#[test]
fn what_failed_in_that_program_runs_with_it() {
    let failed = ["shop::app search::finds", "shop::shop parsing::reads"];
    let first = first_of(&["tests/app/pages/notes.rs"], &failed).unwrap();
    let [.., filter] = first.arguments();
    assert!(
        filter.contains("search::finds") && !filter.contains("parsing::reads"),
        "{filter}"
    );
}

#[test]
fn nothing_is_first_where_a_change_is_everything_or_of_another_package() {
    for file in ["Cargo.toml", "stack/live/src/hash.rs", "src/lib.rs"] {
        assert!(first_of(&[file], &[]).is_none(), "{file}");
    }
    assert!(
        first_of(&[], &["shop::app search::finds"]).is_none(),
        "nothing was changed"
    );
}
