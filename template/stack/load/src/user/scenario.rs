//! What all users have in common.

use std::{net::SocketAddr, time::Duration};

use tokio::sync::watch;

use crate::{Script, target::Origin};

/// What all users do, and where.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub script: Script,
    pub origin: Origin,
    /// The address of the origin.
    pub address: SocketAddr,
    /// Different for every run.
    pub run_id: String,
    /// The shortest and the longest think time; as recorded if it is none.
    pub think: Option<(Duration, Duration)>,
    pub timeout: Duration,
    pub set: Vec<(String, String)>,
    /// Every iteration is that of a new visitor.
    pub fresh: bool,
    /// So many users are active: those with a lower index.
    pub active_users: watch::Receiver<usize>,
    /// The number of iterations of each user, if there is an end to them.
    pub iterations: Option<u64>,
}
