//! The `heavy` command: arguments in, exit code out.

use std::process::ExitCode;

use heavy_stack::cli::Parsed;
use heavy_stack::disk::journal;
use heavy_stack::error::{Error, Kind};
use heavy_stack::{cli, commands, ui};

fn main() -> ExitCode {
    let command = match cli::parse(std::env::args_os()) {
        Parsed::Command(command) => command,
        Parsed::Help(text) => return ExitCode::from(ui::help(&text)),
        Parsed::Invalid(error) => return fail(&error, asks_for_json()),
    };
    let json = cli::wants_json(&command);
    match commands::in_an_environment_of_its_own(&command) {
        Ok(None) => {}
        Ok(Some(code)) => return ExitCode::from(code),
        Err(error) => return fail(&error, json),
    }
    if !commands::ends_in_order(&command)
        && let Err(error) = journal::stop_on_signals(ui::stopped)
    {
        return fail(&Error::system("cannot watch for Ctrl-C").because(error), json);
    }
    match commands::run(&command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if error.kind == Kind::Stopped {
                journal::yield_to_signals();
            }
            fail(&error, json)
        }
    }
}

/// Of a command line that makes no sense this much can be told.
fn asks_for_json() -> bool {
    std::env::args_os().skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

fn fail(error: &Error, json: bool) -> ExitCode {
    ui::error(error, json);
    ExitCode::from(error.kind.exit_code())
}
