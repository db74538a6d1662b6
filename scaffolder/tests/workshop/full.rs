//! The switch for tests that take long: `HEAVY_FULL=1`, which `.ci/run` sets.

use std::io::Write as _;

/// Whether the tests that take long are to run. If not, what is skipped is said to whoever watches, past the test harness,
/// which shows nothing of a test that passes.
pub(crate) fn is_full_run(skipped: &str) -> bool {
    let wanted = std::env::var_os("HEAVY_FULL").is_some_and(|wanted| !wanted.is_empty() && wanted != "0");
    if !wanted {
        let notice = format!("\nskipped without HEAVY_FULL=1: {skipped}\n");
        std::io::stderr().write_all(notice.as_bytes()).ok();
    }
    wanted
}
