//! Slowing down whoever guesses passwords.
//!
//! Five attempts in fifteen minutes for one address of e-mail from one address on the network (of IPv6, one
//! network: whoever has one address there has them all); a successful one clears the count. Its limits: the counts live in this process, so they start anew with it and each of several
//! processes has its own, and one who owns many network addresses has as many times five attempts. Where that
//! matters, put a limit in front of the application as well.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::models::Email;

const ATTEMPTS: u32 = 5;
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Counts kept at once: some megabytes at most.
const CAPACITY: usize = 20_000;

/// Counts of the attempts to log in.
#[derive(Debug, Default)]
pub struct LogInAttempts {
    counts: Mutex<HashMap<(Email, IpAddr), Count>>,
}

#[derive(Debug)]
struct Count {
    attempts: u32,
    ends: Instant,
}

impl LogInAttempts {
    /// Counts one more attempt at `now`, before the password is looked at: attempts at once all count.
    ///
    /// # Errors
    /// How long to wait, if there were too many.
    pub fn begin(&self, email: &Email, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= CAPACITY {
            counts.retain(|_, count| count.ends > now);
            if counts.len() >= CAPACITY {
                // Somebody invents addresses. Forgetting all is better than refusing everybody.
                counts.clear();
            }
        }
        let count = counts
            .entry((email.clone(), network(from)))
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
    pub fn succeeded(&self, email: &Email, from: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.remove(&(email.clone(), network(from)));
    }
}

/// What one client can choose its address from: a single one of IPv4, 64 bits of IPv6.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    fn ada() -> Email {
        Email::parse("ada@example.com").unwrap()
    }

    #[test]
    fn the_sixth_attempt_has_to_wait_until_the_window_ends() {
        let (attempts, start) = (LogInAttempts::default(), Instant::now());
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.begin(&ada(), HERE, start), Ok(()));
        }
        assert_eq!(attempts.begin(&ada(), HERE, start), Err(WINDOW));
        assert_eq!(attempts.begin(&ada(), HERE, start + WINDOW), Ok(()));
    }

    #[test]
    fn another_place_and_another_account_are_counted_apart() {
        let (attempts, start) = (LogInAttempts::default(), Instant::now());
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.begin(&ada(), HERE, start), Ok(()));
        }
        assert_eq!(attempts.begin(&ada(), THERE, start), Ok(()));
        let bob = Email::parse("bob@example.com").unwrap();
        assert_eq!(attempts.begin(&bob, HERE, start), Ok(()));
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_count_as_one_and_so_do_both_forms_of_ipv4() {
        let same = |one: &str, other: &str| {
            network(one.parse().unwrap()) == network(other.parse().unwrap())
        };
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn success_clears_the_count() {
        let (attempts, start) = (LogInAttempts::default(), Instant::now());
        for _ in 0..3 * ATTEMPTS {
            assert_eq!(attempts.begin(&ada(), HERE, start), Ok(()));
            attempts.succeeded(&ada(), HERE);
        }
    }

    #[test]
    fn the_memory_it_takes_is_bounded() {
        let (attempts, start) = (LogInAttempts::default(), Instant::now());
        for i in 0..=CAPACITY {
            let email = Email::parse(&format!("u{i}@example.com")).unwrap();
            assert_eq!(attempts.begin(&email, HERE, start), Ok(()));
        }
        assert!(attempts.counts.lock().unwrap().len() <= CAPACITY);
    }
}
