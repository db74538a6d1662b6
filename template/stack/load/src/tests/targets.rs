use std::net::SocketAddr;

use crate::target::Origin;

fn allowed(url: &str, addresses: &[&str], own: Option<&str>) -> Result<SocketAddr, String> {
    let addresses: Vec<SocketAddr> = addresses
        .iter()
        .map(|address| SocketAddr::new(address.parse().unwrap(), 80))
        .collect();
    let origin = Origin::parse(url).map_err(|error| error.to_string())?;
    origin
        .allowed_address(&addresses, own)
        .map_err(|error| error.to_string())
}

#[test]
fn this_machine_may_be_loaded_under_every_name_that_it_has() {
    assert!(allowed("http://127.0.0.1:3000", &["127.0.0.1"], None).is_ok());
    assert!(allowed("http://[::1]:3000/path", &["::1"], None).is_ok());
    assert!(allowed("http://localhost", &["::1", "127.0.0.1"], None).is_ok());
    assert!(allowed("http://mapped", &["::ffff:127.0.0.1"], None).is_ok());
}

#[test]
fn another_machine_may_only_be_loaded_by_its_owner() {
    let url = "http://shop.example";
    for addresses in [
        &["192.0.2.1"][..],
        &["127.0.0.1", "192.0.2.1"],
        &["0.0.0.0"],
    ] {
        assert!(
            allowed(url, addresses, None)
                .unwrap_err()
                .contains("hint: "),
            "{addresses:?}"
        );
    }
    assert!(allowed(url, &["192.0.2.1"], Some("http://shop.example/")).is_ok());
    for other in [
        "http://shop.example:81",
        "http://other.example",
        "http://shop.example.evil.example",
    ] {
        assert!(
            allowed(url, &["192.0.2.1"], Some(other)).is_err(),
            "{other}"
        );
    }
}

#[test]
fn https_is_another_origin_with_another_port() {
    let secure = Origin::parse("https://LOCALHOST/a").unwrap();
    assert_eq!(
        (secure.text().as_str(), secure.port()),
        ("https://localhost", 443)
    );
    assert_ne!(secure, Origin::parse("http://localhost").unwrap());
}

#[test]
fn what_is_not_an_http_url_is_an_error() {
    for url in [
        "",
        "localhost:3000",
        "http://",
        "http://a@b",
        "http://a:b",
        "http://:80",
        "http://[::1",
        "http://[::1]x",
    ] {
        assert!(Origin::parse(url).is_err(), "{url}");
    }
    assert_eq!(
        Origin::parse("http://LOCALHOST").unwrap().authority(),
        "localhost"
    );
}
