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

CREATE INDEX passkeys_user_id_idx ON passkeys (user_id);

-- Challenges that devices are to sign, each once. Only the SHA-256 digest of the token is stored.
CREATE TABLE passkey_challenges (
    token_hash bytea NOT NULL,
    -- Who adds a passkey; NULL for a log-in.
    user_id uuid,
    -- The challenge, as JSON of webauthn-rs.
    state text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT passkey_challenges_pkey PRIMARY KEY (token_hash),
    CONSTRAINT passkey_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX passkey_challenges_user_id_idx ON passkey_challenges (user_id);

-- For the deletion of expired challenges.
CREATE INDEX passkey_challenges_expires_at_idx ON passkey_challenges (expires_at);
