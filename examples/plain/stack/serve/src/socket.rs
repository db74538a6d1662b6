//! A socket that somebody else has opened: `cargo dev`, or systemd.

use std::io;

use tokio::net::TcpListener;

/// The socket that is this process' standard input. It listens already, so nobody is turned away while the
/// process that reads from it is exchanged for another one.
///
/// # Errors
/// If standard input is no such socket, and on Windows, which has none there.
pub fn handed_over() -> io::Result<TcpListener> {
    let listener = standard_input()?;
    // A file or a terminal has no address.
    listener.local_addr()?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

#[cfg(unix)]
fn standard_input() -> io::Result<std::net::TcpListener> {
    use std::os::fd::AsFd as _;

    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn standard_input() -> io::Result<std::net::TcpListener> {
    Err(io::ErrorKind::Unsupported.into())
}
