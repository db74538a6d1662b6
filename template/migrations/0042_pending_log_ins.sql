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
