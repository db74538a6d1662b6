//! A run, from its plan to its report: what is typed, what is said of it, what it ends with.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use tokio::time::sleep;

use crate::{
    Error, Plan, Script,
    crowd::Measured,
    page::Board,
    play, report, ui,
    verdict::{missed, short},
};

/// How long a run takes that nobody watches.
const USUAL: Duration = Duration::from_secs(30);

/// Reads the recording, plays it, and says what has come of it.
///
/// # Errors
/// If it cannot be played at all.
pub async fn run(plan: &Plan) -> Result<ExitCode, Error> {
    let script = script(&plan.file, plan.connection.as_deref())?;
    let (origin, address) = play::permitted(plan).await?;
    play::answers(&origin, address).await?;
    let board = Board::new(plan);
    if let Some(port) = plan.page {
        let page = board.serve(port).await?;
        ui::say(&format!("watch and change it at {page}; Ctrl-C ends it"));
    }
    loop {
        let (measured, interrupted) = once(plan, &script, &board, (&origin, address)).await?;
        let missed = tell(plan, &script, &measured, &board)?;
        let code = if missed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        };
        if interrupted || plan.page.is_none() {
            return Ok(code);
        }
        ui::say("it can be started again on the page; Ctrl-C ends it");
        tokio::select! {
            () = board.started() => {}
            _ = tokio::signal::ctrl_c() => return Ok(code),
        }
    }
}

/// Reads what a visitor of the recording did.
///
/// # Errors
/// If it cannot be read.
pub fn script(file: &Path, connection: Option<&str>) -> Result<Script, Error> {
    let (recording, script) = Script::open(file, connection)?;
    let visitor = recording.choose(connection)?;
    let counts = visitor.counts();
    ui::say(&format!(
        "playing connection {} of {} in `{}`: {} requests, {} live pages, {} steps",
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

/// One run; true if somebody has ended the program.
async fn once(
    plan: &Plan,
    script: &Script,
    board: &Board,
    target: (&crate::target::Origin, std::net::SocketAddr),
) -> Result<(Measured, bool), Error> {
    let duration = match plan.page {
        None => Some(plan.duration.unwrap_or(USUAL)),
        Some(_) => plan.duration,
    };
    let mut interrupted = false;
    let stop = async {
        let over = async {
            match duration {
                Some(duration) => sleep(duration).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => {}
            () = board.stopped() => {}
            _ = tokio::signal::ctrl_c() => interrupted = true,
        }
    };
    board.begin();
    let each = |measured: &Measured| {
        ui::progress(measured);
        board.moment(script, measured);
    };
    let measured = play::play(plan, script.clone(), target, board.aim(), stop, each).await?;
    ui::progress_ends();
    Ok((measured, interrupted))
}

/// Writes the report and says the most important of it; true if something was missed.
fn tell(plan: &Plan, script: &Script, measured: &Measured, board: &Board) -> Result<bool, Error> {
    let now = report::stamp(SystemTime::now());
    let (page, json) = (
        report::html(plan, script, measured, &now),
        report::json(plan, script, measured),
    );
    let name = now.replace([' ', ':'], "-");
    let (page_file, json_file) = (
        plan.folder.join(format!("{name}.html")),
        plan.folder.join(format!("{name}.json")),
    );
    write(&plan.folder, &page_file, &page)?;
    write(&plan.folder, &json_file, &format!("{json:#}\n"))?;
    board.end(page);
    let (counts, all) = (&measured.counts, measured.counts.all());
    ui::say(&format!(
        "{} answers in {} s, {} a second; p50 {} ms, p90 {} ms, p99 {} ms; {} errors",
        all.count(),
        short(measured.took.as_secs_f64()),
        short(report::per_second(measured)),
        short(all.percentile(50.0)),
        short(all.percentile(90.0)),
        short(all.percentile(99.0)),
        counts.failures(),
    ));
    let mut errors: Vec<_> = counts.errors.iter().collect();
    errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for ((name, kind), count) in errors.iter().take(10) {
        ui::say(&format!(
            "  {count} × {}: {kind}",
            script.names.get(*name).map_or("", String::as_str)
        ));
    }
    if errors.iter().any(|((name, _), _)| script.enters(*name)) && plan.set.is_empty() {
        ui::say(
            "hint: an account that the recording did not make is named by `--set email=… --set password=…`",
        );
    }
    ui::say(&format!(
        "report: {} and {}",
        page_file.display(),
        json_file.display()
    ));
    if plan.json {
        ui::result(&json);
    }
    let missed = missed(plan, measured);
    for text in &missed {
        ui::say(&format!("missed: {text}"));
    }
    Ok(!missed.is_empty())
}

fn write(folder: &Path, file: &PathBuf, text: &str) -> Result<(), Error> {
    let wrong =
        |error: std::io::Error| Error::new(format!("cannot write `{}`: {error}", file.display()));
    std::fs::create_dir_all(folder).map_err(wrong)?;
    std::fs::write(file, text).map_err(wrong)
}
