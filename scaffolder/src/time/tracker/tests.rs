//! Time is made up here: each step says how much passes, by which clock, and what is seen then.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::time::log;
use crate::time::span::{self, Span};

const NOON: i64 = 1_795_780_800;

fn tracker() -> Tracker {
    Tracker::new(Rules::USUAL, "run".to_owned())
}

fn at(seconds: u64) -> Clocks {
    Clocks { steady: Duration::from_secs(seconds), wall: NOON + seconds as i64 }
}

fn work(number: u32, from: i64, to: i64, done: bool) -> Work {
    Work { id: format!("run-{number}"), from: NOON + from, to: NOON + to, done }
}

#[test]
fn the_first_change_is_passed_on_at_once() {
    assert_eq!(tracker().change(at(0)), [work(1, 0, 0, false)]);
}

#[test]
fn changes_that_follow_each_other_are_passed_on_once_a_minute() {
    let mut tracker = tracker();
    tracker.change(at(0));
    let written: Vec<Work> = (1..=150).flat_map(|second| tracker.change(at(second))).collect();
    assert_eq!(written, [work(1, 0, 60, false), work(1, 0, 120, false)]);
}

#[test]
fn a_last_change_is_passed_on_within_a_minute_though_nothing_follows() {
    let mut tracker = tracker();
    tracker.change(at(0));
    assert!(tracker.change(at(20)).is_empty());
    assert_eq!(tracker.timeout(at(20)), Some(Duration::from_secs(40)));
    assert_eq!(tracker.tick(at(60)), [work(1, 0, 20, false)]);
    assert_eq!(tracker.timeout(at(60)), Some(Duration::from_secs(260)));
}

#[test]
fn five_minutes_without_a_change_end_the_work_at_its_last_change() {
    let mut tracker = tracker();
    tracker.change(at(0));
    tracker.change(at(30));
    assert!(tracker.tick(at(329)).iter().all(|work| !work.done));
    assert_eq!(tracker.tick(at(330)), [work(1, 0, 30, true)]);
    assert_eq!(tracker.timeout(at(330)), None);
    assert_eq!(tracker.change(at(400)), [work(2, 400, 400, false)]);
}

#[test]
fn a_change_after_a_long_pause_that_nobody_ticked_in_begins_again() {
    let mut tracker = tracker();
    tracker.change(at(0));
    assert_eq!(tracker.change(at(9000)), [work(1, 0, 0, true), work(2, 9000, 9000, false)]);
}

#[test]
fn a_clock_that_is_set_ends_the_work_and_the_next_change_begins_by_the_new_one() {
    for set in [-86_400, -60, 60, 3600] {
        let mut tracker = tracker();
        tracker.change(at(0));
        tracker.change(at(50));
        let later = Clocks { steady: Duration::from_secs(55), wall: NOON + 55 + set };
        assert_eq!(tracker.change(later), [work(1, 0, 50, true), work(2, 55 + set, 55 + set, false)]);
    }
}

#[test]
fn a_machine_that_slept_has_not_worked() {
    let mut tracker = tracker();
    tracker.change(at(0));
    // The steady clock of Linux stands still in the meantime.
    assert_eq!(tracker.tick(Clocks { steady: Duration::from_secs(10), wall: NOON + 7200 }), [work(1, 0, 0, true)]);
}

#[test]
fn a_clock_that_is_put_right_by_a_second_disturbs_nothing() {
    let mut tracker = tracker();
    tracker.change(at(0));
    assert!(tracker.change(Clocks { steady: Duration::from_secs(10), wall: NOON + 12 }).is_empty());
    assert_eq!(tracker.stop(), [work(1, 0, 10, true)]);
}

/// What happens after a pause.
#[derive(Clone, Copy, Debug)]
enum Step {
    Change,
    Tick,
    Set(i64),
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        6 => Just(Step::Change),
        3 => Just(Step::Tick),
        1 => (-90_000_i64..90_000).prop_map(Step::Set),
    ];
    prop::collection::vec((prop_oneof![4 => 0_u64..90, 1 => 200_u64..800], step), 1..80)
}

proptest! {
    #[test]
    fn whatever_happens_no_span_is_longer_than_what_was_seen_and_none_overlap(steps in steps()) {
        let mut tracker = tracker();
        let mut now = at(0);
        let mut last: BTreeMap<String, Work> = BTreeMap::new();
        let mut lines = String::new();
        for (pause, step) in steps {
            now.steady += Duration::from_secs(pause);
            now.wall += pause as i64;
            let written = match step {
                Step::Change => tracker.change(now),
                Step::Tick => tracker.tick(now),
                Step::Set(by) => {
                    now.wall += by;
                    Vec::new()
                }
            };
            for work in written {
                prop_assert!(work.from <= work.to);
                if let Some(before) = last.get(&work.id) {
                    prop_assert!(!before.done, "nothing follows the end of a work");
                    prop_assert!(before.from == work.from && before.to <= work.to);
                }
                lines += &log::line(&work, "Ada <ada@example.org>");
                last.insert(work.id.clone(), work);
            }
        }
        for work in tracker.stop() {
            lines += &log::line(&work, "Ada <ada@example.org>");
            last.insert(work.id.clone(), work);
        }
        let seen: i64 = last.values().map(|work| work.to - work.from).sum();
        prop_assert!(seen <= now.steady.as_secs() as i64, "more than the whole run");

        let log = log::read(lines.as_bytes());
        prop_assert!(log.damaged.is_empty());
        prop_assert_eq!(log.works.len(), last.len());
        let padding = (Rules::USUAL.before + Rules::USUAL.after) * last.len() as i64;
        let spans = log::spans(log.works.values(), Rules::USUAL, now.wall);
        let set: Vec<Span> = span::union(spans.finished.iter().copied());
        prop_assert_eq!(&set, &spans.finished);
        prop_assert!(span::seconds(&set) <= seen + padding);
        prop_assert!(set.iter().all(|span| span.to() <= now.wall), "never the future");
        prop_assert!(spans.open.iter().all(|span| span.to() <= now.wall), "never the future");
    }

    #[test]
    fn a_kill_at_any_moment_loses_less_than_a_minute(pauses in prop::collection::vec(0_u64..299, 1..60)) {
        let mut tracker = tracker();
        let mut now = 0;
        let mut known = 0;
        for pause in pauses {
            // The clock wakes the tracker whenever it asked for it.
            let until = now + pause;
            while let Some(rest) = tracker.timeout(at(now)).map(|rest| rest.as_secs().max(1)).filter(|rest| now + rest <= until) {
                now += rest;
                known = tracker.tick(at(now)).last().map_or(known, |work| work.to);
            }
            now = until;
            known = tracker.change(at(now)).last().map_or(known, |work| work.to);
            prop_assert!(NOON + now as i64 - known < 60);
        }
    }
}
