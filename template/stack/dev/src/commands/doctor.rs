//! `cargo dev doctor`: what this machine has for working on the project, what is missing, how to get it.
//!
//! [`probe`] looks at the machine and writes down [`facts`]; [`findings`] says what they mean, and [`platform`] which
//! command brings what is missing.

mod facts;
mod findings;
mod platform;
mod probe;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::Doctor;
use crate::error::Result;
use crate::project::Project;
use crate::ui;
use findings::{Finding, Level, Need};

pub(super) async fn run(project: &Project, arguments: &Doctor) -> Result<ExitCode> {
    let findings = findings::of(&probe::facts(project).await?);
    if arguments.json {
        let all: Vec<Value> = findings.iter().map(as_json).collect();
        ui::result(&format!("{:#}", json!({ "findings": all })));
    } else {
        ui::result(&as_text(&findings));
    }
    let broken = findings.iter().any(|found| found.level == Level::Broken);
    Ok(if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// One line a finding, with what to do about it below, and the sum of it all at the end.
fn as_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for (need, heading) in [
        (Need::Project, "What the project cannot do without"),
        (Need::Part, "What a part of it needs"),
    ] {
        text += &format!("{heading}\n");
        for found in findings.iter().filter(|found| found.need == need) {
            let mark = match found.level {
                Level::Good => '✓',
                Level::Lacking => '!',
                Level::Broken => '✗',
            };
            text += &format!("  {mark} {}: {}\n", found.what, found.says);
            if let Some(get) = &found.get {
                text += &format!("      → {get}\n");
            }
        }
        text += "\n";
    }
    text + &summary(findings)
}

fn summary(findings: &[Finding]) -> String {
    let count = |level| findings.iter().filter(|found| found.level == level).count();
    match (count(Level::Broken), count(Level::Lacking)) {
        (0, 0) => "Everything is there.".to_owned(),
        (0, some) => format!("Ready to work; {some} to look at (!) when you come to that part."),
        (broken, _) => {
            format!("Not ready: {broken} missing (✗) that the project cannot do without.")
        }
    }
}

fn as_json(found: &Finding) -> Value {
    json!({
        "what": found.what,
        "level": match found.level {
            Level::Good => "good",
            Level::Lacking => "lacking",
            Level::Broken => "broken",
        },
        "required": found.need == Need::Project,
        "says": found.says,
        "get": found.get,
    })
}
