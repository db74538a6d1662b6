//! A run, from its plan to its report: what is printed, and what the program exits with.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use tokio::{signal::ctrl_c, time::sleep};

use crate::{
    Error, Plan, Script,
    control_page::ControlPage,
    generator,
    metrics::{Results, short},
    mix::Mix,
    play::{self, Target},
    report, thresholds, ui,
};

/// How long a run without a control page takes if the plan does not say.
const DEFAULT_DURATION: Duration = Duration::from_secs(30);
/// How many times without an answer are printed.
const MAX_STALLS: usize = 5;

/// Reads the recording, plays it, and writes the report.
///
/// # Errors
/// If it cannot be played at all.
pub async fn run(plan: &Plan) -> Result<ExitCode, Error> {
    let mix = mix(plan)?;
    let target = play::resolve(plan).await?;
    play::check_connection(plan, &target).await?;
    let control = ControlPage::new(plan);
    if let Some(port) = plan.page {
        let page = control.serve(port).await?;
        ui::say(&format!("watch and change it at {page}; Ctrl-C ends it"));
    }
    loop {
        let (results, interrupted) = run_once(plan, &mix, &control, &target).await?;
        let passed = finish(plan, &mix, &results, &control)?;
        let code = if passed {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
        if interrupted || plan.page.is_none() {
            return Ok(code);
        }
        ui::say("it can be started again on the page; Ctrl-C ends it");
        tokio::select! {
            () = control.started() => {}
            _ = ctrl_c() => return Ok(code),
        }
    }
}

/// Reads all recordings of the plan.
fn mix(plan: &Plan) -> Result<Mix, Error> {
    let scripts = plan.recordings.iter().map(|(file, weight)| {
        let script = script(file, plan.visitor.as_deref())?;
        Ok((script, *weight))
    });
    let scripts = scripts.collect::<Result<Vec<_>, Error>>()?;
    if scripts.is_empty() {
        return Err(Error::new("the plan has no recording").hint("cargo dev load FILE"));
    }
    Ok(Mix::of(scripts))
}

/// Reads what a visitor of the recording did.
///
/// # Errors
/// If it cannot be read.
pub fn script(file: &Path, visitor: Option<&str>) -> Result<Script, Error> {
    let (recording, script) = Script::open(file, visitor)?;
    let visitor = recording.choose(visitor)?;
    let counts = visitor.counts();
    ui::say(&format!(
        "playing visitor {} of {} in `{}`: {} requests, {} live pages, {} steps",
        visitor.id,
        recording.visitors.len(),
        file.display(),
        counts.requests,
        counts.connections,
        script.steps.len(),
    ));
    if recording.dropped > 0 {
        ui::say(&format!(
            "warning: {} lines are missing in the recording",
            recording.dropped
        ));
    }
    Ok(script)
}

/// One run, and whether Ctrl-C ended it.
async fn run_once(
    plan: &Plan,
    mix: &Mix,
    control: &ControlPage,
    target: &Target,
) -> Result<(Results, bool), Error> {
    let duration = match plan.page {
        None => Some(plan.duration.unwrap_or(DEFAULT_DURATION)),
        Some(_) => plan.duration,
    };
    let mut interrupted = false;
    let stop = async {
        let time_is_up = async {
            match duration {
                Some(duration) => sleep(duration).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = time_is_up => {}
            () = control.stopped() => {}
            _ = ctrl_c() => interrupted = true,
        }
    };
    control.begin();
    let on_sample = |results: &Results| {
        ui::progress(results);
        control.sample(mix, results);
    };
    let profile = control.load_profile();
    let results = play::play(plan, mix.clone(), target, profile, stop, on_sample).await?;
    ui::progress_ends();
    Ok((results, interrupted))
}

/// Writes the report and prints the most important figures; whether the thresholds were passed.
fn finish(plan: &Plan, mix: &Mix, results: &Results, control: &ControlPage) -> Result<bool, Error> {
    let now = jiff::Timestamp::now().strftime("%F %T").to_string();
    let page = report::html(plan, mix, results, &now);
    let json = report::json(plan, mix, results);
    let name = plan.folder.join(now.replace([' ', ':'], "-"));
    let (page_file, json_file) = (name.with_extension("html"), name.with_extension("json"));
    write(&page_file, &page)?;
    write(&json_file, &format!("{json:#}\n"))?;
    control.end(page);
    summarize(results);
    errors(plan, mix, results);
    ui::say(&format!(
        "report: {} and {}",
        page_file.display(),
        json_file.display()
    ));
    if plan.json {
        ui::result(&json);
    }
    let failed = thresholds::failed(plan, results);
    for threshold in &failed {
        ui::say(&format!("threshold failed: {threshold}"));
    }
    Ok(failed.is_empty())
}

fn summarize(results: &Results) {
    let (latencies, waits) = (results.counts.latencies(), results.waits());
    let errors = results.counts.error_count();
    let unanswered = match results.counts.unanswered() {
        0 => String::new(),
        count => format!(", {count} of them not answered when the run ended"),
    };
    ui::say(&format!(
        "{} responses in {} s, {} per second; p50 {} ms, p90 {} ms, p99 {} ms, max {} ms; {errors} errors{unanswered}",
        latencies.count(),
        short(results.duration.as_secs_f64()),
        short(results.responses_per_second()),
        short(waits.percentile(50.0)),
        short(waits.percentile(90.0)),
        short(waits.percentile(99.0)),
        short(results.max()),
    ));
    for stall in results.stalls.iter().take(MAX_STALLS) {
        ui::say(&format!("  {stall}"));
    }
    if results.stalls.len() > MAX_STALLS {
        let more = results.stalls.len() - MAX_STALLS;
        ui::say(&format!("  and {more} shorter times"));
    }
    if let Some(server) = &results.server {
        ui::say(&format!("the server itself measured: {server}"));
    }
    if let Some(warning) = generator::holds_up(results) {
        ui::say(&format!("warning: {warning}"));
    }
}

fn errors(plan: &Plan, mix: &Mix, results: &Results) {
    let errors = results.counts.frequent_errors();
    for (name, kind, count) in errors.iter().take(10) {
        ui::say(&format!("  {count} × {}: {kind}", mix.step_name(*name)));
    }
    if errors.iter().any(|(name, ..)| mix.logs_in(*name)) && plan.set.is_empty() {
        ui::say(
            "hint: for an account from before the recording, add `--set email=… --set password=…`",
        );
    }
}

fn write(file: &PathBuf, text: &str) -> Result<(), Error> {
    let cannot =
        |error: std::io::Error| Error::new(format!("cannot write `{}`: {error}", file.display()));
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    std::fs::write(file, text).map_err(cannot)
}
