//! All SQL of the application, one file per table.
//!
//! Each function takes any executor: the pool for a single statement, or a transaction. Rows are private structs, and
//! are returned as models; a stored value that its model does not accept is a
//! decoding error.
{%- if openapi %}

pub mod api_tokens;
pub mod email_tokens;
{%- else %}

pub mod email_tokens;
{%- endif %}
{%- if pgvector %}
pub mod embeddings;
{%- endif %}
{%- if files %}
pub mod files;
{%- endif %}
{%- if openapi %}
pub mod idempotency_keys;
{%- endif %}
{%- if oidc %}
pub mod identities;
{%- endif %}
{%- if teams %}
pub mod invitations;
pub mod memberships;
{%- endif %}
pub mod notes;
{%- if oidc %}
pub mod oidc_attempts;
{%- endif %}
{%- if passkeys %}
pub mod passkey_challenges;
pub mod passkeys;
{%- endif %}
{%- if totp %}
pub mod pending_log_ins;
{%- endif %}
{%- if files %}
pub mod pictures;
{%- endif %}
pub mod rate_limits;
{%- if passkeys or totp %}
pub mod recovery_codes;
{%- endif %}
{%- if teams and cockroach == false %}
pub mod row_security;
{%- endif %}
pub mod security_events;
pub mod sessions;
{%- if teams %}
pub mod teams;
{%- endif %}
{%- if totp %}
pub mod totp_secrets;
{%- endif %}
pub mod users;

use crate::models::Invalid;

/// The error of a stored value that its model does not accept.
fn corrupt(column: &'static str) -> impl FnOnce(Invalid) -> sqlx::Error {
    move |invalid| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(invalid),
    }
}

/// How many rows one statement deletes at most: a longer statement would hold its locks for longer.
pub const BATCH: i64 = 1000;

/// Calls `delete`, which deletes up to so many rows and returns how many, until there are no more. Returns their number.
pub async fn delete_all<F, E>(mut delete: impl FnMut(i64) -> F) -> Result<u64, E>
where
    F: Future<Output = Result<u64, E>>,
{
    let mut deleted = 0;
    loop {
        let batch = delete(BATCH).await?;
        deleted += batch;
        if batch < BATCH.unsigned_abs() {
            return Ok(deleted);
        }
    }
}
