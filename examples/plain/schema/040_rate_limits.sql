-- How much is left of the limits that all instances share, see `src/services/limits.rs`.
CREATE TABLE rate_limits (
    -- SHA-256 of what is limited and for whom: no network address and no e-mail address stands here.
    key bytea NOT NULL,
    -- When the allowance is full again. From then on the row means nothing, and is deleted.
    full_at timestamptz NOT NULL,
    CONSTRAINT rate_limits_pkey PRIMARY KEY (key)
);

-- For the deletion of rows that mean nothing any more.
CREATE INDEX rate_limits_full_at_idx ON rate_limits (full_at);
