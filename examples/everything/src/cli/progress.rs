//! Shows how far a command is: a bar where a person watches, else a line for each tenth. On stderr, so that stdout
//! stays for results.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::services::progress::Progress;

/// Shows what it hears. `what` is done to the items: "embedding notes".
pub(super) fn on_stderr(what: &'static str) -> impl FnMut(Progress) + Send {
    let bar = ProgressBar::new(0).with_message(what).with_style(
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}, {eta} to go")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut lines = Lines { what, said: None };
    move |progress| {
        if bar.is_hidden() {
            lines.say(progress, &mut io::stderr());
            return;
        }
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        if progress.done == progress.total {
            bar.finish();
        }
    }
}

/// A line at the start, whenever another tenth is done, and at the end.
struct Lines {
    what: &'static str,
    said: Option<u64>,
}

impl Lines {
    fn say(&mut self, Progress { done, total }: Progress, to: &mut dyn Write) {
        let tenth = (done * 10).checked_div(total).unwrap_or(10);
        if self.said.is_none_or(|said| said < tenth) {
            self.said = Some(tenth);
            // Nobody is there to be told that nobody can be told.
            writeln!(to, "{}: {done} of {total}", self.what).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nobody_watches_there_is_a_line_for_each_tenth() {
        let mut lines = Lines {
            what: "counting",
            said: None,
        };
        let mut told = Vec::new();
        for done in 0..=40 {
            lines.say(Progress { done, total: 40 }, &mut told);
        }
        let told = String::from_utf8(told).unwrap();
        assert_eq!(told.lines().count(), 11, "{told}");
        assert!(told.starts_with("counting: 0 of 40\ncounting: 4 of 40\n"));
        assert!(told.ends_with("counting: 40 of 40\n"));
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        let mut lines = Lines {
            what: "counting",
            said: None,
        };
        let mut told = Vec::new();
        lines.say(Progress::of(0), &mut told);
        assert_eq!(told, b"counting: 0 of 0\n");
    }
}
