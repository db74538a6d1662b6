//! `health`: asks the application that serves on this machine how it is. For a container whose image has no other
//! program that could.

use std::{error::Error, net::SocketAddr};

use clap::Args;
use stack_web::{StartError, probe};

use super::say;
use crate::config::Config;

#[derive(Debug, Args)]
pub struct Health {
    /// Ask whether its database answers, too
    #[arg(long)]
    ready: bool,
}

impl Health {
    /// Asks, and fails unless the answer is that all is well.
    pub fn run(&self, config: &Config) -> Result<(), Box<dyn Error>> {
        let path = if self.ready { "/readyz" } else { "/healthz" };
        let address = SocketAddr::from((probe::reachable(config.host), config.port));
        let answer = probe::get(address, path).map_err(|error| {
            StartError(format!(
                "the application is not well on `http://{address}{path}`: {error}\n\
                 hint: `HOST` and `PORT` have to be those of the one that serves"
            ))
        })?;
        say(&answer);
        Ok(())
    }
}
