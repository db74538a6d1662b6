use super::*;

fn names(sql: &str, place: Place) -> Vec<&'static str> {
    lint(Path::new("a.sql"), sql, place)
        .iter()
        .map(|finding| finding.rule.name)
        .collect()
}

#[test]
fn every_rule_finds_its_own_example() {
    for rule in rules().filter(|rule| !matches!(rule.find, Find::Told)) {
        let found = names(rule.example, Place::Migration);
        assert!(found.contains(&rule.name), "{}: {found:?}", rule.name);
    }
}

#[test]
fn no_two_rules_have_one_name() {
    let mut names: Vec<_> = rules().map(|rule| rule.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn what_both_servers_do_alike_is_not_found() {
    for sql in [
        "create table t (id uuid not null, path text, point bigint, line int4, box text not null default '/', \
         at timestamptz not null default now(), data jsonb, tags text[], constraint t_pkey primary key (id), \
         constraint t_fkey foreign key (id) references u (id) on delete cascade, \
         constraint t_check check (length(path) between 1 and 10))",
        "create index t_idx on t (path, id desc) where path is not null",
        "create unique index t_key on t (lower(path))",
        "create type mood as enum ('sad', 'ok')",
        "create type pair as (a text, b bigint)",
        "alter table t add column if not exists note text not null default ''",
        "alter table t add constraint t_note_check check (note <> '') not valid",
        "alter table t validate constraint t_note_check",
        "create view v as select id, path from t",
        "insert into t (id) values ($1) on conflict (id) do update set path = excluded.path returning id",
        "select count(*) from t where path like '/a/%' -- merge / lock\n order by id for update skip locked",
        "with recursive r as (select 1) select a from r where a <= 2 and a >= 1",
        "create extension if not exists pg_trgm",
        "create function f(a bigint) returns bigint language sql as $$ select a + 1 $$",
        "create trigger a before update on t for each row execute function f()",
        "comment on column t.path is 'with / and merge'",
        "grant select, insert on t to app",
        "alter table t drop constraint t_check",
    ] {
        assert_eq!(names(sql, Place::Migration), Vec::<&str>::new(), "{sql}");
    }
}

#[test]
fn several_statements_of_one_file_are_about_migrations_only() {
    let sql = "create table a (b text);\ncreate index a_b_idx on a (b);";
    assert_eq!(names(sql, Place::Schema), Vec::<&str>::new());
    let found = lint(Path::new("0001_a.sql"), sql, Place::Migration);
    assert_eq!(
        (found[0].rule.name, found[0].line),
        ("one-ddl-statement", 2)
    );
    let data = "create table a (b text); insert into a values ('c'); update a set b = 'd';";
    assert_eq!(names(data, Place::Migration), Vec::<&str>::new());
}

#[test]
fn a_body_is_looked_into_and_lines_are_those_of_the_file() {
    let sql = "create function f() returns void language plpgsql as $$\nbegin\n  perform pg_notify('a', 'b');\nend $$;";
    let found = lint(Path::new("a.sql"), sql, Place::Schema);
    let found: Vec<_> = found.iter().map(|one| (one.rule.name, one.line)).collect();
    // A body's first statement begins at its `begin`, words have their own line.
    assert_eq!(found, [("listen-notify", 3), ("plpgsql", 3)]);
}

#[test]
fn a_finding_says_file_line_what_happens_and_what_to_write() {
    let found = lint(
        Path::new("schema/010_a.sql"),
        "create table a (\n  b serial\n);",
        Place::Schema,
    );
    let text = found[0].to_string();
    assert!(
        text.starts_with("`schema/010_a.sql`, line 2: a `serial` column gets `unique_rowid()`")
            && text.contains("(serial)\nhint: `uuid` keys"),
        "{text}"
    );
}

#[test]
fn text_that_is_no_sql_harms_nobody() {
    for text in [
        "",
        ";;",
        "(((",
        "'",
        "$$",
        "create",
        "alter table",
        "::",
        "cast(",
        "create table (",
    ] {
        let _ = names(text, Place::Migration);
    }
}

#[test]
fn a_project_is_linted_with_paths_from_its_root() {
    let root = std::env::temp_dir().join(format!("cockroach-lint-{}", std::process::id()));
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    };
    write("schema/010_a.sql", "create table a (b serial)");
    write("schema/vector/010_b.sql", "create table c (d halfvec(3))");
    write("migrations/0001_a.sql", "lock table a");
    write(
        "src/repositories/notes/deep.rs",
        "sqlx::query(\"merge into a\")",
    );
    let found = lint_project(&root).expect("readable");
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.path.to_str().expect("text"), one.rule.name))
        .collect();
    assert_eq!(
        found,
        [
            ("schema/010_a.sql", "serial"),
            ("migrations/0001_a.sql", "lock-table"),
            ("src/repositories/notes/deep.rs", "merge"),
        ]
    );
    let _ = std::fs::remove_dir_all(&root);
    assert!(lint_project(&root).expect("nothing there").is_empty());
}
