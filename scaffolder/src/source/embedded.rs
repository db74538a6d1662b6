//! The template in the binary, packed by build.rs.

use crate::archive;
use crate::error::Result;
use crate::tree::Tree;

static ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/template.tar"));

/// Unpacks it.
///
/// # Errors
/// The archive is damaged, which the build would have noticed.
pub(super) fn tree() -> Result<Tree> {
    archive::unpack(ARCHIVE)
}
