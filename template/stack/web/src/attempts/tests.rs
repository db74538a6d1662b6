use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const THERE: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

const ADA: &str = "ada@example.com";

#[test]
fn the_sixth_attempt_has_to_wait_until_the_window_ends() {
    let (attempts, start) = (Attempts::default(), Instant::now());
    for _ in 0..ATTEMPTS {
        assert_eq!(attempts.begin(&ADA, HERE, start), Ok(()));
    }
    assert_eq!(attempts.begin(&ADA, HERE, start), Err(WINDOW));
    assert_eq!(attempts.begin(&ADA, HERE, start + WINDOW), Ok(()));
}

#[test]
fn another_place_and_another_account_are_counted_apart() {
    let (attempts, start) = (Attempts::default(), Instant::now());
    for _ in 0..ATTEMPTS {
        assert_eq!(attempts.begin(&ADA, HERE, start), Ok(()));
    }
    assert_eq!(attempts.begin(&ADA, THERE, start), Ok(()));
    assert_eq!(attempts.begin(&"bob@example.com", HERE, start), Ok(()));
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

#[test]
fn success_clears_the_count() {
    let (attempts, start) = (Attempts::default(), Instant::now());
    for _ in 0..3 * ATTEMPTS {
        assert_eq!(attempts.begin(&ADA, HERE, start), Ok(()));
        attempts.succeeded(&ADA, HERE);
    }
}

#[test]
fn the_memory_it_takes_is_bounded() {
    let (attempts, start) = (Attempts::default(), Instant::now());
    for i in 0..=CAPACITY {
        assert_eq!(attempts.begin(&i, HERE, start), Ok(()));
    }
    assert!(attempts.counts.lock().unwrap().len() <= CAPACITY);
}
