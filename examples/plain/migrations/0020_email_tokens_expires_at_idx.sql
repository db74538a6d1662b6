CREATE INDEX email_tokens_expires_at_idx ON email_tokens (expires_at);
