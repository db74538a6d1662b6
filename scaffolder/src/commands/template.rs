//! `heavy template …`: for authors of templates.

pub(super) mod lint;
pub(super) mod lock;
pub(super) mod stamp;
