use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::workbench::{Project, kill_while_it_runs};

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
        text.contains("-- allow: data-loss: drops the column `notes.title`"),
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
        .dev(&["migrate", "--rename", "notes.title=headlines"])
        .says(1, "the schema has nothing called `headlines`");
    project
        .dev(&["migrate", "--rename", "notes.title=headline"])
        .with(0);
    let name = project.migrations().pop().unwrap();
    let text = project.read(&format!("migrations/{name}"));
    assert!(
        text.contains("ALTER TABLE notes RENAME COLUMN title TO headline;"),
        "{text}"
    );
    assert!(!text.contains("data-loss"), "{text}");
}

#[test]
fn a_new_rule_that_rows_may_break_is_announced() {
    let project = Project::new();
    project.dev(&["migrate"]).with(0);
    // No row that is made up knows of it.
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL CHECK (title = 'never'));",
    );
    let done = project.dev(&["migrate", "--name", "rule"]);
    done.says(0, "careful: may-fail-on-data:notes.notes_title_check: fails if a row of `notes` breaks the rule");
    done.says(0, "warning: on the database with made-up rows it failed: ");
    let text = project.read("migrations/0002_rule.sql");
    assert!(
        text.contains("-- allow: may-fail-on-data: fails if a row of `notes` breaks the rule."),
        "{text}"
    );
}

#[test]
fn rows_that_are_made_up_are_told_and_stop_nobody_who_knows_better() {
    let project = Project::new();
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, title text);",
    );
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, title text, n int GENERATED ALWAYS AS (title::int) STORED);",
    );
    let refused = project.dev(&["migrate", "--name", "n"]);
    refused.says(1, "invalid input syntax for type integer");
    refused.says(1, "rows of `notes`: (1,\"text 1\")");
    refused.says(1, "`cargo dev migrate --name n --accept`");
    let accepted = project.dev(&["migrate", "--name", "n", "--accept"]);
    accepted.says(
        0,
        "warning: on the database with made-up rows it failed: invalid input syntax",
    );
    assert_eq!(project.migrations().len(), 2);
}

#[test]
fn a_table_moves_to_another_schema_by_the_name_that_the_hint_says() {
    let project = Project::new();
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE \"My notes\" (id serial PRIMARY KEY, title text);",
    );
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "CREATE SCHEMA app; CREATE TABLE app.\"My notes\" (id serial PRIMARY KEY, title text);",
    );
    project.dev(&["migrate"]).says(
        1,
        "`cargo dev migrate --rename '\"My notes\"=app.\"My notes\"'`",
    );
    project
        .dev(&[
            "migrate",
            "--rename",
            "\"My notes\"=app.\"My notes\"",
            "--name",
            "moved",
        ])
        .with(0);
    let files = project.migrations().into_iter().skip(1);
    let text: String = files
        .map(|name| project.read(&format!("migrations/{name}")))
        .collect();
    assert!(
        text.contains("ALTER TABLE \"My notes\" SET SCHEMA app;") && !text.contains("DROP"),
        "{text}"
    );
}

#[test]
fn a_serial_column_keeps_its_numbers_when_the_table_is_renamed() {
    let project = Project::new();
    project.write(
        "migrations/0001_notes.sql",
        "CREATE TABLE notes (id serial PRIMARY KEY, title text);",
    );
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE memos (id serial CONSTRAINT notes_pkey PRIMARY KEY, title text);",
    );
    project
        .dev(&["migrate", "--rename", "notes=memos", "--name", "memos"])
        .with(0);
    // One file, or one for each statement.
    let files = project.migrations().into_iter().skip(1);
    let text: String = files
        .map(|name| project.read(&format!("migrations/{name}")))
        .collect();
    assert!(
        text.contains("ALTER SEQUENCE notes_id_seq RENAME TO memos_id_seq;"),
        "{text}"
    );
    assert!(!text.contains("data-loss"), "{text}");
}

#[tokio::test]
async fn a_squash_keeps_sequences_going_and_wakes_no_trigger() {
    let project = Project::new();
    project.write("schema/010_notes.sql", "");
    project.write(
        "migrations/0001_one.sql",
        "CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, what text);
         CREATE TABLE notes (id serial PRIMARY KEY, title text);
         CREATE TABLE child (extra int) INHERITS (notes);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN INSERT INTO log (what) VALUES (new.title); RETURN new; END $$;
         CREATE TRIGGER t AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION f();",
    );
    project.write(
        "migrations/0002_two.sql",
        "INSERT INTO notes (title) VALUES ('a'), ('b'); INSERT INTO child (title) VALUES ('c');",
    );
    project
        .dev(&["migrate", "prune"])
        .says(0, "the 2 rows of `notes`");
    let text = project.read("migrations/0002_baseline.sql");
    let database = TestDatabase::create(&Schema::empty()).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(database.pool())
        .await
        .unwrap();
    sqlx::raw_sql("INSERT INTO notes (title) VALUES ('d')")
        .execute(database.pool())
        .await
        .unwrap();
    let counts: (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM notes), (SELECT count(*) FROM log)")
            .fetch_one(database.pool())
            .await
            .unwrap();
    assert_eq!(counts, (4, 3));
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
fn an_error_has_the_command_that_allows_its_hazards_one_by_one() {
    let project = Project::new();
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, \"Sub\" text, title text);",
    );
    project.dev(&["migrate"]).with(0);
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY);",
    );
    let refused = project.dev(&["migrate", "--name", "less"]);
    refused.says(
        1,
        "hint: if that is meant: `cargo dev migrate --name less --allow 'data-loss:notes.\"Sub\"' --allow data-loss:notes.title`",
    );
    let one = [
        "migrate",
        "--name",
        "less",
        "--allow",
        "data-loss:notes.title",
    ];
    let refused = project.dev(&one);
    assert!(!refused.with(1).contains("drops the column `notes.title`"));
    let json = ["migrate", "--dry-run", "--json"];
    let plan = project.dev(&[&json[..], &one[3..]].concat());
    // Behind the standard output there is what was said to whoever watches.
    let mut printed = serde_json::Deserializer::from_str(plan.with(1)).into_iter();
    let plan: serde_json::Value = printed.next().unwrap().unwrap();
    let files = plan["files"].as_array().unwrap().iter();
    let statements: Vec<_> = files
        .flat_map(|file| file["statements"].as_array().unwrap())
        .collect();
    let refused = statements
        .iter()
        .filter(|one| one["hazards"][0]["refused"] == true);
    let refused: Vec<_> = refused.map(|one| &one["hazards"][0]["allow"]).collect();
    assert_eq!(refused, ["data-loss:notes.\"Sub\""]);
    assert_eq!(statements[0]["lock"]["mode"], "ACCESS EXCLUSIVE");
    assert_eq!(project.migrations().len(), 1);

    let both = [&one[..], &["--allow", "data-loss:notes.\"Sub\""]].concat();
    project.dev(&both).says(0, "! data-loss:notes.title");
    project.dev(&["migrate", "lint"]).with(0);
}

#[test]
fn what_was_written_by_hand_is_looked_at_and_excused_by_a_comment() {
    let project = Project::new();
    project.write("migrations/0001_a.sql", "CREATE TABLE notes (id int);");
    let by_hand = "-- allow: data-loss: nobody reads it\nDROP TABLE old;\nALTER TABLE notes ADD a int NOT NULL;";
    project.write("migrations/0002_b.sql", by_hand);
    // Made in files that are looked at together.
    project.dev(&["migrate", "lint"]).with(0);
    let done = project.dev(&["migrate", "lint", "migrations/0002_b.sql"]);
    done.says(
        1,
        "migrations/0002_b.sql:3: fails-on-data:notes.a: fails if `notes` has a row",
    );
    assert!(!done.text.contains("data-loss"), "{}", done.text);
    project
        .dev(&["migrate", "lint", "migrations/0009_none.sql"])
        .says(1, "`migrations/0009_none.sql` is no migration");
    let json = project.dev(&["migrate", "lint", "--json", "migrations/0002_b.sql"]);
    let found: serde_json::Value = serde_json::from_str(json.with(1)).unwrap();
    assert_eq!(found["findings"][0]["allow"], "fails-on-data:notes.a");
    assert_eq!(found["findings"][0]["line"], 3);
}

#[tokio::test]
async fn tables_that_are_large_in_production_are_not_locked_for_long() {
    let project = Project::new();
    let production = TestDatabase::create(&Schema::empty()).await;
    sqlx::raw_sql(
        "create table notes as select n as id, 'x' as title from generate_series(1, 20000) n; analyze",
    )
    .execute(production.pool())
    .await
    .unwrap();
    project.dev(&["migrate"]).with(0);
    project
        .dev(&["migrate", "statistics", production.url()])
        .says(0, "large, and so migrated online: `notes`");
    project.write(
        "schema/010_notes.sql",
        "CREATE TABLE notes (id bigint PRIMARY KEY, title text NOT NULL, n int GENERATED ALWAYS AS IDENTITY);
         CREATE INDEX notes_title_idx ON notes (title);",
    );
    project
        .dev(&["migrate"])
        .says(1, "--allow rewrite:notes.n`");
    let written = project.dev(&["migrate", "--allow", "rewrite:notes.n"]);
    written.says(0, "while every row is written: 20000 rows, perhaps 1 s");
    written.says(0, "CREATE INDEX CONCURRENTLY notes_title_idx");
    let plain = project.dev(&["migrate", "--plain", "--dry-run"]);
    plain.says(0, "nothing to do");
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

#[tokio::test]
async fn a_run_that_is_killed_before_the_proof_writes_nothing() {
    let project = Project::new();
    let mark = format!("migrate of {}", std::process::id());
    project.write(
        "schema/020_slow.sql",
        &format!("SELECT pg_sleep(600) /* {mark} */;"),
    );
    let asker = TestDatabase::create(&Schema::empty()).await;
    let child = project.begin(&[("DATABASE_URL", asker.url())], &["migrate"]);
    kill_while_it_runs(&asker, &mark, child).await;
    assert!(project.migrations().is_empty());

    project.write("schema/020_slow.sql", "");
    project.dev(&["migrate"]).with(0);
    assert_eq!(project.migrations(), ["0001_create_notes.sql"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_left_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new();
    // A file where the folder would be: root may write anywhere else.
    project.write("migrations", "");
    project.dev(&["migrate"]).says(1, "`migrations`");
    std::fs::remove_file(project.root.join("migrations")).unwrap();
    let folder = project.root.join("migrations");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let done = project.dev(&["migrate"]);
    // Root is not stopped by permissions.
    if done.code != Some(0) {
        done.says(1, "cannot create `migrations/0001_create_notes.sql.new`");
        assert!(project.migrations().is_empty());
    }
}
