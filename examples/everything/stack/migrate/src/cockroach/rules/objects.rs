//! Objects other than tables.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "extension",
        effect: Effect::Refused,
        says: "of extensions, `pg_trgm`, `pgcrypto`, `uuid-ossp`, `fuzzystrmatch`, `postgis` and `vector` are built in, and `CREATE EXTENSION` of them does nothing; others are refused, and so are `DROP` and `WITH SCHEMA`",
        write: "what is built in, without schema",
        example: "create extension hstore",
        find: Find::Statement(extension),
    },
    Rule {
        name: "rule",
        effect: Effect::Refused,
        says: "there are no rules",
        write: "a trigger, or the service",
        example: "create rule a as on insert to b do nothing",
        find: Find::Statement(|one| words::object(one, "create", &["rule"])),
    },
    Rule {
        name: "aggregate-or-operator",
        effect: Effect::Refused,
        says: "there are no own aggregates, operators, casts, conversions, languages and access methods",
        write: "a function",
        example: "create aggregate a (int4) (sfunc = b, stype = int4)",
        find: Find::Statement(|one| {
            words::object(
                one,
                "create",
                &[
                    "aggregate",
                    "operator",
                    "cast",
                    "conversion",
                    "language",
                    "access",
                    "transform",
                    "trusted",
                ],
            )
        }),
    },
    Rule {
        name: "own-collation",
        effect: Effect::Refused,
        says: "there are no own collations",
        write: "see `collation`",
        example: "create collation a (locale = 'de')",
        find: Find::Statement(|one| words::object(one, "create", &["collation"])),
    },
    Rule {
        name: "text-search",
        effect: Effect::Refused,
        says: "there are no own configurations and dictionaries of text search",
        write: "the built-in ones",
        example: "create text search configuration a (copy = b)",
        find: Find::Statement(|one| words::object(one, "create", &["text"])),
    },
    Rule {
        name: "foreign-data",
        effect: Effect::Refused,
        says: "there are no foreign tables",
        write: "a copy",
        example: "create foreign table a (b text) server c",
        find: Find::Statement(|one| words::object(one, "create", &["foreign", "server"])),
    },
    Rule {
        name: "replication",
        effect: Effect::Refused,
        says: "there are no publications and subscriptions",
        write: "a changefeed",
        example: "create publication a",
        find: Find::Statement(|one| words::object(one, "create", &["publication", "subscription"])),
    },
    Rule {
        name: "event-trigger",
        effect: Effect::Refused,
        says: "there are no event triggers",
        write: "remove it",
        example: "create event trigger a on ddl_command_start execute function b()",
        find: Find::Statement(|one| words::object(one, "create", &["event"])),
    },
    Rule {
        name: "statistics",
        effect: Effect::Check,
        says: "`CREATE STATISTICS` collects once, over columns, without kinds and without expressions; statistics are collected by themselves",
        write: "remove it",
        example: "create statistics a (dependencies) on b, c from d",
        find: Find::Statement(|one| words::object(one, "create", &["statistics"])),
    },
    Rule {
        name: "sequence",
        effect: Effect::Check,
        says: "a sequence is one place that all nodes ask, and numbers have gaps",
        write: "a `uuid`; else `CACHE 100`",
        example: "create sequence a",
        find: Find::Statement(|one| words::object(one, "create", &["sequence"])),
    },
    Rule {
        name: "comment-kind",
        effect: Effect::Refused,
        says: "comments go to databases, schemas, tables, columns, indexes, constraints and types only",
        write: "a comment in the file",
        example: "comment on function a is 'b'",
        find: Find::Statement(comment_kind),
    },
    Rule {
        name: "recursive-view",
        effect: Effect::Refused,
        says: "there is no `CREATE RECURSIVE VIEW`",
        write: "`CREATE VIEW … AS WITH RECURSIVE …`",
        example: "create recursive view a (b) as select 1",
        find: Find::Statement(|one| words::object(one, "create", &["recursive"])),
    },
    Rule {
        name: "view-option",
        effect: Effect::Refused,
        says: "a view has no `CHECK OPTION`, and runs with the rights of its owner; it cannot be written to",
        write: "write to the table",
        example: "create view a with (security_invoker = true) as select 1",
        find: Find::Statement(|one| {
            words::object(one, "create", &["view"])
                .and_then(|_| words::any(one, &["security_invoker", "security_barrier", "option"]))
        }),
    },
    Rule {
        name: "refresh",
        effect: Effect::Differs,
        says: "a materialized view is not refreshed in a transaction, and `CONCURRENTLY` means nothing",
        write: "a file of its own that begins with `-- no-transaction`",
        example: "refresh materialized view concurrently a",
        find: Find::Statement(|one| words::begins(one, &["refresh"])),
    },
    Rule {
        name: "row-level-security",
        effect: Effect::Check,
        says: "row-level security exists from v25.2; foreign keys and unique constraints look past it",
        write: "try each policy",
        example: "create policy a on b",
        find: Find::Statement(|one| {
            words::object(one, "create", &["policy"])
                .or_else(|| words::sequence(one, &["row", "level", "security"]))
        }),
    },
    Rule {
        name: "column-privilege",
        effect: Effect::Refused,
        says: "privileges are on tables, not on columns",
        write: "a view",
        example: "grant select (a, b) on c to d",
        find: Find::Statement(column_privilege),
    },
    Rule {
        name: "database-template",
        effect: Effect::Refused,
        says: "a database has no template",
        write: "run the schema",
        example: "create database a template b",
        find: Find::Statement(|one| {
            words::object(one, "create", &["database"])
                .filter(|_| words::any(one, &["template", "tablespace"]).is_some())
        }),
    },
    Rule {
        name: "alter-system",
        effect: Effect::Differs,
        says: "settings are PostgreSQL's",
        write: "`SET CLUSTER SETTING`",
        example: "alter system set work_mem = '1MB'",
        find: Find::Statement(|one| words::begins(one, &["alter", "system"])),
    },
];

/// One that is not built in, or with more than its name.
fn extension(one: &Statement<'_>) -> Option<usize> {
    const BUILT_IN: &[&str] = &[
        "pg_trgm",
        "pgcrypto",
        "uuid-ossp",
        "fuzzystrmatch",
        "postgis",
        "vector",
    ];
    if let Some(line) = words::object(one, "drop", &["extension"]) {
        return Some(line);
    }
    words::object(one, "create", &["extension"])?;
    let name = one
        .tokens
        .iter()
        .skip(2)
        .find(|token| !words::is_one(token, &["if", "not", "exists"]))?;
    let built_in = BUILT_IN.contains(&name.sql.trim_matches('"').to_lowercase().as_str());
    let more = words::any(one, &["schema", "version", "cascade"]);
    if built_in { more } else { Some(name.line) }
}

/// A comment on something else than what has comments.
fn comment_kind(one: &Statement<'_>) -> Option<usize> {
    const KINDS: &[&str] = &[
        "database",
        "schema",
        "table",
        "column",
        "index",
        "constraint",
        "type",
    ];
    let kind = one
        .tokens
        .get(2)
        .filter(|_| one.begins(&["comment", "on"]))?;
    (!words::is_one(kind, KINDS)).then_some(kind.line)
}

/// `grant select (columns)`.
fn column_privilege(one: &Statement<'_>) -> Option<usize> {
    if !one.begins(&["grant"]) && !one.begins(&["revoke"]) {
        return None;
    }
    let privileges = one.tokens.iter().take_while(|token| !token.is("on"));
    privileges
        .into_iter()
        .find(|token| token.is("("))
        .map(|token| token.line)
}
