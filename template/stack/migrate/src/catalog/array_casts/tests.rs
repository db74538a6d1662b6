use super::*;

#[test]
fn a_list_that_is_cast_becomes_a_list_of_casts() {
    assert_eq!(
        normalized(
            "a::text = ANY (ARRAY['x'::character varying, 'it''s, ]'::character varying]::text[])"
        ),
        "a::text = ANY (ARRAY['x'::character varying::text, 'it''s, ]'::character varying::text])"
    );
    assert_eq!(
        normalized("((a)::text = ANY ((ARRAY['x'::character varying])::text[]))"),
        "((a)::text = ANY (ARRAY[('x'::character varying)::text]))"
    );
}

#[test]
fn what_is_no_such_list_stays_as_it_is() {
    for text in [
        "a = ANY (ARRAY[1, 2])",
        "'ARRAY[''x''::text]::text[]'",
        "\"ARRAY['x'::text]::text[]\"",
        "ARRAY['x'::text, f('y'::text)]::text[]",
        "it's open",
        "ARRAY['ä'::text]",
    ] {
        assert_eq!(normalized(text), text);
    }
}
