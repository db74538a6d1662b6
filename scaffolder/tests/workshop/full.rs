//! The switches of tests: `HEAVY_FULL=1`, for those that take long, which `.ci/run` sets, and others like it.

use std::io::Write as _;

/// Whether this variable switches something on: it is set, and not to `0`.
pub(crate) fn is_on(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|wanted| !wanted.is_empty() && wanted != "0")
}

/// Says something to whoever watches, past the test harness, which shows nothing of a test that passes.
pub(crate) fn tell(text: &str) {
    std::io::stderr().write_all(text.as_bytes()).ok();
}

/// Whether the tests that take long are to run. If not, what is skipped is told.
pub(crate) fn is_full_run(skipped: &str) -> bool {
    let wanted = is_on("HEAVY_FULL");
    if !wanted {
        tell(&format!("\nskipped without HEAVY_FULL=1: {skipped}\n"));
    }
    wanted
}
