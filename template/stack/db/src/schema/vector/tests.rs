use super::*;

#[test]
fn the_extension_is_seen_and_a_mention_in_a_comment_is_not() {
    assert!(creates_vector(
        "create table t ();\nCREATE EXTENSION IF NOT EXISTS vector;"
    ));
    assert!(creates_vector(
        "create extension \"vector\" with schema public"
    ));
    assert!(!creates_vector(
        "-- create extension vector\ncreate table vector (id int);"
    ));
}
