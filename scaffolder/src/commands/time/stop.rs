//! `heavy time stop`.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::WorkTree;
use crate::error::{Error, Result};
use crate::time::clock;
use crate::time::recorder::wall_clock;
use crate::ui::Ui;

/// How long it may take to notice; where it has to look by itself, it does so every two seconds.
const PATIENCE: Duration = Duration::from_secs(20);
const WINK: Duration = Duration::from_millis(20);

pub(in crate::commands) fn run(args: &WorkTree, ui: Ui) -> Result<u8> {
    let paths = super::paths_of(args.project.as_deref())?;
    let Some(mut watcher) = paths.watcher()? else {
        ui.status("Stopped", format_args!("{} was not being watched", paths.root().display()));
        return Ok(0);
    };
    let request = paths.file("stop");
    let begun = Instant::now();
    while let Some(other) = paths.watcher()? {
        if watcher.pid == 0 {
            watcher = other.clone();
        }
        if other.pid == watcher.pid {
            // Whoever is only beginning takes away what others before it were asked: so it is asked until it has heard.
            if !request.exists() {
                fs::write(&request, "").map_err(|error| Error::io("write", &request, &error))?;
            }
        } else if other.pid != 0 {
            // It has ended, and somebody else has begun.
            break;
        }
        if begun.elapsed() > PATIENCE {
            return Err(does_not_end(watcher.pid));
        }
        thread::sleep(WINK);
    }
    if watcher.author.is_empty() {
        watcher.author = paths.author()?;
    }
    let now = wall_clock();
    let spans = super::logged(&paths, &watcher.author, now)?.all();
    let (today, _) = super::today_and_week(&spans, now, &jiff::tz::TimeZone::system());
    ui.status("Stopped", format_args!("watching {}; today {}", paths.root().display(), clock(today)));
    Ok(0)
}

fn does_not_end(pid: u32) -> Error {
    match pid {
        // `kill 0` would end the shell that it is typed into.
        0 => Error::system("the process that is beginning to watch does not end")
            .hint("it has been asked to, and will; `heavy time status` says when it has ended"),
        pid => Error::system(format!("process {pid} does not end"))
            .hint(format!("`kill {pid}` ends it; its log loses less than a minute by that")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_kill_a_process_that_is_not_known() {
        assert!(does_not_end(0).hints.iter().all(|hint| !hint.contains("kill")));
        assert!(does_not_end(4711).hints[0].starts_with("`kill 4711` "));
    }
}
