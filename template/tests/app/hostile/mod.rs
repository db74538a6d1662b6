//! Clients that mean no good, in bounded loops on loopback.

mod event_streams;
mod heads;
{%- if presence and showcase %}
mod killed;
{%- endif %}
mod live;
mod log_in;
#[cfg(unix)]
mod log_reader;
#[cfg(unix)]
mod memory;
mod requests;
mod slow_readers;
mod smuggling;

use std::{net::SocketAddr, time::Duration};

use app::app::App;
use stack_db::testing::TestDatabase;
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};

use crate::common::{config, database, serve};

/// Much longer than anything takes: a test that fails should end.
const PATIENCE: Duration = Duration::from_secs(120);

/// An application on a real socket, and its database.
async fn served(vars: &[(&str, &str)]) -> (TestDatabase, SocketAddr, Stop) {
    let database = database().await;
    let app = App::build(config(database.url(), vars)).await.unwrap();
    let address = app.address().unwrap();
    (database, address, serve(app))
}

type Stop = (
    tokio::sync::oneshot::Sender<()>,
    tokio::task::JoinHandle<std::io::Result<()>>,
);

/// Everything that is received until the server closes the connection.
async fn until_closed(connection: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let end = timeout(PATIENCE, connection.read_to_end(&mut received)).await;
    // A reset is an end, too.
    drop(end.expect("the connection stays open"));
    String::from_utf8(received).unwrap()
}
