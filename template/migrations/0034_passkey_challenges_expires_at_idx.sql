CREATE INDEX passkey_challenges_expires_at_idx ON passkey_challenges (expires_at);
