//! Two migrations with one number, as git and a database see them.

use std::process::Command;

use stack_db::testing::TestDatabase;
use stack_db::{Migrations, Schema};

use crate::workbench::Project;

fn git(project: &Project, arguments: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.args([
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
        "-c",
        "init.defaultBranch=main",
    ]);
    let output = git
        .args(arguments)
        .current_dir(&project.root)
        .output()
        .unwrap();
    output.status.success()
}

fn commit(project: &Project, path: &str, text: &str) {
    project.write(path, text);
    assert!(git(project, &["add", "-A"]) && git(project, &["commit", "-qm", path]));
}

/// A branch that has applied its own number two, in the middle of the merge with the other one.
fn in_a_merge() -> Project {
    let project = Project::new();
    assert!(git(&project, &["init", "-q"]));
    commit(
        &project,
        "migrations/0001_notes.sql",
        "create table notes (id bigint primary key, title text not null);",
    );
    assert!(git(&project, &["checkout", "-qb", "mine"]));
    commit(
        &project,
        "migrations/0002_mine.sql",
        "create table mine ();",
    );
    commit(
        &project,
        "migrations/0003_more.sql",
        "alter table mine add n int;",
    );
    assert!(git(&project, &["checkout", "-q", "main"]));
    commit(
        &project,
        "migrations/0002_theirs.sql",
        "create table theirs ();",
    );
    project
}

#[tokio::test]
async fn the_branch_gives_way_to_the_main_one_and_its_database_carries_on() {
    let project = in_a_merge();
    assert!(git(&project, &["checkout", "-q", "mine"]));
    let database = TestDatabase::create(&Schema::empty()).await;
    let read = || Migrations::read(project.root.join("migrations"));
    read()
        .unwrap()
        .apply(database.pool(), |_| {})
        .await
        .unwrap();
    assert!(git(&project, &["merge", "-q", "--no-commit", "main"]));
    project
        .dev(&["migrate"])
        .says(1, "hint: cargo dev migrate renumber");

    let done = project.dev(&["migrate", "renumber"]);
    done.says(
        0,
        "renamed migrations/0002_mine.sql to migrations/0003_mine.sql",
    );
    let names = [
        "0001_notes.sql",
        "0002_theirs.sql",
        "0003_mine.sql",
        "0004_more.sql",
    ];
    assert_eq!(project.migrations(), names);
    assert!(git(&project, &["commit", "-qm", "merged"]));
    assert!(
        git(&project, &["diff", "--quiet", "HEAD"]),
        "the merge has the new names"
    );
    let outcome = read()
        .unwrap()
        .apply(database.pool(), |_| {})
        .await
        .unwrap();
    assert_eq!(outcome.applied, ["0002_theirs.sql"]);
    project
        .dev(&["migrate", "renumber"])
        .says(0, "nothing to do");
}

#[test]
fn what_is_merged_into_the_main_branch_gives_way_too() {
    let project = in_a_merge();
    assert!(git(&project, &["merge", "-q", "--no-commit", "mine"]));
    project
        .dev(&["migrate", "renumber"])
        .says(0, "0003_mine.sql");
    assert_eq!(project.migrations().len(), 4);
}

#[test]
fn without_git_a_person_names_the_file() {
    let project = Project::new();
    project.write("migrations/0001_a.sql", "create table a ();");
    project.write("migrations/0001_b.sql", "create table b ();");
    let done = project.dev(&["migrate", "renumber"]);
    done.says(1, "renumber --file migrations/0001_b.sql`");
    project
        .dev(&["migrate", "renumber", "--file", "migrations/0001_a.sql"])
        .with(0);
    assert_eq!(project.migrations(), ["0001_b.sql", "0002_a.sql"]);
}
