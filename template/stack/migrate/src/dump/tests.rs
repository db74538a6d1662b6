use super::*;

#[test]
fn what_makes_no_difference_is_left_out() {
    let one = statements(
        "CREATE TABLE public.t (\n    a integer CONSTRAINT filled NOT NULL,\n    b text\n)\nWITH (fillfactor='7', x='1');\n\nALTER INDEX public.i ATTACH PARTITION public.i_1;\n\nCREATE INDEX i_1 ON public.p USING btree (a);\n",
    );
    let other = statements(
        "-- a comment\nCREATE TABLE public.t (\n    b text,\n    a integer NOT NULL\n)\nWITH (x='1', fillfactor='7');\n",
    );
    assert_eq!(one, other);
    assert_ne!(
        statements("CREATE TABLE t (\n    CONSTRAINT c CHECK ((a IS NOT NULL))\n);\n"),
        statements("CREATE TABLE t (\n    CONSTRAINT c CHECK ((b IS NOT NULL))\n);\n")
    );
}
