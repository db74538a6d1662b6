//! `heavy time report`.

use std::fs;

use jiff::tz::TimeZone;

use crate::cli::{By, Report};
use crate::error::{Error, Result};
use crate::hidden::escaped;
use crate::time::cement::cemented_files;
use crate::time::chain::{self, Header};
use crate::time::days;
use crate::time::paths::TimePaths;
use crate::time::recorder::wall_clock;
use crate::time::sheet::{People, Period, Person, Sheet};
use crate::time::{calendar, clock};
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &Report, ui: Ui) -> Result<u8> {
    let paths = super::paths_of(args.project.as_deref())?;
    let (now, zone) = (wall_clock(), TimeZone::system());
    let last = args.until.unwrap_or_else(|| days::of(now, &zone));
    let usual = || if args.svg.is_some() { calendar::first(last) } else { days::before(last, 29) };
    let first = args.since.unwrap_or_else(usual);
    if first > last {
        return Err(Error::usage(format!("the first day, {first}, lies behind the last one, {last}"))
            .hint("`heavy time report --help` shows what can be typed"));
    }
    let (people, headers) = people(&paths, now, ui)?;
    for note in super::several_keys(&headers) {
        ui.note(note);
    }
    let sheet = Sheet::of(&people, Period { first, last, zone });
    if let Some(path) = &args.svg {
        let name = paths.root().file_name().unwrap_or_default().to_string_lossy();
        let picture = calendar::svg(&sheet.days(), last, &name);
        fs::write(path, picture).map_err(|error| Error::io("write", path, &error))?;
        ui.status("Drawn", format_args!("{}, {} hours", path.display(), clock(sheet.seconds())));
        return Ok(0);
    }
    if ui.wants_json() {
        ui.json(&sheet.json())?;
        return Ok(0);
    }
    if sheet.shares.is_empty() {
        ui.result(format_args!("no time from {first} to {last}"))?;
        ui.note("`heavy time start` begins to track it; `--since` shows earlier days");
        return Ok(0);
    }
    let rows = match args.by {
        By::Day => sheet.by_day(),
        By::Author => sheet.by_author(),
    };
    ui.result(rows.join("\n"))?;
    Ok(0)
}

/// Everybody's time: what is cemented and proven, and this person's own that is only logged. And whose the files say they are.
fn people(paths: &TimePaths, now: i64, ui: Ui) -> Result<(People, Vec<Header>)> {
    let (mut people, mut headers) = (People::new(), Vec::new());
    for path in cemented_files(paths)? {
        let bytes = fs::read(&path).map_err(|error| Error::io("read", &path, &error))?;
        let mut checked = chain::check(&bytes, now.saturating_add(super::verify::CLOCKS));
        checked.is_called(&path.file_name().unwrap_or_default().to_string_lossy());
        let name = escaped(&path.strip_prefix(paths.root()).unwrap_or(&path).to_string_lossy());
        if let Some(finding) = checked.findings.first() {
            let mut warning = Error::user(format!("`{name}` is not as it was written; what is not proven is left out"));
            warning.causes.push(finding.to_string());
            ui.warning(&warning.hint("`heavy time verify` shows all of it"));
        }
        if let Some(header) = checked.header {
            people.entry(header.author.clone()).or_default().cemented.extend(checked.spans);
            headers.push(header);
        }
    }
    // Whoever git does not know can still read what the others did.
    if let Ok(author) = paths.author() {
        let logged = super::logged(paths, &author, now)?.all();
        if !logged.is_empty() {
            people.entry(author).or_default().logged = logged;
        }
    }
    Ok((people, headers))
}

/// One person's time.
pub(super) fn person(paths: &TimePaths, author: &str, now: i64, ui: Ui) -> Result<Person> {
    Ok(people(paths, now, ui)?.0.remove(author).unwrap_or_default())
}
