CREATE INDEX api_tokens_expires_at_idx ON api_tokens (expires_at);
