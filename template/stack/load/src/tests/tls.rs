//! Users of an application with `https`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use super::{bad_servers::deaf_server, playing::played_as, *};
use crate::{Plan, play};

fn certificate() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/tls/localhost.pem").into()
}

/// A proxy that ends TLS, before the server at this address. Returns its port.
async fn proxy(server: SocketAddr) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let chain = vec![CertificateDer::from_pem_file(certificate()).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // One that only looks whether somebody listens says nothing.
                if let Ok(mut client) = acceptor.accept(client).await {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    copy_bidirectional(&mut client, &mut server).await.ok();
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn pages_and_live_pages_are_played_over_tls() {
    let port = proxy(deaf_server().await).await;
    let mut plan = Plan::new("", format!("https://localhost:{port}"));
    plan.ca = Some(certificate());
    let lines = [
        http(1, "GET", "/a", 200),
        live(2, "in", json!(["join", { "url": "/a" }])),
    ];
    assert_eq!(played_as(plan, &lines).await, (8, vec![]));
}

#[tokio::test]
async fn a_server_whose_certificate_is_not_trusted_is_not_loaded() {
    let port = proxy(deaf_server().await).await;
    let mut plan = Plan::new("", format!("https://localhost:{port}"));
    let target = play::resolve(&plan).await.unwrap();
    let error = play::check_connection(&plan, &target).await.unwrap_err();
    let error = error.to_string();
    assert!(error.contains("invalid peer certificate"), "{error}");
    assert!(error.contains("--ca FILE"), "{error}");
    for invalid in ["nowhere.pem", "Cargo.toml"] {
        plan.ca = Some(invalid.into());
        let error = play::resolve(&plan).await.unwrap_err().to_string();
        assert!(error.contains(invalid), "{error}");
    }
}
