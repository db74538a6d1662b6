//! `health`: asks the application that serves on this machine how it is. For a container whose image has no other
//! program that could.

use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use clap::Args;

use super::say;
use crate::{app::StartError, config::Config};

/// How long each step of the question may take: less than what watches over containers grants.
const PATIENCE: Duration = Duration::from_secs(2);

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
        let address = SocketAddr::from((reachable(config.host), config.port));
        let answer = ask(address, path).map_err(|error| {
            StartError(format!(
                "nothing answers on `http://{address}{path}`: {error}\n\
                 hint: `HOST` and `PORT` have to be those of the one that serves"
            ))
        })?;
        say(verdict(&answer).map_err(StartError)?);
        Ok(())
    }
}

/// Where an address to listen on is reached from this machine.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

/// The whole answer to a request for `path`.
fn ask(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// What an answer says, if it is that all is well.
fn verdict(answer: &str) -> Result<&str, String> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) == Some("200") {
        Ok(body)
    } else {
        Err(format!(
            "the application is not well: it answers `{status}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_with_the_status_200_is_good() {
        assert_eq!(
            verdict("HTTP/1.1 200 OK\r\nvary: x\r\n\r\nready"),
            Ok("ready")
        );
        for answer in [
            "HTTP/1.1 503 Service Unavailable\r\n\r\n",
            "SSH-2.0-200 x",
            "",
        ] {
            assert!(verdict(answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn what_listens_everywhere_is_asked_on_this_machine() {
        assert_eq!(reachable([0, 0, 0, 0].into()), IpAddr::from([127, 0, 0, 1]));
        assert_eq!(reachable(Ipv6Addr::UNSPECIFIED.into()), Ipv6Addr::LOCALHOST);
        assert_eq!(reachable([10, 0, 0, 7].into()), IpAddr::from([10, 0, 0, 7]));
    }
}
