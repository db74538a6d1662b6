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
