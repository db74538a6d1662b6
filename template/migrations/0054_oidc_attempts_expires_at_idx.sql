-- For the deletion of expired attempts.
CREATE INDEX oidc_attempts_expires_at_idx ON oidc_attempts (expires_at);
