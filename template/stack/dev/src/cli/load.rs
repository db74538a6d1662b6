//! Load tests: `cargo dev record` and `cargo dev load`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

#[derive(Args, Debug)]
#[command(
    after_help = "Ctrl-C ends it and says what was recorded. Passwords and tokens are left out of the file, and everything
else that people type is in it: see docs/recording.md."
)]
pub(crate) struct Record {
    /// Where to; a file that exists is continued
    #[arg(long, value_name = "FILE", default_value = "recording.jsonl")]
    pub(crate) out: PathBuf,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Try it: `cargo dev load load/demo.jsonl --serve`. What is measured, and what not: docs/load-tests.md."
)]
pub(crate) struct Load {
    /// Recordings, such as `cargo dev record` writes, or HAR files; `=3` behind one lets three times as many users play it
    #[arg(required = true, value_name = "FILE[=SHARE]", value_parser = recording)]
    pub(crate) files: Vec<(PathBuf, u32)>,
    /// How many users play at once [default: 10; with `--rate` at most 1000]
    #[arg(long, value_name = "N")]
    pub(crate) users: Option<usize>,
    /// So many visits begin in a second, however long the responses take [default: each user begins one after another]
    #[arg(long, value_name = "R/s", value_parser = rate, conflicts_with = "ramp")]
    pub(crate) rate: Option<f64>,
    /// Ramp-up: how many of them start in a second
    #[arg(long, value_name = "R/s", default_value = "10", value_parser = rate)]
    pub(crate) ramp: f64,
    /// How long, such as `30s` or `5m` [default: until Ctrl-C; with `--headless` 30s]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) duration: Option<Duration>,
    /// Think time between steps, such as `1s..5s`; `0..0` is none [default: as recorded]
    #[arg(long, value_name = "MIN..MAX", value_parser = range)]
    pub(crate) think: Option<(Duration, Duration)>,
    /// The application [default: `http://127.0.0.1:3000`, or the port in `PORT`]
    #[arg(long, value_name = "URL", conflicts_with = "serve")]
    pub(crate) url: Option<String>,
    /// With `https`: certificates, as PEM, that are trusted beside the public ones
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Start the application for it: a release build with a database of its own, dropped afterwards
    #[arg(long)]
    pub(crate) serve: bool,
    /// Where the application shows its own figures, which are compared [default: that of `METRICS_ADDRESS`]
    #[arg(long, value_name = "URL")]
    pub(crate) metrics: Option<String>,
    /// Which visitor of the recording to play [default: the one who did most]
    #[arg(long, value_name = "ID", alias = "connection")]
    pub(crate) visitor: Option<String>,
    /// What a field holds instead of what was recorded; `{user}` in it is the number of the user
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Let each user begin each iteration as a new visitor, who registers or logs in again
    #[arg(long)]
    pub(crate) fresh: bool,
    /// The port of the control page
    #[arg(long, default_value_t = 8089)]
    pub(crate) port: u16,
    /// Without the control page, for CI
    #[arg(long)]
    pub(crate) headless: bool,
    /// The results on standard output, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Threshold: exit code 1 if one response of 100 takes longer, such as `300ms`
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) max_p99: Option<Duration>,
    /// Threshold: exit code 1 if nothing is answered for longer [default: 5s if there is another threshold]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) max_stall: Option<Duration>,
    /// Threshold: exit code 1 if there are more errors, such as `10` or `1%`
    #[arg(long, value_name = "N|P%")]
    pub(crate) max_errors: Option<stack_load::plan::ErrorLimit>,
    /// How long to wait for a response before it counts as an error
    #[arg(long, value_name = "D", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Threads to play on [default: one less than there are cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// The folder of the report
    #[arg(long, value_name = "DIR", default_value = "target/load")]
    pub(crate) report: PathBuf,
    /// Load another machine than this one, which is yours: the same as `--url`
    #[arg(long, value_name = "URL")]
    pub(crate) i_own: Option<String>,
}

/// `30s`, `5m`.
pub(crate) fn duration(text: &str) -> Result<Duration, stack_load::Error> {
    stack_load::plan::duration(text)
}

/// `MIN..MAX`, or one time for both.
fn range(text: &str) -> Result<(Duration, Duration), String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let both = duration(least).and_then(|least| Ok((least, duration(most)?)));
    let (least, most) = both.map_err(|error| error.to_string())?;
    if least > most {
        return Err(format!("`{least:?}` is more than `{most:?}`"));
    }
    Ok((least, most))
}

/// `5/s`, `5` or `0.5`.
fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text).parse().ok();
    let fits = number.filter(|rate| *rate > 0.0 && *rate <= 100_000.0);
    fits.ok_or_else(|| "use a number of users a second, such as `5/s`".to_owned())
}

/// `a.jsonl`, `a.jsonl=3`.
fn recording(text: &str) -> Result<(PathBuf, u32), String> {
    let share = |share: &str| share.parse().ok().filter(|it| (1..=1000).contains(it));
    match text.rsplit_once('=') {
        Some((file, number)) if number.bytes().all(|it| it.is_ascii_digit()) => {
            let share = share(number).ok_or("a share is a number from 1 to 1000")?;
            Ok((file.into(), share))
        }
        _ => Ok((text.into(), 1)),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("use `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
