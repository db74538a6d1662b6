pub mod app;
pub mod config;
pub mod routes;
pub mod users;
