-- For the deletion of idle sessions.
CREATE INDEX sessions_last_used_at_idx ON sessions (last_used_at);
