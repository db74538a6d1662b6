use super::*;

fn reason(sql: &str) -> String {
    Backfill::parse(sql).unwrap_err()
}

#[test]
fn the_first_line_names_table_and_key_and_the_comment_the_place() {
    let sql = "-- backfill: app.items by order_id, \"At\"\nUPDATE app.items i SET n = 1 WHERE true /* batch i */;";
    let backfill = Backfill::parse(sql).unwrap().unwrap();
    assert_eq!(backfill.table, "app.items");
    assert_eq!(backfill.key, ["order_id", "At"]);
    assert_eq!(
        (backfill.mark.as_str(), backfill.alias.as_str()),
        ("/* batch i */", "i")
    );
    assert_eq!(
        Backfill::parse("-- no-transaction\nselect 1 /* batch */"),
        Ok(None)
    );
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    assert!(reason("-- backfill: notes\nselect 1").contains("`-- backfill: notes by id`"));
    assert!(
        reason("-- backfill: notes by id\nupdate notes set n = 1")
            .contains("`WHERE true /* batch */`")
    );
    assert!(
        reason("-- backfill: notes by id\nselect 1 /* batch */; select 2")
            .contains("one statement")
    );
}

#[test]
fn the_share_is_never_whole_before_the_end() {
    let filled = |rows, total| Filled { rows, total }.to_string();
    assert_eq!(filled(50, Some(200)), "25 %, 50 rows");
    assert_eq!(filled(300, Some(200)), "99 %, 300 rows");
    assert_eq!(filled(300, None), "300 rows");
}
