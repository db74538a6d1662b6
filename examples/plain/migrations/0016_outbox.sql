CREATE TABLE outbox (
    id uuid NOT NULL,
    kind text NOT NULL,
    -- Encrypted by the application: a mail has links that are as good as passwords.
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When it is given up.
    expires_at timestamptz NOT NULL,
    -- A worker that takes a row moves this to the end of its lease.
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    attempts int4 NOT NULL DEFAULT 0,
    last_error text,
    -- Only in development: in production a mail that was sent is deleted.
    sent_at timestamptz,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_kind_check CHECK (kind IN ('mail', 'request'))
);
