//! Why an application does not start.

/// Why the application cannot start, and what to do about it: text for the person who started it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

impl From<stack_db::ConnectError> for StartError {
    fn from(error: stack_db::ConnectError) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::embedded::Error> for StartError {
    fn from(error: stack_db::embedded::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::schema::Error> for StartError {
    fn from(error: stack_db::schema::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::migrations::Error> for StartError {
    fn from(error: stack_db::migrations::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sqlx::Error> for StartError {
    fn from(error: sqlx::Error) -> Self {
        Self(format!("the database refused: {error}"))
    }
}
