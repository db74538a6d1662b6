//! From a plan to a pool of users that plays it.

use std::{net::SocketAddr, time::SystemTime};

use tokio::sync::watch;

use crate::{
    Error, Script, http, load_profile::LoadProfile, metrics::Results, plan::Plan, target::Origin,
    user::Scenario, user_pool::UserPool,
};

/// An origin that may be loaded, with its address.
#[derive(Clone, Debug)]
pub struct Target {
    /// How the server is called.
    pub origin: Origin,
    /// Where it is.
    pub address: SocketAddr,
}

/// Resolves the URL of `plan`, and checks that it may be loaded.
///
/// # Errors
/// If it may not, or its name is not known.
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
        if http::connect(candidate, plan.timeout).await.is_ok() {
            address = candidate;
            break;
        }
    }
    Ok(Target { origin, address })
}

/// Checks that a server listens there, and accepts a connection within the time-out of `plan`.
///
/// # Errors
/// If not, with what to do about it.
pub async fn check_connection(plan: &Plan, target: &Target) -> Result<(), Error> {
    let connected = http::connect(target.address, plan.timeout).await;
    connected.map(drop).map_err(|failure| {
        let authority = target.origin.authority();
        Error::new(format!("cannot connect to `http://{authority}`: {failure}"))
            .hint("start the application in another terminal, `cargo dev`, or add `--serve`")
    })
}

/// Plays `script` as `plan` says until `stop` is ready. The load profile may change meanwhile; `on_sample` is called every second.
///
/// # Errors
/// If threads cannot be started.
pub async fn play(
    plan: &Plan,
    script: Script,
    target: &Target,
    profile: watch::Receiver<LoadProfile>,
    stop: impl Future<Output = ()>,
    on_sample: impl FnMut(&Results),
) -> Result<Results, Error> {
    let pool = user_pool(plan, script, target, None)?;
    Ok(pool.run(profile, stop, on_sample).await)
}

/// Plays `script` so many times for each user of the plan, and no longer: for tests.
///
/// # Errors
/// If threads cannot be started.
pub async fn play_iterations(
    plan: &Plan,
    script: Script,
    target: &Target,
    iterations: u64,
) -> Result<Results, Error> {
    let pool = user_pool(plan, script, target, Some(iterations))?;
    let (_profile, profile) = watch::channel(plan.load_profile());
    Ok(pool.run(profile, std::future::pending(), |_| {}).await)
}

fn user_pool(
    plan: &Plan,
    script: Script,
    target: &Target,
    iterations: Option<u64>,
) -> Result<UserPool, Error> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let scenario = |active_users| Scenario {
        script,
        origin: target.origin.clone(),
        address: target.address,
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
