-- People who can log in. Identifiers are made by the application (UUID version 7: ordered by time).
CREATE TABLE users (
    id uuid NOT NULL,
    -- Lower case, see `Email::parse`.
    email text NOT NULL,
    display_name text NOT NULL,
    -- Argon2id, in the PHC string format: salt and cost are part of it.
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK (email = lower(email) AND length(email) <= 254),
    CONSTRAINT users_display_name_check CHECK (length(display_name) BETWEEN 1 AND 60)
);
