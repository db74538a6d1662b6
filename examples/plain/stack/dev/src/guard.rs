//! Which databases may be dropped: those of a developer on this machine, and no others.

use std::net::IpAddr;

use sqlx::postgres::PgConnectOptions;

use crate::error::Error;
use crate::project::Project;

/// Whether a URL leads to this machine.
pub(crate) fn leads_here(url: &str) -> bool {
    let options: Result<PgConnectOptions, _> = url.parse();
    options.is_ok_and(|options| {
        options.get_socket().is_some() || is_local(options.get_host(), in_container())
    })
}

/// Refuses a database that is not a local one for development, and says why.
pub(crate) fn require_local(project: &Project, url: &str) -> crate::error::Result<()> {
    for environment in project.values("APP_ENV") {
        if environment != "development" {
            return Err(Error::new(format!(
                "`APP_ENV` is `{environment}`, and only a database for development is changed by this command"
            ))
            .hint("`cargo dev db status` says which database that is"));
        }
    }
    if leads_here(url) {
        return Ok(());
    }
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(
            Error::new("the URL of the database is not one of PostgreSQL")
                .hint("`.env.example` shows how it looks"),
        );
    }
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error| Error::new(format!("the URL cannot be read: {error}")))?;
    let host = options.get_host();
    Err(Error::new(format!(
        "the database is on `{host}`, and this command changes only one on this machine"
    ))
    .hint("take `DATABASE_URL` out of `.env` and the environment to use the project's own server"))
}

/// Whether a host is this machine, or, in a container, a service beside it.
fn is_local(host: &str, in_container: bool) -> bool {
    let bare = host.trim_matches(['[', ']']);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host == "localhost" || host.ends_with(".localhost") || host.starts_with('/') {
        return true;
    }
    // The name of a service in `compose.yaml` is one word; a number would be an address.
    let word = host.starts_with(|c: char| c.is_ascii_alphabetic())
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    in_container && (word || host == "host.docker.internal")
}

fn in_container() -> bool {
    let marks = ["REMOTE_CONTAINERS", "CODESPACES", "DEVCONTAINER"];
    marks.iter().any(|mark| std::env::var_os(mark).is_some())
}
