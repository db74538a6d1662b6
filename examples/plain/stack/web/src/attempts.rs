//! Slowing down whoever guesses passwords.
//!
//! Five attempts in fifteen minutes for one account from one address on the network (of IPv6, one network: whoever has one
//! address there has them all); a successful one clears the count. Its limits: the counts live in this process, so they
//! start anew with it and each of several processes has its own, and one who owns many network addresses has as many times
//! five attempts. Where that matters, put a limit in front of the application as well.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const ATTEMPTS: u32 = 5;
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Counts kept at once: some megabytes at most.
const CAPACITY: usize = 20_000;

/// Counts of the attempts to log in to accounts, which are told apart by `K`.
#[derive(Debug)]
pub struct Attempts<K> {
    counts: Mutex<HashMap<(K, IpAddr), Count>>,
}

#[derive(Debug)]
struct Count {
    attempts: u32,
    ends: Instant,
}

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self {
            counts: Mutex::default(),
        }
    }
}

impl<K: Clone + Eq + Hash> Attempts<K> {
    /// Counts one more attempt at `now`, before the password is looked at: attempts at once all count.
    ///
    /// # Errors
    /// How long to wait, if there were too many.
    pub fn begin(&self, account: &K, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= CAPACITY {
            counts.retain(|_, count| count.ends > now);
            if counts.len() >= CAPACITY {
                // Somebody invents addresses. Forgetting all is better than refusing everybody.
                counts.clear();
            }
        }
        let count = counts
            .entry((account.clone(), network(from)))
            .or_insert_with(|| Count {
                attempts: 0,
                ends: now + WINDOW,
            });
        if count.ends <= now {
            *count = Count {
                attempts: 0,
                ends: now + WINDOW,
            };
        }
        if count.attempts >= ATTEMPTS {
            return Err(count.ends - now);
        }
        count.attempts += 1;
        Ok(())
    }

    /// Forgets the attempts of somebody who knew the password.
    pub fn succeeded(&self, account: &K, from: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&(account.clone(), network(from)));
    }
}

/// What one client can choose its address from: a single one of IPv4, 64 bits of IPv6.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}
