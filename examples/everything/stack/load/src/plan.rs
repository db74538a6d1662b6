//! How a recording is played: what `cargo dev load` was told, as the program that plays reads it.

use std::{path::PathBuf, time::Duration};

use serde_json::{Map, Value, json};

use crate::Error;

/// How a recording is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The recording.
    pub file: PathBuf,
    /// Whose part of it; by itself whoever did most.
    pub connection: Option<String>,
    /// The application.
    pub url: String,
    /// The one that may be loaded although it is not on this machine.
    pub own: Option<String>,
    /// How many play at once.
    pub users: usize,
    /// How many of them begin in a second.
    pub ramp: f64,
    /// How long; without an end if somebody watches.
    pub duration: Option<Duration>,
    /// How long a user thinks; as long as the recording says if nothing is said.
    pub think: Option<(Duration, Duration)>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Threads; as many as there are cores but one if nothing is said.
    pub threads: Option<usize>,
    /// Fields that hold something else than in the recording.
    pub set: Vec<(String, String)>,
    /// Every round is that of a new visitor.
    pub fresh: bool,
    /// The port of the page; `None` for no page.
    pub page: Option<u16>,
    /// The result goes to standard output as JSON.
    pub json: bool,
    /// What 99 of 100 answers may take.
    pub max_p99: Option<Duration>,
    /// How many errors there may be.
    pub max_errors: Option<Limit>,
    /// Where the report goes.
    pub folder: PathBuf,
}

/// How many errors there may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// So many.
    Count(u64),
    /// This share of all answers, in percent.
    Percent(f64),
}

impl Plan {
    /// Plays this file as `cargo dev load FILE` does.
    pub fn new(file: impl Into<PathBuf>, url: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            connection: None,
            url: url.into(),
            own: None,
            users: 10,
            ramp: 10.0,
            duration: None,
            think: None,
            timeout: Duration::from_secs(30),
            threads: None,
            set: Vec::new(),
            fresh: false,
            page: Some(8089),
            json: false,
            max_p99: None,
            max_errors: None,
            folder: "target/load".into(),
        }
    }

    /// As [`Plan::from_json`] reads it.
    pub fn to_json(&self) -> Value {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        json!({
            "file": self.file.to_string_lossy(),
            "connection": self.connection,
            "url": self.url,
            "own": self.own,
            "users": self.users,
            "ramp": self.ramp,
            "duration": self.duration.map(micros),
            "think": self.think.map(|(least, most)| [micros(least), micros(most)]),
            "timeout": micros(self.timeout),
            "threads": self.threads,
            "set": self.set,
            "fresh": self.fresh,
            "page": self.page,
            "json": self.json,
            "max_p99": self.max_p99.map(micros),
            "max_errors": self.max_errors.map(|limit| limit.to_string()),
            "folder": self.folder.to_string_lossy(),
        })
    }

    /// A plan that was written down.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_json(value: &Value) -> Result<Self, Error> {
        let object = value
            .as_object()
            .ok_or_else(|| Error::new("the plan is no object"))?;
        let fields = Fields(object);
        let mut plan = Self::new(
            fields.text("file").unwrap_or_default(),
            fields.text("url").unwrap_or_default(),
        );
        let known = plan.to_json();
        if let Some(name) = object
            .keys()
            .find(|name| known.get(name.as_str()).is_none())
        {
            return Err(Error::new(format!(
                "the plan has an unknown part `{}`",
                name.escape_default()
            )));
        }
        plan.connection = fields.text("connection");
        plan.own = fields.text("own");
        plan.users = fields.number("users").unwrap_or(plan.users);
        plan.ramp = value["ramp"]
            .as_f64()
            .filter(|ramp| *ramp > 0.0)
            .unwrap_or(plan.ramp);
        plan.duration = fields.duration("duration");
        let think = |at: usize| value["think"][at].as_u64().map(Duration::from_micros);
        plan.think = think(0).zip(think(1));
        plan.timeout = fields.duration("timeout").unwrap_or(plan.timeout);
        plan.threads = fields.number("threads");
        let pair =
            |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
        plan.set = value["set"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(pair)
            .collect();
        plan.fresh = value["fresh"].as_bool().unwrap_or_default();
        plan.page = fields.number("page");
        plan.json = value["json"].as_bool().unwrap_or_default();
        plan.max_p99 = fields.duration("max_p99");
        plan.max_errors = fields
            .text("max_errors")
            .map(|text| text.parse())
            .transpose()?;
        plan.folder = fields.text("folder").map_or(plan.folder, PathBuf::from);
        Ok(plan)
    }
}

struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn number<T: TryFrom<u64>>(&self, name: &str) -> Option<T> {
        self.0.get(name)?.as_u64()?.try_into().ok()
    }

    fn duration(&self, name: &str) -> Option<Duration> {
        self.number(name).map(Duration::from_micros)
    }
}

impl std::str::FromStr for Limit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::new(format!("`{text}` is no number of errors"))
                .hint("`10` for so many, `1%` for a share of the answers")
        };
        match text.strip_suffix('%') {
            Some(share) => {
                let share: f64 = share.trim().parse().map_err(|_| wrong())?;
                if (0.0..=100.0).contains(&share) {
                    Ok(Self::Percent(share))
                } else {
                    Err(wrong())
                }
            }
            None => text.parse().map(Self::Count).map_err(|_| wrong()),
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

/// `300ms`, `2s`, `1.5m`, `1h`; a bare number is seconds.
///
/// # Errors
/// If it is none of these.
pub fn duration(text: &str) -> Result<Duration, Error> {
    let wrong = || Error::new(format!("`{text}` is no time")).hint("`300ms`, `2s`, `1.5m`, `1h`");
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|it| *it <= Duration::from_secs(30 * 24 * 3600))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_is_written_down_is_read_as_it_was() {
        let mut plan = Plan::new("load/demo.jsonl", "http://127.0.0.1:3000");
        assert_eq!(Plan::from_json(&plan.to_json()), Ok(plan.clone()));
        plan.connection = Some("2.1".into());
        plan.own = Some("http://a.example".into());
        plan.users = 5000;
        plan.ramp = 0.5;
        plan.duration = Some(Duration::from_secs(30));
        plan.think = Some((Duration::ZERO, Duration::from_millis(1500)));
        plan.threads = Some(2);
        plan.set = vec![("email".into(), "a{user}@example.com".into())];
        plan.fresh = true;
        plan.page = None;
        plan.json = true;
        plan.max_p99 = Some(Duration::from_millis(300));
        plan.max_errors = Some(Limit::Percent(1.5));
        assert_eq!(Plan::from_json(&plan.to_json()), Ok(plan));
    }

    #[test]
    fn a_part_that_is_not_known_is_an_error() {
        assert!(Plan::from_json(&json!({ "file": "a", "user": 3 })).is_err());
        assert!(Plan::from_json(&json!([])).is_err());
    }

    #[test]
    fn times_and_limits_are_read_as_people_write_them() {
        assert_eq!(duration("300ms").unwrap(), Duration::from_millis(300));
        assert_eq!(duration("1.5m").unwrap(), Duration::from_secs(90));
        assert_eq!(duration("2").unwrap(), Duration::from_secs(2));
        for text in ["", "s", "-1s", "1d", "1e9h", "9999999h", "nan", "1..2"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!("1%".parse(), Ok(Limit::Percent(1.0)));
        assert_eq!("10".parse(), Ok(Limit::Count(10)));
        for text in ["", "-1", "101%", "a%", "1.5"] {
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
    }
}
