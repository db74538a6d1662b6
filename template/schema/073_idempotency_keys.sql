-- Requests that are done once however often they are sent, see `src/http/idempotency.rs`. A row is stored together with
-- what its request did, so there is none without an answer.
CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL,
    -- SHA-256 of who has sent the header `Idempotency-Key`, and of the header.
    key_hash bytea NOT NULL,
    -- SHA-256 of method, URL and body.
    request_hash bytea NOT NULL,
    status int2 NOT NULL DEFAULT 0,
    location text NOT NULL DEFAULT '',
    body bytea NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key_hash),
    CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- For the deletion of keys whose day is over.
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);
