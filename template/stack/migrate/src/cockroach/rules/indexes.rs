//! Indexes.

use stack_db::statements::Statement;

use super::super::{Effect, Find, Rule, words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "concurrently",
        effect: Effect::Differs,
        says: "`CONCURRENTLY` is taken and means nothing: every index is built while others write; it is a job, whose failure takes it back",
        write: "leave it: it does no harm in a file of its own",
        example: "create index concurrently a on b (c)",
        find: Find::Statement(|one| {
            words::any(one, &["concurrently"])
                .filter(|_| !one.begins(&["reindex"]) && !one.begins(&["refresh"]))
        }),
    },
    Rule {
        name: "index-method",
        effect: Effect::Refused,
        says: "there are no `hash`, `brin`, `spgist` and `bloom` indexes",
        write: "the ordinary one; `USING HASH` after the columns spreads a hot key",
        example: "create index a on b using brin (c)",
        find: Find::Statement(|one| {
            index_method(one, &["hash", "brin", "spgist", "bloom", "ivfflat"])
        }),
    },
    Rule {
        name: "gist",
        effect: Effect::Check,
        says: "`gist` is for `geometry` and trigrams only",
        write: "`gin`, or the ordinary one",
        example: "create index a on b using gist (c)",
        find: Find::Statement(|one| index_method(one, &["gist"])),
    },
    Rule {
        name: "gin",
        effect: Effect::Differs,
        says: "`gin` is an inverted index, for `jsonb`, arrays, `tsvector` and trigrams, with one such column, which stands last",
        write: "one column",
        example: "create index a on b using gin (c)",
        find: Find::Statement(|one| index_method(one, &["gin"])),
    },
    Rule {
        name: "hnsw",
        effect: Effect::Differs,
        says: "`hnsw` makes an index of CockroachDB's own (from v25.2, behind a cluster setting), without `m` and `ef_construction`; `hnsw.ef_search` is `vector_search_beam_size`; a filter is fast only on columns that stand before the vector",
        write: "vectors in a database of their own, which may stay on PostgreSQL",
        example: "create index a on b using hnsw (c vector_l2_ops)",
        find: Find::Statement(|one| index_method(one, &["hnsw"])),
    },
    Rule {
        name: "operator-class-schema",
        effect: Effect::Refused,
        says: "an operator class has no schema",
        write: "its bare name",
        example: "create index a on b using hnsw (c public.vector_l2_ops)",
        find: Find::Statement(|one| operator_class(one, true)),
    },
    Rule {
        name: "operator-class",
        effect: Effect::Check,
        says: "operator classes are few: `gin_trgm_ops`, and `vector_l2_ops`, `vector_ip_ops`, `vector_cosine_ops`",
        write: "without; every index serves `LIKE 'a%'`",
        example: "create index a on b (c text_pattern_ops)",
        find: Find::Statement(|one| operator_class(one, false)),
    },
    Rule {
        name: "index-nulls",
        effect: Effect::Refused,
        says: "an index has NULL first in ascending and last in descending order, and no other",
        write: "without `NULLS`",
        example: "create index a on b (c desc nulls first)",
        find: Find::Statement(|one| {
            words::any(one, &["nulls"]).filter(|_| {
                words::object(one, "create", &["index", "unique"]).is_some()
                    && words::sequence(one, &["nulls", "not"]).is_none()
            })
        }),
    },
    Rule {
        name: "reindex",
        effect: Effect::Refused,
        says: "there is nothing to build anew",
        write: "remove it",
        example: "reindex table a",
        find: Find::Statement(|one| words::begins(one, &["reindex"])),
    },
    Rule {
        name: "maintenance",
        effect: Effect::Refused,
        says: "there are no `VACUUM` and `CLUSTER`",
        write: "remove it",
        example: "vacuum a",
        find: Find::Anywhere(|one| {
            words::begins(one, &["vacuum"]).or_else(|| words::begins(one, &["cluster"]))
        }),
    },
];

/// `create index … using` one of these methods.
fn index_method(one: &Statement<'_>, methods: &[&str]) -> Option<usize> {
    words::object(one, "create", &["index", "unique"])?;
    let at = one.tokens.iter().position(|token| token.is("using"))?;
    let method = one.tokens.get(at + 1)?;
    words::is_one(method, methods).then_some(method.line)
}

/// A word that ends in `_ops`: with its schema, or one that is not known.
fn operator_class(one: &Statement<'_>, qualified: bool) -> Option<usize> {
    const KNOWN: &[&str] = &[
        "gin_trgm_ops",
        "vector_l2_ops",
        "vector_ip_ops",
        "vector_cosine_ops",
    ];
    words::object(one, "create", &["index", "unique"])?;
    let classes = one
        .tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.sql.to_lowercase().ends_with("_ops"));
    for (at, class) in classes {
        let has_schema = at > 0 && one.tokens[at - 1].is(".");
        if qualified == has_schema && (qualified || !words::is_one(class, KNOWN)) {
            return Some(class.line);
        }
    }
    None
}
