//! The application.

pub fn name() -> &'static str {
    "{{crate_name}}"
}

pub fn start() {
    listen(name());
    wait();
}
