-- Passkeys, by which users log in without a password.
CREATE TABLE passkeys (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- What the user calls it.
    name text NOT NULL,
    -- By which the device names it.
    credential_id bytea NOT NULL,
    -- The public key, the counter and more, as JSON of webauthn-rs.
    credential text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT passkeys_pkey PRIMARY KEY (id),
    CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id),
    CONSTRAINT passkeys_name_check CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
