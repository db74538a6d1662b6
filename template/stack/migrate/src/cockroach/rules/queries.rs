//! Statements that read and write.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "integer-division",
        effect: Effect::Differs,
        says: "`/` of integers is a `decimal`: `1 / 2` is `0.5`",
        write: "`div(a, b)`, which both have; CockroachDB alone has `//`",
        example: "select a / b from c",
        find: Find::Anywhere(|one| words::sequence(one, &["/"])),
    },
    Rule {
        name: "merge",
        effect: Effect::Refused,
        says: "there is no `MERGE`",
        write: "`INSERT … ON CONFLICT`",
        example: "merge into a using b on true when matched then delete",
        find: Find::Anywhere(|one| words::begins(one, &["merge"])),
    },
    Rule {
        name: "truncate-identity",
        effect: Effect::Refused,
        says: "`TRUNCATE` leaves sequences as they are",
        write: "without; a sequence is set by `setval`",
        example: "truncate a restart identity",
        find: Find::Anywhere(|one| words::sequence(one, &["restart", "identity"])),
    },
    Rule {
        name: "grouping-sets",
        effect: Effect::Refused,
        says: "there are no `GROUPING SETS`, `ROLLUP` and `CUBE`",
        write: "`UNION ALL`",
        example: "select a from b group by rollup (a)",
        find: Find::Anywhere(|one| {
            words::sequence(one, &["grouping", "sets"])
                .or_else(|| words::sequence(one, &["rollup", "("]))
                .or_else(|| words::sequence(one, &["cube", "("]))
        }),
    },
    Rule {
        name: "sampling",
        effect: Effect::Refused,
        says: "there are no `TABLESAMPLE` and `WITH TIES`",
        write: "`ORDER BY random() LIMIT …`; a window function",
        example: "select a from b tablesample system (1)",
        find: Find::Anywhere(|one| {
            words::any(one, &["tablesample"]).or_else(|| words::sequence(one, &["with", "ties"]))
        }),
    },
    Rule {
        name: "system-column",
        effect: Effect::Refused,
        says: "there are no `ctid`, `xmin` and `xmax`",
        write: "the primary key, and a column `version`",
        example: "select ctid from a",
        find: Find::Anywhere(|one| words::any(one, &["ctid", "xmin", "xmax", "cmin", "cmax"])),
    },
    Rule {
        name: "large-object",
        effect: Effect::Refused,
        says: "there are no large objects",
        write: "`bytea`, or a store of files",
        example: "select lo_create(0)",
        find: Find::Anywhere(|one| {
            words::any(
                one,
                &[
                    "lo_create",
                    "lo_import",
                    "lo_export",
                    "lo_unlink",
                    "lo_get",
                    "lo_put",
                ],
            )
        }),
    },
    Rule {
        name: "returning-old",
        effect: Effect::Check,
        says: "`RETURNING old.…, new.…` is of PostgreSQL 18",
        write: "`RETURNING` of the columns",
        example: "update a set b = 1 returning old.b",
        find: Find::Anywhere(returning_old),
    },
    Rule {
        name: "copy",
        effect: Effect::Check,
        says: "`COPY` has no `WHERE`, `FREEZE` and `FORCE_…`",
        write: "`IMPORT INTO`, or plain `COPY`",
        example: "copy a from stdin (freeze)",
        find: Find::Statement(|one| {
            words::begins(one, &["copy"]).and_then(|_| {
                words::any(
                    one,
                    &[
                        "freeze",
                        "where",
                        "force_null",
                        "force_not_null",
                        "force_quote",
                    ],
                )
            })
        }),
    },
    Rule {
        name: "text-search-function",
        effect: Effect::Check,
        says: "of text search, weights and headlines are missing",
        write: "`to_tsvector`, `plainto_tsquery`, `@@`, `ts_rank`",
        example: "select setweight(a, 'A') from b",
        find: Find::Anywhere(|one| {
            words::any(
                one,
                &[
                    "setweight",
                    "ts_headline",
                    "ts_rewrite",
                    "ts_stat",
                    "websearch_to_tsquery",
                ],
            )
        }),
    },
    Rule {
        name: "postgres-18-function",
        effect: Effect::Check,
        says: "functions of PostgreSQL 18 may be missing",
        write: "make the value in the application",
        example: "select uuidv7()",
        find: Find::Anywhere(|one| {
            words::any(
                one,
                &[
                    "uuidv7",
                    "uuidv4",
                    "casefold",
                    "array_sort",
                    "array_reverse",
                ],
            )
        }),
    },
    Rule {
        name: "operator-schema",
        effect: Effect::Refused,
        says: "an operator has no schema",
        write: "the bare operator",
        example: "select 1 operator(pg_catalog.+) 1",
        find: Find::Anywhere(|one| {
            words::sequence(one, &["operator", "("]).filter(|_| !one.begins(&["create"]))
        }),
    },
    Rule {
        name: "bit-operators",
        effect: Effect::Differs,
        says: "`&`, `#` and `|` bind in this order, `~` binds tightest, and shifts take no modulus",
        write: "parentheses",
        example: "select a | b & c from d",
        find: Find::Told,
    },
    Rule {
        name: "regular-expression",
        effect: Effect::Check,
        says: "regular expressions are RE2: no references back, no looking around",
        write: "simple patterns, or `LIKE`",
        example: "select a from b where a ~ '(?=c)'",
        find: Find::Told,
    },
    Rule {
        name: "with-writes-twice",
        effect: Effect::Refused,
        says: "a statement cannot write to one table in two of its parts",
        write: "two statements in one transaction",
        example: "with a as (delete from b returning 1) insert into b values (1)",
        find: Find::Told,
    },
];

/// `old.` or `new.` after `returning`.
fn returning_old(one: &Statement<'_>) -> Option<usize> {
    let at = one.tokens.iter().position(|token| token.is("returning"))?;
    let after = one.tokens.get(at..)?;
    let names = after
        .windows(2)
        .find(|two| words::is_one(&two[0], &["old", "new"]) && two[1].is("."))?;
    names.first().map(|token| token.line)
}
