-- For the deletion of rows that mean nothing any more.
CREATE INDEX rate_limits_full_at_idx ON rate_limits (full_at);
