use time::OffsetDateTime;

use super::*;
use crate::models::{DisplayName, Email, User, UserId};

fn owner() -> Owner {
    let user = User {
        id: UserId::generate(),
        email: Email::parse("ada@example.com").unwrap(),
        display_name: DisplayName::parse("Ada").unwrap(),
        created_at: OffsetDateTime::UNIX_EPOCH,
    };
    user.owner()
}

fn mark(marks: &Marks, owner: Owner, count: usize) -> Vec<NoteId> {
    let notes: Vec<NoteId> = (0..count).map(|_| NoteId::generate()).collect();
    notes.iter().for_each(|note| marks.note(owner, *note));
    notes
}

/// Takes the turns of a worker that are left, each of which succeeds.
fn work(marks: &Marks) -> Vec<(Owner, Turn)> {
    let turns = std::iter::from_fn(|| {
        let turn = marks.next_turn()?;
        marks.finish(turn.0, Work::default(), Work::default());
        Some(turn)
    });
    turns.collect()
}

#[test]
fn two_hundred_writes_that_wait_together_are_ten_turns() {
    let (marks, ada) = (Marks::new(1), owner());
    let notes = mark(&marks, ada, 200);
    notes.iter().for_each(|note| marks.note(ada, *note));
    assert!(marks.needs_worker());
    let turns = work(&marks);
    assert_eq!(turns.len(), 10);
    let all = turns
        .into_iter()
        .flat_map(|(_, turn)| Work::from(turn).notes);
    assert_eq!(all.collect::<Vec<_>>(), notes, "each note once");
}

#[test]
fn an_owner_waits_for_one_turn_of_another_and_not_for_all_of_them() {
    let (marks, ada, eve) = (Marks::new(1), owner(), owner());
    mark(&marks, ada, 100);
    mark(&marks, eve, 1);
    assert!(marks.needs_worker());
    let owners: Vec<Owner> = work(&marks).into_iter().map(|(owner, _)| owner).collect();
    assert_eq!(owners, [ada, eve, ada, ada, ada, ada]);
    mark(&marks, ada, 1);
    mark(&marks, eve, 1);
    marks.prefer(eve);
    assert!(marks.needs_worker());
    assert_eq!(work(&marks)[0].0, eve, "a search is waiting");
}

#[test]
fn more_changes_of_an_owner_than_are_remembered_become_a_comparison_of_all() {
    let (marks, ada) = (Marks::new(1), owner());
    mark(&marks, ada, NOTES + 1);
    assert!(marks.needs_worker());
    let (_, turn) = marks.next_turn().unwrap();
    assert_eq!(turn, Turn::Page(Comparison::All));
    let after = Comparison::After(NoteId::generate());
    let rest = Work {
        notes: BTreeSet::new(),
        comparison: after,
    };
    marks.finish(ada, rest, Work::default());
    assert_eq!(work(&marks), [(ada, Turn::Page(after))]);
}

#[test]
fn the_number_of_owners_is_bounded_and_those_who_wait_already_are_not_affected() {
    let marks = Marks::new(1);
    let owners: Vec<Owner> = (0..=OWNERS).map(|_| owner()).collect();
    for owner in &owners {
        mark(&marks, *owner, 1);
    }
    mark(&marks, owners[0], 1);
    assert!(marks.needs_worker());
    let turns = work(&marks);
    assert_eq!(turns.len(), OWNERS);
    assert_eq!(Work::from(turns[0].1.clone()).notes.len(), 2);
}

#[test]
fn there_are_as_many_workers_as_allowed_and_none_without_work() {
    let marks = Marks::new(2);
    assert!(!marks.needs_worker());
    mark(&marks, owner(), 1);
    assert!(marks.needs_worker() && marks.needs_worker() && !marks.needs_worker());
    work(&marks);
    assert!(marks.next_turn().is_none(), "both ended");
    mark(&marks, owner(), 1);
    assert!(marks.needs_worker());
}

#[test]
fn an_owner_has_one_turn_at_a_time() {
    let (marks, ada) = (Marks::new(2), owner());
    mark(&marks, ada, 1);
    assert!(marks.needs_worker() && marks.needs_worker());
    let (_, _) = marks.next_turn().unwrap();
    let later = mark(&marks, ada, 1);
    assert!(marks.next_turn().is_none());
    marks.finish(ada, Work::default(), Work::default());
    assert_eq!(work(&marks), [(ada, Turn::Notes(later))]);
}

#[test]
fn what_has_failed_waits_for_the_next_change_of_its_owner_or_the_repair() {
    let (marks, ada) = (Marks::new(1), owner());
    let first = mark(&marks, ada, 1);
    assert!(marks.needs_worker());
    let (_, turn) = marks.next_turn().unwrap();
    marks.finish(ada, Work::default(), turn.into());
    assert!(marks.next_turn().is_none(), "no endless retries");
    let second = mark(&marks, ada, 1);
    assert!(marks.needs_worker());
    let (_, turn) = marks.next_turn().unwrap();
    assert_eq!(turn, Turn::Notes([first, second].concat()));
    marks.finish(ada, Work::default(), turn.clone().into());
    assert!(marks.next_turn().is_none());
    marks.retry_failed();
    assert!(marks.needs_worker());
    assert_eq!(work(&marks), [(ada, turn)]);
}
