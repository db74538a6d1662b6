//! From a plan to a pool of users that plays it.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{sync::watch, time::Instant};
use tokio_rustls::rustls::ClientConfig;

use crate::{
    Error,
    arrivals::Arrivals,
    http::{self, HttpConnection, RequestBody},
    load_profile::LoadProfile,
    metrics::Results,
    mix::Mix,
    plan::Plan,
    server_figures::ServerFigures,
    target::Origin,
    tls,
    user::Scenario,
    user_pool::UserPool,
};

/// An origin that may be loaded, with its address.
#[derive(Clone, Debug)]
pub struct Target {
    /// How the server is called.
    pub origin: Origin,
    /// Where it is.
    pub address: SocketAddr,
    /// Whom it has to be certified by; none without TLS.
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

/// Resolves the URL of `plan`, and checks that it may be loaded.
///
/// # Errors
/// If it may not, its name is not known, or the certificates of the plan cannot be read.
pub async fn resolve(plan: &Plan) -> Result<Target, Error> {
    let origin = Origin::parse(&plan.url)?;
    let host = origin.host();
    let found = tokio::net::lookup_host((host.as_str(), origin.port())).await;
    let addresses: Vec<SocketAddr> = found
        .map_err(|error| Error::new(format!("`{host}` cannot be resolved: {error}")))?
        .collect();
    let mut address = origin.allowed_address(&addresses, plan.own.as_deref())?;
    // A name may have an address without a listener, such as `::1`.
    for candidate in addresses {
        if http::connect_tcp(candidate, plan.timeout).await.is_ok() {
            address = candidate;
            break;
        }
    }
    target(plan, origin, address)
}

fn target(plan: &Plan, origin: Origin, address: SocketAddr) -> Result<Target, Error> {
    let tls = match origin.url().scheme() == "https" {
        true => Some(tls::client(plan.ca.as_deref())?),
        false => None,
    };
    Ok(Target {
        origin,
        address,
        tls,
    })
}

/// Checks that a server listens there, and accepts a connection within the time-out of `plan`.
///
/// # Errors
/// If not, with what to do about it.
pub async fn check_connection(plan: &Plan, target: &Target) -> Result<(), Error> {
    let connected = http::connect(target, plan.timeout).await;
    connected.map(drop).map_err(|failure| {
        let hint = match failure.starts_with("TLS") {
            true => "`--ca FILE` names a certificate authority of your own",
            false => "start the application in another terminal, `cargo dev`, or add `--serve`",
        };
        let origin = target.origin.text();
        Error::new(format!("cannot connect to `{origin}`: {failure}")).hint(hint)
    })
}

/// Plays the scripts as `plan` says until `stop` is ready. The load profile may change meanwhile; `on_sample` is called every second.
///
/// # Errors
/// If threads cannot be started, or the server does not show the figures that the plan asks for.
pub async fn play(
    plan: &Plan,
    mix: impl Into<Mix>,
    target: &Target,
    profile: watch::Receiver<LoadProfile>,
    stop: impl Future<Output = ()>,
    on_sample: impl FnMut(&Results),
) -> Result<Results, Error> {
    let before = server_figures(plan, target).await?;
    let pool = user_pool(plan, mix.into(), target, None)?;
    let mut results = pool.run(profile, stop, on_sample).await;
    if let Some(before) = before {
        // A server that hangs says nothing.
        let after = server_figures(plan, target).await.ok().flatten();
        results.server = after.map(|after| after.since(&before));
    }
    Ok(results)
}

/// Plays the scripts so many times for each user of the plan, and no longer: for tests.
///
/// # Errors
/// If threads cannot be started.
pub async fn play_iterations(
    plan: &Plan,
    mix: impl Into<Mix>,
    target: &Target,
    iterations: u64,
) -> Result<Results, Error> {
    let pool = user_pool(plan, mix.into(), target, Some(iterations))?;
    let (_profile, profile) = watch::channel(plan.load_profile());
    Ok(pool.run(profile, std::future::pending(), |_| {}).await)
}

fn user_pool(
    plan: &Plan,
    mix: Mix,
    target: &Target,
    iterations: Option<u64>,
) -> Result<UserPool, Error> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let scenario = |active_users| Scenario {
        mix,
        arrivals: plan.rate.map(|rate| Arrivals::new(Instant::now(), rate)),
        target: target.clone(),
        run_id: format!("{:x}", now.as_micros()),
        think: plan.think,
        timeout: plan.timeout,
        set: plan.set.clone(),
        fresh: plan.fresh,
        active_users,
        iterations,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = plan.threads.unwrap_or_else(|| cores.saturating_sub(1));
    UserPool::new(scenario, threads.max(1))
        .map_err(|error| Error::new(format!("cannot start threads: {error}")))
}

/// How long the server may take to show its figures.
const FIGURES_WITHIN: Duration = Duration::from_secs(3);

/// What the server has measured by now; none if the plan does not say where it shows that.
async fn server_figures(plan: &Plan, target: &Target) -> Result<Option<ServerFigures>, Error> {
    let Some(url) = &plan.metrics else {
        return Ok(None);
    };
    let cannot = |why: String| {
        Error::new(format!(
            "the server's figures cannot be read at `{url}`: {why}"
        ))
        .hint(
            "start the application with `METRICS_ADDRESS=127.0.0.1:9464`, or leave `--metrics` out",
        )
    };
    let origin = Origin::parse(url)?;
    let host = origin.host();
    let found = tokio::net::lookup_host((host.as_str(), origin.port())).await;
    let addresses: Vec<SocketAddr> = found.map_err(|error| cannot(error.to_string()))?.collect();
    // Beside the application that may be loaded, if it is not on this machine.
    let own = (host == target.origin.host()).then_some(url.as_str());
    let address = origin.allowed_address(&addresses, own)?;
    let shown_at = self::target(plan, origin, address)?;
    let shown = tokio::time::timeout(FIGURES_WITHIN, async {
        let request = hyper::Request::get("/metrics")
            .header(hyper::header::HOST, shown_at.origin.authority())
            .body(RequestBody::default())
            .map_err(|error| error.to_string())?;
        let mut connection = HttpConnection::open(&shown_at, FIGURES_WITHIN).await?;
        let response = connection.exchange(request, true).await?;
        response
            .body
            .ok_or_else(|| format!("status {}", response.status))
    });
    let shown = shown
        .await
        .unwrap_or_else(|_| Err("no response".to_owned()));
    Ok(Some(ServerFigures::parse(&shown.map_err(cannot)?)))
}
