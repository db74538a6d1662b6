//! What is said of a pass.

use std::collections::BTreeMap;
use std::time::Duration;

use super::changes::Change;
use super::order;
use super::programs::Test;
use super::report::Verdict;
use crate::ui::screen::{self, Look, paint};

pub(super) fn changed(changes: &[Change]) {
    screen::line("");
    let text = format!("{} changed", order::names(changes));
    screen::line(&paint(Look::Loud, &text));
}

/// What cargo writes while it builds: its progress at the bottom, what it has to say above.
pub(super) fn building(text: &str) {
    let plain = plain(text);
    let words = plain.trim_start();
    const PROGRESS: [&str; 6] = [
        "Compiling ",
        "Blocking ",
        "Fresh ",
        "Dirty ",
        "Downloading ",
        "Downloaded ",
    ];
    if PROGRESS.iter().any(|word| words.starts_with(word)) {
        screen::bottom(&format!("building  {words}"));
    } else if !["Finished ", "Executable "]
        .iter()
        .any(|word| words.starts_with(word))
    {
        screen::line(text);
    }
}

/// Without colours.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' {
            // `ESC [ … letter`
            let _ = chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

pub(super) fn verdict(what: &str, (done, of): (usize, usize), test: &Test, verdict: Verdict) {
    if verdict == Verdict::Failed {
        screen::line(&format!("{} {test}", paint(Look::Bad, "FAILED")));
    }
    let of = of.max(done);
    screen::bottom(&format!("{what}  {done}/{of}  {}", test.name));
}

/// A step that has come to its end.
pub(super) fn step(what: &str, verdicts: &BTreeMap<Test, Verdict>, tests: &[Test], took: Duration) {
    let failed = tests
        .iter()
        .filter(|test| verdicts.get(test) == Some(&Verdict::Failed));
    let how = match failed.count() {
        0 => paint(Look::Good, "ok"),
        failed => paint(Look::Bad, &format!("{failed} FAILED")),
    };
    screen::line(&format!("  {what}: {how} in {}", seconds(took)));
}

/// A runner that did not come to its end.
pub(super) fn broken_off(arguments: &[String], silent: usize) {
    let words = arguments.iter().take_while(|word| !word.starts_with('-'));
    let words: Vec<&str> = words.map(String::as_str).collect();
    let command = words.join(" ");
    let text = match silent {
        0 => format!("error: `cargo {command}` broke off; why stands above"),
        _ => format!(
            "error: `cargo {command}` broke off, {silent} tests have no result and count as failed; why stands above"
        ),
    };
    screen::line(&text);
}

pub(super) struct Summary<'a> {
    pub(super) verdicts: &'a BTreeMap<Test, Verdict>,
    pub(super) not_run: usize,
    pub(super) took: Duration,
    pub(super) built: Duration,
    pub(super) first: Option<Duration>,
}

pub(super) fn summary(summary: &Summary<'_>) {
    let failed = with(summary, Verdict::Failed);
    if failed.len() > 1 {
        screen::line("");
        for test in &failed {
            screen::line(&format!("{} {test}", paint(Look::Bad, "FAILED")));
        }
    }
    let look = if failed.is_empty() {
        Look::Good
    } else {
        Look::Bad
    };
    let (head, rest) = words(summary);
    screen::line(&format!("{}{rest}", paint(look, &head)));
}

fn with<'a>(summary: &'a Summary<'_>, wanted: Verdict) -> Vec<&'a Test> {
    let all = summary.verdicts.iter();
    let these = all.filter(|(_, verdict)| **verdict == wanted);
    these.map(|(test, _)| test).collect()
}

/// `ok: 214 passed` and `, 2 ignored in 9.0 s; built in 2.1 s, first result after 2.7 s`.
fn words(summary: &Summary<'_>) -> (String, String) {
    let [passed, failed, ignored] =
        [Verdict::Passed, Verdict::Failed, Verdict::Ignored].map(|v| with(summary, v).len());
    let (head, mut rest) = match failed {
        0 => (format!("ok: {passed} passed"), String::new()),
        _ => (format!("FAILED: {failed} failed"), String::new()),
    };
    let beside = if failed == 0 { 0 } else { passed };
    for (count, what) in [
        (beside, "passed"),
        (ignored, "ignored"),
        (summary.not_run, "not run"),
    ] {
        if count > 0 {
            rest.push_str(&format!(", {count} {what}"));
        }
    }
    rest.push_str(&format!(
        " in {}; built in {}",
        seconds(summary.took),
        seconds(summary.built)
    ));
    if let Some(first) = summary.first {
        rest.push_str(&format!(", first result after {}", seconds(first)));
    }
    (head, rest)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_what_did_not_run_too() {
        let test = |name: &str| Test {
            program: "shop".to_owned(),
            name: name.to_owned(),
        };
        let verdicts = BTreeMap::from([
            (test("a"), Verdict::Passed),
            (test("b"), Verdict::Failed),
            (test("c"), Verdict::Ignored),
        ]);
        let mut summary = Summary {
            verdicts: &verdicts,
            not_run: 7,
            took: Duration::from_millis(9040),
            built: Duration::from_millis(2100),
            first: Some(Duration::from_millis(2700)),
        };
        let (head, rest) = words(&summary);
        assert_eq!(
            head + &rest,
            "FAILED: 1 failed, 1 passed, 1 ignored, 7 not run in 9.0 s; built in 2.1 s, first result after 2.7 s"
        );
        let verdicts = BTreeMap::from([(test("a"), Verdict::Passed)]);
        summary.verdicts = &verdicts;
        summary.not_run = 0;
        summary.first = None;
        let (head, rest) = words(&summary);
        assert_eq!(head + &rest, "ok: 1 passed in 9.0 s; built in 2.1 s");
    }

    #[test]
    fn colours_are_taken_away() {
        assert_eq!(
            plain("\x1b[1m\x1b[32m   Compiling\x1b[0m shop"),
            "   Compiling shop"
        );
    }
}
