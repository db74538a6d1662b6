CREATE INDEX outbox_next_attempt_at_idx ON outbox (next_attempt_at);
