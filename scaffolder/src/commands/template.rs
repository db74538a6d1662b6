//! `heavy template …`: for authors of templates.

pub(super) mod lint;
pub(super) mod lock;
mod outdated;
mod resolve;
pub(super) mod stamp;
