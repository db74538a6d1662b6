CREATE INDEX api_tokens_user_id_idx ON api_tokens (user_id);
