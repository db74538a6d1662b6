//! Slowing down whoever guesses passwords.
//!
//! Five attempts in fifteen minutes for one address of e-mail from one address on the network; a successful one
//! clears the count. Its limits: the counts live in this process, so they start anew with it and each of several
//! processes has its own, and one who owns many network addresses has as many times five attempts. Where that
//! matters, put a limit in front of the application as well.

use std::{
    collections::HashMap,
    net::IpAddr,
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
            .entry((email.clone(), from))
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
        counts.remove(&(email.clone(), from));
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
