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
        Parsed::Invalid(error) => return fail(&error),
    };
    if !commands::ends_in_order(&command)
        && let Err(error) = journal::stop_on_signals(ui::stopped)
    {
        return fail(&Error::system("cannot watch for Ctrl-C").because(error));
    }
    match commands::run(&command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if error.kind == Kind::Stopped {
                journal::yield_to_signals();
            }
            fail(&error)
        }
    }
}

fn fail(error: &Error) -> ExitCode {
    ui::error(error);
    ExitCode::from(error.kind.exit_code())
}
