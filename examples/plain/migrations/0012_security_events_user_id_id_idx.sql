-- A user's events, newest first, page by page.
CREATE INDEX security_events_user_id_id_idx ON security_events (user_id, id DESC);
