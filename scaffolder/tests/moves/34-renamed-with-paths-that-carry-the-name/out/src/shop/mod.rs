//! The application.

pub fn name() -> &'static str {
    "shop"
}

pub fn start() {
    listen(name());
    wait_for_me();
}
