use super::*;

/// The keys of what is found in files, of which the first is only read if there are two.
fn found(files: &[&str], statistics: &Statistics) -> Vec<String> {
    let files: Vec<File<'_>> = (1..)
        .zip(files)
        .map(|(number, sql)| File {
            path: Path::new("migrations/0002_x.sql"),
            sql,
            wanted: number == files.len(),
        })
        .collect();
    let found = lint(&files, statistics);
    let keys = found
        .iter()
        .map(|one| format!("{} {}", one.line, one.hazard.key()));
    keys.collect()
}

fn of(sql: &str) -> Vec<String> {
    found(&[sql], &Statistics::default())
}

#[test]
fn the_rules_of_squawk_that_are_about_a_database_in_use() {
    let cases = [
        ("alter table t add a int not null", "fails-on-data:t.a"),
        (
            "alter table t add a uuid default gen_random_uuid()",
            "rewrite:t.a",
        ),
        ("alter table t add a int references u", "scan:t.a"),
        (
            "alter table t add id bigserial primary key",
            "rewrite:t.id, index-build:t.id",
        ),
        (
            "alter table t add constraint k foreign key (a) references u",
            "scan:t.k",
        ),
        (
            "alter table t add constraint k check (a > 0), add b int",
            "scan:t.k",
        ),
        (
            "alter table t add constraint k unique (a)",
            "index-build:t.k",
        ),
        (
            "alter table only public.T alter column a set not null",
            "fails-on-data:t.a, scan:t.a",
        ),
        ("alter table t alter a type bigint", "rewrite:t.a"),
        (
            "alter domain d add constraint k check (value > 0)",
            "scan:d",
        ),
        ("alter table t drop column a", "data-loss:t.a"),
        ("alter table t rename a to b", "incompatible:t.a"),
        ("alter table t rename to u", "incompatible:t"),
        ("drop table if exists t", "data-loss:t"),
        ("drop database d", "data-loss:d"),
        ("drop type k cascade", "data-loss:k"),
        ("truncate t cascade", "data-loss:t"),
        ("create index i on t (a)", "index-build:i"),
        (
            "create index concurrently i on t (a)",
            "in-transaction:0002_x.sql",
        ),
        ("drop index concurrently i", "in-transaction:0002_x.sql"),
        ("reindex table t", "index-build:t"),
        ("update t set a = 1", "bulk-write:t"),
        ("refresh materialized view v", "lock:v"),
        ("alter table t set unlogged", "rewrite:t"),
        (
            "alter table t disable row level security",
            "authorization:t",
        ),
        ("create policy p on t using (true)", "authorization:t.p"),
        ("grant select on table t to public", "authorization:t"),
    ];
    for (sql, keys) in cases {
        let expected: Vec<String> = keys.split(", ").map(|key| format!("1 {key}")).collect();
        assert_eq!(of(sql), expected, "{sql}");
    }
}

#[test]
fn what_disturbs_nobody_is_not_found() {
    for sql in [
        "alter table t add a int",
        "alter table t add a int not null default 1",
        "alter table t add a timestamptz not null default now()",
        "alter table t add constraint k foreign key (a) references u not valid",
        "alter table t add constraint k unique using index i",
        "alter table t validate constraint k",
        "-- no-transaction\ncreate index concurrently i on t (a)",
        "create table t (a int not null); create index on t (a); alter table t drop a",
        "create policy p on t using (a = 1)",
        "grant select on t to app",
        "update t set a = 1 where id = 3",
        "insert into t values ('drop table t;')",
        "refresh materialized view concurrently v",
        "-- backfill: t by id\nupdate t set a = 1 where a is null /* batch */",
    ] {
        assert_eq!(of(sql), [""; 0], "{sql}");
    }
}

#[test]
fn a_comment_allows_one_statement_and_only_what_it_names() {
    let sql = "-- allow: data-loss: nobody reads it\n\n-- more\nalter table t drop a;\nalter table t drop b;";
    assert_eq!(of(sql), ["5 data-loss:t.b"]);
    assert_eq!(of("--allow: data-loss\ndrop table t"), ["2 data-loss:t"]);
    assert_eq!(of("-- allow: rewrite\ndrop table t"), ["2 data-loss:t"]);
    assert_eq!(of("-- allow: data-loss:t\ndrop table t"), [""; 0]);
    assert_eq!(of("-- allow: data-loss:u\ndrop table t"), ["2 data-loss:t"]);
}

#[test]
fn files_before_are_read_for_what_they_made() {
    let before = "create table t (a int); create function f() returns int return 1;
        alter table u add constraint k check (a is not null) not valid; alter table u validate constraint k;";
    let after = "create index on t (a);
        alter table t add b int default f();
        -- allow: fails-on-data
        alter table u alter a set not null;";
    let keys = found(&[before, after], &Statistics::default());
    assert_eq!(keys, ["1 index-build:t", "2 rewrite:t.b"]);
}

#[test]
fn a_table_that_is_small_in_production_may_be_locked() {
    let size = crate::hazard::Size {
        rows: 7,
        bytes: 8192,
    };
    let statistics = Statistics {
        tables: [("t".to_owned(), size)].into(),
    };
    let sql = "create index on t (a); create index on u (a); drop table t;";
    assert_eq!(
        found(&[sql], &statistics),
        ["1 index-build:u", "1 data-loss:t"]
    );
}
