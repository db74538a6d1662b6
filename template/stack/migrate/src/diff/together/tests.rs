use super::*;
use crate::hazard::Name;
use crate::object::{Id, Kind};

fn step(sql: &str) -> Step {
    Step::new(&Id::new(Kind::Column, "t.a"), sql)
}

fn put(steps: Vec<Step>) -> Vec<String> {
    let steps = put_together(steps).into_iter();
    steps.map(|step| step.sql).collect()
}

#[test]
fn columns_of_one_table_come_in_one_statement() {
    assert_eq!(
        put(vec![
            step("ALTER TABLE \"a b\".t ADD COLUMN a int"),
            step("ALTER TABLE \"a b\".t ADD COLUMN b int"),
            step("ALTER TABLE \"a b\".t ADD COLUMN c int"),
            step("ALTER TABLE t ADD COLUMN c int"),
            step("ALTER TABLE t DROP COLUMN d"),
        ]),
        [
            "ALTER TABLE \"a b\".t\n    ADD COLUMN a int,\n    ADD COLUMN b int,\n    ADD COLUMN c int",
            "ALTER TABLE t ADD COLUMN c int",
            "ALTER TABLE t DROP COLUMN d",
        ]
    );
}

#[test]
fn what_may_do_something_else_to_the_data_stays_alone() {
    let alone = vec![
        step("ALTER TABLE t ADD COLUMN a int"),
        step("ALTER TABLE t ADD COLUMN b int NOT NULL").hazard(Name::FailsOnData, "fails"),
        step("ALTER TABLE t ADD COLUMN c int").in_transaction(Transaction::Without),
        step("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"),
        step("ALTER TABLE t ADD CONSTRAINT d CHECK (b > 0)"),
    ];
    assert_eq!(put_together(alone.clone()), alone);
}
