-- Sessions. Only the SHA-256 digest of the token is stored, so a copy of this table is no use to log in.
CREATE TABLE sessions (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- By which lists, links and messages name a session. Nobody can log in with it.
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    -- The browser and the address that used it last; empty if unknown.
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT '',
    -- Up to a minute late.
    last_used_at timestamptz NOT NULL DEFAULT now(),
    -- When the user last proved who they are, such as with the password; unknown for sessions of earlier releases.
    authenticated_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_id_key UNIQUE (id),
    CONSTRAINT sessions_user_agent_check CHECK (length(user_agent) <= 256),
    CONSTRAINT sessions_address_check CHECK (length(address) <= 45),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX sessions_user_id_idx ON sessions (user_id);

-- For the deletion of expired sessions.
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- For the deletion of idle sessions.
CREATE INDEX sessions_last_used_at_idx ON sessions (last_used_at);
