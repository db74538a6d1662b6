//! No commit between a drop and what brings it back.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::operations::{Action, Operations};
use crate::diff::{Step, Transaction};

/// What is dropped and made again is gone for everybody if that is committed in between. So what commits comes before it all,
/// or else, if it needs what is made there, when nothing else is left to do: those are returned.
pub(super) fn close(
    all: &Operations,
    edges: &mut BTreeMap<usize, BTreeSet<usize>>,
) -> BTreeSet<usize> {
    let apart = |step: &Step| {
        matches!(
            step.transaction,
            Transaction::Without | Transaction::Batches
        )
    };
    let commits = |at: usize| all.list[at].steps.iter().any(apart);
    let committing: Vec<usize> = (0..all.list.len()).filter(|at| commits(*at)).collect();
    let gone: Vec<usize> = all
        .covered
        .iter()
        .filter(|((action, id), at)| {
            let (gone, back) = match all.rebuilt.contains(id) {
                true => (Action::Alter, Action::Drop),
                false => (Action::Drop, Action::Create),
            };
            let back = all.covered.get(&(back, id.clone()));
            *action == gone
                && !all.list[**at].steps.is_empty()
                && back.is_some_and(|back| back != *at && !commits(*back) && !commits(**at))
        })
        .map(|(_, at)| *at)
        .collect();
    let mut behind: BTreeSet<usize> = gone.iter().copied().collect();
    let mut open = gone.clone();
    while let Some(at) = open.pop() {
        let then = edges.get(&at).into_iter().flatten();
        open.extend(then.filter(|then| behind.insert(**then)));
    }
    let (last, first): (BTreeSet<usize>, BTreeSet<usize>) =
        committing.into_iter().partition(|at| behind.contains(at));
    for at in first {
        edges.entry(at).or_default().extend(&gone);
    }
    last
}
