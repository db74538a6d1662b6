//! Tables, columns and constraints.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "exclude",
        effect: Effect::Refused,
        says: "there are no exclusion constraints",
        write: "a unique constraint on something that repeats where it must not, such as the day; or a check under `Db::run`, which is serializable",
        example: "create table a (b text, exclude (b with =))",
        find: Find::Statement(|one| words::any(one, &["exclude"]).filter(|_| schema_of_table(one))),
    },
    Rule {
        name: "match-partial",
        effect: Effect::Refused,
        says: "there is no `MATCH PARTIAL`",
        write: "`MATCH FULL`, or none",
        example: "create table a (b uuid references c match partial)",
        find: Find::Statement(|one| words::sequence(one, &["match", "partial"])),
    },
    Rule {
        name: "period",
        effect: Effect::Refused,
        says: "constraints over time (`WITHOUT OVERLAPS`, `PERIOD`) are missing",
        write: "see `exclude`",
        example: "create table a (b uuid, c daterange, unique (b, c without overlaps))",
        find: Find::Statement(|one| words::sequence(one, &["without", "overlaps"])),
    },
    Rule {
        name: "nulls-not-distinct",
        effect: Effect::Refused,
        says: "NULL is always distinct from NULL",
        write: "an index on an expression: `(coalesce(b, ''))`",
        example: "create table a (b text, unique nulls not distinct (b))",
        find: Find::Statement(|one| words::sequence(one, &["nulls", "not", "distinct"])),
    },
    Rule {
        name: "constraint-of-index",
        effect: Effect::Check,
        says: "a constraint cannot be made of an index that exists",
        write: "`ADD CONSTRAINT … UNIQUE (…)`, which blocks nobody",
        example: "alter table a add constraint b unique using index c",
        find: Find::Statement(|one| {
            words::sequence(one, &["using", "index"]).filter(|_| schema_of_table(one))
        }),
    },
    Rule {
        name: "alter-constraint",
        effect: Effect::Refused,
        says: "a constraint cannot be altered",
        write: "drop it and add it anew",
        example: "alter table a alter constraint b deferrable",
        find: Find::Statement(|one| words::sequence(one, &["alter", "constraint"])),
    },
    Rule {
        name: "not-valid-key",
        effect: Effect::Refused,
        says: "a key or a unique constraint cannot be added as `NOT VALID`; a check and a foreign key can",
        write: "without `NOT VALID`",
        example: "alter table a add unique (b) not valid",
        find: Find::Statement(|one| {
            words::sequence(one, &["not", "valid"]).filter(|_| {
                words::any(one, &["unique", "primary"]).is_some()
                    && words::any(one, &["check", "foreign"]).is_none()
            })
        }),
    },
    Rule {
        name: "drop-primary-key",
        effect: Effect::Refused,
        says: "a table always has a primary key; it is dropped and another one added in one transaction",
        write: "`ALTER TABLE a ALTER PRIMARY KEY USING COLUMNS (…)`",
        example: "alter table a drop constraint a_pkey",
        find: Find::Statement(drops_primary_key),
    },
    Rule {
        name: "alter-column-type",
        effect: Effect::Check,
        says: "a new type rewrites the column in the background, not in a transaction with other statements, and not while an index, a constraint or a view needs it",
        write: "a new column, filled and swapped",
        example: "alter table a alter b type bigint",
        find: Find::Statement(|one| {
            words::object(one, "alter", &["table"]).filter(|_| words::any(one, &["type"]).is_some())
        }),
    },
    Rule {
        name: "sequence-default",
        effect: Effect::Refused,
        says: "a column whose default is a sequence cannot be added to a table that has rows",
        write: "a `uuid`, or `unique_rowid()`",
        example: "alter table a add b bigint default nextval('c')",
        find: Find::Statement(|one| {
            words::object(one, "alter", &["table"]).filter(|_| {
                words::any(one, &["add"]).is_some()
                    && (words::any(one, &["nextval", "identity"]).is_some()
                        || words::typed(one, &["serial", "bigserial"]).is_some())
            })
        }),
    },
    Rule {
        name: "inherits",
        effect: Effect::Refused,
        says: "tables do not inherit",
        write: "a foreign key, or one table",
        example: "create table a () inherits (b)",
        find: Find::Statement(|one| {
            words::any(one, &["inherits", "inherit"]).filter(|_| schema_of_table(one))
        }),
    },
    Rule {
        name: "partition",
        effect: Effect::Differs,
        says: "partitions are places of rows (`PARTITION BY LIST` of the primary key), not tables of their own; ranges split by themselves",
        write: "remove it",
        example: "create table a (b date) partition by range (b)",
        find: Find::Statement(|one| {
            words::sequence(one, &["partition", "by"])
                .filter(|_| words::object(one, "create", &["table"]).is_some())
                .or_else(|| words::sequence(one, &["partition", "of"]))
        }),
    },
    Rule {
        name: "attach-partition",
        effect: Effect::Refused,
        says: "a table cannot become a partition",
        write: "see `partition`",
        example: "alter table a attach partition b default",
        find: Find::Statement(|one| {
            words::sequence(one, &["attach", "partition"])
                .or_else(|| words::sequence(one, &["detach", "partition"]))
        }),
    },
    Rule {
        name: "unlogged",
        effect: Effect::Differs,
        says: "`UNLOGGED` is taken and has no effect",
        write: "without",
        example: "create unlogged table a (b text)",
        find: Find::Statement(|one| {
            words::begins(one, &["create", "unlogged"])
                .or_else(|| words::sequence(one, &["set", "unlogged"]))
        }),
    },
    Rule {
        name: "temporary",
        effect: Effect::Check,
        says: "temporary tables are an experiment that a setting turns on",
        write: "`WITH` queries, or a table",
        example: "create temporary table a (b text)",
        find: Find::Anywhere(|one| {
            words::begins(one, &["create", "temporary"])
                .or_else(|| words::begins(one, &["create", "temp"]))
        }),
    },
    Rule {
        name: "on-commit",
        effect: Effect::Refused,
        says: "there is no `ON COMMIT`",
        write: "delete the rows",
        example: "create temp table a (b text) on commit drop",
        find: Find::Anywhere(|one| words::sequence(one, &["on", "commit"])),
    },
    Rule {
        name: "tablespace",
        effect: Effect::Refused,
        says: "there are no tablespaces",
        write: "zones and localities",
        example: "create table a (b text) tablespace c",
        find: Find::Statement(|one| words::any(one, &["tablespace"])),
    },
    Rule {
        name: "storage",
        effect: Effect::Check,
        says: "parameters of storage are PostgreSQL's",
        write: "without",
        example: "create table a (b text) with (fillfactor = 70)",
        find: Find::Statement(|one| {
            words::any(
                one,
                &[
                    "fillfactor",
                    "autovacuum_enabled",
                    "toast_tuple_target",
                    "oids",
                ],
            )
            .or_else(|| words::sequence(one, &["set", "storage"]))
        }),
    },
    Rule {
        name: "like-including",
        effect: Effect::Check,
        says: "`LIKE` copies defaults, constraints, indexes and generated columns; no comments, statistics or storage",
        write: "name what is to be copied",
        example: "create table a (like b including comments)",
        find: Find::Statement(|one| {
            words::any(one, &["including"]).filter(|_| schema_of_table(one))
        }),
    },
    Rule {
        name: "typed-table",
        effect: Effect::Refused,
        says: "a table is not made of a type",
        write: "columns",
        example: "create table a of b",
        find: Find::Statement(typed_table),
    },
    Rule {
        name: "identity",
        effect: Effect::Check,
        says: "an identity is a sequence: one place that all nodes ask",
        write: "a `uuid`; else `CACHE 100`",
        example: "create table a (b bigint generated always as identity)",
        find: Find::Statement(|one| words::sequence(one, &["as", "identity"])),
    },
    Rule {
        name: "alter-table-form",
        effect: Effect::Refused,
        says: "some forms of `ALTER TABLE` are PostgreSQL's alone",
        write: "remove it",
        example: "alter table a replica identity full",
        find: Find::Statement(|one| {
            words::object(one, "alter", &["table"]).and_then(|_| {
                words::sequence(one, &["replica", "identity"])
                    .or_else(|| words::sequence(one, &["cluster", "on"]))
                    .or_else(|| words::sequence(one, &["set", "logged"]))
            })
        }),
    },
    Rule {
        name: "on-conflict-check",
        effect: Effect::Differs,
        says: "the checks of a row that `ON CONFLICT` replaces are made of the result only",
        write: "leave it, unless the check is about the input",
        example: "insert into a values (1) on conflict do nothing",
        find: Find::Told,
    },
];

/// Whether the statement makes or alters a table.
fn schema_of_table(one: &Statement<'_>) -> bool {
    words::object(one, "create", &["table"]).is_some()
        || words::object(one, "alter", &["table"]).is_some()
}

/// By its usual name, and no other one is added.
fn drops_primary_key(one: &Statement<'_>) -> Option<usize> {
    words::object(one, "alter", &["table"])?;
    let dropped = one
        .tokens
        .iter()
        .any(|token| token.sql.trim_matches('"').ends_with("_pkey"));
    let only = words::any(one, &["drop"]).is_some() && words::any(one, &["add"]).is_none();
    (dropped && only).then_some(one.line)
}

/// `create table name of type`.
fn typed_table(one: &Statement<'_>) -> Option<usize> {
    words::object(one, "create", &["table"])?;
    let before = one.tokens.iter().take_while(|token| !token.is("("));
    let mut before = before.skip_while(|token| !token.is("of"));
    let of = before.next().map(|token| token.line);
    of.filter(|_| words::sequence(one, &["partition", "of"]).is_none())
}
