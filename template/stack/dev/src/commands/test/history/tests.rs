use super::super::workspace::tests::shop;
use super::*;

#[test]
fn a_failure_is_remembered_until_it_passes_or_is_gone() {
    let folder = std::env::temp_dir().join(format!("dev-test-{}", std::process::id()));
    let [a, b, gone] = ["shop::app a", "shop::app b", "shop::gone c"];
    let test = |text: &str| Test::parse(text).unwrap();
    let results = |passed: &[&str], failed: &[&str]| Results {
        passed: passed.iter().map(|name| test(name)).collect(),
        failed: failed.iter().map(|name| test(name)).collect(),
        ..Results::default()
    };
    let mut history = History::read(&folder);
    history.record(&results(&[], &[a, b, gone]), &[]);
    let mut again = History::read(&folder);
    assert_eq!(again.failed().len(), 3);
    again.forget_missing(&shop());
    assert_eq!(again.failed(), &BTreeSet::from([test(a), test(b)]));
    history.forget_missing(&shop());
    history.record(&results(&[a], &[]), &["stack_db".to_owned()]);
    assert_eq!(History::read(&folder).failed(), &BTreeSet::from([test(b)]));
    history.record(&results(&[], &[]), &["shop".to_owned()]);
    assert!(History::read(&folder).failed().is_empty());
    fs::remove_dir_all(&folder).unwrap();
}
