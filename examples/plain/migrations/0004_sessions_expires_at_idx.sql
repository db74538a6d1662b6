-- For the sweep of expired sessions.
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
