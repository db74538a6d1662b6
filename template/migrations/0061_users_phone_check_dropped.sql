-- That of projects which are older than the feature.
ALTER TABLE users DROP CONSTRAINT IF EXISTS users_phone_check;
