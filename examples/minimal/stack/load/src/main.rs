//! `stack_load PLAN`: plays a recording as the plan says, which is JSON and comes from `cargo dev load`.

use std::process::ExitCode;

use stack_load::{Error, Plan, run, ui};

fn main() -> ExitCode {
    let plan = match plan() {
        Ok(plan) => plan,
        Err(error) => {
            ui::error(&error);
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run::run(&plan)),
        Err(error) => Err(Error::new(format!("cannot start: {error}"))),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            ui::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn plan() -> Result<Plan, Error> {
    let usage = || Error::new("this program needs a plan").hint("cargo dev load FILE");
    let text = std::env::args().nth(1).ok_or_else(usage)?;
    let json = serde_json::from_str(&text).map_err(|_| usage())?;
    Plan::from_json(&json)
}
