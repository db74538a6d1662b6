//! From a plan to a crowd.

use std::{net::SocketAddr, time::SystemTime};

use tokio::sync::watch;

use crate::{
    Error, Script,
    crowd::{Aim, Crowd, Measured},
    plan::Plan,
    target::Origin,
    user::Scene,
};

/// Looks up where `plan` leads, and whether it may be loaded.
///
/// # Errors
/// If it may not, or nobody knows the name.
pub async fn permitted(plan: &Plan) -> Result<(Origin, SocketAddr), Error> {
    let origin = Origin::parse(&plan.url)?;
    let found = tokio::net::lookup_host((origin.host.as_str(), origin.port)).await;
    let addresses: Vec<SocketAddr> = found
        .map_err(|error| Error::new(format!("`{}` is not known: {error}", origin.host)))?
        .collect();
    let address = origin.permitted(&addresses, plan.own.as_deref())?;
    // A name may have an address that nobody listens at, such as `::1`.
    for candidate in &addresses {
        if tokio::net::TcpStream::connect(candidate).await.is_ok() {
            return Ok((origin, *candidate));
        }
    }
    Ok((origin, address))
}

/// Whether anybody listens there.
///
/// # Errors
/// If not, with what to do about it.
pub async fn answers(origin: &Origin, address: SocketAddr) -> Result<(), Error> {
    match tokio::net::TcpStream::connect(address).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new(format!(
            "nobody answers at `http://{}`: {error}",
            origin.authority()
        ))
        .hint("start the application in another terminal, `cargo dev`, or add `--serve`")),
    }
}

/// Plays `script` as `plan` says until `stop` is ready; `aim` may change meanwhile, and `each` hears of it every second.
///
/// # Errors
/// If threads cannot be started.
pub async fn play(
    plan: &Plan,
    script: Script,
    (origin, address): (&Origin, SocketAddr),
    aim: watch::Receiver<Aim>,
    stop: impl Future<Output = ()>,
    each: impl FnMut(&Measured),
) -> Result<Measured, Error> {
    run(plan, script, (origin, address), None, aim, stop, each).await
}

/// Plays `script` so many times for each user of the plan, and no longer: for tests.
///
/// # Errors
/// If threads cannot be started.
pub async fn play_rounds(
    plan: &Plan,
    script: Script,
    target: (&Origin, SocketAddr),
    rounds: u64,
) -> Result<Measured, Error> {
    let (_aim, aim) = watch::channel(plan.aim());
    run(
        plan,
        script,
        target,
        Some(rounds),
        aim,
        std::future::pending(),
        |_| {},
    )
    .await
}

async fn run(
    plan: &Plan,
    script: Script,
    (origin, address): (&Origin, SocketAddr),
    rounds: Option<u64>,
    aim: watch::Receiver<Aim>,
    stop: impl Future<Output = ()>,
    each: impl FnMut(&Measured),
) -> Result<Measured, Error> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let scene = |wanted| Scene {
        script,
        address,
        authority: origin.authority(),
        run: format!("{:x}", now.as_micros()),
        think: plan.think,
        timeout: plan.timeout,
        set: plan.set.clone(),
        fresh: plan.fresh,
        wanted,
        rounds,
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = plan
        .threads
        .unwrap_or_else(|| cores.saturating_sub(1))
        .max(1);
    let crowd = Crowd::new(scene, threads)
        .map_err(|error| Error::new(format!("cannot start threads: {error}")))?;
    Ok(crowd.run(aim, stop, each).await)
}

impl Plan {
    /// What is wanted at first.
    pub fn aim(&self) -> Aim {
        Aim {
            users: self.users,
            ramp: self.ramp,
        }
    }
}
