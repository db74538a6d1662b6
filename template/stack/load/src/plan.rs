//! How a recording is played: what `cargo dev load` was told, as JSON for the program that plays.

mod micros;

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Error, load_profile::LoadProfile};

/// How a recording is played. Times are microseconds in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// The recordings, each with how many of the users play it, as shares.
    pub recordings: Vec<(PathBuf, u32)>,
    /// Which visitor of the recording is played; the one who did most if it is none.
    pub visitor: Option<String>,
    /// The application.
    pub url: String,
    /// The origin that may be loaded although it is not on this machine.
    pub own: Option<String>,
    /// Certificates, as PEM, that are trusted beside the public ones.
    pub ca: Option<PathBuf>,
    /// How many users play at once; with a rate, how many at most.
    pub users: usize,
    /// How many visits begin in a second, however long the responses take. None: each user begins the next one by itself.
    pub rate: Option<f64>,
    /// Where the application shows its own figures, for Prometheus.
    pub metrics: Option<String>,
    /// How many of them start in a second.
    pub ramp: f64,
    /// How long; without an end if there is a control page.
    #[serde(with = "micros")]
    pub duration: Option<Duration>,
    /// The shortest and the longest think time; as recorded if it is none.
    #[serde(with = "micros")]
    pub think: Option<(Duration, Duration)>,
    /// How long a response may take.
    #[serde(with = "micros")]
    pub timeout: Duration,
    /// Threads; one less than there are cores if it is none.
    pub threads: Option<usize>,
    /// Names of fields, and what they hold instead of what was recorded.
    pub set: Vec<(String, String)>,
    /// Every iteration is that of a new visitor.
    pub fresh: bool,
    /// The port of the control page; none for no page.
    pub page: Option<u16>,
    /// The results go to standard output as JSON.
    pub json: bool,
    /// Threshold: what 99 of 100 responses may take.
    #[serde(with = "micros")]
    pub max_p99: Option<Duration>,
    /// Threshold: how long nothing may be answered; five seconds if it is none and there is another threshold.
    #[serde(with = "micros")]
    pub max_stall: Option<Duration>,
    /// Threshold: how many errors there may be.
    pub max_errors: Option<ErrorLimit>,
    /// The folder of the report.
    pub folder: PathBuf,
}

/// How many errors there may be: `10` or `1%`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ErrorLimit {
    /// At most so many.
    Count(u64),
    /// At most this share of all steps, in percent.
    Percent(f64),
}

impl Plan {
    /// Plays this file as `cargo dev load FILE` does.
    pub fn new(file: impl Into<PathBuf>, url: impl Into<String>) -> Self {
        Self {
            recordings: vec![(file.into(), 1)],
            url: url.into(),
            page: Some(8089),
            ..Self::default()
        }
    }

    /// As [`Plan::from_json`] reads it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a plan has no map whose keys are no texts")
    }

    /// A plan from JSON.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json)
            .map_err(|error| Error::new(format!("the plan cannot be read: {error}")))
    }

    /// The load that the run begins with.
    pub fn load_profile(&self) -> LoadProfile {
        LoadProfile {
            users: self.users,
            // Users wait for the time of a visit then, and that is when they come.
            ramp: self.rate.map_or(self.ramp, |_| self.users as f64 * 1000.0),
        }
    }

    /// The recordings, for people.
    pub fn names(&self) -> String {
        let names = self.recordings.iter().map(|(file, weight)| match weight {
            1 => file.display().to_string(),
            weight => format!("{} ({weight} times)", file.display()),
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            recordings: Vec::new(),
            visitor: None,
            url: String::new(),
            own: None,
            ca: None,
            users: 10,
            rate: None,
            metrics: None,
            ramp: 10.0,
            duration: None,
            think: None,
            timeout: Duration::from_secs(30),
            threads: None,
            set: Vec::new(),
            fresh: false,
            page: None,
            json: false,
            max_p99: None,
            max_stall: None,
            max_errors: None,
            folder: "target/load".into(),
        }
    }
}

impl std::str::FromStr for ErrorLimit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || {
            Error::new(format!("`{text}` is not a number of errors"))
                .hint("`10` for a count, `1%` for a share of all steps")
        };
        let Some(share) = text.strip_suffix('%') else {
            return text.parse().map(Self::Count).map_err(|_| invalid());
        };
        let share: f64 = share.trim().parse().map_err(|_| invalid())?;
        if (0.0..=100.0).contains(&share) {
            Ok(Self::Percent(share))
        } else {
            Err(invalid())
        }
    }
}

impl TryFrom<String> for ErrorLimit {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ErrorLimit> for String {
    fn from(limit: ErrorLimit) -> Self {
        limit.to_string()
    }
}

impl std::fmt::Display for ErrorLimit {
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
    let invalid =
        || Error::new(format!("`{text}` is not a duration")).hint("`300ms`, `2s`, `1.5m`, `1h`");
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| invalid())?;
    let seconds = match unit.trim() {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(invalid()),
    };
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|it| *it <= Duration::from_secs(30 * 24 * 3600))
        .ok_or_else(invalid)
}
