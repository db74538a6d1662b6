//! Whether a run was good enough.

use crate::{
    crowd::Measured,
    plan::{Limit, Plan},
};

/// What was missed; empty if nothing was.
pub fn missed(plan: &Plan, measured: &Measured) -> Vec<String> {
    let counts = &measured.counts;
    let (answers, errors) = (counts.all(), counts.failures());
    let mut missed = Vec::new();
    if answers.count() == 0 {
        missed.push("not one answer was as it should be".to_owned());
    }
    if let Some(most) = plan.max_p99 {
        let (most, got) = (most.as_secs_f64() * 1000.0, answers.percentile(99.0));
        if got > most {
            missed.push(format!(
                "p99 is {} ms, more than {} ms",
                short(got),
                short(most)
            ));
        }
    }
    match plan.max_errors {
        Some(Limit::Count(most)) if errors > most => {
            missed.push(format!("there were {errors} errors, more than {most}"));
        }
        Some(Limit::Percent(most)) => {
            let share = share_of_errors(measured);
            if share > most {
                missed.push(format!(
                    "{} % of all steps were errors, more than {most} %",
                    short(share)
                ));
            }
        }
        _ => {}
    }
    missed
}

/// Errors in percent of everything that was done.
pub fn share_of_errors(measured: &Measured) -> f64 {
    let errors = measured.counts.failures() as f64;
    let all = errors + measured.counts.all().count() as f64;
    if all == 0.0 {
        0.0
    } else {
        100.0 * errors / all
    }
}

/// As many digits as people read.
pub fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 || size.fract() == 0.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::Share;

    fn measured(answers: u64, errors: u64) -> Measured {
        let share = Share::new(1);
        for number in 0..answers {
            share.answered(
                0,
                Duration::from_millis(if number % 10 == 0 { 400 } else { 10 }),
            );
        }
        for _ in 0..errors {
            share.failed(0, "connection refused".into());
        }
        Measured {
            counts: share.take(),
            ..Measured::default()
        }
    }

    #[test]
    fn what_was_missed_is_said_with_its_figures() {
        let mut plan = Plan::new("f", "http://localhost");
        assert_eq!(missed(&plan, &measured(100, 5)), Vec::<String>::new());
        plan.max_p99 = Some(Duration::from_millis(300));
        plan.max_errors = Some(Limit::Percent(1.0));
        let words = missed(&plan, &measured(100, 5)).join("; ");
        assert!(
            words.contains("more than 300 ms") && words.contains("4.76 % of all"),
            "{words}"
        );
        plan.max_errors = Some(Limit::Count(5));
        plan.max_p99 = Some(Duration::from_secs(1));
        assert_eq!(missed(&plan, &measured(100, 5)), Vec::<String>::new());
        assert_eq!(missed(&plan, &measured(100, 6)).len(), 1);
    }

    #[test]
    fn a_run_without_one_good_answer_is_never_good_enough() {
        assert_eq!(missed(&Plan::new("f", "u"), &measured(0, 3)).len(), 1);
    }
}
