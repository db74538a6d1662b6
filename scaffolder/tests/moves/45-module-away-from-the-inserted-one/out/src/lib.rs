pub mod app;
pub mod boxes;
pub mod config;
pub mod routes;
pub mod users;
pub mod zebra;
