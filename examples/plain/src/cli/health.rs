//! `health`: requests the health check of the application on this machine, for container images that have no `curl`.

use std::{error::Error, net::SocketAddr};

use clap::Args;
use stack_web::{StartError, probe};

use super::print_line;
use crate::config::Config;

#[derive(Debug, Args)]
pub struct Health {
    /// Check also whether its database responds
    #[arg(long)]
    ready: bool,
}

impl Health {
    /// Requests the health check, and fails unless the response is 200.
    pub fn run(&self, config: &Config) -> Result<(), Box<dyn Error>> {
        let path = if self.ready { "/readyz" } else { "/healthz" };
        let address = SocketAddr::from((probe::reachable(config.host), config.port));
        let answer = probe::get(address, path).map_err(|error| {
            StartError(format!(
                "the application at `http://{address}{path}` is not healthy: {error}\n\
                 hint: `HOST` and `PORT` must be the same as for `serve`"
            ))
        })?;
        print_line(&answer);
        Ok(())
    }
}
