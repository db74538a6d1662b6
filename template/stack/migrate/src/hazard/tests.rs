use stack_db::statements::split;

use super::*;

/// What the last statement of a text does.
fn last(sql: &str) -> Effects {
    let mut observer = Observer::default();
    let mut effects = Effects::default();
    for statement in split(sql) {
        effects = observer.see(&statement);
    }
    effects
}

fn keys(sql: &str) -> Vec<String> {
    last(sql).hazards.iter().map(Hazard::key).collect()
}

#[test]
fn kinds_stand_in_the_order_of_their_enum_and_are_read_back() {
    for (at, one) in Name::ALL.iter().enumerate() {
        assert_eq!(one.name as usize, at);
        assert_eq!(Name::parse(one.word), Some(one.name));
        assert_eq!(one.name.description().word, one.word);
    }
}

#[test]
fn an_allowance_is_of_a_kind_or_of_one_object() {
    let hazard = Hazard::new(Name::DataLoss, "\"A: b\".c", "");
    let covers = |text: &str| {
        let some = vec![text.parse().unwrap()];
        let allowed = Allowed {
            some,
            ..Allowed::default()
        };
        allowed.covers(&hazard)
    };
    assert!(covers(&hazard.key()) && covers("data-loss"));
    assert!(!covers("data-loss:t") && !covers("rewrite"));
    let unknown = "dataloss:t".parse::<Allowance>().unwrap_err();
    assert!(unknown.contains("there are data-loss, "), "{unknown}");
}

#[test]
fn what_a_table_that_was_just_made_is_given_disturbs_nobody() {
    let sql = "create table t (a int, b int); create index on t (a)";
    assert_eq!(last(sql), Effects::default());
    let sql = "create table t (a int, b int); alter table t add unique (a), alter b set not null";
    assert_eq!(last(sql), Effects::default());
    let sql = "create table t (a int); create index t_a_idx on t (a)";
    assert_eq!(last(sql), Effects::default());
    // Another of which the name only begins so.
    let sql = "create table t (a int); drop table t2";
    assert_eq!(keys(sql), ["data-loss:t2"]);
}

#[test]
fn a_check_that_was_validated_spares_the_scan() {
    let add = "alter table t add constraint c check (a is not null) not valid;";
    let sql = format!("{add} alter table t alter a set not null");
    assert_eq!(keys(&sql), ["fails-on-data:t.a", "scan:t.a"]);
    let sql =
        format!("{add} alter table t validate constraint c; alter table t alter a set not null");
    assert_eq!(keys(&sql), ["fails-on-data:t.a"]);
}

#[test]
fn a_default_that_differs_by_row_rewrites_and_another_does_not() {
    let key = "rewrite:t.a";
    for default in ["gen_random_uuid()", "random() * 2", "f()"] {
        let sql = format!(
            "create function F() returns int return 1; alter table t add a int default {default}"
        );
        assert_eq!(keys(&sql), [key], "{default}");
    }
    for default in ["now()", "'random()'", "g()", "f"] {
        let sql = format!(
            "create or replace function g() returns int immutable return 1; alter table t add a int default {default}"
        );
        assert_eq!(keys(&sql), [""; 0], "{default}");
    }
}

#[test]
fn a_strange_text_is_no_reason_to_stop() {
    for sql in [
        "alter table",
        "alter table t",
        "alter table t add",
        "create index on",
        "update",
        "drop",
        "grant",
        "alter table t alter",
        "create policy p on",
        "reindex",
        "lock",
    ] {
        last(sql);
    }
}

#[test]
fn the_duration_comes_with_the_size_where_it_is_known() {
    let mut lock = last("create index i on t (a)").lock.unwrap();
    assert_eq!(lock.duration(), "while an index is built");
    let size = Size {
        rows: 5,
        bytes: 600_000_000,
    };
    lock.size = Some(size);
    assert_eq!(
        lock.duration(),
        "while an index is built: 5 rows, perhaps 11 s"
    );
    let statistics = Statistics {
        tables: [("t".to_owned(), size)].into(),
    };
    assert!(statistics.is_large("t") && !statistics.is_large("u"));
}

#[test]
fn the_table_in_the_documentation_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/migrations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- hazards -->\n\n", "\n<!-- end of hazards -->");
    let (before, rest) = text.split_once(begin).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    let wanted = table();
    if written != wanted && std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always")
    {
        std::fs::write(path, format!("{before}{begin}{wanted}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(
        written, wanted,
        "`INSTA_UPDATE=always cargo test` writes it"
    );
}
