CREATE INDEX passkeys_user_id_idx ON passkeys (user_id);
