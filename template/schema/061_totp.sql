-- Secrets of codes from an app (TOTP), the second factor of those who have chosen it.
CREATE TABLE totp_secrets (
    user_id uuid NOT NULL,
    -- Encrypted by the application, see `stack/web/src/sealed.rs`.
    secret bytea NOT NULL,
    -- NULL until a code has shown that the app has the secret. Before that, no code is asked for.
    confirmed_at timestamptz,
    -- The time step of the last code that was accepted: that one and those before are not accepted again.
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT totp_secrets_pkey PRIMARY KEY (user_id),
    CONSTRAINT totp_secrets_secret_check CHECK (length(secret) <= 256),
    CONSTRAINT totp_secrets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- Log-ins that lack the second factor: the password was right. Only the SHA-256 digest of the token is stored.
CREATE TABLE pending_log_ins (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    -- The session that is confirmed; NULL if a new one starts.
    session_id uuid,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pending_log_ins_pkey PRIMARY KEY (token_hash),
    CONSTRAINT pending_log_ins_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
    CONSTRAINT pending_log_ins_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- For foreign keys, and for changes of the password.
CREATE INDEX pending_log_ins_session_id_idx ON pending_log_ins (session_id);

CREATE INDEX pending_log_ins_user_id_idx ON pending_log_ins (user_id);

-- For the deletion of expired rows.
CREATE INDEX pending_log_ins_expires_at_idx ON pending_log_ins (expires_at);
