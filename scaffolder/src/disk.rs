//! Files and folders on disk, for every module that writes: making a file ([`create`]) or a tree ([`write`](mod@write)),
//! replacing a file in one step ([`replace`](mod@replace)), and taking back what was made when a command fails or is
//! stopped ([`journal`]).

pub(crate) mod create;
pub mod journal;
pub(crate) mod mode;
pub(crate) mod replace;
pub(crate) mod write;
