CREATE INDEX oidc_attempts_user_id_idx ON oidc_attempts (user_id);
