use super::*;

fn parse(limit: &str, after: &str) -> Result<PageQuery<u32>, FieldErrors> {
    PageQuery::parse(&Raw {
        limit: Some(limit.to_owned()),
        after: Some(after.to_owned()),
    })
}

#[test]
fn a_limit_that_is_too_high_is_lowered() {
    assert_eq!(
        parse("1000", ""),
        Ok(PageQuery {
            limit: MAX_LIMIT,
            after: None
        })
    );
    assert_eq!(
        parse("", "7"),
        Ok(PageQuery {
            limit: DEFAULT_LIMIT,
            after: Some(7)
        })
    );
}

#[test]
fn a_limit_or_a_cursor_that_makes_no_sense_is_refused() {
    for (limit, after, field) in [("0", "", "limit"), ("x", "", "limit"), ("1", "x", "after")] {
        assert!(parse(limit, after).unwrap_err().of(field).is_some());
    }
}

#[test]
fn the_item_that_was_read_too_many_only_says_that_there_is_a_next_page() {
    let id = |item: &u32| *item;
    assert_eq!(split(vec![3, 2, 1], 2, id), (vec![3, 2], Some(2)));
    assert_eq!(split(vec![3, 2], 2, id), (vec![3, 2], None));
}
