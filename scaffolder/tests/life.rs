//! The life of a real project.
