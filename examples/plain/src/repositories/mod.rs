//! All SQL of the application, one file a table.
//!
//! A function takes any executor: the pool for a single statement, a transaction for several that belong
//! together. Rows are private structs here and leave as models; a stored value that no model accepts is a
//! decoding error.
pub mod notes;
pub mod sessions;
pub mod users;

use crate::models::Invalid;

/// A stored value that breaks a rule of its model.
fn corrupt(column: &'static str) -> impl FnOnce(Invalid) -> sqlx::Error {
    move |invalid| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(invalid),
    }
}
