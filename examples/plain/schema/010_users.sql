-- Users. The application generates the identifiers (UUID version 7, which sort by time).
CREATE TABLE users (
    id uuid NOT NULL,
    -- Lower case, see `Email::parse`.
    email text NOT NULL,
    display_name text NOT NULL,
    -- Argon2id, as a PHC string with salt and cost.
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When a link was opened that was sent to the address.
    email_confirmed_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK (email = lower(email) AND length(email) <= 254),
    CONSTRAINT users_display_name_check CHECK (length(display_name) BETWEEN 1 AND 60)
);
