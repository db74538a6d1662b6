CREATE INDEX passkey_challenges_user_id_idx ON passkey_challenges (user_id);
