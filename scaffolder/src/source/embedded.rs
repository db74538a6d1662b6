//! The templates in the binary: the one of today, packed by build.rs, and every released one.

use super::releases::{self, Release};
use crate::archive;
use crate::error::Result;
use crate::tree::Tree;

static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/template.tar"));
static RELEASES: &[u8] = include_bytes!("../../releases.pack");

/// Unpacks the template of today.
///
/// # Errors
/// The archive is damaged, which the build would have noticed.
pub(super) fn tree() -> Result<Tree> {
    archive::unpack(ARCHIVE)
}

/// Unpacks the released ones whose version and stamp are `wanted`, oldest first. The template of today is among them if
/// it is released.
///
/// # Errors
/// As [`tree`].
pub(super) fn releases(wanted: impl Fn(&str, &str) -> bool) -> Result<Vec<Release>> {
    releases::unpack_some(RELEASES, wanted)
}
