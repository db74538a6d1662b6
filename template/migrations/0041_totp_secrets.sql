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
