-- Tokens by which programs use the API for a user. They have 256 random bits; only the SHA-256 digest is stored.
CREATE TABLE api_tokens (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- What the user calls it.
    name text NOT NULL,
    token_hash bytea NOT NULL,
    -- What it may do, separated by spaces: `notes:read notes:write`.
    scopes text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- Up to a minute late.
    last_used_at timestamptz,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_token_hash_key UNIQUE (token_hash),
    CONSTRAINT api_tokens_name_check CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
