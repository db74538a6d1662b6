//! `heavy time stop`.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::Where;
use crate::error::{Error, Result};
use crate::time::clock;
use crate::timekeeper::watch::wall_clock;
use crate::ui::Ui;

/// How long it may take to notice; where it has to look by itself, it does so every two seconds.
const PATIENCE: Duration = Duration::from_secs(20);

pub(in crate::commands) fn run(args: &Where, ui: Ui) -> Result<u8> {
    let place = super::place(args.project.as_deref())?;
    let Some(watcher) = place.watcher()? else {
        ui.status("Stopped", format_args!("{} was not being watched", place.root().display()));
        return Ok(0);
    };
    let request = place.file("stop");
    fs::write(&request, "").map_err(|error| Error::io("write", &request, &error))?;
    let begun = Instant::now();
    while place.watcher()?.is_some_and(|other| other.pid == watcher.pid || watcher.pid == 0) {
        if begun.elapsed() > PATIENCE {
            return Err(Error::system(format!("process {} does not end", watcher.pid))
                .hint(format!("`kill {}` ends it; its log loses less than a minute by that", watcher.pid)));
        }
        thread::sleep(Duration::from_millis(20));
    }
    let now = wall_clock();
    let spans = super::logged(&place, &watcher.author, now)?.all();
    let (today, _) = super::today_and_week(&spans, now, &jiff::tz::TimeZone::system());
    ui.status("Stopped", format_args!("watching {}; today {}", place.root().display(), clock(today)));
    Ok(0)
}
