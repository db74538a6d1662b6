use super::*;

#[test]
fn a_file_that_is_written_during_three_builds_in_a_row_is_named() {
    let batch = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Batch>();
    let mut rewritten = BTreeMap::new();
    let both = batch(&["src/made.rs", "src/lib.rs"]);
    assert_eq!(count_rewritten(&mut rewritten, &both), None);
    assert_eq!(
        count_rewritten(&mut rewritten, &batch(&["src/made.rs"])),
        None
    );
    let third = count_rewritten(&mut rewritten, &both);
    assert_eq!(third, Some(PathBuf::from("src/made.rs")));
    // Not in a row.
    for _ in 0..5 {
        assert_eq!(
            count_rewritten(&mut rewritten, &batch(&["src/lib.rs"])),
            None
        );
        assert_eq!(count_rewritten(&mut rewritten, &batch(&[])), None);
    }
}

#[test]
fn a_task_names_its_files() {
    let mut task = Task::first(false);
    assert_eq!(task.label(), None);
    task.changed.insert("src/a.rs".into());
    assert_eq!(task.label().unwrap(), "`src/a.rs`");
    task.changed.insert("src/b.rs".into());
    assert_eq!(task.label().unwrap(), "`src/a.rs` and 1 more");
}
