//! `heavy time status`.

use std::fs;

use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::Status;
use crate::error::{Error, Result};
use crate::suggest::typed;
use crate::time::log::Spans;
use crate::time::paths::WatcherInfo;
use crate::time::recorder::wall_clock;
use crate::time::sheet::Person;
use crate::time::span;
use crate::time::{clock, moment, stored};
use crate::ui::Ui;

use super::report;

pub(in crate::commands) fn run(args: &Status, ui: Ui) -> Result<u8> {
    let paths = super::paths_of(args.project.as_deref())?;
    let author = paths.author()?;
    let (now, zone) = (wall_clock(), TimeZone::system());
    let watcher = paths.watcher()?;
    let Spans { finished, open } = super::logged(&paths, &author, now)?;
    for (path, log) in paths.logs()? {
        for (line, why) in &log.damaged {
            ui.warning(&Error::user(format!("line {line} of `{}` cannot be read: {why}", path.display())));
        }
    }
    let Person { cemented, logged } = report::person(&paths, &author, now, ui)?;
    let all = span::union(cemented.iter().copied().chain(logged));
    let (today, week) = super::today_and_week(&all, now, &zone);
    let loose = span::seconds(&span::without(finished, cemented));
    let working = open.last().copied().filter(|_| watcher.is_some());

    if ui.wants_json() {
        ui.json(&json!({
            "watched": watcher.is_some(),
            "watcher": watcher,
            "working_since": working.map(|span| stored(span.from())),
            "author": author,
            "today_seconds": today,
            "week_seconds": week,
            "to_cement_seconds": loose,
        }))?;
        return Ok(0);
    }
    let state = match (&watcher, working) {
        (None, _) => "not watched: `heavy time start --background` begins".to_owned(),
        (Some(_), Some(span)) => {
            format!("working since {}, {}", super::since(span.from(), now, &zone), clock(span.seconds()))
        }
        (Some(_), None) => "idle: the next change of a file begins".to_owned(),
    };
    ui.result(state)?;
    ui.result(format_args!("today {}, this week {}", clock(today), clock(week)))?;
    if let Some(WatcherInfo { pid, since, how, .. }) = &watcher
        && let Some(since) = moment(since)
    {
        ui.result(format_args!("watching {how} since {}, process {pid}", super::since(since, now, &zone)))?;
    }
    if loose >= 30 {
        ui.result(format_args!("{} to cement: `heavy time cement`", clock(loose)))?;
    }
    if watcher.is_some() {
        let output = fs::read_to_string(paths.file("err")).unwrap_or_default();
        if let Some(last) = output.lines().rev().find(|line| line.starts_with("warning: ")) {
            ui.note(format_args!("it said: {last} (`cat {}`)", typed(&paths.file("err"))));
        }
    }
    Ok(0)
}
