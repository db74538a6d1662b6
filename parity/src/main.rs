//! cargo-generate as a library, behind its own command line.
//!
//! A program of its own, so that a test can give it a home, a user and a working directory without changing
//! those of the tests beside it.

use std::process::ExitCode;

use cargo_generate::Cli;
use clap::Parser;

fn main() -> ExitCode {
    let Cli::Generate(args) = Cli::parse();
    match cargo_generate::generate(args) {
        Ok(_) => ExitCode::SUCCESS,
        // It has printed the error.
        Err(_) => ExitCode::FAILURE,
    }
}
