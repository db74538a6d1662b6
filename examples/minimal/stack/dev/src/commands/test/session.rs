//! What the daemon knows from one pass to the next.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Change;
use super::memory;
use super::order;
use super::programs::{Program, Test};
use super::report::Verdict;
use super::workspace::Workspace;

#[derive(Debug)]
pub(super) struct Session {
    pub(super) workspace: Workspace,
    pub(super) nextest: bool,
    pub(super) fail_fast: bool,
    /// Whether every package of the workspace is tested.
    pub(super) all_packages: bool,
    pub(super) filter: Option<String>,
    /// Test programs of the last pass.
    pub(super) programs: Vec<Program>,
    /// Tests of the last pass.
    pub(super) tests: Vec<Test>,
    pub(super) failed: BTreeSet<Test>,
}

impl Session {
    pub(super) fn groups(&self, changes: &[Change]) -> Vec<Vec<String>> {
        let changed = changes.iter().filter_map(|change| change.package.clone());
        // Where something has failed is looked at until it passes.
        let failed = self.failed.iter().map(|test| test.package().to_owned());
        let changed = changed.chain(failed);
        order::groups(&self.workspace, &changed.collect(), self.all_packages)
    }

    /// Keeps what has failed, for the next pass and the next start.
    pub(super) fn remember(&mut self, verdicts: &BTreeMap<Test, Verdict>) {
        for (test, verdict) in verdicts {
            match verdict {
                Verdict::Failed => self.failed.insert(test.clone()),
                Verdict::Passed | Verdict::Ignored => self.failed.remove(test),
            };
        }
        memory::write(&self.workspace.target, &self.failed);
    }

    /// Forgets failures of tests that are not there any more, in packages of which all tests are known now.
    pub(super) fn forget_lost(&mut self, groups: &[Vec<String>]) {
        let tests: BTreeSet<&Test> = self.tests.iter().collect();
        let known = |test: &Test| groups.iter().flatten().any(|name| name == test.package());
        self.failed
            .retain(|test| tests.contains(test) || !known(test));
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::shop;
    use super::*;

    fn test(name: &str) -> Test {
        Test {
            program: "shop".to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn a_failure_is_remembered_until_it_passes_or_is_gone() {
        let target = std::env::temp_dir().join(format!("dev-test-{}", std::process::id()));
        let mut session = Session {
            workspace: Workspace {
                target: target.clone(),
                ..shop()
            },
            nextest: false,
            fail_fast: false,
            all_packages: false,
            filter: None,
            programs: Vec::new(),
            tests: Vec::new(),
            failed: BTreeSet::new(),
        };
        let verdicts = [
            ("a", Verdict::Failed),
            ("b", Verdict::Failed),
            ("c", Verdict::Passed),
        ];
        let verdicts = verdicts.map(|(name, verdict)| (test(name), verdict));
        session.remember(&BTreeMap::from(verdicts));
        assert_eq!(
            memory::read(&target),
            BTreeSet::from([test("a"), test("b")])
        );
        session.remember(&BTreeMap::from([(test("a"), Verdict::Passed)]));
        assert_eq!(memory::read(&target), BTreeSet::from([test("b")]));
        std::fs::remove_dir_all(&target).unwrap();
        session.forget_lost(&[vec!["stack_db".to_owned()]]);
        assert_eq!(session.groups(&[]), [["shop"]]);
        assert_eq!(session.failed.len(), 1);
        session.forget_lost(&session.groups(&[]));
        assert!(session.failed.is_empty());
    }
}
