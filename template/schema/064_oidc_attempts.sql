-- Visitors who were sent to an OpenID provider and have not come back yet. A row is used once, by the browser that began,
-- and within ten minutes. The verifier is of no use without the code that the provider gives to that browser only.
CREATE TABLE oidc_attempts (
    -- SHA-256 of the parameter `state`, which the provider sends back.
    state_hash bytea NOT NULL,
    -- SHA-256 of the browser's cookie.
    browser_hash bytea NOT NULL,
    purpose text NOT NULL,
    -- Who connects an account or confirms who they are.
    user_id uuid,
    -- The page to go to afterwards.
    next text NOT NULL,
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oidc_attempts_pkey PRIMARY KEY (state_hash),
    CONSTRAINT oidc_attempts_purpose_check CHECK (purpose IN ('log_in', 'connect', 'confirm')),
    CONSTRAINT oidc_attempts_user_id_check CHECK ((purpose = 'log_in') = (user_id IS NULL)),
    CONSTRAINT oidc_attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX oidc_attempts_user_id_idx ON oidc_attempts (user_id);

-- For the deletion of expired attempts.
CREATE INDEX oidc_attempts_expires_at_idx ON oidc_attempts (expires_at);
