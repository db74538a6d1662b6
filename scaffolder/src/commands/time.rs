//! `heavy time …`: what goes into the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::error::{Error, Result};
use crate::time::chain::Header;
use crate::time::paths::TimePaths;
use crate::time::span::{self, Span};
use crate::time::{Rules, days, log};

pub(super) mod cement;
pub(super) mod report;
pub(super) mod start;
pub(super) mod status;
pub(super) mod stop;
pub(super) mod verify;

fn paths_of(folder: Option<&Path>) -> Result<TimePaths> {
    TimePaths::around(folder.unwrap_or(Path::new(".")))
}

/// Where the key is: below `HEAVY_CONFIG_DIR`, or the user's folder for settings.
fn settings() -> Result<PathBuf> {
    let named = std::env::var_os("HEAVY_CONFIG_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.or_else(|| dirs::config_dir().map(|folder| folder.join("heavy"))).ok_or_else(|| {
        Error::user("there is no folder for your settings, in which your key would be")
            .hint("set HEAVY_CONFIG_DIR to a folder that only you can read")
    })
}

/// What this machine has logged for a person, in all work trees of the repository.
fn logged(paths: &TimePaths, author: &str, now: i64) -> Result<log::Spans> {
    let logs = paths.logs()?;
    let works = logs.iter().flat_map(|(_, log)| log.works.values()).filter(|logged| logged.author == author);
    Ok(log::spans(works, Rules::USUAL, now))
}

/// Authors whose files several keys sign: another machine's, or somebody else's.
fn several_keys<'a>(headers: impl IntoIterator<Item = &'a Header>) -> Vec<String> {
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for header in headers {
        keys.entry(&header.author).or_default().insert(&header.key);
    }
    let several = keys.iter().filter(|(_, keys)| keys.len() > 1);
    several
        .map(|(author, keys)| {
            format!(
                "{} keys sign as {author}; `heavy time verify --json` shows them, and {author} knows whose",
                keys.len()
            )
        })
        .collect()
}

/// The seconds of a set that lie in today, and in this week up to now.
fn today_and_week(set: &[Span], now: i64, zone: &TimeZone) -> (i64, i64) {
    let today = days::of(now, zone);
    let seconds_since =
        |day| days::window(day, today, zone).map_or(0, |window| span::seconds(&span::within(set, window)));
    (seconds_since(today), seconds_since(days::monday(today)))
}

/// `09:12` on the clock of the zone.
fn time_of_day(moment: i64, zone: &TimeZone) -> String {
    let moment = jiff::Timestamp::from_second(moment).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// `2026-11-27 09:12`, or only the time if it is today.
fn since(moment: i64, now: i64, zone: &TimeZone) -> String {
    let day = days::of(moment, zone);
    let time = time_of_day(moment, zone);
    if day == days::of(now, zone) { time } else { format!("{day} {time}") }
}
