//! Shows how far a command is: a bar where a person watches, else a line for each tenth. On stderr, so that stdout
//! stays for results.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::Progress;

/// Shows what it hears. `what` is done to the items: "embedding notes".
pub fn on_stderr(what: &'static str) -> impl FnMut(Progress) + Send {
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
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
