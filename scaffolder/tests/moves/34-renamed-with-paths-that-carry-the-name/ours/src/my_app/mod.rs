//! The application.

pub fn name() -> &'static str {
    "my_app"
}

pub fn start() {
    listen(name());
    wait_for_me();
}
