CREATE INDEX email_tokens_user_id_idx ON email_tokens (user_id);
