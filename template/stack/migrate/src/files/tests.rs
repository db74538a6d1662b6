use super::*;
use crate::hazard::{Hazard, Name};

fn step(kind: Kind, name: &str, sql: &str, transaction: Transaction) -> Step {
    Step {
        object: Id::new(kind, name),
        sql: sql.to_owned(),
        hazards: Vec::new(),
        lock: None,
        transaction,
    }
}

fn shape(drafts: &[Draft]) -> Vec<(String, usize, bool)> {
    drafts
        .iter()
        .map(|draft| {
            (
                draft.name.clone(),
                draft.steps.len(),
                draft.sql.starts_with(NO_TRANSACTION),
            )
        })
        .collect()
}

fn some() -> Vec<Step> {
    vec![
        step(
            Kind::Enum,
            "status",
            "ALTER TYPE status ADD VALUE 'done'",
            Transaction::Without,
        ),
        step(
            Kind::Table,
            "books",
            "CREATE TABLE books ()",
            Transaction::Shared,
        ),
        step(
            Kind::Column,
            "notes.at",
            "ALTER TABLE notes ADD COLUMN at date",
            Transaction::Shared,
        ),
        step(
            Kind::Constraint,
            "notes.c",
            "ALTER TABLE notes VALIDATE CONSTRAINT c",
            Transaction::Later,
        ),
        step(
            Kind::Index,
            "notes_at_idx",
            "CREATE INDEX CONCURRENTLY notes_at_idx",
            Transaction::Without,
        ),
    ]
}

#[test]
fn what_stands_together_shares_a_file_and_the_rest_has_its_own() {
    let drafts = drafts(some(), None);
    assert_eq!(
        shape(&drafts),
        [
            ("create_books".to_owned(), 1, true),
            ("create_books_table".to_owned(), 2, false),
            ("create_books_notes_at_idx".to_owned(), 1, true),
            ("create_books_validate".to_owned(), 1, false),
        ]
    );
}

#[test]
fn a_hazard_is_one_line_whatever_its_text_has() {
    let mut steps = some();
    if let Some(step) = steps.get_mut(1) {
        let what = "drops `a\n; drop table b`";
        step.hazards.push(Hazard::new(Name::DataLoss, "a", what));
    }
    let all = drafts(steps, None);
    assert!(all.iter().any(|draft| {
        draft
            .sql
            .contains("-- allow: data-loss: drops `a ; drop table b`.\n")
    }));
}
