pub mod config;
pub mod queue;
pub mod routes;
