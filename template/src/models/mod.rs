//! The domain types.
//!
//! A type that has rules can only be created by its `parse`, which validates. So a function that takes an [`Email`] need
//! not validate it again.
{%- if openapi %}

mod api_token;
mod client_info;
{%- else %}

mod client_info;
{%- endif %}
{%- if totp %}
mod code_request;
{%- endif %}
mod email;
{%- if files %}
mod file;
{%- endif %}
mod id;
{%- if oidc %}
mod identity;
{%- endif %}
{%- if teams %}
mod invitation;
{%- endif %}
mod note;
mod owner;
{%- if passkeys %}
mod passkey;
{%- endif %}
mod password;
{%- if phone %}
mod phone;
{%- endif %}
{%- if passkeys or totp %}
mod recovery_code;
{%- endif %}
{%- if openapi %}
mod schemas;
{%- endif %}
mod security_event;
mod session;
{%- if teams %}
mod team;
{%- endif %}
mod text;
mod token;
{%- if totp %}
mod totp_secret;
{%- endif %}
{%- if oidc %}
mod unusable_password;
{%- endif %}
mod user;
mod version;
{%- if openapi %}

pub use api_token::{
    ApiSecret, ApiToken, ApiTokenDraft, ApiTokenName, LIFETIMES, TokenScope, TokenScopes,
};
pub use client_info::{ClientInfo, UserAgent};
{%- else %}

pub use client_info::{ClientInfo, UserAgent};
{%- endif %}
{%- if totp %}
pub use code_request::{CodeRequest, LogInToken};
{%- endif %}
pub use email::Email;
{%- if files %}
pub use file::{FileName, NewFile, StoredFile, StoredPicture, Variant};
{%- endif %}
{%- if openapi %}
pub use id::ApiTokenId;
{%- endif %}
{%- if oidc %}
pub use id::IdentityId;
{%- endif %}
{%- if passkeys %}
pub use id::PasskeyId;
{%- endif %}
{%- if files %}
pub use id::{FileId, ObjectId};
{%- endif %}
{%- if teams %}
pub use id::{InvitationId, TeamId};
{%- endif %}
pub use id::{NoteId, SecurityEventId, SessionId, UserId};
{%- if oidc %}
pub use identity::{Identity, LogInAttempt, ProviderAccount, Purpose};
{%- endif %}
{%- if teams %}
pub use invitation::{Invitation, InvitationToken};
{%- endif %}
pub use note::{Note, NoteBody, NoteDraft, NoteSummary, NoteTitle};
pub use owner::Owner;
{%- if passkeys %}
pub use passkey::{ChallengeToken, Passkey, PasskeyName};
{%- endif %}
pub use password::{Password, PasswordHash};
{%- if phone %}
pub use phone::Phone;
{%- endif %}
{%- if passkeys or totp %}
pub use recovery_code::{RECOVERY_CODES, RecoveryCode};
{%- endif %}
pub use security_event::{EventKind, Outcome, SecurityEvent};
pub use session::{Session, SessionToken};
pub use stack_web::{
    fields::{FieldError, FieldErrors, Invalid},
    input,
};
{%- if teams %}
pub use team::{Member, Role, Scope, Team, TeamName};
{%- endif %}
pub use token::{LinkPurpose, LinkToken, TokenDigest};
{%- if totp %}
pub use totp_secret::TotpSecret;
{%- endif %}
pub use user::{DisplayName, Registration, User};
pub use version::Version;
