use super::*;

#[test]
fn this_machine_is_local_and_others_are_not() {
    for host in [
        "localhost",
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "[::1]",
        "LOCALHOST",
        "db.localhost",
    ] {
        assert!(is_local(host, false), "{host}");
    }
    for host in [
        "db",
        "db.example.com",
        "10.0.0.7",
        "192.168.1.2",
        "localhost.example.com",
        "0.0.0.0",
        "",
    ] {
        assert!(!is_local(host, false), "{host}");
    }
}

#[test]
fn in_a_container_a_service_beside_is_local() {
    assert!(is_local("db", true));
    assert!(!is_local("db.example.com", true));
    for host in ["10.0.0.7", "167772167", "0x0a000007", "fe80::1%eth0", ""] {
        assert!(!is_local(host, true), "{host}");
    }
}
