//! Identifiers: one type per table, so that the id of a note cannot be passed as the id of a user.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier: a UUID of version 7, so identifiers sort by their time of creation.
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id! {
    /// Identifies a [`User`](super::User).
    UserId
}

id! {
    /// Identifies a [`Note`](super::Note).
    NoteId
}
{%- if passkeys %}

id! {
    /// Identifies a [`Passkey`](super::Passkey). Devices name it otherwise.
    PasskeyId
}
{%- endif %}
{%- if openapi %}

id! {
    /// Identifies an [`ApiToken`](super::ApiToken). It is not secret.
    ApiTokenId
}
{%- endif %}
{%- if files %}

id! {
    /// Identifies a [`StoredFile`](super::StoredFile).
    FileId
}

id! {
    /// What the bytes of a file are called in the store.
    ObjectId
}
{%- endif %}

id! {
    /// Identifies a [`SecurityEvent`](super::SecurityEvent).
    SecurityEventId
}

id! {
    /// Identifies a [`Session`](super::Session). It is not secret: nobody can log in with it.
    SessionId
}
{%- if teams %}

id! {
    /// Identifies a [`Team`](super::Team).
    TeamId
}

impl TeamId {
    /// The team that a user has to themselves. Its id is the user's.
    pub fn personal(user: UserId) -> Self {
        Self(user.0)
    }
}

id! {
    /// Identifies an [`Invitation`](super::Invitation).
    InvitationId
}
{%- endif %}
{%- if oidc %}

id! {
    /// Identifies an [`Identity`](super::Identity).
    IdentityId
}
{%- endif %}
