mod config;
mod routes;

fn main() {
    let config = config::read();
    routes::serve(
        config,
        "everything that is served comes from here",
        3000,
        "localhost",
        true,
    );
}

fn stopped() -> bool {
    signals::any()
}
