use super::*;

fn word(old: &str, new: &str) -> &'static str {
    match is_wider(old, new) {
        Wider::InPlace => "in place",
        Wider::Rewritten => "rewritten",
        Wider::No => "no",
    }
}

#[test]
fn what_every_value_fits_into_is_wider() {
    for (old, new, how) in [
        ("numeric(10,2)", "numeric(12,2)", "in place"),
        ("numeric(10,2)", "numeric", "in place"),
        ("numeric(10,2)", "numeric(12,4)", "rewritten"),
        ("numeric(10,2)", "numeric(11,4)", "no"),
        ("numeric(10,2)", "numeric(12,1)", "no"),
        ("numeric", "numeric(12,2)", "no"),
        ("integer", "numeric(10,0)", "rewritten"),
        ("bigint", "numeric(20,2)", "no"),
        (
            "timestamp(3) with time zone",
            "timestamp with time zone",
            "in place",
        ),
        (
            "timestamp with time zone",
            "timestamp(6) with time zone",
            "in place",
        ),
        (
            "timestamp with time zone",
            "timestamp(3) with time zone",
            "no",
        ),
        (
            "timestamp(3) with time zone",
            "timestamp without time zone",
            "no",
        ),
        (
            "time(3) without time zone",
            "time without time zone",
            "in place",
        ),
        ("interval(2)", "interval", "in place"),
        ("bit varying(3)", "bit varying(8)", "in place"),
        ("bit(3)", "bit(8)", "no"),
        (
            "character varying(10)[]",
            "character varying(20)[]",
            "rewritten",
        ),
        ("character varying(20)[]", "character varying(10)[]", "no"),
        ("character(3)", "character(8)", "rewritten"),
        ("integer", "text", "rewritten"),
        ("integer", "character varying(3)", "no"),
        ("bigint", "integer", "no"),
    ] {
        assert_eq!(word(old, new), how, "{old} to {new}");
    }
}
