use super::*;

const RATE: Rate = Rate::new(5, Duration::from_secs(15 * 60));
const ADA: &str = "ada@example.com";

fn used_up(limiter: &RateLimiter<&'static str>, now: Instant) {
    for _ in 0..RATE.burst {
        assert_eq!(limiter.take(ADA, RATE, now), Ok(()));
    }
}

#[test]
fn what_is_beyond_the_burst_waits_for_its_period_and_then_comes_one_by_one() {
    let (limiter, now) = (RateLimiter::default(), Instant::now());
    used_up(&limiter, now);
    assert_eq!(limiter.take(ADA, RATE, now), Err(RATE.period));
    let later = now + RATE.period;
    assert_eq!(limiter.check(&ADA, RATE, later), Ok(()));
    assert_eq!(limiter.take(ADA, RATE, later), Ok(()));
    assert_eq!(limiter.take(ADA, RATE, later), Err(RATE.period));
    assert_eq!(limiter.take("bob@example.com", RATE, later), Ok(()));
}

#[test]
fn what_is_refused_takes_nothing_and_does_not_lengthen_the_wait() {
    let (limiter, now) = (RateLimiter::default(), Instant::now());
    used_up(&limiter, now);
    for _ in 0..100 {
        assert_eq!(limiter.take(ADA, RATE, now), Err(RATE.period));
    }
    used_up(&limiter, now + RATE.window());
}

#[test]
fn noise_of_other_keys_does_not_make_an_allowance_full_and_what_has_passed_is_dropped() {
    let (limiter, now) = (RateLimiter::default(), Instant::now());
    for _ in 0..RATE.burst {
        assert_eq!(limiter.take(0, RATE, now), Ok(()));
    }
    for key in 1..100_000 {
        assert_eq!(limiter.take(key, RATE, now), Ok(()));
    }
    assert_eq!(limiter.take(0, RATE, now), Err(RATE.period));
    for key in 0..200_000 {
        limiter.take(key, RATE, now + RATE.window()).unwrap();
    }
    assert!(limiter.entries().full_at.len() <= 200_000);
    let after = now + RATE.window() * 3;
    for key in 0..200_000 {
        limiter.remember(-1 - key, Duration::ZERO, after);
    }
    assert!(limiter.entries().full_at.len() <= 2 * SWEEP_FROM);
}

#[test]
fn what_another_counted_is_refused_until_it_is_forgotten() {
    let (limiter, now) = (RateLimiter::default(), Instant::now());
    limiter.remember(ADA, RATE.window(), now);
    assert_eq!(limiter.check(&ADA, RATE, now), Err(RATE.period));
    limiter.forget(&ADA);
    assert_eq!(limiter.check(&ADA, RATE, now), Ok(()));
}

#[test]
fn all_addresses_of_an_ipv6_network_count_as_one_and_so_do_both_forms_of_ipv4() {
    let same =
        |one: &str, other: &str| network(one.parse().unwrap()) == network(other.parse().unwrap());
    assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
    assert!(!same("192.0.2.1", "192.0.2.2"));
}
