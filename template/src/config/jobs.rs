//! Jobs: `JOBS_CONCURRENCY`, `JOBS_IN_SERVE`, `JOBS_OPERATORS`, `JOBS_KEEP_DAYS`.

use std::{str::FromStr, time::Duration};

use stack_web::settings::Reader;

use super::Config;
use crate::models::Email;

/// Who does the jobs, and who looks after them.
#[derive(Clone, Debug)]
pub struct JobSettings {
    /// `JOBS_CONCURRENCY`: how many a process does at a time.
    pub concurrency: usize,
    /// `JOBS_IN_SERVE`: whether the process that serves does any.
    pub in_serve: bool,
    /// `JOBS_OPERATORS`: who may see and change them. Without it, in development, everybody with an account.
    pub operators: Option<Operators>,
    /// `JOBS_KEEP_DAYS`: how long those are kept that were done or cancelled.
    pub keep: Duration,
}

impl JobSettings {
    pub(super) fn read(vars: &mut Reader<impl Fn(&str) -> Option<String>>) -> Self {
        let days: u32 = vars.number("JOBS_KEEP_DAYS", 7, 1..=3650);
        Self {
            concurrency: vars.number("JOBS_CONCURRENCY", 4, 1..=1000),
            in_serve: vars.choice("JOBS_IN_SERVE", "yes", &[("yes", true), ("no", false)]),
            operators: vars.optional(
                "JOBS_OPERATORS",
                "e-mail addresses, such as `ada@example.com,grace@example.com`",
            ),
            keep: Duration::from_secs(60 * 60 * 24 * u64::from(days)),
        }
    }
}

/// The addresses of the people who look after the jobs.
#[derive(Clone, Debug)]
pub struct Operators(Vec<Email>);

impl FromStr for Operators {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let addresses = text.split(',').map(|text| Email::parse(text.trim()));
        let addresses: Result<_, _> = addresses.collect();
        addresses.map(Self).map_err(drop)
    }
}

impl Config {
    /// Whether the user with this address may see and change the jobs, once the address is confirmed.
    pub fn may_see_jobs(&self, email: &Email) -> bool {
        match &self.jobs.operators {
            Some(Operators(addresses)) => addresses.contains(email),
            None => !self.environment.is_production(),
        }
    }
}
