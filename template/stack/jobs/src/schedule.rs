//! Jobs that are enqueued by the clock.
//!
//! The table `job_schedules` has when each is due next. The worker that moves this on enqueues the job in the same transaction, so
//! it is enqueued once, however many workers look.

use std::time::Duration;

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions};
use stack_db::Db;
use time::OffsetDateTime;

use crate::{Job, Options, table};

/// How often workers look at least, since another release may have another schedule.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Schedule {
    name: &'static str,
    expression: String,
    crontab: Crontab,
    kind: &'static str,
    argument: String,
    options: Options,
}

impl Schedule {
    pub(crate) fn new<J: Job>(name: &'static str, expression: &str, job: &J) -> Self {
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let crontab = cronexpr::parse_crontab_with(expression, options)
            .unwrap_or_else(|error| panic!("the schedule `{name}`: {error}"));
        let argument = serde_json::to_string(job)
            .unwrap_or_else(|error| panic!("the job of the schedule `{name}`: {error}"));
        Self {
            name,
            expression: expression.to_owned(),
            crontab,
            kind: J::KIND,
            argument,
            options: Options {
                // What the last time has enqueued may still wait.
                unique_key: Some(format!("schedule {name}")),
                ..Options::of(job)
            },
        }
    }

    /// When it is due after `time`. A schedule that is never due again is looked at in a year.
    fn next(&self, time: OffsetDateTime) -> OffsetDateTime {
        let after = MakeTimestamp::from_second(time.unix_timestamp());
        let next = after.and_then(|after| self.crontab.find_next(after));
        next.ok()
            .and_then(|next| OffsetDateTime::from_unix_timestamp(next.timestamp().as_second()).ok())
            .unwrap_or(time + time::Duration::days(365))
    }
}

/// Enqueues what is due, again and again.
pub(crate) async fn run(db: Db, schedules: Vec<Schedule>) {
    loop {
        let mut wait = LONGEST_WAIT;
        for schedule in &schedules {
            match tick(&db, schedule).await {
                Ok(until) => wait = wait.min(until),
                Err(error) => {
                    tracing::warn!(schedule = schedule.name, %error, "cannot look at a schedule");
                }
            }
        }
        tokio::time::sleep(wait.max(SHORTEST_WAIT)).await;
    }
}

/// Enqueues the job of `schedule` if it is due. Returns after which time it is due again.
pub(crate) async fn tick(db: &Db, schedule: &Schedule) -> sqlx::Result<Duration> {
    let until = db.run(|tx| {
        Box::pin(async move {
            let now: OffsetDateTime = sqlx::query_scalar("SELECT now()")
                .fetch_one(&mut **tx)
                .await?;
            let next = schedule.next(now);
            // A new schedule, or another expression, is due from now on.
            sqlx::query(
                "INSERT INTO job_schedules (name, expression, next_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET expression = excluded.expression, next_at = excluded.next_at
                 WHERE job_schedules.expression <> excluded.expression",
            )
            .bind(schedule.name)
            .bind(&schedule.expression)
            .bind(next)
            .execute(&mut **tx)
            .await?;
            let moved = sqlx::query(
                "UPDATE job_schedules SET next_at = $2 WHERE name = $1 AND next_at <= $3",
            )
            .bind(schedule.name)
            .bind(next)
            .bind(now)
            .execute(&mut **tx)
            .await?;
            if moved.rows_affected() > 0 {
                let Schedule { kind, argument, options, .. } = schedule;
                table::insert(&mut **tx, kind, argument, options).await?;
            }
            Ok::<_, sqlx::Error>(next - now)
        })
    });
    Ok(until.await?.try_into().unwrap_or(Duration::ZERO))
}
