//! `heavy template …`: for authors of templates.

pub(super) mod lint;
pub(super) mod lock;
mod outdated;
pub(super) mod release;
mod resolve;
pub(super) mod stamp;
