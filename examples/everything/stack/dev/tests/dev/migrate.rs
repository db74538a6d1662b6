use crate::workbench::Project;

#[test]
fn the_first_migration_is_written_proven_and_needed_no_second_time() {
    let project = Project::new();
    project
        .dev(&["migrate", "--check"])
        .says(1, "hint: cargo dev migrate --name NAME");
    assert!(project.migrations().is_empty());

    project.dev(&["migrate"]).says(0, "proven");
    assert_eq!(project.migrations(), ["0001_create_notes.sql"]);
    assert!(
        project
            .read("migrations/0001_create_notes.sql")
            .contains("CREATE TABLE notes (")
    );

    project.dev(&["migrate"]).says(0, "nothing to do");
    project.dev(&["migrate", "--check"]).with(0);
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let project = Project::new();
    project
        .dev(&["migrate", "--dry-run", "--name", "Add notes"])
        .says(0, "0001_add_notes.sql");
    assert!(project.migrations().is_empty());
}

#[test]
fn what_takes_data_away_is_written_only_on_request_and_marked() {
    let project = Project::new();
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY);",
    );
    project
        .dev(&["migrate"])
        .says(1, "drops the column `notes.title` with all it holds");
    assert_eq!(project.migrations().len(), 1);

    project
        .dev(&["migrate", "--allow-destructive", "--name", "no_title"])
        .with(0);
    let text = project.read("migrations/0002_no_title.sql");
    assert!(
        text.contains("-- DESTRUCTIVE: drops the column `notes.title`"),
        "{text}"
    );
}

#[test]
fn a_column_that_looks_renamed_is_named_and_renamed_on_request() {
    let project = Project::new();
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, headline text NOT NULL);",
    );
    project
        .dev(&["migrate"])
        .says(1, "`cargo dev migrate --rename notes.title=notes.headline`");
    project
        .dev(&["migrate", "--rename", "notes.nothing=x"])
        .says(1, "there is nothing called `notes.nothing`");
    project
        .dev(&["migrate", "--rename", "notes.title=headline"])
        .with(0);
    let name = project.migrations().pop().unwrap();
    let text = project.read(&format!("migrations/{name}"));
    assert!(
        text.contains("ALTER TABLE notes RENAME COLUMN title TO headline;"),
        "{text}"
    );
    assert!(!text.contains("DESTRUCTIVE"), "{text}");
}

#[test]
fn what_fails_on_rows_is_seen_before_it_is_written() {
    let project = Project::new();
    project.dev(&["migrate"]).with(0);
    // Every row that there is breaks it, and no default can help.
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL CHECK (title = 'never'));",
    );
    project.dev(&["migrate"]).says(1, "not on one with rows");
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_broken_schema_is_shown_with_file_line_and_message() {
    let project = Project::new();
    project.write(
        "schema/020_broken.sql",
        "-- fine\n\nCREATE TABLE a (id nonsense);\n",
    );
    let done = project.dev(&["migrate"]);
    done.says(
        1,
        "`schema/020_broken.sql`, line 3: type \"nonsense\" does not exist",
    );
}

#[test]
fn two_migrations_with_one_number_are_named_with_the_way_out() {
    let project = Project::new();
    project.write(
        "migrations/0001_mine.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY);",
    );
    project.write("migrations/0001_yours.sql", "CREATE TABLE tags (id int);");
    let done = project.dev(&["migrate", "--check"]);
    done.says(1, "two migrations have the number 1");
    done.says(1, "hint: ");
}

#[test]
fn an_empty_migration_is_the_way_for_what_cannot_be_expressed() {
    let project = Project::new();
    project.write(
        "schema/010_notes.sql",
        "CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);",
    );
    project
        .dev(&["migrate"])
        .says(1, "aggregate `total(integer)` cannot be migrated");
    project
        .dev(&["migrate", "--empty", "--name", "total"])
        .says(0, "migrations/0001_total.sql");
    let by_hand = "CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);";
    project.write("migrations/0001_total.sql", by_hand);
    project.dev(&["migrate", "--check"]).with(0);
}

#[test]
fn tables_that_the_schema_calls_large_are_not_locked_for_long() {
    let project = Project::new();
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "-- large: notes\nCREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL);
         CREATE INDEX notes_title_idx ON notes (title);",
    );
    project.dev(&["migrate", "--name", "index"]).with(0);
    let text = project.read("migrations/0002_index.sql");
    assert!(text.starts_with("-- no-transaction\n"), "{text}");
    assert!(
        text.contains("CREATE INDEX CONCURRENTLY notes_title_idx"),
        "{text}"
    );
}

#[test]
fn it_can_be_typed_in_any_folder_of_the_project() {
    let project = Project::new();
    let folder = project.root.join("stack/dev");
    project
        .dev_in(&folder, &[], &["migrate"])
        .says(0, "../../migrations/0001_create_notes.sql");
    assert_eq!(project.migrations().len(), 1);
    let outside = std::env::temp_dir();
    project
        .dev_in(&outside, &[], &["migrate"])
        .says(1, "is in no project");
}

#[test]
fn old_migrations_become_one_that_leads_to_the_same_with_the_rows_they_inserted() {
    let project = Project::new();
    project.write(
        "migrations/0001_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY);",
    );
    project.write(
        "migrations/0002_title.sql",
        "ALTER TABLE notes ADD COLUMN title text NOT NULL;
         INSERT INTO notes VALUES (1, 'It''s the first'), (2, E'two\\nlines');",
    );
    project.write(
        "migrations/0003_more.sql",
        "INSERT INTO notes VALUES (3, '');",
    );
    project
        .dev(&["migrate", "prune", "--through", "2"])
        .says(0, "the 2 rows of `notes`");
    assert_eq!(project.migrations(), ["0002_baseline.sql", "0003_more.sql"]);
    let text = project.read("migrations/0002_baseline.sql");
    assert!(text.starts_with("-- Baseline: replaces the migrations up to 0002.\n-- replaces 1 "));
    assert!(text.contains("('1', 'It''s the first'),"), "{text}");
    project.dev(&["migrate", "--check"]).with(0);

    // A squash of a squash.
    project.dev(&["migrate", "prune"]).with(0);
    assert_eq!(project.migrations(), ["0003_baseline.sql"]);
    project.dev(&["migrate", "--check"]).with(0);
}

#[test]
fn a_squash_that_was_killed_before_it_removed_the_old_files_is_ended_by_the_next() {
    let project = Project::new();
    let (one, two) = (
        "CREATE TABLE notes (id bigint PRIMARY KEY);",
        "ALTER TABLE notes ADD COLUMN title text NOT NULL;",
    );
    project.write("migrations/0001_one.sql", one);
    project.write("migrations/0002_two.sql", two);
    project.dev(&["migrate", "prune"]).with(0);
    project.write("migrations/0001_one.sql", one);
    project.write("migrations/0002_two.sql", two);
    project.dev(&["migrate", "--check"]).with(1);
    project.dev(&["migrate", "prune"]).with(0);
    assert_eq!(project.migrations(), ["0002_baseline.sql"]);
}
