//! `stack_load PLAN`: plays a recording as the plan says, which is JSON and comes from `cargo dev load`.

use std::process::ExitCode;

use stack_load::{Error, Plan, run, ui};

fn main() -> ExitCode {
    match plan().and_then(|plan| play(&plan)) {
        Ok(code) => code,
        Err(error) => {
            ui::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn plan() -> Result<Plan, Error> {
    let json = std::env::args().nth(1);
    let json = json.ok_or_else(|| {
        Error::new("this program needs a plan as its argument").hint("cargo dev load FILE")
    })?;
    Plan::from_json(&json)
}

fn play(plan: &Plan) -> Result<ExitCode, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(format!("cannot start: {error}")))?
        .block_on(run::run(plan))
}
